"""A few sequences with their labels, side by side."""

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import BLOCK, EDGE, ONE, ZERO, class_shades

BETWEEN = 1.5  # timesteps of room between two sequences
HIGH, GAP = 0.38, 0.08  # of a label's square, and above it, where values go up to 1
DIGITS_UP_TO = 14  # timesteps of each


def labeled(x: npt.NDArray[np.floating], labels: npt.NDArray[np.int64], *, height: int = 184) -> go.Figure:
    """Values as bars, and under each its label, white for 0 and dark for 1. x, labels: (sequences, timesteps)

    A narrow screen has the first sequence alone.
    """
    count, timesteps = x.shape
    shades = np.array(class_shades(2))
    steps = np.arange(1, timesteps + 1)
    traces: list[Item] = []
    for place in range(count):
        at = steps + place * (timesteps + BETWEEN)
        name = f"sequence {place + 1}"
        named = np.column_stack([steps, labels[place]])
        traces.append(
            {
                "type": "bar",
                "name": name,
                **canvas.column(f"{name}, value", rows="timestep"),
                "x": at,
                "y": x[place].round(4),
                "width": 0.92,
                "customdata": named,
                "marker": {"color": BLOCK},
                "hovertemplate": f"{name}, timestep %{{customdata[0]}}: value %{{y:.3f}}<extra></extra>",
            }
        )
        traces.append(
            {
                "type": "bar",
                "name": f"{name}, label",
                **canvas.column(f"{name}, label", "text", rows="timestep"),
                "x": at,
                "y": np.full(timesteps, HIGH),
                "base": -HIGH - GAP,
                "width": 0.92,
                "customdata": named,
                "marker": {"color": shades[labels[place]], "line": {"color": EDGE, "width": 1}},
                "text": labels[place].astype(str),
                "textposition": "inside" if timesteps <= DIGITS_UP_TO else "none",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"size": canvas.TEXT, "color": np.where(labels[place] == 1, ZERO, ONE)},
                "constraintext": "none",
                "hovertemplate": f"{name}, timestep %{{customdata[0]}}: label %{{text}}<extra></extra>",
            }
        )
    ends = [place * (timesteps + BETWEEN) + step for place in range(count) for step in (1, timesteps)]
    return canvas.figure(
        traces,
        height=height,
        margin=(54, 8, 6, 44),
        narrow={"xaxis": {"range": [0.4, timesteps + 0.6]}},
        says=" ".join(spoken.labeled(place, row.tolist()) for place, row in enumerate(labels, start=1)),
        xaxis=canvas.axis(
            "timestep",
            range=[0.4, count * (timesteps + BETWEEN) - BETWEEN + 0.6],
            tickvals=ends,
            ticktext=[str(step) for _ in range(count) for step in (1, timesteps)],
            showgrid=False,
            ticks="",
        ),
        yaxis=canvas.axis(
            "value",
            range=[-HIGH - GAP - 0.02, 1.02],
            tickvals=[-HIGH / 2 - GAP, 0, 0.5, 1],
            ticktext=["label", "0", "0.5", "1"],
        ),
    )
