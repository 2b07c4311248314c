"""What the Inside page says, and how much of a matrix it can afford."""

import numpy as np
import pytest

from bilstm_core.initial_weights import initial_weights
from bilstm_core.introspection import cost
from bilstm_core.presets import INSIDE
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from bilstm_core.store import read_recorded
from tests.test_introspection import run_of
from ui import inside

VALUES = np.linspace(0.1, 0.9, 10, dtype=np.float32)


def untrained(model: ModelSpec, timesteps: int = 10) -> Run:
    spec = RunSpec(problem=ProblemSpec(timesteps=timesteps), model=model).canonical()
    run = run_of(spec, spec.training.steps)
    run.weights.update(initial_weights(spec.problem, model, 0))
    return run


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (ModelSpec(units=3, direction="forward"), "has read values 1 to 7 and"),
        (ModelSpec(units=3, direction="backward", cell="gru"), "has read values 7 to 10 and"),
        (ModelSpec(units=3, direction="backward", backward_output="raw"), "has read values 4 to 10 and"),
    ],
)
def test_one_direction_is_said_to_leave_cells_exactly_zero(model: ModelSpec, said: str) -> None:
    sentence = inside.sentence(untrained(model), VALUES)
    assert sentence.startswith("Output 7, where the label turns,")
    assert said in sentence
    assert "**45 of 100** cells are exactly zero" in sentence


def test_both_directions_leave_none_and_spend_some_of_their_reaction_elsewhere() -> None:
    sentence = inside.sentence(untrained(ModelSpec(units=3)), VALUES)
    assert "has read all 10 values" in sentence
    assert "No cell is exactly zero" in sentence
    assert "of all reaction is to values that do not decide the label" in sentence


def test_a_dead_network_is_said_to_react_to_nothing() -> None:
    run = untrained(ModelSpec(units=2))
    run.weights["head/kernel"] = 0 * run.weights["head/kernel"]
    assert "No output reacts to any value: all 100 cells" in inside.sentence(run, VALUES)


def test_a_large_network_shows_the_stretch_around_the_flip_that_can_be_afforded() -> None:
    values = np.full(200, 0.5, np.float32)  # the sum reaches 50 at timestep 100
    small, large = untrained(ModelSpec(units=20), 200), untrained(ModelSpec(units=64, layers=2), 200)
    assert inside.window(small, values) == range(200)
    part = inside.window(large, values)
    assert inside.FEWEST < len(part) < 200
    assert 99 in part
    assert cost(large.spec.problem, large.spec.model, len(part)) <= inside.AFFORDABLE
    assert len(inside.window(large, values, 4)) <= len(part) / 4


def test_every_model_that_inside_opens_with_is_recorded() -> None:
    assert [spec for spec in INSIDE if read_recorded(spec) is None] == []
