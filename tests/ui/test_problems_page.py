"""When Problem says that a label flips."""

import numpy as np
import pytest

from bilstm_core.problems import PROBLEMS
from bilstm_core.specs import ProblemSpec
from ui.pasted import labeled
from ui.problem import worked_sequence
from ui.sequence import sequences


def flips(name: str, values: list[float]) -> str:
    spec = ProblemSpec(name=name, timesteps=4)
    return worked_sequence.flip_sentence(spec, sequences.rows_of(labeled(spec, np.array(values, dtype=np.float32))))


@pytest.mark.parametrize(
    ("name", "values", "start"),
    [
        (
            "cumulative_sum",
            [0.4, 0.5, 0.3, 0.9],
            "Here, at timestep **3**, where the running sum, 1.20, first reaches 1 (0.25",
        ),
        ("cumulative_sum", [0.1, 0.1, 0.1, 0.1], "Never here: the running sum ends at 0.40"),
        ("reverse_cumulative_sum", [0.4, 0.5, 0.3, 0.9], "Here, at timestep **4**, where what is still to come, 0.90,"),
        ("reverse_cumulative_sum", [0.1, 0.1, 0.1, 0.1], "Never here: all values together come to 0.40, short of 1"),
        (
            "share_of_total",
            [0.4, 0.5, 0.3, 0.9],
            "Here, at timestep **3**, where the running sum, 1.20, first reaches 1.05.",
        ),
        (
            "total_quarters",
            [0.4, 0.5, 0.3, 0.9],
            "Here, at timesteps **2**, **3** and **4**, as the running sum passes 0.52,",
        ),
        ("centered_window", [0.4, 0.5, 0.3, 0.9], "Here, at timestep **2**; 3 of 4 labels are 1."),
        ("centered_window", [0.9, 0.9, 0.9, 0.9], "Never here: 4 of 4 labels are 1."),
        (
            "variable_length",
            [0.4, 0.5, 0.3],
            "Here, at timestep **3**, where the running sum, 1.20, first reaches 1 (0.25",
        ),
    ],
)
def test_the_flip_is_said_in_the_terms_of_the_problem(name: str, values: list[float], start: str) -> None:
    assert flips(name, values).startswith(start)


def test_many_flips_are_counted_and_none_is_said_plainly() -> None:
    wave = np.tile(np.repeat([0.9, 0.1], 4), 5).astype(np.float32)
    spec = ProblemSpec(name="centered_window", timesteps=len(wave))
    labels = labeled(spec, wave).y[0, :, 0]
    sentence = worked_sequence.flip_sentence(spec, sequences.rows_of(labeled(spec, wave)))
    assert sentence.startswith(f"Here, at {np.count_nonzero(np.diff(labels))} timesteps, the first at **5**;")
    spec = ProblemSpec(name="total_quarters", timesteps=1)
    alone = labeled(spec, np.array([0.5], dtype=np.float32))
    assert worked_sequence.flip_sentence(spec, sequences.rows_of(alone)) == "Never here: every label is 3."


def test_a_regression_has_no_flip() -> None:
    spec = ProblemSpec(name="cosine_from_sine", timesteps=4)
    batch = spec.problem.sample(1, 4, np.random.default_rng(0))
    assert worked_sequence.flip_sentence(spec, sequences.rows_of(batch)).startswith("No label flips here")


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_sequence_that_is_not_edited_keeps_its_own_answers(name: str) -> None:
    spec = ProblemSpec(name=name, timesteps=6)
    drawn = spec.problem.sample(1, 6, np.random.default_rng(3), **spec.parameters())
    values = sequences.with_values(spec, drawn, sequences.real_values(drawn))
    assert values is drawn
    if sequences.can_be_edited(spec):
        again = labeled(spec, sequences.real_values(drawn))
        np.testing.assert_array_equal(again.x, drawn.x)
        np.testing.assert_array_equal(again.mask, drawn.mask)
        np.testing.assert_array_equal(again.y[drawn.mask], drawn.y[drawn.mask])
