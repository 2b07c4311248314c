"""The distribution of a sum of n independent values, uniform on [0, 1): Irwin-Hall's.

The density follows the recurrence of B-splines (de Boor, 1972), in which every term is positive, so that nothing
cancels however large n is:

    f_n(y) = (y f_{n-1}(y) + (n - y) f_{n-1}(y - 1)) / (n - 1)

and the distribution is a sum of densities: f_{n+1}(y) = F_n(y) - F_n(y - 1), so F_n(y) = f_{n+1}(y) + f_{n+1}(y - 1)
+ ... . Both are tabled RESOLUTION times a unit; between the knots F_n is the cubic with their values and slopes. That
is exact to rounding for n up to 3 and within 1e-8 for all others.
"""

import functools

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RESOLUTION = 32
_CACHED = 32  # tables of sums of fewer values are made at once


def below(n: int, y: npt.ArrayLike) -> Floats:
    """P(sum of n values < y), in the shape of y."""
    at = np.asarray(y, dtype=np.float64)
    if n == 0:
        return (at > 0).astype(np.float64)
    if n == 1:
        return np.clip(at, 0.0, 1.0)
    values, slopes = _table(n)
    place = np.clip(at, 0.0, n) * RESOLUTION
    knot = np.minimum(place.astype(np.intp), n * RESOLUTION - 1)
    w = place - knot
    low, high = values[knot], values[knot + 1]
    rise = high - low
    from_low, from_high = slopes[knot] - rise, rise - slopes[knot + 1]
    chances: Floats = low + w * rise + w * (1 - w) * ((1 - w) * from_low + w * from_high)
    return np.clip(chances, 0.0, 1.0)


def density(n: int, y: npt.ArrayLike) -> Floats:
    """The density of the sum of n >= 1 values at y, in the shape of y."""
    at = np.asarray(y, dtype=np.float64)
    return np.maximum(below(n - 1, at) - below(n - 1, at - 1), 0.0)


def _table(n: int) -> tuple[Floats, Floats]:
    """F_n at the knots 0, 1/R, .., n, and its rise over 1/R there at the slope f_n."""
    size = _CACHED
    while size < n:
        size *= 2
    return _tables(size)[n]


@functools.lru_cache(maxsize=4)
def _tables(size: int) -> list[tuple[Floats, Floats]]:
    """For n = 0 .. size; those of 0 and 1 are not used."""
    x = np.arange((size + 1) * RESOLUTION + 1) / RESOLUTION
    here = ((x >= 0) & (x < 1)).astype(np.float64)
    nothing: Floats = np.zeros(0)
    tables = [(nothing, nothing), (nothing, nothing)]
    here = _next(2, x, here)
    for n in range(2, size + 1):
        further = _next(n + 1, x, here)
        columns = further[:-1].reshape(-1, RESOLUTION).cumsum(axis=0).ravel()
        knots = n * RESOLUTION + 1
        tables.append((columns[:knots].copy(), here[:knots] / RESOLUTION))
        here = further
    return tables


def _next(n: int, x: Floats, before: Floats) -> Floats:
    """f_n at x from f_{n-1} at x."""
    shifted = np.concatenate([np.zeros(RESOLUTION), before[:-RESOLUTION]])
    after: Floats = (x * before + np.maximum(n - x, 0.0) * shifted) / (n - 1)
    return after
