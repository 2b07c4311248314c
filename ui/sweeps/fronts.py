"""The models of the answer's own problem, by what they cost and how much they get right."""

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis.smallest import unbeaten
from bilstm_core.figures import color
from ui.chart.component import cached, chart
from ui.sweeps import data_words, words
from ui.sweeps.launch import PAGE
from ui.sweeps.resolved import OF_POSITION, Map, right_of

HEIGHT = 300  # px
FEWEST = 3  # models that make a front worth drawing


def rivals(shown: Map) -> pd.DataFrame:
    """The measured squares that have the sequences of the answer: name, parameters, train_s, right.

    Where neither setting is of the sequences, these are all squares; where both are, there are no rivals.
    """
    grid = shown.grid
    seconds, parameters = grid.measured(shown.results, lambda result: result.train_s), grid.parameters()
    rows = []
    for row, column in grid.cells:
        if np.isnan(shown.right[row, column]) or not _alike(shown, row, column):
            continue
        named = [
            words.valued(axis.setting, axis.values[number])
            for axis, number in ((grid.y, row), (grid.x, column))
            if axis.setting not in OF_POSITION
        ]
        rows.append((", ".join(named), int(parameters[row, column]), seconds[row, column], shown.right[row, column]))
    return pd.DataFrame(rows, columns=["name", "parameters", "train_s", "right"])


def _alike(shown: Map, row: int, column: int) -> bool:
    """Whether a square has the sequences of the answer."""
    across, up = (axis.setting in OF_POSITION for axis in (shown.grid.x, shown.grid.y))
    if across and up:
        return False
    return (not across or column == shown.column) and (not up or row == shown.row)


def draw(shown: Map) -> None:
    """Two figures side by side: by parameters, and by seconds of training."""
    table = rivals(shown)
    if len(table) < FEWEST:
        return
    grid = shown.grid
    where = ""
    for axis, number in ((grid.x, shown.column), (grid.y, shown.row)):
        if axis.setting in OF_POSITION:
            where = words.placed(axis.setting, axis.values[number])
    left, right = st.columns(2, gap="medium")
    with left:
        _front(shown, table, "parameters", words.BY_PARAMETERS, where)
    with right:
        _front(shown, table, "train_s", words.BY_SECONDS, where)


def _front(shown: Map, table: pd.DataFrame, column: str, cost: str, where: str) -> None:
    """One figure. column: of the table, that the models are laid out by; cost: what it is"""
    rows = table[["name", "right"]].assign(cost=table[column])
    rows["unbeaten"] = unbeaten(rows["cost"].to_numpy(), rows["right"].to_numpy())
    direction, goal, right = shown.settings.direction, shown.goal, right_of(shown)
    st.header(words.front(cost, where, right), anchor=False)
    chart(
        cached(
            ("front", column, tuple(rows.itertuples(index=False, name=None)), direction, goal, right),
            lambda: figures.front(rows, cost=cost, color=color(direction), goal=goal, height=HEIGHT, what=right),
        ),
        key=f"{PAGE}-front-{column}",
        alt=data_words.FRONT_ALT if shown.grid.of_data else words.FRONT_ALT,
    )
