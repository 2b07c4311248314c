"""What a training costs the processes that hand it out on a cluster: `python -m benchmarks.cluster`.

A scheduler and one worker are started on the loopback, as docs/cluster.md has it. Counted is how long the scheduler and
this process, which stands for the app's, keep a processor busy: with many short trainings one after another, and while
one long training reports how far it is. What follows for many workers is worked out of these, not tried.
"""

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil

from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.service.cluster_processes import PRELOAD, Hall
from tests.service.test_jobs import until

SHORT = RunSpec(training=TrainingSpec(epochs=250))
LONG = RunSpec(problem=ProblemSpec(timesteps=100), model=ModelSpec(units=50), training=TrainingSpec(epochs=20_000))
TRAININGS = 100
WATCHED_S = 8.0
LASTING_S = (0.1, 1.0, 10.0)  # of one training, for which the end is worked out
PATIENCE_S = 120.0


def spent(process: psutil.Process) -> float:
    """Seconds of the processor that a process has used so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def trained(jobs: Jobs, spec: RunSpec) -> None:
    """Have one run trained."""
    job = jobs.submit([spec], watcher="benchmark", sequences=1)
    while (view := jobs.view(job, "benchmark")) and not view.over:
        time.sleep(0.01)
    if view is None or view.state != "done":
        raise RuntimeError(view.message if view else "the job is lost")


def measure(jobs: Jobs, scheduler: psutil.Process) -> tuple[list[float], list[float], float]:
    """Processor's seconds of scheduler and app for a short training, and for a second of a long one; seconds of one."""
    app = psutil.Process()
    trained(jobs, SHORT)  # compiles
    before, begun = (spent(scheduler), spent(app)), time.perf_counter()
    for seed in range(1, 1 + TRAININGS):
        trained(jobs, replace(SHORT, training=replace(SHORT.training, seed=seed)))
    each_s = (time.perf_counter() - begun) / TRAININGS
    a_task = [(after - first) / TRAININGS for after, first in zip((spent(scheduler), spent(app)), before, strict=True)]

    job = jobs.submit([LONG], watcher="benchmark", sequences=1)
    until(lambda: (view := jobs.view(job, "benchmark")) and view.steps_done, PATIENCE_S)
    before, begun = (spent(scheduler), spent(app)), time.perf_counter()
    while time.perf_counter() - begun < WATCHED_S:
        jobs.view(job, "benchmark")
        time.sleep(0.2)
    lasted = time.perf_counter() - begun
    a_second = [(after - first) / lasted for after, first in zip((spent(scheduler), spent(app)), before, strict=True)]
    jobs.stop(job)
    return a_task, a_second, each_s


def main() -> None:
    """Measure, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        hall = Hall(Path(folder))
        hall.start_scheduler()
        hall.start_worker("first", *PRELOAD)
        os.environ["DASK_SCHEDULER_ADDRESS"] = hall.address
        jobs = Jobs()
        try:
            until(lambda: jobs.state == "ready" and jobs._cluster and jobs._cluster.slots(), PATIENCE_S)
            a_task, a_second, each_s = measure(jobs, psutil.Process(hall.processes["scheduler"].pid))
        finally:
            jobs.close()
            hall.end()
    print(f"{TRAININGS} trainings of {SHORT.training.epochs} epochs, one after another: {1e3 * each_s:.0f} ms each\n")
    print("| processor of | a training, ms | a second of a watched one, ms |\n| --- | --- | --- |")
    for name, task, second in zip(("the scheduler", "the app"), a_task, a_second, strict=True):
        print(f"| {name} | {1e3 * task:.1f} | {1e3 * second:.1f} |")
    print("\n| a training takes, s | workers that one core of the scheduler feeds | that one core of the app feeds |")
    print("| --- | --- | --- |")
    for lasting in LASTING_S:
        fed = [1 / (task / lasting + second) for task, second in zip(a_task, a_second, strict=True)]
        print(f"| {lasting:g} | {fed[0]:.0f} | {fed[1]:.0f} |")


if __name__ == "__main__":
    main()
