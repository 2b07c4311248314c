"""A map of what two settings do: a square for each pair of values, and the boundary of what is good enough."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import INK, PAPER, shares

RIGHT = "whole sequences right"
BEST = "best possible"
DOT = 0.3  # of a square's width, where it is estimated
MOST_ACROSS, MOST_UP = 10, 20  # values that are written beside an axis
FEW_ACROSS = 6  # on a narrow screen
TOP = 26  # px: what is said of a training stands there
STRIP, STRIP_GAP = 18, 8  # px: the row of the best possible above the map
SMALLEST_GAP = 24  # squares each way, from which on nothing separates them
NARROW_BOTTOM = 112  # px below a map on a narrow screen: the axis, and the colors
NARROW_BAR: Item = {
    "orientation": "h",
    "title": {"text": ""},
    "yref": "container",
    "y": 0,
    "yanchor": "bottom",
    "ypad": 2,
    "x": 0.5,
    "xanchor": "center",
    "thickness": 12,
    "len": 1,
}

Segment = tuple[float, float, float, float]


def sweep_map(
    table: pd.DataFrame,
    *,
    across: str,
    up: str,
    goal: float,
    what: str = RIGHT,
    boundary: Sequence[tuple[Segment, bool]] = (),
    best: Sequence[float] = (),
    chosen: tuple[int, int] | None = None,
    height: int = 400,
) -> go.Figure:
    """The share that is right in each square, a dot where it is only estimated, and the boundary of a goal.

    table: x and y (the values as text, in order), right (missing where nothing is known), measured (whether it is no
    estimate), about (further lines of what is said where one points at it)
    across, up: what the axes are; what: the share is of, as RIGHT
    boundary: lines between squares, x0, y0, x1, y1, counted from 0, and whether both of these are measured
    best: the best possible share of each column; none where it is not known, or not the same for all of a column
    chosen: row and column of a square that is outlined
    Each square's customdata is its x and y.
    """
    columns, rows = list(dict.fromkeys(table["x"])), list(dict.fromkeys(table["y"]))
    right, measured = (matrix(table, name, rows, columns) for name in ("right", "measured"))
    places = np.stack(np.meshgrid(np.array(columns, object), np.array(rows, object)), axis=-1)
    about = matrix(table, "about", rows, columns)
    known = np.where(measured.astype(bool), right, np.nan).astype(np.float64)
    gap = 1 if max(len(rows), len(columns)) <= SMALLEST_GAP else 0
    traces: list[Item] = [
        {
            "type": "heatmap",
            "name": what,
            **canvas.heat_columns(what, columns, rows),
            "x": list(range(len(columns))),
            "y": list(range(len(rows))),
            "z": known,
            "customdata": places,
            "text": about,
            "coloraxis": "coloraxis",
            "xgap": gap,
            "ygap": gap,
            "hoverongaps": False,
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]
    traces += [dots(right, known, about, places)]
    traces += [
        *lines([line for line, sure in boundary if not sure], sure=False),
        *lines([line for line, sure in boundary if sure], sure=True),
    ]
    top, bottom = TOP, 50
    domains = [[0.0, 1.0]]
    if len(best):
        traces.append(_strip(best, columns, gap))
        plot = height - top - bottom
        domains = canvas.panels(
            [STRIP, plot - STRIP - STRIP_GAP], gap=STRIP_GAP, height=height, top=top, bottom=bottom
        )[::-1]
    # over the bar on a narrow screen, where Plotly's own title would touch it
    notes = [canvas.note("", 0.5, 0, name=what, yanchor="bottom", yshift=34 - NARROW_BOTTOM)]
    if len(best):
        notes.append(canvas.note(BEST, 1, 1, name="best", xanchor="left", yanchor="top", xshift=6, yshift=3))
    few = _some(len(columns), FEW_ACROSS)
    return canvas.figure(
        traces,
        height=height,
        margin=(64, 96, top, bottom),
        narrow={
            "margin": {"l": 50, "r": 40, "b": NARROW_BOTTOM},
            "coloraxis": {
                "colorbar": {**NARROW_BAR, "tickangle": 0, "tickvals": [0, 0.5, goal, *([1] if goal < 0.8 else [])]}
            },
            "xaxis": {"tickvals": few, "ticktext": _at(columns, few)},
        },
        says=spoken.sweep(known, columns, rows, (across, up), goal, what=what),
        coloraxis=color_axis(goal, strip=bool(len(best)), what=what),
        xaxis=_axis(across, columns, MOST_ACROSS),
        yaxis=_axis(up, rows, MOST_UP, domain=domains[0]),
        **({"yaxis2": canvas.bare_axis(range=[-0.5, 0.5], domain=domains[1])} if len(best) else {}),  # type: ignore[arg-type]
        annotations=notes,
        shapes=_outline(chosen),
    )


def _outline(chosen: tuple[int, int] | None) -> list[Item]:
    """The frame of a square: light around dark, so that it is seen on every color."""
    if chosen is None:
        return []
    y, x = chosen
    box: Item = {"type": "rect", "xref": "x", "yref": "y", "x0": x - 0.5, "x1": x + 0.5, "y0": y - 0.5, "y1": y + 0.5}
    return [
        {**box, "name": name, "line": {"color": color, "width": width}}
        for name, color, width in (("around", PAPER, 6), ("chosen", INK, 3))
    ]


def _axis(title: str, values: Sequence[str], most: int, **more: Any) -> Item:
    places = _some(len(values), most)
    return canvas.axis(
        title,
        range=[-0.5, len(values) - 0.5],
        tickvals=places,
        ticktext=_at(values, places),
        showgrid=False,
        ticks="",
        **more,
    )


def matrix(table: pd.DataFrame, column: str, rows: list[str], columns: list[str]) -> npt.NDArray[Any]:
    """A column of the table as (rows, columns)."""
    wide = table.pivot_table(index="y", columns="x", values=column, aggfunc="first", sort=False, dropna=False)
    return wide.reindex(index=rows, columns=columns).to_numpy()


def dots(
    right: npt.NDArray[Any],
    known: npt.NDArray[np.float64],
    about: npt.NDArray[Any],
    places: npt.NDArray[Any],
    size: int = 0,
) -> Item:
    """A dot in each square that is estimated.

    places: of every square, as customdata; size: px, by default what fits a large map
    """
    guessed = np.isnan(known) & ~pd.isna(right)
    y, x = np.nonzero(guessed)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "estimated",
        **canvas.column(None),
        "x": x,
        "y": y,
        "marker": {
            "symbol": "circle",
            "size": size or max(4, min(12, round(600 / right.shape[1] * DOT))),
            "color": right[guessed].astype(np.float64),
            "coloraxis": "coloraxis",
            "line": {"width": 0},
        },
        "text": about[guessed],
        "customdata": places[guessed],
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }


def lines(boundary: Sequence[Segment], *, sure: bool, width: int = 3) -> list[Item]:
    """The boundary, light below dark, so that it is seen on every color; dotted where it is only presumed."""
    x: list[float | None] = []
    y: list[float | None] = []
    for x0, y0, x1, y1 in boundary:
        x += [x0, x1, None]
        y += [y0, y1, None]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "boundary" if sure else "presumed boundary",
            **canvas.column(None),
            "x": x,
            "y": y,
            "line": {"color": color, "width": thick, "dash": "solid" if sure else "dot"},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for color, thick in (((PAPER, 2 * width + 1), (INK, width)) if sure else ((INK, 2),))
    ]


def _strip(best: Sequence[float], columns: list[str], gap: int) -> Item:
    return {
        "type": "heatmap",
        "name": BEST,
        **canvas.heat_columns(BEST, columns, [BEST]),
        "x": list(range(len(best))),
        "y": [0],
        "z": [list(best)],
        "coloraxis": "coloraxis",
        "xgap": gap,
        "yaxis": "y2",
        "hovertemplate": f"{BEST}: %{{z:.1%}}<extra></extra>",
    }


def color_axis(goal: float, *, strip: bool, what: str = RIGHT) -> Item:
    """The colors of a goal, with a bar at the right. strip: whether the best possible stands above the map

    what: as of `sweep_map`
    """
    quarters = [share for share in (0, 0.25, 0.5, 0.75, 1) if abs(share - goal) > 0.05 or share == goal]
    return {
        "colorscale": [list(part) for part in shares(goal)],
        "cmin": 0,
        "cmax": 1,
        "colorbar": {
            "title": {"text": what.replace(" ", "<br>"), "font": {"size": canvas.TEXT}},
            "tickformat": ".0%",
            "tickvals": sorted({*quarters, goal}),
            "tickfont": {"size": canvas.TEXT},
            "thickness": 14,
            "outlinewidth": 0,
            "len": 1 if not strip else 0.92,
            "y": 0,
            "yanchor": "bottom",
            "x": 1.02,
            "xanchor": "left",
        },
    }


def _some(count: int, most: int) -> list[int]:
    """Places of an axis that are written out, the first among them, evenly apart."""
    step = -(-count // most)
    return list(range(0, count, step))


def _at(values: Sequence[str], places: Sequence[int]) -> list[str]:
    return [values[place] for place in places]
