import numpy as np
import pytest

from bilstm_core.choices import CELLS, DIRECTIONS, MERGE_MODES
from bilstm_core.models import build_model
from bilstm_core.network.equations import Matrices, gru_step, lstm_step, rnn_step
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
    chances = probabilities(PROBLEM, model, weights, X)
    assert chances.dtype == np.float32
    np.testing.assert_allclose(chances, network.predict(X, verbose=0), atol=1e-5)


def read_by_the_equations(
    cell: str, x: np.ndarray, matrices: Matrices, *, reverse: bool
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Hidden states and gates at each timestep, (sequences, timesteps, units), one step after the other."""
    h = c = np.zeros((len(x), len(matrices[1])), x.dtype)
    timesteps = range(x.shape[1])
    after = []
    for t in reversed(timesteps) if reverse else timesteps:
        if cell == "lstm":
            h, gates = lstm_step(x[:, t], h, c, matrices)
            c = gates["cell"]
        elif cell == "gru":
            h, gates = gru_step(x[:, t], h, matrices)
        else:
            h, gates = rnn_step(x[:, t], h, matrices)
        after.append({"hidden": h, **gates})
    in_time = after[::-1] if reverse else after
    signals = {name: np.stack([signal[name] for signal in in_time], axis=1) for name in after[0]}
    return signals.pop("hidden"), signals


@pytest.mark.parametrize(("number", "within"), [(np.float32, 1e-6), (np.float64, 1e-14)])
@pytest.mark.parametrize("merge_mode", MERGE_MODES)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_the_fast_path_is_the_equations(cell, direction, merge_mode, number, within) -> None:
    model = ModelSpec(cell=cell, direction=direction, merge_mode=merge_mode, units=5, layers=2)
    weights = {name: matrix.astype(number) for name, matrix in drawn_weights(model).items()}
    by_hand = {
        "concat": lambda first, second: np.concatenate([first, second], axis=-1),
        "sum": lambda first, second: first + second,
        "mul": lambda first, second: first * second,
        "ave": lambda first, second: (first + second) / 2,
    }[merge_mode]
    traces = iter(trace(PROBLEM, model, weights, X.astype(number)))
    outputs = X.astype(number)
    for layer in (1, 2):
        each = []
        for branch in ("forward", "backward") if direction == "bidirectional" else (direction,):
            path = f"layer{layer}/{branch}"
            matrices = (weights[f"{path}/kernel"], weights[f"{path}/recurrent_kernel"], weights[f"{path}/bias"])
            hidden, gates = read_by_the_equations(cell, outputs, matrices, reverse=branch == "backward")
            fast = next(traces)
            np.testing.assert_allclose(fast.hidden, hidden, rtol=0, atol=within)
            assert list(fast.gates) == list(gates)
            for name, gate in gates.items():
                np.testing.assert_allclose(fast.gates[name], gate, rtol=0, atol=within)
            each.append(hidden)
        outputs = by_hand(*each) if direction == "bidirectional" else each[0]
    expected = outputs @ weights["head/kernel"] + weights["head/bias"]
    fast_logits = logits(PROBLEM, model, weights, X.astype(number))
    assert fast_logits.dtype == number
    np.testing.assert_allclose(fast_logits, expected, rtol=1e-6 if number is np.float32 else 0, atol=within)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_leading_axes_of_weights_are_models_side_by_side(model: ModelSpec) -> None:
    each = [drawn_weights(model, seed) for seed in range(6)]
    stacked = {name: np.stack([weights[name] for weights in each]) for name in each[0]}
    folded = {name: value.reshape(2, 3, *value.shape[1:]) for name, value in stacked.items()}
    expected = np.stack([probabilities(PROBLEM, model, weights, X) for weights in each])
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
    assert [(branch.layer, branch.branch) for branch in traces] == [
        (1, "forward"),
        (1, "backward"),
        (2, "forward"),
        (2, "backward"),
    ]
    for branch in traces:
        assert branch.hidden.shape == (4, 6, 5)
        assert list(branch.gates) == ["input", "forget", "candidate", "output", "cell"]
        np.testing.assert_allclose(branch.gates["output"] * np.tanh(branch.gates["cell"]), branch.hidden, atol=1e-6)
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
