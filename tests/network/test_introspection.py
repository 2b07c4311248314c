"""Sensitivities and states, held to finite differences, to TensorFlow and to what each direction can see."""

from dataclasses import replace

import numpy as np
import pytest

from bilstm_core.bayes import view_of
from bilstm_core.choices import MERGE_MODES
from bilstm_core.network.inference import logits, trace
from bilstm_core.network.initial_weights import initial_weights
from bilstm_core.network.introspection import (
    chosen_units,
    gates_frame,
    sensitivity,
    sensitivity_frame,
    states_frame,
    ties,
    unit_name,
    units_of,
)
from bilstm_core.problems import Batch
from bilstm_core.problems.base import reads
from bilstm_core.specs import ModelSpec, ProblemSpec

PROBLEM = ProblemSpec(timesteps=6)
X = np.random.default_rng(0).random((6, 1))
MODELS = [
    *(ModelSpec(units=4, cell=cell) for cell in ("lstm", "gru", "rnn")),
    *(ModelSpec(units=4, merge_mode=mode) for mode in MERGE_MODES if mode != "concat"),
    ModelSpec(units=4, direction="forward", cell="gru", position="one_hot"),
    ModelSpec(units=4, direction="forward", layers=3, cell="rnn"),
    ModelSpec(units=4, direction="backward", layers=2),
    ModelSpec(units=4, direction="backward", layers=2, backward_output="raw", cell="gru"),
    ModelSpec(units=4, layers=2, merge_mode="mul", position="fraction"),
    ModelSpec(units=4, layers=3, cell="gru"),
    ModelSpec(units=4, second_branch="backward_constant", merge_mode="mul"),
    ModelSpec(units=4, second_branch="backward_noise"),
    ModelSpec(units=4, second_branch="forward_constant", cell="rnn"),
]


def drawn_weights(model: ModelSpec) -> dict[str, np.ndarray]:
    """In double precision, with no zeros in their biases."""
    rng = np.random.default_rng(1)
    start = initial_weights(PROBLEM, model, 0)
    return {name: value + rng.normal(0, 0.3, value.shape) for name, value in start.items()}


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_sensitivity_equals_finite_differences(model: ModelSpec) -> None:
    weights, step = drawn_weights(model), 1e-5
    moved = X[None] + step * np.concatenate([np.eye(6), -np.eye(6)])[..., None]
    outputs = np.stack([logits(PROBLEM, model, weights, sequence[None])[0, :, 0] for sequence in moved])
    expected = np.abs(outputs[:6] - outputs[6:]).T / (2 * step)
    assert expected.max() > 0.001
    np.testing.assert_allclose(sensitivity(PROBLEM, model, weights, X), expected, atol=1e-8)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_sensitivity_is_exactly_zero_where_the_output_has_not_read_and_nowhere_else(model: ModelSpec) -> None:
    weights = {name: value.astype(np.float32) for name, value in drawn_weights(model).items()}
    matrix = sensitivity(PROBLEM, model, weights, X.astype(np.float32))
    assert matrix.dtype == np.float32
    np.testing.assert_array_equal(matrix > 0, reads(view_of(model), 6))


