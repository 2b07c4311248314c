"""The one component that every Plotly figure is drawn through.

It keeps its own DOM node and hands Plotly each new figure, so that a curve that is still growing is never
taken off the page. Plotly's own script is served beside it (`plotly_script`).
"""

import json
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, TypeVar

import streamlit as st

from bilstm_core.files.figures import LIGHT
from bilstm_core.palette import ON_DARK
from ui import looks, state, wire
from ui.chart import plotly_script

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from ui.watch import Line, Watch

_HERE = Path(__file__).parent
MOST = 1e9  # of a number in a click; a larger one is no place in a figure


def _script() -> str:
    """The component's script, for the Plotly that is installed, with the palette's shades for the dark theme."""
    script = "".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    library = plotly_script.library()
    for constant, value in (
        ('NAME = "plotly.min.js"', library.name),
        ('INTEGRITY = "sha256-"', library.integrity),
        ("ON_DARK = {}", ON_DARK),
        ("LIGHT = {}", LIGHT),
    ):
        script = script.replace(constant, f"{constant.split()[0]} = {json.dumps(value)}")
    return script


_SCRIPTS = (
    "plotly.js",
    "figure.js",
    "large.js",
    "replay.js",
    "player.js",
    "drag.js",
    "growing.js",
    "sketch.js",
    "listen.js",
    "follow.js",
    "table.js",
    "picture.js",
    "chart.js",
)
_COMPONENT = st.components.v2.component(
    "bilstm_explorer.chart",
    css=(_HERE / "chart.css").read_text(encoding="utf-8"),
    js=_script(),
    isolate_styles=False,  # Plotly puts its styles into the document, where a shadow root does not see them
)


T = TypeVar("T")


class Click(TypedDict):
    """A point that was chosen: its place across, and the words and numbers that the figure attached to it."""

    x: float | None
    customdata: list[str | float]


class Drag(TypedDict):
    """A block that was dragged: its timestep, from 1, and its new value."""

    timestep: int
    value: float


def checked_drag(sent: Any) -> Drag | None:
    """The drag that a browser has sent; None for anything else, for it can be forged."""
    if not isinstance(sent, dict):
        return None
    timestep, value = _number(sent.get("timestep")), _number(sent.get("value"))
    if timestep is None or value is None or timestep != int(timestep):
        return None
    return {"timestep": int(timestep), "value": float(value)}


def checked_click(sent: Any) -> Click | None:
    """The click that a browser has sent; None for anything else, for it can be forged."""
    if not isinstance(sent, dict):
        return None
    attached = sent.get("customdata")
    words = attached if isinstance(attached, list) else [attached]
    plain: list[Any] = [word for word in words if isinstance(word, str) or _number(word) is not None]
    return {"x": _number(sent.get("x")), "customdata": plain}


def _number(value: Any) -> float | None:
    """A number that can be a place in a figure; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < MOST else None  # false of NaN too


def _nothing() -> None:
    pass


def _report(key: str, event: str, checked: Callable[[Any], T | None], hear: Callable[[T], bool]) -> None:
    sent = state.event(key, event)
    if sent is None:
        return
    report = checked(sent)
    if report is None or not hear(report):
        wire.refuse(key)


def preload(later_ms: int = 0) -> None:
    """Have the browser load Plotly: at once, while the server is still at work on the page's chart, or later."""
    plotly_script.ensure()
    with st.container(key="preload"):
        _COMPONENT(key="plotly", data={"preload": True, "later_ms": later_ms})


class Drawn(NamedTuple):
    """A figure as the component takes it: to write a large one out takes longer than the rest of a page.

    text: JSON; height: px; narrow: px on a narrow screen, before its place is known to be one
    says: what is to be seen, in words made from the data
    """

    text: str
    height: int
    narrow: int
    says: str = ""


