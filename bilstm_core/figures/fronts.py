"""Models by what they cost and how much they get right, with those that nobody beats."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import INK, NEUTRAL, faint

RIGHT = "whole sequences right"
LETTER, LINE = 7.5, 20.0  # px: of a name, a letter's width and a line's height, at most
DOT = 8.0  # px: half of a dot, and how far above its middle a name stands
WIDE, NARROW = 360.0, 230.0  # px: what a plot is wide at least, beside another one and on a narrow screen
TOP, BOTTOM, HIGHEST = 18, 50, 1.12


def front(
    table: pd.DataFrame, *, cost: str, color: str, goal: float, height: int = 300, what: str = RIGHT
) -> go.Figure:
    """A dot for each model; those that nobody beats are large, joined by a line, and named.

    table: name, cost, right (share that is right), unbeaten (whether no other costs as little and gets more right)
    cost: what the axis counts, with its unit; color: of the dots; goal: a share that is marked
    what: the share is of, as RIGHT
    """
    best = table[table["unbeaten"]].sort_values("cost")
    others = table[~table["unbeaten"]]
    traces: list[Item] = [
        {
            "type": "scatter",
            "mode": "markers" if name == "others" else "lines+markers",
            "name": name,
            **canvas.column(name, "y", "customdata", "model"),
            "x": rows["cost"].tolist(),
            "y": rows["right"].tolist(),
            "customdata": rows["name"].tolist(),
            "marker": marker,
            "line": {"color": color, "width": 2, "shape": "hv"},
            "hovertemplate": f"%{{customdata}}: %{{y:.1%}} right, %{{x:,.4g}} {cost}<extra></extra>",
            "showlegend": False,
        }
        for name, rows, marker in (
            ("others", others, {"size": 8, "color": faint(NEUTRAL, 0.55)}),
            ("unbeaten", best, {"size": 12, "color": color, "line": {"color": INK, "width": 1}}),
        )
    ]
    costs = table["cost"].to_numpy(np.float64)
    low, high = np.log10(costs.min()), np.log10(costs.max())
    room = max(0.06 * (high - low), 0.05)
    ends, plot = (low - room, high + room), height - TOP - BOTTOM
    return canvas.figure(
        traces,
        height=height,
        margin=(64, 24, TOP, BOTTOM),
        narrow={"margin": {"l": 64, "r": 16}, "annotations": _names(best, ends, NARROW, plot)},
        says=spoken.front(dict(zip(best["name"], best["right"], strict=True)), len(table), cost, what),
        xaxis=canvas.axis(cost, type="log", range=list(ends), dtick=1 if high - low > 1 else "D1"),
        yaxis=canvas.axis(what, range=[0, HIGHEST], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1]),
        shapes=[
            {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": goal, "y1": goal, "name": "goal",
             "line": {"color": INK, "width": 1, "dash": "dot"}}
        ],
        annotations=_names(best, ends, WIDE, plot),
    )  # fmt: skip


def _names(best: pd.DataFrame, ends: tuple[float, float], width: float, height: float) -> list[Item]:
    """The names that have room above their dots: the best one's first, then the cheapest one's, then those between.

    ends: of the axis of costs, as powers of ten; width, height: of the plot, px
    """
    low, high = ends
    dots = [
        ((np.log10(cost) - low) / (high - low) * width, right / HIGHEST * height)
        for cost, right in best[["cost", "right"]].to_numpy()
    ]
    order = [len(best) - 1, *range(len(best) - 1)]
    taken: list[tuple[float, float, float]] = []  # left, right and height of each name, px
    notes = []
    for place in order:
        name, cost, right = best[["name", "cost", "right"]].iloc[place]
        at, up = dots[place]
        letters = LETTER * len(name)
        left = min(max(at - letters / 2, 0.0), max(width - letters, 0.0))
        if any(left < end and begin < left + letters and abs(up - other) < LINE for begin, end, other in taken):
            continue
        if any(left - DOT < x < left + letters + DOT and 0 < y - up < LINE + 2 * DOT for x, y in dots):
            continue
        taken.append((left, left + letters, up))
        edge = "left" if left == 0 else "right" if left + letters >= width else "center"
        x = {"left": low, "right": high, "center": float(np.log10(cost))}[edge]
        notes.append(canvas.note(name, x, right, xref="x", yref="y", xanchor=edge, yanchor="bottom", yshift=DOT))
    return notes
