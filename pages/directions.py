"""Directions: does direction matter, and for how long?"""

from dataclasses import replace

import streamlit as st

from bilstm_core import comparison, figures
from bilstm_core.page_settings import DIRECTIONS
from bilstm_core.problems import View
from ui import lesson, lesson_texts, registry, shell, state, wording
from ui.chart.component import cached, chart
from ui.compare import headline, launch, tables, words
from ui.compare.comparison import Comparison

shell.enter(__file__)
COMPARISON = Comparison.of(
    comparison.DIRECTIONS,
    page=registry.DIRECTIONS.name,
    epochs=DIRECTIONS.choices["epochs"],
    guess_from=20_000,
    leader="bidirectional",
)

shown, narrow = headline.question(COMPARISON, registry.DIRECTIONS.question)
lesson.came_out(COMPARISON.page, lambda: headline.of_losses(shown, lesson_texts.lowest))
with narrow:
    st.header(words.WHAT_IS_READ, anchor=False)
    raw = st.toggle(words.TUTORIALS_ORDER, key=state.widget(COMPARISON.page, "raw"), persist_state="session")
    backward: View = "backward_raw" if raw else "backward"
    models: list[tuple[str, View]] = [
        ("forward", "forward"),
        ("backward", backward),
        ("bidirectional", "bidirectional"),
    ]
    asked = shown.settings.problem.timesteps
    timesteps = min(asked, 20)
    problem = replace(shown.settings.problem, timesteps=timesteps)
    chart(
        cached(
            ("directions grid", tuple(models), problem.name, timesteps),
            lambda: figures.reading_grid(
                timesteps,
                models,
                narrow_columns=len(models),
                decides=problem.problem.deciding(timesteps),
                changes=problem.problem.changing(timesteps),
            ),
        ),
        key="directions-grid",
        alt=words.READING_ALT,
    )
    outlined = "" if problem.problem.fixed else wording.outlined(problem)
    st.caption(words.reading(outlined, timesteps if timesteps < asked else None))
    launch.beside(shown)
with st.container(key="rest"):
    tables.table(shown)
    tables.by_timestep(shown)
