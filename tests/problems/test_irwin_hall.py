from fractions import Fraction
from math import comb, factorial

import numpy as np
import pytest

from bilstm_core.problems.irwin_hall import below, density


def exactly_below(n: int, y: float) -> float:
    """The textbook's alternating sum, in whole numbers, so that its terms cancel without loss."""
    exact = Fraction(y)
    return float(sum((-1) ** k * comb(n, k) * (exact - k) ** n for k in range(int(y) + 1)) / factorial(n))


@pytest.mark.parametrize("n", [2, 3, 4, 5, 10, 33, 200])
def test_distribution_equals_the_alternating_sum(n: int) -> None:
    y = np.linspace(0, n, 25)[1:-1]
    np.testing.assert_allclose(below(n, y), [exactly_below(n, at) for at in y.tolist()], atol=1e-8)


def test_sums_of_none_and_of_one_value() -> None:
    np.testing.assert_array_equal(below(0, [-1, 0, 0.1]), [0, 0, 1])
    np.testing.assert_array_equal(below(1, [-1, 0, 0.25, 1, 2]), [0, 0, 0.25, 1, 1])
    np.testing.assert_array_equal(density(1, [-0.5, 0.5, 1.5]), [0, 1, 0])


@pytest.mark.parametrize("n", [1, 2, 7, 200])
def test_density_is_the_slope_of_the_distribution_and_nothing_lies_outside(n: int) -> None:
    y = (np.arange(1000 * n) + 0.5) / 1000
    np.testing.assert_allclose(np.cumsum(density(n, y)) / 1000, below(n, y + 0.0005), atol=1e-5)
    np.testing.assert_allclose(below(n, [-1, 0, n, n + 1]), [0, 0, 1, 1], atol=1e-12)


def test_distribution_never_falls() -> None:
    assert (np.diff(below(200, np.linspace(0, 200, 20_001))) >= -1e-15).all()
