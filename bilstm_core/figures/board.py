"""The board of the smallest models: a square for each problem, direction and length, with what was found in words."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import EDGE, INK, NEUTRAL, PAPER, QUIET, color, faint

ROW, TOP, BOTTOM = 24, 30, 8  # px
TITLED = 52  # px at the top of a narrow screen, whose columns are named by a number alone
SMALLEST = "smallest model found"
KINDS = ("impossible", "none", "forward", "backward", "bidirectional")
SHADES = (*["rgba(0, 0, 0, 0)"] * 2, *(faint(color(direction), 0.24) for direction in KINDS[2:]))
GAP, HATCHES = 0.06, 14  # between a square and its outline, in rows; lines across a column


def board(table: pd.DataFrame, *, chosen: tuple[str, str, str] | None = None) -> go.Figure:
    """A row for each problem and direction, a column for each length, the problems' names above their rows.

    table: problem (its title), direction, timesteps, length (how these are written above their column), kind ("found",
    "none": nothing was found, "impossible": the best possible is too low), text, short (the same where there is little
    room), about (further lines of what is said where one points at it), key (what a press of the square says: a list),
    own (whether text says what this visitor found)
    chosen: problem, direction and length of the square that is outlined
    """
    timesteps = dict(zip(table["length"], table["timesteps"], strict=True))
    lengths = list(timesteps)
    rows: list[tuple[str, str]] = []
    for problem, directions in table.groupby("problem", sort=False)["direction"]:
        rows += [(str(problem), ""), *((str(problem), direction) for direction in dict.fromkeys(directions))]
    shape = len(rows), len(lengths)
    kind, text, about = np.full(shape, np.nan), np.full(shape, "", object), np.full(shape, "", object)
    key = np.full((*shape, len(table["key"].iloc[0])), "", object)
    notes: list[Item] = []
    for place in table.to_dict("records"):
        row, column = rows.index((place["problem"], place["direction"])), lengths.index(place["length"])
        kind[row, column] = KINDS.index(place["direction"] if place["kind"] == "found" else place["kind"])
        text[row, column], about[row, column], key[row, column] = place["text"], place["about"], place["key"]
        notes.append(
            canvas.note(
                place["text"], column, row, name=place["short"], xref="x", yref="y", captureevents=False,
                font={"size": canvas.TEXT, "color": QUIET if place["kind"] == "impossible" else INK},
                **({"bgcolor": PAPER, "borderpad": 0} if place["kind"] == "impossible" else {}),
            )
        )  # fmt: skip
    for row, (problem, direction) in enumerate(rows):
        notes.append(
            canvas.note(
                direction or f"<b>{problem}</b>", 0, row, xref="paper", yref="y", yanchor="middle",
                xanchor="right" if direction else "left", xshift=-8 if direction else -106,
                font={"size": canvas.TEXT, "color": color(direction) if direction else INK},
            )
        )  # fmt: skip
    squares: Item = {
        "type": "heatmap",
        "name": SMALLEST,
        "meta": {
            "column": SMALLEST,
            "value": "text",
            "names_across": lengths,
            "names_down": [f"{problem}, {direction}" if direction else problem for problem, direction in rows],
        },
        "x": list(range(len(lengths))),
        "y": list(range(len(rows))),
        "z": kind,
        "text": text,
        "hovertext": about,
        "customdata": key,
        **canvas.flat(SHADES),
        "xgap": 3,
        "ygap": 3,
        "hoverongaps": False,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return canvas.figure(
        [squares],
        height=TOP + BOTTOM + ROW * len(rows),
        margin=(124, 8, TOP, BOTTOM),
        narrow={
            "height": TITLED + BOTTOM + ROW * len(rows),
            "margin": {"l": 110, "r": 2, "t": TITLED},
            "xaxis": {
                "ticktext": [str(count) for count in timesteps.values()],
                "title": {"text": "timesteps", "standoff": 6},
            },
        },
        says=spoken.board(table["kind"].tolist(), int(table["own"].sum())),
        xaxis=canvas.axis(
            "", side="top", range=[-0.5, len(lengths) - 0.5], tickvals=list(range(len(lengths))), ticktext=lengths,
            showgrid=False, ticks="",
        ),
        yaxis=canvas.bare_axis(range=[len(rows) - 0.5, -0.5]),
        annotations=notes,
        shapes=[*_unfilled(kind), *_outline(rows, lengths, chosen)],
    )  # fmt: skip


def _unfilled(kind: npt.NDArray[np.float64]) -> list[Item]:
    """An outline around each square of which nothing is found, and lines across all that are impossible."""
    none = [
        {"type": "rect", "name": "none", "xref": "x", "yref": "y", "x0": column - 0.485, "x1": column + 0.485,
         "y0": row - 0.5 + GAP, "y1": row + 0.5 - GAP, "line": {"color": NEUTRAL, "width": 1}, "layer": "below"}
        for row, column in zip(*np.nonzero(kind == KINDS.index("none")), strict=True)
    ]  # fmt: skip
    lines = [
        f"M{column - 0.485 + 0.97 * line / HATCHES:.4g},{row + 0.5 - GAP:.4g}"
        f"L{column - 0.485 + 0.97 * (line + 1) / HATCHES:.4g},{row - 0.5 + GAP:.4g}"
        for row, column in zip(*np.nonzero(kind == KINDS.index("impossible")), strict=True)
        for line in range(HATCHES)
    ]
    hatch: Item = {
        "type": "path", "name": "impossible", "xref": "x", "yref": "y", "path": "".join(lines),
        "line": {"color": EDGE, "width": 1}, "layer": "below",
    }  # fmt: skip
    return [*none, *([hatch] if lines else [])]


def _outline(rows: list[tuple[str, str]], lengths: list[str], chosen: tuple[str, str, str] | None) -> list[Item]:
    """The frame of a square, if the board has it."""
    if chosen is None or chosen[:2] not in rows or chosen[2] not in lengths:
        return []
    row, column = rows.index(chosen[:2]), lengths.index(chosen[2])
    return [
        {"type": "rect", "name": "chosen", "xref": "x", "yref": "y", "x0": column - 0.5, "x1": column + 0.5,
         "y0": row - 0.5, "y1": row + 0.5, "line": {"color": INK, "width": 2}}
    ]  # fmt: skip
