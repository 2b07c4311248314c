import json
import os
import shutil
import subprocess
import sys
import time
import types
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bilstm_core import run_format
from bilstm_core import specs as specs_module
from bilstm_core import store as store_module
from bilstm_core.network.initial_weights import flattened, initial_weights
from bilstm_core.presets import INSIDE
from bilstm_core.runs import N_PROBES, Run, Snapshots, Timing, from_parts, installed_versions, to_parts
from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec
from bilstm_core.store import DATE, RECORDED, Store, read_recorded, user_cache_dir, write_recorded


def finished(spec: RunSpec | None = None) -> Run:
    """A run of the right shapes, untrained."""
    spec = (spec or RunSpec()).canonical()
    training = spec.training
    weights = initial_weights(spec.problem, spec.model, training.seed)
    epoch = np.arange(1, training.epochs + 1)
    step = np.arange(1, min(training.steps, 2_000) + 1)
    shape = (3, N_PROBES, spec.problem.timesteps, spec.problem.problem.outputs)
    return Run(
        spec=spec,
        steps_done=training.steps,
        history=pd.DataFrame({"epoch": epoch, "sequences_seen": epoch, "loss": epoch / 9, "accuracy": epoch / 7}),
        steps=pd.DataFrame({"step": step, "sequences_seen": step, "loss": (step / 3).astype(np.float32)}),
        snapshots=Snapshots(np.arange(3), np.arange(3), np.full(shape, 0.5, np.float16)),
        weights=weights,
        optimizer_state={
            "momentum": flattened(weights),
            "velocity": flattened(weights),
            "unfinished_epoch": np.zeros(3),
        },
        timing=Timing(0.1, 2.0, 1),
        versions=installed_versions(),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs", tmp_path / "recorded")


def only_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "runs").iterdir()
    return path


def size_of(tmp_path: Path) -> int:
    return sum(path.stat().st_size for path in (tmp_path / "runs").iterdir())


def same(run: Run, other: Run) -> bool:
    return (
        run.spec == other.spec
        and run.history.equals(other.history)
        and run.steps.equals(other.steps)
        and all(np.array_equal(run.weights[name], other.weights[name]) for name in other.weights)
        and all(np.array_equal(a, b) for a, b in zip(run.snapshots, other.snapshots, strict=True))
        and (run.timing, run.versions, run.steps_done) == (other.timing, other.versions, other.steps_done)
    )


def test_a_run_comes_back_as_it_was(store: Store) -> None:
    run = finished()
    assert store.get(run.spec) is None
    assert store.stored_on(run.spec) is None
    store.put(run)
    stored = store.get(run.spec)
    assert stored is not None
    assert same(stored, run)
    assert list(stored.weights) == list(run.weights)
    assert stored.optimizer_state.keys() == run.optimizer_state.keys()
    assert stored.origin == "trained"
    assert store.stored_on(run.spec) == date.today()
    assert store.notice == ""


def test_specs_with_equal_canonical_forms_share_a_run(store: Store) -> None:
    store.put(finished(RunSpec(model=ModelSpec(direction="forward"))))
    assert store.get(RunSpec(model=ModelSpec(direction="forward", merge_mode="sum"))) is not None
    assert store.get(RunSpec(model=ModelSpec(direction="backward"))) is None


def test_an_unfinished_run_is_not_kept(store: Store) -> None:
    run = replace(finished(), steps_done=100)
    store.put(run)
    assert store.get(run.spec) is None


def test_a_run_with_weights_that_are_no_numbers_is_not_kept(store: Store, tmp_path: Path) -> None:
    run = finished()
    run.weights["head/bias"][:] = np.nan
    store.put(run)
    assert store.get(run.spec) is None
    with pytest.raises(ValueError, match="only finished runs with finite weights"):
        write_recorded([run], tmp_path / "recorded")


