"""What a tab follows, and how it is told of it: over one socket, or by one question after the other.

A tab follows jobs, and what its page waits for beside them (`ui.waits`). Over the route `live` the browser says
{"follow": name, "as": number, "watcher": its session's name or "", "version": the last that it knows, or 0}, with
numbers that rise, and {"leave": number}. The server says what `Snapshot.news` writes, with the number as "of"; and
{"of": number, "lost": true} where it knows nothing of the name. What has ended or is lost is followed no longer. Over
HTTP the same is asked for at `live/<name>`.

This module imports little: a server answers nobody before it.
"""

import asyncio
import contextlib
import json
import logging
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

if TYPE_CHECKING:
    from ui.stream import Stream

log = logging.getLogger(__name__)

GARBLED, FOREIGN, SLOW = 4400, 4403, 4408  # why a socket was closed
PATIENCE_S = 30.0  # for a reader that takes nothing in
LOOK_S = 0.1  # whether what a page waits for is there
MOST = 100  # followed over one socket; one more is as if it were not known, and its page asks again
MOST_CHARACTERS = 300  # of what a browser says at once
MOST_OF_A_NAME = 64  # characters
READY = json.dumps({"version": 1, "over": True})  # of what a page has waited for beside its job
LOST = json.dumps({"lost": True})

Ready = Callable[[], bool]


async def live(socket: WebSocket) -> None:
    """Tell a tab of all that it follows, until the visit ends."""
    await socket.accept()
    if _same_host(socket):
        await TabSocket(socket).serve()
    else:
        await socket.close(FOREIGN)


