"""This project's side. Each command prints its seconds as JSON, a list for each thing done.

`python -m benchmarks.explorer worker`: what a worker does; run it in the worker's environment
`python -m benchmarks.explorer page`: what the page's own process does, without TensorFlow
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.timing import seconds
from bilstm_core.choices import DIRECTIONS
from bilstm_core.presets import MODELS_BY_MERGE_MODE, PRESETS
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

EPOCHS = 250
SEEDS = 30
BOOK = PRESETS["Book's lesson"]
WARMED_TIMESTEPS = 9  # a worker warms the default of 10; here another one, so that 10 was never compiled
REPEATS = 3


def directions(seed: int, problem: ProblemSpec | None = None, epochs: int = EPOCHS) -> None:
    from bilstm_core.training import train

    for direction in DIRECTIONS:
        training = TrainingSpec(epochs=epochs, seed=seed)
        train(RunSpec(problem=problem or ProblemSpec(), model=ModelSpec(direction=direction), training=training))


def stacked(first_seed: int) -> None:
    from bilstm_core.training import train_many

    seeds = range(first_seed, first_seed + SEEDS)
    train_many(
        [
            RunSpec(model=model, training=TrainingSpec(epochs=EPOCHS, seed=seed))
            for model in MODELS_BY_MERGE_MODE.values()
            for seed in seeds
        ]
    )


def book(seed: int) -> None:
    from bilstm_core.training import train

    train(replace(BOOK, training=replace(BOOK.training, seed=seed)))


def warm() -> None:
    """What a worker does before its first job, of other timesteps."""
    directions(0, ProblemSpec(timesteps=WARMED_TIMESTEPS), epochs=1)


def products() -> float:
    """Seconds of the matrix products of one of the book's steps: 2 branches, 10 timesteps, 50 units, batch 10.

    A timestep of a branch has three: hidden state by recurrent kernel, and on the way back the gradients of both.
    """
    rng = np.random.default_rng(0)
    hidden, kernel, gates = (rng.random(shape, np.float32) for shape in ((10, 50), (50, 200), (10, 200)))
    new_gates, new_hidden, new_kernel = np.empty_like(gates), np.empty_like(hidden), np.empty_like(kernel)

    def step() -> None:
        for _ in range(20):
            np.matmul(hidden, kernel, out=new_gates)
            np.matmul(gates, kernel.T, out=new_hidden)
            np.matmul(hidden.T, gates, out=new_kernel)

    return seconds(lambda: [step() for _ in range(500)]) / 500


def worker() -> dict[str, Sequence[float]]:
    warm()
    timings: dict[str, Sequence[float]] = {"directions cold": [seconds(lambda: directions(0))]}
    timings["directions"] = [seconds(lambda seed=seed: directions(seed)) for seed in range(1, 1 + REPEATS)]  # type: ignore[misc]
    timings["book cold"] = [seconds(lambda: book(0))]
    timings["book"] = [seconds(lambda: book(1))]
    timings["products"] = [products() for _ in range(REPEATS)]
    stacked(0)
    timings["stacked"] = [seconds(lambda first=SEEDS * number: stacked(first)) for number in (1, 2, 3)]  # type: ignore[misc]
    return timings


def page() -> dict[str, Sequence[float]]:
    from bilstm_core.evaluation import evaluate
    from bilstm_core.store import read_recorded
    from ui.pasted import parse_values
    from ui.sequence.sequences import one_of, rows_of, with_values

    run = read_recorded(PRESETS["BiLSTM tutorial"])
    if run is None:
        raise RuntimeError("the recorded results are missing: make record")
    rng = np.random.default_rng(0)
    problem = run.spec.problem
    drawn = one_of(problem.problem.sample(1, problem.timesteps, rng, **problem.parameters()), 1)

    def edit() -> None:
        text = " ".join(f"{value:.8f}" for value in rng.random(10) * 0.99)
        rows_of(with_values(problem, drawn, parse_values(text, 10)), run)

    edit()
    evaluate(run, 100)
    return {
        "edit": [seconds(edit) for _ in range(50)],
        "evaluate": [seconds(lambda seed=seed: evaluate(run, 10_000, seed)) for seed in range(REPEATS)],  # type: ignore[misc]
    }


if __name__ == "__main__":
    print(json.dumps({"worker": worker, "page": page}[sys.argv[1]]()))
