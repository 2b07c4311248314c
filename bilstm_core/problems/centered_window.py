"""Centered window: the label is 1 where the mean of a value and its neighbors, two on each side, reaches one half.

With values x_1 .. x_T, uniform on [0, 1), and the c_t <= 5 timesteps s of 1 .. T with |s - t| <= 2:

    label_t = 0 if the sum of their x_s < c_t / 2 else 1

Worked example, T = 4, where no window is whole:

    value        0.4   0.5   0.3   0.9
    window mean  0.40  0.525 0.525 0.567
    label        0     1     1     1
"""

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Problem, View
from bilstm_core.problems.signed_sums import signed_sum_risk

REACH = 2  # neighbours on each side


def windows(timesteps: int) -> npt.NDArray[np.int64]:
    """Which values count for each label: (timesteps, timesteps) ones and zeros."""
    each = np.arange(timesteps)
    near: npt.NDArray[np.int64] = (np.abs(each[:, None] - each) <= REACH).astype(np.int64)
    return near


def labels(x: npt.NDArray[np.floating], mask: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
    """Labels of values x, both (sequences, timesteps, 1); sums are taken in double precision."""
    del mask  # all are real
    timesteps = x.shape[-2]
    sums = np.cumsum(np.pad(x.astype(np.float64), ((0, 0), (REACH + 1, REACH), (0, 0))), axis=-2)
    sums = sums[:, 2 * REACH + 1 :] - sums[:, :timesteps]
    flags: npt.NDArray[np.int64] = (sums >= windows(timesteps).sum(axis=1)[:, None] / 2).astype(np.int64)
    return flags


def sample(n: int, timesteps: int, rng: np.random.Generator) -> Batch:
    """n sequences of uniform values with their labels."""
    x = rng.random((n, timesteps, 1), dtype=np.float32)
    return Batch(x, labels(x), np.ones((n, timesteps), dtype=bool))


def risk(timesteps: int, view: View) -> BayesRisk:
    """The best possible with a view of the values."""
    weights = windows(timesteps)
    return signed_sum_risk(weights, weights.sum(axis=1) / 2, view)


CENTERED_WINDOW = Problem(
    name="centered_window",
    title="Centered window",
    question="Is the mean of this value and its neighbors, two on each side, one half or more?",
    solved_by="bidirectional",
    sample=sample,
    risk=risk,
    labels=labels,
    decides=lambda timesteps: windows(timesteps) > 0,
)
