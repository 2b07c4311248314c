"""The network unrolled over the timesteps: a picture of its own, for the first page need not wait for Plotly.

Places across are shares of the picture's width, places up and down are px, so that it fits any width as it stands.
"""

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as Tree

import streamlit as st

from bilstm_core.palette import BACKWARD, DARK_BLOCK, FORWARD, color, css
from ui.overview import words

if TYPE_CHECKING:
    from bilstm_core.problems import View

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "bilstm_explorer.network",
    css=(_HERE / "network.css").read_text(encoding="utf-8"),
    js=(_HERE / "network.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)

SIGNS = {"concat": "[,]", "sum": "+", "mul": "×", "ave": "½"}
HEIGHT, MARGIN = 460, 12  # px
HALF_WIDTH, HALF_HEIGHT = 0.27, 0.27  # of a box, where neighbours are 1 apart
CORNER, DOT, CIRCLE = 8, 4, 17  # px, radii


class Edge(NamedTuple):
    """An arrow from one (timestep, level) to another, and the outputs (from 1) that anything passing along reaches."""

    kind: str
    start: tuple[float, float]
    end: tuple[float, float]
    reaches: frozenset[int]


class Box(NamedTuple):
    """The repeated cell at the place of a value (from 1), centred on (x, level), and the outputs it reaches."""

    kind: str
    value: int
    x: float
    level: float
    reaches: frozenset[int]


def _reach(kind: str, view: "View", step: int, timesteps: int) -> frozenset[int]:
    """The outputs that the branch's cell at the place of value `step` reaches."""
    if kind == "forward":
        reached = range(step, timesteps + 1)
    elif view == "backward_raw":
        reached = range(timesteps + 1 - step, timesteps + 1)
    else:
        reached = range(1, step + 1)
    return frozenset(reached)


@functools.cache
def wiring(timesteps: int, view: "View") -> tuple[list[Box], list[Edge], int]:
    """Boxes, arrows and the level of the outputs; inputs are at level 0. view: any but "position"."""
    both = view == "bidirectional"
    kinds = ["forward", "backward"] if both else ["forward" if view == "forward" else "backward"]
    top = len(kinds) + 1 + (1 if both else 0)
    boxes: list[Box] = []
    edges: list[Edge] = []
    for level, kind in enumerate(kinds, start=1):
        shift = {"forward": -0.14, "backward": 0.14}[kind] if both else 0.0
        enters = shift + (0.1 if both and kind == "backward" else 0)
        leaves = shift - (0.1 if both and kind == "forward" else 0)
        ahead = 1 if kind == "forward" else -1
        for step in range(1, timesteps + 1):
            reaches = _reach(kind, view, step, timesteps)
            boxes.append(Box(kind, step, step + shift, level, reaches))
            edges.append(Edge(kind, (step + enters * 0.35, 0.14), (step + enters, level - HALF_HEIGHT - 0.04), reaches))
            onward = step + ahead
            if 1 <= onward <= timesteps:
                edges.append(
                    Edge(
                        kind,
                        (step + shift + ahead * HALF_WIDTH, level),
                        (onward + shift - ahead * (HALF_WIDTH + 0.02), level),
                        _reach(kind, view, onward, timesteps),
                    )
                )
            output = timesteps + 1 - step if view == "backward_raw" else step
            goal = (output + leaves * (0.45 if both else 0), top - (1 if both else 0) - 0.22)
            edges.append(Edge(kind, (step + leaves, level + HALF_HEIGHT), goal, frozenset([output])))
    if both:
        edges += [Edge("merge", (t, top - 0.79), (t, top - 0.22), frozenset([t])) for t in range(1, timesteps + 1)]
    return boxes, edges, top


def reached_values(timesteps: int, view: "View") -> list[list[int]]:
    """The values that each output has read, in order: those whose cells reach it in the picture."""
    boxes, _, _ = wiring(timesteps, view)
    outputs = range(1, timesteps + 1)
    return [sorted({box.value for box in boxes if output in box.reaches}) for output in outputs]


def _said(timesteps: int, view: "View") -> list[str]:
    return [words.output(number, read) for number, read in enumerate(reached_values(timesteps, view), start=1)]


def _share(width: float, timesteps: int) -> float:
    return 100 * width / (timesteps + 0.1)


def _across(x: float, timesteps: int) -> str:
    return f"{_share(x - 0.45, timesteps):.3f}%"


def _tall(levels: float, top: int) -> float:
    return levels * (HEIGHT - 2 * MARGIN) / (top + 0.8)


def _up(level: float, top: int) -> float:
    return MARGIN + _tall(top + 0.4 - level, top)


def _part(root: Tree.Element, tag: str, kind: str, reaches: Iterable[int], **more: str) -> Tree.Element:
    """An element that is lit while an output that it reaches is chosen."""
    reached = " ".join(map(str, sorted(reaches)))
    return Tree.SubElement(root, tag, {"class": kind, "data-reaches": reached, **more})


def _heads(root: Tree.Element) -> None:
    """Arrowheads, one for each colour: a line can't hand its own on to them everywhere."""
    defined = Tree.SubElement(root, "defs")
    size = {"viewBox": "0 0 11 11", "refX": "11", "refY": "5.5", "markerWidth": "11", "markerHeight": "11"}
    for kind in ("unread", "forward", "backward", "merge"):
        head = {"id": f"network-{kind}", "orient": "auto", "markerUnits": "userSpaceOnUse", "class": kind, **size}
        Tree.SubElement(Tree.SubElement(defined, "marker", head), "path", {"d": "M0 0 11 5.5 0 11z"})


def _circle(group: Tree.Element, place: Mapping[str, str], text: str) -> None:
    Tree.SubElement(group, "circle", {"cx": place["x"], "cy": place["y"], "r": str(CIRCLE)})
    Tree.SubElement(group, "text", {**place, "dy": "0.35em"}).text = text


def _cell(root: Tree.Element, box: Box, timesteps: int, top: int) -> None:
    group = _part(root, "g", f"cell {box.kind}", box.reaches)
    corner = {"x": _across(box.x - HALF_WIDTH, timesteps), "y": f"{_up(box.level + HALF_HEIGHT, top):.1f}"}
    size = {"width": f"{_share(2 * HALF_WIDTH, timesteps):.3f}%", "height": f"{_tall(2 * HALF_HEIGHT, top):.1f}"}
    Tree.SubElement(group, "rect", {**corner, **size, "rx": str(CORNER)})
    for x in (-0.1, 0.1):
        for y in (-0.1, 0.1):
            place = {"cx": _across(box.x + x, timesteps), "cy": f"{_up(box.level + y, top):.1f}"}
            Tree.SubElement(group, "circle", {**place, "r": str(DOT)})


def drawing(timesteps: int, view: "View", merge_mode: str = "concat") -> str:
    """The picture as SVG: inputs below, the same cell at every timestep, outputs above.

    Every part names in data-reaches the outputs (from 1) that depend on it; an output names itself in data-output.
    """
    boxes, edges, top = wiring(timesteps, view)
    root = Tree.Element("svg", {"width": "100%", "height": str(HEIGHT)})
    _heads(root)
    for edge in edges:
        (x1, y1), (x2, y2) = edge.start, edge.end
        start = {"x1": _across(x1, timesteps), "y1": f"{_up(y1, top):.1f}"}
        end = {"x2": _across(x2, timesteps), "y2": f"{_up(y2, top):.1f}"}
        _part(root, "line", f"edge {edge.kind}", edge.reaches, **start, **end)
    for box in boxes:
        _cell(root, box, timesteps, top)
    read = reached_values(timesteps, view)
    for t in range(1, timesteps + 1):

        def at(level: int, x: str = _across(t, timesteps)) -> dict[str, str]:
            return {"x": x, "y": f"{_up(level, top):.1f}"}

        reached = [output for output, values in enumerate(read, start=1) if t in values]
        _circle(_part(root, "g", "value", reached), at(0), str(t))
        if view == "bidirectional":
            _circle(_part(root, "g", "sign", [t]), at(top - 1), SIGNS[merge_mode])
        _circle(_part(root, "g", "output", [t], **{"data-output": str(t)}), at(top), str(t))
    return Tree.tostring(root, encoding="unicode")


def _rows(timesteps: int, view: "View", merge_mode: str) -> list[list[str | float]]:
    """What stands on each level, and how far down in px."""
    boxes, _, top = wiring(timesteps, view)
    rows: dict[float, str] = {0: "values", top: "outputs"} | {box.level: box.kind for box in boxes}
    if view == "bidirectional":
        rows[top - 1] = f"merge\n({merge_mode})"
    return [[name, round(_up(level, top), 1)] for level, name in rows.items()]


def network(timesteps: int, view: "View", merge_mode: str, *, key: str, alt: str, told: bool = True) -> None:
    """Draw the unrolled network; pointing at an output, or the slider below, lights what it has read.

    alt: what the picture shows, in a sentence; told: whether it is lit and said, or the middle output alone is lit
    """
    answer = color("bidirectional", merge_mode) if view == "bidirectional" else color(view.split("_", maxsplit=1)[0])
    tones = {"forward": FORWARD, "backward": BACKWARD, "merge": answer, "value": DARK_BLOCK}
    data = {
        "key": key,
        "alt": alt,
        "svg": drawing(timesteps, view, merge_mode),
        "rows": _rows(timesteps, view, merge_mode),
        "said": _said(timesteps, view) if told else [],
        "asked": (timesteps + 1) // 2,
        "tones": {kind: css(tone) for kind, tone in tones.items()},
    }
    _COMPONENT(key=key, data={"picture": json.dumps(data)})  # in lists Streamlit would look for tables, with pandas
