"""What a session remembers of runs and jobs, and what all sessions share."""

import functools
import json
import uuid
from dataclasses import replace
from typing import Any

from bilstm_core import codec, wording
from bilstm_core.limits import limits
from bilstm_core.runs import Arrays, Run, from_parts, to_parts
from bilstm_core.specs import RunSpec
from ui import registry, run_cache, services, state
from ui.state import TrayEntry

MAX_REMEMBERED = 2_000  # runs that a session finds by their spec; a comparison has at most 350

Parts = tuple[dict[str, Any], Arrays]  # a run, as runs.to_parts takes it apart
jobs, store = services.jobs, services.store  # which pages ask the session for
describe = wording.describe  # so do they for a run's short name


def watcher() -> str:
    """A name for this session, by which the job service knows who still watches."""
    name = state.WATCHER.get()
    if not name:
        name = uuid.uuid4().hex
        state.WATCHER.set(name)
    return name


def run_key(run: Run) -> str:
    """A key for this very run in the session; the same spec stopped, or trained to other weights, has another."""
    return _key(run.spec, run.steps_done, run.digest, imported=run.origin == "imported")


@functools.lru_cache(maxsize=4_096)  # a page asks for the same hundreds of times
def _key(spec: RunSpec, steps_done: int, digest: str = "", *, imported: bool = False) -> str:
    of_file = {"imported": True} if imported else {}
    return json.dumps({**codec.encode(spec), "steps_done": steps_done, "digest": digest, **of_file})


@functools.lru_cache(maxsize=4_096)
def _read_key(key: str) -> tuple[RunSpec, int, str, bool]:
    """Spec, steps done and digest that a key stands for, and whether the run was brought back from a file."""
    flat = json.loads(key)
    steps_done, digest = int(flat.pop("steps_done")), str(flat.pop("digest", ""))
    imported = bool(flat.pop("imported", False))
    return codec.decode(flat), steps_done, digest, imported


def spec_of(key: str) -> RunSpec:
    """The spec that a run's key stands for."""
    return _read_key(key)[0]


def asked_of(key: str) -> tuple[RunSpec, bool]:
    """The spec that a run's key stands for, and whether training it gives the run: it was trained here, to its end."""
    spec, steps_done, _, imported = _read_key(key)
    return spec, steps_done >= spec.training.steps and not imported


def _latest() -> dict[str, str]:
    """The key of the run that this session had last of a spec and its steps done, by their key without a digest."""
    return state.LATEST.ensure()


def _held() -> dict[str, Parts]:
    """The runs that this session must not lose, by key, whatever gives way to other sessions' runs."""
    return state.HELD.ensure()


def _hold() -> None:
    """Hold the runs of the tray and the one on Train, and no others. Adam's state only of the one on Train."""
    held, on_train = _held(), shown(registry.TRAIN.name)
    wanted = dict.fromkeys([*(entry["key"] for entry in tray()), *([on_train] if on_train else [])])
    for key in [key for key in held if key not in wanted]:
        del held[key]
    for key in wanted:
        run = None if key in held else recall(key)
        if run:
            held[key] = to_parts(run)
        if key in held and key != on_train:
            document, arrays = held[key]
            held[key] = document, {name: arrays[name] for name in arrays if not name.startswith("optimizer_state:")}


def remember(run: Run) -> str:
    """Let this session find the run by its spec from now on, and return the run's key.

    One that was brought back from a file is found by its key alone: no page takes it for what it would have trained.
    """
    run_cache.put(run)
    key, latest, name = run_key(run), _latest(), _key(run.spec, run.steps_done)
    if run.origin == "imported":
        return key
    latest.pop(name, None)
    latest[name] = key
    while len(latest) > MAX_REMEMBERED:
        del latest[next(iter(latest))]
    return key


def recall(key: str) -> Run | None:
    """The very run of this key, if it is at hand, or held by this session, or in the store."""
    spec, steps_done, digest, _ = _read_key(key)
    run = run_cache.get(digest)
    if run is None:
        parts = _held().get(key)
        run = from_parts(*parts) if parts else None
        if run is None and steps_done >= spec.training.steps:
            stored = store().get(spec)
            run = stored if stored and stored.digest == digest else None
        if run:
            run_cache.put(run)
    return run


def find(spec: RunSpec) -> Run | None:
    """The finished run of this spec, if this session or the store has it."""
    name = _key(spec, spec.canonical().training.steps)
    key = _latest().get(name)
    run = (recall(key) if key else None) or run_cache.named(name)
    if run is None:
        run = store().get(spec)
        if run:
            run_cache.put(run, name)
    return run


def keep(run: Run, *, resumable: bool = True) -> str:
    """Remember a run that has just been trained; a finished one is in the store for the next visit.

    resumable: with Adam's state, which is twice as large as the weights
    """
    key = remember(run if resumable else replace(run, optimizer_state={}))
    if _held().pop(key, None):  # perhaps as it was recorded, without what it takes to go on with it
        _hold()
    return key


def job(page: str) -> str | None:
    """The id of the page's job, while it has one."""
    return state.JOB(page).get()


def set_job(page: str, job_id: str | None) -> None:
    """Name the page's job; the one before it is left, and ends if nobody else watches it."""
    before = job(page)
    if before and before != job_id:
        jobs().leave(before, watcher())
    state.JOB(page).set(job_id)


def shown(page: str) -> str | None:
    """The key of the run that the page shows."""
    return state.SHOWN(page).get()


def shown_run(page: str) -> Run | None:
    """The run that the page shows."""
    key = shown(page)
    return recall(key) if key else None


def show(page: str, key: str) -> None:
    """Let the page show the run of this key."""
    state.SHOWN(page).set(key)
    _hold()


def tray() -> list[TrayEntry]:
    """The runs kept for comparison, in order of keeping; change the list in place."""
    return state.TRAY.ensure()


def free_name(spec: RunSpec, seen: int | None = None) -> str:
    """A short name for a run of this spec that no run of the tray has. seen: as in `describe`"""
    names = {entry["name"] for entry in tray()}
    described = describe(spec, seen)
    name, number = described, 2
    while name in names:
        name = f"{described} ({number})"
        number += 1
    return name


def add_to_tray(run: Run, name: str = "", *, shown: bool = True) -> None:
    """Keep a run for comparison under a name of its own; a run that is there already stays once.

    A full tray keeps what it has.
    name: that it is to have, if no other run has it
    """
    key = remember(run)
    entries = tray()
    if tray_room() and not any(entry["key"] == key for entry in entries):
        free = name and all(entry["name"] != name for entry in entries)
        chosen = name if free else free_name(run.spec, run.sequences_seen)
        entries.append({"key": key, "name": chosen, "shown": shown})
        _hold()


def tray_room() -> int:
    """How many more runs can be kept for comparison."""
    return max(0, limits().tray_runs - len(tray()))


def remove_from_tray(position: int) -> None:
    """Keep a run for comparison no longer."""
    tray().pop(position)
    _hold()


def new_seed(seed: int, starts: int = 1) -> int:
    """The seed after a number of starts from `seed`."""
    return (seed + starts) % 2**31
