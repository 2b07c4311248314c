"""Models by what they cost and how much they get right, with those that nobody beats."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import INK, NEUTRAL, faint

RIGHT = "whole sequences right"
MOST_NAMED = 6


def front(table: pd.DataFrame, *, cost: str, color: str, goal: float, height: int = 300) -> go.Figure:
    """A dot for each model; those that nobody beats are large, joined by a line, and named.

    table: name, cost, right (share of whole sequences), unbeaten (whether no other costs as little and gets more right)
    cost: what the axis counts, with its unit; color: of the dots; goal: a share that is marked
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
    return canvas.figure(
        traces,
        height=height,
        margin=(64, 24, 18, 50),
        narrow={"margin": {"l": 52, "r": 16}},
        says=spoken.front(dict(zip(best["name"], best["right"], strict=True)), len(table), cost),
        xaxis=canvas.axis(cost, type="log", range=[low - room, high + room], dtick=1 if high - low > 1 else "D1"),
        yaxis=canvas.axis(RIGHT, range=[0, 1.12], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1]),
        shapes=[
            {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": goal, "y1": goal, "name": "goal",
             "line": {"color": INK, "width": 1, "dash": "dot"}}
        ],
        annotations=[
            _name(str(name), float(at), float(share))
            for name, at, share in _named(best)[["name", "cost", "right"]].to_numpy()
        ],
    )  # fmt: skip


def _named(best: pd.DataFrame) -> pd.DataFrame:
    """Those whose names are written: first and last, and some between, evenly."""
    places = np.unique(np.linspace(0, len(best) - 1, min(len(best), MOST_NAMED)).round().astype(int))
    return best.iloc[places]


def _name(name: str, cost: float, right: float) -> Item:
    return canvas.note(
        name, float(np.log10(cost)), right, xref="x", yref="y", xanchor="center", yanchor="bottom", yshift=8
    )
