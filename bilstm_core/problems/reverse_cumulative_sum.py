"""Reverse cumulative sum: the label is 1 while what is still to come, this value included, reaches a share of T.

The mirror of the cumulative sum: with values x_1 .. x_T, uniform on [0, 1), and a threshold share h,

    label_t = 0 if x_t + ... + x_T < h * T else 1

Worked example, T = 4 and h = 0.25, so what is to come must reach 1:

    value              0.4  0.5  0.3  0.9
    this and later     2.1  1.7  1.2  0.9
    label              1    1    1    0
"""

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Problem, View, Waterfall
from bilstm_core.problems.cumulative_sum import labels as forward_labels
from bilstm_core.problems.cumulative_sum import limit, limits
from bilstm_core.problems.signed_sums import signed_sum_risk


def labels(
    x: npt.NDArray[np.floating], mask: npt.NDArray[np.bool_] | None = None, *, threshold: float = 0.25
) -> npt.NDArray[np.int64]:
    """Labels of values x, both (sequences, timesteps, 1); sums are taken in double precision."""
    return forward_labels(x[:, ::-1], mask, threshold=threshold)[:, ::-1]


def sample(n: int, timesteps: int, rng: np.random.Generator, *, threshold: float = 0.25) -> Batch:
    """n sequences of uniform values with their labels."""
    x = rng.random((n, timesteps, 1), dtype=np.float32)
    return Batch(x, labels(x, threshold=threshold), np.ones((n, timesteps), dtype=bool))


def risk(timesteps: int, view: View, *, threshold: float = 0.25) -> BayesRisk:
    """The best possible with a view of the values."""
    weights = np.tri(timesteps, dtype=np.int64).T
    return signed_sum_risk(weights, np.full(timesteps, limit(timesteps, threshold)), view)


REVERSE_CUMULATIVE_SUM = Problem(
    name="reverse_cumulative_sum",
    title="Reverse cumulative sum",
    question="Does what is still to come, this value included, reach the limit?",
    solved_by="backward",
    sample=sample,
    risk=risk,
    labels=labels,
    waterfall=Waterfall(limits=limits, from_end=True),
    parameters=("threshold",),
)
