"""Loss curves, and how they are uncovered by a cursor."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import canvas
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.loss_plot import COIN_TOSS, LOSS, TUTORIAL, WORDS, Floor, Plot, X, plot
from bilstm_core.figures.smoothing import MAX_POINTS
from bilstm_core.palette import INK, PAPER, QUIET, Style

FRAMES = 60
LONGEST = 24  # letters of a name at a line's end
DASHED = "┅ "  # before what stands at the end of a dashed line, where a line of its color is not
TOP, BOTTOM, LEFT = 46, 58, 80  # px; at the top stand a note, and above it how far a training is
MARK, MARK_AT = 9, 4  # px: as wide is the mark of a loss on other sequences, as far right of the curves it begins
BESIDE = 5  # px from a mark to one as high that would lie under it
MARKED = MARK_AT + MARK + 2 * BESIDE  # px that marks take, three of them side by side
NARROW_TOP, ALONE_TOP = 8, 38  # on a narrow screen that stands above the figure; above a line without a legend


def end_labels(drawn: Plot, cursor: float, plot_height: float, ends: Mapping[str, float] | None = None) -> list[Item]:
    """A note per curve with its value at `cursor`, standing right of the cursor, canvas.APART px from the others.

    A note's `name` is its short text, for narrow screens. plot_height: px
    ends: by label, what stands in place of the curve's own value, at its own mark, and only at the curve's end
    """
    last: dict[str, float] = {}
    for label, table in drawn.tables.items():
        reached = int(np.searchsorted(table[drawn.x].to_numpy(), cursor, side="right"))
        if reached:
            last[label] = float(table["median"].iloc[reached - 1])
    scale, beside = plot_height / drawn.y_max, (ends or {}) if cursor >= drawn.total else {}
    heights = [min(beside.get(label, value), drawn.y_max) * scale for label, value in last.items()]
    placed = dict(zip(last, canvas.spread(heights, apart=canvas.APART, low=8, high=plot_height - 8), strict=True))
    share = min(1.0, drawn.along(max(cursor, drawn.span[0])))
    notes = []
    for label in drawn.tables:
        known = label in last
        own = last.get(label) if ends is None else ends.get(label) if cursor >= drawn.total else None
        value = "" if own is None or not known else f"{own:.3f}"
        colour, dashed = drawn.styles[label].color, DASHED if is_told_by_dashes(drawn, label) else ""
        notes.append(
            canvas.note(
                f"<b>{dashed}{short(label)} {value}".rstrip() + "</b>" if known else "",
                share,
                placed.get(label, 0.0) / scale,
                xref="x domain",
                yref="y",
                xanchor="left",
                yanchor="middle",
                xshift=MARKED + 3 if ends else 6,
                name=f"<b>{dashed}{value}</b>" if value else " ",  # a legend names the line there
                font={"size": canvas.TEXT, "color": colour},
            )
        )
    return notes


def end_marks(drawn: Plot, ends: Mapping[str, float], plot_height: float) -> list[Item]:
    """A dot for each loss on other sequences than those that are trained on, right of the curves: it is none of theirs.

    ends: by label; plot_height: px
    """
    known = {label: value for label, value in ends.items() if label in drawn.tables and value <= drawn.y_max}
    heights = {label: value * plot_height / drawn.y_max for label, value in known.items()}
    ranked = sorted(known, key=heights.__getitem__, reverse=True)
    moved = dict.fromkeys(ranked, 0)
    for above, label in pairwise(ranked):
        if heights[above] - heights[label] < MARK / 2:
            moved[label] = (moved[above] + BESIDE) % (3 * BESIDE)
    place = {"type": "circle", "xref": "paper", "yref": "y", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 1}
    size = {"y0": -MARK / 2, "y1": MARK / 2, "line": {"width": 0}}
    return [
        {
            **place,
            **size,
            "x0": MARK_AT + moved[label],
            "x1": MARK_AT + moved[label] + MARK,
            "yanchor": known[label],
            "fillcolor": drawn.styles[label].color,
            "name": f"{label} on others",
        }
        for label in ranked
    ]


def heading(drawing: str) -> Item:
    """What the numbers at the lines' ends are, above them.

    drawing: what the sequences are called that the loss is on; empty for the loss in training
    """
    marked = f"● loss, {drawing}<br>sequences", f"● {drawing}<br>loss"
    text, name = marked if drawing else ["training<br>loss"] * 2
    return canvas.note(
        text, 1, 1, name=name, xref="x domain", yref="y domain", xanchor="left", yanchor="bottom", xshift=6,
        align="left", font={"size": canvas.TEXT, "color": QUIET},
    )  # fmt: skip


def fillable(drawn: Plot, area: float, *, curtained: bool, numbered: bool = True) -> Item:
    """What the page needs to fill in the lines that grow, in ui/chart/growing.js: plain parts, JSON-ready.

    labels: in the order of their notes, with the end of each line that stands; area: px of the curves' panel;
    curtained: whether the last two shapes are those of `curtain`; numbered: whether values stand at the lines' ends
    """
    ends = {label: table.iloc[-1] for label, table in drawn.tables.items() if len(table)}
    return {
        "axis": {
            "x": drawn.x,
            "log_x": drawn.log_x,
            "span": list(drawn.span),
            "y_max": drawn.y_max,
            "area": area,
            "window": drawn.window,
            "dots": drawn.dots,
            "numbered": numbered,
        },
        "labels": [
            {
                "label": label,
                "short": short(label),
                "x": float(ends[label][drawn.x]) if label in ends else None,
                "y": float(ends[label]["median"]) if label in ends else None,
            }
            for label in drawn.tables
        ],
        "first_note": len(drawn.notes),
        "curtain": [len(drawn.shapes), len(drawn.shapes) + 1] if curtained else [],
    }


def curtain(drawn: Plot, cursor: float, *, thick: bool = False) -> list[Item]:
    """What hides the part of the curves right of the cursor, and the cursor itself. thick: it lets nothing through"""
    share = min(1.0, max(0.0, drawn.along(max(cursor, drawn.span[0]))))
    look = {"fillcolor": PAPER, "opacity": 1 if thick else 0.85, "line": {"width": 0}}
    box = {"xref": "x domain", "yref": "y domain", "y0": 0, "y1": 1, "layer": "above"}
    line = {"line": {"color": INK, "width": 2}, "opacity": 0 if share >= 1 else 1}
    return [
        {**box, "type": "rect", "x0": share, "x1": 1, **look},
        {**box, "type": "line", "x0": share, "x1": share, **line},
    ]


def cursors(drawn: Plot) -> list[float]:
    """About 60 whole x, spread evenly over the axis as displayed, from the untrained model to the last update."""
    share = min(1.0, drawn.along(drawn.total))
    inner = [round(drawn.at(share * step / FRAMES)) for step in range(FRAMES)]
    return [0, *sorted({value for value in inner if 0 < value < drawn.total}), drawn.total]


def frame_name(drawn: Plot, cursor: float) -> str:
    """What the scrubber says at a cursor."""
    return f"{WORDS[drawn.x][1]} {round(cursor):,} of {round(drawn.total):,}"


def frame_layouts(moments: Sequence[Item], final: Item) -> list[Item]:
    """The layouts of a replay's frames. moments, final: shapes and annotations, all of them at each moment"""
    parts = {part: canvas.changing([moment[part] for moment in moments], final[part]) for part in final}
    return [dict(zip(parts, items, strict=True)) for items in zip(*parts.values(), strict=True)]


