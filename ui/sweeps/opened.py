"""The square that is open: how each of its starts came out, its loss while it learned, and its sequences."""

from collections.abc import Mapping

import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from bilstm_core.sweeps import Result
from ui import best_possible, controls, evaluations, live, registry, session, state, wording
from ui.chart.component import Click, cached, chart
from ui.sequence import timeline
from ui.sweeps import data_words, launch, words
from ui.sweeps.launch import PAGE
from ui.sweeps.resolved import Map, right_of

CURVE_HEIGHT = 300  # px
WINDOWS = 40  # of a curve's trailing mean, in a whole training


def choose(shown: Map, click: Click) -> bool:
    """Open the square that was pressed; returns whether there is such a one."""
    columns, rows = ([words.written(value) for value in axis.values] for axis in (shown.grid.x, shown.grid.y))
    match click["customdata"]:
        case [str(x), str(y)] if x in columns and y in rows:
            values = shown.grid.x.values[columns.index(x)], shown.grid.y.values[rows.index(y)]
            state.SQUARE(PAGE).set([float(value) for value in values])
            state.SEQUENCE(PAGE).drop()
            timeline.forget_edits(PAGE)
            return True
    return False


def draw(shown: Map) -> None:
    """The open square, or how to open one."""
    opened = shown.opened
    if opened is None:
        st.caption(words.OPEN_ONE)
        return
    row, column = opened
    grid, specs = shown.grid, shown.grid.cells[opened]
    known = [shown.results.get(spec) for spec in specs]
    st.header(
        words.opened(words.square(grid.x.setting, grid.x.values[column], grid.y.setting, grid.y.values[row])),
        anchor=False,
    )
    st.markdown(words.starts([grid.right(result) for result in known if result], grid.starts, right_of(shown)))
    _buttons(shown, specs, known)
    runs = [run for spec in specs if (run := session.find(spec))]
    if runs:
        _curve(runs)
        run = runs[_median(runs, {spec: grid.right(each) for spec, each in zip(specs, known, strict=True) if each})]
        timeline.expected_and_predicted(PAGE, run, evaluations.evaluated(run))


def _buttons(shown: Map, specs: tuple[RunSpec, ...], known: list[Result | None]) -> None:
    missing = [spec for spec in specs if session.find(spec) is None]
    with st.container(horizontal=True):
        if missing:
            st.button(
                words.TRAIN_SQUARE,
                key=state.widget(PAGE, "train_square"),
                on_click=launch.train_square,
                args=(shown, missing),
                disabled=live.active(PAGE),
                icon=":material/play_arrow:",
            )
        part = (
            shown.grid.of_data and specs[0].training.sequences_per_epoch < shown.grid.base.training.sequences_per_epoch
        )
        away = st.button(words.OPEN, key=state.widget(PAGE, "open"), icon=":material/open_in_new:", disabled=part)
    if missing:
        numbers = data_words.KEPT_NUMBERS if shown.grid.of_data else words.KEPT_NUMBERS
        st.caption(numbers if any(known) else words.NO_RUN)
    if part:
        st.caption(data_words.PARTLY)
    if away:
        controls.hand_over(registry.TRAIN.name, specs[0])
        st.switch_page(registry.TRAIN.path)


def _median(runs: list[Run], right: Mapping[RunSpec, float]) -> int:
    """The place of the run whose share the color of the square is, or of one beside it. right: of what is known"""
    order = sorted(range(len(runs)), key=lambda number: right.get(runs[number].spec, 0.0))
    return order[len(order) // 2]


def _curve(runs: list[Run]) -> None:
    spec = runs[0].spec
    label = str(spec.model.direction)
    styles = {label: figures.style(label, spec.model.merge_mode)}
    lines = best_possible.of({label: spec}, styles)
    window = max(1, spec.training.sequences // WINDOWS)
    chart(
        cached(
            ("square", tuple(run.digest for run in runs), tuple(lines), window),
            lambda: figures.loss_curves(
                frames.losses({label: runs}),
                styles,
                window=window,
                floors=lines,
                height=CURVE_HEIGHT,
                **wording.loss_axis(spec.problem),
            ),
        ),
        key=f"{PAGE}-square",
        alt=words.SQUARE_ALT,
    )
