"""What happens inside a trained network: sensitivities, hidden states, and the gates of one unit."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.reading import outline, side_by_side
from bilstm_core.figures.timeline import LONGEST, shortened, words_fit
from bilstm_core.palette import EDGE, INK, PAPER
from bilstm_core.problems.base import View

LITTLE_TO_MUCH = ["#31446B", "#66696F", "#958F78", "#CAB969", "#FDE737"]  # cividis, less its darkest part
BELOW_ZERO, ABOVE_ZERO = "#2F6DB5", "#B98A00"
DECADES = 3  # of the sensitivity scale; what is smaller gets its lowest colour
INSET = 0.3  # of a square, to each side: the border of an empty one
BORDERS = 40  # timesteps up to which every empty square has one
BAR = 40  # px that a colour scale takes
BELOW = 88  # px for the scale and its two-line title under the grids
BESIDE, LINE = 112, 12  # px at the right for a scale there; characters of a line of its title
EMPTY = "empty: exactly 0"
CHARACTER = 8  # px of a character of a word
FLIP = "label flips to 1"
LINES = {
    "input": "input gate",
    "forget": "forget gate",
    "output": "output gate",
    "update": "update gate",
    "reset": "reset gate",
    "candidate": "candidate",
    "cell": "cell state",
    "hidden": "hidden state",
}


def sensitivity(
    models: Sequence[tuple[str, View, npt.NDArray[np.floating[Any]]]],
    *,
    unit: str = "change of probability by change of value",
    columns: int | None = None,
    side: int = 230,
    first: int = 1,
    told: tuple[int, int | None] | None = None,
    words: Sequence[str] = (),
) -> go.Figure:
    """How much each output depends on each value, one grid a model, oriented as `reading_grid`.

    models: (title, view, matrix), the view as in `problems.base.reads`; matrix: (timesteps, timesteps),
    |d output t / d value s| in row t and column s. All share one logarithmic colour scale of three decades, named by
    `unit`.
    A square that is exactly zero stays empty, with a thin border: z is missing there.
    columns: grids in a row, by default all; side: px of one grid; first: the timestep of the first row and column
    told: an output, whose row of the first grid is framed, and a value, whose square in it is
    words: what stands at each of the timesteps, along both axes, where `words_fit`
    """
    timesteps = len(models[0][2])
    high = highest(matrix for _, _, matrix in models)
    traces: list[Item] = []
    for index, (title, _, matrix) in enumerate(models):
        pair = {"xaxis": f"x{index + 1 if index else ''}", "yaxis": f"y{index + 1 if index else ''}"}
        traces += heatmap(title, matrix, first, **pair)
    titles = [(title, view) for title, view, _ in models]
    alone, scale = len(models) == 1, decades(high)
    layout = side_by_side(timesteps, titles, columns=columns, side=side, below=0 if alone else BELOW, first=first)
    if words_fit(words, timesteps):
        name_timesteps(layout, words, first)
    if alone:
        _scale_beside(layout, scale, unit, EMPTY if (models[0][2] == 0).any() else "")
    else:
        layout["annotations"].append(_scale_title(f"{unit}; ", EMPTY, layout["margin"][3]))
    says = " ".join(spoken.sensitivity(title, matrix, first) for title, _, matrix in models)
    shapes = framed(*told, first, first + timesteps - 1) if told else []
    return canvas.figure(traces, coloraxis=scale, says=says, shapes=shapes, **layout)


def _scale_beside(layout: Item, scale: Item, unit: str, more: str) -> None:
    """Have a scale stand at the right of the one grid, where it costs no height; on a narrow screen below it."""
    below: Item = scale["colorbar"]
    text = f"{unit};<br>{more}" if more else unit
    left, _, top, bottom = layout["margin"]
    layout["margin"] = (left, BESIDE, top, bottom)
    layout["xaxis"]["constraintoward"] = "right"
    layout["annotations"].append(canvas.note("", 0.5, 0, name=text, yanchor="bottom", yshift=BAR - bottom - BELOW))
    narrow = layout["narrow"]
    narrow["xaxis"]["constraintoward"] = "center"
    narrow["height"] += BELOW
    narrow["margin"] = {**narrow["margin"], "b": bottom + BELOW}
    narrow["coloraxis"] = {
        "colorbar": {**below, "len": 1, "x": 0.5, "xanchor": "center", "title": {"text": ""}},
    }
    lines = textwrap.wrap(f"{unit}; {more}" if more else unit, LINE)
    scale["colorbar"] = {
        **{name: below[name] for name in ("thickness", "outlinewidth", "tickvals", "ticktext", "tickfont")},
        "title": {"text": "<br>".join(lines), "font": {"size": canvas.TEXT}},
        "len": 1,
        "y": 0,
        "yanchor": "bottom",
        "ypad": 0,
        "x": 1.03,
        "xanchor": "left",
    }


def name_timesteps(layout: Item, words: Sequence[str], first: int) -> None:
    """Have the axes of grids, as of `side_by_side`, name each timestep by its word. first: of the first word"""
    texts = [shortened(word) for word in words]
    longest = max(min(len(word), LONGEST) for word in words)
    for name in [name for name in layout if name.startswith(("xaxis", "yaxis"))]:
        layout[name] |= {"tickvals": [*range(first, first + len(texts))], "ticktext": texts}
        layout[name] |= {"tickangle": -90} if name.startswith("x") else {}
    left, right, top, bottom = layout["margin"]
    more = CHARACTER * longest - 14  # px: a number takes some already
    layout["margin"] = (left + more, right, top, bottom + more)
    layout["height"] += more
    layout["narrow"]["height"] += more
    layout["narrow"]["margin"] = {**layout["narrow"]["margin"], "l": left + more, "b": bottom + more}


def framed(output: int, value: int | None, first: int, last: int) -> list[Item]:
    """A frame round an output's row of a matrix of the timesteps `first` to `last`, and one round a value's square."""
    ends = {"output": (first - 0.5, last + 0.5, 2)}
    if value is not None:
        ends["most"] = (value - 0.5, value + 0.5, 4)
    rect: Item = {"type": "rect", "xref": "x", "yref": "y", "y0": output - 0.5, "y1": output + 0.5}
    return [
        {**rect, "x0": x0, "x1": x1, "name": part, "line": {"color": colour, "width": width + more}}
        for name, (x0, x1, width) in ends.items()
        for part, colour, more in ((f"around {name}", PAPER, 3), (name, INK, 0))  # seen on any square, in both themes
    ]


def highest(matrices: Iterable[npt.NDArray[np.floating[Any]]]) -> float:
    """The decimal logarithm of the largest number in any of the matrices: the scale's upper end."""
    most = max(float(matrix.max()) for matrix in matrices)
    return math.log10(most) if most > 0 else 0.0


