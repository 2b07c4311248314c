"""A visitor without a browser: a session over Streamlit's own websocket, with what the browser does for our components.

It keeps the elements that the page has sent, sets widgets by their labels, listens to jobs and to what is awaited on
the route `live/`, and has the page run again when they are over, as ui/chart/follow.js and ui/waits.js do.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 120.0
Told = dict[str, Any]


class LostError(RuntimeError):
    """What was waited for did not come, or the page shows an error."""


class Visitor:
    """One session. runs: of the script; first: when each job's first points were told, of time.monotonic()"""

    def __init__(self, url: str) -> None:
        self._address = url.replace("http", "ws", 1)
        self._origin: Any = url
        self._elements: dict[tuple[int, ...], tuple[int, Any]] = {}  # by place, with the run that sent it
        self._widgets: dict[str, WidgetState] = {}
        self._page = self._query = ""
        self._hash = ""
        self._asked: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self._running = False
        self._socket: ClientConnection
        self.runs = 0
        self.first: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        self._socket = await connect(
            f"{self._address}/_stcore/stream",
            origin=self._origin,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            open_timeout=PATIENCE_S,
            ping_interval=None,
        )
        self._spawn(self._hear())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    async def open(self, page: str, query: str = "") -> None:
        """Ask for a page by its address."""
        self._page, self._query, self._hash = page, query, ""
        self._widgets = {}
        await self._rerun()

    async def press(self, label: str) -> None:
        """Press the button of this label."""
        await self._rerun(WidgetState(id=self.widget("button", label).id, trigger_value=True))

    async def enter(self, label: str, value: float | str) -> None:
        """Type a value into the box of this label."""
        kind = "text_input" if isinstance(value, str) else "number_input"
        widget = self.widget(kind, label)
        if isinstance(value, str):
            state = WidgetState(id=widget.id, string_value=value)
        else:
            whole = widget.data_type == widget.INT
            state = WidgetState(id=widget.id, **{"int_value" if whole else "double_value": value})
        self._widgets[widget.id] = state
        await self._rerun()

    async def choose(self, label: str, option: str) -> None:
        """Choose one of a group of buttons, or of a select box."""
        for kind in ("button_group", "selectbox", "radio"):
            with contextlib.suppress(LostError):
                widget = self.widget(kind, label)
                break
        else:
            raise LostError(f"There is nothing to choose under {label}.")
        state = WidgetState(id=widget.id)
        if kind == "selectbox":
            state.string_value = option
        elif kind == "radio":
            state.int_value = list(widget.options).index(option)
        else:
            state.string_array_value.data.append(option)
        self._widgets[widget.id] = state
        await self._rerun()

    async def slide(self, label: str, value: float) -> None:
        """Move the slider of this label to a value."""
        widget = self.widget("slider", label)
        state = WidgetState(id=widget.id)
        state.double_array_value.data.append(value)
        self._widgets[widget.id] = state
        await self._rerun()

    def widget(self, kind: str, label: str) -> Any:
        """The widget of this kind whose label begins so."""
        for _, element in self._elements.values():
            if element.WhichOneof("type") == kind and getattr(element, kind).label.startswith(label):
                return getattr(element, kind)
        raise LostError(f"There is no {kind} {label} on {self._page or 'the first page'}.")

    def text(self) -> str:
        """All that the page says."""
        kinds = {"markdown": "body", "alert": "body", "heading": "body", "exception": "message"}
        found = [
            getattr(getattr(element, kind), kinds[kind])
            for _, element in self._elements.values()
            if (kind := element.WhichOneof("type")) in kinds
        ]
        return "\n".join(found)

    async def until(self, true: Callable[[str], bool], seconds: float = PATIENCE_S) -> float:
        """Wait until this is true of the page's text, at the end of a run; the seconds that took."""
        begin = time.monotonic()
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: not self._running and true(self.text()))
        except TimeoutError as error:
            raise LostError(f"{self._page} says after {seconds:.0f} s: {self.text()[:300]!r}") from error
        return time.monotonic() - begin

    async def settled(self) -> None:
        """Wait until the script does not run."""
        await self.until(lambda _: True)

    async def _rerun(self, trigger: WidgetState | None = None) -> None:
        message = BackMsg()
        client = message.rerun_script
        client.query_string, client.page_name, client.page_script_hash = self._query, self._page, self._hash
        client.widget_states.widgets.extend([*self._widgets.values(), *([trigger] if trigger else [])])
        self._running = True
        await self._socket.send(message.SerializeToString())

    def _spawn(self, task: Any) -> None:
        made = asyncio.create_task(task)
        self._tasks.add(made)
        made.add_done_callback(self._tasks.discard)

    async def _hear(self) -> None:
        async for data in self._socket:
            message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._running = True
                self.runs += 1
            elif kind == "navigation":
                self._hash = message.navigation.page_script_hash
            elif kind == "delta":
                self._take(tuple(message.metadata.delta_path), message.delta)
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "script_finished":
                whole = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                if whole:
                    self._elements = {place: entry for place, entry in self._elements.items() if entry[0] == self.runs}
                    self._listen()
                self._running = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            async with self._changed:
                self._changed.notify_all()

    def _take(self, place: tuple[int, ...], delta: Any) -> None:
        if delta.WhichOneof("type") == "new_element":
            self._elements[place] = self.runs, delta.new_element

    def _listen(self) -> None:
        for _, element in self._elements.values():
            if element.WhichOneof("type") != "bidi_component":
                continue
            component = element.bidi_component
            data = json.loads(component.json or "{}")
            live = data.get("live")
            if live and not live["polled"]:
                self._follow(live["job"], live["watcher"], component.id, "over")
            if "asked" in data:
                asked = json.loads(data["asked"])
                for name in asked["waits"]:
                    self._follow(name, "", component.id, "ready")
                for job in asked["jobs"]:
                    self._follow(job["job"], asked["watcher"], component.id, "ready")

    def _follow(self, name: str, watcher: str, component: str, event: str) -> None:
        if name not in self._asked:
            self._asked.add(name)
            self._spawn(self._attend(name, watcher, component, event))

    async def _attend(self, name: str, watcher: str, component: str, event: str) -> None:
        address = f"{self._address}/live/{name}" + (f"?watcher={watcher}" if watcher else "")
        async with connect(address, origin=self._origin, max_size=None, open_timeout=PATIENCE_S) as socket:
            async for data in socket:
                told: Told = json.loads(data)
                if any(run["loss"] for run in told.get("runs", [])):
                    self.first.setdefault(name, time.monotonic())
                if told.get("over"):
                    break
        if component in {e.bidi_component.id for _, e in self._elements.values() if e.HasField("bidi_component")}:
            payload = json.dumps([{"event": event, "value": name}])
            await self._rerun(WidgetState(id=_make_trigger_id(component, "events"), json_trigger_value=payload))

    def jobs(self) -> list[str]:
        """The jobs that the page shows as they run."""
        every = [
            json.loads(e.bidi_component.json or "{}")
            for _, e in self._elements.values()
            if e.HasField("bidi_component")
        ]
        return [data["live"]["job"] for data in every if data.get("live")]

    def query(self) -> dict[str, list[str]]:
        """What the address holds."""
        return parse_qs(urlsplit(f"?{self._query}").query)
