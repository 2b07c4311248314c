"""`python -m benchmarks.estimate`: how near `cost.seconds` comes to what trainings take, over sizes, cells and stacks.

Each row is one stack as it would be trained, for a moment after its compile, on a machine that does nothing else:
beside others a large network, whose weights are in no cache of a core's own, takes up to five times as long.
"""

import itertools
import math
import statistics
import time
from dataclasses import replace
from typing import Any

from bilstm_core.engine import cost
from bilstm_core.specs import MAX_WORK, ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train_many

MOMENT_S = 0.5
UPDATES = 2_000  # at most
GRID: list[
    tuple[int, int, int, int, dict[str, Any]]
] = [  # timesteps, units, batch, starts, further fields of the model
    (5, 5, 1, 50, {}),
    (10, 20, 1, 1, {}),
    (10, 20, 1, 10, {}),
    (10, 20, 1, 50, {}),
    (10, 20, 1, 50, {"direction": "forward"}),
    (10, 20, 1, 50, {"cell": "gru"}),
    (10, 20, 1, 50, {"layers": 3}),
    (10, 50, 10, 1, {}),
    (10, 64, 1, 10, {}),
    (10, 64, 100, 1, {"direction": "forward"}),
    (10, 256, 1, 1, {}),
    (10, 256, 100, 1, {}),
    (50, 20, 1, 10, {"cell": "rnn"}),
    (50, 64, 1, 10, {"direction": "forward"}),
    (50, 64, 10, 1, {"cell": "gru", "layers": 2}),
    (100, 20, 100, 1, {}),
    (100, 128, 1, 1, {}),
    (200, 5, 1, 50, {}),
    (200, 20, 1, 10, {}),
    (200, 64, 10, 1, {}),
    (200, 128, 1, 10, {"direction": "forward"}),
    (200, 256, 1, 1, {}),
    (200, 256, 1, 1, {"cell": "gru"}),
    (200, 256, 1, 1, {"direction": "forward"}),
    (200, 256, 1, 50, {"direction": "forward"}),
    (200, 256, 10, 1, {}),
]


def measured(specs: list[RunSpec]) -> float:
    """Seconds that a weight update of a whole stack takes, compile excluded, in the quicker of its chunks."""
    marks: list[tuple[int, float]] = []

    def seen(progress: Any) -> None:
        if progress.run == 0:
            marks.append((progress.steps_done, time.perf_counter()))

    def enough() -> bool:
        return len(marks) > 2 and time.perf_counter() - marks[0][1] > MOMENT_S

    train_many(specs, on_progress=seen, should_stop=enough)
    pairs = itertools.pairwise(marks)
    paces = [(later - sooner) / (after - before) for (before, sooner), (after, later) in pairs]
    return statistics.quantiles(paces, n=4)[0]  # a busy machine makes no chunk quicker


def main() -> None:
    print("| timesteps | units | batch | starts | model | width | estimate | measured | ratio |")
    print("|---" * 9 + "|")
    ratios = []
    for timesteps, units, batch, starts, fields in GRID:
        spec = RunSpec(
            problem=ProblemSpec(timesteps=timesteps),
            model=ModelSpec(units=units, **fields),
            training=TrainingSpec(epochs=1, sequences_per_epoch=batch, batch_size=batch),
        ).canonical()
        epochs = min(UPDATES, int(MAX_WORK / spec.work()))
        spec = replace(spec, training=replace(spec.training, epochs=epochs))
        width = cost.stack_width(spec, starts)
        stack = [replace(spec, training=replace(spec.training, seed=seed)) for seed in range(min(width, starts))]
        took = measured(stack)
        estimate = cost.step_seconds(spec, width)
        ratios.append(estimate / took)
        words = " ".join(str(value) for value in fields.values()) or "default"
        print(
            f"| {timesteps} | {units} | {batch} | {starts} | {words} | {width} | {estimate * 1e3:.3g} ms"
            f" | {took * 1e3:.3g} ms | {estimate / took:.2f} |",
            flush=True,
        )
    far = sum(not 0.5 <= ratio <= 2 for ratio in ratios)
    spread = math.exp(statistics.mean(abs(math.log(ratio)) for ratio in ratios))
    print(f"\nWrong by a factor of {spread:.2f} on average; by more than 2 in {far} of {len(ratios)} rows.")


if __name__ == "__main__":
    main()
