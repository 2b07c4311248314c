"""The loss curve of a run while it is trained: what a worker sends, and what a job's record makes of it.

It is thinned as it grows, so that a long training takes no more memory or line than its finished curve. NumPy only.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.downsampling import Curve, curve_steps
from bilstm_core.specs import TrainingSpec

CURVE_PARTS = ("sequences_seen", "loss", "sequences", "last")  # of a Progress, that make a Curve
TOLD_PARTS = ("seen", "loss", "count", "last")  # the same, in a worker's message


def thin(
    sequences_seen: npt.NDArray[np.integer[Any]],
    loss: npt.NDArray[np.floating[Any]],
    sequences: npt.NDArray[np.integer[Any]],
    last: npt.NDArray[np.floating[Any]],
    *,
    training: TrainingSpec,
) -> Curve:
    """The same curve with the points that the finished run's curve has, and what is known beyond the last of them.

    sequences_seen, loss, sequences, last: (points,), ascending: each stands for so many sequences that end there, by
    their mean loss, and has the loss of the last weight update. So thinning a thinned curve with more points appended
    gives what thinning all at once gives.
    """
    bucket = np.searchsorted(curve_steps(training.steps), training.updates_after(sequences_seen))
    starts = np.flatnonzero(np.diff(bucket, prepend=-1))
    if not len(starts):
        return no_points()
    counts = np.add.reduceat(sequences, starts)
    ends = np.append(starts[1:], len(bucket)) - 1
    means = np.add.reduceat(loss * sequences, starts) / counts
    return sequences_seen[ends].astype(np.int64), means, counts, last[ends].astype(np.float64)


def no_points() -> Curve:
    """The curve of a run of which nothing is known yet."""
    return np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64), np.empty(0)


def told(curve: Curve) -> dict[str, list[Any]]:
    """A curve's points as a worker's message has them."""
    return {name: part.tolist() for name, part in zip(TOLD_PARTS, curve, strict=True)}
