"""Which weight updates are kept for the record. Every choice depends only on the updates done so far.

So a run that is stopped, resumed or cut into chunks of any size keeps what the whole run keeps. NumPy only.
"""

import functools

import numpy as np
import numpy.typing as npt

from bilstm_core.runs import MAX_SNAPSHOTS, MAX_STEP_POINTS

GRID_RATIO = 1.12

Steps = npt.NDArray[np.int64]


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
    """At most 2,000 of the steps (from 1) and losses: the first lowest and highest loss of each bucket.

    Buckets are a power of two wide, so thinning what was thinned before gives what thinning the whole would.
    """
    if steps_done <= MAX_STEP_POINTS:
        return steps, loss
    width = 2
    while 2 * -(-steps_done // width) > MAX_STEP_POINTS:
        width *= 2
    bucket = (steps - 1) // width
    keep = np.zeros(len(steps), dtype=bool)
    for values in (loss, -loss):
        order = np.lexsort((steps, values, bucket))
        keep[order[np.unique(bucket[order], return_index=True)[1]]] = True
    return steps[keep], loss[keep]
