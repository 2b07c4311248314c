"""The statistics beside SciPy's, on samples that are not symmetric, too."""

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
SAMPLES = [*SKEWED, np.random.default_rng(4).normal(2.0, 3.0, 400)]


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


@pytest.mark.parametrize("values", SAMPLES, ids=lambda values: f"{len(values)} values")
def test_the_interval_is_the_t_distributions(values: np.ndarray) -> None:
    """Within a thousandth of its width, which is what the quantile's expansion leaves."""
    low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    assert interval(values) == pytest.approx((low, high), abs=1e-3 * (high - low))


def test_the_mean_is_in_the_middle_of_its_interval() -> None:
    low, high = interval(SKEWED[2])
    assert (low + high) / 2 == pytest.approx(SKEWED[2].mean(), rel=1e-12)


def test_a_mirrored_sample_has_the_mirrored_interval() -> None:
    low, high = interval(SKEWED[2])
    assert interval(-SKEWED[2]) == pytest.approx((-high, -low), rel=1e-12)


@pytest.mark.parametrize("terms", [1, 2, 3, 5, 10, 25])
def test_sums_of_uniform_values_have_scipys_irwin_hall_distribution(terms: int) -> None:
    at = np.linspace(-0.5, terms + 0.5, 40)  # between the jumps of a single value's density
    assert below(terms, at) == pytest.approx(stats.irwinhall.cdf(at, terms), abs=1e-7)
    assert density(terms, at) == pytest.approx(stats.irwinhall.pdf(at, terms), abs=1e-6)


def test_the_t_quantile_is_scipys() -> None:
    """Fewer than 6 starts are never settled: fewer degrees don't count."""
    df = np.arange(5, MOST_STARTS)
    np.testing.assert_allclose(_t_quantile(df), stats.t.ppf(0.975, df), rtol=1e-3)


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