def drawn(figure: "go.Figure") -> Drawn:
    """Write a figure out."""
    from bilstm_core.figures.canvas import says  # a page without a figure waits for none of it

    height = round(figure.layout.height or 400)
    narrow = (figure.layout.meta or {}).get("narrow", {}).get("height", height)
    told, meta = says(figure), figure.layout.meta
    if told:  # apart from the figure, for while an answer is covered it is not sent
        figure.layout.meta = {name: part for name, part in meta.items() if name != "says"}
    text = figure.to_json()
    figure.layout.meta = meta
    return Drawn(text, height, round(narrow), told)


@st.cache_resource(max_entries=100, show_spinner=False)
def cached(key: Hashable, _build: "Callable[[], go.Figure]") -> Drawn:
    """The figure that `_build` makes, made and written out once for a key that says all that goes into it.

    Of a run its digest goes into the key.
    """
    return drawn(_build())


@st.cache_resource(max_entries=8, show_spinner=False, scope="session")
def cached_for_session(key: Hashable, _build: "Callable[[], go.Figure]") -> Drawn:
    """As `cached`, for what no other session will ask for: it would only take others' figures from the cache."""
    return drawn(_build())


def chart(
    figure: "go.Figure | Drawn",
    *,
    key: str,
    height: int | None = None,
    low: int | None = None,
    alt: str,
    replay: bool = False,
    from_start: bool = False,
    on_click: Callable[[Click], bool] | None = None,
    on_drag: Callable[[Drag], bool] | None = None,
    watch: "Watch | None" = None,
    lines: "Sequence[Line]" = (),
) -> None:
    """Draw a figure, in place of what the same key showed before.

    height: pixels of the plot, without the controls under it; by default the figure's own
    low: the same on a low screen, such as a projector's
    alt: what the figure is, in a sentence; its bold marks are left out. What is to be seen in it the figure says itself
    replay: offer play, pause and a scrubber over the figure's frames. A frame's name is the scrubber's label
    from_start: until it is played the replay stands at its beginning, not at its end
    on_click: called with the point that was chosen, before the page runs again; returns whether there is such a point
    on_drag: the same, of a block of the figure that was dragged to another value
    watch: the job that the page waits for; lines: those of the figure that it fills in, from `watch.line`
    """
    written = figure if isinstance(figure, Drawn) else drawn(figure)
    plain = alt.replace("**", "")
    data = {
        "figure": written.text,
        "key": key,
        "height": height or written.height,
        "narrow_height": written.narrow if written.narrow != written.height else height or written.height,
        "low_height": low or 0,
        "name": plain,
        "alt": f"{plain} {looks.unless_covered(written.says)}".strip(),
        "tabled": not state.COVERED.get(),
        "replay": replay,
        "from_start": from_start,
        "clickable": on_click is not None,
        "draggable": on_drag is not None,
        "live": watch.data(lines) if watch else None,
        "view": looks.figures(),
    }
    _COMPONENT(
        key=key,
        data=data,
        on_click_change=_nothing if on_click is None else partial(_report, key, "click", checked_click, on_click),
        on_drag_change=_nothing if on_drag is None else partial(_report, key, "drag", checked_drag, on_drag),
        **_heard(key, watch),
    )


def picture(figure: "go.Figure", name: str, *, key: str) -> None:
    """Buttons that save a figure as PNG or SVG, which the browser itself draws.

    name: of the file, without its ending
    """
    written = drawn(figure)
    _COMPONENT(
        key=key,
        data={"picture": True, "figure": written.text, "height": written.height, "name": name},
        on_click_change=_nothing,
    )


def progress(watch: "Watch", *, key: str) -> None:
    """How far the job is that the page waits for, where no chart says it."""
    _COMPONENT(key=key, data={"key": key, "live": watch.data()}, on_click_change=_nothing, **_heard(key, watch))


def _heard(key: str, watch: "Watch | None") -> dict[str, Any]:
    if watch is None:
        return {"on_over_change": _nothing, "on_deaf_change": _nothing}
    return {
        "on_over_change": partial(_take, key, "over", watch.ended),
        "on_deaf_change": partial(_take, key, "deaf", watch.deaf),
    }


def _take(key: str, event: str, hear: Callable[[Any], bool]) -> None:
    sent = state.event(key, event)
    if sent is not None and not hear(sent):
        wire.refuse(key)
