"""Grids of squares: the confusion matrix, and which model solves which kind of problem."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import EDGE, INK, QUIET, WRONG, faint
from bilstm_core.palette import color as direction_color

SEE_THROUGH = "rgba(0, 0, 0, 0)"
LINE = 18  # px of a line of text
LIMITED = "best, label by label,"
UNKNOWN, UNKNOWN_SHORT = "best possible not known", "best: ?"
MEANS = "Large: share of sequences wholly right. Hatched: no such model can always be right."
MEANS_SHORT = MEANS.replace(". ", ".<br>")
ABOVE = "Label by label: the likelier label each time, which is not quite the most that whole sequences can reach."
HATCHED = 0.6  # of a square's height, from the top: no line goes through what is written small
NUMBERED, LONGEST = 5, 14  # labels of a confusion matrix whose squares have room for numbers; characters of a name
NARROW_NAMES = 18  # of labels that a narrow screen has room for
ALWAYS = 0.9995  # of the best possible: below it a model can't always be right


def confusion(table: pd.DataFrame, *, height: int = 320, order: Sequence[Any] | None = None) -> go.Figure:
    """How often each label was predicted as which: counts, and shares of the expected label.

    table: expected, predicted, count; one row a pair. The diagonal is right, the rest wrong.
    order: of the labels, by default as they sort. More than NUMBERED of them have no numbers in their squares
    """
    counted = table.pivot_table(index="expected", columns="predicted", values="count", aggfunc="sum", fill_value=0)
    labels = list(order) if order is not None else sorted(set(counted.index) | set(counted.columns))
    counts = counted.reindex(index=labels, columns=labels, fill_value=0).to_numpy(np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    places = [str(label) for label in labels]
    right = np.eye(len(labels), dtype=bool)
    traces: list[Item] = []
    for name, mask, colour in (("right", right, EDGE), ("wrong", ~right, WRONG)):
        traces.append(
            {
                "type": "heatmap",
                "name": name,
                **canvas.column("labels" if name == "right" else None, "customdata"),
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
        if len(labels) <= NUMBERED
    ]
    short = [place if len(place) <= LONGEST else place[: LONGEST - 1] + "…" for place in places]
    room = 8 * max(map(len, short), default=0)  # px of the longest name
    named = {"type": "category", "showgrid": False, "tickvals": places, "ticktext": short}
    upright = len(labels) > NUMBERED
    every = -(-len(labels) // NARROW_NAMES)
    few = {"tickvals": places[::every], "ticktext": short[::every]}
    below = 56 + (room if upright else 0)
    return canvas.figure(
        traces,
        height=height + below - 56,
        margin=(max(70, 42 + room), 16, 12, below),
        narrow={"xaxis": few} if upright else None,
        says=spoken.confusion(labels, counts),
        xaxis=canvas.axis("predicted label", **named, tickangle=-90 if upright else 0),
        yaxis=canvas.axis("expected label", **named, autorange="reversed"),
        annotations=notes,
    )


def three_by_three(
    table: pd.DataFrame,
    *,
    chosen: tuple[str, str] | None = None,
    square: int = 112,
) -> go.Figure:
    """Which model solves which kind of problem: a square each, hatched where no such model can be always right.

    table: decides (what decides the label, a row each), direction (a column each), exact (share of sequences that are
    right throughout, missing while unknown), best (the best possible share); rows and columns in the order they come
    chosen: (decides, direction) of the square that is outlined; square: px of a square's height
    Every square's customdata is its decides and direction.
    """
    rows, columns = list(dict.fromkeys(table["decides"])), list(dict.fromkeys(table["direction"]))
    traces: list[Item] = []
    notes: list[Item] = []
    for column, direction in enumerate(columns):
        kinds = table[table["direction"] == direction].set_index("decides").reindex(rows)
        exact, best = kinds["exact"].to_numpy(np.float64), kinds["best"].to_numpy(np.float64)
        colour = direction_color(direction)
        notes.append(
            canvas.note(
                f"<b>{direction}</b>", column, 1, xref="x", yref="y domain", yanchor="bottom", yshift=4,
                font={"size": canvas.TEXT, "color": colour},
            )
        )  # fmt: skip
        traces.append(
            {
                "type": "bar",
                "name": direction,
                **canvas.column(direction, "text", "customdata", "problem"),
                "x": [column] * len(rows),
                "y": [0.94] * len(rows),
                "base": np.arange(len(rows)) - 0.47,
                "width": 0.96,
                "customdata": [[name, direction] for name in rows],
                "marker": {
                    "color": [faint(colour, 0.08 + 0.34 * share) for share in np.nan_to_num(exact)],
                    "line": {"color": colour, "width": 2},
                    "cornerradius": 6,
                },
                "text": [
                    f"whole sequence right: {percent(share)}, best possible: {percent(most)}"
                    for share, most in zip(exact, best, strict=True)
                ],
                "textposition": "none",
                "hovertext": [  # in short lines, for a narrow screen
                    f"whole sequence right: {percent(share)}<br>best possible: {percent(most)}"
                    for share, most in zip(exact, best, strict=True)
                ],
                "hovertemplate": "%{customdata[0]}, %{customdata[1]}<br>%{hovertext}<extra></extra>",
            }
        )
        for row in range(len(rows)):
            place: Item = {"xref": "x", "yref": "y", "captureevents": False}
            large = {"size": 26, "color": INK}
            notes.append(canvas.note(f"<b>{percent(exact[row])}</b>", column, row - 0.1, font=large, **place))
            ceiling, short = UNKNOWN, UNKNOWN_SHORT
            if not np.isnan(best[row]):
                ceiling = f"{'best possible' if best[row] >= ALWAYS else LIMITED} {percent(best[row])}"
                short = f"best {percent(best[row])}"
            notes.append(canvas.note(ceiling, column, row + 0.26, name=short, **place))
    limited = table[table["best"] < ALWAYS]
    traces.append(
        {
            "type": "bar",
            "name": "hatched",  # apart, since Plotly gives a pattern its own colour only where all bars share theirs
            "x": [columns.index(name) for name in limited["direction"]],
            "y": [HATCHED] * len(limited),
            "base": np.array([rows.index(name) for name in limited["decides"]]) - 0.47,
            "width": 0.96,
            "marker": {
                "color": SEE_THROUGH,
                "pattern": {
                    "shape": "/",
                    "fgcolor": faint(EDGE, 0.45),
                    "bgcolor": SEE_THROUGH,
                    "size": 16,
                    "solidity": 0.2,
                },
                "cornerradius": 6,
                "line": {"width": 0},
            },
            "hoverinfo": "skip",
        }
    )
    shapes: list[Item] = []
    if chosen is not None and chosen[0] in rows and chosen[1] in columns:
        x, y = columns.index(chosen[1]), rows.index(chosen[0])
        shapes.append(
            {"type": "rect", "xref": "x", "yref": "y", "x0": x - 0.49, "x1": x + 0.49, "y0": y - 0.49, "y1": y + 0.49,
             "line": {"color": INK, "width": 3}, "name": "chosen"}
        )  # fmt: skip
    above = any(
        exact > best and percent(exact) != percent(best)
        for exact, best in table[["exact", "best"]].to_numpy(np.float64).tolist()
    )
    notes.append(
        canvas.note(
            MEANS + (f"<br>{ABOVE}" if above else ""),
            0, 0,
            name=MEANS_SHORT,
            xref="paper", xanchor="left", yanchor="top", yshift=-6, align="left",
            font={"size": canvas.TEXT, "color": QUIET},
        )
    )  # fmt: skip
    return canvas.figure(
        traces,
        height=square * len(rows) + 66 + (LINE if above else 0),
        margin=(118, 8, 28, 38 + (LINE if above else 0)),
        narrow={
            "height": square * len(rows) + 76,
            "margin": {"l": 66, "r": 2, "b": 48},
            "yaxis": {"ticktext": [name.replace(" ", "<br>") for name in rows]},
        },
        says=" ".join(
            f"{decides}, {direction}: {percent(exact).replace('–', 'not known')}, at best {percent(best)}."
            for decides, direction, exact, best in table[["decides", "direction", "exact", "best"]].to_numpy()
        ),
        xaxis=canvas.bare_axis(range=[-0.5, len(columns) - 0.5]),
        yaxis=canvas.axis(
            "",
            range=[len(rows) - 0.5, -0.5],
            tickvals=list(range(len(rows))),
            ticktext=["<br>".join(name.rsplit(" ", 1)) for name in rows],
            showgrid=False,
            ticks="",
        ),
        shapes=shapes,
        annotations=notes,
    )


def percent(share: float) -> str:
    """A share in percent; what is not quite all never rounds to 100%. A dash for what is unknown."""
    if np.isnan(share):
        return "–"
    return f"{math.floor(share * 1000) / 10:.1f}%" if 0.99 < share < 1 else f"{share:.0%}"
