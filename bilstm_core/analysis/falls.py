"""How much losses still fell in the second half of a training, and the sentence of it."""

from collections.abc import Mapping, Sequence

import numpy as np

from bilstm_core.analysis.statistics import late_fall, listed
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