def is_told_by_dashes(drawn: Plot, label: str) -> bool:
    """Whether a line is told from another of its color by its dashes alone."""
    own, others = drawn.styles[label], [style for other, style in drawn.styles.items() if other != label]
    return own.dash != "solid" and any(style.color == own.color and style.dash == "solid" for style in others)


def short(label: str) -> str:
    """A label as it stands in the figure: of a long one what its only comma is followed by, and else it is cut."""
    _, *others = label.split(", ")
    if len(label) > LONGEST and len(others) == 1 and len(others[0]) <= LONGEST:
        return others[0]
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"


def side_margin(drawn: Plot, *, marked: bool = False) -> int:
    """Room for the labels at the lines' ends, px; also for those of which nothing is known yet.

    marked: whether it is beside `end_marks`
    """
    marks = {label: len(DASHED) if is_told_by_dashes(drawn, label) else 0 for label in drawn.styles}
    longest = max((len(short(label)) + 6 + more for label, more in marks.items()), default=6)
    return 20 + round(8.4 * longest) + (MARKED if marked else 0)


def narrow_layout(drawn: Plot, area: float, *, marked: bool = False) -> Item:
    """On a narrow screen: values at the lines' ends, and names in a legend above.

    The legend begins left of the panel, which has no room for two names in a row.
    area: px between the figure's margins; marked: as of `side_margin`
    """
    dashed = any(is_told_by_dashes(drawn, label) for label in drawn.styles)
    lift = 24 if any(note["text"] == TUTORIAL for note in drawn.notes) else 0
    layout = canvas.narrow_legend(
        list(drawn.styles),
        top=(NARROW_TOP if len(drawn.styles) > 1 else ALONE_TOP) + lift,
        right=58 + (12 if marked else 0) + (18 if dashed else 0),
        y=1 + lift / area,
        b=BOTTOM,
        l=70,
    )
    layout["legend"]["x"] = -0.2
    return {**layout, "xaxis": {"nticks": 4}}


