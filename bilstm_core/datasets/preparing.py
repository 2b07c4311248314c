"""Sequences made ready for a training: which are held out, scaling from the others alone, what rare labels count."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.datasets.bounds import MAX_CATEGORIES, MAX_FEATURES, DataError, counted
from bilstm_core.datasets.sequences import Sequences
from bilstm_core.problems.given import MOST_NUMBERS, Given
from bilstm_core.random_streams import Stream, generator

HELD_OUT = 0.25  # of the sequences
MOST_SPREADS = 20.0  # from the mean, where a value that lies further off is set
MOST_WEIGHT = 10.0  # of a rare label, against the mean

Values = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """Sequences ready to be trained on, and what is needed to tell of them.

    features: their names, one for each that a network reads
    mean, spread: of a label that is a number, among the training sequences; 0 and 1 for classes
    """

    given: Given
    sequences: Sequences
    features: tuple[str, ...]
    mean: float
    spread: float

    @property
    def classes(self) -> tuple[str, ...]:
        """As they stand in the file; empty where labels are numbers."""
        return self.sequences.classes


def prepare(sequences: Sequences, *, seed: int = 0, balanced: bool = False) -> Prepared:
    """Hold sequences out, and scale what is left by itself.

    seed: of the draw, where no column says which are held out
    balanced: labels count the more the rarer they are
    Raises DataError, with a sentence.
    """
    lengths = sequences.lengths
    held_out = split(sequences, seed) if sequences.held_out is None else sequences.held_out
    trained_on = np.repeat(~held_out, lengths)
    columns, names = [], []
    for name, values in sequences.features.items():
        if isinstance(values, pd.Categorical):
            own, called = _categories(values, name, trained_on)
        else:
            own, called = _scaled(values, trained_on)[:, None], [name]
        columns.append(own)
        names += called
    if len(names) > MAX_FEATURES:
        raise DataError(
            f"With a feature for each word there are {len(names):,} features, and at most {MAX_FEATURES} are taken."
            " Choose fewer columns."
        )
    numbers = len(lengths) * int(lengths.max()) * len(names)
    if numbers > MOST_NUMBERS:
        raise DataError(
            f"The sequences have {numbers / 1e6:,.0f} million numbers when they are padded to the longest, and at most"
            f" {MOST_NUMBERS / 1e6:,.0f} million are taken. Bring fewer or shorter sequences, or choose fewer features."
        )
    label, there, mean, spread = _labels(sequences, trained_on)
    weight = there.astype(np.float32)
    if sequences.classes and balanced:
        weight *= class_weights(label[trained_on & there], len(sequences.classes))[label]
    if not weight[trained_on].any() or not weight[~trained_on].any():
        raise DataError("The sequences to learn from, or those held out, have no labels at all. Fill some in.")
    several = len(sequences.classes) > 2
    given = Given(
        head="regression" if not sequences.classes else "categorical" if several else "binary",
        outputs=len(sequences.classes) if several else 1,
        x=np.concatenate(columns, axis=1).astype(np.float32),
        y=label,
        weight=weight,
        lengths=lengths,
        held_out=held_out,
    )
    return Prepared(given=given, sequences=sequences, features=tuple(names), mean=mean, spread=spread)


def split(sequences: Sequences, seed: int = 0) -> npt.NDArray[np.bool_]:
    """Which sequences are held out, (sequences,): a quarter of them, drawn among those with the same rarest class.

    Of a recording that was cut, the last quarter: pieces beside each other are nearly the same. Pieces of one sequence
    are held out together.
    """
    count = len(sequences.lengths)
    if sequences.recording:
        return np.arange(count) >= count - max(1, round(HELD_OUT * count))
    group, groups = sequences.group, int(sequences.group.max()) + 1
    rarest = _rarest_class(sequences)
    kind = np.full(groups, np.iinfo(np.int64).max)
    np.minimum.at(kind, group, rarest)
    order = generator(seed, Stream.SPLIT).permutation(groups)
    order = order[np.argsort(kind[order], kind="stable")]  # by kind, in a drawn order within each
    wanted = max(1, round(HELD_OUT * groups))
    chosen = np.zeros(groups, bool)
    places = np.floor((np.arange(wanted) + 0.5) * groups / wanted).astype(
        np.int64
    )  # evenly, so each kind has its share
    chosen[order[places]] = True
    held_out: npt.NDArray[np.bool_] = chosen[group]
    return held_out


def class_weights(label: Values, classes: int) -> npt.NDArray[np.float32]:
    """What a label of each class counts, so that all classes count alike; at most MOST_WEIGHT, and 1 on average."""
    counts = np.bincount(label, minlength=classes)
    weights = np.minimum(counts.sum() / (classes * np.maximum(counts, 1)), MOST_WEIGHT)
    return np.asarray(weights * counts.sum() / np.maximum((weights * counts).sum(), 1e-9), np.float32)


def found(prepared: Prepared) -> str:
    """How many sequences of which lengths there are, in a sentence."""
    given = prepared.given
    shortest, longest = int(given.lengths.min()), given.timesteps
    lasting = f"{longest}" if shortest == longest else f"{shortest} to {longest}"
    labels = counted(len(prepared.classes), "class").replace("classs", "classes") if prepared.classes else "numbers"
    return (
        f"{counted(len(given.lengths), 'sequence')} of {lasting} timesteps,"
        f" {counted(prepared.given.x.shape[1], 'feature')}, {labels};"
        f" {counted(int(given.held_out.sum()), 'sequence')} held out"
    )


def _rarest_class(sequences: Sequences) -> npt.NDArray[np.int64]:
    """The rarest class of each sequence, as its rank; of a number, the fifth of its mean among the sequences' means."""
    lengths, label = sequences.lengths, sequences.label
    starts = np.cumsum(lengths) - lengths
    if not sequences.classes:
        sums = np.add.reduceat(np.nan_to_num(label), starts)
        counts = np.maximum(np.add.reduceat((~np.isnan(label)).astype(np.int64), starts), 1)
        means = sums / counts
        fifths: npt.NDArray[np.int64] = np.searchsorted(np.quantile(means, [0.2, 0.4, 0.6, 0.8]), means)
        return fifths
    counts = np.bincount(label[label >= 0], minlength=len(sequences.classes))
    rank = np.argsort(np.argsort(counts, kind="stable"), kind="stable")
    ranks = np.where(label >= 0, rank[label], len(counts))
    rarest: npt.NDArray[np.int64] = np.minimum.reduceat(ranks, starts)
    return rarest


