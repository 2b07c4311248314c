"""The cell equations in NumPy, from a run's weights: logits, probabilities, hidden states and gates.

An independent second writing of what Keras's layers and the compiled programs compute, and the fast one for a
few sequences. Weights may have leading axes (seeds, snapshots), the same for all of them; outputs then have them
too. All arithmetic is in the weights' own precision.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bilstm_core.initial_weights import GATES, branches
from bilstm_core.specs import ModelSpec, ProblemSpec
from bilstm_core.streams import Stream, generator

Array = npt.NDArray[Any]
Steps = Iterator[tuple[Array, dict[str, Array]]]  # the hidden state and the gates after each timestep

CONSTANT = 0.5  # what a branch fed a constant reads in the place of every feature: the mean of uniform values
GATE_NAMES = {
    "lstm": ("input", "forget", "candidate", "output", "cell"),
    "gru": ("update", "reset", "candidate"),
    "rnn": (),
}
BLOCK_NUMBERS = 2**14  # gate values a timestep that are worked on at once: they stay in the cache


class BranchTrace(NamedTuple):
    """What one branch of one layer does, aligned to the timesteps that it reads.

    layer: from 1. branch: "forward", "backward" or "second"
    hidden: (sequences, timesteps, units), what the cell gives out
    gates: by name, each (sequences, timesteps, units), after their activation; an LSTM's "cell" state is among them
    """

    layer: int
    branch: str
    hidden: Array
    gates: dict[str, Array]


def position_inputs(timesteps: int, position: str) -> npt.NDArray[np.float32]:
    """The extra inputs that tell the timestep, (timesteps, 0, 1 or timesteps)."""
    if position == "fraction":
        return (np.arange(1, timesteps + 1, dtype=np.float32) / np.float32(timesteps))[:, None]
    return np.eye(timesteps, timesteps if position == "one_hot" else 0, dtype=np.float32)


def draw_noise(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """What a branch fed noise reads in the place of the features: uniform values that tell nothing of the input."""
    return rng.random(shape, dtype=np.float32)


def probabilities(
    problem: ProblemSpec,
    model: ModelSpec,
    weights: Mapping[str, Array],
    x: Array,
    noise_rng: np.random.Generator | None = None,
) -> Array:
    """(sequences, timesteps, outputs) of x (sequences, timesteps, features); plain outputs for a regression.

    noise_rng draws what a branch fed noise reads; without it the noise is the same at every call.
    """
    return activated(problem.problem.head, logits(problem, model, weights, x, noise_rng))


def activated(head: str, outputs: Array) -> Array:
    """The head's activation: sigmoid, softmax over the last axis, or none."""
    if head == "binary":
        return _sigmoid(outputs)
    if head == "categorical":
        powers: Array = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
        chances: Array = powers / powers.sum(axis=-1, keepdims=True)
        return chances
    return outputs


