"""When a worker is replaced for its size; and that one of a real cluster is, while its queue is never empty."""

import time
from collections.abc import Callable

import dask
import distributed  # noqa: F401  its settings
import pytest

from bilstm_core.service import recycling
from bilstm_core.service.cluster import MEMORY_NEEDED
from bilstm_core.service.jobs import Jobs
from bilstm_core.service.recycling import IDLE_S, LIMIT_BYTES, PRESSING_BYTES, SPARE_BYTES
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

SMALL = ProblemSpec(timesteps=3)
MODEL = ModelSpec(direction="forward", cell="rnn", units=2)


def until(true: Callable[[], object], seconds: float = 90.0) -> None:
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < seconds, "waited too long"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("rss", "bound", "idle_s", "trained", "expected"),
    [
        (LIMIT_BYTES, 0, 10 * IDLE_S, True, False),
        (LIMIT_BYTES + 1, 0, IDLE_S / 2, True, False),
        (LIMIT_BYTES + 1, 0, IDLE_S + 1, True, True),
        (LIMIT_BYTES + 1, 0, IDLE_S + 1, False, False),
        (PRESSING_BYTES, 0, 0.0, True, False),
        (PRESSING_BYTES + 1, 0, 0.0, True, True),
        (PRESSING_BYTES + 1, 0, 0.0, False, False),
        (PRESSING_BYTES, 16 * 10**9, 0.0, True, False),
        (1_260_000_000, 1_400_000_000, 0.0, True, False),
        (1_260_000_001, 1_400_000_000, 0.0, True, True),
    ],
)
def test_a_worker_is_due_when_big_and_idle_or_too_big_but_not_before_it_has_trained(
    rss: int, bound: int, idle_s: float, trained: bool, expected: bool
) -> None:
    assert recycling.due(rss, bound, idle_s=idle_s, trained=trained) == expected


@pytest.mark.parametrize("bound", [0, 1_400_000_000])
def test_what_a_worker_may_still_grow_before_it_is_renewed_is_left_to_trainings(bound: int) -> None:
    most = recycling.pressing(bound) - SPARE_BYTES
    assert recycling.room_ahead(most, bound)
    assert not recycling.room_ahead(most + 1, bound)


def test_a_worker_is_renewed_before_dask_would_end_it() -> None:
    ended_at = dask.config.get("distributed.worker.memory.terminate")
    for bound in (MEMORY_NEEDED, 1_400_000_000, 16 * 10**9):
        assert recycling.pressing(bound) < ended_at * bound


@pytest.mark.long
def test_a_worker_past_its_bound_is_renewed_between_two_trainings_and_all_that_waits_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs = Jobs()
    try:
        until(lambda: jobs.state == "ready")
        assert jobs._cluster is not None
        before = jobs._cluster.sight()
        assert before is not None
        assert jobs._cluster.rss() > 300_000_000, "TensorFlow is there"
        monkeypatch.setattr(recycling, "PRESSING_BYTES", 1)
        time.sleep(2.5)
        now = jobs._cluster.sight()
        assert now is not None
        assert now.pid == before.pid, "no training was done yet"
        specs = [RunSpec(problem=SMALL, model=MODEL, training=TrainingSpec(epochs=5, seed=seed)) for seed in range(3)]
        waiting = [jobs.submit([spec], watcher="me") for spec in specs]  # the queue is not empty at the first's end
        until(lambda: jobs.state == "starting")
        monkeypatch.setattr(recycling, "PRESSING_BYTES", 10**12)
        for job in waiting:
            until(lambda job=job: jobs.view(job, "me").over)  # type: ignore[misc, union-attr]
            view = jobs.view(job, "me")
            assert view is not None
            assert (view.state, view.restarts) == ("done", 0)
        after = jobs._cluster.sight()
        assert after is not None
        assert after.pid != before.pid
        assert jobs.problem == ""
    finally:
        jobs.close()
