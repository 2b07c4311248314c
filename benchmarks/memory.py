"""The worker's memory over many different trainings: `python -m benchmarks.memory [how many, 300 by default]`.

Every training needs a program of its own. After each ten the visitor pauses, as a person does: then a worker that has
grown past its limit is renewed. A line each ten: trainings, megabytes of this process, of the one that looks after the
worker, and of the worker, and how many workers there have been. The first takes 6 minutes or more for 300; a second
finds its programs on disk.
"""

import itertools
import os
import sys
import tempfile
import time

import psutil

from bilstm_core.jobs import Jobs
from bilstm_core.specs import Direction, ModelSpec, ProblemSpec, RunSpec, TrainingSpec

DIRECTIONS: tuple[Direction, ...] = ("forward", "backward", "bidirectional")
PAUSE_S = 3.0


def spec(number: int) -> RunSpec:
    direction = DIRECTIONS[number % 3]
    model = ModelSpec(direction=direction, units=5 + number // 3 % 10)
    return RunSpec(
        problem=ProblemSpec(timesteps=4 + number // 30), model=model, training=TrainingSpec(epochs=20, seed=number)
    )


def megabytes() -> tuple[list[float], int | None]:
    """Of this process, the one that looks after the worker, and the worker; and the worker's id."""
    own = psutil.Process()
    keeper = own.children()[0]
    workers = [child for child in keeper.children() if "resource_tracker" not in " ".join(child.cmdline())]
    family = [own, keeper, *workers]
    return [process.memory_info().rss / 1e6 for process in family], workers[0].pid if workers else None


def wait(jobs: Jobs, number: int) -> None:
    job = jobs.submit([spec(number)], watcher="benchmark")
    while (view := jobs.view(job, "benchmark")) is not None and not view.over:
        time.sleep(0.01)
    if view is None or view.state != "done":
        raise RuntimeError(f"training {number} ended as {view and view.state}: {view and view.message}")


def main(trainings: int) -> None:
    """Print the curve."""
    os.environ["BILSTM_STORE"] = tempfile.mkdtemp()
    jobs = Jobs()
    while jobs.state in ("starting", "warming"):
        time.sleep(0.05)
    workers: set[int | None] = set()
    print("trainings | this process, keeper, worker, MB | workers so far | seconds")
    begin = time.perf_counter()
    for number in itertools.count():
        if number % 10 == 0:
            time.sleep(PAUSE_S)
            sizes, worker = megabytes()
            workers |= {worker} - {None}
            bar = "#" * round(sizes[-1] / 25) if worker else ""
            shown = ", ".join(f"{size:.0f}" for size in sizes)
            print(f"{number:4} | {shown} | {len(workers)} | {time.perf_counter() - begin:.0f} {bar}", flush=True)
        if number == trainings:
            break
        wait(jobs, number)
    jobs.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