def logits(
    problem: ProblemSpec,
    model: ModelSpec,
    weights: Mapping[str, Array],
    x: Array,
    noise_rng: np.random.Generator | None = None,
) -> Array:
    """As `probabilities`, before the head's activation."""
    kernel, bias = weights["head/kernel"], weights["head/bias"]
    readings = _readings(model, x, noise_rng)
    size = max(1, BLOCK_NUMBERS // (GATES[model.cell] * model.units))
    result = np.empty((*kernel.shape[:-2], *x.shape[:2], kernel.shape[-1]), np.result_type(kernel, x))
    for start in range(0, len(x), size):
        part = {name: one[start : start + size] for name, one in readings.items()}
        outputs = _turned(kernel)[..., None, :, :] @ _merged_layers(problem, model, weights, part)
        result[..., start : start + size, :, :] = np.moveaxis(outputs, -1, -3) + bias[..., None, None, :]
    return result


def trace(
    problem: ProblemSpec,
    model: ModelSpec,
    weights: Mapping[str, Array],
    x: Array,
    noise_rng: np.random.Generator | None = None,
) -> list[BranchTrace]:
    """What each branch of each layer does with x (sequences, timesteps, features), layer by layer.

    Hidden states and gates of a backward branch are those at the timestep it had just read, whatever order the
    model gives its outputs in.
    """
    traces: list[BranchTrace] = []
    _merged_layers(problem, model, weights, _readings(model, x, noise_rng), traces)
    return traces


def _readings(model: ModelSpec, x: Array, noise_rng: np.random.Generator | None) -> dict[str, Array]:
    readings = {"values": x}
    for side in branches(model):
        if side.reads == "noise":
            readings["noise"] = draw_noise(x.shape, noise_rng or generator(0, Stream.NOISE))
        elif side.reads == "constant":
            readings["constant"] = np.full_like(x, CONSTANT)
    return readings


def _turned(matrix: Array) -> Array:
    return np.swapaxes(matrix, -1, -2)


def _merged_layers(
    problem: ProblemSpec,
    model: ModelSpec,
    weights: Mapping[str, Array],
    readings: dict[str, Array],
    traces: list[BranchTrace] | None = None,
) -> Array:
    """The last layer's outputs, (timesteps, width, sequences), from what the branches read.

    Sequences come last throughout: so each gate is one piece of memory, however few the units.
    """
    told = position_inputs(problem.timesteps, model.position)[..., None]
    turned = {name: one.transpose(1, 2, 0) for name, one in readings.items()}
    merged: Array = np.zeros(0)
    for layer in range(1, model.layers + 1):
        outputs = []
        for side in branches(model):
            kernel, recurrent_kernel, bias = (
                weights[f"layer{layer}/{side.name}/{matrix}"] for matrix in ("kernel", "recurrent_kernel", "bias")
            )
            kernel = _turned(kernel)[..., None, :, :]
            if layer > 1:
                projected = kernel @ merged
            else:
                values = turned[side.reads]
                features = values.shape[1]
                projected = kernel[..., :features] @ values
                if model.position != "none":
                    projected += kernel[..., features:] @ told
            order = range(problem.timesteps)[:: -1 if side.reverse else 1]
            hidden, gates = _branch(model, projected, recurrent_kernel, bias=bias, order=order, keep=traces is not None)
            if traces is not None:
                aligned = {name: np.moveaxis(gate, -1, -3) for name, gate in gates.items()}
                traces.append(BranchTrace(layer, side.name, np.moveaxis(hidden, -1, -3), aligned))
            raw = model.direction == "backward" and model.backward_output == "raw" and layer == model.layers
            outputs.append(hidden[..., ::-1, :, :] if raw else hidden)
        merged = _merged(model.merge_mode, outputs)
    return merged


def _merged(merge_mode: str, outputs: list[Array]) -> Array:
    if len(outputs) == 1:
        return outputs[0]
    first, second = outputs
    if merge_mode == "concat":
        return np.concatenate(outputs, axis=-2)
    if merge_mode == "mul":
        return np.multiply(first, second)
    both = np.add(first, second)
    return both if merge_mode == "sum" else np.divide(both, 2)


def _branch(
    model: ModelSpec, projected: Array, recurrent_kernel: Array, *, bias: Array, order: range, keep: bool
) -> tuple[Array, dict[str, Array]]:
    """Hidden states and, if `keep`, gates: (timesteps, units, sequences) each, whatever the order of reading.

    projected: (timesteps, gates * units, sequences). order: the timesteps as they are read
    """
    hidden = np.empty((*projected.shape[:-2], model.units, projected.shape[-1]), projected.dtype)
    kept = {name: np.empty_like(hidden) for name in GATE_NAMES[model.cell] if keep}
    steps = CELLS[model.cell](
        projected, _turned(recurrent_kernel), _turned(bias if model.cell == "gru" else bias[..., None, :]), order
    )
    for t, (state, gates) in zip(order, steps, strict=True):
        hidden[..., t, :, :] = state
        for name, values in kept.items():
            values[..., t, :, :] = gates[name]
    return hidden, kept


def _sigmoid(values: Array) -> Array:
    """1 / (1 + exp(-values)), written so that it cannot overflow."""
    half = values.dtype.type(0.5)
    result: Array = np.tanh(values * half) * half + half
    return result


def _lstm(projected: Array, recurrent_kernel: Array, bias: Array, order: range) -> Steps:
    """A sigmoid is tanh(z / 2) / 2 + 1 / 2, so that one tanh serves the four gates."""
    units = recurrent_kernel.shape[-1]
    scale = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], projected.dtype), units)[:, None]
    offset = np.repeat(np.array([0.5, 0.5, 0.0, 0.5], projected.dtype), units)[:, None]
    projected = (projected + bias[..., None, :, :]) * scale
    recurrent_kernel = recurrent_kernel * scale
    hidden = cell = _zeros(projected, units)
    for t in order:
        z = recurrent_kernel @ hidden
        z += projected[..., t, :, :]
        np.tanh(z, out=z)
        z *= scale
        z += offset
        i, f, g, o = (z[..., gate * units : (gate + 1) * units, :] for gate in range(4))
        cell = f * cell + i * g
        hidden = o * np.tanh(cell)
        yield hidden, {"input": i, "forget": f, "candidate": g, "output": o, "cell": cell}


def _gru(projected: Array, recurrent_kernel: Array, bias: Array, order: range) -> Steps:
    units = recurrent_kernel.shape[-1]
    projected = projected + bias[..., None, :, :1]
    hidden = _zeros(projected, units)
    for t in order:
        here, inner = projected[..., t, :, :], recurrent_kernel @ hidden + bias[..., 1:]
        both = _sigmoid(here[..., : 2 * units, :] + inner[..., : 2 * units, :])
        z, r = both[..., :units, :], both[..., units:, :]
        candidate = np.tanh(here[..., 2 * units :, :] + r * inner[..., 2 * units :, :])
        hidden = z * hidden + (1 - z) * candidate
        yield hidden, {"update": z, "reset": r, "candidate": candidate}


def _rnn(projected: Array, recurrent_kernel: Array, bias: Array, order: range) -> Steps:
    projected = projected + bias[..., None, :, :]
    hidden = _zeros(projected, recurrent_kernel.shape[-1])
    for t in order:
        hidden = np.tanh(projected[..., t, :, :] + recurrent_kernel @ hidden)
        yield hidden, {}


def _zeros(projected: Array, units: int) -> Array:
    return np.zeros((*projected.shape[:-3], units, projected.shape[-1]), projected.dtype)


CELLS: dict[str, Callable[[Array, Array, Array, range], Steps]] = {"lstm": _lstm, "gru": _gru, "rnn": _rnn}
