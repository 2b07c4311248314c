"""Models on held-out sequences: counted as scikit-learn counts, and told apart no better than the sequences allow."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as reference

from bilstm_core.analysis import held_out
from bilstm_core.analysis.held_out import Answers, Labels
from bilstm_core.analysis.window_regression import regression
from tests.datasets.tables import long_table, ready

RNG = np.random.default_rng(0)
EXPECTED = RNG.integers(0, 3, (30, 8))
MASK = np.arange(8) < RNG.integers(3, 9, 30)[:, None]
LABELS = Labels(expected=EXPECTED, mask=MASK, classes=3)


def guessing(label: str, right: float, starts: int = 6, seed: int = 1) -> Answers:
    rng = np.random.default_rng(seed)
    told = np.where(
        rng.random((starts, *EXPECTED.shape)) < right, EXPECTED, rng.integers(0, 3, (starts, *EXPECTED.shape))
    )
    return Answers(label, told)


def test_metrics_are_those_of_scikit_learn() -> None:
    answers = guessing("one", 0.5, starts=1)
    told, expected = answers.told[0][MASK], EXPECTED[MASK]
    assert held_out.metrics(answers, LABELS) == pytest.approx(
        {
            "accuracy": reference.accuracy_score(expected, told),
            "balanced accuracy": reference.balanced_accuracy_score(expected, told),
            "F1": reference.f1_score(expected, told, average="macro"),
        }
    )
    counts = held_out.confusion(answers, LABELS).pivot(index="expected", columns="predicted", values="count")
    np.testing.assert_array_equal(counts, reference.confusion_matrix(expected, told))


def test_errors_of_numbers_are_in_their_own_unit() -> None:
    expected = RNG.normal(size=EXPECTED.shape)
    labels = Labels(expected=expected, mask=MASK, classes=0, mean=10.0, spread=4.0)
    answers = Answers("one", (expected + 0.5)[None])
    told = held_out.metrics(answers, labels)
    assert (told["MSE"], told["MAE"]) == pytest.approx((4.0, 2.0))
    assert told["variance explained"] == pytest.approx(1 - 0.25 / expected[MASK].var())
    assert held_out.scores(answers, labels) == pytest.approx([4.0])
    assert held_out.confusion(answers, labels).empty


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        hard = rng.random((40, 1)) < 0.5  # sequences differ in how hard they are
        told = np.where(rng.random((6, 40, 10)) < np.where(hard, 0.4, 0.9), 1, 0)
        labels = Labels(expected=np.ones((40, 10), int), mask=np.ones((40, 10), bool), classes=2)
        row = held_out.standing([Answers("one", told)], labels).iloc[0]
        covered += row["low"] <= 0.65 <= row["high"]
    assert 0.88 < covered / 200 <= 1


def test_a_lead_is_settled_only_where_the_sequences_carry_it() -> None:
    worse, better = guessing("worse", 0.5), guessing("better", 0.8, seed=2)
    lead = held_out.lead([worse, better], LABELS, "better", "worse")
    assert lead.settled
    assert 0 < lead.low < lead.mean < lead.high
    back = held_out.lead([worse, better], LABELS, "worse", "better")
    assert (back.mean, back.low, back.high) == pytest.approx((-lead.mean, -lead.high, -lead.low))
    alike = held_out.lead([worse, guessing("other", 0.5, seed=3)], LABELS, "worse", "other")
    assert not alike.settled
    assert held_out.lead([worse, worse._replace(label="same")], LABELS, "worse", "same").within(1e-9)


def test_one_label_a_sequence_counts_once() -> None:
    expected = np.repeat([[0], [1], [1], [0]], 5, axis=1)
    labels = Labels(expected=expected, mask=np.arange(5) < np.array([[5], [1], [3], [2]]), classes=2, whole=True)
    right = np.array([True, True, True, False])
    answers = Answers("one", np.where(right[:, None], expected, 1 - expected)[None])
    assert held_out.scores(answers, labels) == pytest.approx([0.75])
    assert held_out.metrics(answers, labels)["accuracy"] == 0.75
    assert held_out.confusion(answers, labels)["count"].sum() == 4


def test_a_timestep_is_scored_over_the_labels_it_has() -> None:
    answers = guessing("one", 0.5, starts=2)
    table = held_out.by_timestep([answers], LABELS)
    right = (answers.told == EXPECTED).mean(axis=0)
    expected = [right[MASK[:, t], t].mean() for t in range(8)]
    np.testing.assert_allclose(table["score"], expected)
    assert table["labels"].tolist() == MASK.sum(axis=0).tolist()


def test_the_base_rate_is_the_commonest_class_of_the_training_part() -> None:
    given = ready(long_table(sequences=40)).given
    labels = held_out.labels_of(given)
    rows = given.padded(False, 5)
    commonest = int(rows.y.mean() >= 0.5)
    assert held_out.base_rate(given, labels).told.tolist() == np.full((1, 10, 5), commonest).tolist()


@pytest.mark.parametrize("ahead", [1, 0])
def test_the_regression_reads_its_neighbors_and_no_others(ahead: int) -> None:
    frame = long_table(sequences=200, timesteps=6)
    values = frame["x"].to_numpy().reshape(200, 6)
    later = np.concatenate([values[:, 1:], np.zeros((200, 1))], axis=1)
    given = ready(frame.assign(label=(later > 0.5).astype(int).ravel())).given
    labels = held_out.labels_of(given)
    (share,) = held_out.scores(regression(given, labels, neighbors=1, ahead=ahead), labels)
    assert share > 0.9 if ahead else share < 0.8


def test_a_linear_regression_tells_numbers() -> None:
    frame = long_table(sequences=60)
    values = frame["x"].to_numpy().reshape(60, 5)
    before = np.concatenate([np.zeros((60, 1)), values[:, :-1]], axis=1)
    prepared = ready(frame.assign(label=(3 * values + 2 * before).ravel()))
    labels = held_out.labels_of(prepared.given, mean=prepared.mean, spread=prepared.spread)
    assert held_out.metrics(regression(prepared.given, labels), labels)["variance explained"] > 0.95
    assert held_out.metrics(held_out.base_rate(prepared.given, labels), labels)["variance explained"] < 0.05


def test_several_classes_of_which_training_has_not_all_are_told_by_the_regression() -> None:
    frame = long_table(sequences=20)
    label = np.where(frame["sequence"] == 20, "only here", np.where(frame["x"] > 0.5, "big", "small"))
    split = np.where(frame["sequence"] > 15, "test", "train")
    given = ready(frame.assign(label=label, split=split)).given
    labels = held_out.labels_of(given)
    (share,) = held_out.scores(regression(given, labels), labels)
    assert 0.6 < share < 0.85


def test_what_models_say_is_a_table_with_a_row_for_each_label() -> None:
    frame = held_out.table([guessing("one", 0.5)], LABELS, {"row": range(MASK.sum())})
    assert list(frame.columns) == ["row", "one"]
    assert len(frame) == MASK.sum()
    assert isinstance(frame, pd.DataFrame)
