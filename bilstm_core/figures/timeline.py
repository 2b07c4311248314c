"""One sequence, timestep by timestep: its running sum, the model's probabilities, and expected above predicted."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.palette import BLOCK, DARK_BLOCK, EDGE, INK, ONE, SHADE, WRONG, ZERO

DIGITS_UP_TO = 15  # timesteps
NARROW_UP_TO = 40  # timesteps that a narrow screen shows at once
TOP, BOTTOM, LEFT, RIGHT = 12, 52, 92, 124


def around_flip(expected: Any, width: int = 20) -> tuple[int, int]:
    """The first and last timestep (from 1) of a stretch of `width` around the first label that differs from label 1.

    expected: (T,) labels. Without such a label, the first `width` timesteps.
    """
    labels = np.asarray(expected)
    different = np.flatnonzero(labels != labels[0])
    flip = int(different[0]) + 1 if len(different) else 1
    first = max(1, min(flip - width // 2, len(labels) - width + 1))
    return first, min(len(labels), first + width - 1)


def _narrow_axes(rows: pd.DataFrame, stacked: bool) -> Item:
    """On a narrow screen, a long sequence shows the steps around its flip.

    rows: by timestep, with x, total and expected; stacked: whether the values stand on the sum before them
    """
    if len(rows) <= NARROW_UP_TO:
        return {}
    first, last = around_flip(rows["expected"])
    seen = rows[rows["timestep"].between(first, last)]
    low = float((seen["total"] - seen["x"]).min()) if stacked else 0.0
    high = float((seen["total"] if stacked else seen["x"]).max())
    title = f"timestep ({first} to {last} of {len(rows)})"
    return {
        "xaxis": {"range": [first - 0.5, last + 0.5], "dtick": 5, "title": {"text": title}},
        "yaxis": {"range": [low, high + 0.04 * (high - low)]},
    }


def sizes(timesteps: int) -> tuple[float, float]:
    """Width of dots and of crosses in px."""
    return (10, 15) if timesteps <= DIGITS_UP_TO else (7, 12) if timesteps <= 50 else (5, 9)


def shade(rows: pd.DataFrame, **axes: str) -> Item:
    """The half of each column in which a right probability lies. rows: timestep, expected"""
    return {
        "type": "bar",
        "x": rows["timestep"].to_numpy(),
        "y": np.full(len(rows), 0.5),
        "base": np.where(rows["expected"].to_numpy() >= 0.5, 0.5, 0.0),
        "width": 1.0,
        "marker": {"color": SHADE, "line": {"width": 0}},
        "hoverinfo": "skip",
        "showlegend": False,
        **axes,
    }


def stems(rows: pd.DataFrame, colour: str, **axes: str) -> list[Item]:
    """Stems from 0.5, dots that are right, crosses that are wrong.

    rows: timestep, expected (0 or 1), probability of 1. A probability of 0.5 or more predicts 1.
    """
    t = rows["timestep"].to_numpy()
    p = rows["probability"].to_numpy(np.float64).round(3)
    right = (p >= 0.5) == (rows["expected"].to_numpy() >= 0.5)
    dot, cross = sizes(len(rows))
    hover = "timestep %{x}: probability of 1 %{y:.2f}"
    gaps = np.full(len(t), np.nan)
    common = {"type": "scatter", "showlegend": False, **axes}
    return [
        {
            **common,
            "mode": "lines",
            "name": "stems",
            "x": np.column_stack([t, t, gaps]).ravel(),
            "y": np.column_stack([np.full(len(t), 0.5), p, gaps]).ravel(),
            "line": {"color": colour, "width": 3 if len(t) <= 50 else 2},
            "hoverinfo": "skip",
        },
        {
            **common,
            "mode": "markers",
            "name": "right",
            "x": t[right],
            "y": p[right],
            "marker": {"color": colour, "size": dot},
            "hovertemplate": hover + ", right<extra></extra>",
        },
        {
            **common,
            "mode": "markers",
            "name": "wrong",
            "x": t[~right],
            "y": p[~right],
            "marker": {"color": WRONG, "size": cross, "symbol": "x"},
            "hovertemplate": hover + ", <b>wrong</b><extra></extra>",
        },
    ]


def probability_axis(title: str = "probability of 1", **more: Any) -> Item:
    """From 0 to 1 with a little air."""
    return canvas.axis(
        title, **{"range": [-0.08, 1.08], "tickvals": [0, 0.5, 1], "tickformat": ".1f", "showgrid": False, **more}
    )


def _blocks(rows: pd.DataFrame, limit: float | None, chosen: int | None, clickable: bool) -> Item:
    value, total = rows["x"].to_numpy(np.float64), rows["total"].to_numpy(np.float64)
    t = rows["timestep"].to_numpy()
    standing = limit is not None
    crosses = (total >= limit) & (total - value < limit) if limit is not None else np.zeros(len(rows), dtype=bool)
    words = "timestep %{x}: value %{customdata[1]:.3f}"
    return {
        "type": "bar",
        "name": "values",
        "x": t,
        "y": value.round(4),
        "base": (total - value).round(4) if standing else np.zeros(len(rows)),
        "width": 0.92,
        "customdata": np.column_stack([t, value, total]).round(4),
        "marker": {
            "color": np.where(crosses, DARK_BLOCK, BLOCK),
            "line": {"color": INK, "width": np.where(t == chosen, 3, 0)},
        },
        "hovertemplate": words + (", running sum %{customdata[2]:.3f}" if standing else "") + "<extra></extra>",
        "showlegend": False,
        "meta": "clickable" if clickable else None,
    }


def _cells(rows: pd.DataFrame, column: str, level: float, yaxis: str) -> Item:
    ones = rows[column].to_numpy() >= 0.5
    digits = len(rows) <= DIGITS_UP_TO
    return {
        "type": "bar",
        "name": column,
        "x": rows["timestep"].to_numpy(),
        "y": np.full(len(rows), 0.88),
        "base": level,
        "width": 0.92,
        "marker": {
            "color": np.where(ones, ONE, ZERO),
            "line": {"color": EDGE, "width": 1 if len(rows) <= 50 else 0},
        },
        "text": np.where(ones, "1", "0") if digits else None,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 15, "color": np.where(ones, ZERO, ONE)},
        "cliponaxis": False,
        "constraintext": "none",
        "customdata": ones.astype(int),
        "hovertemplate": f"timestep %{{x}}: {column} %{{customdata}}<extra></extra>",
        "showlegend": False,
        "yaxis": yaxis,
    }


def _wrong_columns(rows: pd.DataFrame) -> list[Item]:
    wrong = rows.loc[(rows["predicted"] >= 0.5) != (rows["expected"] >= 0.5), "timestep"]
    return [
        {
            "type": "rect",
            "name": "wrong",
            "xref": "x",
            "yref": "paper",
            "x0": t - 0.5,
            "x1": t + 0.5,
            "y0": -0.005,
            "y1": 1.005,
            "line": {"color": WRONG, "width": 2},
            "layer": "above",
        }
        for t in wrong
    ]


def _side(text: str, short: str, y: float, **more: Any) -> Item:
    return canvas.note(text, 1, y, name=short, xanchor="left", xshift=8, align="left", **more)


def timeline(
    frame: pd.DataFrame,
    limit: float | None,
    color: str = BLOCK,
    *,
    chosen: int | None = None,
    height: int = 440,
) -> go.Figure:
    """The expected-against-predicted timeline of one sequence.

    frame: timestep (from 1), x, expected (0 or 1) and, with a model, probability (of 1) and predicted (0 or 1)
    limit: the running sum at which the label turns; None draws the values side by side instead of stacked
    color: the model's; chosen: a timestep whose block is outlined
    The blocks are the trace named "values"; their customdata begins with the timestep.
    """
    rows = frame.sort_values("timestep").assign(total=lambda table: table["x"].cumsum())
    first, last = int(rows["timestep"].min()), int(rows["timestep"].max())
    with_model = "probability" in rows
    shares = [0.44, 0.34, 0.22] if with_model else [0.8, 0.2]
    domains = canvas.panels(shares, gap=14, height=height, top=TOP, bottom=BOTTOM)
    cells = "y3" if with_model else "y2"
    traces = [_blocks(rows, limit, chosen, clickable=True)]
    axes: Item = {}
    notes: list[Item] = []
    shapes: list[Item] = []
    highest = float((rows["total"] if limit is not None else rows["x"]).max())
    if limit is not None:
        highest = max(highest, limit)
        line = {"color": INK, "width": 2, "dash": "dash"}
        shapes.append({"type": "line", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": limit, "y1": limit,
                       "line": line, "name": "threshold"})  # fmt: skip
        notes.append(_side(f"threshold {limit:g}", f"{limit:g}", limit, yref="y"))
    title = "running sum" if limit is not None else "value"
    axes["yaxis"] = canvas.axis(title, domain=domains[0], range=[0, highest * 1.04], nticks=5, tickformat="~g")
    names = [1.5, 0.5] if with_model else [0.5]
    if with_model:
        traces += [shade(rows, yaxis="y2"), *stems(rows, color, yaxis="y2")]
        axes["yaxis2"] = probability_axis("probability<br>of 1", domain=domains[1])
        traces.append(_cells(rows, "predicted", 0.06, cells))
        wrong = _wrong_columns(rows)
        shapes += wrong
        every, colour = len(rows), WRONG if wrong else INK
        notes.append(
            _side(
                f"<b>{len(wrong)} of {every} wrong</b>",
                f"<b>{len(wrong)}/{every}<br>wrong</b>",
                sum(domains[2]) / 2,
                font={"size": canvas.TEXT + 2, "color": colour},
            )
        )
    traces.append(_cells(rows, "expected", 1.06 if with_model else 0.06, cells))
    axes[f"yaxis{cells[1:]}"] = canvas.axis(
        "",
        domain=domains[-1],
        range=[0, 2 if with_model else 1],
        tickvals=names,
        ticktext=["expected", "predicted"][: len(names)],
        showgrid=False,
    )
    return canvas.figure(
        traces,
        height=height,
        margin=(LEFT, RIGHT, TOP, BOTTOM),
        narrow={"margin": {"r": 54, "l": 82}, **_narrow_axes(rows, limit is not None)},
        xaxis=canvas.timestep_axis(first, last, anchor=cells),
        shapes=shapes,
        annotations=notes,
        **axes,
    )
