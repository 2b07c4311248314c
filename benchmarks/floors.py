"""Do long runs land on the best possible? `python -m benchmarks.floors` prints it, for fresh sequences.

First the cumulative sum as the tutorials train it, one fresh sequence an epoch, but 20,000 epochs; then ten sequences
an epoch, as one batch, for the cumulative sum and the share of the total. Names of problems, or `all`, after the
command give the second table for those. Every figure is the median of three starts, beside the best possible of the
model's view; "most" is the excess of the worst start. A loss far below its floor would prove one of them wrong.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import sys
import time
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.evaluation import evaluate
from bilstm_core.presets import MODELS_BY_DIRECTION
from bilstm_core.problems import PROBLEMS
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train_many

SEEDS = range(3)
SEQUENCES = 20_000
LONG = TrainingSpec(epochs=20_000)
BATCHES = TrainingSpec(epochs=20_000, sequences_per_epoch=10, batch_size=10, learning_rate=3e-3)
COLUMNS = ("loss", "floor", "excess", "most", "accuracy", "best accuracy", "exact", "best exact", "seconds")
EXCESS, SOLVED = 0.02, 0.85  # what the long runs may stand above their floor, and what counts as solved


def measured(problem: ProblemSpec, model: ModelSpec, training: TrainingSpec) -> dict[str, float]:
    """Medians over the starts: loss, accuracy, exact, each beside its best, and the greatest excess of any start."""
    start = time.perf_counter()
    specs = [RunSpec(problem=problem, model=model, training=replace(training, seed=seed)) for seed in SEEDS]
    evaluations = [evaluate(run, SEQUENCES) for run in train_many(specs)]
    best = bayes_risk(problem, view_of(model))
    medians = pd.DataFrame(
        [{name: getattr(evaluation, name) for name in ("loss", "accuracy", "exact")} for evaluation in evaluations]
    ).median()
    return {
        "loss": medians["loss"],
        "floor": best.loss,
        "excess": medians["loss"] - best.loss,
        "most": max(evaluation.loss for evaluation in evaluations) - best.loss,
        "accuracy": medians["accuracy"],
        "best accuracy": best.accuracy,
        "exact": medians["exact"],
        "best exact": best.exact,
        "seconds": time.perf_counter() - start,
    }


def table(title: str, problems: Sequence[str], training: TrainingSpec) -> pd.DataFrame:
    """A row for each problem and direction, printed as it comes."""
    print(f"\n{title}\n{'':50}" + "".join(f"{name:>15}" for name in COLUMNS))
    rows = {}
    for problem in problems:
        for name, model in MODELS_BY_DIRECTION.items():
            row = measured(ProblemSpec(name=problem), model, training)
            print(f"{problem:23}{name:27}" + "".join(f"{row[column]:15.4f}" for column in COLUMNS), flush=True)
            rows[problem, name] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def main() -> None:
    """Print both tables and whether they keep what is claimed."""
    problems = sys.argv[1:] or ["cumulative_sum", "share_of_total"]
    problems = list(PROBLEMS) if problems == ["all"] else problems
    if len(sys.argv) == 1:
        table("T = 10, 20 units, 20,000 fresh sequences, one at a time", ["cumulative_sum"], LONG)
    results = table("T = 10, 20 units, 200,000 fresh sequences, ten at a time", problems, BATCHES)
    if "cumulative_sum" in problems:
        most = results["most"]["cumulative_sum"][["forward", "backward"]].max()
        print(f"\nforward and backward end at most {most:.4f} nats above their floors; {EXCESS} are allowed")
    if "share_of_total" in problems:
        exact = results["exact"]["share_of_total"]
        alone = exact.drop("bidirectional").max()
        print(f"share of total, whole sequences: {exact['bidirectional']:.3f} both ways, at most {alone:.3f} one way;")
        print(f"    solved from {SOLVED} on: {exact['bidirectional'] > SOLVED > alone}")


if __name__ == "__main__":
    main()
