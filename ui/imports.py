"""What pages need and takes a while to import, imported once, in a thread: before the first page, or right after it.

This module imports little: a light page is shown before the others' needs are there. Whoever imports does so under one
lock: of two threads that import the parts of a package in different orders, Python leaves one with half of it.
"""

import contextlib
import importlib
import inspect
import logging
import threading
import time
from collections.abc import Sequence

# What the first page needs
LIGHT = ("ui.shell", "ui.registry", "ui.view", "ui.lesson", "ui.links", "ui.overview.picture")
OF_STREAMLIT = ("numpy", "PIL.Image")  # what Streamlit imports when it is given the page's icon: a tenth of a second
LISTENING_S = 0.1  # after which a server listens: imports would keep the first visitor from coming in
HEAVY = (  # what the scripts of the other pages import; a test holds that nothing is missing
    "ui.elsewhere",
    "pandas",
    "ui.share",
    "plotly.graph_objects",
    "bilstm_core.figures",
    "bilstm_core.export.reading",
    "ui.page_links",
    "ui.train.details",
    "ui.train.taken",
    "ui.train.details",
    "ui.problem.worked_sequence",
    "ui.compare.headline",
    "ui.why.presses",
    "ui.why.elsewhere",
    "ui.problems.taken",
    "ui.problems.opened",
    "ui.problems.own",
    "ui.cell.parts",
    "ui.inside.tabs",
    "ui.inside.taken",
    "ui.sweeps.launch",
    "ui.sweeps.squares",
    "ui.sweeps.beside",
    "ui.sweeps.opened",
    "ui.sweeps.fronts",
    "ui.sweeps.board",
    "ui.sweeps.taken",
    "ui.your_data.taken",
    "ui.your_data.details",
)

log = logging.getLogger(__name__)
_lock = threading.Lock()  # held by whoever imports
_turn = threading.Lock()
_first = threading.Event()  # LIGHT is imported
_begun = threading.Event()
_over = threading.Event()


def light() -> None:
    """Import what every page needs, while the first visitor's browser loads Streamlit's scripts."""
    threading.Thread(target=_light, name="light imports", daemon=True).start()


def begin(later_s: float) -> None:
    """Import the rest so much later, unless it has begun. Then the job service starts: a first training waits less."""
    if not _begun.is_set():
        threading.Thread(target=_heavy, args=(later_s, _begun, _over), name="imports", daemon=True).start()


def ready(*, light: bool) -> None:
    """Import what a page needs, unless it is there; sessions that come at once wait for the one that does it.

    light: the page needs no more than the first page of a new server
    What could not be imported is told by the page that needs it.
    """
    if _over.is_set() or (light and _first.is_set()):  # it waits for nobody who imports the rest
        return
    with contextlib.suppress(ImportError):
        _import(LIGHT if light else (*LIGHT, *HEAVY))
        _first.set()


def over() -> bool:
    """Whether nothing more is being imported. What could not be is told by the page that needs it."""
    return _over.is_set()


def _import(names: Sequence[str]) -> None:
    with _lock:
        for name in names:
            importlib.import_module(name)


def _light() -> None:
    time.sleep(LISTENING_S)
    _import(LIGHT)
    _first.set()
    for name in OF_STREAMLIT:
        importlib.import_module(name)
    importlib.import_module("ui.renewal").renew()
    importlib.import_module("ui.chart.plotly_script").ensure()
    inspect.stack()  # Streamlit calls it at a server's first element, and the first call looks at every module's file


def _heavy(later_s: float, begun: threading.Event, done: threading.Event) -> None:
    begun.wait(later_s)
    with _turn:
        if begun.is_set():
            return
        begun.set()
    try:
        _import(HEAVY)
        importlib.import_module("ui.services").jobs()
    except ImportError:
        log.exception("What pages need could not be imported.")
    finally:
        done.set()
        importlib.import_module("ui.hosting.startup").tell()
