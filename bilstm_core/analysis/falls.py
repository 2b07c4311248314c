"""How much losses still fell in the second half of a training, how long one was the lowest, and the sentences."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bilstm_core.analysis.statistics import late_fall, listed
from bilstm_core.analysis.telling import capital
from bilstm_core.runs import Run


def falls_of(runs: Mapping[str, Sequence[Run]]) -> dict[str, float]:
    """The mean over starts of `late_fall`, by label."""
    return {
        label: float(np.mean([late_fall(run.history["loss"].to_numpy()) for run in group]))
        for label, group in runs.items()
        if group
    }


def fall_sentence(runs: Mapping[str, Sequence[Run]]) -> str:
    """How much each model's training loss still fell in the second half of its training."""
    falls = falls_of(runs)
    order = sorted(falls, key=lambda label: -falls[label])
    told = []
    for verb, group in (
        ("fell", [label for label in order if falls[label] >= 0]),
        ("rose", [label for label in order if falls[label] < 0]),
    ):
        if group:
            told.append(f"{verb} by {listed([f'{abs(falls[label]):.0%} ({label})' for label in group])}")
    return f"In the second half, the training loss {', and '.join(told)}."


def led(curves: pd.DataFrame, label: str) -> tuple[int, int] | None:
    """The first and the last place of the longest stretch in which a label's curve is the lowest; None if it never is.

    curves: label, sequences_seen, median; of two labels or more. The longest is the one over most points of the curves.
    """
    table = curves.pivot(index="sequences_seen", columns="label", values="median").dropna()
    if label not in table or table.shape[1] < 2:
        return None
    lowest = (table[label] < table.drop(columns=label).min(axis=1)).to_numpy()
    turns = np.flatnonzero(np.diff(lowest.astype(np.int8), prepend=0, append=0))
    stretches = list(zip(turns[::2], turns[1::2], strict=True))
    if not stretches:
        return None
    begin, end = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return int(table.index[begin]), int(table.index[end - 1])


def lead_sentence(curves: pd.DataFrame, label: str, *, wins: bool = False, level: Sequence[str] = ()) -> str:
    """Since when a label's curve has been the lowest, or for how long it was; "" if it never was.

    curves: as of `led`; wins: whether the sentence before says that it wins; else nothing is said of its lead by now
    level: labels, it among them, that can't be told apart at the end
    """
    stretch, end = led(curves, label), int(curves["sequences_seen"].max())
    if stretch is None:
        return ""
    first, last = stretch
    lasts = last == end
    if wins and lasts:
        return f"It has led since about sequence {_about(first)}."
    told = f"{'It' if wins else capital(label)} led from about sequence {_about(first)}"
    told += "" if lasts else f" to {_about(last)}"
    others = [other for other in level if other != label]
    return f"{told}; by {end:,} it and {listed(others)} can't be told apart." if others else f"{told}."


def _about(place: int) -> str:
    """A number to two digits."""
    digits = 10 ** max(0, len(str(place)) - 2)
    return f"{round(place / digits) * digits:,}"