def _scaled(values: Values, trained_on: npt.NDArray[np.bool_]) -> Values:
    """With mean 0 and standard deviation 1 among the training sequences; a missing value is their mean."""
    known = values[trained_on & ~np.isnan(values)]
    mean, spread = (known.mean(), known.std()) if len(known) else (0.0, 0.0)
    scaled = (values - mean) / (spread if spread > 1e-12 * max(1.0, abs(mean)) else 1.0)
    clipped: Values = np.clip(np.nan_to_num(scaled), -MOST_SPREADS, MOST_SPREADS)
    return clipped


def _categories(values: pd.Categorical, name: str, trained_on: npt.NDArray[np.bool_]) -> tuple[Values, list[str]]:
    """A feature for each of the words that come most often in the training sequences, 1 where it stands; rest is 0."""
    codes = np.asarray(values.codes)
    counts = np.bincount(codes[trained_on & (codes >= 0)], minlength=len(values.categories))
    most = np.argsort(-counts, kind="stable")[:MAX_CATEGORIES]
    most = most[counts[most] > 0]
    place = np.full(len(values.categories) + 1, -1)
    place[most] = np.arange(len(most))
    which = place[codes]
    columns = np.zeros((len(codes), len(most)), np.float32)
    known = np.flatnonzero(which >= 0)
    columns[known, which[known]] = 1
    return columns, [f"{name} is {values.categories[word]}" for word in most]


def _labels(
    sequences: Sequences, trained_on: npt.NDArray[np.bool_]
) -> tuple[Values, npt.NDArray[np.bool_], float, float]:
    """Labels without a gap, which of them there are, and mean and standard deviation of numbers, which are scaled."""
    if sequences.classes:
        there = sequences.label >= 0
        return np.where(there, sequences.label, 0), there, 0.0, 1.0
    there = ~np.isnan(sequences.label)
    known = sequences.label[there & trained_on]
    mean, spread = (float(known.mean()), float(known.std()) or 1.0) if len(known) else (0.0, 1.0)
    return np.nan_to_num((sequences.label - mean) / spread).astype(np.float32), there, mean, spread
