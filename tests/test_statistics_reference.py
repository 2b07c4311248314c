"""The statistics beside SciPy's, on samples that are not symmetric: a mirrored interval shows."""

import numpy as np
import pytest
from scipy import stats

from bilstm_core.problems.irwin_hall import below, density
from bilstm_core.statistics import MOST_STARTS, _losses_allowed, interval, sign_test

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
