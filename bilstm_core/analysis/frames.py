"""Runs to tidy frames: what the figures and tables are drawn from."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from bilstm_core.analysis.statistics import by_start, differences
from bilstm_core.downsampling import Curve, curve_steps
from bilstm_core.evaluation import Evaluation
from bilstm_core.network.inference import decisions
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.random_streams import Stream, generator
from bilstm_core.runs import Run, known_losses, probes
from bilstm_core.specs import ProblemSpec, RunSpec

COUNTED = 20_000  # sequences, for how often each label comes up


def losses(runs: Mapping[str, Iterable[Run]]) -> pd.DataFrame:
    """Every run's loss while it learnt, at most 2,000 rows a run, in nats per label.

    Columns: label, seed, sequences_seen, updates, loss (of that update), mean (of the sequences since the row before).
    The rows lie at places that do not depend on the losses: those of a run's `steps` are lows and highs, whose plain
    mean lies far above the mean of all.
    """
    tables = [
        _learning(run).assign(label=label, seed=run.spec.training.seed)
        for label, group in runs.items()
        for run in group
    ]
    columns = ["label", "seed", "sequences_seen", "updates", "loss", "mean"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _learning(run: Run, steps: int = 0) -> pd.DataFrame:
    """The rows of one run, where a training of so many weight updates has them, and at the last that is done.

    steps: those that the run has done, where none are named
    """
    table = known_losses(run)
    rows = np.isin(table["step"], curve_steps(steps or run.steps_done))
    rows[-1:] = True
    step, loss, total = (table[name].to_numpy()[rows] for name in ("step", "loss", "total"))
    seen = run.spec.training.sequences_after(step)
    means = np.diff(total, prepend=0.0) / np.diff(seen, prepend=0)
    single = np.diff(step, prepend=0) == 1
    return pd.DataFrame({"sequences_seen": seen, "updates": step, "loss": loss, "mean": np.where(single, loss, means)})


def growing_losses(label: str, spec: RunSpec, curve: Curve, earlier: Run | None = None) -> pd.DataFrame:
    """A run that is still being trained, in the columns of `losses`: the rows of the finished one, so far.

    earlier: the run that it goes on from
    The last row stands for what is known beyond the last of the finished one's.
    """
    seen, mean, _, last = curve
    rows = pd.DataFrame(
        {"sequences_seen": seen, "updates": spec.training.updates_after(seen), "loss": last, "mean": mean}
    )
    before = learnt(spec, earlier)
    if len(rows) and ends_between(spec, before):
        ends = before["sequences_seen"].to_numpy()
        begin, end, first = (int(at) for at in (ends[-2] if len(ends) > 1 else 0, ends[-1], seen[0]))
        parts = (end - begin) * before["mean"].iloc[-1] + (first - end) * mean[0]
        rows.loc[0, "mean"] = parts / (first - begin)
        before = before.iloc[:-1]
    every = pd.concat([before, rows], ignore_index=True) if len(before) else rows
    return every.assign(label=label, seed=spec.training.seed)


def learnt(spec: RunSpec, run: Run | None) -> pd.DataFrame:
    """What a training of this spec goes on from, as `growing_losses` puts it before what is new; no rows without it."""
    if run is None or not run.steps_done:
        return pd.DataFrame(columns=["sequences_seen", "updates", "loss", "mean"])
    return _learning(run, spec.training.steps)


def ends_between(spec: RunSpec, before: pd.DataFrame) -> bool:
    """Whether the last row of what a training goes on from is none of the finished run's: the next one has its part."""
    return bool(len(before)) and int(before["updates"].iloc[-1]) not in curve_steps(spec.training.steps)


def probe_snapshots(run: Run, probe: int) -> pd.DataFrame:
    """What the model said of one probe sequence while it learnt.

    Columns: updates, sequences_seen, timestep (from 1), x, expected, probability, predicted; a row for each real
    timestep of each snapshot. The last two are as in an Evaluation's examples.
    """
    batch = probes(run.spec.problem)
    head, real = run.spec.problem.problem.head, batch.mask[probe]
    steps, seen, outputs = run.snapshots.step, run.snapshots.sequences_seen, run.snapshots.probabilities
    predicted, probability = decisions(head, outputs[:, probe, real].astype(float))
    timesteps = np.flatnonzero(real)
    return pd.DataFrame(
        {
            "updates": np.repeat(steps, len(timesteps)),
            "sequences_seen": np.repeat(seen, len(timesteps)),
            "timestep": np.tile(timesteps + 1, len(steps)),
            "x": np.tile(batch.x[probe, real, 0], len(steps)),
            "expected": np.tile(batch.y[probe, real, 0], len(steps)),
            "probability": probability.ravel(),
            "predicted": predicted.ravel(),
        }
    )


def unanswered(problem: ProblemSpec, probe: int) -> pd.DataFrame:
    """One probe sequence before any training is known: as `probe_snapshots`, without probability and prediction."""
    batch = probes(problem)
    real = batch.mask[probe]
    return pd.DataFrame(
        {
            "updates": 0,
            "sequences_seen": 0,
            "timestep": np.flatnonzero(real) + 1,
            "x": batch.x[probe, real, 0],
            "expected": batch.y[probe, real, 0],
            "probability": np.nan,
            "predicted": np.nan,
        }
    )


