"""Seeded initial weights: one source for Keras models and compiled programs. NumPy only.

The distributions are Keras's defaults: Glorot-uniform kernels, orthogonal recurrent kernels, zero biases with
ones for the LSTM's forget gate. Every matrix has a generator of its own, so that two branches never start the
same, and models that share a branch start it alike.
"""

import functools
import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bilstm_core.random_streams import Stream, generator
from bilstm_core.specs import GATES, ModelSpec, ProblemSpec

BRANCH_NUMBERS = {"forward": 0, "backward": 1, "second": 1}
Weights = dict[str, npt.NDArray[np.float32]]


class Branch(NamedTuple):
    """One recurrent branch of a layer.

    name: "forward", "backward", or "second" for a second forward branch
    reverse: whether it reads from the last timestep to the first
    reads: "values", "constant" or "noise" in the place of the problem's features
    """

    name: str
    reverse: bool
    reads: str


@functools.lru_cache(maxsize=64)
def branches(model: ModelSpec) -> tuple[Branch, ...]:
    """The branches of each layer, in the order of their weights."""
    forward, backward = Branch("forward", False, "values"), Branch("backward", True, "values")
    if model.direction == "forward":
        return (forward,)
    if model.direction == "backward":
        return (backward,)
    second = {
        "backward": backward,
        "backward_constant": Branch("backward", True, "constant"),
        "backward_noise": Branch("backward", True, "noise"),
        "forward_constant": Branch("second", False, "constant"),
    }[model.canonical().second_branch]
    return (forward, second)


def input_width(problem: ProblemSpec, model: ModelSpec) -> int:
    """Inputs a timestep of the first layer: the problem's features and the position's."""
    return problem.problem.features + model.position_inputs(problem.timesteps)


def output_width(model: ModelSpec) -> int:
    """Outputs a timestep of each layer, after the merge."""
    return model.units * (2 if model.direction == "bidirectional" and model.merge_mode == "concat" else 1)


def shapes(problem: ProblemSpec, model: ModelSpec) -> dict[str, tuple[int, ...]]:
    """The shape of every weight by name, in the order of Keras's `model.get_weights()`."""
    return dict(_shapes(problem, model))


@functools.lru_cache(maxsize=64)
def _shapes(problem: ProblemSpec, model: ModelSpec) -> tuple[tuple[str, tuple[int, ...]], ...]:
    units, gates = model.units, GATES[model.cell] * model.units
    width = input_width(problem, model)
    result: dict[str, tuple[int, ...]] = {}
    for layer in range(1, model.layers + 1):
        for branch in branches(model):
            prefix = f"layer{layer}/{branch.name}"
            result[f"{prefix}/kernel"] = (width, gates)
            result[f"{prefix}/recurrent_kernel"] = (units, gates)
            result[f"{prefix}/bias"] = (2, gates) if model.cell == "gru" else (gates,)
        width = output_width(model)
    outputs = problem.problem.outputs
    return (*result.items(), ("head/kernel", (width, outputs)), ("head/bias", (outputs,)))


def parameter_count(problem: ProblemSpec, model: ModelSpec) -> int:
    """Trainable numbers in all."""
    return sum(math.prod(shape) for shape in shapes(problem, model).values())


def initial_weights(problem: ProblemSpec, model: ModelSpec, seed: int) -> Weights:
    """Every weight by name, float32, in the order of Keras's `model.get_weights()`."""
    result: Weights = {}
    for name, shape in shapes(problem, model).items():
        *where, matrix = name.split("/")
        if matrix == "bias":
            bias = np.zeros(shape, np.float32)
            if model.cell == "lstm" and where != ["head"]:
                bias[model.units : 2 * model.units] = 1.0
            result[name] = bias
            continue
        layer, branch = (0, 0) if where == ["head"] else (int(where[0][len("layer") :]), BRANCH_NUMBERS[where[1]])
        recurrent = matrix == "recurrent_kernel"
        rng = generator(seed, Stream.INITIAL_WEIGHTS, layer, branch, int(recurrent))
        result[name] = _orthogonal(shape, rng) if recurrent else _glorot_uniform(shape, rng)
    return result


def flattened(weights: Mapping[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """All weights as one vector (parameters,), in their order."""
    return np.concatenate([matrix.ravel() for matrix in weights.values()])


def named(problem: ProblemSpec, model: ModelSpec, flat: npt.NDArray[np.float32]) -> Weights:
    """Views of flat weights (..., parameters) by name, each (..., *shape): the way back from `flattened`."""
    result: Weights = {}
    start = 0
    for name, shape in shapes(problem, model).items():
        stop = start + math.prod(shape)
        result[name] = flat[..., start:stop].reshape(*flat.shape[:-1], *shape)
        start = stop
    return result


def _glorot_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    limit = math.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def _orthogonal(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """A (rows, columns) matrix, rows <= columns, with orthonormal rows (Saxe et al., 2014)."""
    q, r = np.linalg.qr(rng.standard_normal(shape[::-1]))
    return np.ascontiguousarray((q * np.sign(np.diag(r))).T, dtype=np.float32)
