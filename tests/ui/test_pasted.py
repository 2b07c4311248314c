import numpy as np
import pytest

from bilstm_core.limits import Limits
from bilstm_core.problems import PROBLEMS
from bilstm_core.problems.variable_length import PADDING
from bilstm_core.specs import ProblemSpec
from ui.pasted import checked_value, labeled, padded, parse_values


def test_values_may_be_separated_in_any_usual_way() -> None:
    assert np.allclose(parse_values("0.1, 0.2;0.3\n .4", 4), [0.1, 0.2, 0.3, 0.4])
    assert np.allclose(parse_values("[[0.1], [0.2]]", 2), [0.1, 0.2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.1 two", "Value 2, 'two', is not a number"),
        ("0.1 1.0", "Value 2 must be at least 0 and less than 1, not 1"),
        ("0.1 0.999999999999", "Value 2 must be"),
        ("-0.1 0.5", "Value 1 must be"),
        ("nan 0.5", "Value 1 must be"),
        ("0.5", "needs 2 values, not 1."),
        ("", "not 0"),
    ],
)
def test_other_values_are_refused_with_a_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_values(text, 2)


@pytest.mark.parametrize("value", [0.0, 0.5, float(np.nextafter(np.float32(1), np.float32(0)))])
def test_a_value_from_nothing_to_just_below_one_is_allowed(value: float) -> None:
    assert checked_value(value, 3) == value


@pytest.mark.parametrize("value", [1.0, 1.5, -1e-9, float("nan"), float("inf"), 1 - 1e-12])
def test_a_value_outside_is_refused_by_its_place(value: float) -> None:
    with pytest.raises(ValueError, match="Value") as caught:
        checked_value(value, 3)
    assert str(caught.value) == f"Value 3 must be at least 0 and less than 1, not {value:.12g}."


def test_a_text_that_is_too_long_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.pasted.limits", lambda: Limits(paste_characters=500))
    assert parse_values("0.5" + " " * 497, 1).tolist() == [0.5]
    with pytest.raises(ValueError, match="Paste") as caught:
        parse_values("0.5" + " " * 498, 1)
    assert str(caught.value) == "The text has 501 characters; at most 500 are read. Paste the values alone."


def test_a_long_word_is_quoted_by_its_first_twenty_letters_and_values_are_single_floats() -> None:
    with pytest.raises(ValueError, match="number") as caught:
        parse_values("0.1 abcdefghijklmnopqrstuvwxyz", 2)
    assert str(caught.value) == "Value 2, 'abcdefghijklmnopqrst', is not a number. Write it like 0.25."
    assert parse_values("0.1", 1).dtype == np.float32


def test_a_sequence_of_ones_own_is_padded_and_labeled() -> None:
    """At five of eight timesteps the sum has reached a quarter of eight, 2, since the third."""
    problem = ProblemSpec(name="variable_length", timesteps=8)
    values = np.full(5, 0.75, np.float32)
    batch = labeled(problem, values)
    assert batch.x.shape == (1, 8, 1)
    assert batch.x.dtype == np.float32
    assert batch.x[0, :, 0].tolist() == [0.75] * 5 + [PADDING] * 3
    assert batch.mask.tolist() == [[True] * 5 + [False] * 3]
    expected = problem.problem.labels(batch.x, batch.mask, **problem.parameters())  # type: ignore[misc]
    assert np.array_equal(batch.y, expected)
    assert set(batch.y[0, :5, 0]) == {0, 1}


def test_answers_are_padded_with_their_values() -> None:
    batch = padded(ProblemSpec(name="variable_length", timesteps=4), np.array([0.1, 0.2], np.float32), np.array([3, 4]))
    assert batch.y[0, :, 0].tolist() == [3, 4, 0, 0]
    whole = padded(ProblemSpec(timesteps=2), np.array([0.1, 0.2]), np.array([1, 0]))
    assert whole.x.dtype == np.float32
    assert whole.x.shape == whole.y.shape == (1, 2, 1)
    assert whole.mask.tolist() == [[True, True]]


def test_a_threshold_of_ones_own_labels_a_sequence_of_ones_own() -> None:
    values = np.array([0.5, 0.5, 0.5, 0.5], np.float32)
    labels = [
        labeled(ProblemSpec(timesteps=4, threshold=threshold), values).y[0, :, 0].tolist() for threshold in (0.1, 0.4)
    ]
    assert labels == [[1, 1, 1, 1], [0, 0, 0, 1]]


@pytest.mark.parametrize(("name", "count"), [("cumulative_sum", 9), ("cumulative_sum", 11), ("variable_length", 11)])
def test_a_sequence_of_a_wrong_length_is_refused(name: str, count: int) -> None:
    with pytest.raises(ValueError, match="timesteps") as caught:
        labeled(ProblemSpec(name=name), np.full(count, 0.5, np.float32))
    assert str(caught.value) == f"A sequence of 10 timesteps cannot have {count} values."


def test_a_problem_whose_answers_hang_on_more_than_the_values_labels_none() -> None:
    undecided = next(name for name, problem in PROBLEMS.items() if problem.labels is None)
    with pytest.raises(ValueError, match="follow") as caught:
        labeled(ProblemSpec(name=undecided), np.full(10, 0.5, np.float32))
    assert str(caught.value) == f"The answers of {PROBLEMS[undecided].title} do not follow from the values alone."
