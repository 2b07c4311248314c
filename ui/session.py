"""What a session remembers, behind typed accessors, and what all sessions share.

In session_state go codec dicts, NumPy arrays and plain values, never our classes: a hot reload replaces those.
"""

import functools
import json
import threading
import uuid
from dataclasses import replace
from typing import Any, TypedDict, cast

import streamlit as st

from bilstm_core import codec
from bilstm_core.jobs import Jobs
from bilstm_core.runs import Arrays, Run, from_parts, to_parts
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from bilstm_core.store import Store

MAX_REMEMBERED, MAX_REMEMBERED_BYTES = 250, 300_000_000
MAX_FROM_STORE = 500
FIRST_PAGE_S = 4.0  # in which pages are drawn; then TensorFlow's import takes a core for seconds. Train starts it too

Parts = tuple[dict[str, Any], Arrays]  # a run, as runs.to_parts takes it apart
_runs: dict[int, tuple[Parts, Run]] = {}  # by the id of the parts, which are held so that it stays theirs
_from_store: dict[str, Run] = {}  # by key, for all sessions
_lock = threading.Lock()  # held while either of them changes


class TrayEntry(TypedDict):
    """A run that is kept for comparison: its key, the name a person gave it, and whether it is drawn."""

    key: str
    name: str
    shown: bool


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The finished runs on disk, shared by all sessions."""
    return Store()


@st.cache_resource(on_release=lambda jobs: jobs.close(), show_spinner=False)
def jobs() -> Jobs:
    """The one job service of the app; a change of the source replaces it."""
    return Jobs(delay_s=FIRST_PAGE_S, keep=store().put)


def watcher() -> str:
    """A name for this session, by which the job service knows who still watches."""
    return cast(str, st.session_state.setdefault("session.watcher", uuid.uuid4().hex))


def run_key(run: Run) -> str:
    """A key for a run in session_state; a stopped run has another than the finished one."""
    return _key(run.spec, run.steps_done)


@functools.lru_cache(maxsize=4_096)  # a page asks for the same hundreds of times
def _key(spec: RunSpec, steps_done: int) -> str:
    return json.dumps({**codec.encode(spec), "steps_done": steps_done})


def _remembered() -> dict[str, Parts]:
    return cast(dict[str, Parts], st.session_state.setdefault("session.runs", {}))


def remember(run: Run) -> str:
    """Keep a run for this session, the oldest giving way, and return its key. A run of the tray is never dropped."""
    kept = _remembered()
    key = run_key(run)
    kept[key] = to_parts(run)
    held = {entry["key"] for entry in tray()} | {shown("Train"), key}
    sizes = {name: sum(array.nbytes for array in arrays.values()) for name, (_, arrays) in kept.items()}
    total = sum(sizes.values())
    for old in [old for old in kept if old not in held]:
        if len(kept) <= MAX_REMEMBERED and total <= MAX_REMEMBERED_BYTES:
            break
        total -= sizes[old]
        del kept[old]
    return key


def _made(parts: Parts) -> Run:
    """The run of these parts, made once: a page asks for the same runs several times."""
    known = _runs.get(id(parts))
    if known is None or known[0] is not parts:
        known = (parts, from_parts(*parts))
        with _lock:
            _runs[id(parts)] = known
            while len(_runs) > MAX_REMEMBERED:
                del _runs[next(iter(_runs))]
    return known[1]


def _stored(key: str) -> Run | None:
    run = _from_store.get(key) or store().get(spec_of(key))
    if run:
        with _lock:
            _from_store[key] = run
            while len(_from_store) > MAX_FROM_STORE:
                del _from_store[next(iter(_from_store))]
    return run


def recall(key: str) -> Run | None:
    """The run of this key, from this session or from the store."""
    parts = _remembered().get(key)
    return _made(parts) if parts else _stored(key)


@functools.lru_cache(maxsize=4_096)
def spec_of(key: str) -> RunSpec:
    """The spec that a run's key stands for."""
    flat = json.loads(key)
    flat.pop("steps_done")
    return codec.decode(flat)


def find(spec: RunSpec) -> Run | None:
    """The finished run of this spec, if this session or the store has it."""
    return recall(_key(spec, spec.canonical().training.steps))


def keep(run: Run, *, resumable: bool = True) -> str:
    """Remember a run that has just been trained; a finished one is in the store for the next visit.

    resumable: with Adam's state, which is twice as large as the weights
    """
    return remember(run if resumable else replace(run, optimizer_state={}))


def job(page: str) -> str | None:
    """The id of the page's job, while it has one."""
    return cast(str | None, st.session_state.get(f"session.job.{page}"))


def set_job(page: str, job_id: str | None) -> None:
    """Name the page's job; the one before it is left, and ends if nobody else watches it."""
    before = job(page)
    if before and before != job_id:
        jobs().leave(before, watcher())
    st.session_state[f"session.job.{page}"] = job_id


def shown(page: str) -> str | None:
    """The key of the run that the page shows."""
    return cast(str | None, st.session_state.get(f"session.shown.{page}"))


def show(page: str, key: str) -> None:
    """Let the page show the run of this key."""
    st.session_state[f"session.shown.{page}"] = key


def tray() -> list[TrayEntry]:
    """The runs kept for comparison, in order of keeping; change the list in place."""
    return cast(list[TrayEntry], st.session_state.setdefault("session.tray", []))


def describe(spec: RunSpec) -> str:
    """A short name for a run: direction, what differs from the defaults, and how many sequences it was asked to see."""
    model, training = spec.model, spec.training
    words: list[str] = [model.direction]
    if spec.problem.name != ProblemSpec().name:
        words.insert(0, spec.problem.problem.title.lower())
    if model.direction == "bidirectional" and model.merge_mode != "concat":
        words.append(model.merge_mode)
    if model.backward_output == "raw":
        words.append("tutorial's order")
    if model.cell != "lstm":
        words.append(model.cell.upper())
    if model.units != ModelSpec().units:
        words.append(f"{model.units} units")
    if model.layers > 1:
        words.append(f"{model.layers} layers")
    if spec.problem.timesteps != 10:
        words.append(f"T={spec.problem.timesteps}")
    words.append(f"{training.sequences:,} sequences")
    if training.seed:
        words.append(f"seed {training.seed}")
    return ", ".join(words)


def add_to_tray(run: Run) -> None:
    """Keep a run for comparison under a name of its own; a run that is there already stays once."""
    key = remember(run)
    entries = tray()
    if any(entry["key"] == key for entry in entries):
        return
    names = {entry["name"] for entry in entries}
    name = describe(run.spec)
    number = 2
    while name in names:
        name = f"{describe(run.spec)} ({number})"
        number += 1
    entries.append({"key": key, "name": name, "shown": True})


def new_seed(seed: int, starts: int = 1) -> int:
    """The seed after a number of starts from `seed`."""
    return (seed + starts) % 2**31
