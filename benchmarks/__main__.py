"""`make bench`: this project beside plain Keras, measured in turns on one machine, and written to RESULTS.md.

Each side is measured in ROUNDS fresh processes, one after the other, so that both see the same load.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.explorer import EPOCHS, SEEDS, WARMED_TIMESTEPS
from benchmarks.timing import Row, compared
from bilstm_core.choices import DIRECTIONS
from bilstm_core.runs import installed_versions
from bilstm_core.service.cluster import worker_environment

ROUNDS = 3
RESULTS = Path(__file__).parent / "RESULTS.md"
RUNS = 4 * SEEDS  # of the four merge modes

Timings = dict[str, list[float]]


def process(*command: str, worker: bool = False) -> str:
    """What a module of this package prints, run in a fresh process."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    if worker:
        environment = worker_environment() | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    arguments = [sys.executable, "-m", *command]
    return subprocess.run(arguments, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def gather(into: Timings, printed: str) -> None:
    for name, values in json.loads(printed.splitlines()[-1]).items():
        into.setdefault(name, []).extend(values)


def of_three(timings: Timings, way: str) -> list[float]:
    """The three directions together, round by round."""
    return [sum(parts) for parts in zip(*(timings[f"{way} {direction}"] for direction in DIRECTIONS), strict=True)]


def rows(ours: Timings, theirs: Timings) -> list[Row]:
    """Every comparison; the shares wanted are those of the issue that asked for speed."""
    result = []
    loops = {"one `fit` a sequence": "fit", "`train_on_batch` in a loop": "train_on_batch"}
    wanted = {"directions": (400, 1000), "directions cold": (10, 20)}
    names = {
        "directions": f"three directions, {EPOCHS} epochs of one fresh sequence, warm",
        "directions cold": "the same, never compiled before",
    }
    for name, what in names.items():
        for against, way in loops.items():
            least, aim = wanted[name] if way == "fit" else (None, None)
            result.append(Row(what, ours[name], against, of_three(theirs, way), least, aim))
    for against, way in loops.items():
        all_runs = [RUNS * spent for spent in theirs[f"{way} bidirectional"]]
        least, aim = (1500, 3000) if way == "fit" else (None, None)
        what = f"{SEEDS} seeds of 4 merge modes, {EPOCHS} epochs, warm"
        result.append(Row(what, ours["stacked"], f"{against}, one run x {RUNS}", all_runs, least, aim))
    fit = "`fit(epochs=1, batch_size=10)`"
    result.append(Row("the book's recipe, 50,000 sequences, warm", ours["book"], fit, theirs["book"], 6, 10))
    result.append(Row("the same, never compiled before", ours["book cold"], fit, theirs["book"], 3.5, 6))
    step = [spent / 5_000 for spent in ours["book"]]
    floor = "its 60 matrix products alone, NumPy"
    result.append(Row("the book's recipe, a step", step, floor, ours["products"], 1 / 4, 1 / 2))
    result.append(Row("one edited sequence", ours["edit"], "`predict`", theirs["predict"], 50, 100))
    result.append(Row("10,000 fresh sequences evaluated", ours["evaluate"], "`evaluate`", theirs["evaluate"], 2, 5))
    return result


def machine() -> str:
    versions = {"python": platform.python_version(), **installed_versions()}
    words = ", ".join(f"{name} {version}" for name, version in versions.items())
    memory = psutil.virtual_memory().total / 2**30
    load = "" if sys.platform == "win32" else f", load average {os.getloadavg()[2]:.1f} over the last 15 minutes"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB{load}; {words}"


NOTES = f"""
Median (least to most) of {ROUNDS} rounds, each side in a fresh process of its own each round; bidirectional networks
merge by concatenation, 10 timesteps and 20 units unless said. The other side is [tutorial.py](tutorial.py), plain
Keras; its `fit` loop is timed on 50 sequences a direction and multiplied by 5, its data for `fit` and `evaluate`
are made beforehand and not timed. Ours is [explorer.py](explorer.py) and includes drawing the data, initial weights,
and all that a run keeps. "Never compiled before": in a process that has TensorFlow imported and the programs of
{WARMED_TIMESTEPS} timesteps compiled, as a worker has its default ones.
A step's ratio is floor by step: 0.5x is twice the floor.
"""


def main() -> None:
    """Measure, print, write."""
    start = time.perf_counter()
    ours: Timings = {}
    theirs: Timings = {}
    os.environ["BILSTM_STORE"] = tempfile.mkdtemp()
    for _ in range(ROUNDS):
        gather(ours, process("benchmarks.explorer", "worker", worker=True))
        gather(theirs, process("benchmarks.tutorial"))
        gather(ours, process("benchmarks.explorer", "page"))
    growth = process("benchmarks.growth", worker=True)
    text = f"# Results of `make bench`\n\n{machine()}\n{NOTES}\n{compared(rows(ours, theirs))}\n"
    text += "\n## Growth\n\nOne step of a bidirectional network on one sequence, all that `train` does included.\n\n"
    text += growth + "\n" + process("benchmarks.sweep")
    RESULTS.write_text(text)
    print(text)
    print(f"{time.perf_counter() - start:.0f} s in all", file=sys.stderr)


if __name__ == "__main__":
    main()