class TabSocket:
    """The socket of a tab.

    Nothing waits to be sent: each thing that is followed takes its turn when it has news, and says then what is newest.
    """

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._turn = asyncio.Lock()
        self._last = 0  # number
        self._tasks: dict[int, asyncio.Task[None]] = {}  # that tell of a job
        self._awaited: dict[int, Ready] = {}
        self._looking: asyncio.Task[None] | None = None  # at all that is awaited
        self._closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()  # why; 0 if the browser did

    async def serve(self) -> None:
        """Hear and tell until either side ends it."""
        hearing = asyncio.create_task(self._hear())
        try:
            code = await self._closed
        finally:
            await _end(hearing)
            await _end(*self._tasks.values(), *filter(None, [self._looking]))
        if code:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it is gone already
                await self._socket.close(code)

    def _close(self, code: int = 0) -> None:
        if not self._closed.done():
            self._closed.set_result(code)

    async def _hear(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while (message := await self._socket.receive())["type"] != "websocket.disconnect":
                try:
                    await self._take(message)
                except ValueError:
                    self._close(GARBLED)
                    return
        self._close()

    async def _take(self, message: Message) -> None:
        """Begin or end to follow something. Raises ValueError for what no browser of ours says."""
        match _read(message):
            case {"leave": int(number)}:
                self._awaited.pop(number, None)
                if number in self._tasks:
                    await _end(self._tasks[number])
            case {"follow": str(name), "as": int(number), "watcher": str(watcher), "version": int(version)}:
                if number <= self._last or len(watcher) > MOST_OF_A_NAME:
                    raise ValueError
                self._last = number
                if len(self._tasks.keys() | self._awaited) >= MOST:
                    await self._tell(number, LOST)
                else:
                    task = asyncio.create_task(self._follow(number, name, watcher, version))
                    self._tasks[number] = task
                    task.add_done_callback(lambda _: self._tasks.pop(number, None))
            case _:
                raise ValueError

    async def _follow(self, number: int, name: str, watcher: str, version: int) -> None:
        try:
            ready = await asyncio.to_thread(_awaited, name)
            if ready:
                self._awaited[number] = ready
                self._looking = self._looking or asyncio.create_task(self._look())
            else:
                await self._tell_job(number, name, watcher, version)
        except Exception:  # a fault of the program: of the rest is told all the same
            log.exception("A page could not be told of what it follows.")
            await self._tell(number, LOST)

    async def _tell_job(self, number: int, job: str, watcher: str, version: int) -> None:
        """Tell of a job until it ends: first all, unless the browser knows this version of it, then what is new."""
        stream = await _stream(job)
        own = watcher or f"socket {uuid.uuid4().hex}"
        told = None
        try:
            async with stream.watching(own):
                while not self._closed.done() and (news := await stream.after(told.version if told else version)):
                    async with self._turn:
                        before, told = told, stream.latest or news
                        await self._send(number, told.news(before))
        finally:
            if not watcher:
                await asyncio.to_thread(stream.service.leave, job, own)
        if told is None or not told.over:
            await self._tell(number, LOST)

    async def _look(self) -> None:
        """Say what of all that is awaited is there, as long as anything is."""
        while self._awaited and not self._closed.done():
            for number, text in (await asyncio.to_thread(_there, dict(self._awaited))).items():
                if self._awaited.pop(number, None):
                    await self._tell(number, text)
            await asyncio.sleep(LOOK_S)
        self._looking = None

    async def _tell(self, number: int, text: str) -> None:
        async with self._turn:
            await self._send(number, text)

    async def _send(self, number: int, text: str) -> None:
        """Send a JSON object with the number that it is of; in its turn."""
        if self._closed.done():
            return
        try:
            await asyncio.wait_for(self._socket.send_text(f'{{"of": {number}, {text[1:]}'), PATIENCE_S)
        except TimeoutError:
            self._close(SLOW)
        except (WebSocketDisconnect, RuntimeError):  # it is gone already
            self._close()


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _read(message: Message) -> Any:
    """What a browser has said. Raises ValueError for what is no JSON, or too much of it."""
    text = message.get("text")
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise ValueError
    return json.loads(text)


def _there(awaited: dict[int, Ready]) -> dict[int, str]:
    """What is to be said of all that is there, or can't be asked for."""
    said = {}
    for number, ready in awaited.items():
        try:
            if ready():
                said[number] = READY
        except Exception:  # a fault of the program: the page that waits for it runs again, and says so
            log.exception("What a page waits for could not be looked at.")
            said[number] = LOST
    return said


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


def _awaited(name: str) -> Ready | None:
    """Whether what a page waits for under this name is there; None where it is no such name."""
    from ui import imports

    imports.ready(light=True)
    from ui import waits

    return waits.find(name)


async def _stream(job: str) -> "Stream":
    service, follow = await asyncio.to_thread(_service)
    return follow(service, job)  # type: ignore[no-any-return]


def _service() -> tuple[Any, Any]:
    from ui import imports

    imports.ready(light=False)
    from ui import services, stream

    return services.jobs(), stream.follow


async def ask(request: Request) -> Response:
    """A job's progress, whole; nothing where the version that is named still stands.

    Whoever names himself as a watcher by his session's name is no other watcher than his session.
    """
    if _same_host(request) is False:
        return PlainTextResponse("Another site's page may not ask.", 403)
    headers = {"Cache-Control": "no-store"}
    name = request.path_params["name"]
    ready = await asyncio.to_thread(_awaited, name)
    if ready:
        if not await asyncio.to_thread(ready):
            return Response(status_code=204, headers=headers)
        return Response(READY, media_type="application/json", headers=headers)
    stream = await _stream(name)
    stream.ask()
    if watcher := request.query_params.get("watcher", "")[:MOST_OF_A_NAME]:
        await asyncio.to_thread(stream.service.watch, stream.job, watcher)
    if stream.latest is None:
        await stream.after(0)
    if stream.latest is None:
        return PlainTextResponse("There is no such training.", 404)
    if request.query_params.get("version") == str(stream.latest.version):
        return Response(status_code=204, headers=headers)
    return Response(stream.latest.news(), media_type="application/json", headers=headers)
