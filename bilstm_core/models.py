"""Ordinary Keras models of a ModelSpec: the reference that programs are held to, and what a run leaves behind."""

from typing import Any

import keras

from bilstm_core.network.inference import CONSTANT, position_inputs
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
class Reverse(keras.layers.Layer):  # type: ignore[misc]
    """Turns (batch, timesteps, features) round in time."""

    def call(self, inputs: Any) -> Any:
        return keras.ops.flip(inputs, axis=1)


@keras.saving.register_keras_serializable(PACKAGE)
class Position(keras.layers.Layer):  # type: ignore[misc]
    """Appends the timestep to the features: "fraction" (t / timesteps) or "one_hot"."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    def call(self, inputs: Any) -> Any:
        told = keras.ops.convert_to_tensor(position_inputs(inputs.shape[1], self.kind))
        shape = (keras.ops.shape(inputs)[0], *told.shape)
        return keras.ops.concatenate([inputs, keras.ops.broadcast_to(told, shape)], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return dict(super().get_config()) | {"kind": self.kind}


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
        return _merged(self.merge_mode, self.first(inputs), keras.ops.flip(second, axis=1) if self.reverse else second)

    def get_config(self) -> dict[str, Any]:
        return dict(super().get_config()) | self.config


def _merged(merge_mode: str, first: Any, second: Any) -> Any:
    """As Bidirectional merges."""
    if merge_mode == "concat":
        return keras.ops.concatenate([first, second], axis=-1)
    if merge_mode == "mul":
        return first * second
    return first + second if merge_mode == "sum" else (first + second) / 2


def build_model(problem: ProblemSpec, model: ModelSpec, *, learning_rate: float = 1e-3, seed: int = 0) -> keras.Model:
    """A compiled Keras model, (batch, timesteps, features) to (batch, timesteps, outputs).

    Its initial weights are those of `initial_weights(problem, model, seed)`, and in their order. Padding is read like
    any value; train and evaluate a padded problem's model with sample_weight=mask, (batch, timesteps), so that loss
    and accuracy are means over real timesteps.
    """
    problem, model = problem.canonical(), model.canonical()
    declared = problem.problem
    inputs = keras.Input((problem.timesteps, declared.features), name="sequence")
    outputs = inputs if model.position == "none" else Position(model.position, name="position")(inputs)
    for layer in range(1, model.layers + 1):
        outputs = _layer(model, layer, declared.features, outputs)
    dense = keras.layers.Dense(declared.outputs, activation=ACTIVATIONS[declared.head])
    outputs = keras.layers.TimeDistributed(dense, name="head")(outputs)
    result = keras.Model(inputs, outputs, name=f"{model.direction}_{model.cell}")
    result.set_weights(list(initial_weights(problem, model, seed).values()))
    metrics = [] if declared.head == "regression" else ["accuracy"]
    masked = MASKED_LOSSES[declared.head]
    result.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=masked(reduction="mean_with_sample_weight") if declared.padded else LOSSES[declared.head],
        metrics=None if declared.padded else metrics,
        weighted_metrics=metrics if declared.padded else None,
    )
    result.optimizer.build(result.trainable_variables)  # a saved model loads with a warning otherwise
    return result


def _layer(model: ModelSpec, layer: int, features: int, inputs: Any) -> Any:
    cell, name = CELLS[model.cell], f"layer{layer}"
    if model.direction == "forward":
        return cell(model.units, return_sequences=True, name=name)(inputs)
    if model.direction == "backward":
        outputs = cell(model.units, return_sequences=True, go_backwards=True, name=name)(inputs)
        raw = model.backward_output == "raw" and layer == model.layers
        return outputs if raw else Reverse(name=f"{name}_aligned")(outputs)
    if model.second_branch == "backward":
        wrapped = cell(model.units, return_sequences=True)
        return keras.layers.Bidirectional(wrapped, merge_mode=model.merge_mode, name=name)(inputs)
    second = branches(model)[1]
    both = UninformedBranch(
        cell=model.cell,
        units=model.units,
        merge_mode=model.merge_mode,
        features=features,
        reads=second.reads,
        reverse=second.reverse,
        name=name,
    )
    return both(inputs)
