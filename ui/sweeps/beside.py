"""Small maps of the same two settings, one for each cell, direction, merge mode or problem."""

from dataclasses import replace
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.sweep_settings import BESIDE
from ui.chart.component import Click, chart
from ui.sweeps import data_words, opened, squares, words
from ui.sweeps.launch import PAGE
from ui.sweeps.resolved import SETTINGS, Map, right_of


def draw(shown: Map) -> None:
    """The small maps, if they are asked for."""
    if shown.beside:
        st.header(words.beside(BESIDE.word(shown.settings.beside)), anchor=False)
        chart(
            figure(shown),
            key=f"{PAGE}-beside",
            alt=data_words.SMALL_ALT if shown.grid.of_data else words.SMALL_ALT,
            on_click=partial(choose, shown),
        )
        st.caption(words.OPEN_SMALL)


def choose(shown: Map, click: Click) -> bool:
    """Make the small map that was pressed the large one, with the pressed square open; whether there is such a one."""
    match click["customdata"]:
        case [str(x), str(y), str(name)] if name in shown.beside:
            pressed = shown.beside[name]
            if opened.choose(pressed, {"x": click["x"], "customdata": [x, y]}):
                SETTINGS.fill(replace(pressed.settings, beside=shown.settings.beside))
                return True
    return False


def figure(shown: Map) -> go.Figure:
    """All of them in one figure."""
    return figures.small_maps(
        {name: squares.table(other, best_too=False) for name, other in shown.beside.items()},
        {name: other.boundary for name, other in shown.beside.items()},
        across=words.AXES[shown.grid.x.setting],
        up=words.AXES[shown.grid.y.setting],
        goal=shown.goal,
        what=right_of(shown),
    )
