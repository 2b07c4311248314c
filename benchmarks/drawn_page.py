"""What a page shows, put together from Streamlit's messages as its browser half does it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState

Place = tuple[int, ...]
SUCCESS, EARLY, FRAGMENT = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_EARLY_FOR_RERUN,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)
TEXTS = ("markdown", "heading", "alert", "text", "exception")


@dataclass(slots=True)
class Node:
    """What stands at a place of the page. element: None of a container; run: that it was drawn in, by its number"""

    element: Element | None
    run: int
    fragment: str
    script: str

    @property
    def kind(self) -> str:
        return (self.element.WhichOneof("type") if self.element else None) or ""

    @property
    def drawn(self) -> Any:
        """The element itself, of its own kind."""
        return getattr(self.element, self.kind)

    @property
    def id(self) -> str:
        """The element's id; empty where it has none."""
        return getattr(self.drawn, "id", "") if self.kind else ""


class DrawnPage:
    """The elements of a page by their place, and the values that its widgets have.

    runs: of the script, those of a fragment included
    """

    def __init__(self) -> None:
        self.nodes: dict[Place, Node] = {}
        self.values: dict[str, WidgetState] = {}
        self.runs = 0
        self.running = False
        self.main_script = ""
        self._fragments: list[str] = []
        self._cached: dict[str, tuple[int, ForwardMsg]] = {}  # large messages, which are sent once
        self._full_runs = 0
        self._keep_runs = 2

    def cached(self) -> list[str]:
        """The hashes of the messages that need not be sent again."""
        return list(self._cached)

    def take(self, message: ForwardMsg) -> Node | None:
        """Take a message in. Returns the element that it has drawn, if it has drawn one."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin(message)
        elif kind == "script_finished":
            self._end(message.script_finished)
        elif kind == "ref_hash":
            _, full = self._cached[message.ref_hash]
            self._cached[message.ref_hash] = self._full_runs, full
            return self._draw(full, message)
        elif kind == "delta":
            if message.metadata.cacheable:
                self._cached[message.hash] = self._full_runs, message
            return self._draw(message, message)
        return None

    def _begin(self, message: ForwardMsg) -> None:
        self.runs += 1
        self.running = True
        self.main_script = message.new_session.main_script_hash
        self._fragments = list(message.metadata.run.fragment_ids)
        self._keep_runs = message.new_session.config.max_cached_message_age or self._keep_runs

    def _end(self, status: int) -> None:
        self.running = False
        if status == EARLY:
            return
        for place, node in list(self.nodes.items()):
            stale = node.run != self.runs and (not self._fragments or node.fragment in self._fragments)
            if stale:
                del self.nodes[place]
        on_page = {node.id for node in self.nodes.values()}
        self.values = {name: value for name, value in self.values.items() if name in on_page}
        if not self._fragments:
            self._full_runs += 1
            too_old = self._full_runs - self._keep_runs
            self._cached = {name: entry for name, entry in self._cached.items() if entry[0] >= too_old}

    def _draw(self, full: ForwardMsg, message: ForwardMsg) -> Node | None:
        place, delta = tuple(message.metadata.delta_path), full.delta
        script, what = message.metadata.active_script_hash, delta.WhichOneof("type")
        if what == "add_block":
            node = Node(None, self.runs, delta.fragment_id, script)
        elif what == "new_element":
            node = Node(delta.new_element, self.runs, delta.fragment_id, script)
            before = self.nodes.get(place)
            if before is None or before.element is None:
                for inner in [other for other in self.nodes if other[: len(place)] == place]:
                    del self.nodes[inner]
            self._widget(node)
        else:  # a spinner, which goes by itself
            return None
        self.nodes[place] = node
        return node if node.element else None

    def _widget(self, node: Node) -> None:
        first = initial(node.kind, node.drawn) if node.id else None
        if first and (node.id not in self.values or node.drawn.set_value):
            self.values[node.id] = first

    def elements(self, kind: str) -> Iterator[Node]:
        """The elements of a kind, in the page's order."""
        for _, node in sorted(self.nodes.items()):
            if node.kind == kind:
                yield node

    def find(self, kind: str, label: str) -> Node:
        """The element of this label."""
        for node in self.elements(kind):
            if node.drawn.label == label:
                return node
        there = ", ".join(node.drawn.label for node in self.elements(kind))
        raise LookupError(f"the page has no {kind} {label!r}; it has {there or 'none'}")

    def has(self, kind: str, label: str) -> bool:
        """Whether the page has an element of this label."""
        return any(node.drawn.label == label for node in self.elements(kind))

    def texts(self) -> list[str]:
        """All that is said on the page, in its order."""
        return [text_of(node) for _, node in sorted(self.nodes.items()) if node.kind in TEXTS]

    def lasting(self) -> dict[str, WidgetState]:
        """The values of the widgets that stay when another page is chosen: those outside the pages' scripts."""
        stay = {node.id for node in self.nodes.values() if node.script == self.main_script}
        return {name: value for name, value in self.values.items() if name in stay}


def text_of(node: Node) -> str:
    """What an element says, if it says anything."""
    if node.kind == "exception":
        return f"{node.drawn.type}: {node.drawn.message}"
    return str(getattr(node.drawn, "body", "")) if node.kind in TEXTS else ""


def component(node: Node) -> dict[str, Any]:
    """What the page tells one of the app's own components."""
    return json.loads(node.drawn.json or "null") or {}


def awaited(data: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What a component listens to over a socket: jobs and results, each with the event at its end and the watcher."""
    live, asked = data.get("live"), json.loads(data.get("asked", "{}"))
    names = {live["job"]: ("over", live["watcher"])} if live and not live["polled"] else {}
    watcher = asked.get("watcher", "")
    names |= dict.fromkeys(asked.get("waits", []), ("ready", watcher))
    return names | {job["job"]: ("", watcher) for job in asked.get("jobs", [])}


def initial(kind: str, drawn: Any) -> WidgetState | None:
    """The value that a browser sends of a widget that nobody has touched; None of what has none."""
    state = WidgetState(id=drawn.id)
    if kind == "checkbox":
        state.bool_value = drawn.value if drawn.set_value else drawn.default
    elif kind == "number_input":
        number = drawn.value if drawn.set_value else drawn.default
        put(state, kind, drawn, number)
    elif kind == "selectbox":
        state.string_value = drawn.raw_value if drawn.set_value else drawn.options[drawn.default]
    elif kind == "button_group":
        chosen = drawn.raw_values if drawn.set_value else [drawn.options[place].content for place in drawn.default]
        state.string_array_value.data.extend(chosen)
    elif kind == "slider" and drawn.options:
        chosen = drawn.raw_value if drawn.set_value else [drawn.options[int(place)] for place in drawn.default]
        state.string_array_value.data.extend(chosen)
    elif kind == "slider":
        state.double_array_value.data.extend(drawn.value if drawn.set_value else drawn.default)
    elif kind in ("text_area", "text_input"):
        state.string_value = drawn.value if drawn.set_value else drawn.default
    else:
        return None
    return state


def put(state: WidgetState, kind: str, drawn: Any, value: Any) -> WidgetState:
    """The state with a value that a visitor has given."""
    if kind == "number_input" and drawn.data_type == NumberInput.INT:
        state.int_value = int(value)
    elif kind == "number_input":
        state.double_value = value
    elif kind == "slider":
        state.double_array_value.data[:] = [value]
    elif kind == "button_group":
        state.string_array_value.data[:] = [value]
    elif kind == "checkbox":
        state.bool_value = value
    else:
        state.string_value = value
    return state
