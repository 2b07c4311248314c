"""Inside a trained network: what each output reacts to, and what its units carry. NumPy only.

Derivatives are forward-mode: the tangents of all chosen values run through the cell equations side by side, beside the
states and gates that inference.py gives. A value that an output has not read has a tangent of zeros all the way, so
its sensitivity is exactly zero.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.choices import MergeMode
from bilstm_core.network.equations import merge
from bilstm_core.network.inference import BranchTrace, trace
from bilstm_core.network.initial_weights import branches, output_width, parameter_count, shapes
from bilstm_core.problems import Batch
from bilstm_core.specs import ModelSpec, ProblemSpec

Array = npt.NDArray[Any]
Source = Callable[[int], Array]  # what of each tangent reaches a layer's gates at a timestep: (tangents, gates)

TRACED_NUMBERS = 2**24  # states and gates that are kept at once while many sequences are traced: 64 MB
MERGED = "merged"


class Units(NamedTuple):
    """What the units of one layer give out, in the order of its outputs.

    parts: by name, (sequences, timesteps, units): each branch, and "merged" where there are two
    """

    layer: int
    parts: dict[str, Array]


def sensitivity(
    problem: ProblemSpec,
    model: ModelSpec,
    weights: Mapping[str, Array],
    x: Array,
    values: Iterable[int] | None = None,
    *,
    features: int | None = None,
) -> Array:
    """|d output t / d value s| of one sequence x (timesteps, features): (timesteps, values), in the weights' precision.

    values: the timesteps (from 0) whose values are moved, by default all; features: how many of the first features are
    moved, by default all
    The output is taken before its activation, so that it does not fade where the model is sure: the log-odds of 1, per
    1 that the value is raised. With several classes it is the length of the change of all their logits less their mean;
    with several features, of the changes by each. A regression's output is in its own unit.
    """
    moved = np.arange(len(x))[list(values) if values is not None else slice(None)]
    count = x.shape[-1] if features is None else features
    precision = np.result_type(x, *weights.values())
    tangent = np.zeros((0, 0, 0), precision)
    traces = trace(problem, model, weights, x[None])
    sides = branches(model)
    for layer in range(1, model.layers + 1):
        seen = traces[(layer - 1) * len(sides) : layer * len(sides)]
        outputs = []
        for side, branch in zip(sides, seen, strict=True):
            matrices = [weights[f"layer{layer}/{side.name}/{name}"] for name in ("kernel", "recurrent_kernel", "bias")]
            if layer > 1:
                source = _from_below(tangent, matrices[0])
            else:
                source = _from_values(moved, matrices[0][:count].astype(precision) * (side.reads == "values"))
            order = range(len(x))[:: -1 if side.reverse else 1]
            result = np.empty((len(x), len(moved) * count, model.units), precision)
            outputs.append(_TANGENTS[model.cell](matrices, branch, source, order, result))
        tangent = _merged_tangents(model.merge_mode, outputs, seen)
    if model.direction == "backward" and model.backward_output == "raw":
        tangent = tangent[::-1]
    change = tangent @ weights["head/kernel"]
    if problem.problem.head == "categorical":
        change = change - change.mean(axis=-1, keepdims=True)
    lengths: Array = np.sqrt(np.square(change.reshape(len(x), len(moved), -1)).sum(axis=-1))
    return lengths


def cost(problem: ProblemSpec, model: ModelSpec, values: int, features: int = 1) -> float:
    """A rough count of multiply-adds of `sensitivity` to so many features of so many values."""
    every = shapes(problem, model).items()
    kernels = [shape for name, shape in every if name.startswith("layer1/") and name.endswith("/kernel")]
    skipped = sum(math.prod(shape) - shape[1] for shape in kernels)  # a moved feature takes one row of them
    return float(problem.timesteps * values * features * (parameter_count(problem, model) - skipped))


def memory(problem: ProblemSpec, model: ModelSpec, values: int, features: int = 1) -> float:
    """About how many bytes `sensitivity` to so many features of so many values takes at its height, in float32."""
    numbers = 2 * output_width(model) + len(branches(model)) * model.units + 3 * problem.problem.outputs
    return 4.0 * problem.timesteps * values * features * numbers


def _from_values(moved: Array, rows: Array) -> Source:
    """What reaches the gates of the first layer: at each timestep the kernel's rows, of the value that is there."""

    def reaching(t: int) -> Array:
        result = np.zeros((len(moved), *rows.shape), rows.dtype)
        result[moved == t] = rows
        return result.reshape(-1, rows.shape[-1])

    return reaching


