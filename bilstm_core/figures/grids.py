"""Grids of cells: the wall of sequences, what each output has read, and the confusion matrix."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.palette import BACKWARD, BIDIRECTIONAL, EDGE, FORWARD, INK, ONE, SHADE, WRONG, ZERO, faint

_VIEW_COLORS = {
    "forward": FORWARD,
    "backward": BACKWARD,
    "backward_raw": BACKWARD,
    "bidirectional": BIDIRECTIONAL,
}


def _steps(colours: Sequence[str]) -> list[list[Any]]:
    """A colour scale of flat steps, for whole numbers from 0."""
    n = len(colours)
    return [[edge, colour] for i, colour in enumerate(colours) for edge in (i / n, (i + 1) / n)]


def _flat(colours: Sequence[str]) -> Item:
    return {"colorscale": _steps(colours), "zmin": -0.5, "zmax": len(colours) - 0.5, "showscale": False}


def wall(frame: pd.DataFrame, color: str, *, chosen: int | None = None, height: int = 520) -> go.Figure:
    """Many sequences, a row each, sorted by when their label first turns to 1; wrong cells vermilion.

    frame: sequence, timestep (from 1), expected and predicted (0 or 1) and perhaps probability (of 1)
    color: the model's, for the line where the expected label turns; chosen: the sequence that is outlined
    Every cell's customdata is its sequence's number.
    """
    timesteps = int(frame["timestep"].max())
    table = frame.sort_values(["sequence", "timestep"])
    numbers = table["sequence"].unique()
    shape = (len(numbers), timesteps)
    expected = table["expected"].to_numpy().reshape(shape) >= 0.5
    predicted = table["predicted"].to_numpy().reshape(shape) >= 0.5
    probability = table["probability" if "probability" in table else "predicted"].to_numpy(np.float64).reshape(shape)
    turns = np.where(expected.any(axis=1), expected.argmax(axis=1), timesteps)
    order = np.argsort(turns, kind="stable")
    expected, predicted, numbers, turns = expected[order], predicted[order], numbers[order], turns[order]
    state = np.where(expected != predicted, 2, predicted.astype(int))
    words = np.where(expected != predicted, np.char.add("expected ", expected.astype(int).astype(str)), "right")
    rows = np.arange(1, len(numbers) + 1)
    cells: Item = {
        "type": "heatmap",
        "name": "cells",
        "z": state,
        "x": np.arange(1, timesteps + 1),
        "y": rows,
        "customdata": np.repeat(numbers[:, None], timesteps, axis=1),
        "text": np.char.add(words, np.char.mod(" (probability of 1: %.2f)", probability[order])),
        **_flat([ZERO, ONE, WRONG]),
        "xgap": 2 if timesteps <= 40 else 1 if timesteps <= 100 else 0,
        "ygap": 1,
        "hovertemplate": "sequence %{customdata}, timestep %{x}: %{text}<extra></extra>",
    }
    edges = turns + 0.5
    line: Item = {
        "type": "scatter",
        "mode": "lines",
        "name": "label turns to 1",
        "x": np.repeat(edges, 2),
        "y": np.column_stack([rows - 0.5, rows + 0.5]).ravel(),
        "line": {"color": color, "width": 3},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    shapes = []
    if chosen is not None and chosen in set(numbers.tolist()):
        row = int(np.flatnonzero(numbers == chosen)[0]) + 1
        shapes.append(
            {"type": "rect", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": row - 1, "y1": row + 1,
             "line": {"color": INK, "width": 3}, "name": "chosen"}
        )  # fmt: skip
    return canvas.figure(
        [cells, line],
        height=height,
        margin=(40, 16, 8, 52),
        plot_bgcolor=faint(EDGE, 0.45),
        xaxis=canvas.timestep_axis(1, timesteps, range=[0.5, timesteps + 0.5]),
        yaxis=canvas.axis(
            f"{len(numbers)} sequences, by when the label turns",
            range=[len(numbers) + 0.5, 0.5],
            showticklabels=False,
            showgrid=False,
        ),
        shapes=shapes,
    )


def has_read(view: str, output: int, value: int, timesteps: int) -> bool:
    """Whether an output has read a value, both counted from 1.

    view: "forward" | "backward" | "backward_raw" (reversed order, as it comes) | "bidirectional"
    Raises ValueError for another view.
    """
    if view == "forward":
        return value <= output
    if view == "backward":
        return value >= output
    if view == "backward_raw":
        return value > timesteps - output
    if view == "bidirectional":
        return True
    raise ValueError(f"view must be one of {', '.join(_VIEW_COLORS)}, not {view!r}.")


def _outline(inside: npt.NDArray[np.bool_]) -> tuple[list[float | None], list[float | None]]:
    """The border of a region of cells, as line segments with gaps; cell (row 1, column 1) is centred on (1, 1)."""
    padded = np.pad(inside, 1)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for row, column in np.argwhere(padded[:, 1:] != padded[:, :-1]):
        xs += [column + 0.5, column + 0.5, None]
        ys += [row - 0.5, row + 0.5, None]
    for row, column in np.argwhere(padded[1:, :] != padded[:-1, :]):
        xs += [column - 0.5, column + 0.5, None]
        ys += [row + 0.5, row + 0.5, None]
    return xs, ys


def reading_grid(
    timesteps: int,
    models: Sequence[tuple[str, str]],
    *,
    decides: npt.NDArray[np.bool_] | None = None,
    columns: int | None = None,
    side: int = 230,
) -> go.Figure:
    """Which values each output has read, and which decide its label: one grid a model, side by side.

    models: (title, view), the view as in `has_read`
    decides: (labels, values); by default values 1 to t decide label t, as with a running sum
    columns: grids in a row, by default all; side: px of one grid
    Filled cells have been read (z is 1); the trace "decides" outlines the cells that decide.
    """
    if decides is None:
        decides = np.tril(np.ones((timesteps, timesteps), dtype=bool))
    count = len(models)
    across = columns or count
    steps = np.arange(1, timesteps + 1)
    traces: list[Item] = []
    notes: list[Item] = []
    axes: Item = {}
    border_x, border_y = _outline(decides)
    wide, small = (_places(count, across), _places(count, min(across, 2)))
    ticks = [t for t in steps.tolist() if t in (1, timesteps) or (timesteps <= 12 and t % 5 == 0)]
    narrow: Item = {"height": _grid_height(count, min(across, 2), 150), "margin": {"l": 54, "r": 8}}
    for index, (title, view) in enumerate(models):
        number = "" if index == 0 else str(index + 1)
        colour = _VIEW_COLORS.get(view, INK)
        read = np.array([[has_read(view, t, s, timesteps) for s in steps.tolist()] for t in steps.tolist()])
        pair = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        said = [
            [
                f"{'has read' if read[r, c] else 'has not read'} value {c + 1}, "
                f"which {'decides' if decides[r, c] else 'does not decide'} its label"
                for c in range(timesteps)
            ]
            for r in range(timesteps)
        ]
        traces.append(
            {
                "type": "heatmap",
                "name": title,
                "x": steps,
                "y": steps,
                "z": read.astype(int),
                "text": said,
                **_flat([SHADE, colour]),
                "xgap": 1.5,
                "ygap": 1.5,
                "hovertemplate": "label %{y}: its output %{text}<extra></extra>",
                **pair,
            }
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "decides",
                "x": border_x,
                "y": border_y,
                "line": {"color": INK, "width": 3},
                "hoverinfo": "skip",
                "showlegend": False,
                "cliponaxis": False,
                **pair,
            }
        )
        domain_x, domain_y = wide[index]
        shared: Item = {"range": [0.4, timesteps + 0.6], "tickvals": ticks, "showgrid": False, "showline": False}
        axes[f"xaxis{number}"] = canvas.axis(
            "value", **shared, domain=domain_x, anchor=f"y{number}", constrain="domain"
        )
        axes[f"yaxis{number}"] = canvas.axis(
            "label" if index % across == 0 else "",
            **{**shared, "range": [timesteps + 0.6, 0.4]},
            domain=domain_y,
            anchor=f"x{number}",
            scaleanchor=f"x{number}",
            constrain="domain",
        )
        narrow[f"xaxis{number}"] = {"domain": small[index][0]}
        narrow[f"yaxis{number}"] = {"domain": small[index][1]}
        notes.append(
            canvas.note(
                f"<b>{title}</b>",
                0.5,
                1,
                xref=f"x{number} domain",
                yref=f"y{number} domain",
                yanchor="bottom",
                yshift=4,
                font={"size": canvas.TEXT, "color": colour},
            )
        )
    return canvas.figure(
        traces,
        height=_grid_height(count, across, side),
        margin=(54, 12, 30, 52),
        narrow=narrow,
        annotations=notes,
        **axes,
    )


def _grid_height(count: int, across: int, side: int) -> int:
    rows = math.ceil(count / across)
    return rows * side + (rows - 1) * 92 + 82


def _places(count: int, across: int) -> list[tuple[list[float], list[float]]]:
    """Axis domains of grids in rows of `across`."""
    rows = math.ceil(count / across)
    gap_x, gap_y = (0.12 if across > 1 else 0.0), (0.28 if rows > 1 else 0.0)
    width, height = (1 - gap_x * (across - 1)) / across, (1 - gap_y * (rows - 1)) / rows
    places = []
    for index in range(count):
        row, column = divmod(index, across)
        left, top = column * (width + gap_x), 1 - row * (height + gap_y)
        places.append(([left, min(1.0, left + width)], [max(0.0, top - height), top]))
    return places


def confusion(frame: pd.DataFrame, *, height: int = 320) -> go.Figure:
    """How often each label was predicted as which: counts, and shares of the expected label.

    frame: expected, predicted, count; one row a pair. The diagonal is right, the rest wrong.
    """
    table = frame.pivot_table(index="expected", columns="predicted", values="count", aggfunc="sum", fill_value=0)
    labels = sorted(set(table.index) | set(table.columns))
    counts = table.reindex(index=labels, columns=labels, fill_value=0).to_numpy(np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    places = [str(label) for label in labels]
    right = np.eye(len(labels), dtype=bool)
    traces: list[Item] = []
    for name, mask, colour in (("right", right, EDGE), ("wrong", ~right, WRONG)):
        traces.append(
            {
                "type": "heatmap",
                "name": name,
                "x": places,
                "y": places,
                "z": np.where(mask, shares, np.nan),
                "customdata": counts,
                "zmin": 0,
                "zmax": 1,
                "colorscale": [[0, faint(colour, 0.12)], [1, faint(colour, 0.6)]],
                "showscale": False,
                "xgap": 3,
                "ygap": 3,
                "hovertemplate": "expected %{y}, predicted %{x}: %{customdata:,.0f} labels<extra></extra>",
            }
        )
    notes = [
        canvas.note(
            f"<b>{counts[r, c]:,.0f}</b><br>{shares[r, c]:.1%}",
            c,
            r,
            xref="x",
            yref="y",
            font={"size": canvas.TEXT + 2},
        )
        for r in range(len(labels))
        for c in range(len(labels))
    ]
    return canvas.figure(
        traces,
        height=height,
        margin=(70, 16, 12, 56),
        xaxis=canvas.axis("predicted label", type="category", showgrid=False),
        yaxis=canvas.axis("expected label", type="category", autorange="reversed", showgrid=False),
        annotations=notes,
    )
