"""A ModelSpec as the Keras code that a tutorial has, its seeded initial weights and its data."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bilstm_core.export.sequences import names
from bilstm_core.network.initial_weights import BRANCH_NUMBERS, branches
from bilstm_core.specs import ModelSpec, ProblemSpec

BLOCK = 1_024  # sequences that a stream of random numbers gives: those of any training begin with the same
CELLS = {"lstm": "LSTM", "gru": "GRU", "rnn": "SimpleRNN"}
ACTIVATIONS = {"binary": ', activation="sigmoid"', "categorical": ', activation="softmax"', "regression": ""}
MERGES = {"concat": "Concatenate", "sum": "Add", "mul": "Multiply", "ave": "Average"}
LOSSES = {
    "binary": ("binary_crossentropy", "BinaryCrossentropy"),
    "categorical": ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"),
    "regression": ("mse", "MeanSquaredError"),
}

INITIAL_WEIGHTS = '''def set_initial_weights(layers, seed):
    """Keras's own default distributions, with random numbers of its own for each matrix."""
    for place, layer in layers.items():  # (layer, branch), the head is (0, 0)
        kernel, *recurrent, bias = layer.get_weights()
        rng = np.random.default_rng([seed, 3, *place, 0])
        limit = np.sqrt(6 / sum(kernel.shape))  # Glorot and Bengio, 2010
        kernel = rng.uniform(-limit, limit, kernel.shape)
        if recurrent:  # orthonormal rows, Saxe et al., 2014
            rng = np.random.default_rng([seed, 3, *place, 1])
            q, r = np.linalg.qr(rng.standard_normal(recurrent[0].shape[::-1]))
            recurrent = [(q * np.sign(np.diag(r))).T]
        layer.set_weights([kernel, *recurrent, bias])'''


class Layers(NamedTuple):
    """The code between a model's inputs and its head.

    lines: they end with `outputs`, (batch, timesteps, outputs)
    cells: the layers with weights, by the number of layer and branch, as items of a dictionary
    """

    lines: list[str]
    cells: list[str]


def reads_noise(models: Sequence[ModelSpec]) -> bool:
    """Whether a branch of any of the models is fed noise."""
    return any(side.reads == "noise" for model in models for side in branches(model))


def layers(model: ModelSpec, *, values: str = "inputs", units: str = "UNITS", merge_mode: str = "") -> Layers:
    """The recurrent layers. values: what they read; units, merge_mode: how the code names these, if it does"""
    sides = branches(model)
    uninformed = any(side.reads != "values" for side in sides)
    lines, cells, outputs = _told(model, values), list[str](), "told" if model.position != "none" else values
    new = f"keras.layers.{CELLS[model.cell]}({units}, return_sequences=True"
    for layer in range(1, model.layers + 1):
        number = f"_{layer}" if model.layers > 1 else ""
        if model.direction == "bidirectional" and not uninformed:
            mode = merge_mode or f'"{model.merge_mode}"'
            merge = f", merge_mode={mode}" if mode != '"concat"' else ""
            lines += [f"cell{number} = {new})", f"both{number} = keras.layers.Bidirectional(cell{number}{merge})"]
            lines.append(f"outputs = both{number}({outputs})")
            cells += [f"({layer}, 0): both{number}.forward_layer", f"({layer}, 1): both{number}.backward_layer"]
        else:
            for side in sides:
                lines.append(f"{side.name}{number} = {new}{', go_backwards=True' if side.reverse else ''})")
                cells.append(f"({layer}, {BRANCH_NUMBERS[side.name]}): {side.name}{number}")
            raw = model.backward_output == "raw" and layer == model.layers
            lines += _uninformed(model, outputs, values) if uninformed else []
            if not uninformed:
                read = f"{sides[0].name}{number}({outputs})"
                turned = sides[0].reverse and not raw
                lines.append(f"outputs = {f'keras.ops.flip({read}, axis=1)' if turned else read}")
        outputs = "outputs"
    return Layers(lines, cells)


def _told(model: ModelSpec, values: str) -> list[str]:
    """What tells a network the timestep."""
    time = {
        "fraction": "np.arange(1, TIMESTEPS + 1, dtype=np.float32)[:, None] / TIMESTEPS",
        "one_hot": "np.eye(TIMESTEPS, dtype=np.float32)",
    }.get(model.position)
    if time is None:
        return []
    time_of_each = f"time = keras.ops.ones_like({values}) * time"
    return [f"time = {time}", time_of_each, f"told = keras.layers.Concatenate()([{values}, time])"]


def _uninformed(model: ModelSpec, outputs: str, values: str) -> list[str]:
    """The merge of a forward branch with one that is told nothing of the values."""
    second = branches(model)[1]
    blind = "noise" if second.reads == "noise" else f"0.5 * keras.ops.ones_like({values})"
    lines = [f"blind = {blind}  # nothing of the values"]
    if model.position != "none":
        lines.append("blind = keras.layers.Concatenate()([blind, time])")
    read = f"{second.name}(blind)"
    lines.append(f"blind = {f'keras.ops.flip({read}, axis=1)' if second.reverse else read}")
    return [*lines, f"outputs = keras.layers.{MERGES[model.merge_mode]}()([forward({outputs}), blind])"]


def inputs(problem: ProblemSpec, noise: bool) -> tuple[list[str], str]:
    """The lines that make the model's inputs, and the name of the values among them."""
    if not noise:
        return [f"inputs = keras.Input((TIMESTEPS, {problem.problem.features}))"], "inputs"
    width = 2 * problem.problem.features
    return [
        f"inputs = keras.Input((TIMESTEPS, {width}))",
        "values, noise = keras.ops.split(inputs, 2, axis=-1)",
    ], "values"


def head(problem: ProblemSpec) -> list[str]:
    """The lines that make the model of its inputs and outputs."""
    declared = problem.problem
    return [
        f"head = keras.layers.Dense({declared.outputs}{ACTIVATIONS[declared.head]})",
        "model = keras.Model(inputs, head(outputs))",
    ]


def start(cells: Sequence[str], seed: str) -> str:
    """The line that sets the initial weights. cells: as of `layers`"""
    line = f"set_initial_weights({{{', '.join([*cells, '(0, 0): head'])}}}, {seed})"
    if len(line) <= 100:
        return line
    return "\n".join(
        [
            "cells = {",
            *(f"    {cell}," for cell in cells),
            "}",
            f"set_initial_weights({{**cells, (0, 0): head}}, {seed})",
        ]
    )


def compiled(problem: ProblemSpec, learning_rate: float) -> str:
    """The line that compiles the model."""
    declared = problem.problem
    plain, kind = LOSSES[declared.head]
    optimizer = f"keras.optimizers.Adam({learning_rate!r})"
    if not declared.padded:
        return f'model.compile({optimizer}, loss="{plain}")'
    loss = f'loss = keras.losses.{kind}(reduction="mean_with_sample_weight")  # of real timesteps'
    return f"{loss}\nmodel.compile({optimizer}, loss=loss)"


def training_sequences(problem: ProblemSpec, noise: bool) -> str:
    """The function `training_sequences(seed, count)`."""
    drawn = names(problem)
    lines = [
        "def training_sequences(seed, count):",
        '    """The first `count` of an endless stream, which is drawn 1,024 at a time."""',
        "    blocks = []",
        f"    for block in range(-(-count // {BLOCK:_})):",
        f"        {drawn} = draw_sequences({BLOCK:_}, np.random.default_rng([seed, 0, block]))",
        *(f"        {line}" for line in (fed_noise("[seed, 4, block]") if noise else [])),
        f"        blocks.append(({drawn}))",
        "    return [np.concatenate(part)[:count] for part in zip(*blocks)]",
    ]
    return "\n".join(lines)


def fed_noise(stream: str) -> list[str]:
    """The lines that put noise beside the values. stream: of random numbers"""
    return [
        f"noise = np.random.default_rng({stream}).random(x.shape, dtype=np.float32)",
        "x = np.concatenate([x, noise], axis=-1)  # what a branch reads that is told nothing",
    ]


def fresh(problem: ProblemSpec, sequences: int, noise: bool) -> list[str]:
    """The lines that draw what models are evaluated on."""
    lines = [f"{names(problem)} = draw_sequences({sequences:_}, np.random.default_rng([0, 2]))"]
    return [*lines, *(fed_noise("[0, 4]") if noise else [])]


def weighted(problem: ProblemSpec, batch: str) -> str:
    """The arguments of `train_on_batch`. batch: the sequences of x, y and mask that it takes"""
    return ", ".join(
        [f"x[{batch}]", f"y[{batch}]", *([f"sample_weight=mask[{batch}]"] if problem.problem.padded else [])]
    )


def right(problem: ProblemSpec) -> Mapping[str, str]:
    """Of `answers` to x: whether each is right, and the shares of single ones and of whole sequences."""
    declared = problem.problem
    predicted = "answers.argmax(axis=-1, keepdims=True)" if declared.head == "categorical" else "(answers >= 0.5)"
    padded = declared.padded
    return {
        "right": f"right = {predicted} == y",
        "single": f"right{'[mask]' if padded else ''}.mean()",
        "whole": f"{'(right | ~mask[..., None])' if padded else 'right'}.all(axis=1).mean()",
    }