def test_another_version_of_keras_asks_for_another_run(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished()
    store.put(run)
    monkeypatch.setattr(store_module, "installed_versions", lambda: {"keras": "4", "tensorflow": "3"})
    assert Store(tmp_path / "runs", tmp_path / "recorded").get(run.spec) is None


@pytest.mark.parametrize("cut", [0, 10, 1_000, -1])
def test_a_file_cut_short_is_ignored_and_removed(store: Store, tmp_path: Path, cut: int) -> None:
    run = finished()
    store.put(run)
    path = only_file(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    assert store.get(run.spec) is None
    assert not path.exists()
    assert store.notice == ""


def test_any_altered_byte_of_the_contents_is_noticed(store: Store, tmp_path: Path) -> None:
    run = finished()
    store.put(run)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for place in np.random.default_rng(0).integers(0, len(whole), 60):
        altered = bytearray(whole)
        altered[place] ^= 0x10
        path.write_bytes(altered)
        stored = store.get(run.spec)
        assert stored is None or same(stored, run)


def test_a_whole_file_of_another_spec_is_ignored(store: Store, tmp_path: Path) -> None:
    wanted, other = finished(), finished(RunSpec(model=ModelSpec(units=5)))
    store.put(wanted)
    path = only_file(tmp_path)
    path.unlink()
    store.put(other)
    only_file(tmp_path).rename(path)
    assert store.get(wanted.spec) is None


def test_weights_of_wrong_shape_or_not_finite_are_ignored(store: Store, tmp_path: Path) -> None:
    run = finished()
    store.put(run)
    path = only_file(tmp_path)
    for bad in (np.zeros((3, 3), np.float32), np.full_like(run.weights["head/bias"], np.inf)):
        store_module._write(path, replace(run, weights=run.weights | {"head/bias": bad}), compressed=False)
        assert store.get(run.spec) is None
        assert not path.exists()


def test_pickled_members_are_never_loaded(store: Store, tmp_path: Path) -> None:
    run = finished()
    store.put(run)
    path = only_file(tmp_path)
    evil = np.array([{"not": "numbers"}], dtype=object)
    np.savez(path, document=evil, data=evil, checksum=evil)
    assert store.get(run.spec) is None


def test_a_document_that_asks_for_objects_is_refused(store: Store, tmp_path: Path) -> None:
    run = finished()
    store.put(run)
    path = only_file(tmp_path)
    with np.load(path) as members:
        text, data = members["document"].tobytes(), members["data"].tobytes()
    content = json.loads(text)
    content["arrays"][0][1] = "|O"
    changed = json.dumps(content).encode()
    checksum = store_module.hashlib.sha256(changed + data).digest()
    members = {"document": changed, "data": data, "checksum": checksum}
    np.savez(path, **{name: np.frombuffer(value, np.uint8) for name, value in members.items()})
    assert store.get(run.spec) is None


def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = Store(blocked / "runs", tmp_path / "recorded")
    run = finished()
    store.put(run)
    assert store.notice.startswith(f"Finished runs cannot be kept in {blocked / 'runs'} (")
    assert store.get(run.spec) is None
    assert store.stored_on(run.spec) is None


ON_A_FULL_DISK = """
import sys
from dataclasses import replace
from pathlib import Path
from bilstm_core.store import Store
from tests.test_store import RunSpec, TrainingSpec, finished

root = Path(sys.argv[1])
store, runs = Store(root / "runs", root / "recorded"), []
while not store.notice and len(runs) < 1_000:
    runs.append(finished(RunSpec(training=TrainingSpec(seed=len(runs)))))
    store.put(runs[-1])
print(store.notice)
print([store.get(run.spec) is not None for run in runs] == [True] * (len(runs) - 1) + [False] and len(runs) > 1)
print([path.name for path in (root / "runs").iterdir() if path.suffix != ".npz"])
store._path(runs[0].spec).unlink()
store.put(runs[-1])
print(repr(store.notice), store.get(runs[-1].spec) is not None)
"""


def test_a_disk_that_is_full_keeps_what_it_has_and_a_sentence_says_so_until_there_is_room(tmp_path: Path) -> None:
    """A disk of 300 KB in memory, which a child of this process mounts for itself alone."""
    own = ["unshare", "-Urm"]
    if not shutil.which("unshare") or subprocess.run([*own, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no disk of one's own can be mounted here")
    mounting = 'mount -t tmpfs -o size=300k tmpfs "$0" && exec "$1" -c "$2" "$0"'
    child = [*own, "sh", "-c", mounting, str(tmp_path), sys.executable, ON_A_FULL_DISK]
    done = subprocess.run(child, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False)
    notice, whole, left, *again = done.stdout.splitlines() or [done.stderr]
    assert notice.startswith(f"Finished runs cannot be kept in {tmp_path / 'runs'} (No space left on device). ")
    assert (whole, left, again) == ("True", "[]", ["'' True"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is full")
def test_a_write_that_fails_for_want_of_room_leaves_nothing_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, run = Store(tmp_path / "runs", tmp_path / "recorded"), finished()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda _, mode: open("/dev/full", mode))  # noqa: PTH123, SIM115
        store.put(run)
    assert "(No space left on device)" in store.notice
    assert list((tmp_path / "runs").iterdir()) == []
    store.put(run)
    assert store.notice == ""
    assert store.get(run.spec) is not None


def test_the_oldest_runs_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "runs", tmp_path / "recorded")
    runs = [finished(RunSpec(training=TrainingSpec(seed=seed))) for seed in range(4)]
    store.put(runs[0])
    monkeypatch.setattr(store_module, "SIZE_LIMIT", int(2.5 * only_file(tmp_path).stat().st_size))
    for age, run in enumerate(runs[1:], start=1):
        for path in (tmp_path / "runs").iterdir():
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 10 * age))
        store.put(run)
    assert [store.get(run.spec) is not None for run in runs] == [False, False, True, True]


def test_a_run_that_was_asked_for_stays_before_one_that_was_written_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [finished(RunSpec(training=TrainingSpec(seed=seed))) for seed in range(3)]
    for age, run in enumerate(runs):
        store.put(run)
        os.utime(store._path(run.spec), (1_000 + age, 1_000 + age))
    assert store.get(runs[0].spec) is not None
    assert store._path(runs[0].spec).stat().st_mtime == 1_000, "its day stays that of its writing"
    monkeypatch.setattr(store_module, "SIZE_LIMIT", int(2.5 * store._path(runs[0].spec).stat().st_size))
    store._evict()
    assert [store._path(run.spec).exists() for run in runs] == [True, False, True]


def test_a_run_is_found_where_its_use_cannot_be_noted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished()
    store.put(run)

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refuse)
    assert store.get(run.spec) is not None
    assert store.notice == ""


def test_a_run_that_was_brought_back_is_not_kept(store: Store) -> None:
    run = replace(finished(), origin="imported")
    store.put(run)
    assert store.get(run.spec) is None


def test_what_a_killed_writer_left_is_cleared_away_by_the_next(store: Store, tmp_path: Path) -> None:
    Store(tmp_path / "runs").put(finished())
    left = tmp_path / "runs" / f".{40 * 'a'}.01234567.tmp"
    left.write_bytes(b"half")
    fresh = tmp_path / "runs" / f".{40 * 'a'}.89abcdef.tmp"
    fresh.write_bytes(b"half")
    os.utime(left, (0, time.time() - 2 * store_module.ABANDONED_S))
    store.put(finished(RunSpec(training=TrainingSpec(seed=1))))
    assert not left.exists()
    assert fresh.exists()


def looks_of(monkeypatch: pytest.MonkeyPatch, folder: Path) -> list[object]:
    """Grows by one each time that this folder is looked through."""
    looks: list[object] = []

    def watched(name: str) -> Callable[[Any], Any]:
        listing = getattr(os, name)

        def look(path: Any) -> Any:
            if path == folder:
                looks.append(path)
            return listing(path)

        return look

    for name in ("scandir", "listdir"):
        monkeypatch.setattr(os, name, watched(name))
    return looks


def test_a_folder_is_looked_through_once_and_not_at_every_put(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = looks_of(monkeypatch, tmp_path / "runs")
    for seed in range(20):
        store.put(finished(RunSpec(training=TrainingSpec(seed=seed))))
    assert len(looks) == 1
    assert len(list((tmp_path / "runs").iterdir())) == 20


def test_a_full_store_is_looked_through_again_after_a_twentieth_of_its_limit(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(finished())
    limit = int(62.5 * only_file(tmp_path).stat().st_size)
    monkeypatch.setattr(store_module, "SIZE_LIMIT", limit)
    looks, looked = looks_of(monkeypatch, tmp_path / "runs"), 0
    for seed in range(1, 91):
        looks.clear()
        store.put(finished(RunSpec(training=TrainingSpec(seed=seed))))
        looked += len(looks)
        assert size_of(tmp_path) <= limit
    assert looked <= 90 // 4 + 1  # three runs are a little less than a twentieth
    assert store.get(finished(RunSpec(training=TrainingSpec(seed=90))).spec) is not None


def test_two_processes_stay_within_the_limit_and_what_each_has_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = Store(tmp_path / "runs"), Store(tmp_path / "runs")
    ours.put(finished())
    limit = 40 * only_file(tmp_path).stat().st_size
    monkeypatch.setattr(store_module, "SIZE_LIMIT", limit)
    for seed in range(1, 120):
        (ours if seed % 3 else theirs).put(finished(RunSpec(training=TrainingSpec(seed=seed))))
        assert size_of(tmp_path) <= (1 + 2 * store_module.UNSEEN) * limit
    assert size_of(tmp_path) >= (1 - 2 * store_module.UNSEEN) * limit


def test_a_run_that_another_process_removes_meanwhile_makes_room_as_well(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(10):
        store.put(finished(RunSpec(training=TrainingSpec(seed=seed))))
        newest = store._path(finished(RunSpec(training=TrainingSpec(seed=seed))).spec)
        os.utime(newest, (0, 1_000 + seed))
    monkeypatch.setattr(store_module, "SIZE_LIMIT", int(8.5 * newest.stat().st_size))
    unlink = Path.unlink

    def late(path: Path, missing_ok: bool = False) -> None:
        unlink(path)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", late)
    store._evict()
    assert len(list((tmp_path / "runs").iterdir())) == 8


WRITER = """
import sys
from pathlib import Path
from bilstm_core import store as store_module
from bilstm_core.specs import RunSpec, TrainingSpec
from tests.test_store import finished
root, limit, first = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store_module.SIZE_LIMIT = limit
store = store_module.Store(root)
for seed in range(first, first + 60):
    store.put(finished(RunSpec(training=TrainingSpec(seed=seed))))
assert store.notice == "", store.notice
"""


def test_processes_that_write_at_once_leave_a_full_store_of_whole_files(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(finished())
    limit = 40 * only_file(tmp_path).stat().st_size
    arguments = [sys.executable, "-c", WRITER, str(tmp_path / "runs"), str(limit)]
    writers = [
        subprocess.Popen([*arguments, first], cwd=Path(__file__).parents[1], stderr=subprocess.PIPE, text=True)
        for first in ("100", "200")
    ]
    told = [writer.communicate(timeout=100)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], told
    slack = store_module.UNSEEN * limit
    assert limit - 2 * slack <= size_of(tmp_path) <= limit + 2 * slack
    monkeypatch.setattr(store_module, "SIZE_LIMIT", limit)
    seeds = [*range(100, 160), *range(200, 260)]
    whole = [store.get(RunSpec(training=TrainingSpec(seed=seed))) is not None for seed in seeds]
    assert sum(whole) + 1 >= len(list((tmp_path / "runs").iterdir()))


def test_recorded_runs_are_found_whatever_the_versions(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replayed, plain = finished(), finished(RunSpec(training=TrainingSpec(seed=1)))
    write_recorded([replayed, plain], tmp_path / "recorded", keep_snapshots=lambda run: run.spec.training.seed == 0)
    monkeypatch.setattr(store_module, "installed_versions", lambda: {"keras": "4", "tensorflow": "3"})
    stored = Store(tmp_path / "runs", tmp_path / "recorded").get(replayed.spec)
    assert stored is not None
    assert same(stored, replayed)
    assert stored.optimizer_state == {}
    assert stored.origin == "recorded"
    assert store.stored_on(replayed.spec) is None
    bare = read_recorded(plain.spec, tmp_path / "recorded")
    assert bare is not None
    assert bare.snapshots.probabilities.shape == (0, N_PROBES, 10, 1)


def test_the_users_own_run_comes_before_the_recorded_one(store: Store, tmp_path: Path) -> None:
    run = finished()
    write_recorded([run], tmp_path / "recorded")
    store.put(run)
    stored = store.get(run.spec)
    assert stored is not None
    assert stored.optimizer_state
    assert stored.origin == "trained"


def test_an_altered_recorded_file_is_ignored_and_left(store: Store, tmp_path: Path) -> None:
    run = finished()
    write_recorded([run], tmp_path / "recorded")
    (path,) = (tmp_path / "recorded").glob("*.npz")
    path.write_bytes(path.read_bytes()[:100])
    assert store.get(run.spec) is None
    assert path.exists()


def test_a_run_has_the_day_it_was_written(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished()
    write_recorded([run], tmp_path / "recorded")
    assert store.recorded_on() == date.today()
    (tmp_path / "recorded" / DATE).write_text("2026-02-03\n")
    assert store.recorded_on() == date(2026, 2, 3)
    assert store.stored_on(run.spec) is None
    store.put(run)
    monkeypatch.setattr(store_module, "_read", None)  # no file is read for its day
    assert store.stored_on(run.spec) == date.today()


def test_where_a_run_comes_from_is_what_its_folder_says_and_goes_with_it(store: Store, tmp_path: Path) -> None:
    run = finished()
    write_recorded([run], tmp_path / "recorded")
    recorded = store.get(run.spec)
    assert recorded is not None
    assert from_parts(*to_parts(recorded)).origin == "recorded"
    store.put(recorded)
    stored = store.get(run.spec)
    assert stored is not None
    assert stored.origin == "trained"
    assert stored.digest == recorded.digest


def test_the_folders_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILSTM_STORE", str(tmp_path / "mine"))
    run = finished()
    Store().put(run)
    assert len(list((tmp_path / "mine").iterdir())) == 1
    assert user_cache_dir().name == "bilstm-explorer"
    assert RECORDED.parent.name == "bilstm_core"


def test_files_of_others_are_never_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path, tmp_path / "recorded")
    foreign = [tmp_path / "mydata.npz", tmp_path / ".mine.tmp"]
    for path in foreign:
        path.write_bytes(b"mine")
        os.utime(path, (0, 0))
    monkeypatch.setattr(store_module, "SIZE_LIMIT", 1)
    for seed in (0, 1):
        store.put(finished(RunSpec(training=TrainingSpec(seed=seed))))
    assert all(path.read_bytes() == b"mine" for path in foreign)
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_specs_of_reloaded_modules_find_their_runs_and_delete_none(tmp_path: Path) -> None:
    """A hot reload makes classes anew; what is on disk belongs to the new ones as well."""
    store = Store(tmp_path / "runs", tmp_path / "recorded")
    run = finished()
    store.put(run)
    reloaded = types.ModuleType("reloaded_specs")
    source = Path(specs_module.__file__).read_text(encoding="utf-8")
    sys.modules["reloaded_specs"] = reloaded
    exec(compile(source, "reloaded_specs", "exec"), reloaded.__dict__)
    other = reloaded.RunSpec()
    assert other != run.spec
    assert store.get(other) is not None
    assert only_file(tmp_path).exists()


def test_a_file_that_cannot_be_read_now_is_left(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished()
    store.put(run)

    def broken(*_: object) -> Run:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(store_module, "_read", broken)
        assert store.get(run.spec) is None
        assert "Too many open files" in store.notice
    assert store.get(run.spec) is not None


def test_what_cannot_be_kept_or_read_is_told_with_its_reason(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "runs"

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module, "_write", fail)
    store.put(finished())
    assert store.notice == (
        f"Finished runs cannot be kept in {folder} (No space left on device). Set BILSTM_STORE to a folder that can be"
        " written to."
    )
    monkeypatch.undo()
    store.put(finished())
    assert store.notice == ""

    def silent(*_: Any, **__: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(store_module, "_write", silent)
    store.put(finished())
    assert store.notice.startswith(f"Finished runs cannot be kept in {folder} (gone). Set")
    monkeypatch.setattr(store_module, "_read", silent)
    assert store.get(finished().spec) is None
    assert store.notice == f"Finished runs cannot be read in {folder} (gone)."


def test_a_run_that_cannot_be_recorded_is_named() -> None:
    run = replace(finished(), steps_done=3)
    with pytest.raises(ValueError, match="only finished") as caught:
        write_recorded([run])
    assert str(caught.value).startswith(
        "only finished runs with finite weights can be recorded, not {'problem': 'cumulative_sum', "
    )


def test_recorded_files_are_small_and_have_the_day_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "recorded"
    run = finished()
    write_recorded([run], path)
    assert (path / DATE).read_text() == f"{date.today().isoformat()}\n"
    (recorded,) = path.glob("*.npz")
    store_module._write(tmp_path / "plain.npz", run, compressed=False)
    assert recorded.stat().st_size < (tmp_path / "plain.npz").stat().st_size / 2
    assert sorted(file.name for file in path.iterdir()) == sorted([recorded.name, DATE])


def test_a_store_of_ones_own_choice_comes_before_the_environments_and_before_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILSTM_STORE", str(tmp_path / "chosen"))
    assert Store(tmp_path / "own")._root == tmp_path / "own"
    assert Store()._root == tmp_path / "chosen"
    monkeypatch.delenv("BILSTM_STORE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert Store()._root == tmp_path / "cache" / "bilstm-explorer" / "runs"
    assert Store()._recorded == RECORDED
    assert Store(recorded=tmp_path)._recorded == tmp_path


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "/home/me/.cache/bilstm-explorer"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/bilstm-explorer"),
        ("darwin", {}, "/home/me/Library/Caches/bilstm-explorer"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/bilstm-explorer"),
        ("win32", {}, "/temp/bilstm-explorer"),
    ],
)
def test_each_system_has_its_own_folder_for_what_can_be_made_again(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str
) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(store_module.sys, "platform", platform)
    monkeypatch.setattr(store_module.tempfile, "gettempdir", lambda: "/temp")
    assert user_cache_dir() == Path(expected)


def fitting() -> Run:
    run = finished(RunSpec(training=TrainingSpec(epochs=30)))
    assert run_format.fits(run, run.spec)
    return run


@pytest.mark.parametrize(
    "changes",
    [
        {"steps_done": 29},
        {"history": fitting().history.rename(columns={"loss": "lost"})},
        {"history": fitting().history[:-1]},
        {"steps": fitting().steps.rename(columns={"loss": "lost"})},
        {"steps": fitting().steps[:0]},
        {"steps": pd.concat([fitting().steps] * 200)},
        {"snapshots": fitting().snapshots._replace(sequences_seen=np.arange(2))},
        {"snapshots": fitting().snapshots._replace(probabilities=np.zeros((3, N_PROBES, 10, 2)))},
        {"snapshots": fitting().snapshots._replace(probabilities=np.zeros((2, N_PROBES, 10, 1)))},
        {"optimizer_state": {"momentum": np.array([np.nan])}},
        {"weights": {**fitting().weights, "more": np.zeros(1)}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_run_that_does_not_fit_its_spec_is_not_kept(store: Store, changes: dict[str, Any]) -> None:
    run = fitting()
    store.put(replace(run, **changes))
    assert not store._root.exists()
    other = replace(run.spec, training=replace(run.spec.training, seed=9))
    assert not run_format.fits(run, other)


def test_as_many_points_as_a_curve_may_have_fit() -> None:
    run = fitting()
    rows = pd.concat([run.steps] * 200)[: run_format.MAX_STEP_POINTS]
    assert run_format.fits(replace(run, steps=rows), run.spec)
    assert run_format.fits(replace(run, steps=run.steps[:1]), run.spec)


def written(path: Path, content: dict[str, Any], data: bytes, checksum: bytes | None = None) -> None:
    text = json.dumps(content).encode()
    checksum = checksum or store_module.hashlib.sha256(text + data).digest()
    members = {"document": text, "data": data, "checksum": checksum}
    np.savez(path, **{name: np.frombuffer(value, np.uint8) for name, value in members.items()})


def test_what_is_wrong_with_a_file_is_told_from_another_specs_file(store: Store, tmp_path: Path) -> None:
    run = finished()
    store.put(run)
    path = only_file(tmp_path)
    with np.load(path) as members:
        content, data = json.loads(members["document"].tobytes()), members["data"].tobytes()
    written(path, content, data)
    assert same(store_module._read(path, run.spec, "trained"), run)
    written(path, content, data, b"0" * 32)
    with pytest.raises(ValueError, match=r"^the checksum does not fit$"):
        store_module._read(path, run.spec, "trained")
    written(path, content, data)
    with pytest.raises(store_module.OtherSpecError, match=r"^the run is of another spec$"):
        store_module._read(path, RunSpec(training=TrainingSpec(seed=1)), "trained")
    first = content["arrays"][0]
    for kind, shape in (("|O", first[2]), (first[1], [-1])):
        written(path, {**content, "arrays": [[first[0], kind, shape], *content["arrays"][1:]]}, data)
        with pytest.raises(ValueError, match=rf"^{first[0]} is not an array of numbers$"):
            store_module._read(path, run.spec, "trained")
    store_module._write(path, replace(run, steps_done=3), compressed=False)
    with pytest.raises(ValueError, match=r"^the run does not fit its spec$"):
        store_module._read(path, run.spec, "trained")


def test_a_store_that_is_just_full_is_left_alone_and_one_over_it_gives_up_a_twentieth(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(20):
        store.put(finished(RunSpec(training=TrainingSpec(epochs=30, seed=seed))))
    for seed in range(20):
        path = store._path(RunSpec(training=TrainingSpec(epochs=30, seed=seed)))
        path.write_bytes(b"0" * 1_000)
        os.utime(path, (0, 1_000 + seed))
    monkeypatch.setattr(store_module, "SIZE_LIMIT", 20_000)
    assert store._evict() == 20_000
    monkeypatch.setattr(store_module, "SIZE_LIMIT", 19_999)
    assert store._evict() == 18_000
    assert not store._path(RunSpec(training=TrainingSpec(epochs=30, seed=1))).exists()
    assert store._path(RunSpec(training=TrainingSpec(epochs=30, seed=2))).exists()
    monkeypatch.setattr(store_module, "SIZE_LIMIT", 1)
    assert store._evict() == 1_000
    assert store._path(RunSpec(training=TrainingSpec(epochs=30, seed=19))).exists()


def test_a_failed_write_leaves_no_file_behind(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.np, "savez", fail)
    store.put(finished())
    assert list((tmp_path / "runs").iterdir()) == []


def test_the_days_that_are_not_known_are_none(store: Store, tmp_path: Path) -> None:
    assert store.recorded_on() is None
    (tmp_path / "recorded").mkdir()
    (tmp_path / "recorded" / DATE).write_text("some day")
    assert store.recorded_on() is None


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("member", ["document", "data", "checksum"])
def test_what_a_pickled_member_would_do_is_not_done(store: Store, tmp_path: Path, member: str) -> None:
    run = finished()
    store.put(run)
    path, done = only_file(tmp_path), tmp_path / "done"
    members: dict[str, Any] = {name: np.zeros(1, np.uint8) for name in ("document", "data", "checksum")}
    np.savez(path, **members | {member: np.array([Evil(done)], dtype=object)})
    assert store.get(run.spec) is None
    assert not done.exists()


def test_recorded_files_are_compressed_and_ones_own_are_written_at_once(store: Store, tmp_path: Path) -> None:
    store.put(finished())
    write_recorded([finished()], tmp_path / "recorded")
    (recorded,) = (tmp_path / "recorded").glob("*.npz")
    for path, kind in ((only_file(tmp_path), zipfile.ZIP_STORED), (recorded, zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(path) as file:
            assert {member.compress_type for member in file.infolist()} == {kind}


def test_a_damaged_file_that_cannot_be_removed_is_as_if_it_were_not_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished()
    store.put(run)
    only_file(tmp_path).write_bytes(b"damaged")

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    assert store.get(run.spec) is None
    assert only_file(tmp_path).exists()


def test_the_day_of_a_run_that_is_removed_meanwhile_is_not_known(store: Store, tmp_path: Path) -> None:
    run = finished()
    store.put(run)
    only_file(tmp_path).unlink()
    assert store.stored_on(run.spec) is None


def test_a_new_store_has_nothing_to_complain_of(store: Store) -> None:
    assert store.notice == ""


def test_files_that_cannot_be_removed_are_left_and_hold_nothing_up(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(finished())
    left = tmp_path / "runs" / f".{40 * 'a'}.01234567.tmp"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    monkeypatch.setattr(store_module, "SIZE_LIMIT", 1)

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    run = finished(RunSpec(training=TrainingSpec(seed=1)))
    store.put(run)
    assert store.notice == ""
    assert store.get(run.spec) is not None
    assert len(list((tmp_path / "runs").iterdir())) == 3


def test_what_is_being_written_has_a_name_that_the_next_writer_clears_away(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []

    def stop(*_: Any, **__: Any) -> None:
        names.extend(path.name for path in (tmp_path / "runs").iterdir())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.np, "savez", stop)
    store.put(finished())
    (name,) = names
    assert store_module.OWN_PART.fullmatch(name)


def test_recorded_results_keep_the_names_of_their_files() -> None:
    assert [spec for spec in INSIDE if not (RECORDED / f"{store_module._name(spec)}.npz").exists()] == []


def test_no_more_is_removed_than_a_twentieth_below_the_limit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store._root.mkdir()
    for place in range(22):
        (store._root / f"{place:040}.npz").write_bytes(b"0" * 1_000)
    monkeypatch.setattr(store_module, "SIZE_LIMIT", 20_000)
    assert store._evict() == 19_000
    assert len(list(store._root.iterdir())) == 19
