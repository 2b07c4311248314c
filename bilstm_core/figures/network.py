"""The network unrolled over the timesteps."""

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from bilstm_core.figures import canvas
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.palette import BACKWARD, DARK_BLOCK, FORWARD, PAPER, ZERO, color
from bilstm_core.figures.reading import has_read

SIGNS = {"concat": "[,]", "sum": "+", "mul": "×", "ave": "½"}
PALE = "rgba(128, 136, 148, 0.4)"
REST = "#6B7480"


class Edge(NamedTuple):
    """An arrow, and the outputs (from 1) that anything passing along it reaches."""

    kind: str
    start: tuple[float, float]
    end: tuple[float, float]
    reaches: frozenset[int]


class Box(NamedTuple):
    """A repeated cell, centred on (x, level), and the outputs it reaches."""

    kind: str
    x: float
    level: float
    reaches: frozenset[int]


HALF_WIDTH, HALF_HEIGHT = 0.27, 0.27


def _reach(kind: str, view: str, step: int, timesteps: int) -> frozenset[int]:
    """The outputs that the branch's cell at the place of value `step` reaches."""
    if kind == "forward":
        reached = range(step, timesteps + 1)
    elif view == "backward_raw":
        reached = range(timesteps + 1 - step, timesteps + 1)
    else:
        reached = range(1, step + 1)
    return frozenset(reached)


def _wiring(timesteps: int, view: str) -> tuple[list[Box], list[Edge], float]:
    """Boxes, arrows and the level of the outputs; inputs are at level 0."""
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
            boxes.append(Box(kind, step + shift, level, reaches))
            edges.append(Edge(kind, (step + enters * 0.6, 0.24), (step + enters, level - HALF_HEIGHT - 0.04), reaches))
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
            goal = (output + leaves * (0.45 if both else 0), top - (1 if both else 0) - 0.27)
            edges.append(Edge(kind, (step + leaves, level + HALF_HEIGHT), goal, frozenset([output])))
    if both:
        edges += [Edge("merge", (t, top - 0.76), (t, top - 0.26), frozenset([t])) for t in range(1, timesteps + 1)]
    return boxes, edges, top


def _arrows(edges: list[Edge], colour: str, name: str) -> Item:
    x: list[float | None] = []
    y: list[float | None] = []
    for edge in edges:
        x += [edge.start[0], edge.end[0], None]
        y += [edge.start[1], edge.end[1], None]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 2.5},
        "marker": {"symbol": "arrow", "angleref": "previous", "color": colour, "size": [0, 11, 0] * len(edges)},
        "hoverinfo": "skip",
    }


def _circles(xs: Any, level: float, name: str, colours: list[str], **more: Any) -> Item:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": xs,
        "y": np.full(len(xs), level),
        "text": [str(x) for x in xs],
        "textfont": {"size": canvas.TEXT + 1, "color": ZERO},
        "marker": {"size": 34, "color": colours, "line": {"width": 0}},
        "hoverinfo": "skip",
        **more,
    }


def _said(view: str, output: int, timesteps: int) -> str:
    read = [value for value in range(1, timesteps + 1) if has_read(view, output, value, timesteps)]
    what = f"values {read[0]} to {read[-1]}" if len(read) > 1 else f"value {read[0]}"
    return f"output {output} has read {what}"


def network(
    timesteps: int = 5,
    view: str = "bidirectional",
    merge_mode: str = "concat",
    output: int | None = None,
    *,
    height: int = 460,
) -> go.Figure:
    """The unrolled network: inputs below, the same cell at every timestep, outputs above.

    view: as in `grids.has_read`; output: whose inputs are lit, from 1; by default the one in the middle
    The trace "values" holds the inputs. There is a frame for each output, named by what it has read; an output's
    customdata is its frame's name, so that pointing at it shows the frame.
    """
    middle = output or (timesteps + 1) // 2
    boxes, edges, top = _wiring(timesteps, view)
    both = view == "bidirectional"
    steps = list(range(1, timesteps + 1))
    names = {t: _said(view, t, timesteps) for t in steps}
    tones = {"forward": FORWARD, "backward": BACKWARD, "merge": color("bidirectional", merge_mode)}
    answer = tones["merge"] if both else tones[boxes[0].kind]
    dots = [(x, y) for x in (-0.1, 0.1) for y in (-0.1, 0.1)]

    def traces(chosen: int) -> list[Item]:
        lit = [chosen in box.reaches for box in boxes]
        shades = [tones[box.kind] if on else PALE for box, on in zip(boxes, lit, strict=True)]
        drawn = [_arrows([edge for edge in edges if chosen not in edge.reaches], PALE, "unread")]
        for kind, tone in tones.items():
            drawn.append(_arrows([e for e in edges if e.kind == kind and chosen in e.reaches], tone, kind))
        drawn.append(
            {
                "type": "bar",
                "name": "cells",
                "x": [box.x for box in boxes],
                "y": [2 * HALF_HEIGHT] * len(boxes),
                "base": [box.level - HALF_HEIGHT for box in boxes],
                "width": 2 * HALF_WIDTH,
                "marker": {"color": [PAPER] * len(boxes), "line": {"color": shades, "width": 3}, "cornerradius": 8},
                "hoverinfo": "skip",
            }
        )
        drawn.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "units",
                "x": [box.x + x for box in boxes for x, _ in dots],
                "y": [box.level + y for box in boxes for _, y in dots],
                "marker": {"size": 8, "color": [shade for shade in shades for _ in dots]},
                "hoverinfo": "skip",
            }
        )
        read = [has_read(view, chosen, t, timesteps) for t in steps]
        drawn.append(_circles(steps, 0, "values", [DARK_BLOCK if on else PALE for on in read]))

        if both:
            signs = _circles(steps, top - 1, "merge", [answer if t == chosen else REST for t in steps])
            drawn.append({**signs, "text": [SIGNS[merge_mode]] * timesteps})
        drawn.append(
            _circles(
                steps,
                top,
                "outputs",
                [answer if t == chosen else REST for t in steps],
                customdata=[names[t] for t in steps],
                hoverinfo="text",
                hovertext=[names[t] for t in steps],
            )
        )
        return drawn

    final = traces(middle)
    moving = {"x", "y", "marker", "type"}
    frames = [
        {
            "name": names[t],
            "data": [{part: value for part, value in one.items() if part in moving} for one in traces(t)],
            "traces": list(range(len(final))),
        }
        for t in steps
    ]
    rows = {0: "values", top: "outputs"} | {box.level: box.kind for box in boxes}
    if both:
        rows[top - 1] = f"merge<br>({merge_mode})"
    return canvas.figure(
        final,
        height=height,
        margin=(82, 12, 12, 12),
        narrow={"margin": {"l": 76, "r": 4}},
        meta={"pointing": names[middle]},
        frames=frames,
        xaxis=canvas.bare_axis(range=[0.45, timesteps + 0.55]),
        yaxis=canvas.axis(
            "", range=[-0.4, top + 0.4], tickvals=list(rows), ticktext=list(rows.values()), showgrid=False, ticks=""
        ),
    )
