"""The open cell of the page Need both?: its question, what it has read, its loss while it learns, and its training."""

import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures, reports
from bilstm_core.analysis import frames
from bilstm_core.bayes import view_of
from bilstm_core.choices import Direction
from bilstm_core.problems import Problem, formula
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from ui import best_possible, controls, evaluations, live, registry, session, state, wording
from ui.chart.component import cached, chart
from ui.problems import words
from ui.problems.grid import Cell, missing, only_label, run_of, set_seed, spec_of
from ui.problems.own import compare
from ui.watch import Watch, line

SIDE, CURVE_HEIGHT = 220, 250  # px
WINDOW = reports.CELL_WINDOW


def _train(page: str, cell: Cell, new_seed: bool = False) -> None:
    if new_seed:
        set_seed(page, cell, session.new_seed(spec_of(page, cell).training.seed))
    wanted = missing(page, cell) if new_seed else _asked(page, cell)
    if wanted:
        live.start(page, wanted)


def _asked(page: str, cell: Cell) -> list[RunSpec]:
    """What the first button trains: the cell, and without a run of it what its row lacks, as Train all three does."""
    alone = run_of(page, cell) is not None or formula.is_formula(cell[0])
    return [spec_of(page, cell)] if alone else missing(page, cell)


def buttons(page: str, cell: Cell) -> None:
    """Ways to see the chosen cell trained, with what that costs; on a phone it stands above what is in the cell."""
    with st.container(key="narrow-below"):
        st.caption(words.below(*cell))
    run, own = run_of(page, cell), formula.is_formula(cell[0])
    busy = live.active(page) or only_label(cell) is not None
    places = st.columns([1, 1, 1, 1.6] if own else 4)  # what ends its training stands beside a formula
    again, anew, away, other = places if own else (places[0], places[2], places[3], places[1])
    if not own:
        live.prepare(page, [] if run else _asked(page, cell))
    label = words.AGAIN if run else words.TRAIN
    again.button(
        label,
        key=state.widget(page, "live"),
        type="secondary" if own else "primary",
        on_click=_train,
        args=(page, cell),
        disabled=busy,
        width="stretch",
    )
    with other:
        if own:
            compare(page, cell)
        else:
            live.stop_button(page)
    anew.button(
        words.NEW_SEED,
        key=state.widget(page, "new_seed"),
        on_click=_train,
        args=(page, cell, True),
        disabled=busy,
        width="stretch",
    )
    if away.button(words.OPEN, key=state.widget(page, "open"), width="stretch"):
        controls.hand_over(registry.TRAIN.name, spec_of(page, cell))
        st.switch_page(registry.TRAIN.path)
    if live.active(page):  # on a phone the figure that grows stands far below
        live.told(page, live.keep_finished)
    elif run:
        st.caption(words.again(run.timing.train_s))
    else:
        st.caption(words.cost(len(_asked(page, cell))))


def opened(page: str, cell: Cell) -> Run | None:
    """The chosen cell: its question, what it has read, its loss while it learns; returns its run, if there is one."""
    problem, direction = cell
    spec = spec_of(page, cell)
    declared = spec.problem.problem
    st.header(words.opened(problem, direction), anchor=False)
    run = run_of(page, cell)
    if run:
        st.markdown(_measured(run))
    first = live.active(page) or formula.is_formula(problem)  # what is trained is in sight where it was asked for
    above, below = st.container(), st.container()
    with above if first else below:
        if only_label(cell) is None:  # else there is nothing to train
            _loss(page, spec)
        if run:
            st.caption(evaluations.origin(run))
    with below if first else above:
        _reading(page, spec, direction, declared)
    return run


def _reading(page: str, spec: RunSpec, direction: Direction, declared: Problem) -> None:
    timesteps = spec.problem.timesteps
    chart(
        cached(
            ("problems reading", spec.problem.name, direction, timesteps),
            lambda: figures.reading_grid(
                timesteps,
                [(direction, view_of(spec.model))],
                decides=declared.deciding(timesteps),
                changes=declared.changing(timesteps),
                side=SIDE,
            ),
        ),
        key=f"{page}-reading",
        alt=words.grid_alt(direction),
    )
    st.caption(words.grid(spec.problem))


def _measured(run: Run) -> str:
    spec, evaluation = run.spec, evaluations.evaluated(run)
    risk = best_possible.best_possible(spec.problem, spec.model)
    if evaluations.diverged(evaluation):
        return wording.DIVERGED
    if not wording.classes(spec.problem):
        return words.error(evaluation.loss, risk.loss if risk else None)
    return words.right(
        evaluation.exact, evaluation.exact_interval, evaluation.n_sequences, risk.exact if risk else None
    )


def _loss(page: str, spec: RunSpec) -> None:
    direction, problem = str(spec.model.direction), spec.problem
    styles = {direction: figures.style(direction)}
    lines = best_possible.of({direction: spec}, styles)

    def draw(watch: Watch | None) -> None:
        run = session.find(spec)
        place = watch.view.specs.index(spec) if watch and spec in watch.view.specs else None
        mine = place is not None
        if not run and not mine:
            st.info(words.NOT_TRAINED)
            return

        def build() -> go.Figure:
            return figures.loss_curves(
                frames.losses({direction: [run]} if run and not mine else {}),
                styles,
                window=WINDOW,
                x_max=spec.training.sequences,
                floors=lines,
                log_x=True,
                height=CURVE_HEIGHT,
                growing={direction: 1} if mine else None,
                **wording.loss_axis(problem),
            )

        key = ("problems loss", run.digest if run and not mine else spec, tuple(lines))
        chart(
            cached(key, build),
            key=f"{page}-curve",
            alt=words.LOSS_ALT,
            watch=watch,
            lines=[line(direction, {place: spec})] if place is not None else (),
        )

    live.panel(page, draw, live.keep_finished)
