"""Where the weights of a network stand in a larger one that computes the same."""

from dataclasses import replace

import numpy as np
import pytest

from bilstm_core.engine.program_keys import program_key
from bilstm_core.engine.sharing import UNITS, padded, places, shared, widened
from bilstm_core.network.inference import probabilities
from bilstm_core.network.initial_weights import flattened, initial_weights, named, parameter_count
from bilstm_core.specs import ModelSpec, ProblemSpec

PROBLEM = ProblemSpec(timesteps=5)
MODELS = [
    ModelSpec(units=3),
    ModelSpec(units=7, direction="forward", position="one_hot"),
    ModelSpec(units=3, direction="backward", layers=2, backward_output="raw", cell="gru"),
    ModelSpec(units=5, cell="gru", merge_mode="mul", layers=3),
    ModelSpec(units=9, cell="rnn", merge_mode="ave", layers=2),
    ModelSpec(units=3, second_branch="backward_noise", position="fraction"),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_a_padded_network_says_the_same_and_has_every_weight_once(model: ModelSpec) -> None:
    weights = initial_weights(PROBLEM, model, 0)
    flat, where, wide = flattened(weights), places(PROBLEM, model), padded(model)
    assert len(np.unique(where)) == len(where) == parameter_count(PROBLEM, model)
    (among_zeros,) = widened([flat], where, parameter_count(PROBLEM, wide))
    np.testing.assert_array_equal(among_zeros[where], flat)
    assert np.count_nonzero(among_zeros) == np.count_nonzero(flat)
    x = np.random.default_rng(0).random((4, 5, 1), dtype=np.float32)
    np.testing.assert_allclose(
        probabilities(PROBLEM, wide, named(PROBLEM, wide, among_zeros), x),
        probabilities(PROBLEM, model, weights, x),
        atol=1e-6,
    )


def test_defaults_need_no_padding_and_every_number_of_units_has_a_program() -> None:
    assert padded(ModelSpec()) == ModelSpec()
    assert [padded(ModelSpec(units=units)).units for units in (1, 8, 9, 21, 65, 255, 256)] == [
        8,
        8,
        20,
        32,
        80,
        256,
        256,
    ]
    assert list(UNITS) == sorted(set(UNITS))
    assert UNITS[-1] == 256


def test_numbers_of_units_that_are_padded_alike_share_a_program_and_nothing_else_does() -> None:
    model = ModelSpec(units=21)
    key = program_key(PROBLEM, model, 1, 1)
    assert program_key(PROBLEM, replace(model, units=32), 1, 1) == key
    assert program_key(PROBLEM, replace(model, units=20), 1, 1) != key
    assert program_key(PROBLEM, replace(model, cell="gru"), 1, 1) != key


def test_backward_shares_the_program_of_forward_unless_it_is_told_its_position() -> None:
    forward, backward = ModelSpec(direction="forward"), ModelSpec(direction="backward", backward_output="raw")
    assert shared(backward) == shared(forward) == forward
    assert shared(replace(backward, position="fraction")).direction == "backward"
    assert shared(ModelSpec()) == ModelSpec()
