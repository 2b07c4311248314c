"""The parts of a loss plot: curves, bands, guides and axes, before they become a figure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.figures import canvas, spoken
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.smoothing import MAX_POINTS, smooth_and_band, thin, trailing_mean
from bilstm_core.palette import INK, PAPER, QUIET, Style, faint

COIN_TOSS = math.log(2)
LOSS = "loss (nats per label)"
TUTORIAL = "the tutorial stops here"
HALO = ", ".join([f"0 0 2px {PAPER}"] * 3)  # sets a text off from a curve behind it, and cuts no hole in the curve

MARK_LEFT = 0.4  # of the axis: further right the note of a mark would leave a narrow screen's plot
NOTE = 19.0  # px that a line of text takes

X = Literal["sequences_seen", "updates"]
LONG = 1_000  # sequences or updates: a longer training is a stroke at the left of an even axis
WORDS: dict[str, tuple[str, str]] = {
    "sequences_seen": ("sequences seen", "sequence"),
    "updates": ("weight updates", "weight update"),
}


class Floor(NamedTuple):
    """A quiet dashed line at a loss (nats per label), such as the best that is possible.

    label: on a narrow screen only what comes before its first comma is written
    """

    label: str
    value: float
    style: Style


class Plot(NamedTuple):
    """A loss plot before it becomes a figure: what it draws, and what its replay needs.

    tables: label -> banded points; span: lowest and highest x shown; total: x at the end of the training
    """

    traces: list[Item]
    tables: dict[str, pd.DataFrame]
    styles: Mapping[str, Style]
    x: X
    log_x: bool
    span: tuple[float, float]
    total: float
    y_max: float
    xaxis: Item
    yaxis: Item
    shapes: list[Item]
    notes: list[Item]
    alone: bool
    window: int
    dots: int
    says: str

    def along(self, x: float) -> float:
        """Where x lies on the axis as displayed, 0 at its left end and 1 at its right."""
        if self.log_x:
            low, high, x = (math.log(max(v, 1e-9)) for v in (*self.span, x))
        else:
            low, high = self.span
        return (x - low) / (high - low)

    def at(self, share: float) -> float:
        """The x at a share of the displayed axis."""
        low, high = self.span
        return float(low * (high / low) ** share) if self.log_x else low + share * (high - low)


def loss_title(loss: str, window: int) -> str:
    """What a curve of training losses is over, with their unit. loss: its name; window: epochs of its trailing mean"""
    return f"training {loss}" + (f",<br>mean of the last {window}" if window > 1 else "")


def plot(
    table: pd.DataFrame,
    styles: Mapping[str, Style],
    *,
    window: int,
    x: X,
    log_x: bool,
    mark: float | None,
    x_max: float | None,
    y_max: float,
    coin_toss: float | None,
    floors: Sequence[Floor],
    area: float,
    each_run: bool = False,
    loss: str = LOSS,
    dots: int = MAX_POINTS,
    growing: Mapping[str, int] | None = None,
) -> Plot:
    """The parts of `curves.loss_curves`, which see. area: px of the curves' own panel"""
    growing = growing or {}
    shown = table[table["label"].isin(set(styles) - set(growing))]
    banded = smooth_and_band(shown, window)
    lines = {label: banded[banded["label"] == label] for label in styles}
    starts = dict(growing) | {label: int(line["seeds"].max()) for label, line in lines.items() if len(line)}
    lines = {label: line if len(line) else _nothing() for label, line in lines.items() if label in starts}
    total = max((float(line[x].max()) for line in lines.values() if len(line)), default=1.0)
    high = float(x_max or max(total, 2.0))
    low = (10.0 if high >= 1_000 else 1.0) if log_x else 0.0
    alone = [starts[label] for label in lines] == [1]
    traces: list[Item] = []
    if alone:
        raw = shown.dropna(subset="loss").sort_values("sequences_seen")
        places = thin(raw[x].to_numpy(), raw["loss"].to_numpy(), log_x=log_x, points=dots)
        label = next(iter(lines))
        traces.append(_part(label, "dots", _dots(raw.iloc[places], x, styles[label])))
    for label, line in lines.items():
        places = thin(line[x].to_numpy(), line["median"].to_numpy(), log_x=log_x)
        drawn = line.iloc[places]
        if starts[label] > 1 and each_run:
            traces.append(_part(label, "runs", _runs(shown[shown["label"] == label], window, x, styles[label], log_x)))
        elif starts[label] > 1:
            traces.append(_part(label, "band", _band(drawn, x, styles[label])))
        traces.append(_part(label, "line", _line(label, drawn, x, styles[label])))
    words, _ = WORDS[x]
    title = loss_title(loss, window)
    span = [math.log10(low), math.log10(high)] if log_x else [low, high]
    shapes, notes = _guides(floors, coin_toss, mark if mark and low < mark < high else None, y_max, area)
    return Plot(
        traces=traces,
        tables=lines,
        styles=styles,
        x=x,
        log_x=log_x,
        span=(low, high),
        total=total,
        y_max=y_max,
        xaxis=canvas.axis(words, type="log" if log_x else "linear", range=span, showgrid=False, **_ticks(log_x)),
        yaxis=canvas.axis(title, range=[0, y_max], tickformat=".1f", nticks=6),
        shapes=shapes,
        notes=[
            *notes,
            *([_mark_note(mark, span, log_x)] if mark and low < mark < high else []),
        ],
        alone=alone,
        window=window,
        dots=dots,
        says=spoken.loss_curves(
            {label: (line[x].iloc[-1], line["median"].iloc[-1]) for label, line in lines.items() if len(line)},
            WORDS[x][1],
            {floor.label: floor.value for floor in floors},
        ),
    )


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({part: np.empty(0) for part in ("sequences_seen", "updates", "median", "low", "high")})


