from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from bilstm_core.choices import MERGE_MODES
from bilstm_core.models import UninformedBranch, build_model
from bilstm_core.network.initial_weights import initial_weights
from bilstm_core.specs import ModelSpec, ProblemSpec

PROBLEM = ProblemSpec(timesteps=5)
X = np.random.default_rng(0).random((3, 5, 1), dtype=np.float32)


def reach(model: ModelSpec) -> np.ndarray:
    """Whether output t (first axis) depends on input s (second axis): where the gradient is not exactly zero."""
    network = build_model(PROBLEM, model)
    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        outputs = [network(x)[:, t] for t in range(PROBLEM.timesteps)]
    gradients = np.stack([tape.gradient(output, x).numpy() for output in outputs])
    return np.all(gradients[..., 0] != 0, axis=1) | ~np.all(gradients[..., 0] == 0, axis=1)


LOWER = np.tril(np.ones((5, 5), dtype=bool))


@pytest.mark.parametrize("layers", [1, 2])
def test_forward_model_ignores_the_future(layers: int) -> None:
    assert np.array_equal(reach(ModelSpec(direction="forward", units=4, layers=layers)), LOWER)


@pytest.mark.parametrize("layers", [1, 2])
def test_backward_model_ignores_the_past(layers: int) -> None:
    assert np.array_equal(reach(ModelSpec(direction="backward", units=4, layers=layers)), LOWER.T)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_raw_output_has_read_as_many_values_from_the_end(layers: int) -> None:
    model = ModelSpec(direction="backward", backward_output="raw", units=4, layers=layers)
    assert np.array_equal(reach(model), LOWER[:, ::-1])


def test_a_bidirectional_model_reads_everything() -> None:
    assert reach(ModelSpec(units=4)).all()


@pytest.mark.parametrize("second", ["backward_constant", "backward_noise", "forward_constant"])
def test_an_uninformed_second_branch_adds_no_view(second: str) -> None:
    assert np.array_equal(reach(ModelSpec(units=4, second_branch=second)), LOWER)


def test_raw_is_aligned_reversed() -> None:
    aligned, raw = (
        build_model(PROBLEM, ModelSpec(direction="backward", units=4, backward_output=order))(X).numpy()
        for order in ("aligned", "raw")
    )
    np.testing.assert_array_equal(raw, aligned[:, ::-1])


MODELS = [
    ModelSpec(units=3, layers=2, cell="gru"),
    ModelSpec(units=3, merge_mode="mul", cell="rnn"),
    ModelSpec(units=3, direction="backward", layers=2, position="fraction"),
    ModelSpec(units=3, second_branch="backward_noise", position="one_hot", merge_mode="sum"),
    ModelSpec(units=3, second_branch="forward_constant", cell="gru", merge_mode="ave"),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_weights_are_the_initial_weights_in_their_order(model: ModelSpec) -> None:
    network, expected = build_model(PROBLEM, model, seed=5), initial_weights(PROBLEM, model, 5)
    for weight, (name, value) in zip(network.weights, expected.items(), strict=True):
        assert weight.path.endswith(name.rsplit("/", 1)[-1])
        if model.direction == "bidirectional" and name.startswith("layer"):
            first = "forward" if model.second_branch == "backward" else "first"
            assert (first in weight.path) == ("/forward/" in name)
        np.testing.assert_array_equal(weight.numpy(), value)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_model_is_saved_and_loaded(model: ModelSpec, tmp_path: Path) -> None:
    network = build_model(PROBLEM, model)
    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for matrix, other in zip(network.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(matrix, other)
    if model.second_branch != "backward_noise":
        np.testing.assert_array_equal(network(X), loaded(X))


def test_model_of_the_books_recipe_counts_20901_parameters() -> None:
    network = build_model(ProblemSpec(), ModelSpec(units=50))
    assert network.count_params() == 20_901
    assert network.input_shape == (None, 10, 1)
    assert network.output_shape == (None, 10, 1)


def test_a_layer_of_ours_knows_our_merge_modes_and_no_other() -> None:
    settings = {"cell": "rnn", "units": 2, "features": 1, "reads": "constant", "reverse": True}
    widths = {mode: UninformedBranch(merge_mode=mode, **settings)(X).shape[-1] for mode in MERGE_MODES}
    assert widths == dict.fromkeys(MERGE_MODES, 2) | {"concat": 4}
    with pytest.raises(ValueError, match=f"merge_mode must be one of {', '.join(MERGE_MODES)}, not 'left'"):
        UninformedBranch(merge_mode="left", **settings)(X)
