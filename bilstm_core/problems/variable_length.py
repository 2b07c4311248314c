"""Variable length: the cumulative sum over sequences of different lengths, padded to T timesteps.

A sequence has L real values, L uniform on ceil(T/2) .. T; the T - L timesteps after them are padding, read as -1,
which no value is. They are masked: their labels count neither in a loss nor in a metric. The limit is the same for all,
whatever their length. With values x_1 .. x_L, uniform on [0, 1), and a threshold share h:

    label_t = 0 if x_1 + ... + x_t < h * T else 1, for t <= L

Worked example, T = 4, L = 3 and h = 0.25, so the sum must reach 1:

    value        0.4  0.5  0.3  -1
    running sum  0.4  0.9  1.2
    label        0    0    1    masked
"""

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Problem, View, Waterfall
from bilstm_core.problems.cumulative_sum import labels as unpadded_labels
from bilstm_core.problems.cumulative_sum import limit, limits
from bilstm_core.problems.signed_sums import signed_sum_risk

PADDING = -1.0


def shortest(timesteps: int) -> int:
    """The least number of real timesteps."""
    return (timesteps + 1) // 2


def draw_mask(n: int, timesteps: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which timesteps of n sequences are real: (n, timesteps)."""
    lengths = rng.integers(shortest(timesteps), timesteps + 1, n)
    real: npt.NDArray[np.bool_] = np.arange(timesteps) < lengths[:, None]
    return real


def labels(
    x: npt.NDArray[np.floating], mask: npt.NDArray[np.bool_] | None = None, *, threshold: float = 0.25
) -> npt.NDArray[np.int64]:
    """Labels of values x, both (sequences, timesteps, 1), and 0 where they are padding."""
    if mask is None:
        return unpadded_labels(x, threshold=threshold)
    real = mask[..., None]
    return unpadded_labels(np.where(real, x, 0), threshold=threshold) * real


def sample(n: int, timesteps: int, rng: np.random.Generator, *, threshold: float = 0.25) -> Batch:
    """n padded sequences of uniform values with their labels."""
    mask = draw_mask(n, timesteps, rng)
    x = rng.random((n, timesteps, 1), dtype=np.float32)
    x[~mask] = PADDING
    return Batch(x, labels(x, mask, threshold=threshold), mask)


def risk(timesteps: int, view: View, *, threshold: float = 0.25) -> BayesRisk:
    """The best possible with a view of the values; lengths tell nothing of them."""
    weights = np.tri(timesteps, dtype=np.int64)
    lengths = np.arange(shortest(timesteps), timesteps + 1)
    real = (lengths[:, None] > np.arange(timesteps)).mean(axis=0)
    return signed_sum_risk(
        weights,
        np.full(timesteps, limit(timesteps, threshold)),
        view,
        real=real,
        draw_mask=lambda n, rng: draw_mask(n, timesteps, rng),
    )


VARIABLE_LENGTH = Problem(
    name="variable_length",
    title="Variable length",
    question="Has the running sum reached its limit, in a sequence that may end early?",
    solved_by="forward",
    sample=sample,
    risk=risk,
    labels=labels,
    waterfall=Waterfall(limits=limits),
    padded=True,
    parameters=("threshold",),
)
