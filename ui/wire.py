"""What browsers send is checked once, where it arrives, before any widget or callback of a page takes it.

Streamlit trusts its own browser half: a widget takes whatever its name comes with, and many raise, or give a page what
it never offered, when that is of another kind, no number, or not among the options. A message can be forged, so every
value is checked against the widget that it is for. One that does not fit is dropped: the widget keeps what it had, and
the page says so in a sentence. Streamlit has no public place for this; a test sends every widget such values.
"""

import math
from collections.abc import Callable
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import WidgetMetadata, unpack_widget_state_value
from streamlit.runtime.state.session_state import Serialized, SessionState, WStates

from ui import looks
from ui.state import REFUSED, TOUCHED

NUMBERS = {"double_value", "int_value"}
ECHOED = {*NUMBERS, "double_array_value", "string_array_value", "string_value", "bool_value"}
SENTENCE = "The browser sent a value that the control {}cannot have. It was left as it was."


def install() -> None:
    """Have every value of every session checked from now on."""
    if getattr(WStates.__getitem__, "checked", False):
        return
    WStates.__getitem__ = _getitem(WStates.__getitem__)  # type: ignore[method-assign]
    SessionState.set_widgets_from_proto = _arrive(SessionState.set_widgets_from_proto)  # type: ignore[method-assign, assignment]


def notice() -> None:
    """Say which value was refused, until the browser sends something else."""
    refused = REFUSED.get()
    if refused:
        looks.error(sentence(refused["name"]))
        REFUSED.set({"name": refused["name"], "told": True})


def sentence(name: str) -> str:
    """What is said of a refused value. name: the widget's key, empty where it has none."""
    return SENTENCE.format(f"{name} " if name else "")


def refuse(name: str) -> None:
    """Note that a value was refused; `notice` says it. name: the widget's key, empty where it has none."""
    REFUSED.set({"name": name, "told": False})


def fits(sent: WidgetState, metadata: WidgetMetadata[Any]) -> bool:
    """Whether a widget can have this value: of its kind, finite, among its options, and taken as it was sent."""
    field = sent.WhichOneof("value")
    if field is None:  # cleared
        return True
    if field != metadata.value_type and not {field, metadata.value_type} <= NUMBERS:
        return False
    try:
        value = unpack_widget_state_value(sent)
        taken = metadata.deserializer(value)
        if field == "json_value":
            return not taken  # the app's components report clicks and keep nothing
        return field not in ECHOED or (_offered(value, metadata) and _echoed(value, metadata.serializer(taken)))
    except Exception:  # whatever a widget makes of a forged value, it doesn't fit
        return False


def _offered(value: Any, metadata: WidgetMetadata[Any]) -> bool:
    """Whether a choice is among a widget's options, and of one where one is chosen, for that is never taken back."""
    if metadata.formatted_options is None:
        return True
    words = _words(value)
    return set(words) <= set(metadata.formatted_options) and (metadata.max_array_length != 1 or len(words) == 1)


def _echoed(value: Any, echo: Any) -> bool:
    """Whether a widget would send what it has taken as it came: it resets a number that is out of its range."""
    return all(math.isfinite(word) for word in _words(value) if isinstance(word, float)) and _words(echo) == _words(
        value
    )


def _words(value: Any) -> list[Any]:
    return [value] if isinstance(value, str | float | int) else list(value)


def _getitem(take: Callable[[WStates, str], Any]) -> Callable[[WStates, str], Any]:
    def checked(states: WStates, widget_id: str) -> Any:
        sent, metadata = states.states.get(widget_id), states.widget_metadata.get(widget_id)
        if isinstance(sent, Serialized) and metadata is not None and not fits(sent.value, metadata):
            del states.states[widget_id]
            refuse(_name(widget_id))
            raise KeyError(widget_id)  # as if it had not been sent: the widget has what it had
        return take(states, widget_id)

    checked.checked = True  # type: ignore[attr-defined]
    return checked


def _arrive(take: Callable[[SessionState, WidgetStates], None]) -> Callable[[SessionState, WidgetStates], None]:
    def arrive(state: SessionState, sent: WidgetStates) -> None:
        refused = REFUSED.get()
        if refused and refused["told"]:
            REFUSED.drop()
        take(state, sent)
        for widget in sent.widgets:  # before callbacks: one that is refused has not changed
            if _chooses_nothing(widget) and not state._old_state.get(widget.id):
                del state._new_widget_state.states[widget.id]  # nothing was chosen before, either
            else:
                state._new_widget_state.get(widget.id)
        TOUCHED.set(any(state._widget_changed(widget.id) for widget in sent.widgets))

    return arrive


def _chooses_nothing(sent: WidgetState) -> bool:
    return sent.WhichOneof("value") == "string_array_value" and not sent.string_array_value.data


def _name(widget_id: str) -> str:
    """The key of a widget, which stands last in its id: $$ID-<hash>-<key>."""
    key = widget_id.split("-", maxsplit=2)[-1]
    return "" if key == "None" else key
