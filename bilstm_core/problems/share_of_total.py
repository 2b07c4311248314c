"""Share of total: the label turns from 0 to 1 when the running sum reaches half of the sequence's own total.

With values x_1 .. x_T, uniform on [0, 1):

    label_t = 0 if x_1 + ... + x_t < (x_1 + ... + x_T) / 2 else 1

which compares what has come with what is to come: 0 if x_1 + ... + x_t < x_(t+1) + ... + x_T. Worked example, T = 4:

    value        0.4  0.5  0.3  0.9
    running sum  0.4  0.9  1.2  2.1    half of the total: 1.05
    label        0    0    1    1
"""

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Problem, View, Waterfall
from bilstm_core.problems.signed_sums import signed_sum_risk


def limits(x: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """The one limit on the running sum of x (timesteps, 1): half of its total."""
    return np.array([x.sum(dtype=np.float64) / 2])


def labels(x: npt.NDArray[np.floating], mask: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
    """Labels of values x, both (sequences, timesteps, 1); sums are taken in double precision."""
    del mask  # all are real
    sums = np.cumsum(x, axis=-2, dtype=np.float64)
    return (2 * sums >= sums[..., -1:, :]).astype(np.int64)


def sample(n: int, timesteps: int, rng: np.random.Generator) -> Batch:
    """n sequences of uniform values with their labels."""
    x = rng.random((n, timesteps, 1), dtype=np.float32)
    return Batch(x, labels(x), np.ones((n, timesteps), dtype=bool))


def risk(timesteps: int, view: View) -> BayesRisk:
    """The best possible with a view of the values."""
    weights = 2 * np.tri(timesteps, dtype=np.int64) - 1
    return signed_sum_risk(weights, np.zeros(timesteps), view)


SHARE_OF_TOTAL = Problem(
    name="share_of_total",
    title="Half of the total",
    question="Has the running sum reached half of this sequence's own total?",
    solved_by="bidirectional",
    sample=sample,
    risk=risk,
    labels=labels,
    waterfall=Waterfall(limits=limits),
)
