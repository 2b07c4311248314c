import math

import numpy as np
import pandas as pd
import pytest

from bilstm_core.statistics import (
    FEWEST,
    MOST_STARTS,
    SURE,
    Difference,
    _losses_allowed,
    against,
    differences,
    interval,
    late_fall,
    ranking_sentence,
    sign_test,
    starts_needed,
)


def scores(**losses: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"label": label, "seed": seed, "loss": loss}
            for label, values in losses.items()
            for seed, loss in enumerate(values)
        ]
    )


SPREAD = [0.01, -0.02, 0.0, 0.03, -0.01, 0.02, -0.03, 0.01, 0.0, -0.01]


def around(middle: float) -> list[float]:
    return [middle + one for one in SPREAD]


def shuffled(middle: float) -> list[float]:
    return [middle + one for one in np.random.default_rng(1).permutation(SPREAD)]


def test_wins_are_counted_seed_by_seed() -> None:
    (pair,) = differences(scores(a=[1.0, 2.0, 3.0], b=[2.0, 1.0, 2.0]))
    assert (pair.first, pair.second, pair.wins, pair.starts) == ("b", "a", 2, 3)
    assert pair.mean == pytest.approx(1 / 3)


def test_ties_and_seeds_that_one_lacks_do_not_count_as_wins() -> None:
    (pair,) = differences(scores(a=[1.0, 1.0, 1.0], b=[1.0, 2.0]))
    assert (pair.first, pair.wins, pair.starts, pair.decided, pair.mean) == ("a", 1, 2, 1, 0.5)


def test_starts_that_all_tie_are_starts_all_the_same() -> None:
    text = ranking_sentence(scores(a=[1.0] * 10, b=[1.0] * 10))
    assert text.startswith("No ranking yet.")
    assert text.endswith("0 of 10 starts, 10 tied).")


def test_many_small_losses_against_a_few_large_wins_settle_nothing() -> None:
    gaps = np.array([-0.001] * 35 + [0.1] * 15)
    (pair,) = differences(scores(a=[1.0] * 50, b=list(1.0 + gaps)))
    assert (pair.first, pair.wins, pair.starts) == ("a", 15, 50)
    assert pair.low > 0
    assert pair.p_value < SURE
    assert not pair.settled


@pytest.mark.parametrize(("wins", "starts", "p"), [(10, 10, 2 / 1024), (5, 10, 1.0), (8, 10, 2 * 56 / 1024)])
def test_the_sign_test_is_the_binomial_tail(wins: int, starts: int, p: float) -> None:
    assert sign_test(wins, starts) == pytest.approx(p)
    assert sign_test(starts - wins, starts) == pytest.approx(p)


def test_fewest_is_where_the_sign_test_can_first_be_passed() -> None:
    assert sign_test(FEWEST, FEWEST) < SURE <= sign_test(FEWEST - 1, FEWEST - 1)


def test_the_losses_allowed_are_those_of_the_sign_test() -> None:
    allowed = _losses_allowed()
    assert len(allowed) == MOST_STARTS
    for starts in (1, 5, 6, 9, 10, 50, 200, 1_000):
        most = int(allowed[starts - 1])
        assert sign_test(starts - most - 1, starts) >= SURE or 2 * (most + 1) >= starts
        assert most < 0 or sign_test(starts - most, starts) < SURE


def test_the_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    samples = rng.normal(1.0, 1.0, (300, 10))
    covered = sum(low <= 1.0 <= high for low, high in map(interval, samples))
    assert 0.92 <= covered / 300 <= 0.98


def test_the_interval_is_the_same_each_time_and_holds_the_mean() -> None:
    low, high = interval(SPREAD)
    assert (low, high) == interval(SPREAD)
    assert low < np.mean(SPREAD) < high


def test_few_values_have_no_interval_and_equal_ones_a_point() -> None:
    assert all(math.isnan(end) for end in interval([1.0] * (FEWEST - 1)))
    assert interval([0.25] * FEWEST) == (0.25, 0.25)


def test_differences_from_a_baseline_keep_their_sign() -> None:
    table = against(scores(base=around(1.0), less=shuffled(0.5), more=shuffled(1.5)), "base").set_index("label")
    assert list(table.index) == ["less", "more"]
    assert table.loc["less", "middle"] == pytest.approx(-0.5)
    assert table.loc["less", "high"] < 0 < table.loc["more", "low"]
    assert list(table["starts"]) == [10, 10]