def _from_below(tangent: Array, kernel: Array) -> Source:
    """What reaches the gates of a further layer. tangent: (timesteps, tangents, inputs)"""
    return lambda t: tangent[t] @ kernel


def _merged_tangents(merge_mode: MergeMode, outputs: list[Array], seen: list[BranchTrace]) -> Array:
    if len(outputs) == 1:
        return outputs[0]
    if merge_mode == "mul":
        states = [branch.hidden[0][:, None] for branch in seen]
        product: Array = outputs[0] * states[1] + outputs[1] * states[0]
        return product
    return merge(merge_mode, *outputs)


def _lstm_tangents(matrices: list[Array], seen: BranchTrace, source: Source, order: range, result: Array) -> Array:
    """d hidden, written into result (timesteps, tangents, units), of what reaches the gates."""
    recurrent = matrices[1]
    i, f, g, o, c = (seen.gates[name][0] for name in ("input", "forget", "candidate", "output", "cell"))
    before = np.zeros_like(c)
    before[order[1:]] = c[order[:-1]]
    squashed = np.tanh(c)
    to_cell = np.stack([i * (1 - i) * g, f * (1 - f) * before, (1 - g**2) * i], axis=1)
    to_hidden, through = squashed * o * (1 - o), o * (1 - squashed**2)
    hidden = cell = np.zeros_like(result[0])
    for t in order:
        z = (source(t) + hidden @ recurrent).reshape(len(hidden), 4, -1)
        cell = f[t] * cell + (z[:, :3] * to_cell[t]).sum(axis=1)
        hidden = z[:, 3] * to_hidden[t] + cell * through[t]
        result[t] = hidden
    return result


def _gru_tangents(matrices: list[Array], seen: BranchTrace, source: Source, order: range, result: Array) -> Array:
    recurrent, bias = matrices[1:]
    z, r, g = (seen.gates[name][0] for name in ("update", "reset", "candidate"))
    units = recurrent.shape[0]
    before = np.zeros_like(z)
    before[order[1:]] = seen.hidden[0][order[:-1]]
    inner = before @ recurrent[:, 2 * units :] + bias[1, 2 * units :]
    to_update, to_reset, to_candidate = z * (1 - z) * (before - g), r * (1 - r) * inner, (1 - z) * (1 - g**2)
    hidden = np.zeros_like(result[0])
    for t in order:
        here = source(t).reshape(len(hidden), 3, -1)
        past = (hidden @ recurrent).reshape(len(hidden), 3, -1)
        candidate = here[:, 2] + r[t] * past[:, 2] + to_reset[t] * (here[:, 1] + past[:, 1])
        hidden = z[t] * hidden + to_update[t] * (here[:, 0] + past[:, 0]) + to_candidate[t] * candidate
        result[t] = hidden
    return result


def _rnn_tangents(matrices: list[Array], seen: BranchTrace, source: Source, order: range, result: Array) -> Array:
    recurrent = matrices[1]
    slope = 1 - np.square(seen.hidden[0])
    hidden = np.zeros_like(result[0])
    for t in order:
        hidden = slope[t] * (source(t) + hidden @ recurrent)
        result[t] = hidden
    return result


_TANGENTS: dict[str, Callable[[list[Array], BranchTrace, Source, range, Array], Array]] = {
    "lstm": _lstm_tangents,
    "gru": _gru_tangents,
    "rnn": _rnn_tangents,
}


def units_of(model: ModelSpec, traces: list[BranchTrace], layer: int | None = None) -> Units:
    """What the units of a layer (from 1, by default the last) give out, before and after the merge.

    A column t is what output t is made of: a backward branch's states are turned where the model's order is raw.
    """
    chosen = model.layers if layer is None else layer
    raw = model.direction == "backward" and model.backward_output == "raw" and chosen == model.layers
    parts = {
        branch.branch: branch.hidden[:, ::-1] if raw else branch.hidden for branch in traces if branch.layer == chosen
    }
    if len(parts) == 2:
        parts[MERGED] = merge(model.merge_mode, *parts.values())
    return Units(chosen, parts)