def test_sensitivity_equals_tensorflows_gradient_of_the_keras_model() -> None:
    import tensorflow as tf

    from bilstm_core.models import build_model

    model = ModelSpec(units=4, layers=2, merge_mode="mul")
    weights = {name: value.astype(np.float32) for name, value in drawn_weights(model).items()}
    network = build_model(PROBLEM, model)
    network.set_weights(list(weights.values()))
    x = tf.constant(X[None], tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        probability = network(x)[0, :, 0]
    chance = probability.numpy()
    jacobian = tape.jacobian(probability, x).numpy()[:, 0, :, 0]
    expected = np.abs(jacobian) / (chance * (1 - chance))[:, None]
    np.testing.assert_allclose(sensitivity(PROBLEM, model, weights, X.astype(np.float32)), expected, atol=1e-5)


def test_chosen_values_are_columns_of_the_whole() -> None:
    model = MODELS[0]
    weights = drawn_weights(model)
    whole = sensitivity(PROBLEM, model, weights, X)
    np.testing.assert_allclose(sensitivity(PROBLEM, model, weights, X, range(2, 5)), whole[:, 2:5], atol=1e-12)


@pytest.mark.parametrize("mode", MERGE_MODES)
def test_merged_units_times_the_head_are_the_outputs(mode: str) -> None:
    model = ModelSpec(units=4, merge_mode=mode, layers=2)
    weights = drawn_weights(model)
    units = units_of(model, trace(PROBLEM, model, weights, X[None]))
    assert list(units.parts) == ["forward", "backward", "merged"]
    outputs = units.parts["merged"] @ weights["head/kernel"] + weights["head/bias"]
    np.testing.assert_allclose(outputs, logits(PROBLEM, model, weights, X[None]), atol=1e-10)


def test_units_of_the_raw_order_are_those_that_its_outputs_are_made_of() -> None:
    model = ModelSpec(units=4, direction="backward", backward_output="raw")
    weights = drawn_weights(model)
    units = units_of(model, trace(PROBLEM, model, weights, X[None]))
    outputs = units.parts["backward"] @ weights["head/kernel"] + weights["head/bias"]
    np.testing.assert_allclose(outputs, logits(PROBLEM, model, weights, X[None]), atol=1e-10)


def sequences(n: int = 30) -> Batch:
    return PROBLEM.problem.sample(n, 6, np.random.default_rng(2), **PROBLEM.parameters())


@pytest.mark.parametrize("traced_numbers", [2**24, 300])
def test_ties_are_the_correlations_of_states_with_labels(traced_numbers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bilstm_core.network.introspection.TRACED_NUMBERS", traced_numbers)
    model = ModelSpec(units=4)
    weights, batch = drawn_weights(model), sequences()
    tied = ties(PROBLEM, model, weights, batch)
    states = units_of(model, trace(PROBLEM, model, weights, batch.x)).parts["merged"].reshape(-1, 8)
    expected = [np.corrcoef(states[:, unit], batch.y.ravel())[0, 1] for unit in range(8)]
    np.testing.assert_allclose(tied["merged"], expected, atol=1e-6)
    np.testing.assert_allclose(np.concatenate([tied["forward"], tied["backward"]]), expected, atol=1e-6)


def test_padding_does_not_count_in_the_ties() -> None:
    model = ModelSpec(units=4)
    weights, batch = drawn_weights(model), sequences()
    real = batch._replace(mask=np.broadcast_to(np.arange(6) < 4, (30, 6)))
    other = real._replace(y=np.where(real.mask[..., None], real.y, 1 - real.y))
    first, second = (ties(PROBLEM, model, weights, batch)["forward"] for batch in (real, other))
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - ties(PROBLEM, model, weights, batch)["forward"]).max() > 0.01


def test_a_constant_unit_is_tied_to_nothing() -> None:
    model = ModelSpec(units=4, direction="forward", cell="rnn")
    weights = {name: 0 * value for name, value in drawn_weights(model).items()}
    assert ties(PROBLEM, model, weights, sequences())["forward"].tolist() == [0, 0, 0, 0]


def test_one_row_is_followed_through_a_merge_that_makes_one_number_of_two() -> None:
    tied = {
        "forward": np.array([0.9, 0.1, 0.2]),
        "backward": np.array([0.0, -0.8, 0.1]),
        "merged": np.array([0.3, 0.2, -0.6]),
    }
    model = ModelSpec(units=3, merge_mode="sum")
    assert chosen_units(model, tied, 2) == {"forward": [2, 0], "backward": [2, 0], "merged": [2, 0]}
    side_by_side = {**tied, "merged": np.concatenate([tied["forward"], tied["backward"]])}
    beside = replace(model, merge_mode="concat")
    assert chosen_units(beside, side_by_side, 2) == {"forward": [0, 2], "backward": [1, 2], "merged": [0, 4]}
    assert unit_name(beside, "merged", 4) == "backward 2"
    assert unit_name(model, "merged", 2) == "3"


def test_frames_hold_the_states_and_gates_of_the_named_unit() -> None:
    model = ModelSpec(units=4)
    traces = trace(PROBLEM, model, drawn_weights(model), X[None])
    units = units_of(model, traces)
    tied = {name: np.arange(states.shape[-1]) / 10 for name, states in units.parts.items()}
    frame = states_frame(model, units, tied, {"forward": [2], "backward": [1], "merged": [7]})
    last = frame[frame["panel"] == "merged"]
    assert set(last["unit"]) == {"backward 4"}
    np.testing.assert_array_equal(last["value"], traces[1].hidden[0, :, 3])
    gates = gates_frame(traces[1], 3)
    assert gates.columns.tolist() == ["timestep", "input", "forget", "candidate", "output", "cell", "hidden"]
    np.testing.assert_array_equal(gates["hidden"], last["value"])


def test_a_piece_of_a_matrix_keeps_its_timesteps() -> None:
    frame = sensitivity_frame(np.arange(4.0).reshape(2, 2), first=5)
    assert frame.to_numpy().tolist() == [[5, 5, 0], [5, 6, 1], [6, 5, 2], [6, 6, 3]]


@pytest.mark.parametrize("model", [MODELS[0], MODELS[6], MODELS[10]], ids=str)
def test_of_several_features_it_is_the_length_of_the_change_by_those_that_are_moved(model: ModelSpec) -> None:
    problem, count = replace(PROBLEM, name=f"given_3_binary_1_{'0' * 32}"), 2
    x, weights, step = np.random.default_rng(2).random((6, 3)), {}, 1e-5
    for name, value in initial_weights(problem, model, 0).items():
        weights[name] = value.astype(np.float64)
    squares = np.zeros((6, 6))
    for value, feature in np.ndindex(6, count):
        by = np.zeros_like(x)
        by[value, feature] = step
        high, low = logits(problem, model, weights, np.stack([x + by, x - by]))[..., 0]
        squares[:, value] += np.square((high - low) / (2 * step))
    np.testing.assert_allclose(sensitivity(problem, model, weights, x, features=count), np.sqrt(squares), atol=1e-8)
