"""Loaded by the process that looks after the worker: ends it, and all it started, when the app is gone.

The app holds the other end of this process's standard input and never writes to it. However the app ends, by a
signal or by kill -9, the system closes that end. This works alike on Linux, macOS and Windows.
"""

import contextlib
import os
import shutil
import threading
from typing import Any

import psutil

SCRATCH = "BILSTM_SCRATCH"  # in the environment: the folder that ends with the app


def dask_setup(_nanny: Any) -> None:
    """Dask calls this before the worker starts."""
    threading.Thread(target=_end_with_the_app, name="parent death", daemon=True).start()


def _end_with_the_app() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    scratch = os.environ.get(SCRATCH)
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)
