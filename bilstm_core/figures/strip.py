"""One number of several starts, a dot each."""

from collections.abc import Mapping

import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import INK, Style, faint


def starts_strip(values: Mapping[int, float], own: int, style: Style, *, shares: bool, height: int = 74) -> go.Figure:
    """A dot for each start, the one that is looked at large and outlined.

    values: by seed; own: the seed of that one; shares: whether they are shares, else losses
    """
    low, high = min(values.values()), max(values.values())
    around = max(0.12 * (high - low), 0.01 if shares else 0.02 * high, 1e-9)
    form = ".1%" if shares else ".4f"
    others = [seed for seed in values if seed != own]
    traces: list[Item] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            **canvas.column(name, "x", "customdata", "seed"),
            "x": [values[seed] for seed in seeds],
            "y": [0] * len(seeds),
            "customdata": seeds,
            "marker": marker,
            "hovertemplate": f"seed %{{customdata}}: %{{x:{form}}}<extra></extra>",
        }
        for name, seeds, marker in (
            ("other starts", others, {"size": 9, "color": faint(style.color, 0.45)}),
            ("this one", [own], {"size": 14, "color": style.color, "line": {"color": INK, "width": 2}}),
        )
    ]
    span = [low - around, high + around]
    ticks = {"tickvals": [low, high], "tickformat": ".0%" if shares and high - low >= 0.02 else form}
    return canvas.figure(
        traces,
        height=height,
        margin=(22, 22, 4, 26),
        says=spoken.starts(values, own, form),
        xaxis=canvas.axis("", range=span, showgrid=False, **ticks),
        yaxis=canvas.bare_axis(range=[-1, 1]),
    )
