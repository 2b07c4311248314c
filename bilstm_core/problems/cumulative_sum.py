"""Cumulative sum: the label turns from 0 to 1 when the running sum reaches a share of the timesteps.

With values x_1 .. x_T, uniform on [0, 1), and a threshold share h:

    label_t = 0 if x_1 + ... + x_t < h * T else 1

Worked example, T = 4 and h = 0.25, so the sum must reach 1:

    value        0.4  0.5  0.3  0.9
    running sum  0.4  0.9  1.2  2.1
    label        0    0    1    1
"""

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Problem, View, Waterfall
from bilstm_core.problems.signed_sums import signed_sum_risk

WORKED_EXAMPLE = (
    0.63144003, 0.29414551, 0.91587952, 0.95189228, 0.32195638,
    0.60742236, 0.83895793, 0.18023048, 0.84762691, 0.29165514,
)  # fmt: skip


def limit(timesteps: int, threshold: float) -> float:
    """The running sum at which the label turns: `threshold` times the number of timesteps."""
    return threshold * timesteps


def limits(x: npt.NDArray[np.floating], *, threshold: float = 0.25) -> npt.NDArray[np.float64]:
    """The one limit on the running sum of x (timesteps, 1)."""
    return np.array([limit(len(x), threshold)])


def labels(
    x: npt.NDArray[np.floating], mask: npt.NDArray[np.bool_] | None = None, *, threshold: float = 0.25
) -> npt.NDArray[np.int64]:
    """Labels of values x, both (sequences, timesteps, 1); sums are taken in double precision."""
    del mask  # all are real
    sums = np.cumsum(x, axis=-2, dtype=np.float64)
    return (sums >= limit(x.shape[-2], threshold)).astype(np.int64)


def sample(n: int, timesteps: int, rng: np.random.Generator, *, threshold: float = 0.25) -> Batch:
    """n sequences of uniform values with their labels."""
    x = rng.random((n, timesteps, 1), dtype=np.float32)
    return Batch(x, labels(x, threshold=threshold), np.ones((n, timesteps), dtype=bool))


def risk(timesteps: int, view: View, *, threshold: float = 0.25) -> BayesRisk:
    """The best possible with a view of the values."""
    weights = np.tri(timesteps, dtype=np.int64)
    return signed_sum_risk(weights, np.full(timesteps, limit(timesteps, threshold)), view)


CUMULATIVE_SUM = Problem(
    name="cumulative_sum",
    title="Cumulative sum",
    question="Has the running sum reached its limit?",
    solved_by="forward",
    sample=sample,
    risk=risk,
    labels=labels,
    waterfall=Waterfall(limits=limits),
    parameters=("threshold",),
)
