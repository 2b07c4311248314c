"""A worker that has grown is renewed between two trainings, if possible while nobody needs it.

TensorFlow keeps all that belongs to every program it ever compiled, about 12 MB each; only a new process gives that
back. The app decides for the worker that it started itself, whenever that has nothing to train. Workers that others run
have Dask's own means, `dask worker --lifetime`.
"""

import contextlib
import ctypes

LIMIT_BYTES = 850_000_000  # of an idle worker; the page's process and the nanny take about 0.3 GB more
AHEAD_BYTES = 1_100_000_000  # of a worker that still compiles programs before a training needs them
PRESSING_BYTES = 1_360_000_000  # of any: the next training waits for the renewal
IDLE_S = 20.0  # without a training, so that a visitor who trains one model after another is not kept waiting


def due(rss: int, *, idle_s: float, trained: bool) -> bool:
    """Whether a worker that has nothing to train at this moment should be replaced.

    rss: bytes of its resident memory; idle_s: seconds since its last training
    trained: whether it has trained anything: one that is too big from the start is not replaced before it did
    """
    return trained and (rss > PRESSING_BYTES or (rss > LIMIT_BYTES and idle_s > IDLE_S))


def trim() -> None:
    """Give free memory back to the system: glibc keeps some 60 MB of what compiling took. Elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
