"""The worker's memory over many different trainings: `python -m benchmarks.memory [how many, 300 by default] [busy]`.

Every training needs a program of its own. After each ten the visitor pauses, as a person does: then a worker that has
grown past its limit is renewed. With "busy" nobody pauses, and three trainings wait at any time: then it is renewed
between two of them, past a higher limit. A line each ten: trainings, megabytes of this process, of the one that looks
after the worker, and of the worker, and how many workers there have been; at the end the most that a worker held. 300
take 6 minutes or more.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections import deque

import psutil

from bilstm_core.choices import DIRECTIONS
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

PAUSE_S = 3.0
WAITING = 3  # trainings, at any time, with "busy"


def spec(number: int) -> RunSpec:
    direction = DIRECTIONS[number % 3]
    model = ModelSpec(direction=direction, units=5 + number // 3 % 10)
    return RunSpec(
        problem=ProblemSpec(timesteps=4 + number // 30), model=model, training=TrainingSpec(epochs=20, seed=number)
    )


def megabytes() -> tuple[list[float], int | None]:
    """Of this process, the one that looks after the worker, and the worker; and the worker's id."""
    family = [psutil.Process()]
    with contextlib.suppress(psutil.Error, IndexError):  # one may be ending
        family += family[0].children()[:1]
        family += [child for child in family[1].children() if "resource_tracker" not in " ".join(child.cmdline())][:1]
    sizes = []
    for process in family:
        with contextlib.suppress(psutil.Error):
            sizes.append(process.memory_info().rss / 1e6)
    return sizes, family[2].pid if len(family) > 2 else None


def main(trainings: int, *, busy: bool) -> None:
    """Print the curve."""
    os.environ["BILSTM_STORE"] = tempfile.mkdtemp()
    jobs = Jobs()
    while jobs.state in ("starting", "warming"):
        time.sleep(0.05)
    workers: set[int | None] = set()
    waiting: deque[str] = deque()
    most = 0.0
    print("trainings | this process, keeper, worker, MB | workers so far | seconds")
    begin = time.perf_counter()
    for number in range(trainings + 1):
        if number % 10 == 0:
            time.sleep(0.0 if busy else PAUSE_S)
            sizes, worker = megabytes()
            workers |= {worker} - {None}
            bar = "#" * round(sizes[-1] / 25) if worker else ""
            shown = ", ".join(f"{size:.0f}" for size in sizes)
            print(f"{number:4} | {shown} | {len(workers)} | {time.perf_counter() - begin:.0f} {bar}", flush=True)
        if number < trainings:
            waiting.append(jobs.submit([spec(number)], watcher="benchmark"))
        while len(waiting) > (WAITING if busy and number < trainings else 0):
            most = max(most, first_end(jobs, waiting))
    print(f"the most that a worker held: {most:.0f} MB")
    jobs.close()


def first_end(jobs: Jobs, waiting: deque[str]) -> float:
    """Wait for the first training, watching all, and return the most megabytes that the worker held meanwhile."""
    most = 0.0
    job = waiting.popleft()
    while (view := jobs.view(job, "benchmark")) is not None and not view.over:
        most = max(most, *megabytes()[0])
        for other in waiting:
            jobs.watch(other, "benchmark")
        time.sleep(0.02)
    if view is None or view.state != "done":
        raise RuntimeError(f"a training ended as {view and view.state}: {view and view.message}")
    return most


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(numbers[0] if numbers else 300, busy="busy" in sys.argv)
