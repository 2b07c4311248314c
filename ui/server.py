"""What the app's server does beside Streamlit's own: it tells what pages follow, and serves Plotly's script.

It says how it is, and bounds what a browser and a crowd may do: `ui.hosting`.

A host that runs app.py as a plain script has none of it, and gets the same pages. This module imports little: a server
answers nobody before it.
"""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from ui import following
from ui.hosting import health
from ui.hosting.arrival import Arrival
from ui.hosting.door import Door
from ui.hosting.headers import Headers
from ui.hosting.uploads import Uploads

STATIC = Path(__file__).parents[1] / "static"
FIRST_PAGE_S = 4.0  # from the start; before, a page that is light is shown without what the others need
FAULT = "The program made a mistake and could not show this page. Reload it, or choose another page."


def routes() -> list[BaseRoute]:
    """The routes beside Streamlit's own, under the path that Streamlit is told to serve its pages under."""
    import streamlit as st

    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    under = f"/{base}" if base else ""
    return [
        WebSocketRoute(f"{under}/live", following.live),
        Route(f"{under}/live/{{name}}", following.ask),
        Route(f"{under}/assets/{{name}}", _asset),
        Route(f"{under}/healthz", health.healthz),
        Route(f"{under}/status", health.status),
    ]


def middleware() -> list[Middleware]:
    """What every request passes through, Streamlit's own included."""
    return [Middleware(Headers), Middleware(Door), Middleware(Uploads), Middleware(Arrival)]


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Import what pages need, unless a page that comes first has begun to.

    Streamlit is told that the pages folder is no older kind of multipage app: else it would run the page that the first
    link leads to without app.py, and what two such pages import at once comes to harm.
    """
    from streamlit.runtime.pages_manager import PagesManager

    from ui import imports

    PagesManager.uses_pages_directory = False
    imports.light()
    imports.begin(FIRST_PAGE_S)
    yield


def on_script_error(error: BaseException) -> bool:
    """Say that a page failed, in place of a traceback. Returns that it was said."""
    import streamlit as st

    st.error(FAULT, icon=":material/error:")
    return True


async def _asset(request: Request) -> Response:
    """Plotly's script, compressed as it lies in the static folder, for browsers to keep for good."""
    name = request.path_params["name"]
    path = STATIC / f"{name}.gz"
    if not re.fullmatch(r"plotly\.[0-9a-f]{16}\.min\.js", name) or not path.is_file():
        return PlainTextResponse("There is no such file.", 404)
    headers = {"Content-Encoding": "gzip", "Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(path, media_type="text/javascript", headers=headers)
