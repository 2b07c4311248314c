"""A worker that leaves loses no job; in the second test one of a real cluster, with a limit that it passes at once."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable

import psutil
import pytest
from distributed import Reschedule

from bilstm_core import codec, renewal, worker
from bilstm_core.jobs import Jobs
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

SMALL = ProblemSpec(timesteps=3)
MODEL = ModelSpec(direction="forward", cell="rnn", units=2)


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < seconds, "waited too long"
        time.sleep(0.01)


def trainers() -> set[int]:
    """The processes that train."""
    found = set()
    for keeper in psutil.Process().children():
        for child in keeper.children():
            with contextlib.suppress(psutil.NoSuchProcess):  # a zombie among them
                if "resource_tracker" not in " ".join(child.cmdline()):
                    found.add(child.pid)
    return found


def test_a_training_that_comes_while_the_worker_leaves_is_handed_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask gives it to the next worker; the lock is never given back in this one."""
    monkeypatch.setattr(worker, "_training", threading.Lock())
    monkeypatch.setattr(renewal, "leaving", threading.Event())
    worker._training.acquire()
    renewal.leaving.set()
    with pytest.raises(Reschedule):
        worker.train_job("job", 0, [codec.encode(RunSpec())], worker.LOADED)


def test_a_worker_past_its_limit_is_renewed_when_idle_and_all_that_comes_meanwhile_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(renewal.LIMIT, "1")
    jobs = Jobs()
    try:
        until(lambda: jobs.state == "ready")
        before = trainers()
        time.sleep(2.5)
        assert trainers() == before, "no job was done yet"
        for seed in itertools.count():  # one right after the other, so that one is under way at whatever moment
            spec = RunSpec(problem=SMALL, model=MODEL, training=TrainingSpec(epochs=5, seed=seed))
            job = jobs.submit([spec], watcher="me")
            until(lambda job=job: jobs.view(job, "me").over)  # type: ignore[misc, union-attr]
            view = jobs.view(job, "me")
            assert view is not None
            assert view.state == "done"
            assert view.runs[0] is not None
            if not trainers() & before:
                break
        assert jobs.problem == ""
    finally:
        jobs.close()
