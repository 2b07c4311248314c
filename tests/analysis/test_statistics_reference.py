"""The statistics beside SciPy's, on samples that are not symmetric: a mirrored interval shows."""

import numpy as np
import pytest
from scipy import stats

from bilstm_core.analysis.statistics import (
    FEWEST,
    MOST_STARTS,
    POWER,
    SURE,
    _losses_allowed,
    _t_quantile,
    interval,
    sign_test,
    starts_needed,
)
from bilstm_core.problems.irwin_hall import below, density

SKEWED = [np.random.default_rng(seed).exponential(size=size) for seed, size in enumerate((6, 8, 10, 15, 30, 50))]


@pytest.mark.parametrize("starts", [1, 2, 5, 6, 7, 10, 31, 50, 200, 1_000])
def test_the_sign_test_is_scipys_binomial_test(starts: int) -> None:
    for wins in {0, 1, starts // 3, starts // 2, starts - 1, starts}:
        if 0 <= wins <= starts:
            assert sign_test(wins, starts) == pytest.approx(stats.binomtest(wins, starts).pvalue, rel=1e-9)


def test_the_losses_allowed_are_the_binomial_distributions_quantile() -> None:
    """The most losses with a two-sided p below 5 %, which is where the lower tail is below 2.5 %."""
    starts = np.arange(1, MOST_STARTS + 1)
    most = stats.binom.ppf(0.025, starts, 0.5)  # the fewest losses with a tail of 2.5 % or more
    assert np.array_equal(_losses_allowed(), most - 1)


def studentised(values: np.ndarray, tail: float) -> tuple[float, float]:
    """Efron and Tibshirani's section 12.5, on SciPy's resamples: the high errors give the low end."""
    mean, spread = values.mean(), values.std(ddof=1)

    def error(sample: np.ndarray, axis: int) -> np.ndarray:
        spreads = sample.std(axis=axis, ddof=1)
        return (sample.mean(axis=axis) - mean) / np.where(spreads > 1e-9 * spread, spreads, np.nan)

    rng = np.random.default_rng(1)
    drawn = stats.bootstrap((values,), error, n_resamples=100_000, batch=20_000, method="percentile", rng=rng)
    errors = drawn.bootstrap_distribution
    low, high = np.quantile(errors[~np.isnan(errors)], [tail, 1 - tail])
    return float(mean - high * spread), float(mean - low * spread)


@pytest.mark.parametrize("values", SKEWED, ids=lambda values: f"{len(values)} values")
@pytest.mark.filterwarnings("ignore::scipy.stats.DegenerateDataWarning")
def test_the_interval_of_a_skewed_sample_is_the_studentised_bootstraps(values: np.ndarray) -> None:
    """A tail of 2.5 % of 4,000 draws is known to within a quarter of a percent; four times that is allowed."""
    low, high = interval(values)
    inner, outer = studentised(values, 0.035), studentised(values, 0.015)
    assert outer[0] < low < inner[0]
    assert inner[1] < high < outer[1]
    assert high - values.mean() > values.mean() - low, "a long right tail leaves the mean uncertain above"


def test_the_interval_of_many_values_is_the_t_distributions() -> None:
    values = np.random.default_rng(4).normal(2.0, 3.0, 400)
    reference = stats.t.interval(0.95, 399, values.mean(), stats.sem(values))
    assert interval(values) == pytest.approx(reference, abs=0.02)


def test_a_mirrored_sample_has_the_mirrored_interval() -> None:
    low, high = interval(SKEWED[2])
    assert interval(-SKEWED[2]) == pytest.approx((-high, -low), rel=1e-12)


@pytest.mark.parametrize("terms", [1, 2, 3, 5, 10, 25])
def test_sums_of_uniform_values_have_scipys_irwin_hall_distribution(terms: int) -> None:
    at = np.linspace(-0.5, terms + 0.5, 40)  # between the jumps of a single value's density
    assert below(terms, at) == pytest.approx(stats.irwinhall.cdf(at, terms), abs=1e-7)
    assert density(terms, at) == pytest.approx(stats.irwinhall.pdf(at, terms), abs=1e-6)


def test_the_t_quantile_is_scipys_but_for_the_expansions_next_term() -> None:
    """It is of the order of df to the power of -3. Fewer than 6 starts are never settled: fewer degrees don't count."""
    df = np.arange(5, MOST_STARTS)
    missed = stats.t.ppf(0.975, df) - _t_quantile(df)
    assert np.all(missed > 0)
    assert np.all(missed * df**3.0 < 4)


SCATTERED = {
    "normal, of a large mean": np.random.default_rng(0).normal(5.0, 6.0, 30),
    "normal, of a small mean": np.random.default_rng(1).normal(0.4, 2.0, 60),
    "a long right tail": np.random.default_rng(2).exponential(size=40) - 0.35,
    "all of one sign, by very different amounts": np.random.default_rng(5).exponential(size=30) ** 3,
    "all of one sign, one far out": np.array([1.0] * 6 + [1.5] * 5 + [9.0]),
    "many ties": np.array([0.0] * 4 + [1.0] * 9 + [-0.5] * 2),
    "negative": np.array([-1.0, -2.0, -0.5, 0.7, -1.1, -0.9, 0.4]),
    "never lower, nothing to tell from zero": np.array([1e-9] * 5 + [9.0]),
}


@pytest.mark.parametrize("gaps", SCATTERED.values(), ids=SCATTERED.keys())
def test_the_starts_needed_are_those_that_scipys_tests_settle(gaps: np.ndarray) -> None:
    """On the same 500 draws: of so many starts four of five are settled, of any fewer less."""
    needed = starts_needed(gaps)
    values = gaps if gaps.sum() >= 0 else -gaps
    drawn = values[np.random.default_rng(0).integers(0, len(values), (500, MOST_STARTS))]

    def share(size: int) -> float:
        sample = drawn[:, :size]
        spread = sample.std(axis=1, ddof=1) / np.sqrt(size)
        losses = (sample <= 0).sum(axis=1)
        settled = (sample.mean(axis=1) > stats.t.ppf(0.975, size - 1) * spread) & (2 * losses < size)
        return float(np.mean([a and sign_test(int(b), size) < SURE for a, b in zip(settled, losses, strict=True)]))

    assert needed is not None
    assert share(needed) >= POWER
    assert all(share(size) < POWER for size in range(FEWEST, needed))