def test_an_interval_with_zero_in_it_settles_nothing_however_many_wins() -> None:
    assert not Difference("a", "b", 1.0, -0.1, 2.1, 10, 10, 10).settled
    assert not Difference("a", "b", 1.0, 0.1, 2.1, 8, 10, 10).settled
    assert not Difference("a", "b", 1.0, math.nan, math.nan, 3, 3, 3).settled
    assert Difference("a", "b", 1.0, 0.1, 2.1, 10, 10, 10).settled


def test_a_clear_difference_needs_the_fewest_starts_and_none_needs_more_than_there_are() -> None:
    assert starts_needed(around(1.0)) == FEWEST
    assert starts_needed([1.0, -1.0] * 5) is None


def test_a_smaller_difference_needs_more_starts() -> None:
    needed = [starts_needed(around(middle)) for middle in (0.04, 0.02, 0.01)]
    assert all(needed)
    assert needed == sorted(needed)
    assert len(set(needed)) == 3


def test_a_difference_may_be_of_either_sign() -> None:
    assert starts_needed(around(0.01)) == starts_needed([-gap for gap in around(0.01)])


def test_too_few_starts_cannot_tell_how_many_are_needed() -> None:
    with pytest.raises(ValueError, match="at least 6, not 3"):
        starts_needed([0.1, 0.2, 0.3])


def test_about_four_of_five_comparisons_of_the_size_needed_are_settled() -> None:
    gaps = np.array(around(0.015))
    size = starts_needed(gaps)
    assert size is not None
    drawn = gaps[np.random.default_rng(5).integers(0, len(gaps), (200, size))]
    settled = [
        Difference("a", "b", row.mean(), *interval(row), int((row > 0).sum()), size, int((row != 0).sum())).settled
        for row in drawn
    ]
    assert 0.65 <= np.mean(settled) <= 0.95


def test_two_models_are_told_apart_with_interval_and_wins() -> None:
    text = ranking_sentence(scores(slow=around(2.0), fast=shuffled(1.0)))
    (pair,) = differences(scores(slow=around(2.0), fast=shuffled(1.0)))
    assert text == (
        f"fast's loss is 1.000 lower than slow's (95 % interval {pair.low:.3f} to {pair.high:.3f}, 10 of 10 starts)."
    )


def test_the_lowest_of_several_is_set_beside_the_next() -> None:
    text = ranking_sentence(scores(c=around(3.0), a=shuffled(1.0), b=around(2.0)))
    assert text.startswith("a's loss is 1.000 lower than the next, b's (95 % interval ")


def test_six_of_ten_name_no_winner() -> None:
    text = ranking_sentence(scores(a=[1.0] * 6 + [3.0] * 4, b=[2.0] * 10))
    assert text.startswith("No ranking yet")
    assert "95 % interval -" in text


@pytest.mark.parametrize("starts", [2, 3, 5])
def test_too_few_starts_rank_nothing(starts: int) -> None:
    assert "cannot rank" in ranking_sentence(scores(a=[1.0] * starts, b=[2.0] * starts))


def test_one_start_ranks_nothing() -> None:
    assert "cannot rank" in ranking_sentence(scores(a=[1.0], b=[2.0]))


def test_one_model_cannot_be_ranked() -> None:
    assert "alone" in ranking_sentence(scores(a=[1.0] * 10))


def test_level_models_are_named_together_and_a_higher_one_beside_them() -> None:
    text = ranking_sentence(scores(high=around(3.0), b=around(1.0), c=shuffled(1.001)))
    assert text.startswith("No winner: b and c are too close to call (95 % interval -")
    assert text.endswith("high is higher.")


def test_what_contradicts_the_lesson_is_said_and_what_fits_it_is_not() -> None:
    table = scores(a=around(2.0), b=shuffled(1.0))
    assert ranking_sentence(table, ["a"]).endswith("The well-known picture has a lowest; these runs do not.")
    assert "picture" not in ranking_sentence(table, ["b", "a"])
    assert "picture" not in ranking_sentence(table)
    assert "picture" not in ranking_sentence(table, ["not in view"])


@pytest.mark.parametrize("middles", [(1.0, 2.0, 3.0, 4.0), (1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 2.0, 3.0)])
def test_a_headline_has_about_thirty_words(middles: tuple[float, ...]) -> None:
    table = scores(
        **{f"model{place}": around(middle) if place % 2 else shuffled(middle) for place, middle in enumerate(middles)}
    )
    assert len(ranking_sentence(table).split()) <= 30


def test_a_fall_is_measured_over_the_second_half_of_a_training() -> None:
    flat, halved = [1.0] * 100, [1.0] * 50 + [0.5] * 50
    assert late_fall(flat) == 0
    assert late_fall(halved) == pytest.approx(0.5)
    assert late_fall(halved[::-1]) == pytest.approx(-1.0)
    assert late_fall([0.7]) == 0
