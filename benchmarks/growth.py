"""Whether a step's cost grows as its work does: `python -m benchmarks.growth` prints two tables."""

import statistics
from collections.abc import Sequence

from benchmarks.timing import seconds, shown, times
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

TIMESTEPS = (5, 10, 20, 50, 100)
UNITS = (5, 20, 50, 100, 200)
REPEATS = 3
LEAST_S = 0.15  # of one repeat


def step_seconds(timesteps: int, units: int) -> list[float]:
    """Seconds of a bidirectional network's step on one sequence, a value for each repeat."""
    from bilstm_core.training import train

    def of(epochs: int, seed: int) -> RunSpec:
        training = TrainingSpec(epochs=epochs, seed=seed)
        return RunSpec(problem=ProblemSpec(timesteps=timesteps), model=ModelSpec(units=units), training=training)

    train(of(1, 0))
    epochs = 200
    once = seconds(lambda: train(of(epochs, 0)))
    epochs = max(epochs, int(epochs * LEAST_S / once))
    return [seconds(lambda seed=seed: train(of(epochs, seed))) / epochs for seed in range(1, 1 + REPEATS)]  # type: ignore[misc]


def arithmetic(timesteps: int, units: int) -> int:
    """Multiplications and additions of a step: three passes of the products, and Adam's twelve a weight."""
    kernels = 2 * 4 * units * (1 + units + 1)
    head = 2 * units + 1
    return 3 * 2 * timesteps * (kernels + head) + 12 * (kernels + head)


def table(name: str, sizes: Sequence[tuple[int, int]]) -> str:
    """A row for each (timesteps, units)."""
    lines = [f"| {name} | a step | growth | growth in arithmetic |", "|---|---|---|---|"]
    before: tuple[float, int] | None = None
    for timesteps, units in sizes:
        spent, work = step_seconds(timesteps, units), arithmetic(timesteps, units)
        middle = statistics.median(spent)
        growth = [times(middle / before[0]), times(work / before[1])] if before else ["", ""]
        before = (middle, work)
        size = timesteps if name == "timesteps" else units
        lines.append("| " + " | ".join([str(size), shown(spent), *growth]) + " |")
    return "\n".join(lines)


def tables() -> str:
    return "\n\n".join(
        [table("timesteps", [(size, 20) for size in TIMESTEPS]), table("units", [(10, size) for size in UNITS])]
    )


if __name__ == "__main__":
    print(tables())
