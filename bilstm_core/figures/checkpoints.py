"""The inside of a network at each checkpoint of its training, on one scrubber."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.inside import ABOVE_ZERO, BELOW_ZERO, colour_scale, decades, heatmap, highest, logarithms
from bilstm_core.palette import PAPER

GAP = 104  # px between the two panels where one stands below the other
TOP, BOTTOM = 34, 102  # px
NARROW_SIDE, NARROW_BOTTOM = 250, 60  # px


class Moment(NamedTuple):
    """A checkpoint.

    name: what the scrubber says
    matrix: sensitivities, (outputs, values). states: (units, timesteps)
    """

    name: str
    matrix: npt.NDArray[np.floating[Any]]
    states: npt.NDArray[np.floating[Any]]


def checkpoints(
    moments: Sequence[Moment], units: Sequence[str], color: str, *, unit: str, first: int = 1, side: int = 320
) -> go.Figure:
    """Sensitivities beside the hidden states of a few units; a frame a checkpoint, the last one shown.

    units: their names; color: the model's; unit: of the sensitivities; first: the timestep of the matrix's first row;
    side: px of the matrix. The colours keep their meaning over all checkpoints.
    """
    last = moments[-1]
    high = highest(moment.matrix for moment in moments)
    ends = (first - 0.6, first + len(last.matrix) - 0.4)
    timesteps = last.states.shape[1]
    rows = np.arange(len(units))
    heat, borders = heatmap("sensitivity", last.matrix, first)
    states: Item = {
        "type": "heatmap",
        "name": "states",
        **canvas.column("hidden state of the units", "z", "text", "unit"),
        "x": np.arange(1, timesteps + 1),
        "y": rows,
        "z": last.states.round(4),
        "text": [[name] * timesteps for name in units],
        "coloraxis": "coloraxis2",
        "xgap": 1 if timesteps < 60 else 0,
        "ygap": 1,
        "hovertemplate": "unit %{text}, timestep %{x}: %{z:+.3f}<extra></extra>",
        "xaxis": "x2",
        "yaxis": "y2",
    }
    frames = [
        {
            "name": moment.name,
            "data": [
                {"type": "heatmap", "z": logarithms(moment.matrix), "customdata": moment.matrix},
                {"type": "heatmap", "z": moment.states.round(4)},
            ],
            "traces": [0, 2],
        }
        for moment in moments
    ]
    height, bar = side + TOP + BOTTOM, {"x": 0.22, "len": 0.44}
    tall = 2 * NARROW_SIDE + TOP + GAP + NARROW_BOTTOM
    below = [0, NARROW_SIDE / (2 * NARROW_SIDE + GAP)]
    marks = colour_scale([BELOW_ZERO, PAPER, ABOVE_ZERO], -1, 1, [-1, 0, 1], ["−1", "0", "1"])
    sensitivities = decades(high)
    sensitivities["colorbar"] |= bar
    marks["colorbar"] |= bar | {"x": 0.8, "len": 0.4}
    title = {"yref": "paper", "xanchor": "left", "yanchor": "bottom", "font": {"size": canvas.TEXT, "color": color}}
    return canvas.figure(
        [heat, borders, states],
        height=height,
        margin=(54, 12, TOP, BOTTOM),
        says=" ".join(spoken.sensitivity(each.name, each.matrix, first) for each in (moments[0], last)),
        coloraxis=sensitivities,
        coloraxis2=marks,
        xaxis=canvas.axis("value", domain=[0, 0.44], range=ends, showgrid=False, nticks=6),
        yaxis=canvas.axis("output", range=ends[::-1], showgrid=False, nticks=6),
        xaxis2=canvas.timestep_axis(1, timesteps, domain=[0.6, 1], anchor="y2"),
        yaxis2=canvas.axis(
            "",
            range=[len(units) - 0.5, -0.5],
            tickvals=rows,
            ticktext=list(units),
            showgrid=False,
            ticks="",
            anchor="x2",
        ),
        annotations=[
            canvas.note(f"<b>{unit}</b>", 0, 1, name="<b>reaction of outputs to values</b>", yshift=4, **title),
            canvas.note("<b>hidden state of the units</b>", 0, 1, xref="x2 domain", yshift=4,
                        **{**title, "yref": "y2 domain"}),
        ],
        narrow={
            "height": tall,
            "margin": {"l": 96, "b": NARROW_BOTTOM},
            "xaxis": {"domain": [0, 1]},
            "xaxis2": {"domain": [0, 1]},
            "yaxis": {"domain": [1 - below[1], 1]},
            "yaxis2": {"domain": below},
            "coloraxis": {"showscale": False},
            "coloraxis2": {"showscale": False},
        },
        frames=frames,
    )  # fmt: skip
