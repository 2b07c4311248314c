"""A formula of one's own on Need both?: examples to begin with, what is measured of it, and where it leads on to."""

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.problems import formula
from bilstm_core.problems.formula.examples import EXAMPLES
from bilstm_core.specs import ProblemSpec
from ui import evaluations, formulas, registry, state
from ui.chart.component import cached, chart
from ui.problems import words
from ui.problems.grid import Cell, cells, changed
from ui.sequence import sequences

SHOWN = 3  # sequences


def panel(page: str, cell: Cell) -> None:
    """What is known of the formula that is open, and some of its sequences; nothing for other problems."""
    if not formula.is_formula(cell[0]):
        return
    problem = ProblemSpec(name=cell[0])
    told, lead, begin = st.columns([3, 1.25, 1.25], vertical_alignment="bottom")
    ones = words.ones(_ones(problem), evaluations.counted_on(problem))
    told.markdown(f"{ones} {words.STANDS[problem.problem.solver(problem.timesteps)]}")
    with lead:
        if st.button(words.COMPARE, key=state.widget(page, "compare"), width="stretch"):
            _compare(problem)
    with begin, st.popover(words.EXAMPLES, width="stretch"):
        for place, example in enumerate(EXAMPLES):
            st.button(
                words.example(example.name, example.text),
                key=state.widget(page, "example", place),
                on_click=_begin_with,
                args=(page, example.text),
                type="tertiary",
            )
    batch = sequences.fresh(problem)
    x, labels = batch.x[:SHOWN, :, 0], batch.y[:SHOWN, :, 0].astype(np.int64)
    drawn = cached(("own", problem.canonical()), lambda: figures.labeled(x, labels))
    chart(drawn, key=f"{page}-own", alt=words.OWN_ALT)


def with_own(page: str, nine: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    """The nine cells, and under them those of the formula that is open, if one is. nine: as of `grid.cells`"""
    if not formula.is_formula(cell[0]):
        return nine
    return pd.concat([nine, cells(page, [cell[0]])], ignore_index=True)


def _ones(problem: ProblemSpec) -> float:
    shares = evaluations.label_shares(problem)
    return float(shares.loc[shares["label"] == 1, "share"].mean())


def _begin_with(page: str, text: str) -> None:
    formulas.choose(page, text)
    changed(page)


def _compare(problem: ProblemSpec) -> None:
    """Lead to Directions, which trains its models on the formula."""
    directions = registry.DIRECTIONS
    state.field(directions.name, "name").set(problem.name)
    state.LINKED(directions.name).set(state.OPENED_LINK)
    st.switch_page(directions.path)
