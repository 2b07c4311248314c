import numpy as np
import pytest

from bilstm_core.models import build_model
from bilstm_core.network.inference import logits, probabilities, trace
from bilstm_core.network.initial_weights import initial_weights
from bilstm_core.random_streams import Stream, generator
from bilstm_core.specs import ModelSpec, ProblemSpec

PROBLEM = ProblemSpec(timesteps=6)
X = np.random.default_rng(0).random((4, 6, 1), dtype=np.float32)

MODELS = [
    ModelSpec(units=5),
    ModelSpec(units=5, direction="forward", layers=2, cell="gru", position="one_hot"),
    ModelSpec(units=5, direction="backward", layers=2, backward_output="raw"),
    ModelSpec(units=5, layers=3, cell="rnn", merge_mode="mul"),
    ModelSpec(units=5, cell="gru", merge_mode="sum"),
    ModelSpec(units=5, second_branch="backward_constant", merge_mode="ave", position="fraction"),
    ModelSpec(units=5, second_branch="forward_constant"),
]


def drawn_weights(model: ModelSpec, seed: int = 0) -> dict[str, np.ndarray]:
    """Weights with no zeros in their biases, so that a bias in the wrong place shows."""
    rng = np.random.default_rng(seed)
    start = initial_weights(PROBLEM, model, seed)
    return {name: value + rng.normal(0, 0.3, value.shape).astype(np.float32) for name, value in start.items()}


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_inference_equals_keras_predict(model: ModelSpec) -> None:
    network, weights = build_model(PROBLEM, model), drawn_weights(model)
    network.set_weights(list(weights.values()))
    found = probabilities(PROBLEM, model, weights, X)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, network.predict(X, verbose=0), atol=1e-5)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_leading_axes_of_weights_are_models_side_by_side(model: ModelSpec) -> None:
    each = [drawn_weights(model, seed) for seed in range(6)]
    stacked = {name: np.stack([one[name] for one in each]) for name in each[0]}
    folded = {name: value.reshape(2, 3, *value.shape[1:]) for name, value in stacked.items()}
    expected = np.stack([probabilities(PROBLEM, model, one, X) for one in each])
    np.testing.assert_allclose(probabilities(PROBLEM, model, stacked, X), expected, atol=1e-6)
    np.testing.assert_allclose(
        probabilities(PROBLEM, model, folded, X), expected.reshape(2, 3, *expected.shape[1:]), atol=1e-6
    )


def test_many_sequences_equal_few() -> None:
    x = np.random.default_rng(1).random((2_000, 6, 1), dtype=np.float32)
    weights = drawn_weights(MODELS[0])
    many = probabilities(PROBLEM, MODELS[0], weights, x)
    np.testing.assert_allclose(many[1_990:], probabilities(PROBLEM, MODELS[0], weights, x[1_990:]), atol=1e-6)


def test_trace_gives_hidden_states_and_gates_at_their_timesteps() -> None:
    model = ModelSpec(units=5, layers=2)
    weights = drawn_weights(model)
    traces = trace(PROBLEM, model, weights, X)
    assert [(one.layer, one.branch) for one in traces] == [
        (1, "forward"),
        (1, "backward"),
        (2, "forward"),
        (2, "backward"),
    ]
    for one in traces:
        assert one.hidden.shape == (4, 6, 5)
        assert list(one.gates) == ["input", "forget", "candidate", "output", "cell"]
        np.testing.assert_allclose(one.gates["output"] * np.tanh(one.gates["cell"]), one.hidden, atol=1e-6)
    last = np.concatenate([traces[2].hidden, traces[3].hidden], axis=-1)
    outputs = last @ weights["head/kernel"] + weights["head/bias"]
    np.testing.assert_allclose(outputs, logits(PROBLEM, model, weights, X), atol=1e-5)


def test_a_raw_backward_branch_is_traced_where_it_read() -> None:
    aligned, raw = (
        trace(PROBLEM, model, drawn_weights(model), X)[0].hidden
        for model in (ModelSpec(direction="backward", backward_output=order) for order in ("aligned", "raw"))
    )
    np.testing.assert_array_equal(aligned, raw)


def test_a_branch_fed_noise_reads_what_the_generator_draws() -> None:
    model = ModelSpec(units=5, second_branch="backward_noise")
    weights = drawn_weights(model)
    first, again, other, fixed, fixed_again = (
        probabilities(PROBLEM, model, weights, X, rng)
        for rng in (
            generator(0, Stream.NOISE, 1),
            generator(0, Stream.NOISE, 1),
            generator(1, Stream.NOISE),
            None,
            None,
        )
    )
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(fixed, fixed_again)
    assert np.abs(first - other).max() > 1e-4


def test_fields_that_do_not_apply_change_nothing() -> None:
    model = ModelSpec(units=5, backward_output="raw")
    weights = drawn_weights(model)
    plain = probabilities(PROBLEM, model.canonical(), weights, X)
    np.testing.assert_array_equal(probabilities(PROBLEM, model, weights, X), plain)
