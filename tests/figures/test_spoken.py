"""What figures say of themselves is true of their data."""

import numpy as np
import pandas as pd
import pytest

from bilstm_core.figures import spoken


@pytest.mark.parametrize(
    ("steps", "said"),
    [([3], "at timestep 3"), ([1, 2, 3, 7], "at timesteps 1 to 3, 7"), ([2, 4], "at timesteps 2, 4")],
)
def test_neighbouring_timesteps_are_said_together(steps, said):
    assert spoken.at_timesteps(steps) == said


def test_words_in_a_row():
    assert [spoken.listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_curves_that_end_together_and_apart():
    levels = {"best possible": 0.1}
    together = spoken.loss_curves({"forward": (1000, 0.5), "backward": (1000, 0.25)}, "sequence", levels)
    assert together == (
        "At sequence 1,000 the loss is 0.500 for forward and 0.250 for backward; marked: best possible at 0.100."
    )
    apart = spoken.loss_curves({"forward": (10, 0.5), "backward": (20, 0.25)}, "sequence", {})
    assert apart == "The loss is 0.500 for forward at sequence 10 and 0.250 for backward at sequence 20."
    assert spoken.loss_curves({}, "sequence", levels) == ""


def test_answers_of_one_sequence():
    assert spoken.answers("forward", np.array([True, True]), [1, 2]) == "forward: all 2 labels right."
    wrong = spoken.answers("forward", np.array([True, False, False]), [1, 2, 3])
    assert wrong == "forward: 2 of 3 labels wrong, at timesteps 2 to 3."


def test_a_timeline():
    rows = pd.DataFrame({"timestep": [1, 2, 3], "x": [0.5, -0.25, 1], "high": [0.5, 0.25, 1.25], "expected": [0, 0, 1]})
    assert spoken.timeline(rows, [0.75], "running sum", 2) == (
        "3 values from −0.25 to 1.00. The running sum reaches at most 1.25; the limit is 0.75."
        " Expected: 0 at timesteps 1 to 2; 1 at timestep 3."
    )
    assert spoken.timeline(rows, [], "", 0) == "3 values from −0.25 to 1.00."


def test_a_wall_leaves_out_where_sequences_have_ended():
    expected, errors = np.array([[0, 1], [1, np.nan]]), np.array([[0, 1], [0, np.nan]])
    size = "2 sequences of up to 2 timesteps"
    assert spoken.wall(expected, errors, 2) == f"{size}: 1 of 3 labels are wrong, in 1 of them."
    assert spoken.wall(expected, errors, 0) == f"{size}; the mean absolute error is 0.333."


def test_what_has_been_read():
    read, decides = np.array([[1, 0], [1, 1]], bool), np.array([[1, 1], [1, 0]], bool)
    assert spoken.reading("forward", read, decides) == (
        "forward: 1 of 2 outputs have read all values that decide their label."
    )
    assert spoken.reading("forward", read, decides, measured=True) == (
        "forward: 1 of 2 outputs have read all values that were found to change their label."
    )
    assert spoken.reading("forward", read, None) == "forward: each output has read 1 to 2 of the 2 values."
    assert spoken.reading("both", read | True, None) == "both: each output has read all 2 values."


def test_lowest_and_highest_by_timestep_skip_what_is_missing():
    table = pd.DataFrame(
        {"label": "f", "timestep": [1, 2, 3, 4], "accuracy": [0.9, 0.5, np.nan, 1.0]}, index=[0, 0, 1, 1]
    )
    said = spoken.by_timestep(table, ["f", "absent"], "accuracy", ".1%")
    assert said == "f: lowest 50.0% at timestep 2, highest 100.0% at timestep 4."


def test_the_most_frequent_label_whatever_the_index():
    table = pd.DataFrame(
        {"timestep": [1, 1, 2, 2], "label": [0, 1, 0, 1], "share": [0.9, 0.1, 0.4, 0.6]}, index=[0] * 4
    )
    assert spoken.label_shares(table) == (
        "The most frequent label is 0 at timestep 1; 1 at timestep 2."
        " It has 90.0% of sequences at timestep 1, and 60.0% at timestep 2."
    )


def test_differences_with_and_without_an_interval():
    values = np.array([-0.2, 0.1])
    assert spoken.differences("mul", values, -0.05, -0.2, 0.1) == (
        "mul: mean −0.050, 95% interval −0.200 to +0.100, below zero in 1 of 2 starts."
    )
    assert "interval" not in spoken.differences("mul", values, -0.05, -0.05, -0.05)


def test_a_confusion_matrix():
    assert spoken.confusion([0, 1], np.array([[5, 0], [2, 8]])) == (
        "Expected 0: 5 of 5 right. Expected 1: 8 of 10 right, 2 taken for 0."
    )


def test_sensitivity():
    assert spoken.sensitivity("forward", np.array([[1.0, 0], [0, 2.5]]), 3) == (
        "forward: 2 of 4 squares are exactly zero; output 4 reacts most, to value 4 (2.5)."
    )
    assert spoken.sensitivity("forward", np.zeros((2, 2)), 1) == "forward: 4 of 4 squares are exactly zero."


def test_spans():
    assert spoken.spans({"input gate": np.array([np.nan, -0.5, 1])}) == "input gate: from −0.50 to 1.00."


def test_a_cell_tells_only_what_has_been_worked_out():
    numbers = {"x": 0.3, "h_before": 0.1, "c_before": -0.2, "i": 0.5, "f": 0.77, "c": 0.88, "h": 0.99}
    names = {"f": "forget gate", "i": "input gate"}
    assert spoken.cell(numbers, ["z", "i"], names) == (
        "Input 0.300, hidden state before 0.100, cell state before −0.200 and input gate 0.500."
        " Not known yet: forget gate, cell state and hidden state."
    )


def test_starts():
    assert spoken.starts({0: 0.21, 1: 0.5}, 0, ".0%") == "Seed 0: 21%; 2 starts from 21% to 50%."
