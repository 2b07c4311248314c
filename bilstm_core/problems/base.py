"""What a problem declares: the bottom of the house, NumPy only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Head = Literal["binary", "categorical", "regression"]


class Batch(NamedTuple):
    """Labelled sequences.

    x: (sequences, timesteps, features) float32
    y: (sequences, timesteps, 1) int64 for classes, float32 for regression
    mask: (sequences, timesteps) bool, true where a timestep is real and not padding
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int64] | npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_]


Sampler = Callable[..., Batch]  # (n, timesteps, rng, **parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that a problem can be tuned by; `low` and `high` are themselves excluded."""

    default: float
    low: float
    high: float
    label: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A sequence-labelling problem: how its sequences are drawn and what a model of it must output."""

    name: str
    title: str
    sample: Sampler
    features: int = 1
    head: Head = "binary"
    outputs: int = 1
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
