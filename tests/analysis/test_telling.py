"""What is told of a comparison, from every branch."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis import telling
from bilstm_core.analysis.statistics import FEWEST, Difference, differences
from bilstm_core.analysis.telling import Told, after, too_few, why_open

SPREAD = [0.01, -0.02, 0.0, 0.03, -0.01, 0.02, -0.03, 0.01, 0.0, -0.01]


def scores(**losses: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"label": label, "seed": seed, "loss": loss}
            for label, values in losses.items()
            for seed, loss in enumerate(values)
        ]
    )


def ranking(table: pd.DataFrame, expected: Sequence[str] = (), **more: Any) -> Told:
    return telling.ranking(table, expected, **more).told


def around(middle: float) -> list[float]:
    return [middle + deviation for deviation in SPREAD]


def shuffled(middle: float) -> list[float]:
    return [middle + deviation for deviation in np.random.default_rng(1).permutation(SPREAD)]


def test_the_winner_of_two_is_told_with_its_lead_and_the_interval_stands_in_the_second_line() -> None:
    table = scores(slow=around(2.0), fast=shuffled(1.0))
    (pair,) = differences(table)
    assert ranking(table, sequences=250) == Told(
        "After 250 sequences, fast wins: its loss is 1.000 below slow's, in all 10 runs.",
        f"Fast below slow: 95% interval {pair.low:.3f} to {pair.high:.3f}. Loss: mean of 10 runs, on fresh sequences.",
    )
    assert ranking(table).answer == "Fast wins: its loss is 1.000 below slow's, in all 10 runs."


def test_the_lowest_of_several_is_set_beside_the_next() -> None:
    told = ranking(scores(c=around(2.5), a=shuffled(1.0), b=around(2.0)))
    assert told.answer == "A wins: its loss is 1.000 below b's, in all 10 runs."


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        (1, "No ranking yet: one run is too few (at least 6 needed)."),
        (3, "No ranking yet: three runs are too few (at least 6 needed)."),
        (5, "No ranking yet: five runs are too few (at least 6 needed)."),
    ],
)
def test_too_few_starts_rank_nothing(starts: int, words: str) -> None:
    assert ranking(scores(a=[1.0] * starts, b=[2.0] * starts), sequences=250) == Told(
        words, "So far, a's loss is 1.000 below b's. Try 10."
    )


def test_of_no_common_starts_no_difference_is_told() -> None:
    told = too_few(Difference("a", "b", math.nan, math.nan, math.nan, 0, 0, 0))
    assert told == ("No ranking yet: no runs are too few (at least 6 needed).", "Try 10.")


def test_fewest_starts_rank() -> None:
    told = ranking(scores(a=around(1.0)[:FEWEST], b=shuffled(2.0)[:FEWEST]))
    assert told.answer.startswith("A wins: its loss is 0.9")
    assert told.answer.endswith("in all 6 runs.")


def test_one_model_cannot_be_ranked() -> None:
    assert ranking(scores(a=[1.0] * 10)) == Told("One model alone can't be ranked.")


def test_nobody_wins_of_two_that_are_level_and_the_second_line_says_why() -> None:
    told = ranking(scores(a=[1.0] * 6 + [3.0] * 4, b=[2.0] * 10), sequences=250)
    assert told.answer == "After 250 sequences, nobody wins: a and b are too close to call."
    assert told.counts.startswith("The mean difference could be zero (95% interval -")
    assert ", and a is lower in only 6 of 10 runs. Loss: mean of 10 runs" in told.counts


def test_starts_that_all_tie_are_level() -> None:
    told = ranking(scores(a=[1.0] * 10, b=[1.0] * 10))
    assert told.answer == "Nobody wins: a and b are too close to call."
    assert "0 of 10 runs (10 tied)" in told.counts


def test_one_that_is_far_behind_comes_first_with_its_reason_and_then_who_wins() -> None:
    table = scores(high=around(5.0), b=shuffled(1.0), c=around(2.0))
    gap = "its loss is 3.000 above c's, in all 10 runs."
    others = "Of the others, b wins: its loss is 1.000 below c's, in all 10 runs."
    without = ranking(table)
    assert without.answer == f"High is far behind: {gap} {others}"
    assert without.counts.startswith("High above c: 95% interval 3.000 to 3.000. B below c: 95% interval ")
    interval = without.counts.partition("B below c: 95% interval ")[2].partition(". Loss")[0]
    told = ranking(table, sequences=250, reasons={"high": "it is so", "b": "never told"})
    assert told.answer == f"After 250 sequences, high is far behind: {gap}"
    assert told.counts == (
        "95% interval 3.000 to 3.000. Of the others, b wins by 1.000, in all 10 runs "
        f"({interval}). A likely reason: it is so. Loss: mean of 10 runs, on fresh sequences."
    )
    level = ranking(scores(high=around(3.0), b=around(1.0), c=shuffled(1.001)), reasons={"high": "it is so"})
    assert level.answer.startswith("High is far behind: its loss is 1.")
    assert " A likely reason: it is so. Loss:" in level.counts
    assert "Nobody wins among the others: b and c are too close to call. The mean" in level.counts


def test_one_that_is_no_further_than_the_others_among_each_other_is_not_far_behind() -> None:
    assert "far behind" not in ranking(scores(a=around(1.0), b=shuffled(2.0), c=around(2.9))).answer
    assert "far behind" in ranking(scores(a=around(1.0), b=shuffled(2.0), c=around(3.1))).answer


def test_one_that_is_behind_is_said_to_be_far_from_a_tenth_on() -> None:
    for gap, said in ((0.04, "High is behind: its loss is 0.0"), (0.2, "High is far behind: its loss is 0.")):
        scale = {name: [0.002 * value for value in losses] for name, losses in (("b", around(1)), ("c", shuffled(2)))}
        high = [0.002 * value + gap for value in around(2)]
        assert ranking(scores(**scale, high=high)).answer.startswith(said)


def test_one_that_is_far_behind_two_that_are_level() -> None:
    told = ranking(scores(high=around(3.0), b=around(1.0), c=shuffled(1.001)))
    assert told.answer.endswith("Nobody wins among the others: b and c are too close to call.")


def test_several_level_models_and_several_higher_ones_are_named() -> None:
    level = {"b": around(1.0), "c": shuffled(1.001), "d": around(1.002)[::-1]}
    assert ranking(scores(**level, high=around(3.0), top=shuffled(4.0))).answer == (
        "Nobody wins: b, c and d are too close to call. High and top are above them."
    )
    assert ranking(scores(b=around(1.0), c=shuffled(1.001), high=around(3.0), top=shuffled(4.0))).answer == (
        "Nobody wins: b and c are too close to call. High and top are above both."
    )


def test_no_ranking_tells_the_gap_between_the_lowest_and_the_highest() -> None:
    wide = {"a": [0.0, 4.0] * 5, "b": [1.0, 3.1] * 5, "c": [4.0, 0.5] * 5, "d": [3.0, 1.6] * 5}
    assert ranking(scores(**wide)).answer == ("No ranking yet: even the widest gap, a below d, is too close to call.")


def test_a_winner_is_handed_over_by_name_and_nobody_where_the_starts_carry_none() -> None:
    clear = {"high": around(5.0), "b": shuffled(1.0), "c": around(2.0)}
    level = {"b": around(1.0), "c": shuffled(1.001)}
    wide = {"a": [0.0, 4.0] * 5, "b": [1.0, 3.1] * 5, "c": [4.0, 0.5] * 5, "d": [3.0, 1.6] * 5}
    for winner, losses in (("c", {"b": around(2.5), "c": shuffled(1.0)}), ("b", clear)):  # b beside one far behind
        ranked = telling.ranking(scores(**losses))
        assert ranked.winner == winner
        assert f"{winner} wins" in ranked.told.answer.lower()
    for none in (level, level | {"high": around(3.0)}, wide, {"b": around(1.0)}):
        assert telling.ranking(scores(**none)).winner == ""
    for near in (level, level | {"high": around(3.0)}):
        ranked = telling.ranking(scores(**near), sequences=250)
        assert ranked.level == ("b", "c")
        assert ranked.undecided.lower().endswith("b and c are too close to call.")
        assert ranked.undecided in ranked.told.answer
        assert telling.level_of(scores(**near)) == ["b", "c"]
    assert telling.ranking(scores(**wide)).undecided == ""
    assert telling.ranking(scores(**{name: losses[:3] for name, losses in clear.items()})).winner == ""


def test_what_contradicts_the_lesson_is_said_and_what_fits_it_is_not() -> None:
    table = scores(a=around(2.0), c=around(2.9), b=shuffled(1.0))
    assert ranking(table, ["a", "c"]).answer.endswith(" The well-known picture has a or c lowest; these runs do not.")
    for fitting in (["b", "a"], [], ["not in view"]):
        assert "picture" not in ranking(table, fitting).answer


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (
            Difference("a", "b", 0.1, -0.01, 0.3, 9, 10, 10),
            "A is lower in 9 of 10 runs, but they differ so much that the mean difference could be zero"
            " (95% interval -0.010 to 0.300).",
        ),
        (
            Difference("a", "b", 0.1, 0.01, 0.3, 7, 10, 10),
            "A is lower in only 7 of 10 runs: by chance alone a count that uneven comes up 34% of the time;"
            " 95% interval 0.010 to 0.300.",
        ),
        (
            Difference("a", "b", 0.1, -0.01, 0.3, 5, 10, 8),
            "The mean difference could be zero (95% interval -0.010 to 0.300), and a is lower in only"
            " 5 of 10 runs (2 tied).",
        ),
        (
            Difference("a", "b", 0.1, 0.01, 0.3, 15, 50, 50),
            "A has the lower mean, but is lower in only 15 of 50 runs; 95% interval 0.010 to 0.300.",
        ),
    ],
)
def test_too_close_to_call_says_why(pair: Difference, words: str) -> None:
    assert why_open(pair) == words


def test_a_conclusion_and_what_it_rests_on_are_one_text_for_a_report() -> None:
    assert Told("It is so.", "Ten runs.").whole == "It is so. Ten runs."
    assert Told("It is so.").whole == "It is so."


def test_what_holds_after_so_many_sequences_begins_with_them() -> None:
    assert after(1, "it is so.") == "After 1 sequence, it is so."
    assert after(4_000, "it is so.") == "After 4,000 sequences, it is so."
    assert after(None, "it is so.") == "It is so."
