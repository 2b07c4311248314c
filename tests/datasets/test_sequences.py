"""Rows become sequences as a person would group and order them, or a sentence names the row that keeps them from it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bilstm_core.datasets import bounds
from bilstm_core.datasets.bounds import DataError
from bilstm_core.datasets.columns import Columns, guess
from tests.datasets.tables import LONG, found, long_table

FRAME = long_table()


def refused(frame: pd.DataFrame, columns: Columns | None = None) -> str:
    with pytest.raises(DataError) as caught:
        found(frame, columns)
    return str(caught.value)


def with_cell(row: int, column: str, value: object) -> pd.DataFrame:
    """The table with a cell changed; row as a spreadsheet counts them, the header first."""
    frame = FRAME.astype({column: object})
    frame.loc[row - 2, column] = value
    return frame.infer_objects()


def test_the_columns_of_the_long_form_are_guessed() -> None:
    assert guess(FRAME) == LONG


@pytest.mark.parametrize(
    ("names", "guessed"),
    [
        (
            {"sequence": "Subject", "t": "time", "label": "State"},
            Columns(sequence="Subject", timestep="time", features=("x",), label="State"),
        ),
        (
            {"sequence": "patch", "t": "n", "label": "z"},
            Columns(sequence="patch", features=("n", "x"), label="z"),
        ),
    ],
    ids=["by name", "by blocks and place"],
)
def test_columns_are_guessed_by_their_names_and_values(names: dict[str, str], guessed: Columns) -> None:
    assert guess(FRAME.rename(columns=names)) == guessed


def test_numbers_with_decimals_are_guessed_as_numbers_and_few_whole_ones_as_classes() -> None:
    assert guess(FRAME.assign(label=FRAME["x"] * 2)).answer == "numbers"
    assert guess(FRAME.assign(label=(FRAME["x"] * 3).astype(int))).answer == "classes"


def test_shuffled_rows_are_put_in_order() -> None:
    ordered, shuffled = found(FRAME, LONG), found(FRAME.sample(frac=1, random_state=0), LONG)
    by_name = np.argsort(shuffled.names.astype(int))
    starts = np.cumsum(shuffled.lengths) - shuffled.lengths
    rows = np.concatenate([np.arange(starts[place], starts[place] + 5) for place in by_name])
    np.testing.assert_array_equal(shuffled.features["x"][rows], ordered.features["x"])
    np.testing.assert_array_equal(shuffled.label[rows], ordered.label)


def test_a_row_is_found_again_in_the_file() -> None:
    shuffled = FRAME.sample(frac=1, random_state=0).reset_index(drop=True)
    sequences = found(shuffled, LONG)
    np.testing.assert_array_equal(shuffled["x"].to_numpy()[sequences.row - 2], sequences.features["x"])


def test_wide_form_says_the_same_as_long_form() -> None:
    wide = FRAME.pivot(index="sequence", columns="t", values=["x", "label"])
    wide.columns = [f"{name}{t}" for name, t in wide.columns]
    wide = wide.infer_objects().reset_index(drop=True)
    assert guess(wide) == Columns(form="wide", features=("x",), label="label")
    sequences, expected = found(wide), found(FRAME, LONG)
    np.testing.assert_array_equal(sequences.features["x"], expected.features["x"])
    np.testing.assert_array_equal(sequences.label, expected.label)
    assert sequences.row.tolist() == np.repeat(np.arange(2, 14), 5).tolist()


def test_in_wide_form_a_sequence_ends_with_its_last_value() -> None:
    wide = pd.DataFrame(np.arange(48.0).reshape(12, 4), columns=["x1", "x2", "x3", "x4"])
    wide.loc[0, ["x3", "x4"]] = np.nan
    wide.loc[1, "x2"] = np.nan
    sequences = found(wide.assign(kind=["a", "b"] * 6))
    assert sequences.lengths.tolist() == [2, *[4] * 11]
    assert sequences.whole
    assert "1 missing value, in row 3" in sequences.notes[0]


def test_one_label_a_sequence_is_noticed() -> None:
    assert found(FRAME.assign(label=FRAME["sequence"] % 2)).whole
    assert not found(FRAME).whole


def test_missing_values_are_told_by_row_and_missing_labels_are_not_asked_for() -> None:
    frame = with_cell(4, "x", np.nan)
    frame.loc[8, "label"] = None
    sequences = found(frame)
    assert sequences.notes == (
        "“x” has 1 missing value, in row 4.",
        "1 label missing, in row 10: these timesteps are read, and not asked for.",
    )
    assert sequences.label[8] == -1


def test_a_timestep_that_comes_twice_is_named_with_its_rows() -> None:
    assert "The sequence “1” has the timestep “2” twice, in rows 3 and 4." in refused(with_cell(4, "t", 2))


def test_one_class_alone_is_nothing_to_tell() -> None:
    assert refused(FRAME.assign(label="low")).startswith("Every label is “low”")
    numbers = replace(LONG, answer="numbers")
    assert refused(FRAME.assign(label=1.5), numbers).startswith("Every label is “1.5”")


def test_a_feature_of_text_that_never_comes_again_is_refused() -> None:
    texts = [f"remark {number}" for number in range(len(FRAME))]
    assert "“x” holds text that is nearly never the same, such as “remark 0”" in refused(FRAME.assign(x=texts))


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e300])
def test_an_infinite_value_is_named(value: float) -> None:
    assert "infinite or far too large, in row 4" in refused(with_cell(4, "x", value))


def test_a_feature_of_dates_is_refused() -> None:
    dates = pd.date_range("2020-01-01", periods=len(FRAME), freq="h")
    assert "holds dates" in refused(FRAME.assign(x=dates))


@pytest.mark.parametrize("column", ["sequence", "t"])
def test_a_row_without_its_place_is_named(column: str) -> None:
    assert "row 4" in refused(with_cell(4, column, None), LONG)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (replace(LONG, label="nowhere"), "There is no column “nowhere”"),
        (replace(LONG, label=""), "Choose the column that the label stands in"),
        (replace(LONG, features=()), "Choose at least one feature"),
        (replace(LONG, features=("label",)), "“label” is chosen twice"),
        (replace(LONG, sequence=""), "No column says which sequence"),
        (replace(LONG, cut=999), "2 to 200 timesteps"),
        (replace(LONG, answer="numbers"), "holds text, such as"),
        (replace(LONG, sequence="x", features=("sequence",)), "one timestep only"),
        (replace(LONG, timestep="", features=("t",), label="x", answer="classes"), "at most 50 classes"),
    ],
)
def test_columns_that_make_no_sense_are_answered_by_a_sentence(columns: Columns, told: str) -> None:
    assert told in refused(FRAME, columns)


def test_too_few_and_too_long_sequences_are_told() -> None:
    assert "There are only 3 sequences" in refused(long_table(sequences=3))
    assert "has 201 timesteps, and at most 200" in refused(long_table(timesteps=201))
    assert found(long_table(timesteps=201), replace(LONG, cut=67)).lengths.tolist() == [67] * 36


def test_a_recording_is_cut_into_pieces_in_the_order_of_its_rows() -> None:
    frame = long_table(sequences=1, timesteps=105).drop(columns="sequence")
    sequences = found(frame, Columns(timestep="t", features=("x",), label="label", cut=10))
    assert sequences.lengths.tolist() == [*[10] * 10, 5]
    assert sequences.recording
    np.testing.assert_array_equal(sequences.features["x"], frame["x"])


def test_a_column_says_which_sequences_are_held_out() -> None:
    frame = FRAME.assign(split=np.where(FRAME["sequence"] > 9, "test", "train"))
    columns = guess(frame)
    assert columns == replace(LONG, split="split")
    assert found(frame).held_out.tolist() == [False] * 9 + [True] * 3
    frame.loc[0, "split"] = "test"
    assert "splits a sequence in two" in refused(frame)
    assert "says nowhere" in refused(frame.assign(split="later"), columns)
    assert "all sequences or none" in refused(frame.assign(split="test"), columns)


def test_many_features_are_told() -> None:
    names = [f"f{number}" for number in range(bounds.MAX_FEATURES + 1)]
    frame = pd.concat([FRAME, pd.DataFrame(1.0, FRAME.index, names)], axis=1)
    assert "at most 256" in refused(frame, replace(LONG, features=tuple(names)))
