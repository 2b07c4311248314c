"""A formula of one's own on Need both?: its box, what is measured of it, its row of cells, and where it leads on to."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import deciding
from bilstm_core.analysis.telling import Told
from bilstm_core.problems import formula
from bilstm_core.specs import ProblemSpec
from ui import evaluations, formulas, live, registry, state
from ui.chart.component import cached, chart
from ui.problems import words
from ui.problems.grid import Cell, cells, changed, missing, only_label
from ui.sequence import sequences

SHOWN, HEIGHT = 3, 156  # sequences; px of their figure: the formula's row of cells is in sight


def rows(cell: Cell) -> list[str]:
    """The formula that is open, if one is, and if its labels differ: a row of cells more."""
    return [cell[0]] if formula.is_formula(cell[0]) and only_label(cell) is None else []


def row(page: str, cell: Cell) -> pd.DataFrame | None:
    """The cells of the formula that is open, as of `grid.cells`; None for other problems, and with nothing to learn."""
    own = rows(cell)
    return cells(page, own) if own else None


def headline(page: str, cell: Cell, own: pd.DataFrame | None, nine: Told) -> Told:
    """What the runs of the formula that is open say; before there are all, and else, what the nine cells do.

    own: as of `row`
    """
    label = only_label(cell)
    if label is not None:
        return Told(words.constant(label), nine.answer)
    if own is None:
        return nine
    waits = words.TRAINING_OWN if live.active(page) else words.TRAIN_OWN
    return deciding.of_own(own) or Told(waits, nine.answer)


def panel(page: str, cell: Cell) -> None:
    """A formula's box with what trains it, what is known of it, and some sequences; nothing for other problems."""
    if not formula.is_formula(cell[0]):
        return
    problem, constant = ProblemSpec(name=cell[0]), only_label(cell) is not None
    with st.container(key="own"):
        box, go, halt = st.columns([2.9, 1.3, 0.9])
        with box:
            formulas.box(page, on_change=changed)
        lacks = missing(page, cell)
        live.prepare(page, lacks)
        with go, st.container(key="own-go"):
            st.button(
                words.TRAIN_ALL,
                key=state.widget(page, "all_three"),
                type="primary",
                icon=":material/play_arrow:",
                on_click=partial(live.start, page, lacks),
                disabled=live.active(page) or not lacks,
                help=words.TRAIN_ALL_HELP,
                width="stretch",
            )
        with halt, st.container(key="own-halt"):
            live.stop_button(page)
        if constant:
            return
        ones = words.ones(_ones(problem), evaluations.counted_on(problem))
        st.markdown(f"{ones} {words.STANDS[problem.problem.solver(problem.timesteps)]}")
        batch = sequences.fresh(problem)
        x, labels = batch.x[:SHOWN, :, 0], batch.y[:SHOWN, :, 0].astype(np.int64)
        drawn = cached(("own", problem.canonical()), lambda: figures.labeled(x, labels, height=HEIGHT))
        chart(drawn, key=f"{page}-own", alt=words.OWN_ALT)


def compare(page: str, cell: Cell) -> None:
    """Leads to Directions with the formula that is open; nothing else does, nor one with nothing to learn."""
    if rows(cell) and st.button(
        words.COMPARE,
        key=state.widget(page, "compare"),
        help=words.COMPARE_HELP,
        width="stretch",
    ):
        _compare(ProblemSpec(name=cell[0]))


def _ones(problem: ProblemSpec) -> float:
    shares = evaluations.label_shares(problem)
    return float(shares.loc[shares["label"] == 1, "share"].mean())


def _compare(problem: ProblemSpec) -> None:
    """Lead to Directions, which trains its models on the formula."""
    directions = registry.DIRECTIONS
    state.field(directions.name, "name").set(problem.name)
    state.LINKED(directions.name).set(state.OPENED_LINK)
    st.switch_page(directions.path)
