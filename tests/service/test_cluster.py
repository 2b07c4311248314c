"""No process outlives the app, however it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bilstm_core.limits import Limits
from bilstm_core.service import cluster as cluster_module
from bilstm_core.service.cluster import Cluster, NotEnoughMemoryError, workers_that_fit
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import RunSpec, TrainingSpec
from tests.service.test_jobs import seen, until

APP = """
import time
from bilstm_core.service.jobs import Jobs
jobs = Jobs()
while jobs.state == "starting":
    time.sleep(0.02)
print(jobs.state, jobs._cluster._scratch.name, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("how", "seconds"), [(signal.SIGTERM, 5), (signal.SIGKILL, 10)])
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_no_process_and_no_file_outlives_the_app(how: signal.Signals, seconds: int) -> None:
    with subprocess.Popen([sys.executable, "-c", APP], stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        state, scratch = app.stdout.readline().split()
        assert state == "warming"
        family = psutil.Process(app.pid).children(recursive=True)
        assert len(family) >= 2
        begin = time.monotonic()
        app.send_signal(how)
        _, alive = psutil.wait_procs(family, timeout=seconds)
        print(f"{how.name}: gone after {time.monotonic() - begin:.1f} s")
        assert alive == []
        assert not Path(scratch).exists()


def test_a_machine_without_the_memory_is_told_so_and_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "MEMORY_NEEDED", 10**15)
    before = psutil.Process().children(recursive=True)
    cluster = Cluster()
    try:
        with pytest.raises(NotEnoughMemoryError, match="training needs about"):
            cluster.start_worker()
        assert psutil.Process().children(recursive=True) == before
    finally:
        cluster.close()


def test_a_cluster_that_does_not_answer_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:9")
    monkeypatch.setattr(cluster_module, "CONNECT_S", 0.3)
    jobs = Jobs()
    try:
        while jobs.state == "starting":
            time.sleep(0.02)
        assert jobs.state == "failed"
        assert jobs.problem.startswith("The training cluster could not be started or reached: ")
    finally:
        jobs.close()


@pytest.mark.parametrize(
    ("cores", "megabytes", "workers"),
    [(1, 900, 1), (2, 20_000, 1), (3, 20_000, 1), (4, 2_900, 1), (4, 3_000, 2), (8, 5_000, 3), (64, 500_000, 4)],
)
def test_there_are_as_many_workers_as_cores_and_memory_allow(cores: int, megabytes: int, workers: int) -> None:
    assert workers_that_fit(cores, megabytes * 1_000_000) == workers


@pytest.mark.long
def test_two_workers_train_side_by_side_and_a_lost_one_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "limits", lambda: Limits(workers=2))
    jobs = Jobs()
    try:
        until(lambda: jobs._cluster is not None and jobs._cluster.slots() == 2 and jobs.state == "ready", 120)
        long = [
            jobs.submit([RunSpec(training=TrainingSpec(epochs=20_000, seed=seed))], watcher=f"{seed}")
            for seed in range(2)
        ]
        until(lambda: all(seen(jobs, job).steps_done for job in long), 120)
        assert jobs._cluster is not None
        lost = psutil.Process(jobs._cluster._own()[0].pid)
        lost.kill()
        until(lambda: all(seen(jobs, job).over for job in long), 120)
        assert [seen(jobs, job).state for job in long] == ["done", "done"]
        assert sum(seen(jobs, job).restarts for job in long) == 1
    finally:
        jobs.close()
