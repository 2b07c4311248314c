"""The cell equations in NumPy, from a run's weights: logits, probabilities, hidden states and gates.

An independent second writing of what Keras's layers and the compiled programs compute, fast for a few sequences. How a
cell works is read in equations.py, which a test holds this to. Weights may have leading axes (seeds, snapshots), the
same for all of them; outputs then have them too. All arithmetic is in the weights' own precision.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bilstm_core.network.equations import merge, sigmoid
from bilstm_core.network.initial_weights import branches
from bilstm_core.random_streams import Stream, generator
from bilstm_core.specs import GATES, ModelSpec, ProblemSpec

Array = npt.NDArray[Any]
Steps = Iterator[dict[str, Array]]  # the gates after each timestep, overwritten by the next; so is the hidden state

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
        return sigmoid(outputs)
    if head == "categorical":
        powers: Array = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
        chances: Array = powers / powers.sum(axis=-1, keepdims=True)
        return chances
    return outputs


def decisions(head: str, chances: Array) -> tuple[Array, Array]:
    """(predicted, probability), each (..., timesteps), of what the head says (..., timesteps, outputs)."""
    if head == "categorical":
        return chances.argmax(axis=-1), chances.max(axis=-1)
    probability = chances[..., 0]
    return ((probability >= 0.5).astype(np.int64) if head == "binary" else probability), probability


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
        part = {name: values[start : start + size] for name, values in readings.items()}
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
    turned = {name: values.transpose(1, 2, 0) for name, values in readings.items()}
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
        merged = outputs[0] if len(outputs) == 1 else merge(model.merge_mode, *outputs, axis=-2)
    return merged


class _Feed(NamedTuple):
    """What a branch works with; sequences last, and lead stands for the weights' leading axes.

    Hidden state, inputs and a one for the biases lie under one another, so that a timestep takes one product.

    weights: (*lead, rows, units + inputs + 1), rows as `_rows` puts them
    offsets: (*lead, timesteps or 1, rows, 1), the last column of weights at each timestep
    source: (*lead, timesteps, inputs, sequences)
    state: (*lead, units + inputs + 1, sequences)
    product: (*lead, rows, sequences), overwritten at each timestep
    """

    weights: Array
    offsets: Array
    source: Array
    state: Array
    product: Array

    def at(self, t: int) -> Array:
        """Every gate before its activation at timestep t (from 0), to be overwritten."""
        inputs = self.source.shape[-2]
        self.state[..., -1 - inputs : -1, :] = self.source[..., t, :, :]
        if self.offsets.shape[-3] > 1:
            self.weights[..., -1:] = self.offsets[..., t, :, :]
        return np.matmul(self.weights, self.state, out=self.product)


def _feed(model: ModelSpec, matrices: tuple[Array, ...], source: Array, told: Array) -> _Feed:
    """source: (timesteps, inputs, sequences). told: (timesteps, inputs, 1) that all sequences share."""
    features, units = source.shape[-2], model.units
    kernel, recurrent_kernel = (_turned(matrix) for matrix in matrices[:2])
    biases = _turned(matrices[2]) if model.cell == "gru" else matrices[2][..., None]
    timed = told if told.shape[-2] else told[:1]
    offsets = biases[..., None, :, :1] + kernel[..., None, :, features:] @ timed
    lead = kernel.shape[:-2]
    by_hidden, by_inputs, by_one = _rows(model, recurrent_kernel, kernel[..., :features], offsets, biases[..., 1:])
    weights = np.concatenate([by_hidden, by_inputs, by_one[..., 0, :, :]], axis=-1)
    sequences, kind = source.shape[-1], np.result_type(kernel, source)
    state = np.zeros((*lead, units + features + 1, sequences), kind)
    state[..., -1, :] = 1
    return _Feed(weights, by_one, source, state, np.empty((*lead, weights.shape[-2], sequences), kind))


def _rows(model: ModelSpec, hidden: Array, inputs: Array, offsets: Array, further: Array) -> tuple[Array, ...]:
    """The rows by hidden state, inputs and one: Keras's gates as the cells below want them.

    LSTM: input, forget, output, candidate; the first three halved, for a sigmoid is tanh(z / 2) / 2 + 1 / 2
    GRU: update, reset, the candidate's part by the hidden state, that by the inputs
    """
    units = model.units
    if model.cell == "lstm":
        order = np.r_[0 : 2 * units, 3 * units : 4 * units, 2 * units : 3 * units]
        halves = np.repeat(np.array([0.5, 1.0], hidden.dtype), [3 * units, units])[:, None]
        return hidden[..., order, :] * halves, inputs[..., order, :] * halves, offsets[..., order, :] * halves
    if model.cell == "gru":
        both, own = slice(0, 2 * units), slice(2 * units, None)
        further = np.broadcast_to(further[..., None, :, :], offsets.shape)
        return (
            np.concatenate([hidden, np.zeros_like(hidden[..., own, :])], axis=-2),
            np.concatenate([inputs[..., both, :], np.zeros_like(inputs[..., own, :]), inputs[..., own, :]], axis=-2),
            np.concatenate(
                [offsets[..., both, :] + further[..., both, :], further[..., own, :], offsets[..., own, :]], axis=-2
            ),
        )
    return hidden, inputs, offsets


def _branch(model: ModelSpec, feed: _Feed, order: range, *, keep: bool) -> tuple[Array, dict[str, Array]]:
    """Hidden states and, if `keep`, gates: (timesteps, units, sequences) each, read in the `order` of timesteps."""
    *lead, _, sequences = feed.state.shape
    hidden = np.empty((*lead, len(order), model.units, sequences), feed.state.dtype)
    histories = {name: np.empty_like(hidden) for name in GATE_NAMES[model.cell] if keep}
    state = feed.state[..., : model.units, :]
    for t, gates in zip(order, CELLS[model.cell](feed, state, order), strict=True):
        hidden[..., t, :, :] = state
        for name, values in histories.items():
            values[..., t, :, :] = gates[name]
    return hidden, histories


def _lstm(feed: _Feed, hidden: Array, order: range) -> Steps:
    units = hidden.shape[-2]
    c, part = np.zeros_like(hidden), np.empty_like(hidden)
    for t in order:
        z = feed.at(t)
        np.tanh(z, out=z)
        sigmoids = z[..., : 3 * units, :]
        sigmoids *= 0.5
        sigmoids += 0.5
        i, f, o, g = (z[..., gate * units : (gate + 1) * units, :] for gate in range(4))
        c *= f
        c += np.multiply(i, g, out=part)
        np.multiply(o, np.tanh(c, out=part), out=hidden)
        yield {"input": i, "forget": f, "candidate": g, "output": o, "cell": c}


def _gru(feed: _Feed, hidden: Array, order: range) -> Steps:
    units = hidden.shape[-2]
    for t in order:
        rows = feed.at(t)
        both = sigmoid(rows[..., : 2 * units, :])
        z, r = both[..., :units, :], both[..., units:, :]
        candidate = np.tanh(rows[..., 3 * units :, :] + r * rows[..., 2 * units : 3 * units, :])
        hidden[...] = z * hidden + (1 - z) * candidate
        yield {"update": z, "reset": r, "candidate": candidate}


def _rnn(feed: _Feed, hidden: Array, order: range) -> Steps:
    for t in order:
        np.tanh(feed.at(t), out=hidden)
        yield {}


CELLS: dict[str, Callable[[_Feed, Array, range], Steps]] = {"lstm": _lstm, "gru": _gru, "rnn": _rnn}
