"""What each output has read: a grid of outputs by values for each model."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import BACKWARD, BIDIRECTIONAL, FORWARD, INK, SHADE
from bilstm_core.problems.base import View, reads

SMALL_SIDE = {2: 106, 3: 84}  # px of a grid on a narrow screen, by how many stand in a row
VIEW_COLORS = {
    "forward": FORWARD,
    "backward": BACKWARD,
    "backward_raw": BACKWARD,
    "bidirectional": BIDIRECTIONAL,
}


def outline(inside: npt.NDArray[np.bool_], first: int = 1) -> tuple[list[float | None], list[float | None]]:
    """The border of a region of squares, as line segments with gaps; the first square is centred on (first, first)."""
    padded = np.pad(inside, 1)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for row, column in np.argwhere(padded[:, 1:] != padded[:, :-1]) + (first - 1):
        xs += [column + 0.5, column + 0.5, None]
        ys += [row - 0.5, row + 0.5, None]
    for row, column in np.argwhere(padded[1:, :] != padded[:-1, :]) + (first - 1):
        xs += [column - 0.5, column + 0.5, None]
        ys += [row + 0.5, row + 0.5, None]
    return xs, ys


def reading_grid(
    timesteps: int,
    models: Sequence[tuple[str, View]],
    *,
    decides: npt.NDArray[np.bool_] | None = None,
    changes: npt.NDArray[np.float64] | None = None,
    columns: int | None = None,
    narrow_columns: int = 2,
    side: int = 230,
) -> go.Figure:
    """Which values each output has read, and which decide its label if that is known: one grid a model, side by side.

    models: (title, view), the view as in `problems.base.reads`
    decides: (labels, values); None where that is not known
    changes: (labels, values), how often a label changed with a value alone; None where that was not measured
    columns: grids in a row, by default all; narrow_columns: on a narrow screen, 2 or 3; side: px of one grid
    Filled squares have been read (z is 1); the trace "decides" outlines the squares that decide, if they are known.
    """
    steps = np.arange(1, timesteps + 1)
    traces: list[Item] = []
    told = _told(timesteps, decides, changes)
    for index, (_, view) in enumerate(models):
        number = "" if index == 0 else str(index + 1)
        colour = VIEW_COLORS.get(view, INK)
        read = reads(view, timesteps)
        pair = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        sentences = [
            [f"{'has read' if read[r, c] else 'has not read'} value {c + 1}{told[r][c]}" for c in range(timesteps)]
            for r in range(timesteps)
        ]
        traces.append(
            {
                "type": "heatmap",
                "name": models[index][0],
                **canvas.column(models[index][0], "text"),
                "x": steps,
                "y": steps,
                "z": read.astype(int),
                "text": sentences,
                **canvas.flat([SHADE, colour]),
                "xgap": 1.5,
                "ygap": 1.5,
                "hovertemplate": "output %{y} %{text}<extra></extra>",
                **pair,
            }
        )
        if decides is None:
            continue
        border_x, border_y = outline(decides)
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
    measured = changes is not None
    says = " ".join(spoken.reading(title, reads(view, timesteps), decides, measured=measured) for title, view in models)
    layout = side_by_side(timesteps, models, columns=columns, narrow_columns=narrow_columns, side=side)
    return canvas.figure(traces, says=says, **layout)


def _told(
    timesteps: int, decides: npt.NDArray[np.bool_] | None, changes: npt.NDArray[np.float64] | None
) -> list[list[str]]:
    """What is known of each value for each label, as the end of a sentence: a row for each label."""
    if changes is not None:
        return [[f", which {_change(share)}" for share in row] for row in changes]
    if decides is None:
        return [[""] * timesteps] * timesteps
    return [[f", which {'decides' if each else 'does not decide'} its label" for each in row] for row in decides]


def _change(share: float) -> str:
    return f"alone changed its label in {share:.2%} of sequences" if share else "never changed its label"


def side_by_side(
    timesteps: int,
    models: Sequence[tuple[str, View]],
    *,
    columns: int | None,
    narrow_columns: int = 2,
    side: int,
    below: int = 0,
    first: int = 1,
) -> Item:
    """The layout of grids of outputs by values, one a model; arguments as of `reading_grid`.

    below: px left free; first: the timestep of the first row and column
    """
    count = len(models)
    across = columns or count
    notes: list[Item] = []
    axes: Item = {}
    few = min(across, narrow_columns)
    wide, small = places(count, across), places(count, few)
    last = first + timesteps - 1
    ticks = [t for t in range(first, last + 1) if t in (first, last) or (timesteps <= 12 and t % 5 == 0)]
    small_side = SMALL_SIDE[narrow_columns] if count > 1 else min(side, 250)
    narrow: Item = {"height": grid_height(count, few, small_side) + below, "margin": {"l": 54, "r": 8}}
    for index, (title, view) in enumerate(models):
        number = "" if index == 0 else str(index + 1)
        colour = VIEW_COLORS.get(view, INK)
        domain_x, domain_y = wide[index]
        shared: Item = {"range": [first - 0.6, last + 0.6], "tickvals": ticks, "showgrid": False, "showline": False}
        axes[f"xaxis{number}"] = canvas.axis(
            "value", **shared, domain=domain_x, anchor=f"y{number}", constrain="domain"
        )
        axes[f"yaxis{number}"] = canvas.axis(
            "output" if index % across == 0 else "",
            **{**shared, "range": [last + 0.6, first - 0.6]},
            domain=domain_y,
            anchor=f"x{number}",
            scaleanchor=f"x{number}",
            constrain="domain",
        )
        narrow[f"xaxis{number}"] = {"domain": small[index][0]}
        narrow[f"yaxis{number}"] = {"domain": small[index][1], "showticklabels": few < 3 or index % few == 0}
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
    return {
        "height": grid_height(count, across, side) + below,
        "margin": (54, 12, 30, 52 + below),
        "narrow": narrow,
        "annotations": notes,
        **axes,
    }


def grid_height(count: int, across: int, side: int) -> int:
    """The height in px of a figure of `count` grids in rows of `across`, each `side` px high."""
    rows = math.ceil(count / across)
    return rows * side + (rows - 1) * 92 + 82


def places(count: int, across: int) -> list[tuple[list[float], list[float]]]:
    """Axis domains of grids in rows of `across`."""
    rows = math.ceil(count / across)
    gap_x, gap_y = (0.08 if across > 2 else 0.12 if across > 1 else 0.0), (0.28 if rows > 1 else 0.0)
    width, height = (1 - gap_x * (across - 1)) / across, (1 - gap_y * (rows - 1)) / rows
    places = []
    for index in range(count):
        row, column = divmod(index, across)
        left, top = column * (width + gap_x), 1 - row * (height + gap_y)
        places.append(([left, min(1.0, left + width)], [max(0.0, top - height), top]))
    return places
