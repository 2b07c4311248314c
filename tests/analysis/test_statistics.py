import math

import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis.statistics import (
    FEWEST,
    MOST_STARTS,
    SURE,
    Difference,
    _losses_allowed,
    against,
    amount,
    amounts,
    by_start,
    difference,
    differences,
    error_of_medians,
    interval,
    late_fall,
    listed,
    mean_losses,
    seen,
    share_within,
    shares,
    sign_test,
    starts_needed,
)
from bilstm_core.evaluation import wilson_interval


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
    return [middle + deviation for deviation in SPREAD]


def shuffled(middle: float) -> list[float]:
    return [middle + deviation for deviation in np.random.default_rng(1).permutation(SPREAD)]


def test_wins_are_counted_seed_by_seed() -> None:
    (pair,) = differences(scores(a=[1.0, 2.0, 3.0], b=[2.0, 1.0, 2.0]))
    assert (pair.first, pair.second, pair.wins, pair.starts) == ("b", "a", 2, 3)
    assert pair.mean == pytest.approx(1 / 3)


def test_ties_and_seeds_that_one_lacks_do_not_count_as_wins() -> None:
    (pair,) = differences(scores(a=[1.0, 1.0, 1.0], b=[1.0, 2.0]))
    assert (pair.first, pair.wins, pair.starts, pair.decided, pair.mean) == ("a", 1, 2, 1, 0.5)


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


def test_a_fall_is_measured_over_the_second_half_of_a_training() -> None:
    flat, halved = [1.0] * 100, [1.0] * 50 + [0.5] * 50
    assert late_fall(flat) == 0
    assert late_fall(halved) == pytest.approx(0.5)
    assert late_fall(halved[::-1]) == pytest.approx(-1.0)
    assert late_fall([0.7]) == 0
    assert late_fall([0.0] * 100) == 0
    steady = [1.0 - place / 100 for place in range(100)]  # the means of places 40 to 49 and 90 to 99
    assert late_fall(steady) == pytest.approx(1 - 0.055 / 0.555)
    assert late_fall(steady[:8]) == pytest.approx(1 - 0.93 / 0.97)
    assert late_fall([4, 2, 1]) == pytest.approx(0.75)


def test_what_is_just_at_a_bound_is_not_settled() -> None:
    assert not Difference("a", "b", 1.0, 0.0, 2.0, 10, 10, 10).settled
    assert not Difference("a", "b", 1.0, 0.1, 2.1, 4, 10, 10).settled
    assert not Difference("a", "b", 1.0, 0.1, 2.1, 80, 200, 200).settled  # most starts go the other way


def test_a_comparison_of_no_common_starts_has_no_mean() -> None:
    apart = pd.DataFrame({"label": ["a", "b"], "seed": [0, 1], "loss": [1.0, 2.0]})
    pair = difference(by_start(apart), "a", "b")
    assert math.isnan(pair.mean)
    assert (pair.first, pair.second, pair.wins, pair.starts, pair.decided) == ("a", "b", 0, 0, 0)
    assert against(apart, "a").empty
    assert list(against(apart, "a").columns) == ["label", "middle", "low", "high", "starts", "seen"]


def test_models_with_equal_means_keep_their_order() -> None:
    (pair,) = differences(scores(z=[1.0, 2.0], a=[2.0, 1.0]))
    assert (pair.first, pair.second) == ("z", "a")


def test_losses_and_their_difference_subtract_as_they_are_printed() -> None:
    lower, higher = [0.2191 + 1e-4 * step for step in range(10)], [0.3492 + 3e-4 * step for step in range(10)]
    table = scores(a=lower, b=higher)
    (pair,) = differences(table)
    means = [f"{np.mean(losses):.3f}" for losses in (lower, higher)]
    assert (means, f"{pair.mean:.3f}", pair.seen) == (["0.220", "0.351"], "0.131", "0.131")
    assert against(table, "b").loc[0, "seen"] == "-0.131"
    assert seen(0.3504, 0.2196, 0.12, 0.14) == "0.130"  # of 0.350 and 0.220, though 0.1308 by itself
    assert seen(0.2196, 0.3504, math.nan, math.nan) == "-0.130"


