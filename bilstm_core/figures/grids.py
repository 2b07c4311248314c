"""Grids of cells: the wall of sequences, and the confusion matrix."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.palette import EDGE, INK, ONE, WRONG, ZERO, faint


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
        **canvas.flat([ZERO, ONE, WRONG]),
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
