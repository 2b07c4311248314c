"""How models tell the labels of sequences that were brought and held out: networks, a regression, and the base rate.

Every model's answers are classes, or numbers in the scale of the labels. Intervals are of 95 %, by resampling whole
sequences and starts together: the timesteps of a sequence are no independent trials. All models are resampled alike,
so that their differences are paired.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.network.inference import decisions, probabilities
from bilstm_core.problems.given import Given, late_of
from bilstm_core.random_streams import Stream, generator
from bilstm_core.runs import Run

BASE_RATE, REGRESSION = "base rate", "regression"
DRAWS, DRAWN_AT_ONCE = 1_000, 50
ENDS = (0.025, 0.975)

Values = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """What the held-out sequences should be told as.

    expected, mask: (sequences, timesteps)
    classes: how many there are; 0 for numbers
    mean, spread: by which labels that are numbers were scaled
    whole: one label a sequence, so that each sequence is one answer
    """

    expected: Values
    mask: npt.NDArray[np.bool_]
    classes: int
    mean: float = 0.0
    spread: float = 1.0
    whole: bool = False


class Answers(NamedTuple):
    """What one model says. told: (starts, sequences, timesteps), as of `Labels.expected`"""

    label: str
    told: Values


def labels_of(given: Given, *, mean: float = 0.0, spread: float = 1.0, whole: bool = False) -> Labels:
    """The labels of the sequences that are held out. mean, spread: as of `preparing.Prepared`"""
    rows = given.padded(True, given.timesteps)
    classes = 0 if given.head == "regression" else max(given.outputs, 2)
    expected = rows.y.astype(np.int64) if classes else rows.y
    return Labels(
        expected=expected, mask=rows.weight > 0, classes=classes, mean=mean, spread=spread, whole=whole and classes > 0
    )


def network(label: str, runs: Sequence[Run], given: Given, labels: Labels) -> Answers:
    """What a network says, of several starts. One that answers late is held to the timesteps that it tells of."""
    told = []
    for run in runs:
        late = late_of(run.spec.problem.name)
        read = given.delayed(late)
        x = read.padded(True, read.timesteps).x
        chances = probabilities(run.spec.problem, run.spec.model, run.weights, x)[:, late:]
        told.append(decided(given, chances, labels))
    return Answers(label, np.stack(told))


def decided(given: Given, chances: Values, labels: Labels) -> Values:
    """Answers (sequences, timesteps) of what a head says (sequences, timesteps, outputs).

    With one label a sequence, the answer to all of it is what its timesteps say on average.
    """
    if labels.whole:
        weight = labels.mask[..., None] / np.maximum(labels.mask.sum(axis=1), 1)[:, None, None]
        chances = np.broadcast_to((chances * weight).sum(axis=1, keepdims=True), chances.shape)
    return decisions(given.head, chances)[0]


def base_rate(given: Given, labels: Labels) -> Answers:
    """The commonest class of the training sequences, or the mean of their numbers, always."""
    rows = given.padded(False, given.timesteps)
    known = rows.y[rows.weight > 0]
    answer = np.bincount(known.astype(np.int64)).argmax() if labels.classes else known.mean()
    return Answers(BASE_RATE, np.full((1, *labels.expected.shape), answer, labels.expected.dtype))


def scores(answers: Answers, labels: Labels) -> Floats:
    """The share of labels that are right, or the mean squared error in the labels' unit: (starts,)"""
    means: Floats = _sums(answers, labels).sum(axis=1) / labels_per_sequence(labels).sum()
    return means


def standing(models: Sequence[Answers], labels: Labels) -> pd.DataFrame:
    """Each model's score and its interval.

    Columns: label, middle (mean over the starts), low, high, starts, scores (of each start)
    """
    drawn = _drawn(models, labels)
    low, high = np.quantile(drawn, ENDS, axis=0)
    each = [scores(answers, labels) for answers in models]
    return pd.DataFrame(
        {
            "label": [answers.label for answers in models],
            "middle": [float(own.mean()) for own in each],
            "low": low,
            "high": high,
            "starts": [len(own) for own in each],
            "scores": [own.tolist() for own in each],
        }
    )


