"""Models and positions compared: accuracy by timestep, share of ones, paired differences."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import BLOCK, DARK_BLOCK, EDGE, INK, Style, class_shades, faint


def accuracy_by_timestep(table: pd.DataFrame, styles: Mapping[str, Style], *, height: int = 340) -> go.Figure:
    """The share of labels that are right at each timestep, a line a model.

    table: label, timestep (from 1), accuracy (share, 0 to 1) and perhaps ceiling (share; missing where it is unknown):
    the best that any model with this view can do, a quiet dashed line of the same colour
    """
    labels = [label for label in styles if (table["label"] == label).any()]
    lines = {label: table[table["label"] == label].sort_values("timestep") for label in labels}
    low = min(0.9, float(np.floor(table["accuracy"].min() * 20) / 20)) if len(table) else 0.5
    bounded = {name: line.dropna(subset="ceiling") for name, line in lines.items() if "ceiling" in table}
    bounded = {name: line for name, line in bounded.items() if len(line)}
    top, bottom = 14, 54
    area = height - top - bottom
    scale = area / (1.005 - low)
    ends = [float(line["accuracy"].iloc[-1]) for line in lines.values()]
    placed = canvas.spread([(end - low) * scale for end in ends], apart=canvas.APART, low=8, high=area - 8)
    timesteps = int(table["timestep"].max()) if len(table) else 1
    traces: list[Item] = [
        {
            "type": "scatter",
            "mode": "lines+markers" if timesteps <= 50 else "lines",
            "name": label,
            "x": line["timestep"].to_numpy(),
            "y": line["accuracy"].to_numpy(),
            "line": styles[label]._asdict(),
            "marker": {"size": 8, "color": styles[label].color},
            "hovertemplate": f"{label}, timestep %{{x}}: %{{y:.1%}}<extra></extra>",
        }
        for label, line in lines.items()
    ]
    traces += [
        {
            "type": "scatter",
            "mode": "lines",
            "name": f"{label}: best possible",
            "x": line["timestep"].to_numpy(),
            "y": line["ceiling"].to_numpy(),
            "line": {"color": styles[label].color, "dash": "dash", "width": 2},
            "opacity": 0.7,
            "showlegend": False,
            "hovertemplate": f"{label}, timestep %{{x}}: %{{y:.1%}} is the best possible<extra></extra>",
        }
        for label, line in bounded.items()
    ]
    notes = [
        canvas.note(
            f"<b>{label} {end:.1%}</b>",
            1,
            place / scale + low,
            yref="y",
            xanchor="left",
            xshift=6,
            name=f"<b>{end:.1%}</b>",
            font={"size": canvas.TEXT, "color": styles[label].color},
        )
        for label, end, place in zip(labels, ends, placed, strict=True)
    ]
    xaxis = canvas.timestep_axis(1, timesteps)
    if bounded:
        xaxis["title"]["text"] += " (dashed: best possible)"
    longest = max((len(label) + 7 for label in labels), default=7)
    return canvas.figure(
        traces,
        height=height,
        margin=(64, min(270, 20 + round(8.4 * longest)), top, bottom),
        narrow=canvas.narrow_legend(labels, top=top, right=64),
        xaxis=xaxis,
        yaxis=canvas.axis("labels right", range=[low, 1.005], tickformat=".0%", nticks=6),
        says=spoken.by_timestep(table, labels, "accuracy", ".1%"),
        annotations=notes,
    )


def _by_timestep(
    table: pd.DataFrame, styles: Mapping[str, Style], column: str, digits: str, *, size: int
) -> list[Item]:
    """A column of a table over its timesteps, a line with markers for each label. size: of a marker, in px"""
    lines = {label: table[table["label"] == label].sort_values("timestep") for label in styles}
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": label,
            "x": line["timestep"].to_numpy(),
            "y": line[column].to_numpy(),
            "line": styles[label]._asdict(),
            "marker": {"size": size, "color": styles[label].color},
            "hovertemplate": f"{label}, timestep %{{x}}: %{{y:{digits}}}<extra></extra>",
        }
        for label, line in lines.items()
    ]


def error_by_timestep(table: pd.DataFrame, styles: Mapping[str, Style], *, height: int = 340) -> go.Figure:
    """The mean squared error of a regression at each timestep, a line a model. table: label, timestep (from 1), loss"""
    traces = _by_timestep(table, styles, "loss", ".4f", size=8)
    return canvas.figure(
        traces,
        height=height,
        margin=(74, 16, 14, 54),
        xaxis=canvas.timestep_axis(1, int(table["timestep"].max())),
        yaxis=canvas.axis("mean squared error", rangemode="tozero", nticks=6, tickformat="~g"),
        says=spoken.by_timestep(table, list(styles), "loss", ".4f"),
    )


def numbers_told(table: pd.DataFrame, styles: Mapping[str, Style], *, height: int = 340) -> go.Figure:
    """The numbers that one sequence has, and what models say of them, a line each.

    table: label, timestep (from 1), value (missing where there is none); a label for each of `styles`
    """
    traces = _by_timestep(table, styles, "value", ".4g", size=7)
    top = 14
    legend = canvas.narrow_legend([*styles], top=top, right=16)
    return canvas.figure(
        traces,
        height=height,
        margin=(74, 16, legend["margin"]["t"], 54),
        narrow=legend,
        xaxis=canvas.timestep_axis(1, int(table["timestep"].max())),
        yaxis=canvas.axis("label", nticks=6, tickformat="~g"),
        says=spoken.by_timestep(table, list(styles), "value", ".4g"),
        showlegend=legend["showlegend"],
        legend=legend["legend"],
    )


def label_shares(table: pd.DataFrame, *, height: int = 340) -> go.Figure:
    """How often each timestep has each label. Of two labels, how often it is 1, darker where that is the better guess.

    table: timestep (from 1), label (from 0), share (of sequences, 0 to 1)
    """
    labels = sorted(table["label"].unique())
    if len(labels) == 2:
        return _share_of_ones(table[table["label"] == 1].sort_values("timestep"), height, spoken.label_shares(table))
    traces: list[Item] = []
    base = np.zeros(int(table["timestep"].max()))
    for label, shade in zip(labels, class_shades(len(labels)), strict=True):
        rows = table[table["label"] == label].sort_values("timestep")
        share = rows["share"].to_numpy(np.float64)
        traces.append(
            {
                "type": "bar",
                "name": f"label {label}",
                "x": rows["timestep"].to_numpy(),
                "y": share.round(4),
                "base": base.round(4),
                "width": 0.86,
                "marker": {"color": shade, "line": {"color": EDGE, "width": 1}},
                "hovertemplate": f"timestep %{{x}}: label {label} in %{{y:.1%}} of sequences<extra></extra>",
                "showlegend": True,
            }
        )
        base = base + share
    return canvas.figure(
        traces,
        height=height,
        margin=(64, 16, 40, 54),
        narrow={"margin": {"t": 68}},
        xaxis=canvas.timestep_axis(1, len(base)),
        says=spoken.label_shares(table),
        yaxis=canvas.axis("sequences with the label", range=[0, 1.02], tickformat=".0%", nticks=6),
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
    )


def _share_of_ones(rows: pd.DataFrame, height: int, says: str) -> go.Figure:
    t, share = rows["timestep"].to_numpy(), rows["share"].to_numpy(np.float64)
    guess = np.maximum(share, 1 - share)
    place, side = (0.01, "left") if share[0] < 0.5 else (0.99, "right")
    bars: Item = {
        "type": "bar",
        "name": "share of ones",
        "x": t,
        "y": share.round(4),
        "width": 0.86,
        "marker": {"color": np.where(share >= 0.5, DARK_BLOCK, BLOCK)},
        "customdata": np.column_stack([guess, share >= 0.5]).round(4),
        "hovertemplate": "timestep %{x}: label 1 in %{y:.1%} of sequences; guessing %{customdata[1]:d} is right"
        " in %{customdata[0]:.1%}<extra></extra>",
    }
    half: Item = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "y0": 0.5, "y1": 0.5}
    line = {"color": INK, "width": 2, "dash": "dash"}
    return canvas.figure(
        [bars],
        height=height,
        margin=(64, 16, 14, 54),
        xaxis=canvas.timestep_axis(1, int(t.max())),
        says=says,
        yaxis=canvas.axis("sequences with label 1", range=[0, 1.02], tickformat=".0%", nticks=6),
        shapes=[{**half, "line": line}],
        annotations=[
            canvas.note("above: guess 1", place, 0.5, yref="y", xref="x domain", xanchor=side, yanchor="bottom"),
        ],
    )


def _given(intervals: pd.DataFrame, label: str) -> tuple[float, float, float, float]:
    middle, low, high, seen = intervals.loc[intervals["label"] == label, ["middle", "low", "high", "seen"]].iloc[0]
    return float(middle), float(low), float(high), float(seen)


def paired_differences(
    table: pd.DataFrame,
    styles: Mapping[str, Style],
    *,
    intervals: pd.DataFrame,
    title: str = "difference in loss (nats per label)",
    row: int = 64,
) -> go.Figure:
    """A dot for each start, and their mean as an upright line on its 95 % interval, a thick bar; a row a model.

    table: label, seed, difference (the model's minus the baseline's, same data, same start)
    intervals: label, middle (the mean), low, high, seen (the mean as it is printed)
    title: of the axis, with its unit; row: px of each row
    """
    labels = [label for label in styles if (table["label"] == label).any()]
    traces: list[Item] = []
    notes: list[Item] = []
    ends: list[float] = []
    told: list[str] = []
    for place, label in enumerate(labels):
        starts = table[table["label"] == label].sort_values("seed")
        values = starts["difference"].to_numpy(np.float64)
        colour = styles[label].color
        jitter = (np.arange(len(values)) % 5 - 2) * 0.05
        mean, low, high, seen = _given(intervals, label)
        ends += [low, high]
        told.append(spoken.differences(label, values, seen, low, high))
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": label,
                "x": values.round(6),
                **canvas.column(label, "x", "customdata", "start"),
                "y": place + 0.2 + jitter,
                "customdata": starts["seed"].to_numpy(),
                "marker": {"size": 8, "color": faint(colour, 0.5)},
                "hovertemplate": f"{label}, start %{{customdata}}: %{{x:+.4f}}<extra></extra>",
            }
        )
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": f"{label}: mean",
                "x": [low, mean, high],
                **canvas.column(None),
                "y": [place - 0.06] * 3,
                "line": {"color": colour, "width": 6},
                "marker": {  # an upright line: a dot would hide a bar of a few pixels
                    "symbol": "line-ns",
                    "size": [0, 18, 0],
                    "opacity": 1,
                    "line": {"color": colour, "width": [0, 3, 0]},
                },
                "hovertemplate": f"{label}: mean {mean:+.4f}, 95% from {low:+.4f} to {high:+.4f}<extra></extra>",
            }
        )
        font = {"size": canvas.TEXT, "color": colour}
        short, first, last = (f"{value:+.3f}".replace("-", "−") for value in (seen, low, high))
        short = f"<b>{label}</b>  {short}"
        text = f"{short} ({first} to {last})" if low < high else short
        notes.append(
            canvas.note(
                text,
                0,
                place - 0.2,
                name=short,
                xref="x domain",
                yref="y",
                xanchor="left",
                yanchor="bottom",
                font=font,
            )
        )
    zero = {"zeroline": True, "zerolinecolor": INK, "zerolinewidth": 2}  # in place of the grid's line, not beside it
    reach = 1.12 * max((abs(float(v)) for v in [*table["difference"], *ends]), default=1.0) or 1.0
    return canvas.figure(
        traces,
        height=row * max(1, len(labels)) + 66,
        margin=(16, 16, 8, 58),
        says=" ".join(told),
        xaxis=canvas.axis(title, range=[-reach, reach], tickformat=".2~g", nticks=7, **zero),
        yaxis=canvas.bare_axis(range=[len(labels) - 0.45, -0.6]),
        annotations=notes,
    )
