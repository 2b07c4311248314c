"""Faults of the worker for real, beside those of test_jobs.py, and of the clock; the table of all is docs/faults.md."""

import contextlib
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import bilstm_core.service
from bilstm_core.service import upkeep
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.service.test_jobs import SHORT, hang_worker, kill_worker, over, seen, until, worker_process
from ui.live import standing

LARGE = RunSpec(
    problem=ProblemSpec(timesteps=200),
    model=ModelSpec(units=64),
    training=TrainingSpec(epochs=40, batch_size=200, sequences_per_epoch=1_000),
)
PATIENCE_S = 180.0  # until a worker is back, on a machine that does much else
SERVICE = Path(bilstm_core.service.__file__).parent


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    service = Jobs()
    yield service
    service.close()


@pytest.mark.long
def test_a_worker_killed_in_a_compile_is_replaced_and_the_job_done(jobs: Jobs) -> None:
    until(lambda: jobs.state == "ready", PATIENCE_S)
    job = jobs.submit([RunSpec(problem=ProblemSpec(timesteps=37), training=TrainingSpec(epochs=50))], watcher="me")
    until(lambda: seen(jobs, job).compiling)
    kill_worker()
    view = over(jobs, job, PATIENCE_S)
    assert (view.state, view.restarts) == ("done", 1)


@pytest.mark.long
def test_a_worker_that_hangs_in_a_compile_is_replaced_and_the_job_done(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(lambda: jobs.state == "ready", PATIENCE_S)
    job = jobs.submit([RunSpec(problem=ProblemSpec(timesteps=38), training=TrainingSpec(epochs=50))], watcher="me")
    until(lambda: seen(jobs, job).compiling)
    hang_worker(monkeypatch)
    view = over(jobs, job, PATIENCE_S)
    assert (view.state, view.restarts) == ("done", 1)


@pytest.mark.long
def test_a_training_whose_workers_keeper_is_killed_is_begun_again_and_done(jobs: Jobs) -> None:
    until(lambda: jobs.state == "ready", PATIENCE_S)
    job = jobs.submit([RunSpec(model=SHORT.model, training=TrainingSpec(epochs=20_000, seed=7))], watcher="me")
    until(lambda: seen(jobs, job).steps_done)
    (keeper,) = psutil.Process().children()
    family = keeper.children(recursive=True)
    keeper.kill()
    assert psutil.wait_procs(family, timeout=10)[1] == []
    view = over(jobs, job, PATIENCE_S)
    assert (view.state, view.restarts) == ("done", 1)


@pytest.mark.long
def test_a_worker_killed_while_idle_is_back_before_anybody_asks(jobs: Jobs) -> None:
    until(lambda: jobs.state == "ready")
    killed = kill_worker()
    until(lambda: (found := worker_process()) is not None and found.pid != killed.pid and jobs.state == "ready")
    assert over(jobs, jobs.submit([SHORT], watcher="me")).state == "done"


@pytest.mark.long
def test_a_worker_that_outgrows_its_memory_is_ended_and_told_after_some_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "MAX_STARTS", 1)
    small = Jobs("300MB")  # TensorFlow alone is larger
    try:
        until(lambda: small.state == "failed", 200)
        assert "most likely for lack of memory" in small.problem
    finally:
        small.close()


@pytest.mark.long
@pytest.mark.parametrize("doing", ["training", "compiling", "nothing"])
@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="no limit of a process's memory can be set here")
def test_a_worker_that_is_given_no_more_memory_is_told_and_the_training_begun_or_offered_again(
    jobs: Jobs, doing: str
) -> None:
    """The kernel gives it no byte more than it has, as where a machine's memory is all used."""
    until(lambda: worker_process() and jobs.state == "ready", PATIENCE_S)
    timesteps = {"training": 200, "compiling": 199, "nothing": 198}[doing]  # each has a program of its own to compile
    large = replace(LARGE, problem=ProblemSpec(timesteps=timesteps))
    worker = worker_process()
    assert worker is not None
    job = jobs.submit([large], watcher="me") if doing != "nothing" else ""
    if job:
        until(lambda: seen(jobs, job).steps_done if doing == "training" else seen(jobs, job).compiling)
    worker.rlimit(psutil.RLIMIT_AS, (worker.memory_info().vms // 2,) * 2)
    try:
        job = job or jobs.submit([large], watcher="me")
        until(lambda: (view := seen(jobs, job)).over or view.restarts, PATIENCE_S)
        view = seen(jobs, job)
        if view.state == "done":  # it died before it was given anything, and the next has trained this
            assert doing == "nothing"
            assert not worker.is_running()
            return
        if view.over:  # Python itself asked for what there was not
            assert view.message.startswith("The training failed: ")
            assert view.message.endswith(". Press Retry, or change a setting.")
            return
        assert standing(view, jobs) == "The training process stopped. It was started again, and so was this training."
        until(lambda: seen(jobs, job).at_work, PATIENCE_S)
        assert worker_process() != worker
        assert not worker.is_running()
        jobs.leave(job, "me")
        until(lambda: not jobs._at_work)
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            worker.kill()


@pytest.mark.long
@pytest.mark.parametrize(("hours", "restarts"), [(1, 0), (-1, 1)])
def test_a_clock_that_is_moved_in_mid_training_costs_no_result(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, hours: int, restarts: int
) -> None:
    """Set forward it changes nothing. Set back, scheduler and worker are begun anew, and so is the training.

    Every module of this process, Dask's among them, reads the moved clock; the worker's own is not moved.
    """
    until(lambda: abs(jobs._clock.ahead - (time.time() - time.monotonic())) < 1)  # the case before this was noticed
    time.sleep(0.1)
    until(lambda: jobs.state == "ready", PATIENCE_S)
    spec = RunSpec(model=SHORT.model, training=TrainingSpec(epochs=20_000, sequences_per_epoch=10, seed=9 + hours))
    job = jobs.submit([spec], watcher="me")
    until(lambda: seen(jobs, job).steps_done)
    now = time.time

    def moved() -> float:
        return now() + 3_600 * hours

    for module in list(sys.modules.values()):
        for name, value in list(vars(module).items()):
            if value is now:
                monkeypatch.setattr(module, name, moved)
    before = seen(jobs, job).steps_done
    until(lambda: seen(jobs, job).over or seen(jobs, job).steps_done > before, PATIENCE_S)
    remaining = seen(jobs, job).remaining_s
    assert remaining is None or remaining < 300
    view = over(jobs, job, PATIENCE_S)
    assert (view.state, view.restarts) == ("done", restarts)
    later = jobs.submit([replace(spec, training=TrainingSpec(epochs=60, seed=9 + hours))], watcher="me")
    assert over(jobs, later, PATIENCE_S).state == "done"
    assert jobs._cluster is not None
    assert "worker-ttl" not in jobs._cluster._local.scheduler.periodic_callbacks  # which would end the worker


def test_no_wait_of_the_service_goes_by_a_clock_that_can_be_set() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in SERVICE.glob("*.py")}
    assert "time.monotonic()" in sources["dispatcher.py"]
    set_by_others = r"\btime\.time\(|datetime|\btime\(\)"
    reading = {name for name, text in sources.items() if re.search(set_by_others, text)}
    assert reading == {"clock.py"}, "which watches it"
