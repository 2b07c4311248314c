"""The registry of problems, and the two functions that draw sequences of the first of them."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import VIEWS, Batch, BayesRisk, Head, Problem, View, Waterfall
from bilstm_core.problems.centered_window import CENTERED_WINDOW
from bilstm_core.problems.cosine_from_sine import COSINE_FROM_SINE
from bilstm_core.problems.cumulative_sum import CUMULATIVE_SUM, sample
from bilstm_core.problems.reverse_cumulative_sum import REVERSE_CUMULATIVE_SUM
from bilstm_core.problems.share_of_total import SHARE_OF_TOTAL
from bilstm_core.problems.total_quarters import TOTAL_QUARTERS
from bilstm_core.problems.variable_length import VARIABLE_LENGTH

__all__ = [
    "PROBLEMS",
    "VIEWS",
    "Batch",
    "BayesRisk",
    "Head",
    "Problem",
    "View",
    "Waterfall",
    "get_sequence",
    "get_sequences",
]

PROBLEMS: Mapping[str, Problem] = {
    problem.name: problem
    for problem in (
        CUMULATIVE_SUM,
        REVERSE_CUMULATIVE_SUM,
        SHARE_OF_TOTAL,
        CENTERED_WINDOW,
        TOTAL_QUARTERS,
        COSINE_FROM_SINE,
        VARIABLE_LENGTH,
    )
}


def get_sequence(
    n_timesteps: int, rng: np.random.Generator | None = None, threshold: float = 0.25
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """One cumulative-sum sequence: X (1, n_timesteps, 1) float32 and its labels y (1, n_timesteps, 1) int."""
    return get_sequences(1, n_timesteps, rng, threshold)


def get_sequences(
    n_sequences: int, n_timesteps: int, rng: np.random.Generator | None = None, threshold: float = 0.25
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """`n_sequences` cumulative-sum sequences: X and y, each (n_sequences, n_timesteps, 1).

    Raises ValueError if a count is below 1 or the threshold is not inside (0, 1).
    """
    for name, count in (("n_sequences", n_sequences), ("n_timesteps", n_timesteps)):
        if count < 1:
            raise ValueError(f"{name} must be at least 1, not {count}.")
    if not 0 < threshold < 1:
        raise ValueError(f"threshold must be a number between 0 and 1, both excluded, not {threshold!r}.")
    batch = sample(n_sequences, n_timesteps, rng or np.random.default_rng(), threshold=threshold)
    return batch.x, batch.y.astype(np.int64)
