"""One unit followed through a sequence: its numbers are the equations', and make up one another."""

import math

import numpy as np
import pytest

from bilstm_core.network.inference import sigmoid, trace
from bilstm_core.network.initial_weights import initial_weights
from bilstm_core.network.stepping import GATES, lines, unit_steps
from bilstm_core.specs import ModelSpec, ProblemSpec

PROBLEM, MODEL = ProblemSpec(timesteps=7), ModelSpec(direction="forward", units=5)
X = np.linspace(0.05, 0.95, 7, dtype=np.float32)


@pytest.fixture
def weights() -> dict[str, np.ndarray]:
    drawn = initial_weights(PROBLEM, MODEL, seed=3)
    rng = np.random.default_rng(0)
    return {name: (matrix + rng.normal(0, 0.3, matrix.shape)).astype(np.float32) for name, matrix in drawn.items()}


def test_a_units_states_and_gates_are_those_of_the_fast_inference(weights: dict[str, np.ndarray]) -> None:
    [branch] = trace(PROBLEM, MODEL, weights, X[None, :, None])
    matrices = tuple(weights[f"layer1/forward/{name}"] for name in ("kernel", "recurrent_kernel", "bias"))
    for unit in range(MODEL.units):
        steps = unit_steps(X, matrices, unit)
        assert [step.timestep for step in steps] == list(range(1, 8))
        np.testing.assert_allclose([step.h for step in steps], branch.hidden[0, :, unit], atol=1e-6)
        np.testing.assert_allclose([step.c for step in steps], branch.gates["cell"][0, :, unit], atol=1e-6)
        for gate, name in GATES.items():
            np.testing.assert_allclose([step.gates[gate] for step in steps], branch.gates[name][0, :, unit], atol=1e-6)


def test_each_number_is_made_of_those_that_stand_beside_it(weights: dict[str, np.ndarray]) -> None:
    matrices = tuple(weights[f"layer1/forward/{name}"] for name in ("kernel", "recurrent_kernel", "bias"))
    steps = unit_steps(X, matrices, 2)
    assert (steps[0].h_before, steps[0].c_before) == (0, 0)
    for before, step in zip([replace_states(steps[0]), *steps], steps, strict=False):
        assert (step.h_before, step.c_before) == (before.h, before.c)
        for gate in GATES:
            total = step.weight[gate] * step.x + step.from_states[gate] + step.bias[gate]
            assert step.z[gate] == pytest.approx(total)
            activated = math.tanh(total) if gate == "g" else float(sigmoid(np.float64(total)))
            assert step.gates[gate] == pytest.approx(activated, abs=1e-5)
        gates = step.gates
        assert step.c == pytest.approx(gates["f"] * step.c_before + gates["i"] * gates["g"], abs=1e-5)
        assert step.h == pytest.approx(gates["o"] * math.tanh(step.c), abs=1e-5)


def replace_states(first):
    """What stands before the first timestep."""
    return first._replace(h=first.h_before, c=first.c_before)


def test_the_lines_are_those_of_the_equations_in_order() -> None:
    written = lines()
    assert list(written) == ["z", "i", "f", "g", "o", "c", "h"]
    assert written["c"] == "c = f * c + i * g"
    assert written["i"].startswith("i = sigmoid(z_i)")
