"""Ordinary Keras models of a ModelSpec: the reference that programs are held to, and what a run leaves behind."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy.typing as npt

from bilstm_core.choices import unknown_merge_mode
from bilstm_core.extras import TO_TRAIN

try:
    import keras
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(TO_TRAIN, name=error.name) from error

from bilstm_core.network.inference import CONSTANT
from bilstm_core.network.initial_weights import branches, initial_weights
from bilstm_core.specs import ModelSpec, ProblemSpec

PACKAGE = "bilstm_explorer"
CELLS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}
LOSSES = {"binary": "binary_crossentropy", "categorical": "sparse_categorical_crossentropy", "regression": "mse"}
MASKED_LOSSES = {
    "binary": keras.losses.BinaryCrossentropy,
    "categorical": keras.losses.SparseCategoricalCrossentropy,
    "regression": keras.losses.MeanSquaredError,
}
ACTIVATIONS = {"binary": "sigmoid", "categorical": "softmax", "regression": None}


@keras.saving.register_keras_serializable(PACKAGE)
class UninformedBranch(keras.layers.Layer):  # type: ignore[misc]
    """A forward branch that reads the input, merged with a second one that is told nothing of it.

    cell, units, merge_mode: as in ModelSpec
    features: how many of the inputs are the problem's; what follows them, the position, is left to the second branch
    reads: "constant" (0.5) or "noise" (uniform on [0, 1), drawn anew at every call) in the place of the features
    reverse: whether the second branch reads from the last timestep to the first
    """

    def __init__(
        self, *, cell: str, units: int, merge_mode: str, features: int, reads: str, reverse: bool, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.config = {
            "cell": cell,
            "units": units,
            "merge_mode": merge_mode,
            "features": features,
            "reads": reads,
            "reverse": reverse,
        }
        self.features, self.reads, self.reverse = features, reads, reverse
        self.merge_mode = merge_mode
        self.first = CELLS[cell](units, return_sequences=True, name="first")
        self.second = CELLS[cell](units, return_sequences=True, go_backwards=reverse, name="second")
        self.noise = keras.random.SeedGenerator()

    def build(self, input_shape: Any) -> None:
        self.first.build(input_shape)
        self.second.build(input_shape)
        self.built = True

    def call(self, inputs: Any) -> Any:
        values, told = inputs[..., : self.features], inputs[..., self.features :]
        if self.reads == "noise":
            replaced = keras.random.uniform(keras.ops.shape(values), seed=self.noise)
        else:
            replaced = keras.ops.full_like(values, CONSTANT)
        second = self.second(keras.ops.concatenate([replaced, told], axis=-1))
        return _merged(self.merge_mode, self.first(inputs), _reversed(second) if self.reverse else second)

    def get_config(self) -> dict[str, Any]:
        return dict(super().get_config()) | self.config


def _merged(merge_mode: str, first: Any, second: Any) -> Any:
    """As Bidirectional merges. Raises ValueError for another merge mode."""
    if merge_mode == "concat":
        return keras.ops.concatenate([first, second], axis=-1)
    if merge_mode == "mul":
        return first * second
    if merge_mode == "sum":
        return first + second
    if merge_mode == "ave":
        return (first + second) / 2
    raise unknown_merge_mode(merge_mode)


def _reversed(outputs: Any) -> Any:
    """(batch, timesteps, features) turned round in time."""
    return keras.ops.flip(outputs, axis=1)


def _position(problem: ProblemSpec, model: ModelSpec, inputs: Any) -> Any:
    """What `position_inputs` gives each sequence, (batch, timesteps, inputs), made of the inputs by plain operations.

    A constant of its own would not be saved with the graph.
    """
    number = keras.ops.cumsum(keras.ops.ones_like(inputs[..., :1]), axis=1)
    if model.position == "fraction":
        return keras.ops.divide(number, problem.timesteps)
    place = keras.ops.subtract(keras.ops.squeeze(number, axis=-1), 1)
    return keras.ops.one_hot(keras.ops.cast(place, "int32"), problem.timesteps)


def build_model(problem: ProblemSpec, model: ModelSpec, *, learning_rate: float = 1e-3, seed: int = 0) -> keras.Model:
    """A compiled Keras model, (batch, timesteps, features) to (batch, timesteps, outputs).

    Its initial weights are those of `initial_weights(problem, model, seed)`, and in their order. Padding is read like
    any value; train and evaluate a padded problem's model with sample_weight=mask, (batch, timesteps), so that loss
    and accuracy are means over real timesteps.
    """
    problem, model = problem.canonical(), model.canonical()
    result = _network(problem, model, _uninformed)
    result.set_weights(list(initial_weights(problem, model, seed).values()))
    _compile(result, problem, learning_rate)
    return result


def plain_model(
    problem: ProblemSpec, model: ModelSpec, weights: Mapping[str, npt.NDArray[Any]], *, learning_rate: float = 1e-3
) -> keras.Model:
    """As `build_model`, of Keras's own layers and operations alone: where it is saved, plain Keras loads it.

    weights: by name, as a run has them. Each layer is named after the branch whose weights it has; the order of
    `get_weights()` is the graph's, and may be another than theirs.
    Raises ValueError for a branch fed noise, which only a layer of our own draws anew at every call.
    """
    problem, model = problem.canonical(), model.canonical()
    sides = branches(model)
    if any(side.reads == "noise" for side in sides):
        raise ValueError("Plain Keras has no layer that draws noise anew at every call.")
    result = _network(problem, model, _plain_uninformed)
    for layer in range(1, model.layers + 1):
        matrices = {
            side.name: [weights[f"layer{layer}/{side.name}/{name}"] for name in ("kernel", "recurrent_kernel", "bias")]
            for side in sides
        }
        if model.second_branch != "backward":
            for name, own in matrices.items():
                result.get_layer(f"layer{layer}_{name}").set_weights(own)
        else:
            result.get_layer(f"layer{layer}").set_weights([matrix for own in matrices.values() for matrix in own])
    result.get_layer("head").set_weights([weights["head/kernel"], weights["head/bias"]])
    _compile(result, problem, learning_rate)
    return result


def _network(problem: ProblemSpec, model: ModelSpec, uninformed: Callable[[ModelSpec, int, Any, Any], Any]) -> Any:
    """uninformed: how a layer is made whose second branch is told nothing of the input."""
    declared = problem.problem
    inputs = keras.Input((problem.timesteps, declared.features), name="sequence")
    position = None if model.position == "none" else _position(problem, model, inputs)
    outputs = inputs if position is None else keras.ops.concatenate([inputs, position], axis=-1)
    for layer in range(1, model.layers + 1):
        if model.second_branch == "backward":
            outputs = _layer(model, layer, outputs)
        else:
            outputs = uninformed(model, layer, inputs, position)
    dense = keras.layers.Dense(declared.outputs, activation=ACTIVATIONS[declared.head])
    outputs = keras.layers.TimeDistributed(dense, name="head")(outputs)
    return keras.Model(inputs, outputs, name=f"{model.direction}_{model.cell}")


def _compile(network: keras.Model, problem: ProblemSpec, learning_rate: float) -> None:
    declared = problem.problem
    metrics = [] if declared.head == "regression" else ["accuracy"]
    masked = MASKED_LOSSES[declared.head]
    network.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=masked(reduction="mean_with_sample_weight") if declared.padded else LOSSES[declared.head],
        metrics=None if declared.padded else metrics,
        weighted_metrics=metrics if declared.padded else None,
    )
    network.optimizer.build(network.trainable_variables)  # a saved model loads with a warning otherwise


def _layer(model: ModelSpec, layer: int, inputs: Any) -> Any:
    cell, name = CELLS[model.cell], f"layer{layer}"
    if model.direction == "forward":
        return cell(model.units, return_sequences=True, name=name)(inputs)
    if model.direction == "backward":
        outputs = cell(model.units, return_sequences=True, go_backwards=True, name=name)(inputs)
        raw = model.backward_output == "raw" and layer == model.layers
        return outputs if raw else _reversed(outputs)
    wrapped = cell(model.units, return_sequences=True)
    return keras.layers.Bidirectional(wrapped, merge_mode=model.merge_mode, name=name)(inputs)


def _uninformed(model: ModelSpec, layer: int, inputs: Any, position: Any) -> Any:
    second = branches(model)[1]
    both = UninformedBranch(
        cell=model.cell,
        units=model.units,
        merge_mode=model.merge_mode,
        features=inputs.shape[-1],
        reads=second.reads,
        reverse=second.reverse,
        name=f"layer{layer}",
    )
    return both(inputs if position is None else keras.ops.concatenate([inputs, position], axis=-1))


def _plain_uninformed(model: ModelSpec, layer: int, inputs: Any, position: Any) -> Any:
    """The same in plain operations, for a second branch that reads a constant."""
    first, second = branches(model)
    constant = keras.ops.full_like(inputs, CONSTANT)
    readings = [
        read if position is None else keras.ops.concatenate([read, position], axis=-1) for read in (inputs, constant)
    ]
    outputs = [
        CELLS[model.cell](
            model.units, return_sequences=True, go_backwards=side.reverse, name=f"layer{layer}_{side.name}"
        )(read)
        for side, read in zip((first, second), readings, strict=True)
    ]
    return _merged(model.merge_mode, outputs[0], _reversed(outputs[1]) if second.reverse else outputs[1])
