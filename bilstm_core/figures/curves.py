"""Loss curves: each run smoothed first, then the median and the 10 to 90 % band over seeds."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.palette import INK, PAPER, QUIET, Style, faint
from bilstm_core.thinning import lows_and_highs

MAX_POINTS = 1_000
APART = 16.0  # px between the labels at the lines' ends
COIN_TOSS = math.log(2)
TUTORIAL = "the tutorial stops here"
FRAMES = 60
TOP, BOTTOM, LEFT = 30, 58, 62

X = Literal["sequences_seen", "updates"]
_WORDS: dict[str, tuple[str, str]] = {
    "sequences_seen": ("sequences seen", "sequence"),
    "updates": ("weight updates", "weight update"),
}


class Floor(NamedTuple):
    """A quiet dashed line at a loss (nats per label), such as the best that is possible."""

    label: str
    value: float
    style: Style


def _trailing_mean(run: pd.DataFrame, window: int) -> npt.NDArray[np.float64]:
    seen = run["sequences_seen"].to_numpy(np.float64)
    weights = np.diff(seen, prepend=0.0)
    first = np.searchsorted(seen, seen - window, side="right")
    loss = run["mean"].fillna(run["loss"]) if "mean" in run else run["loss"]
    sums = np.concatenate([[0.0], np.cumsum(loss.to_numpy(np.float64) * weights)])
    counts = np.concatenate([[0.0], np.cumsum(weights)])
    last = np.arange(1, len(seen) + 1)
    means: npt.NDArray[np.float64] = (sums[last] - sums[first]) / (counts[last] - counts[first])
    return means


def _quantiles(values: npt.NDArray[np.float64], shares: Sequence[float]) -> list[npt.NDArray[np.float64]]:
    """Quantiles along the last axis, missing values left out; numpy.nanquantile is a hundred times slower."""
    ranked = np.sort(values, axis=-1)
    rows = np.arange(len(ranked))
    last = (~np.isnan(ranked)).sum(axis=-1) - 1
    found = []
    for share in shares:
        place = last * share
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, last)
        found.append(ranked[rows, below] + (place - below) * (ranked[rows, above] - ranked[rows, below]))
    return found


def smooth_and_band(frame: pd.DataFrame, window: int = 25) -> pd.DataFrame:
    """Every run's trailing mean over its last `window` sequences, then quantiles over the seeds.

    frame: label, seed, sequences_seen, loss (nats per label) and perhaps updates and mean; a row a point, any order
    Returns label, sequences_seen, updates where it came, median, low (10 %), high (90 %), seeds (how many).
    A row stands for the sequences since the row before it, by its mean where there is one and else by its loss, and
    counts by their number. Where seeds have different rows, each is drawn straight from row to row.
    """
    parts = []
    for label, runs in frame.groupby("label", sort=False):
        smoothed = {}
        for seed, run in runs.groupby("seed", sort=False):
            ordered = run.sort_values("sequences_seen")
            smoothed[seed] = pd.Series(_trailing_mean(ordered, window), index=ordered["sequences_seen"].to_numpy())
        wide = pd.DataFrame(smoothed).sort_index().interpolate(method="index", limit_area="inside")
        low, median, high = _quantiles(wide.to_numpy(), (0.1, 0.5, 0.9))
        part = pd.DataFrame(
            {
                "label": label,
                "sequences_seen": wide.index.to_numpy(),
                "median": median,
                "low": low,
                "high": high,
                "seeds": wide.notna().sum(axis=1).to_numpy(),
            }
        )
        if "updates" in runs:
            updates = runs.drop_duplicates("sequences_seen").set_index("sequences_seen")["updates"]
            part["updates"] = updates.reindex(wide.index).to_numpy()
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=["label", "sequences_seen", "median", "low", "high", "seeds"])
    return pd.concat(parts, ignore_index=True)


def thin(
    x: npt.NDArray[Any], y: npt.NDArray[Any], *, log_x: bool = False, points: int = MAX_POINTS
) -> npt.NDArray[np.intp]:
    """Indices of at most `points` points that keep the first, the last, and the lows and highs between.

    x: ascending. The points are spread evenly over the axis as it is displayed.
    """
    if len(x) <= points:
        return np.arange(len(x))
    along = np.log(np.maximum(x, 1)) if log_x else np.asarray(x, dtype=np.float64)
    buckets = (points - 2) // 2
    bucket = np.minimum(((along - along[0]) / (along[-1] - along[0]) * buckets).astype(np.int64), buckets - 1)
    return lows_and_highs(bucket, y, ends=True)


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


def plot(
    frame: pd.DataFrame,
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
    each_run: bool = False,
) -> Plot:
    """The parts of `loss_curves`, which see."""
    shown = frame[frame["label"].isin(list(styles))]
    banded = smooth_and_band(shown, window)
    tables = {label: banded[banded["label"] == label] for label in styles}
    tables = {label: table for label, table in tables.items() if len(table)}
    total = max((float(table[x].max()) for table in tables.values()), default=1.0)
    high = float(x_max or max(total, 2.0))
    low = (10.0 if high >= 1_000 else 1.0) if log_x else 0.0
    alone = len(tables) == 1 and int(banded["seeds"].max()) == 1
    traces: list[Item] = []
    if alone:
        raw = shown.sort_values("sequences_seen")
        kept = thin(raw[x].to_numpy(), raw["loss"].to_numpy(), log_x=log_x)
        traces.append(_dots(raw.iloc[kept], x, styles[next(iter(tables))]))
    for label, table in tables.items():
        kept = thin(table[x].to_numpy(), table["median"].to_numpy(), log_x=log_x)
        drawn = table.iloc[kept]
        if int(table["seeds"].max()) > 1 and each_run:
            traces.append(_runs(shown[shown["label"] == label], window, x, styles[label], log_x))
        elif int(table["seeds"].max()) > 1:
            traces.append(_band(drawn, x, styles[label]))
        traces.append(_line(label, drawn, x, styles[label]))
    words, _ = _WORDS[x]
    title = f"{words} (loss is the mean of the last {window})" if window > 1 else words
    span = [math.log10(low), math.log10(high)] if log_x else [low, high]
    shapes, notes = _guides(floors, coin_toss, mark if mark and low < mark < high else None, y_max)
    return Plot(
        traces=traces,
        tables=tables,
        styles=styles,
        x=x,
        log_x=log_x,
        span=(low, high),
        total=total,
        y_max=y_max,
        xaxis=canvas.axis(title, type="log" if log_x else "linear", range=span, showgrid=False, **_ticks(log_x)),
        yaxis=canvas.axis("loss (nats per label)", range=[0, y_max], tickformat=".1f", nticks=6),
        shapes=shapes,
        notes=[
            *notes,
            *([_mark_note(mark, span, log_x)] if mark and low < mark < high else []),
        ],
        alone=alone,
    )


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
        "name": "10 to 90 % of starts",
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
    points = max(50, 4 * MAX_POINTS // runs["seed"].nunique())
    for _, run in runs.groupby("seed", sort=False):
        ordered = run.sort_values("sequences_seen")
        along, loss = ordered[x].to_numpy(np.float64), _trailing_mean(ordered, window)
        kept = thin(along, loss, log_x=log_x, points=min(points, MAX_POINTS))
        xs += [along[kept], np.array([np.nan])]
        ys += [loss[kept].round(4), np.array([np.nan])]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "each start",
        "x": np.concatenate(xs),
        "y": np.concatenate(ys),
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


def _guides(
    floors: Sequence[Floor], coin_toss: float | None, mark: float | None, y_max: float
) -> tuple[list[Item], list[Item]]:
    level = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    shapes: list[Item] = []
    notes: list[Item] = []
    if coin_toss is not None:
        shapes.append({**level, "y0": coin_toss, "y1": coin_toss, "line": {"color": QUIET, "width": 2, "dash": "dot"}})
        notes.append(_level_note(f"coin toss {coin_toss:.2f}", coin_toss, QUIET))
    placed = canvas.spread([floor.value for floor in floors], apart=y_max * APART / 260, low=0, high=y_max)
    for floor, place in zip(floors, placed, strict=True):
        line = {"color": floor.style.color, "width": 2, "dash": "dash"}
        shapes.append({**level, "y0": floor.value, "y1": floor.value, "line": line, "opacity": 0.7})
        if floor.value <= y_max:
            notes.append(_level_note(f"{floor.label} {floor.value:.3f}", place, floor.style.color, left=True))
    if mark is not None:
        upright = {"type": "line", "xref": "x", "yref": "y domain", "y0": 0, "y1": 1, "layer": "below"}
        shapes.append({**upright, "x0": mark, "x1": mark, "line": {"color": INK, "width": 2, "dash": "dot"}})
    return shapes, notes


def _level_note(text: str, value: float, colour: str, *, left: bool = False) -> Item:
    font = {"size": canvas.TEXT, "color": colour}
    place: Item = {"xref": "x domain", "yref": "y", "yanchor": "bottom", "font": font}
    if left:
        return canvas.note(text, 0.005, value, xanchor="left", bgcolor=PAPER, borderpad=0, yshift=2, **place)
    return canvas.note(text, 0.995, value, xanchor="right", **place)


def _mark_note(mark: float, span: Sequence[float], log_x: bool) -> Item:
    x = math.log10(mark) if log_x else mark
    right = x > (span[0] + span[1]) / 2
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


def end_labels(drawn: Plot, cursor: float, plot_height: float) -> list[Item]:
    """A note per curve with its value at `cursor`, standing right of the cursor, APART px from the others.

    A note's `name` is its short text, for narrow screens. plot_height: px
    """
    last: dict[str, float] = {}
    for label, table in drawn.tables.items():
        reached = int(np.searchsorted(table[drawn.x].to_numpy(), cursor, side="right"))
        if reached:
            last[label] = float(table["median"].iloc[reached - 1])
    scale = plot_height / drawn.y_max
    heights = [min(value, drawn.y_max) * scale for value in last.values()]
    placed = dict(zip(last, canvas.spread(heights, apart=APART, low=8, high=plot_height - 8), strict=True))
    share = min(1.0, drawn.along(max(cursor, drawn.span[0])))
    notes = []
    for label in drawn.tables:
        known = label in last
        value = f"{last[label]:.3f}" if known else ""
        colour = drawn.styles[label].color
        notes.append(
            canvas.note(
                f"<b>{label} {value}</b>" if known else "",
                share,
                placed.get(label, 0.0) / scale,
                xref="x domain",
                yref="y",
                xanchor="left",
                xshift=6,
                name=f"<b>{value}</b>",
                font={"size": canvas.TEXT, "color": colour},
            )
        )
    return notes


def curtain(drawn: Plot, cursor: float) -> list[Item]:
    """What hides the part of the curves right of the cursor, and the cursor itself."""
    share = min(1.0, max(0.0, drawn.along(max(cursor, drawn.span[0]))))
    box = {"xref": "x domain", "yref": "y domain", "y0": 0, "y1": 1, "layer": "above"}
    line = {"line": {"color": INK, "width": 2}, "opacity": 0 if share >= 1 else 1}
    return [
        {**box, "type": "rect", "x0": share, "x1": 1, "fillcolor": PAPER, "opacity": 0.85, "line": {"width": 0}},
        {**box, "type": "line", "x0": share, "x1": share, **line},
    ]


def cursors(drawn: Plot) -> list[float]:
    """About 60 whole x, spread evenly over the axis as displayed, from the untrained model to the last update."""
    share = min(1.0, drawn.along(drawn.total))
    inner = [round(drawn.at(share * step / FRAMES)) for step in range(FRAMES)]
    return [0, *sorted({value for value in inner if 0 < value < drawn.total}), drawn.total]


def frame_name(drawn: Plot, cursor: float) -> str:
    """What the scrubber says at a cursor."""
    return f"{_WORDS[drawn.x][1]} {round(cursor):,} of {round(drawn.total):,}"


def side_margin(drawn: Plot) -> int:
    """Room for the labels at the lines' ends, px."""
    longest = max((len(label) + 6 for label in drawn.tables), default=6)
    return min(260, 20 + round(8.4 * longest))


