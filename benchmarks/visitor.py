"""A visitor over Streamlit's own protocol, without a browser: what a tab sends and takes in, and nothing drawn.

It keeps the values of all widgets and sends them with each run, as a browser does, asks for no message that it has,
follows over a second socket what the app's components follow (ui/chart/follow.js, ui/waits.js), and has the page run
again at the end of a job.
"""

import asyncio
import contextlib
import json
import re
import time
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.drawn_page import EARLY, FRAGMENT, SUCCESS, DrawnPage, Node, awaited, component, put, text_of
from benchmarks.live_socket import PATIENCE_S, LiveSocket

LOST_S = 1.0  # as in ui/waits.js
TRIGGER = "$$STREAMLIT_INTERNAL_KEY_{}__events"
MARKED = (":material/error:", "The browser sent a value that")  # of a sentence that says what is wrong


def stage_of(told: dict[str, Any]) -> str:
    """What a job is doing, in a word, by the sentence that people read of it."""
    if told["over"]:
        return "over"
    if told["text"].startswith("Compiling"):
        return "compiling"
    return "training" if "weight updates" in told["text"] else "waiting"


class Visitor:
    """One tab. Times are of `time.perf_counter`.

    errors: what it was told that nobody should be; first_point: when a job's curve had its first point; stages: what
    each job was doing, and when that was told; messages: of all that it follows; received: bytes over the page's socket
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.page = DrawnPage()
        self.query = self.path = self.script = ""
        self.names: dict[str, str] = {}  # of pages in the navigation, with their scripts' hashes
        self.errors: list[str] = []
        self.first_point: dict[str, float] = {}
        self.stages: dict[str, list[tuple[float, str]]] = {}
        self.ended: dict[str, float] = {}
        self.messages = self.received = 0
        self.trail: deque[str] = deque(maxlen=8)  # what was sent and drawn last, for whoever looks into an error
        self.broken = ""  # why no message comes any more
        self._socket: ClientConnection | None = None
        self._live = LiveSocket(url, self._origin(), self.errors.append)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._reported: set[str] = set()
        self._settled, self._finished = asyncio.Event(), asyncio.Event()
        self._asked_at = 0.0
        self._begun_at = 0.0
        self._watched: list[tuple[re.Pattern[str], asyncio.Future[float]]] = []

    async def open(self, path: str = "") -> None:
        """Open a path of the app in a new tab; `settled` waits for its page."""
        self.path = path
        self._socket = await connect(
            f"ws{self.url[4:]}/_stcore/stream",
            origin=self._origin(),
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            open_timeout=PATIENCE_S,
        )
        self._tasks[""] = asyncio.create_task(self._read())
        await self._rerun(page_name=path)

    async def close(self) -> None:
        """Close the tab."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._live.close()
        if self._socket:
            await self._socket.close()

    async def press(self, label: str) -> None:
        """Press a button."""
        node = self.page.find("button", label)
        if node.drawn.disabled:
            raise LookupError(f"{label!r} can't be pressed")
        await self._send(node, WidgetState(id=node.drawn.id, trigger_value=True))

    async def set(self, label: str, value: float | str, kind: str = "number_input") -> None:
        """Change the value of a widget: a number, a slider's, or one of the words of a group of buttons."""
        node = self.page.find(kind, label)
        state = WidgetState(id=node.drawn.id)
        if kind == "slider":
            state.double_array_value.data.append(float(value))
        self.page.values[node.drawn.id] = put(state, kind, node.drawn, value)
        await self._send(node)

    async def go(self, page: str) -> None:
        """Choose another page in the navigation."""
        self.page.values = self.page.lasting()
        self.query, self.script, self.path = "", self.names[page], page.lower().replace(" ", "_")
        await self._rerun()

    def job(self) -> str:
        """The job that the page's address names, if it names one."""
        named = re.search(r"(?:^|&)job=([0-9a-f]+)", self.query)
        return named[1] if named else ""

    async def settled(self) -> float:
        """Wait until the page has been drawn whole; returns when that was."""
        await self._settled.wait()
        self._check()
        return time.perf_counter()

    async def until(self, holds: Callable[[DrawnPage], bool]) -> float:
        """Wait until this holds of a page that has been drawn whole; returns when that was."""
        while not (self._settled.is_set() and holds(self.page)):
            await self._finished.wait()
            self._check()
        return time.perf_counter()

    def says(self, pattern: str) -> "asyncio.Future[float]":
        """When a text that this pattern is found in is drawn next."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._watched.append((re.compile(pattern), future))
        return future

    async def _send(self, node: Node, trigger: WidgetState | None = None) -> None:
        await self._rerun(trigger, fragment_id=node.fragment)

    async def _rerun(self, trigger: WidgetState | None = None, *, fragment_id: str = "", page_name: str = "") -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.widget_states.widgets.extend(self.page.values.values())
        if trigger:
            asked.widget_states.widgets.append(trigger)
        asked.query_string, asked.page_script_hash = self.query, self.script
        asked.fragment_id, asked.page_name = fragment_id, page_name
        asked.cached_message_hashes.extend(self.page.cached())
        context = asked.context_info
        context.timezone, context.locale, context.color_scheme = "UTC", "en-US", "light"
        context.url = f"{self.url}/{self.path}"
        self._settled.clear()
        self._asked_at = time.perf_counter()
        what = trigger.json_trigger_value or trigger.id.split("-", maxsplit=2)[-1] if trigger else "values"
        self.trail.append(f"{self._asked_at:.2f} sent {what}{' while running' if self.page.running else ''}")
        assert self._socket
        with contextlib.suppress(ConnectionClosed):  # which `_read` notes
            await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        assert self._socket
        try:
            async for payload in self._socket:
                self.received += len(payload)
                message = ForwardMsg()
                message.ParseFromString(payload if isinstance(payload, bytes) else payload.encode())
                self._take(message)
            self.broken = "the page's socket was closed"
        except ConnectionClosed as closed:
            self.broken = f"the page's socket broke: {closed}"
        except Exception as error:  # a message that this client does not understand
            self.broken = f"the visitor itself failed: {error!r}"
        for event in (self._settled, self._finished):  # nobody waits in vain
            event.set()
        for _, future in self._watched:
            if not future.done():
                future.set_exception(ConnectionError(self.broken))

    def _check(self) -> None:
        if self.broken:
            raise ConnectionError(self.broken)

    def _take(self, message: ForwardMsg) -> None:
        kind, now = message.WhichOneof("type"), time.perf_counter()
        node = self.page.take(message)
        if node:
            self._note(node, now)
        elif kind == "new_session":
            self.trail.append(f"{now:.2f} began")
            self._begun_at = now
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
            self.names = {page.page_name: page.page_script_hash for page in message.navigation.app_pages}
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "script_finished":
            status = message.script_finished
            self.trail.append(f"{now:.2f} finished {status}")
            if status not in (SUCCESS, EARLY, FRAGMENT):
                self.errors.append(f"the script ended with status {status}")
            self._leave()
            finished, self._finished = self._finished, asyncio.Event()
            finished.set()
            if status != EARLY and self._begun_at >= self._asked_at:
                self._settled.set()

    def _note(self, node: Node, now: float) -> None:
        text = text_of(node)
        if (
            node.kind == "exception"
            or (node.kind == "alert" and node.drawn.format != node.drawn.INFO)
            or any(mark in text for mark in MARKED)
        ):
            self.errors.append(f"on /{self.path}: {text} (before it: {', '.join(self.trail)})")
        for watched in [each for each in self._watched if text and each[0].search(text)]:
            self._watched.remove(watched)
            if not watched[1].done():
                watched[1].set_result(now)
        if node.kind == "bidi_component":
            for name, (event, watcher) in awaited(component(node)).items():
                if name not in self._tasks and name not in self._reported:
                    self._tasks[name] = asyncio.create_task(self._listen(name, node.drawn.id, event, watcher))

    def _leave(self) -> None:
        """Leave what no component of the page follows any more."""
        wanted = {name for node in self.page.elements("bidi_component") for name in awaited(component(node))}
        for name in [name for name in self._tasks if name and name not in wanted]:
            self._tasks.pop(name).cancel()

    async def _listen(self, name: str, asks: str, event: str, watcher: str) -> None:
        over = False
        async with contextlib.aclosing(self._live.told(name, watcher)) as messages:
            async for told in messages:
                now = time.perf_counter()
                self.messages += 1
                if any(run["loss"] for run in told.get("runs", [])):
                    self.first_point.setdefault(name, now)
                if "text" in told:
                    self.stages.setdefault(name, []).append((now, stage_of(told)))
                over = told["over"]
        if not over:
            await asyncio.sleep(LOST_S)
        self.ended[name] = time.perf_counter()
        self._tasks.pop(name, None)
        if event == "ready" or not event:  # a chart whose job is not taken in yet listens again
            self._reported.add(name)
        if event:
            report = json.dumps([{"event": event, "value": name}])
            await self._rerun(WidgetState(id=TRIGGER.format(asks), json_trigger_value=report))

    def _origin(self) -> Any:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"
