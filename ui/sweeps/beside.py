"""Small maps of the same two settings, one for each cell, direction, merge mode or problem."""

import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.sweep_settings import BESIDE
from ui.chart.component import chart
from ui.sweeps import squares, words
from ui.sweeps.launch import PAGE
from ui.sweeps.resolved import Map


def draw(shown: Map) -> None:
    """The small maps, if they are asked for."""
    if shown.beside:
        st.header(words.beside(BESIDE.word(shown.settings.beside)), anchor=False)
        chart(figure(shown), key=f"{PAGE}-beside", alt=words.SMALL_ALT)


def figure(shown: Map) -> go.Figure:
    """All of them in one figure."""
    return figures.small_maps(
        {name: squares.table(other, best_too=False) for name, other in shown.beside.items()},
        {name: other.boundary for name, other in shown.beside.items()},
        across=words.AXES[shown.grid.x.setting],
        up=words.AXES[shown.grid.y.setting],
        goal=shown.settings.goal,
    )
