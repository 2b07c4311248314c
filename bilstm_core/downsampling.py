"""Which points of a curve are kept, for the record and on the screen. NumPy only, and nothing else of the core.

What is kept for the record depends only on the updates done so far: a run that is stopped, resumed or cut into chunks
of any size keeps what the whole run keeps.
"""

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_STEP_POINTS = 2_000
MAX_SNAPSHOTS = 40
GRID_RATIO = 1.12
MAX_EVEN_POINTS, FINE_RATIO = 1_300, 1.02  # of a curve's points

Steps = npt.NDArray[np.int64]
# Sequences seen, their mean loss since the point before, of how many it is, and the loss of the last weight update
Curve = tuple[Steps, npt.NDArray[np.float64], Steps, npt.NDArray[np.float64]]


def lows_and_highs(
    bucket: npt.NDArray[np.integer[Any]], values: npt.NDArray[Any], *, ends: bool = False
) -> npt.NDArray[np.intp]:
    """The places, ascending, of the first lowest and the first highest value of each bucket.

    bucket, values: (points,), the bucket's number of each point; ends: keep the first and the last point too
    Where a point's bucket never changes, thinning what was thinned gives what thinning the whole gives.
    """
    places = [np.array([0, len(values) - 1] if ends and len(values) else [], dtype=np.intp)]
    for ranked_by in (values, -values):
        order = np.lexsort((ranked_by, bucket))
        places.append(order[np.flatnonzero(np.diff(bucket[order], prepend=bucket[order[:1]] - 1))])
    return np.unique(np.concatenate(places))


@functools.cache
def _grid() -> Steps:
    """Log-spaced steps up to far beyond any run: 0, 1, 2, 3, ... each 12 % further on once that is a whole step."""
    return np.unique(np.concatenate([[0], np.round(GRID_RATIO ** np.arange(250))])).astype(np.int64)


def grid_steps(after: int, upto: int) -> Steps:
    """The steps s of the grid with after < s <= upto."""
    grid = _grid()
    return grid[np.searchsorted(grid, after, "right") : np.searchsorted(grid, upto, "right")]


def snapshot_steps(steps_done: int) -> Steps:
    """The steps of the grid that a run keeps when it has done `steps_done`: at most MAX_SNAPSHOTS less the last.

    A step once dropped never comes back: those that every second, then every fourth step of the grid would skip
    go first, and of these the earliest.
    """
    grid = grid_steps(-1, steps_done)
    numbers = np.arange(len(grid))
    fineness = np.where(numbers == 0, 2**62, numbers & -numbers)
    too_many = max(0, len(grid) - (MAX_SNAPSHOTS - 1))
    return grid[np.sort(np.lexsort((numbers, fineness))[too_many:])]


def thinned(steps: Steps, loss: npt.NDArray[np.float32], steps_done: int) -> tuple[Steps, npt.NDArray[np.float32]]:
    """At most 2,000 of the steps (from 1, ascending) and losses: the first lowest and highest loss of each bucket.

    Buckets are a power of two wide, so thinning what was thinned before gives what thinning the whole would.
    """
    width = bucket_width(steps_done)
    if width == 1:
        return steps, loss
    places = lows_and_highs((steps - 1) // width, loss)
    return steps[places], loss[places]


def bucket_width(steps_done: int) -> int:
    """How many weight updates share a bucket of `thinned`: 1 where every update is kept."""
    if steps_done <= MAX_STEP_POINTS:
        return 1
    width = 2
    while 2 * -(-steps_done // width) > MAX_STEP_POINTS:
        width *= 2
    return width


@functools.cache
def _fine_grid() -> Steps:
    """Log-spaced steps from 1 up to far beyond any run, each 2 % further on once that is a whole step."""
    return np.unique(np.round(FINE_RATIO ** np.arange(1_200))).astype(np.int64)


def _with_even(fine: Steps, width: int) -> Steps:
    """These steps, and each `width`-th up to the last of them."""
    return np.unique(np.concatenate([np.arange(width, fine[-1] + 1, width), fine]))


@functools.lru_cache(maxsize=64)
def curve_steps(steps: int) -> Steps:
    """The weight updates at which the curve of a run of `steps` has its points, ascending, the last among them.

    At most 2,000, whatever the losses are: all of them, or some evenly and some evenly in logarithm. One that a run has
    no point at has none in a longer run either.
    """
    if steps <= MAX_STEP_POINTS:
        return np.arange(1, steps + 1)
    grid = _fine_grid()
    fine = np.append(grid[: np.searchsorted(grid, steps, "right")], steps)
    width = 2
    while steps // width > MAX_EVEN_POINTS or len(points := _with_even(fine, width)) > MAX_STEP_POINTS:
        width *= 2
    return points
