"""A worker that has grown is renewed between two trainings, if possible while nobody needs it.

TensorFlow keeps all that belongs to every program it ever compiled, about 12 MB each; only a new process gives that
back. The app decides for the worker that it started itself, whenever that has nothing to train. Workers that others run
have Dask's own means, `dask worker --lifetime`.
"""

import contextlib
import ctypes

LIMIT_BYTES = 850_000_000  # of an idle worker; the page's process and the nanny take about 0.3 GB more
PRESSING_BYTES = 1_360_000_000  # of any: the next training waits for the renewal
SHARE = 0.9  # of what a worker may take, likewise: past 0.95 Dask ends it, and the training with it
SPARE_BYTES = 260_000_000  # below that, which are for trainings: programs that none needs yet are compiled no more
TRIM_S = 10.0  # between two times that the app gives back what it holds of memory and does not need
IDLE_S = 20.0  # without a training, so that a visitor who trains one model after another is not kept waiting


def pressing(bound: int) -> int:
    """Bytes of a worker past which the next training waits for the renewal. bound: that it may take; 0: not known"""
    return min(PRESSING_BYTES, int(SHARE * bound)) if bound else PRESSING_BYTES


def due(rss: int, bound: int, *, idle_s: float, trained: bool) -> bool:
    """Whether a worker that has nothing to train at this moment should be replaced.

    rss: bytes of its resident memory; bound: that it may take, 0 for not known; idle_s: seconds since its last training
    trained: whether it has trained anything: one that is too big from the start is not replaced before it did
    """
    return trained and (rss > pressing(bound) or (rss > LIMIT_BYTES and idle_s > IDLE_S))


def room_ahead(rss: int, bound: int) -> bool:
    """Whether a worker of so many bytes still compiles programs before a training needs them."""
    return rss <= pressing(bound) - SPARE_BYTES


def trim() -> None:
    """Give free memory back to the system. Elsewhere than with glibc nothing happens.

    It keeps some 60 MB of what compiling took, and several hundred, in pieces, of an app that many visit.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
