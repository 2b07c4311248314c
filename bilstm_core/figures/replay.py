"""Learning replayed: loss curves above, the probabilities on a probe sequence below, on one cursor."""

import bisect
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core.figures import answers, canvas, curves, spoken
from bilstm_core.figures.answers import Rows
from bilstm_core.figures.canvas import Item
from bilstm_core.figures.loss_plot import COIN_TOSS, LOSS, Floor, X, plot
from bilstm_core.figures.smoothing import MAX_POINTS
from bilstm_core.palette import INK, WRONG, Style

NAMED = len("bidirectional")  # letters of a name that what its stems are has room beside
ROW, ROW_GAP, CURVE_GAP, BOTTOM = 44, 26, 88, 50  # px


Taken = list[tuple[float, Rows]]  # snapshots of one model, by time


def _snapshots(probes: pd.DataFrame | None, x: X, labels: Sequence[str]) -> dict[str, Taken]:
    """What each model said of its probe at each snapshot."""
    if probes is None or probes.empty:
        return {}
    ordered = probes.sort_values([x, "timestep"])
    snapshots: dict[str, Taken] = {}
    for label in labels:
        table = ordered[ordered["label"] == label]
        columns = {name: table[name].to_numpy() for name in map(str, table)}
        if len(table):
            times, begins = np.unique(columns[x], return_index=True)
            ends = [*begins[1:], len(table)]
            snapshots[label] = [
                (float(time), {name: column[begin:end] for name, column in columns.items()})
                for time, begin, end in zip(times, begins, ends, strict=True)
            ]
    return snapshots


def _latest(taken: Taken, cursor: float) -> Rows:
    reached = bisect.bisect_right([at for at, _ in taken], cursor)
    return taken[max(0, reached - 1)][1]


def curve_and_timeline(
    table: pd.DataFrame,
    styles: Mapping[str, Style],
    probes: pd.DataFrame | None = None,
    *,
    window: int = 25,
    x: X = "sequences_seen",
    log_x: bool = False,
    mark: float | None = None,
    y_max: float = 0.75,
    coin_toss: float | None = COIN_TOSS,
    floors: Sequence[Floor] = (),
    loss: str = LOSS,
    classes: int = 2,
    curve_height: int = 300,
    each_run: bool = False,
    x_max: float | None = None,
    dots: int = MAX_POINTS,
    counted: bool = True,
    replay: bool = True,
    growing: Mapping[str, int] | None = None,
    ends: Mapping[str, float] | None = None,
    drawing: str = "fresh",
) -> go.Figure:
    """Loss curves with a row of probabilities for each model under them, and frames that move both together.

    table: as in `curves.loss_curves`
    probes: label, sequences_seen (0 is untrained; or updates, where x is that) and the columns of `answers`; one probe
    sequence at every snapshot. Rows are drawn for the labels that occur; without probabilities, what is expected.
    loss: what the loss is, with its unit; classes: as in `answers`
    curve_height: px of the curves' own panel; the figure grows with the number of rows
    each_run: draw every run thinly in place of the band
    x_max, dots, growing: as in `curves.loss_curves`
    ends: by label, the loss on sequences that nothing was trained on, which stands at the line's end in place of the
    curve's own, that then tells none while it grows
    drawing: what those sequences are called
    counted: whether it is said how it ends: the losses at the lines' ends, and how many labels are wrong. If not,
    pointing at a line tells none either, and of a replay nothing is seen before its time
    replay: add the frames, which a curve that is still growing has none of
    """
    drawn = plot(
        table, styles, window=window, x=x, log_x=log_x, mark=mark, x_max=x_max, y_max=y_max,
        coin_toss=coin_toss, floors=floors, each_run=each_run, loss=loss, dots=dots, growing=growing,
        area=curve_height,
    )  # fmt: skip
    thick = replay and not counted
    if not counted:
        ends = {}
    if thick:
        above = [{**shape, "layer": "above"} for shape in drawn.shapes]  # over the curtain, or it would hide them, too
        drawn = drawn._replace(shapes=above)
    if ends is None or ends:
        notes = [*drawn.notes, curves.heading(drawing if ends else "")]
        marks = curves.end_marks(drawn, ends or {}, curve_height)
        drawn = drawn._replace(notes=notes, shapes=[*drawn.shapes, *marks])
    snapshots = _snapshots(probes, x, list(styles))
    rows = len(snapshots)
    gaps = [CURVE_GAP, *[ROW_GAP] * (rows - 1)] if rows else []
    bottom = BOTTOM if rows else curves.BOTTOM
    height = round(curves.TOP + curve_height + rows * ROW + sum(gaps) + bottom)
    domains = canvas.panels([curve_height, *[ROW] * rows], gap=gaps, height=height, top=curves.TOP, bottom=bottom)
    traces = list(drawn.traces)
    moving: list[int] = []
    axes: Item = {"yaxis": {**drawn.yaxis, "domain": domains[0]}, "xaxis": {**drawn.xaxis, "anchor": "y"}}
    for number, (label, taken) in enumerate(snapshots.items(), start=2):
        pair = {"xaxis": "x2", "yaxis": f"y{number}"}
        last = _latest(taken, drawn.total)
        traces += answers.wanted(last, classes, **pair)
        moving += range(len(traces), len(traces) + 3)
        column = f"{label}: {answers.answer_words(classes)}"
        traces += answers.stems(last, drawn.styles[label].color, classes, column=column, **pair)
        few: Item = {"tickvals": [0, 1], "range": [-0.14, 1.14]} if classes else {"nticks": 3}
        span = (float(last["expected"].min()), float(last["expected"].max()))
        axes[f"yaxis{number}"] = answers.answer_axis("", classes, span, domain=domains[number - 1], **few)
    if snapshots:
        steps = next(iter(snapshots.values()))[0][1]["timestep"]
        axes["xaxis2"] = canvas.timestep_axis(int(steps.min()), int(steps.max()), anchor=f"y{rows + 1}")

    def moment(cursor: float) -> tuple[list[Item], Item]:
        data: list[Item] = []
        notes = [*drawn.notes, *curves.end_labels(drawn, cursor, curve_height, ends)]
        for number, (label, taken) in enumerate(snapshots.items(), start=2):
            now = _latest(taken, cursor)
            data += answers.stems(now, drawn.styles[label].color, classes)
            notes += _row_notes(label, drawn.styles[label], now, number, classes)[: 2 if counted else 1]
        hiding = curves.curtain(drawn, cursor, thick=thick)
        return data, {"shapes": [*drawn.shapes, *hiding], "annotations": notes}

    _, final = moment(drawn.total)
    stops = curves.cursors(drawn) if replay else []
    moments = [moment(cursor) for cursor in stops]
    layouts = curves.frame_layouts([layout for _, layout in moments], final)
    frames = [
        {
            "name": curves.frame_name(drawn, cursor),
            "data": [_slim(trace) for trace in data],
            "traces": moving,
            "layout": layout,
        }
        for cursor, (data, _), layout in zip(stops, moments, layouts, strict=True)
    ]
    narrow = curves.narrow_layout(drawn, height - curves.TOP - bottom, marked=ends is not None)
    if rows:
        narrow["margin"]["b"] = bottom  # under the last row the title has one line
    narrow["height"] = height + max(0, narrow["margin"]["t"] - curves.TOP) + narrow["margin"]["b"] - bottom
    return canvas.figure(
        traces,
        height=height,
        margin=(curves.LEFT, curves.side_margin(drawn, marked=ends is not None), curves.TOP, bottom),
        narrow=narrow,
        frames=frames,
        growing=curves.fillable(drawn, curve_height, curtained=True, numbered=ends is None) if growing else None,
        says=" ".join([drawn.says, *(_told(snapshots, classes) if counted else [])]).strip(),
        hovermode="closest" if counted else False,
        **axes,
        **final,
    )