def logarithms(matrix: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Decimal logarithms, missing where the number is exactly zero."""
    values = np.asarray(matrix, np.float64)
    return np.log10(values, where=values != 0, out=np.full_like(values, np.nan))


def heatmap(title: str, matrix: npt.NDArray[np.floating[Any]], first: int, **axes: str) -> list[Item]:
    """A sensitivity matrix as a heatmap, and the borders of its empty squares."""
    timesteps = len(matrix)
    steps = np.arange(first, first + timesteps)
    gap = 1.5 if timesteps <= BORDERS else 0
    empty = np.asarray(matrix) == 0
    x, y = squares(empty, first) if timesteps <= BORDERS else outline(empty, first)
    heat: Item = {
        "type": "heatmap",
        "name": title,
        **canvas.column(title, "customdata"),
        "x": steps,
        "y": steps,
        "z": logarithms(matrix),
        "customdata": np.asarray(matrix, np.float64),
        "coloraxis": "coloraxis",
        "xgap": gap,
        "ygap": gap,
        "hoverongaps": False,
        "hovertemplate": "output %{y}, value %{x}: %{customdata:.2g}<extra></extra>",
        **axes,
    }
    borders: Item = {
        "type": "scatter",
        "mode": "lines",
        "name": "empty",
        "x": x,
        "y": y,
        "line": {"color": EDGE, "width": 1},
        "opacity": 0.8,
        "hoverinfo": "skip",
        "showlegend": False,
        **axes,
    }
    return [heat, borders]


def decades(high: float) -> Item:
    """The colour axis of sensitivities up to 10 to the power of `high`."""
    ticks = range(math.ceil(high - DECADES), math.floor(high) + 1)
    return colour_scale(LITTLE_TO_MUCH, high - DECADES, high, ticks, [f"{10.0**tick:g}" for tick in ticks])


def hidden_states(
    table: pd.DataFrame, colors: Mapping[str, str], *, flip: int | None = None, row: int = 22
) -> go.Figure:
    """Hidden states as heatmaps of units by timesteps, a panel each for the branches and what is merged of them.

    table: panel, unit (a number or a name), timestep (from 1), value; the panels and their titles' colours are those
    of `colors`, units in the order they come. One scale from -1 to 1; a sum beyond it has its end's colour.
    flip: the timestep at which the label flips to 1; row: px of a unit
    """
    shown = [panel for panel in colors if (table["panel"] == panel).any()]
    first, last = int(table["timestep"].min()), int(table["timestep"].max())
    grids = []
    for panel in shown:
        part = table[table["panel"] == panel]
        grid = part.pivot(index="unit", columns="timestep", values="value")
        grids.append(grid.reindex(index=part["unit"].unique(), columns=range(first, last + 1)))
    gap, top, bottom = 34, 46, 128
    height = row * sum(len(grid) for grid in grids) + gap * (len(grids) - 1) + top + bottom
    domains = canvas.panels([len(grid) for grid in grids], gap=gap, height=height, top=top, bottom=bottom)
    traces: list[Item] = []
    notes: list[Item] = []
    axes: Item = {}
    for index, (panel, grid) in enumerate(zip(shown, grids, strict=True)):
        number = str(index + 1) if index else ""
        places = np.arange(len(grid))
        traces.append(
            {
                "type": "heatmap",
                "name": panel,
                **canvas.column(panel, "z", "text", "unit"),
                "x": grid.columns.to_numpy(),
                "y": places,
                "z": grid.to_numpy(np.float64).round(4),
                "text": [[str(unit)] * grid.shape[1] for unit in grid.index],
                "coloraxis": "coloraxis",
                "xgap": 1 if last - first < 60 else 0,
                "ygap": 1,
                "hovertemplate": f"{panel}, unit %{{text}}, timestep %{{x}}: %{{z:+.3f}}<extra></extra>",
                "yaxis": f"y{number}",
            }
        )
        skip = math.ceil(18 / row)  # units whose names would touch
        axes[f"yaxis{number}"] = canvas.axis(
            "unit",
            domain=domains[index],
            range=[len(grid) - 0.5, -0.5],
            tickvals=places[::skip],
            ticktext=[str(unit) for unit in grid.index[::skip]],
            showgrid=False,
            ticks="",
        )
        notes.append(
            canvas.note(
                f"<b>{panel}</b>", 0, 1, xref="x domain", yref=f"y{number} domain", xanchor="left", yanchor="bottom",
                bgcolor=PAPER, font={"size": canvas.TEXT, "color": colors[panel]},
            )
        )  # fmt: skip
    shapes, flag = _flip(flip, first, last, lift=22)
    ends = ["−1", "−0.5", "0", "0.5", "1"]
    return canvas.figure(
        traces,
        height=height,
        margin=(96, 12, top, bottom),
        coloraxis=colour_scale([BELOW_ZERO, PAPER, ABOVE_ZERO], -1, 1, [-1, -0.5, 0, 0.5, 1], ends),
        says=spoken.spans({panel: grid.to_numpy(np.float64) for panel, grid in zip(shown, grids, strict=True)}),
        xaxis=canvas.timestep_axis(first, last, anchor=f"y{len(shown) if len(shown) > 1 else ''}"),
        shapes=shapes,
        annotations=[*notes, *flag, _scale_title("hidden state", "", bottom)],
        **axes,
    )


def gates(table: pd.DataFrame, color: str, *, flip: int | None = None, row: int = 84) -> go.Figure:
    """The gates and states of one unit over the timesteps, a small line each, one above the other.

    table: timestep (from 1), and any of input, forget, output, update, reset (gates, 0 to 1), candidate and hidden
    (-1 to 1) and cell (any number); drawn in this order: gates, candidate, cell, hidden
    color: of the branch; flip: the timestep at which the label flips to 1; row: px of a line's panel
    """
    signals = table.sort_values("timestep")
    t = signals["timestep"].to_numpy()
    names = [name for name in LINES if name in signals]
    gap, top, bottom = 16, 28, 54
    height = row * len(names) + gap * (len(names) - 1) + top + bottom
    domains = canvas.panels([1.0] * len(names), gap=gap, height=height, top=top, bottom=bottom)
    traces: list[Item] = []
    axes: Item = {}
    for index, name in enumerate(names):
        number = str(index + 1) if index else ""
        values = signals[name].to_numpy(np.float64)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers" if len(t) <= 50 else "lines",
                "name": LINES[name],
                "x": t,
                "y": values.round(4),
                "line": {"color": color, "width": 2.5},
                "marker": {"size": 7, "color": color},
                "hovertemplate": f"{LINES[name]}, timestep %{{x}}: %{{y:.3f}}<extra></extra>",
                "yaxis": f"y{number}",
            }
        )
        reach = max(1.0, math.ceil(float(np.abs(values).max()))) if name == "cell" else 1.0
        low = 0.0 if LINES[name].endswith("gate") else -reach
        axes[f"yaxis{number}"] = canvas.axis(
            LINES[name].replace(" ", "<br>"),
            domain=domains[index],
            range=[low - 0.06 * (reach - low), reach + 0.06 * (reach - low)],
            tickvals=[low, 0.5 if low == 0 else 0, reach],
            tickformat="~g",
        )
    shapes, flag = _flip(flip, int(t[0]), int(t[-1]))
    return canvas.figure(
        traces,
        height=height,
        margin=(84, 12, top, bottom),
        says=spoken.spans({LINES[name]: signals[name].to_numpy(np.float64) for name in names}),
        xaxis=canvas.timestep_axis(int(t[0]), int(t[-1]), anchor=f"y{len(names) if len(names) > 1 else ''}"),
        shapes=shapes,
        annotations=flag,
        **axes,
    )


def squares(where: npt.NDArray[np.bool_], first: int = 1) -> tuple[list[float | None], list[float | None]]:
    """The borders of single squares, a little inside them, as line segments with gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    for row, column in np.argwhere(where) + first:
        x += [*(column + INSET * side for side in (-1, 1, 1, -1, -1)), None]
        y += [*(row + INSET * side for side in (-1, -1, 1, 1, -1)), None]
    return x, y


def colour_scale(colours: Sequence[str], low: float, high: float, ticks: Sequence[float], texts: Sequence[str]) -> Item:
    """A colour axis, its bar along the figure's lower edge."""
    last = len(colours) - 1
    return {
        "colorscale": [[place / last, colour] for place, colour in enumerate(colours)],
        "cmin": low,
        "cmax": high,
        "colorbar": {
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "ypad": 2,
            "thickness": 12,
            "outlinewidth": 0,
            "tickvals": list(ticks),
            "ticktext": list(texts),
            "tickfont": {"size": canvas.TEXT},
        },
    }


def _scale_title(text: str, more: str, bottom: int) -> Item:
    """What the colours mean, over the bar, in two lines on narrow screens; bottom: px below the panels.

    Plotly's own title of the bar would touch it.
    """
    return canvas.note(
        text + more, 0.5, 0, name=f"{text}<br>{more}" if more else text, yanchor="bottom", yshift=BAR - bottom
    )


def _flip(flip: int | None, first: int, last: int, lift: int = 2) -> tuple[list[Item], list[Item]]:
    """A line before the timestep at which the label turns, through all panels, and its name `lift` px above."""
    if flip is None or not first <= flip <= last:
        return [], []
    x = flip - 0.5
    line = {"color": INK, "width": 2, "dash": "dot"}
    upright = {"type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "name": "flip"}
    right = flip > (first + last) / 2
    place: Item = {"xref": "x", "yanchor": "bottom", "xanchor": "right" if right else "left", "yshift": lift}
    return [{**upright, "line": line}], [canvas.note(FLIP, x, 1, **place)]
