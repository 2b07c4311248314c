"""What the app's server does beside Streamlit's own: it streams the progress of jobs, and serves Plotly's script.

It says how it is, and bounds what a browser and a crowd may do: `ui.hosting`.

A host that runs app.py as a plain script has none of it, and gets the same pages. This module imports little: a server
answers nobody before it.
"""

import asyncio
import contextlib
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui.hosting import health
from ui.hosting.door import Door
from ui.hosting.headers import Headers
from ui.hosting.uploads import Uploads

if TYPE_CHECKING:
    from ui.stream import Stream

STATIC = Path(__file__).parents[1] / "static"
FIRST_PAGE_S = 4.0  # from the start; before, a page that is light is shown without what the others need
DONE, FOREIGN, UNKNOWN, SLOW = 1000, 4403, 4404, 4408  # why a socket was closed
PATIENCE_S = 30.0  # for a reader that takes nothing in
READY = json.dumps({"version": 1, "over": True})  # of what a page has waited for beside its job
LOOK_S = 0.1  # whether it is there
FAULT = "This page could not be shown, through a fault of the program. Reload it, or choose another page."


def routes() -> list[BaseRoute]:
    """The routes beside Streamlit's own, under the path that Streamlit is told to serve its pages under."""
    import streamlit as st

    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    under = f"/{base}" if base else ""
    return [
        WebSocketRoute(f"{under}/live/{{job}}", _live),
        Route(f"{under}/live/{{job}}", _ask),
        Route(f"{under}/assets/{{name}}", _asset),
        Route(f"{under}/healthz", health.healthz),
        Route(f"{under}/status", health.status),
    ]


def middleware() -> list[Middleware]:
    """What every request passes through, Streamlit's own included."""
    return [Middleware(Headers), Middleware(Door), Middleware(Uploads)]


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


def _same_host(connection: HTTPConnection) -> bool | None:
    """Whether a page of this host asks, by the Origin that its browser names; None where none is named."""
    origin = connection.headers.get("origin")
    if origin is None:
        return None
    try:
        ours = urlsplit(f"//{connection.headers.get('host', '')}").hostname
        return ours is not None and urlsplit(origin).hostname == ours
    except ValueError:
        return False


async def _stream(connection: HTTPConnection) -> "Stream":
    """The stream of the job that is asked for."""
    service, follow = await asyncio.to_thread(_service)
    return follow(service, connection.path_params["job"])  # type: ignore[no-any-return]


def _service() -> tuple[Any, Any]:
    from ui import imports

    imports.ready(light=False)
    from ui import services, stream

    return services.jobs(), stream.follow


def _name(connection: HTTPConnection) -> str:
    """What a watcher calls itself: by its session's name it is no other watcher than its session."""
    return connection.query_params.get("watcher", "")[:64]


async def _live(socket: WebSocket) -> None:
    """Send a job's progress, until the job or the visit ends: first all, then what is new."""
    await socket.accept()
    if not _same_host(socket):
        await socket.close(FOREIGN)
        return
    ready = await asyncio.to_thread(_awaited, socket.path_params["job"])
    if ready:
        await _while_heard(socket, _say_when(socket, ready))
        return
    stream = await _stream(socket)
    name = _name(socket)
    own = name or f"socket {uuid.uuid4().hex}"
    try:
        async with stream.watching(own):
            await _while_heard(socket, _send(socket, stream))
    finally:
        if not name:
            await asyncio.to_thread(stream.service.leave, stream.job, own)


async def _while_heard(socket: WebSocket, sending: Coroutine[Any, Any, None]) -> None:
    """Send until all is said, or the visit ends."""
    tasks = {asyncio.create_task(sending), asyncio.create_task(_hear(socket))}
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _hear(socket: WebSocket) -> None:
    """Wait for the end of the visit; what is said before is not listened to."""
    with contextlib.suppress(WebSocketDisconnect):
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass


async def _send(socket: WebSocket, stream: "Stream") -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it is gone already
        told = None
        while snapshot := await stream.after(told.version if told else 0):
            try:
                await asyncio.wait_for(socket.send_text(snapshot.news(told)), PATIENCE_S)
            except TimeoutError:
                await socket.close(SLOW)
                return
            told = snapshot
        await socket.close(DONE if told else UNKNOWN)


def _awaited(name: str) -> Callable[[], bool] | None:
    """Whether what a page waits for under this name is there; None where it is no such name."""
    from ui import imports

    imports.ready(light=True)
    from ui import waits

    return waits.find(name)


async def _say_when(socket: WebSocket, ready: Callable[[], bool]) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it is gone already
        while not await asyncio.to_thread(ready):
            await asyncio.sleep(LOOK_S)
        await socket.send_text(READY)
        await socket.close(DONE)


async def _ask(request: Request) -> Response:
    """A job's progress, whole; nothing where the version that is named still stands."""
    if _same_host(request) is False:
        return PlainTextResponse("Another site's page may not ask.", 403)
    headers = {"Cache-Control": "no-store"}
    ready = await asyncio.to_thread(_awaited, request.path_params["job"])
    if ready:
        if not await asyncio.to_thread(ready):
            return Response(status_code=204, headers=headers)
        return Response(READY, media_type="application/json", headers=headers)
    stream = await _stream(request)
    stream.ask()
    if name := _name(request):
        await asyncio.to_thread(stream.service.watch, stream.job, name)
    if stream.latest is None:
        await stream.after(0)
    if stream.latest is None:
        return PlainTextResponse("There is no such training.", 404)
    if request.query_params.get("version") == str(stream.latest.version):
        return Response(status_code=204, headers=headers)
    return Response(stream.latest.news(), media_type="application/json", headers=headers)


async def _asset(request: Request) -> Response:
    """Plotly's script, compressed as it lies in the static folder, for browsers to keep for good."""
    name = request.path_params["name"]
    path = STATIC / f"{name}.gz"
    if not re.fullmatch(r"plotly\.[0-9a-f]{16}\.min\.js", name) or not path.is_file():
        return PlainTextResponse("There is no such file.", 404)
    headers = {"Content-Encoding": "gzip", "Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(path, media_type="text/javascript", headers=headers)