def _told(snapshots: Mapping[str, Taken], classes: int) -> list[str]:
    """How good each model's last answers to the probe are, in words; nothing of those that have not answered."""
    last = {label: taken[-1][1] for label, taken in snapshots.items()}
    answered = {label: now for label, now in last.items() if not _unanswered(now)}
    if classes == 0:
        return [f"{label}: {answers.verdict(now, classes)[0]} on the probe." for label, now in answered.items()]
    return [
        spoken.answers(label, answers.is_right(now, classes), now["timestep"].tolist())
        for label, now in answered.items()
    ]


def _unanswered(now: Rows) -> bool:
    return bool(np.isnan(np.asarray(now["probability"], np.float64)).all())


def _slim(trace: Item) -> Item:
    """What moves of a trace, as plain lists: the browser reads them without Plotly."""
    points: Item = {part: np.asarray(trace[part]).tolist() for part in ("x", "y", "customdata") if part in trace}
    return {"type": trace["type"], **points}


def _row_notes(label: str, style: Style, now: Rows, number: int, classes: int) -> list[Item]:
    text, _, wrong = ("", "", False) if _unanswered(now) else answers.verdict(now, classes)
    words = f": {answers.answer_words(classes)}"
    place = {"xref": "x2 domain", "yref": f"y{number} domain", "yanchor": "bottom"}
    return [
        canvas.note(
            f"<b>{curves.short(label)}</b>{words if len(label) <= NAMED else ''}",
            0,
            1,
            xanchor="left",
            name=f"<b>{curves.short(label)}</b>",
            font={"size": canvas.TEXT, "color": style.color},
            **place,
        ),
        canvas.note(text, 1, 1, xanchor="right", font={"size": canvas.TEXT, "color": WRONG if wrong else INK}, **place),
    ]
