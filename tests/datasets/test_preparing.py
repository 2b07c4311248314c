"""What is held out is never learnt from, not even for scaling; rare labels can count more."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bilstm_core.datasets import preparing
from bilstm_core.datasets.bounds import DataError
from bilstm_core.datasets.columns import guess
from bilstm_core.datasets.preparing import class_weights, found, prepare
from bilstm_core.datasets.reading import read_table
from bilstm_core.datasets.sequences import sequences_of
from bilstm_core.datasets.shipped import FOLDER, SHIPPED, read
from tests.datasets.tables import LONG, long_table, ready

FRAME = long_table(sequences=40)


def test_a_quarter_of_the_sequences_is_held_out_whole() -> None:
    prepared = ready(FRAME)
    assert prepared.given.held_out.sum() == 10
    assert len(prepared.given.padded(True, 5).x) == 10
    assert len(prepared.given.padded(False, 5).x) == 30


def test_the_draw_is_the_seeds_alone() -> None:
    first, again, other = (ready(FRAME, seed=seed).given for seed in (0, 0, 1))
    assert first.name == again.name
    assert (first.held_out != other.held_out).any()


def test_a_rare_class_is_in_both_parts() -> None:
    for seed in range(20):
        rare = FRAME.assign(label=np.where(FRAME["sequence"] <= 4, "rare", "usual"))
        held_out = ready(rare, seed=seed).given.held_out
        assert held_out[:4].sum() == 1, seed


def test_pieces_of_one_sequence_are_held_out_together() -> None:
    prepared = ready(FRAME, replace(LONG, cut=2))
    by_group = pd.Series(prepared.given.held_out).groupby(prepared.sequences.group).nunique()
    assert (by_group == 1).all()
    assert prepared.given.held_out.sum() == 30


def test_of_a_recording_the_last_quarter_is_held_out() -> None:
    frame = long_table(sequences=1, timesteps=200).drop(columns="sequence")
    held_out = ready(frame, replace(LONG, sequence="", cut=10)).given.held_out
    assert held_out.tolist() == [False] * 15 + [True] * 5


def test_scaling_is_that_of_the_training_part_alone() -> None:
    split = np.where(FRAME["sequence"] > 30, "test", "train")
    shifted = FRAME.assign(x=FRAME["x"] + 1_000 * (FRAME["sequence"] > 30), split=split)
    prepared = ready(shifted)
    trained, held_out = prepared.given.padded(False, 5).x, prepared.given.padded(True, 5).x
    assert trained.mean() == pytest.approx(0, abs=1e-6)
    assert trained.std() == pytest.approx(1, abs=1e-6)
    assert (held_out == preparing.MOST_SPREADS).all()


def test_words_are_counted_in_the_training_part_alone() -> None:
    split = np.where(FRAME["sequence"] > 30, "test", "train")
    words = np.where(FRAME["sequence"] > 30, "new", np.where(FRAME["x"] > 0.5, "big", "small"))
    prepared = ready(FRAME.assign(x=words, split=split))
    assert set(prepared.features) == {"x is big", "x is small"}
    assert not prepared.given.padded(True, 5).x.any()
    assert (prepared.given.padded(False, 5).x.sum(axis=2) == 1).all()


def test_a_missing_value_is_the_mean_and_a_missing_label_has_no_weight() -> None:
    frame = FRAME.copy()
    frame.loc[3, "x"] = np.nan
    frame.loc[7, "label"] = None
    given = ready(frame).given
    assert given.x[3, 0] == 0
    assert given.weight[7] == 0
    assert given.weight.sum() == len(frame) - 1


def test_uneven_sequences_are_padded_and_told_so() -> None:
    given = ready(FRAME.drop(index=[3, 4, 44])).given
    assert given.features == 2
    rows = given.padded(bool(given.held_out[0]), 5)
    np.testing.assert_array_equal(rows.x[0, :, -1], [1, 1, 1, 0, 0])
    np.testing.assert_array_equal(rows.weight[0], [1, 1, 1, 0, 0])
    with pytest.raises(ValueError, match="longest sequence has 5 timesteps, more than 4"):
        given.padded(True, 4)


def test_class_weights_let_all_classes_count_alike_and_are_1_on_average() -> None:
    label = np.repeat([0, 1, 2], [60, 30, 10])
    weights = class_weights(label, 3)
    totals = np.bincount(label, weights[label])
    np.testing.assert_allclose(totals, totals.mean())
    assert weights[label].mean() == pytest.approx(1)
    assert class_weights(np.repeat([0, 1], [1_000, 1]), 2)[1] < 2 * preparing.MOST_WEIGHT


def test_labels_that_are_numbers_are_scaled_by_the_training_part() -> None:
    prepared = ready(FRAME.assign(label=FRAME["x"] * 20 + 5))
    rows = prepared.given.padded(False, 5)
    assert prepared.given.head == "regression"
    assert rows.y.mean() == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(
        rows.y.astype(float) * prepared.spread + prepared.mean,
        (FRAME["x"] * 20 + 5).to_numpy().reshape(40, 5)[~prepared.given.held_out],
        atol=1e-5,
    )


def test_more_numbers_than_are_taken_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "MOST_NUMBERS", 100)
    with pytest.raises(DataError, match="Bring fewer or shorter sequences"):
        ready(FRAME)


def test_labels_that_are_missing_everywhere_in_a_part_are_told() -> None:
    split = np.where(FRAME["sequence"] > 30, "test", "train")
    frame = FRAME.assign(split=split, label=FRAME["label"].where(FRAME["sequence"] <= 30))
    with pytest.raises(DataError, match="have no labels at all"):
        ready(frame)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_data_set_is_read_as_its_columns_say(name: str) -> None:
    table = read_table(read(name))
    assert guess(table.frame) == SHIPPED[name].columns
    prepared = prepare(sequences_of(table, SHIPPED[name].columns))
    assert (
        found(prepared)
        == {
            "tags": "1,166 sequences of 5 to 20 timesteps, 133 features, 17 classes; 292 sequences held out",
            "occupancy": "182 sequences of 9 to 60 timesteps, 4 features, 2 classes; 46 sequences held out",
        }[name]
    )


def test_source_and_license_of_what_is_shipped_stand_beside_it() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name, shipped in SHIPPED.items():
        row = next(line for line in told.splitlines() if f"`{name}.csv.gz`" in line)
        assert shipped.address in row
        assert shipped.license in row
