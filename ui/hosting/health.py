"""Whether the app does what it is there for, for whoever looks after it: `/healthz`; and how busy it is: `/status`.

Neither tells anything of a person: no ids, no settings. This module imports little: a server answers nobody before it.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bilstm_core.limits import limits
from ui.hosting.door import VISITS

FRESH_S = 20.0  # in which a look at the page is not repeated: whoever asks often costs no more
PAGE_S = 30.0  # that a page may take
NO_STORE = {"Cache-Control": "no-store"}
NO_PAGE = "No page can be shown. The server's log says why; start the app again."
SLOW_PAGE = "A page takes longer than {:.0f} s. Start the app again, or give it more of a core."
STARTED = time.monotonic()


class PageCheck:
    """Runs app.py as for a visitor, at most once in FRESH_S; all who ask meanwhile have the same answer."""

    def __init__(self) -> None:
        self._problem = ""
        self._looked = -FRESH_S
        self._looking: asyncio.Task[str] | None = None

    async def problem(self) -> str:
        """Why no page can be shown: a sentence. Empty if one can."""
        if time.monotonic() - self._looked >= FRESH_S:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(page_problem())
            self._problem = await asyncio.shield(self._looking)
            self._looked = time.monotonic()
        return self._problem


async def page_problem() -> str:
    """Why app.py cannot be run to its end: a sentence. Empty if it can."""
    from streamlit import runtime

    try:
        sound, _ = await asyncio.wait_for(runtime.get_instance().does_script_run_without_error(), PAGE_S)
    except TimeoutError:
        return SLOW_PAGE.format(PAGE_S)
    except RuntimeError:  # no server of Streamlit's runs
        return NO_PAGE
    return "" if sound else NO_PAGE


def worker() -> tuple[str, str]:
    """What the worker does, in a word, and why nothing can be trained: a sentence, or empty."""
    from ui import imports, services

    if not imports.over():
        return "starting", ""
    jobs = services.jobs()
    return jobs.state, (jobs.problem if jobs.state == "failed" else jobs.notice)


PAGE_CHECK = PageCheck()


async def healthz(_: Request) -> Response:
    """200 if a page can be shown and trainings can be done, now or once the worker has come up; else 503 and why."""
    state, problem = await asyncio.to_thread(worker)
    problem = await PAGE_CHECK.problem() or problem
    if problem:
        return PlainTextResponse(problem, 503, headers=NO_STORE)
    return JSONResponse({"page": "ready", "worker": state}, headers=NO_STORE)


async def status(_: Request) -> Response:
    """How busy the app is, in numbers, where BILSTM_STATUS=1 allows it."""
    if not limits().status:
        return PlainTextResponse("There is no such page.", 404, headers=NO_STORE)
    return JSONResponse(await asyncio.to_thread(numbers), headers=NO_STORE)


def numbers() -> Mapping[str, Any]:
    """People, jobs and memory."""
    import psutil

    from ui import imports, services

    under_way = waiting = 0
    state = "starting"
    if imports.over():
        jobs = services.jobs()
        state = jobs.state
        under_way, waiting = jobs.counts()
    app = psutil.Process(os.getpid())
    children = []
    for child in app.children(recursive=True):
        try:
            children.append(child.memory_info().rss)
        except psutil.Error:
            continue  # it has just ended
    return {
        "people": VISITS.pages,
        "people_limit": limits().people,
        "worker": state,
        "jobs": under_way,
        "jobs_waiting": waiting,
        "memory_mb": {
            "app": round(app.memory_info().rss / 1e6),
            "workers": round(sum(children) / 1e6),  # with those that look after them
        },
        "up_s": round(time.monotonic() - STARTED),
    }
