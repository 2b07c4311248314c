"""The wall: many sequences, a row each."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import EDGE, INK, WRONG, class_shades, faint

Grid = npt.NDArray[np.float64]
SHOWN = ("expected", "predicted", "answer")


def wall(
    table: pd.DataFrame, color: str, *, classes: int = 2, chosen: int | None = None, height: int = 520
) -> go.Figure:
    """Many sequences, a row each, sorted by when their labels turn, or by how many are low; wrong squares vermilion.

    table: sequence, timestep (from 1), expected, predicted and perhaps probability; where sequences end early, they
    lack rows, and their squares stay empty
    color: the model's, for the line where the expected label turns; chosen: the sequence that is outlined
    classes: how many labels there are; 0 for a regression, whose squares show the absolute error and whose rows are
    sorted by the mean of it
    Every square's customdata is its sequence's number.
    """
    table = table.assign(answer=table["probability" if "probability" in table else "predicted"])
    grids = {name: table.pivot(index="sequence", columns="timestep", values=name) for name in SHOWN}
    numbers = grids["expected"].index.to_numpy()
    expected, predicted, answers = (grids[name].to_numpy(np.float64) for name in SHOWN)
    errors = np.abs(predicted - expected)
    lengths = (~np.isnan(expected)).sum(axis=1)
    turns = _turns(expected, classes)[::-1] if classes else [np.nanmean(errors, axis=1)]
    order = np.lexsort([lengths, *turns])
    numbers, expected, predicted, answers, errors = (
        grid[order] for grid in (numbers, expected, predicted, answers, errors)
    )
    timesteps = expected.shape[1]
    rows = np.arange(1, len(numbers) + 1)
    squares: Item = {
        "type": "heatmap",
        "name": "cells",
        **canvas.column("cells", "text", "customdata", "sequence"),
        "z": np.where(errors > 0, classes, predicted + 0 * errors) if classes else errors.round(4),
        "x": np.arange(1, timesteps + 1),
        "y": rows,
        "customdata": np.repeat(numbers[:, None], timesteps, axis=1),
        "text": _words(expected, predicted, answers, classes),
        "hoverongaps": False,
        **(canvas.flat([*class_shades(classes), WRONG]) if classes else _by_error(errors)),
        "xgap": 2 if timesteps <= 40 else 1 if timesteps <= 100 else 0,
        "ygap": 1,
        "hovertemplate": "sequence %{customdata}, timestep %{x}: %{text}<extra></extra>",
    }
    shapes = []
    if chosen is not None and chosen in set(numbers.tolist()):
        row = int(np.flatnonzero(numbers == chosen)[0]) + 1
        shapes.append(
            {"type": "rect", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": row - 1, "y1": row + 1,
             "line": {"color": INK, "width": 3}, "name": "chosen"}
        )  # fmt: skip
    by_label = "by when the label flips" if _flips(expected) else "by their labels"
    return canvas.figure(
        [squares, *_turning(expected, rows, color, classes)],
        height=height,
        margin=(40, 16, 8, 52),
        plot_bgcolor=faint(EDGE, 0.45),
        xaxis=canvas.timestep_axis(1, timesteps, range=[0.5, timesteps + 0.5]),
        yaxis=canvas.axis(
            f"{len(numbers)} sequences, {by_label if classes else 'by their error'}",
            range=[len(numbers) + 0.5, 0.5],
            showticklabels=False,
            showgrid=False,
        ),
        shapes=shapes,
        says=spoken.wall(expected, errors, classes),
    )


def _turns(expected: Grid, classes: int) -> Grid:
    """How many timesteps come before labels pass each limit, whether they rise or fall: (classes - 1, sequences)."""
    steps = np.nan_to_num(np.diff(expected, axis=1))
    rises = float(steps.sum()) >= 0
    return np.array([((expected < label) if rises else (expected >= label)).sum(axis=1) for label in range(1, classes)])


def _flips(expected: Grid) -> bool:
    """Whether labels turn one way alone. Where they go up and down, or stay, no flip orders the sequences."""
    steps = np.nan_to_num(np.diff(expected, axis=1))
    return bool((steps < 0).any() != (steps > 0).any())


def _turning(expected: Grid, rows: npt.NDArray[np.int64], color: str, classes: int) -> list[Item]:
    """A line where the label turns; none where there are more than two, or they don't turn one way alone."""
    if classes != 2 or not _flips(expected):
        return []
    edges = _turns(expected, classes)[0] + 0.5
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "label flips",
            "x": np.repeat(edges, 2),
            "y": np.column_stack([rows - 0.5, rows + 0.5]).ravel(),
            "line": {"color": color, "width": 3},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _words(expected: Grid, predicted: Grid, answers: Grid, classes: int) -> npt.NDArray[np.str_]:
    if classes == 0:
        return np.char.add(np.char.mod("expected %.2f", expected), np.char.mod(", answer %.2f", predicted))
    verdict = np.where(expected != predicted, np.char.mod("expected %.0f", expected), "right")
    of = "probability of 1" if classes == 2 else "probability of its answer"
    return np.char.add(verdict, np.char.mod(f" ({of}: %.2f)", answers))


def _by_error(errors: Grid) -> Item:
    """No error is as clear as a square can be, the largest vermilion."""
    most = max(float(np.nanmax(errors)), 0.5)
    return {"colorscale": [[0, class_shades(2)[0]], [1, WRONG]], "zmin": 0, "zmax": most, "showscale": False}
