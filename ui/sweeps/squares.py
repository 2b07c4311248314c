"""The map itself, with what is said below it."""

from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.bayes import view_of
from ui import best_possible, live
from ui.chart.component import chart
from ui.sweeps import data_words, launch, opened, words
from ui.sweeps.launch import PAGE
from ui.sweeps.resolved import Map, right_of
from ui.watch import Watch

HEIGHT, LOW_HEIGHT = 460, 380  # px; the lower one on a projector


def draw(shown: Map | str) -> None:
    """The map, which fills while a wave is trained; without one, how far a job of the page is that was asked for."""

    def draw_map(watch: Watch | None) -> None:
        if isinstance(shown, str):
            live.progress(PAGE, watch)
            return
        chart(
            figure(shown),
            key=f"{PAGE}-map",
            low=LOW_HEIGHT,
            alt=data_words.MAP_ALT if shown.grid.of_data else words.MAP_ALT,
            watch=watch,
            on_click=partial(opened.choose, shown),
        )
        told = "" if np.isnan(shown.filled).all() else legend(shown)
        st.caption(" ".join(part for part in (launch.under_way(shown), told) if part))

    live.panel(PAGE, draw_map, launch.done, note=launch.note(shown) if isinstance(shown, Map) else "")
    if isinstance(shown, Map):
        _ask_for_best(shown)
        launch.again_with_news(shown)


def legend(shown: Map) -> str:
    """What squares, dots and the line are."""
    if shown.grid.of_data:
        return data_words.legend(shown.measured, shown.squares, shown.settings.within)
    return words.legend(shown.measured, shown.squares, shown.settings.goal)


def figure(shown: Map) -> go.Figure:
    """The map, with a frame around the open square."""
    return figures.sweep_map(
        table(shown),
        across=words.AXES[shown.grid.x.setting],
        up=words.AXES[shown.grid.y.setting],
        goal=shown.goal,
        what=right_of(shown),
        boundary=shown.boundary,
        best=shown.best,
        height=HEIGHT,
        chosen=shown.opened,
    )


def table(shown: Map, *, best_too: bool = True) -> pd.DataFrame:
    """What is known of each square, as `figures.sweep_map` takes it. best_too: with the best possible of each"""
    grid = shown.grid
    possible = shown.possible if best_too else np.full(grid.shape, np.nan)
    spent, parameters = grid.measured(shown.results, lambda result: result.train_s), grid.parameters()
    rows = []
    for row, column in grid.cells:
        x, y = grid.x.values[column], grid.y.values[row]
        right, filled, best = shown.right[row, column], shown.filled[row, column], possible[row, column]
        lines = [words.square(grid.x.setting, x, grid.y.setting, y)]
        if not np.isnan(right):
            lines.append(words.measured(right, spent[row, column], grid.starts, right_of(shown)))
        else:
            lines.append(words.NOTHING_KNOWN if np.isnan(filled) else words.guessed(filled, right_of(shown)))
        lines.append(words.parameters(int(parameters[row, column])))
        if not np.isnan(best):
            lines.append(words.best(best))
        rows.append((words.written(x), words.written(y), filled, not np.isnan(right), "<br>".join(lines)))
    return pd.DataFrame(rows, columns=["x", "y", "right", "measured", "about"])


def _ask_for_best(shown: Map) -> None:
    """Have the best possible of every square worked out, and the page run again once it is there."""
    alike = {(spec.problem, view_of(spec.model)): spec for spec, *_ in shown.grid.cells.values()}
    wanted = {str(number): spec for number, spec in enumerate(alike.values())}
    best_possible.complete_later(wanted, best_possible.known(wanted))