def ties(problem: ProblemSpec, model: ModelSpec, weights: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
    """How closely each unit of the last layer goes with the label: by part as in `Units`, (units,) from -1 to 1.

    The correlation of the unit's state with the label over all real timesteps of the batch; 0 for a constant state.
    """
    held = problem.timesteps * model.units * 6 * model.layers * len(branches(model))
    size = max(1, TRACED_NUMBERS // held)
    pieces: dict[str, list[Array]] = {}
    for start in range(0, len(batch.x), size):
        traces = trace(problem, model, weights, batch.x[start : start + size])
        for name, states in units_of(model, traces).parts.items():
            pieces.setdefault(name, []).append(states[batch.mask[start : start + size]])
    label = batch.y[..., 0][batch.mask].astype(np.float64)
    return {name: _correlations(np.concatenate(part).astype(np.float64), label) for name, part in pieces.items()}


def _correlations(states: Array, label: Array) -> Array:
    """(units,) of states (rows, units) with label (rows,)."""
    states, label = states - states.mean(axis=0), label - label.mean()
    scale = np.sqrt(np.square(states).sum(axis=0) * np.square(label).sum())
    ties: Array = np.divide(label @ states, scale, out=np.zeros_like(scale), where=scale > 0)
    return ties


def unit_name(model: ModelSpec, part: str, unit: int) -> str:
    """What a unit (from 0) of a part is called: concat's merged units keep the name of their branch."""
    if part == MERGED and model.merge_mode == "concat":
        names = [side.name for side in branches(model)]
        return f"{names[unit // model.units]} {unit % model.units + 1}"
    return str(unit + 1)


def chosen_units(model: ModelSpec, tied: Mapping[str, Array], count: int = 8) -> dict[str, list[int]]:
    """The `count` units (from 0) of each part that go most closely with the label, the closest first.

    Where the merge makes one number of two, the units are those of the merged numbers in every part, so that a row can
    be followed through the merge.
    """
    order = {name: np.argsort(-np.abs(values), kind="stable")[:count].tolist() for name, values in tied.items()}
    if MERGED in order and model.merge_mode != "concat":
        return dict.fromkeys(order, order[MERGED])
    return order


def states_frame(
    model: ModelSpec, units: Units, tied: Mapping[str, Array], chosen: Mapping[str, list[int]]
) -> pd.DataFrame:
    """The states of the chosen units for the first sequence: panel, unit (its name), correlation, timestep, value."""
    rows = [(part, unit) for part in units.parts for unit in chosen[part]]
    steps = next(iter(units.parts.values())).shape[1]
    columns = {
        "panel": [part for part, _ in rows],
        "unit": [unit_name(model, part, unit) for part, unit in rows],
        "correlation": [float(tied[part][unit]) for part, unit in rows],
    }
    states = [units.parts[part][0, :, unit] for part, unit in rows]
    return pd.DataFrame(
        {
            **{name: np.repeat(np.array(column), steps) for name, column in columns.items()},
            "timestep": np.tile(np.arange(1, steps + 1), len(rows)),
            "value": np.concatenate(states),
        }
    )


def gates_frame(branch: BranchTrace, unit: int) -> pd.DataFrame:
    """One unit (from 0) of the first sequence through time: timestep, a column for each gate, hidden.

    Timesteps are those that the branch had just read.
    """
    signals = {name: values[0, :, unit] for name, values in {**branch.gates, "hidden": branch.hidden}.items()}
    return pd.DataFrame({"timestep": np.arange(1, branch.hidden.shape[1] + 1), **signals})


def sensitivity_frame(matrix: Array, first: int = 1) -> pd.DataFrame:
    """A sensitivity matrix as a table: output, value, sensitivity; its first row and column are timestep `first`."""
    outputs, values = np.indices(matrix.shape)
    return pd.DataFrame(
        {"output": outputs.ravel() + first, "value": values.ravel() + first, "sensitivity": matrix.ravel()}
    )