def loss_curves(
    table: pd.DataFrame,
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
    loss: str = LOSS,
    height: int = 440,
    each_run: bool = False,
    replay: bool = False,
    dots: int = MAX_POINTS,
    growing: Mapping[str, int] | None = None,
) -> go.Figure:
    """One curve per label of `styles`; with several seeds the median and the 10 to 90 % band.

    table: label, seed, sequences_seen, loss (nats per label), and updates where x asks for it
    window: sequences of the trailing mean; mark: x at which the tutorial stops; x_max: where the axis ends, so
    that a run that is still going keeps its axis; coin_toss: the loss of a guess among equally likely labels;
    loss: what the loss is, with its unit; each_run: draw every run thinly in place of the band;
    replay: add frames that uncover the curves; dots: at most so many of one run's own points;
    growing: labels whose lines the page fills in, and how many starts each has
    """
    area = height - TOP - BOTTOM
    drawn = plot(
        table, styles, window=window, x=x, log_x=log_x, mark=mark, x_max=x_max, y_max=y_max,
        coin_toss=coin_toss, floors=floors, each_run=each_run, loss=loss, dots=dots, growing=growing,
        area=area,
    )  # fmt: skip

    def moment(cursor: float) -> Item:
        return {
            "shapes": [*drawn.shapes, *(curtain(drawn, cursor) if replay else [])],
            "annotations": [*drawn.notes, *end_labels(drawn, cursor, area)],
        }

    final = moment(drawn.total)
    stops = cursors(drawn) if replay else []
    layouts = frame_layouts([moment(at) for at in stops], final)
    frames = [{"name": frame_name(drawn, at), "layout": layout} for at, layout in zip(stops, layouts, strict=True)]
    return canvas.figure(
        drawn.traces,
        height=height,
        margin=(LEFT, side_margin(drawn), TOP, BOTTOM),
        narrow=narrow_layout(drawn, area),
        frames=frames,
        growing=fillable(drawn, area, curtained=replay) if growing else None,
        says=drawn.says,
        hovermode="x unified",
        xaxis=drawn.xaxis,
        yaxis=drawn.yaxis,
        **final,
    )