def _part(label: str, part: str, trace: Item) -> Item:
    """The trace, which says what it is of its label: the page fills in those that grow."""
    return {**trace, "meta": {"label": label, "part": part}}


def _ticks(log_x: bool) -> Item:
    return {"dtick": 1, "tickformat": ",d"} if log_x else {"nticks": 6, "tickformat": ",d"}


def _dots(raw: pd.DataFrame, x: X, style: Style) -> Item:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "each sequence",
        "x": raw[x].to_numpy(),
        "y": raw["loss"].to_numpy(np.float64).round(4),
        "marker": {"size": 4, "color": faint(style.color, 0.35)},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _band(table: pd.DataFrame, x: X, style: Style) -> Item:
    along = table[x].to_numpy()
    edges = np.concatenate([table["high"].to_numpy(), table["low"].to_numpy()[::-1]])
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "10 to 90% of starts",
        "x": np.concatenate([along, along[::-1]]),
        "y": edges.round(4),
        "fill": "toself",
        "fillcolor": faint(style.color, 0.18),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _runs(runs: pd.DataFrame, window: int, x: X, style: Style, log_x: bool) -> Item:
    xs: list[npt.NDArray[Any]] = []
    ys: list[npt.NDArray[Any]] = []
    points = max(50, 4 * MAX_POINTS // max(1, runs["seed"].nunique()))
    for _, run in runs.groupby("seed", sort=False):
        ordered = run.sort_values("sequences_seen")
        along, loss = ordered[x].to_numpy(np.float64), trailing_mean(ordered, window)
        places = thin(along, loss, log_x=log_x, points=min(points, MAX_POINTS))
        xs += [along[places], np.array([np.nan])]
        ys += [loss[places].round(4), np.array([np.nan])]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "each start",
        "x": np.concatenate(xs or [np.empty(0)]),
        "y": np.concatenate(ys or [np.empty(0)]),
        "line": {"color": faint(style.color, 0.4), "width": 1.5},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _line(label: str, table: pd.DataFrame, x: X, style: Style) -> Item:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "x": table[x].to_numpy(),
        "y": table["median"].to_numpy().round(4),
        "line": style._asdict(),
        "hovertemplate": f"{label}: %{{y:.3f}}<extra></extra>",
    }


def clear_of_lines(values: Sequence[float], *, tall: float, high: float) -> list[float]:
    """Where texts over lines at these values stand, so that none is struck through by another's line, at most `high`.

    tall: of a text, in the unit of the values
    """
    order = sorted(range(len(values)), key=lambda index: values[index])
    placed = list(values)
    lowest = 0.0
    for index in order:
        place = max(lowest, values[index])
        for line in sorted(values):
            if place < line < place + tall:
                place = line
        placed[index] = place
        lowest = place + tall
    for index in reversed(order):
        placed[index] = min(placed[index], high)
        high = placed[index] - tall
    return placed


def _guides(
    floors: Sequence[Floor], coin_toss: float | None, mark: float | None, y_max: float, area: float
) -> tuple[list[Item], list[Item]]:
    level = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    shapes: list[Item] = []
    notes: list[Item] = []
    if coin_toss is not None:
        shapes.append({**level, "y0": coin_toss, "y1": coin_toss, "line": {"color": QUIET, "width": 2, "dash": "dot"}})
        guess = "coin toss" if coin_toss == COIN_TOSS else f"guess among {math.exp(coin_toss):.0f}"
        notes.append(_level_note(f"{guess} {coin_toss:.2f}", coin_toss, QUIET))
    scale = y_max / area
    placed = clear_of_lines([floor.value for floor in floors], tall=NOTE * scale, high=y_max - NOTE * scale)
    for floor, place in zip(floors, placed, strict=True):
        line = {"color": floor.style.color, "width": 2, "dash": "dash"}
        shapes.append({**level, "y0": floor.value, "y1": floor.value, "line": line})
        if floor.value <= y_max:
            value = f"{floor.value:.3f}"
            short = f"{floor.label.split(',')[0].removesuffix(' possible')} {value}"
            notes.append(_level_note(f"{floor.label} {value}", place, floor.style.color, left=True, name=short))
    if mark is not None:
        upright = {"type": "line", "xref": "x", "yref": "y domain", "y0": 0, "y1": 1, "layer": "below"}
        shapes.append({**upright, "x0": mark, "x1": mark, "line": {"color": INK, "width": 2, "dash": "dot"}})
    return shapes, notes


def _level_note(text: str, value: float, colour: str, *, left: bool = False, **more: str) -> Item:
    font = {"size": canvas.TEXT, "color": colour, "shadow": HALO}
    place: Item = {"xref": "x domain", "yref": "y", "yanchor": "bottom", "font": font, **more}
    if left:
        return canvas.note(text, 0.005, value, xanchor="left", borderpad=0, yshift=2, **place)
    return canvas.note(text, 0.995, value, xanchor="right", **place)


def _mark_note(mark: float, span: Sequence[float], log_x: bool) -> Item:
    x = math.log10(mark) if log_x else mark
    right = x > span[0] + MARK_LEFT * (span[1] - span[0])
    return canvas.note(
        TUTORIAL,
        x,
        1,
        xref="x",
        yref="y domain",
        xanchor="right" if right else "left",
        yanchor="bottom",
        xshift=-4 if right else -2,
    )