def narrow_layout(drawn: Plot) -> Item:
    """On a narrow screen: values at the lines' ends, names in a legend above, a title in two lines."""
    title = drawn.xaxis["title"]["text"].replace(" (", "<br>(")
    marked = any(note["text"] == TUTORIAL for note in drawn.notes)
    return {
        **canvas.narrow_legend(len(drawn.tables), top=TOP, right=58, y=1.07 if marked else 1.0, b=BOTTOM + 18, l=54),
        "xaxis": {"title": {"text": title}, "nticks": 4},
    }


def loss_curves(
    frame: pd.DataFrame,
    styles: Mapping[str, Style],
    *,
    window: int = 25,
    x: X = "sequences_seen",
    log_x: bool = False,
    mark: float | None = None,
    x_max: float | None = None,
    y_max: float = 0.75,
    coin_toss: float | None = COIN_TOSS,
    floors: Sequence[Floor] = (),
    height: int = 440,
    each_run: bool = False,
    replay: bool = False,
) -> go.Figure:
    """One curve per label of `styles`; with several seeds the median and the 10 to 90 % band.

    frame: label, seed, sequences_seen, loss (nats per label), and updates where x asks for it
    window: sequences of the trailing mean; mark: x at which the tutorial stops; x_max: where the axis ends, so
    that a run that is still going keeps its axis; each_run: draw every run thinly in place of the band;
    replay: add frames that uncover the curves
    """
    drawn = plot(
        frame, styles, window=window, x=x, log_x=log_x, mark=mark, x_max=x_max, y_max=y_max,
        coin_toss=coin_toss, floors=floors, each_run=each_run,
    )  # fmt: skip
    area = height - TOP - BOTTOM

    def moment(cursor: float) -> Item:
        return {
            "shapes": [*drawn.shapes, *(curtain(drawn, cursor) if replay else [])],
            "annotations": [*drawn.notes, *end_labels(drawn, cursor, area)],
        }

    final = moment(drawn.total)
    frames = [
        {
            "name": frame_name(drawn, at),
            "layout": {part: canvas.changes(items, final[part]) for part, items in moment(at).items()},
        }
        for at in (cursors(drawn) if replay else [])
    ]
    return canvas.figure(
        drawn.traces,
        height=height,
        margin=(LEFT, side_margin(drawn), TOP, BOTTOM),
        narrow=narrow_layout(drawn),
        frames=frames,
        hovermode="x unified",
        xaxis=drawn.xaxis,
        yaxis=drawn.yaxis,
        **final,
    )
