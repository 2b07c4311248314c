"""How models stand on held-out sequences: the mean over the starts, its interval, and a dot for each start."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import PAPER, Style, faint

MISSING = "not trained yet"
UNAVAILABLE = "uses the future: not available to you"
NAME_AT, LINE_AT, STARTS_AT = -0.14, 0.06, 0.27  # of a row: the foot of its name, its interval, its starts
FAINT = 0.45  # opacity of what is not available
FAR = 2.0  # times what all others take of the axis: what is worse by that is named beside it, not drawn


def standing(
    table: pd.DataFrame,
    styles: Mapping[str, Style],
    *,
    shares: bool,
    title: str,
    unavailable: Collection[str] = (),
    row: int = 50,
) -> go.Figure:
    """A dot for each model on its 95 % interval, a row a model in the order of `styles`, and small dots for the starts.

    table: label, middle, low, high, scores (of each start); models without a row are there, and not trained yet
    shares: whether scores are shares, else errors; title: of the axis, with its unit
    unavailable: models that use what is not there when the answer is needed: hollow, and marked
    """
    by_label = {str(entry["label"]): entry for entry in table.to_dict("records")}
    beyond = _beyond(table, shares=shares)
    form = ".1%" if shares else ".4g"
    traces: list[Item] = []
    notes: list[Item] = []
    told: list[str] = []
    for place, (label, style) in enumerate(styles.items()):
        away = label in unavailable
        entry = by_label.get(label)
        short = f"<b>{label}</b>  {MISSING}"
        more = ""
        if entry is not None:
            middle, low, high = (float(entry[name]) for name in ("middle", "low", "high"))
            if label != beyond:
                traces += _row(label, style, place, entry, hollow=away, form=form)
            short = f"<b>{label}</b>  {middle:{form}}"
            more = f" ({low:{form}} to {high:{form}})"
            told.append(spoken.standing(label, middle, low, high, form))
        if label == beyond:
            more += ", left of this axis" if shares else ", right of this axis"
        if away:
            more += f", {UNAVAILABLE}"
            told.append(f"{label}: {UNAVAILABLE}.")
        notes.append(
            canvas.note(
                short + more,
                0,
                place + NAME_AT,
                name=f"{short}, uses the future" if away else f"{short}, off the axis" if label == beyond else short,
                xref="x domain",
                yref="y",
                xanchor="left",
                yanchor="bottom",
                font={"size": canvas.TEXT, "color": style.color},
            )
        )
    return canvas.figure(
        traces,
        height=row * len(styles) + 58,
        margin=(16, 16, 4, 54),
        says=" ".join(told),
        xaxis=canvas.axis(
            title,
            range=_span(table[table["label"] != beyond], shares=shares),
            tickformat=".0%" if shares else ".3~g",
            nticks=8,
            showgrid=False,  # its lines would run through the names, which give every number
        ),
        yaxis=canvas.bare_axis(range=[len(styles) - 0.5, -0.62]),
        annotations=notes,
    )


def _row(
    label: str,
    style: Style,
    place: int,
    entry: Mapping[Any, Any],
    *,
    hollow: bool,
    form: str,
) -> list[Item]:
    middle, low, high, scores = (entry[name] for name in ("middle", "low", "high", "scores"))
    colour = style.color
    line = faint(colour, FAINT) if hollow else colour
    rows: list[Item] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [low, high],
            "y": [place + LINE_AT] * 2,
            **canvas.column(None),
            "line": {"color": line, "width": 4},
            "hoverinfo": "skip",
        }
    ]
    if len(scores) > 1:
        rows.append(
            {
                "type": "scatter",
                "mode": "markers",
                "cliponaxis": False,
                "name": f"{label}: each start",
                "x": np.round(scores, 6),
                "y": [place + STARTS_AT] * len(scores),
                "customdata": list(range(1, len(scores) + 1)),
                **canvas.column(f"{label}: each start", "x", "customdata", "start"),
                "marker": {"size": 7, "color": faint(colour, 0.5)},
                "hovertemplate": f"{label}, start %{{customdata}}: %{{x:{form}}}<extra></extra>",
            }
        )
    rows.append(
        {
            "type": "scatter",
            "mode": "markers",
            "cliponaxis": False,  # the dot of a model that is always right is whole
            "name": label,
            "x": [middle],
            "y": [place + LINE_AT],
            "customdata": ["mean"],
            **canvas.column(label, "x", "customdata", "start"),
            "marker": {
                "size": 13,
                "color": PAPER if hollow else colour,
                "line": {"color": line, "width": 3},
            },
            "hovertemplate": f"{label}: {middle:{form}}, 95% from {low:{form}} to {high:{form}}<extra></extra>",
        }
    )
    return rows


def _beyond(table: pd.DataFrame, *, shares: bool) -> str | None:
    """The label of a model that is so much worse than all others that these would stand in one place beside it."""
    if len(table) < 3:
        return None
    ranked = table.sort_values("middle", ascending=shares)
    worst, rest = ranked.iloc[0], ranked.iloc[1:]
    gap = rest["low"].min() - worst["high"] if shares else worst["low"] - rest["high"].max()
    return str(worst["label"]) if gap > FAR * (rest["high"].max() - rest["low"].min()) else None


def _span(table: pd.DataFrame, *, shares: bool) -> list[float]:
    if not len(table):
        return [0.0, 1.0]
    low, high = float(table["low"].min()), float(table["high"].max())
    around = 0.04 * max(high - low, 1e-3 if shares else 1e-3 * abs(high) or 1e-9)
    return [max(0.0, low - around), min(1.0, high + around) if shares else high + around]
