"""Merge modes: does the merge matter?"""

import streamlit as st

from bilstm_core import comparison, figures
from bilstm_core.page_settings import MERGE_MODES
from bilstm_core.presets import MODELS_BY_MERGE_MODE
from ui import lesson, lesson_texts, registry, shell, state
from ui.chart.component import chart
from ui.compare import headline, launch, tables, words
from ui.compare.comparison import Comparison

shell.enter(__file__)
COMPARISON = Comparison.of(
    comparison.MERGE_MODES,
    page=registry.MERGE_MODES.name,
    epochs=MERGE_MODES.choices["epochs"],
    probes=False,  # all four would be right there; without them what replays the curves is in sight
)

shown, narrow = headline.question(COMPARISON, registry.MERGE_MODES.question)
lesson.came_out(COMPARISON.page, lambda: headline.of_losses(shown, lesson_texts.slowest))
with narrow:
    mode = st.segmented_control(
        words.WHAT_THE_MERGE_DOES,
        list(MODELS_BY_MERGE_MODE),
        default=comparison.EXPLAINED,
        required=True,
        key=state.widget("merge", "drawn"),
        persist_state="session",
    )
    chart(figures.merge_drawing(mode), key="merge-drawing", alt=words.merge_alt(mode))
    launch.beside(shown)
with st.container(key="rest"):
    tables.differences_from_baseline(shown)
    tables.table(shown)