def results(runs: Mapping[str, Sequence[Run]], scores: pd.DataFrame) -> pd.DataFrame:
    """One row a model, means over its starts: what is ranked, and what the pairs' differences are differences of.

    scores: a row a run, with columns label, loss, accuracy and exact
    Columns: label, starts, loss (nats per label), accuracy, exact (shares), parameters, train_s (seconds a start,
    the median: a start that compiled is no measure of the others).
    """
    means = scores.groupby("label")[["loss", "accuracy", "exact"]].mean()
    return pd.DataFrame(
        [
            {
                "label": label,
                "starts": len(group),
                **means.loc[label],
                "parameters": parameter_count(group[0].spec.problem, group[0].spec.model),
                "train_s": pd.Series([run.timing.train_s / run.timing.stacked for run in group]).median(),
            }
            for label, group in runs.items()
        ]
    )


def scores(runs: Mapping[str, Sequence[Run]], evaluations: Mapping[str, Sequence[Evaluation]]) -> pd.DataFrame:
    """A row a run: label, seed, loss, accuracy, exact. evaluations: of each run, in the order of its label's"""
    return pd.DataFrame(
        [
            {
                "label": label,
                "seed": run.spec.training.seed,
                "loss": evaluation.loss,
                "accuracy": evaluation.accuracy,
                "exact": evaluation.exact,
            }
            for label, group in runs.items()
            for run, evaluation in zip(group, evaluations[label], strict=True)
        ]
    )


def summary(runs: Mapping[str, Sequence[Run]], scores: pd.DataFrame, best: Mapping[str, float]) -> pd.DataFrame:
    """One row a model: `results` with units, the best possible loss, and what the loss lies above it.

    best: the least loss of any model that reads what a label's does, in the losses' unit; nan while it is not known
    """
    table = results(runs, scores)
    table.insert(2, "units", [group[0].spec.model.units for group in runs.values()])
    table.insert(3, "parameters", table.pop("parameters"))
    table.insert(5, "best", [best[label] for label in runs])
    table.insert(6, "excess", table["loss"] - table["best"])
    return table


def pairs(scores: pd.DataFrame) -> pd.DataFrame:
    """Who beat whom, start by start: a row for each pair of models, the one with the lower mean loss first.

    scores: label, seed, loss
    Columns: lower, than, mean (of the differences), low, high (its 95 % interval; nan below FEWEST starts), wins,
    starts, p (of the sign test), settled.
    """
    columns = ["lower", "than", "mean", "low", "high", "wins", "starts", "p", "settled"]
    return pd.DataFrame(
        [
            (*pair[:7], pair.p_value, pair.settled)  # all but how many starts decide, and what is printed
            for pair in differences(scores)
        ],
        columns=columns,
    )


def paired(scores: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Each model's loss minus the baseline's, start by start: label, seed, difference. scores: label, seed, loss"""
    by_seed = by_start(scores)
    gaps = by_seed.drop(columns=baseline).sub(by_seed[baseline], axis=0)
    tidy = gaps.reset_index().melt(id_vars="seed", var_name="label", value_name="difference")
    return tidy[["label", "seed", "difference"]].dropna()


def counted_on(problem: ProblemSpec) -> int:
    """On how many fresh sequences `label_shares` counts: fewer than COUNTED where a formula takes long."""
    return problem.problem.drawn(COUNTED, problem.timesteps)


def label_shares(problem: ProblemSpec) -> pd.DataFrame:
    """How often each timestep has each label, over `counted_on` fresh sequences.

    Columns: timestep (from 1), label, share (of the sequences in which the timestep is real), real (share of all
    sequences in which it is). Raises ValueError for a regression, which has no labels.
    """
    declared = problem.problem
    if declared.head == "regression":
        raise ValueError(f"{declared.title} has no labels.")
    rng = generator(0, Stream.EXAMPLES)
    n_sequences = counted_on(problem)
    batch = declared.sample(n_sequences, problem.timesteps, rng, **problem.parameters())
    real = batch.mask.sum(axis=0)
    counts = [((batch.y[..., 0] == label) & batch.mask).sum(axis=0) for label in range(max(declared.outputs, 2))]
    steps = np.arange(1, problem.timesteps + 1)
    return pd.concat(
        [
            pd.DataFrame(
                {"timestep": steps, "label": label, "share": count / np.maximum(real, 1), "real": real / n_sequences}
            )
            for label, count in enumerate(counts)
        ],
        ignore_index=True,
    )


def sum_limits(problem: ProblemSpec, rows: pd.DataFrame) -> list[float] | None:
    """What the running sum must reach for the label to turn; None where a running sum says nothing.

    rows: x of the real timesteps, in order
    """
    waterfall = problem.problem.waterfall
    if waterfall is None:
        return None
    x = np.zeros((problem.timesteps, 1))
    x[: len(rows), 0] = rows["x"]
    return [float(limit) for limit in waterfall.limits(x, **problem.parameters())]
