"""A worker that has grown is renewed, if possible while nobody needs it.

TensorFlow keeps all that belongs to every program it ever compiled, about 12 MB each; only a new process gives that
back. The new one finds the programs on disk (program_cache.py). A worker that has been idle for a while is renewed past
0.85 GB; one that is kept busy may reach 1.36 GB before the next training waits for a renewal.
"""

import contextlib
import ctypes
import functools
import os
import threading
import time
from typing import Any

import psutil

LIMIT, IDLE = "BILSTM_WORKER_LIMIT", "BILSTM_WORKER_IDLE"  # in the environment: others of the two below
LIMIT_BYTES = 850_000_000  # of an idle worker; the page's process and the nanny take about 0.3 GB more
PRESSING = 1.6  # times the limit, 1.36 GB: renewed between two trainings, and the next one waits for it
IDLE_S = 20.0  # without a task, so that a visitor who trains one model after another is not kept waiting
CHECK_S = 1.0

leaving = threading.Event()  # set when this worker takes no more trainings
_worked = threading.Event()


def worked() -> None:
    """A job was done here: a worker that is too big from the start is not renewed over and over."""
    _worked.set()
    trim()


def trim() -> None:
    """Give free memory back to the system: glibc keeps some 60 MB of what compiling took. Elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def watch(worker: Any, training: threading.Lock) -> None:
    """Have Dask replace this worker when it is past its limit and has been idle; returns then.

    training: held by the training at work. It is not given back: what comes now is for the next worker
    """
    limit, idle_s = (float(os.environ.get(name, usual)) for name, usual in ((LIMIT, LIMIT_BYTES), (IDLE, IDLE_S)))
    process = psutil.Process()
    idle_since = time.monotonic()
    while worker.status.name == "running":
        time.sleep(CHECK_S)
        if worker.state.tasks:
            idle_since = time.monotonic()
            continue
        grown = process.memory_info().rss / limit
        idle = time.monotonic() - idle_since > idle_s or grown > PRESSING
        if grown > 1 and idle and _worked.is_set() and training.acquire(blocking=False):
            leaving.set()
            close = functools.partial(worker.close_gracefully, restart=True, reason="renewed")
            worker.loop.add_callback(close)
            return
