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
BLOCK_NUMBERS = 2**14  # gate values of a timestep that are worked on at once: they stay in the cache


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
            matrices = tuple(
                weights[f"layer{layer}/{side.name}/{matrix}"] for matrix in ("kernel", "recurrent_kernel", "bias")
            )
            source = turned[side.reads] if layer == 1 else merged
            order = range(problem.timesteps)[:: -1 if side.reverse else 1]
            feed = _feed(model, matrices, source, told if layer == 1 else told[:, :0])
            hidden, gates = _branch(model, feed, order, keep=traces is not None)
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


class _Feed(NamedTuple):
    """What a branch works with; sequences last.

    projected(t): the inputs of timestep t (from 0) after their kernel and bias, (gates * units, sequences), to be
        overwritten. Made when it is asked for: a whole sequence of them would not fit the cache
    recurrent_kernel: (gates * units, units). recurrent_bias: (gates * units, 1)
    start: the hidden state before the first timestep, (units, sequences) zeros
    """

    projected: Callable[[int], Array]
    recurrent_kernel: Array
    recurrent_bias: Array
    start: Array


def _feed(model: ModelSpec, matrices: tuple[Array, ...], source: Array, told: Array) -> _Feed:
    """source: (timesteps, inputs, sequences). told: (timesteps, inputs, 1) that all sequences share."""
    kernel, recurrent_kernel = (_turned(matrix) for matrix in matrices[:2])
    bias = _turned(matrices[2]) if model.cell == "gru" else matrices[2][..., None]
    features = source.shape[-2]
    offsets = bias[..., None, :, :1] + kernel[..., None, :, features:] @ told
    kernel = kernel[..., :features]
    if model.cell == "lstm":
        kernel, recurrent_kernel, offsets = (_lstm_scale(one) * one for one in (kernel, recurrent_kernel, offsets))

    def projected(t: int) -> Array:
        result: Array = kernel @ source[..., t, :, :]
        result += offsets[..., t, :, :]
        return result

    lead, kind = matrices[0].shape[:-2], np.result_type(kernel, source)
    start = np.zeros((*lead, model.units, source.shape[-1]), kind)
    return _Feed(projected, recurrent_kernel, bias[..., -1:], start)


def _branch(model: ModelSpec, feed: _Feed, order: range, *, keep: bool) -> tuple[Array, dict[str, Array]]:
    """Hidden states and, if `keep`, gates: (timesteps, units, sequences) each, read in the `order` of timesteps."""
    *lead, units, sequences = feed.start.shape
    hidden = np.empty((*lead, len(order), units, sequences), feed.start.dtype)
    kept = {name: np.empty_like(hidden) for name in GATE_NAMES[model.cell] if keep}
    for t, (state, gates) in zip(order, CELLS[model.cell](feed, order), strict=True):
        hidden[..., t, :, :] = state
        for name, values in kept.items():
            values[..., t, :, :] = gates[name]
    return hidden, kept


def _sigmoid(values: Array) -> Array:
    """1 / (1 + exp(-values)), written so that it cannot overflow."""
    half = values.dtype.type(0.5)
    result: Array = np.tanh(values * half) * half + half
    return result


def _lstm_scale(rows: Array) -> Array:
    """1/2 for the rows (..., 4 * units, columns) of a sigmoid gate, 1 for the candidate's: (4 * units, 1)."""
    return np.repeat(np.array([0.5, 0.5, 1.0, 0.5], rows.dtype), rows.shape[-2] // 4)[:, None]


def _lstm(feed: _Feed, order: range) -> Steps:
    """A sigmoid is tanh(z / 2) / 2 + 1 / 2, so that one tanh serves the four gates; z / 2 is in the weights."""
    hidden = cell = feed.start
    units = hidden.shape[-2]
    scale = _lstm_scale(feed.recurrent_kernel)
    offset = np.where(scale < 1, scale, 0 * scale)
    for t in order:
        z = feed.projected(t)
        z += feed.recurrent_kernel @ hidden
        np.tanh(z, out=z)
        z *= scale
        z += offset
        i, f, g, o = (z[..., gate * units : (gate + 1) * units, :] for gate in range(4))
        cell = f * cell + i * g
        hidden = o * np.tanh(cell)
        yield hidden, {"input": i, "forget": f, "candidate": g, "output": o, "cell": cell}


def _gru(feed: _Feed, order: range) -> Steps:
    hidden = feed.start
    units = hidden.shape[-2]
    for t in order:
        here, inner = feed.projected(t), feed.recurrent_kernel @ hidden + feed.recurrent_bias
        both = _sigmoid(here[..., : 2 * units, :] + inner[..., : 2 * units, :])
        z, r = both[..., :units, :], both[..., units:, :]
        candidate = np.tanh(here[..., 2 * units :, :] + r * inner[..., 2 * units :, :])
        hidden = z * hidden + (1 - z) * candidate
        yield hidden, {"update": z, "reset": r, "candidate": candidate}


def _rnn(feed: _Feed, order: range) -> Steps:
    hidden = feed.start
    for t in order:
        hidden = np.tanh(feed.projected(t) + feed.recurrent_kernel @ hidden)
        yield hidden, {}


CELLS: dict[str, Callable[[_Feed, range], Steps]] = {"lstm": _lstm, "gru": _gru, "rnn": _rnn}