class Lead(NamedTuple):
    """How much more of the labels the first model gets right than the second, or how much lower its error is."""

    first: str
    second: str
    mean: float
    low: float
    high: float

    @property
    def settled(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    def within(self, margin: float) -> bool:
        """Whether the interval lies within a margin about zero."""
        return -margin < self.low and self.high < margin


def lead(models: Sequence[Answers], labels: Labels, first: str, second: str) -> Lead:
    """The lead of one model over another, on the same sequences and starts.

    Raises KeyError if one is not among them.
    """
    by_label = {answers.label: answers for answers in models}
    pair = [by_label[first], by_label[second]]
    sign = 1.0 if labels.classes else -1.0
    drawn = _drawn(pair, labels)
    low, high = np.quantile(sign * (drawn[:, 0] - drawn[:, 1]), ENDS)
    means = [scores(answers, labels).mean() for answers in pair]
    return Lead(first, second, float(sign * (means[0] - means[1])), float(low), float(high))


def metrics(answers: Answers, labels: Labels) -> dict[str, float]:
    """Means over the starts, by name.

    accuracy, balanced accuracy (mean over the classes of the share of each that is right) and F1 (its mean over the
    classes); or MSE and MAE, in the labels' unit, and the share of their variance that is explained
    """
    expected, mask = _once(labels)
    if not labels.classes:
        gaps = (answers.told - labels.expected)[:, labels.mask] * labels.spread
        known = labels.expected[labels.mask] * labels.spread
        squared = float(np.square(gaps).mean())
        return {
            "MSE": squared,
            "MAE": float(np.abs(gaps).mean()),
            "variance explained": 1.0 - squared / max(float(known.var()), 1e-12),
        }
    every = [_by_class(told[mask], expected[mask], labels.classes) for told in answers.told]
    means = np.mean(every, axis=0)
    return dict(zip(("accuracy", "balanced accuracy", "F1"), map(float, means), strict=True))


def confusion(answers: Answers, labels: Labels) -> pd.DataFrame:
    """How often each class was told as each, over all starts: expected, predicted, count. Empty for numbers."""
    if not labels.classes:
        return pd.DataFrame({name: np.zeros(0, np.int64) for name in ("expected", "predicted", "count")})
    expected, mask = _once(labels)
    counts = sum(_counts(told[mask], expected[mask], labels.classes) for told in answers.told)
    each = np.arange(labels.classes**2)
    return pd.DataFrame(
        {"expected": each // labels.classes, "predicted": each % labels.classes, "count": np.ravel(counts)}
    )


def by_timestep(models: Sequence[Answers], labels: Labels) -> pd.DataFrame:
    """Each model's score at each timestep: label, timestep (from 1), score, labels (how many count there)."""
    counts = labels.mask.sum(axis=0)
    parts = []
    for answers in models:
        sums = (_right(answers, labels) * labels.mask).sum(axis=1).mean(axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "label": answers.label,
                    "timestep": np.arange(1, len(counts) + 1),
                    "score": sums / np.maximum(counts, 1),
                    "labels": counts,
                }
            )
        )
    return pd.concat(parts, ignore_index=True).query("labels > 0").reset_index(drop=True)


def _right(answers: Answers, labels: Labels) -> Floats:
    """1 where a label is met, or the squared error in the labels' unit: (starts, sequences, timesteps)."""
    if labels.classes:
        met: npt.NDArray[np.bool_] = answers.told == labels.expected
        return met.astype(np.float64)
    errors: Floats = np.square((answers.told - labels.expected).astype(np.float64) * labels.spread)
    return errors


def _once(labels: Labels) -> tuple[Values, npt.NDArray[np.bool_]]:
    """Labels and mask, each sequence once where it has one label."""
    if not labels.whole:
        return labels.expected, labels.mask
    first = np.zeros_like(labels.mask)
    known = labels.mask.any(axis=1)
    first[np.flatnonzero(known), labels.mask.argmax(axis=1)[known]] = True
    return labels.expected, first


def _sums(answers: Answers, labels: Labels) -> Floats:
    """What is summed over each sequence's labels, (starts, sequences)."""
    sums: Floats = (_right(answers, labels) * _once(labels)[1]).sum(axis=2)
    return sums


def _drawn(models: Sequence[Answers], labels: Labels) -> Floats:
    """The models' scores in DRAWS resamples of sequences and starts: (draws, models); the same for the same answers."""
    rng = generator(0, Stream.RESAMPLES)
    sums = [_sums(answers, labels) for answers in models]
    counts = labels_per_sequence(labels)
    most = max(len(own) for own in sums)
    result = []
    for _ in range(DRAWS // DRAWN_AT_ONCE):
        times = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), DRAWN_AT_ONCE).astype(np.float64)
        starts = rng.multinomial(most, np.full(most, 1 / most), DRAWN_AT_ONCE) / most
        total = np.maximum(times @ counts, 1.0)
        rows = []
        for own in sums:
            every = times @ own.T / total[:, None]
            rows.append((every * starts).sum(axis=1) if len(own) == most else every.mean(axis=1))
        result.append(np.stack(rows, axis=1))
    return np.concatenate(result)


def labels_per_sequence(labels: Labels) -> Floats:
    """How many labels of each held-out sequence count, (sequences,)."""
    counts: Floats = _once(labels)[1].sum(axis=1).astype(np.float64)
    return counts


def _counts(told: Values, expected: Values, classes: int) -> npt.NDArray[np.int64]:
    """(expected, predicted)"""
    counts: npt.NDArray[np.int64] = np.bincount(expected * classes + told, minlength=classes**2)
    return counts.reshape(classes, classes)


def _by_class(told: Values, expected: Values, classes: int) -> tuple[float, float, float]:
    """Accuracy, balanced accuracy and F1; the last two over the classes that are expected anywhere."""
    counts = _counts(told, expected, classes)
    right, there, said = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    known = there > 0
    recall = right[known] / there[known]
    f1 = 2 * right[known] / (there[known] + said[known])
    return float(right.sum() / there.sum()), float(recall.mean()), float(f1.mean())


def table(models: Sequence[Answers], labels: Labels, names: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Every held-out label and what the first start of each model says, a row each.

    names: columns of the file for each held-out label that counts, such as sequence and row, by their name
    """
    rows = {name: list(values) for name, values in names.items()}
    return pd.DataFrame(rows | {answers.label: answers.told[0][labels.mask] for answers in models})