def test_a_difference_is_printed_within_its_interval_and_with_the_digits_that_it_needs() -> None:
    assert seen(0.3504, 0.2196, 0.1306, 0.1310) == "0.131"
    assert seen(0.3428, 0.3414, -0.015, 0.016) == "0.0014"


def test_words_are_listed_with_commas_and_a_last_word() -> None:
    assert [listed(["a", "b", "c", "d"][:count]) for count in (0, 1, 2, 3, 4)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and d",
    ]
    assert listed(["a", "b", "c"], "or") == "a, b or c"


def test_a_loss_has_four_digits_below_fifteen_ten_thousandths_and_a_share_one_to_three() -> None:
    assert [amount(value) for value in (0.0015, 0.00149, -0.00149, 2.0)] == ["0.002", "0.0015", "-0.0015", "2.000"]
    assert amounts(0.001, 0.5) == ["0.0010", "0.5000"]
    assert shares(0.12341, 0.12342) == ["12.341%", "12.342%"]
    assert shares(0.1234, 0.1235) == ["12.34%", "12.35%"]
    assert shares(0.1234567, 0.1234569) == ["12.3%", "12.3%"]  # no different to a millionth
    assert shares(0.123451, 0.123454) == ["12.345%", "12.345%"]  # told apart by no digits that are printed


def test_values_of_any_kind_have_the_interval_of_their_numbers() -> None:
    whole = [1, 2, 3, 5, 8, 13]
    assert interval(whole) == interval([float(value) for value in whole])
    assert interval(np.array(whole, np.float32)) == interval(whole)


def test_values_that_differ_by_rounding_alone_have_a_point_for_an_interval() -> None:
    nearly = [1e6 + 1e-9 * place for place in range(6)]
    assert interval(nearly) == (np.mean(nearly), np.mean(nearly))
    low, high = interval([1.0 + 1e-10 * place for place in range(6)])
    assert low < high


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (0.2104, 0.2026, 0.2185, ("21%", "20.3%", "21.9%")),
        (0.9657, 0.9620, 0.9690, ("96.6%", "96.2%", "96.9%")),
        (1.0, 0.9996, 1.0, ("100%", "99.96%", "100.00%")),
        (0.9999, 0.99943, 0.99998, ("99.99%", "99.94%", "100.00%")),
        (0.0001, 0.00002, 0.00057, ("0.01%", "0.00%", "0.06%")),
    ],
)
def test_a_share_has_as_few_digits_as_leave_it_within_its_interval(
    value: float, low: float, high: float, words: tuple[str, str, str]
) -> None:
    assert share_within(value, low, high) == words


def test_whatever_was_counted_is_printed_within_its_interval() -> None:
    for count in range(0, 10_001, 7):
        value, low, high = share_within(count / 10_000, *wilson_interval(count, 10_000))
        assert float(low[:-1]) <= float(value[:-1]) <= float(high[:-1])


def test_what_is_ranked_is_the_mean_loss_of_each_model() -> None:
    scores = pd.DataFrame({"label": ["b", "a", "b"], "loss": [0.25, 1.0, 0.75]})
    assert mean_losses(scores) == {"a": 1.0, "b": 0.5}


def test_the_error_of_medians_is_how_far_those_of_many_samples_lie_from_the_middle() -> None:
    samples = np.random.default_rng(0).normal(0.9, 0.03, (20_000, 11))
    assert error_of_medians(samples.tolist()) == pytest.approx(np.median(samples, axis=1).std(), rel=0.05)
    assert error_of_medians([[0.8, 0.9, 1.0], [0.8, 0.9, 1.0], [0.0, 0.5, 1.0]]) == pytest.approx(0.0724, abs=1e-4)
    assert math.isnan(error_of_medians([[0.9], [0.8]]))
    assert math.isnan(error_of_medians([]))
