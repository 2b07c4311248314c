"""Which models share a compiled program, and what is done to weights and data for it. NumPy only.

Compiling a program takes longer than most trainings, and a class chooses thirty numbers of units. So programs for a few
numbers of units serve all: a network is trained in the next larger one, with units of zeros. A unit whose weights are
all zero says zero at every timestep, gets no gradient and stays as it is, in every cell and merge mode, so that the
others learn what they would have learnt without it. And a network that reads backward is one that reads forward what is
turned round.
"""

import functools
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.network.initial_weights import output_width, shapes
from bilstm_core.specs import GATES, ModelSpec, ProblemSpec

UNITS = (8, 20, 32, 50, 64, 80, 100, 128, 160, 200, 256)  # the book's and the defaults among them

Floats = npt.NDArray[np.float32]
Values = npt.NDArray[Any]
Places = npt.NDArray[np.int64]


def shared(model: ModelSpec) -> ModelSpec:
    """The model whose program trains this one."""
    if turned(model):
        model = replace(model, direction="forward", backward_output="aligned")
    return padded(model)


def turned(model: ModelSpec) -> bool:
    """Whether its program is given the values in the order in which it reads them, the last first."""
    return model.direction == "backward" and model.position == "none"  # a position would be turned round too


def padded(model: ModelSpec) -> ModelSpec:
    """The model with as many units as its program has."""
    return replace(model, units=next((units for units in UNITS if units >= model.units), model.units))


@functools.lru_cache(maxsize=64)
def places(problem: ProblemSpec, model: ModelSpec, within: ModelSpec | None = None) -> Places:
    """Where each of a model's flat weights (parameters,) stands among those of its padded model.

    within: another model that differs from it in having more units, and in its direction if that is turned
    """
    wide = within or padded(model)
    result, start = [], 0
    for (name, shape), (*rows, columns) in zip(
        shapes(problem, model).items(), shapes(problem, wide).values(), strict=True
    ):
        *where, matrix = name.split("/")
        first = where == ["layer1", where[-1]] and matrix == "kernel"
        row = np.zeros(1, np.int64)
        if matrix == "recurrent_kernel":
            row = _blocks(1, model, wide)
        elif matrix == "kernel" and not first:
            row = _blocks(output_width(model) // model.units, model, wide)
        elif rows:  # the problem's features, or a GRU's two biases
            row = np.arange(shape[0])
        column = np.arange(columns) if where == ["head"] else _blocks(GATES[model.cell], model, wide)
        result.append((start + row[:, None] * columns + column).ravel())
        start += math.prod((*rows, columns))
    return np.concatenate(result)


def in_reading_order(x: Values, y: Values, mask: Values, model: ModelSpec) -> tuple[Values, Values, Values]:
    """What a turned model's program reads and answers; each (..., timesteps), x (..., timesteps, features).

    Answers that are not put into the order of the timesteps again (`raw`) are judged as they come.
    """
    if model.backward_output == "raw":
        return x[..., ::-1, :], y, mask
    return x[..., ::-1, :], y[..., ::-1], mask[..., ::-1]


def _blocks(count: int, model: ModelSpec, wide: ModelSpec) -> Places:
    """The places of all units in `count` blocks, one after the other, each of as many units as the wide model has."""
    return (np.arange(count)[:, None] * wide.units + np.arange(model.units)).ravel()


def widened(parts: Iterable[Floats], where: Places, parameters: int) -> list[Floats]:
    """Each of (..., weights) among zeros (..., parameters)."""
    result = []
    for part in parts:
        wide = np.zeros((*part.shape[:-1], parameters), part.dtype)
        wide[..., where] = part
        result.append(wide)
    return result
