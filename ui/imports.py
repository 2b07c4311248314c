"""What pages need and takes a while to import, imported once, in a thread: before the first page, or right after it.

This module imports little: a light page is shown before the others' needs are there.
"""

import importlib
import inspect
import logging
import threading
import time

LIGHT = ("ui.shell", "ui.registry", "ui.overview.picture")  # what the first page needs
OF_STREAMLIT = ("numpy", "PIL.Image")  # what Streamlit imports when it is given the page's icon: a tenth of a second
LISTENING_S = 0.1  # after which a server listens: imports would keep the first visitor from coming in
HEAVY = ("ui.elsewhere", "pandas", "plotly.graph_objects", "bilstm_core.figures", "ui.train.trainer")

log = logging.getLogger(__name__)
_lock = threading.Lock()
_begun = threading.Event()
_over = threading.Event()


def light() -> None:
    """Import what every page needs, while the first visitor's browser loads Streamlit's scripts."""
    threading.Thread(target=_light, name="light imports", daemon=True).start()


def begin(later_s: float) -> None:
    """Import the rest so much later, unless it has begun. Then the job service starts: a first training waits less."""
    if not _begun.is_set():
        threading.Thread(target=_heavy, args=(later_s, _begun, _over), name="imports", daemon=True).start()


def over() -> bool:
    """Whether nothing more is being imported. What could not be is told by the page that needs it."""
    return _over.is_set()


def _light() -> None:
    time.sleep(LISTENING_S)
    for name in (*LIGHT, *OF_STREAMLIT):
        importlib.import_module(name)
    importlib.import_module("ui.shell").renew()
    importlib.import_module("ui.chart.component").ensure_plotly()
    inspect.stack()  # Streamlit calls it at a server's first element, and the first call looks at every module's file


def _heavy(later_s: float, begun: threading.Event, done: threading.Event) -> None:
    begun.wait(later_s)
    with _lock:
        if begun.is_set():
            return
        begun.set()
    try:
        for name in HEAVY:
            importlib.import_module(name)
        importlib.import_module("ui.services").jobs()
    except ImportError:
        log.exception("What pages need could not be imported.")
    finally:
        done.set()
