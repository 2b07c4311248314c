"""One sequence, timestep by timestep: its running sum, the model's probabilities, and expected above predicted."""

import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.answers import (
    DIGITS_UP_TO,
    WIDE_UP_TO,
    answer_axis,
    answer_words,
    is_right,
    stems,
    verdict,
    wanted,
)
from bilstm_core.figures.canvas import Item
from bilstm_core.palette import BLOCK, DARK_BLOCK, EDGE, INK, ONE, SHADE, WRONG, ZERO, class_shades

NARROW_UP_TO = 40  # timesteps that a narrow screen shows at once
NAMED_UP_TO, LONGEST = 24, 12  # timesteps whose words stand over them; characters of a word
SQUARE_FITS = 6  # characters of a label's name, upright in its square
TOP, BOTTOM, LEFT, RIGHT = 12, 52, 92, 124


def around_flip(expected: Any, width: int = 20) -> tuple[int, int]:
    """The first and last timestep (from 1) of a stretch of `width` around the first label that differs from label 1.

    expected: (T,) labels. Without such a label, the first `width` timesteps.
    """
    labels = np.asarray(expected)
    different = np.flatnonzero(labels != labels[0])
    flip = int(different[0]) + 1 if len(different) else 1
    first = max(1, min(flip - width // 2, len(labels) - width + 1))
    return first, min(len(labels), first + width - 1)


def _narrow_axes(rows: pd.DataFrame, last_step: int) -> Item:
    """On a narrow screen, a long sequence shows the steps around its flip. rows: with low and high of each block"""
    if last_step <= NARROW_UP_TO:
        return {}
    first, last = around_flip(rows["expected"])
    seen = rows[rows["timestep"].between(first, last)]
    low, high = float(seen["low"].min()), float(seen["high"].max())
    title = f"timestep ({first} to {last} of {last_step})"
    return {
        "xaxis": {"range": [first - 0.5, last + 0.5], "dtick": 5, "title": {"text": title}},
        "yaxis": {"range": [low, high + 0.04 * (high - low)]},
    }


def _blocks(rows: pd.DataFrame, limits: Sequence[float], chosen: int | None, *, summed: str, told: bool) -> Item:
    value, low, high = (rows[name].to_numpy(np.float64) for name in ("x", "low", "high"))
    t = rows["timestep"].to_numpy()
    crosses = np.any([(high >= limit) & (low < limit) for limit in limits], axis=0) if limits else t < 0
    words = "timestep %{x}: value %{customdata[1]:.3f}" + (f", {summed} %{{customdata[2]:.3f}}" if summed else "")
    return {
        "type": "bar",
        "name": "values",
        "x": t,
        "y": value.round(4),
        "base": low.round(4) if limits else np.zeros(len(rows)),
        "width": 0.92,
        "customdata": np.column_stack([t, value, high]).round(4),
        "marker": {
            "color": np.where(crosses & told, DARK_BLOCK, BLOCK),
            "line": {"color": INK, "width": np.where(t == chosen, 3, 0)},
        },
        "hovertemplate": words + "<extra></extra>",
        "showlegend": False,
    }


def names_fit(names: Sequence[str], timesteps: int) -> bool:
    """Whether the names of all labels stand in their squares, in place of their numbers."""
    return timesteps <= NAMED_UP_TO and 0 < max(map(len, names), default=0) <= SQUARE_FITS


def words_fit(words: Sequence[str], timesteps: int) -> bool:
    """Whether there is a word for each timestep, and room for it."""
    return 0 < len(words) == timesteps <= NAMED_UP_TO


def shortened(word: str) -> str:
    """A person's word as a figure writes it: no longer than there is room for, and as it is."""
    return html.escape(word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…", quote=False)


def _squares(rows: pd.DataFrame, column: str, level: float, *, classes: int, names: Sequence[str], yaxis: str) -> Item:
    """A square for each label of a column. names: of the labels, where they `names_fit`"""
    labels = rows[column].to_numpy().round().astype(int)
    shades = np.array(class_shades(classes))
    named = names_fit(names, len(rows))
    digits = len(rows) <= DIGITS_UP_TO or named
    texts = [html.escape(names[label], quote=False) for label in labels] if named else labels.astype(str)
    return {
        "type": "bar",
        "name": column,
        **canvas.column(column, "customdata"),
        "x": rows["timestep"].to_numpy(),
        "y": np.full(len(rows), 0.88),
        "base": level,
        "width": 0.92,
        "marker": {
            "color": shades[labels],
            "line": {"color": EDGE, "width": 1 if len(rows) <= WIDE_UP_TO else 0},
        },
        "text": texts if digits else None,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": -90 if named else 0,
        "textfont": {"size": canvas.TEXT if named else 15, "color": np.where(2 * labels >= classes, ZERO, ONE)},
        "cliponaxis": False,
        "constraintext": "none",
        "customdata": labels,
        "hovertemplate": f"timestep %{{x}}: {column} %{{customdata}}<extra></extra>",
        "showlegend": False,
        "yaxis": yaxis,
    }


def _columns(name: str, first: float, last: float, **more: Any) -> Item:
    """A rectangle through all panels, from one x to another."""
    return {
        "type": "rect",
        "name": name,
        "xref": "x",
        "yref": "paper",
        "x0": first,
        "x1": last,
        "y0": -0.005,
        "y1": 1.005,
        **more,
    }


def _wrong_columns(rows: pd.DataFrame, classes: int) -> list[Item]:
    return [
        _columns("wrong", t - 0.5, t + 0.5, line={"color": WRONG, "width": 2}, layer="above")
        for t in rows.loc[~is_right(rows, classes), "timestep"]
    ]


def _side(text: str, short: str, y: float, **more: Any) -> Item:
    return canvas.note(text, 1, y, name=short, xanchor="left", xshift=8, align="left", **more)


def _limit_notes(limits: Sequence[float], height: float) -> list[Item]:
    """What stands at the right end of each limit. height: of the panel, in its own unit"""
    if len(limits) == 1:
        return [_side(f"limit {limits[0]:.4g}", f"{limits[0]:.4g}", limits[0], yref="y")]
    placed = canvas.spread(list(limits), apart=height * canvas.APART / 150, low=0, high=height)
    return [_side(f"{limit:.3g}", f"{limit:.3g}", y, yref="y") for limit, y in zip(limits, placed, strict=True)]


def _standing(table: pd.DataFrame, stacked: bool, from_end: bool) -> pd.DataFrame:
    """The rows in order, with low and high: where each value's block begins and ends."""
    rows = table.sort_values("timestep")
    if not stacked:
        return rows.assign(low=rows["x"].clip(upper=0.0), high=rows["x"].clip(lower=0.0))
    high = rows["x"][::-1].cumsum()[::-1] if from_end else rows["x"].cumsum()
    return rows.assign(low=high - rows["x"], high=high)


def _blank(squares: Item) -> Item:
    """The squares without their labels, so that what they stand under keeps its place."""
    places = {key: squares[key] for key in ("type", "x", "y", "base", "width", "cliponaxis", "showlegend", "yaxis")}
    return {**places, "marker": {**squares["marker"], "color": ZERO}, "hoverinfo": "skip"}


def _upright(words: Sequence[str], timesteps: Sequence[int]) -> list[Item]:
    """The word of each timestep, in the uppermost panel."""
    place: Item = {"xref": "x", "yref": "y", "yanchor": "bottom", "textangle": -90}
    return [canvas.note(f"<b>{shortened(word)}</b>", t, 0, **place) for word, t in zip(words, timesteps, strict=True)]


def _shares(classes: int, *, with_model: bool, worded: bool, named: bool) -> list[float]:
    """How high the panels are: values or words, answers, and labels, by their numbers or names."""
    shares = [0.4, 0.6] if classes == 0 else [0.44, 0.34, 0.22] if with_model else [0.8, 0.2]
    return [0.25, *shares[1:-1], 0.42 if named else shares[-1]] if worded else shares


class _Padding(NamedTuple):
    """What follows a sequence's last timestep. last: that is drawn; ticks: the last one that the axis names"""

    last: int
    ticks: int
    shape: Item
    note: Item


def _padding(real: int, timesteps: int, *, narrow: bool) -> _Padding | None:
    """Padding after timestep `real`, as wide as it is, or as a narrow strip that says how much it is; None if none."""
    count = timesteps - real
    if count <= 0:
        return None
    last = real + max(1, min(count, round(real / 6))) if narrow else timesteps
    text = f"padding, {count} timestep{'s' if count > 1 else ''}" if narrow else "padding"
    place: Item = {"xref": "x", "yanchor": "top", "textangle": -90}
    return _Padding(
        last,
        real if narrow else last,
        _columns("padding", real + 0.5, last + 0.5, fillcolor=SHADE, line={"width": 0}, layer="below"),
        canvas.note(text, (real + last + 1) / 2, 0.98, name=text, **place),
    )


def timeline(
    table: pd.DataFrame,
    limits: float | Sequence[float] | None,
    color: str = BLOCK,
    *,
    classes: int = 2,
    from_end: bool = False,
    timesteps: int | None = None,
    chosen: int | None = None,
    counted: bool = True,
    told: bool = True,
    words: Sequence[str] = (),
    names: Sequence[str] = (),
    height: int = 440,
) -> go.Figure:
    """The expected-against-predicted timeline of one sequence.

    table: timestep (from 1), x, expected and, with a model, probability and predicted, as in `answers`
    limits: what the running sum must reach for the label to turn; None draws the values side by side, not stacked
    color: the model's; classes: how many labels there are, 0 for a regression, whose answers are drawn as a curve
    from_end: whether the sum runs from the last timestep to the first
    timesteps: how many there are; those after the last of the table are padding, drawn as a narrow strip where words
    stand at the timesteps
    chosen: a timestep whose block is outlined
    counted: whether it is said how many labels are wrong
    told: whether the labels are, and which block makes them turn; else their squares are blank; without a model alone
    words: what stands at each timestep of the table in place of its value, where `words_fit`
    names: of the labels, in place of their numbers, where `names_fit`
    The blocks are the trace named "values"; their customdata begins with the timestep.
    """
    lines = (
        [limits] if isinstance(limits, (int, float)) else [float(limit) for limit in ([] if limits is None else limits)]
    )
    rows = _standing(table, bool(lines), from_end)
    first, last = int(rows["timestep"].min()), timesteps or int(rows["timestep"].max())
    worded = words_fit(words, len(rows))
    padding = _padding(int(rows["timestep"].max()), last, narrow=worded)
    last = padding.last if padding else last
    with_model = "probability" in rows
    shares = _shares(classes, with_model=with_model, worded=worded, named=names_fit(names, len(rows)))
    domains = canvas.panels(shares, gap=14, height=height, top=TOP, bottom=BOTTOM)
    summed = ("sum to come" if from_end else "running sum") if lines else ""
    traces = [_blocks(rows, lines, chosen, summed=summed, told=told)]
    notes: list[Item] = []
    lowest, highest = float(rows["low"].min()), max([*lines, float(rows["high"].max())])
    line: Item = {"type": "line", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "name": "threshold"}
    shapes = [{**line, "y0": y, "y1": y, "line": {"color": INK, "width": 2, "dash": "dash"}} for y in lines]
    notes += _limit_notes(lines, highest) if lines else []
    axes: Item = {
        "yaxis": canvas.axis(
            summed or "value", domain=domains[0], range=[1.04 * lowest, 1.04 * highest], nticks=5, tickformat="~g"
        )
    }
    if worded:
        traces[0]["visible"] = False
        axes["yaxis"] = canvas.bare_axis(domain=domains[0], range=[0, 1])
        notes += _upright(words, rows["timestep"].tolist())
    if classes == 0 or with_model:
        traces += wanted(rows, classes, yaxis="y2")
        shown = rows[["expected", *(["probability"] if with_model else [])]].to_numpy()
        title = "expected" if not with_model else answer_words(classes).replace(" of ", "<br>of ")
        axes["yaxis2"] = answer_axis(title, classes, (float(shown.min()), float(shown.max())), domain=domains[1])
    if with_model:
        traces += stems(rows, color, classes, yaxis="y2")
        text, short, wrong = verdict(rows, classes)
        shapes += _wrong_columns(rows, classes)
        font = {"size": canvas.TEXT + 2, "color": WRONG if wrong else INK}
        marked, short = (
            f"<b>{form.replace(' error ', ' error<br>')}</b>" for form in (text, short.replace(" ", "<br>"))
        )
        if counted:
            notes.append(_side(marked, short, sum(domains[-1]) / 2, font=font))
    if classes:
        axis = f"y{len(shares)}"
        of_rows = ["expected", "predicted"] if with_model else ["expected"]
        for level, name in enumerate(reversed(of_rows)):
            squares = _squares(rows, name, level + 0.06, classes=classes, names=names, yaxis=axis)
            traces.append(squares if told else _blank(squares))
        axes[f"yaxis{len(shares)}"] = canvas.axis(
            "",
            domain=domains[-1],
            range=[0, len(of_rows)],
            tickvals=[len(of_rows) - 0.5 - place for place in range(len(of_rows))],
            ticktext=of_rows,
            showgrid=False,
        )
    said = [spoken.timeline(rows, lines, summed, classes if told else 0)]
    if with_model and counted:
        right = is_right(rows, classes)
        said.append(spoken.answers("Answers", right, rows["timestep"].tolist()) if classes else f"Answers: {text}.")
    xaxis = canvas.timestep_axis(first, last, anchor=f"y{len(shares)}")
    if padding:
        shapes.append(padding.shape)
        notes.append(padding.note)
        xaxis["tickvals"] = [t for t in xaxis["tickvals"] if t <= padding.ticks]
    return canvas.figure(
        traces,
        height=height,
        margin=(LEFT, RIGHT, TOP, BOTTOM),
        narrow={"margin": {"r": 62, "l": 82}, **_narrow_axes(rows, last)},
        xaxis=xaxis,
        says=" ".join(said),
        shapes=shapes,
        annotations=notes,
        drag={"trace": 0, "stacked": bool(lines), "from_end": from_end, "chosen": chosen},
        **axes,
    )
