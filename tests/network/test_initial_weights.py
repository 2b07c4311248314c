import numpy as np
import pytest

from bilstm_core.network.initial_weights import flattened, initial_weights, named, parameter_count, shapes
from bilstm_core.specs import ModelSpec, ProblemSpec

PROBLEM = ProblemSpec()


def test_the_books_recipe_has_20901_parameters() -> None:
    assert parameter_count(PROBLEM, ModelSpec(units=50)) == 20_901


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (ModelSpec(direction="forward"), 4 * 20 * (1 + 20 + 1) + 21),
        (ModelSpec(direction="forward", cell="gru"), 3 * 20 * (1 + 20 + 2) + 21),
        (ModelSpec(direction="forward", cell="rnn", position="one_hot"), 20 * (11 + 20 + 1) + 21),
        (ModelSpec(merge_mode="sum", layers=2), 2 * 80 * (1 + 20 + 1) + 2 * 80 * (20 + 20 + 1) + 21),
    ],
)
def test_parameters_are_counted_by_hand(model: ModelSpec, count: int) -> None:
    assert parameter_count(PROBLEM, model) == count


def test_weights_have_the_shapes_and_names_that_shapes_gives() -> None:
    for model in (ModelSpec(layers=2, cell="gru"), ModelSpec(second_branch="forward_constant"), ModelSpec()):
        weights = initial_weights(PROBLEM, model, 0)
        assert {name: value.shape for name, value in weights.items()} == shapes(PROBLEM, model)
        assert all(value.dtype == np.float32 for value in weights.values())
    assert list(initial_weights(PROBLEM, ModelSpec(second_branch="forward_constant"), 0)) == [
        "layer1/forward/kernel",
        "layer1/forward/recurrent_kernel",
        "layer1/forward/bias",
        "layer1/second/kernel",
        "layer1/second/recurrent_kernel",
        "layer1/second/bias",
        "head/kernel",
        "head/bias",
    ]


def test_two_branches_start_different() -> None:
    weights = initial_weights(PROBLEM, ModelSpec(layers=2), 0)
    for layer in (1, 2):
        for matrix in ("kernel", "recurrent_kernel"):
            forward, backward = (weights[f"layer{layer}/{side}/{matrix}"] for side in ("forward", "backward"))
            assert not np.any(np.isclose(forward, backward, rtol=1e-4, atol=0).all(axis=0))


def test_a_branch_starts_the_same_in_every_model_that_has_it() -> None:
    both, forward, backward = (
        initial_weights(PROBLEM, ModelSpec(direction=direction), 7)
        for direction in ("bidirectional", "forward", "backward")
    )
    assert np.array_equal(both["layer1/forward/kernel"], forward["layer1/forward/kernel"])
    assert np.array_equal(both["layer1/backward/kernel"], backward["layer1/backward/kernel"])


def test_seeds_give_different_weights_and_a_seed_the_same() -> None:
    first, again, other = (flattened(initial_weights(PROBLEM, ModelSpec(), seed)) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_distributions_are_keras_defaults() -> None:
    weights = initial_weights(PROBLEM, ModelSpec(units=64), 0)
    kernel, recurrent = weights["layer1/forward/kernel"], weights["layer1/forward/recurrent_kernel"]
    limit = np.sqrt(6 / (1 + 256))
    assert np.abs(kernel).max() <= limit
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.1)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(64), atol=1e-5)
    bias = weights["layer1/forward/bias"]
    assert np.array_equal(bias, np.repeat([0, 1, 0, 0], 64))
    assert not weights["head/bias"].any()
    assert not initial_weights(PROBLEM, ModelSpec(cell="gru"), 0)["layer1/forward/bias"].any()


def test_named_turns_flattened_back() -> None:
    weights = initial_weights(PROBLEM, ModelSpec(cell="gru"), 3)
    back = named(PROBLEM, ModelSpec(cell="gru"), flattened(weights))
    assert list(back) == list(weights)
    assert all(np.array_equal(back[name], weights[name]) for name in weights)
