"""Merge modes: does the merge matter?"""

import streamlit as st

from bilstm_core import figures
from bilstm_core.presets import MERGE_MODES
from ui import registry, shell, state
from ui.chart.component import chart
from ui.compare import headline, launch, tables
from ui.compare.comparison import Comparison

shell.enter(__file__)
COMPARISON = Comparison(
    page=registry.MERGE_MODES.title,
    models=MERGE_MODES,
    styles={label: figures.style("bidirectional", model.merge_mode) for label, model in MERGE_MODES.items()},
    expected=("sum", "concat"),
)

shown, narrow = headline.question(COMPARISON, registry.MERGE_MODES.question)
with narrow:
    mode = st.segmented_control(
        "What the merge does",
        list(MERGE_MODES),
        default="concat",
        required=True,
        key=state.widget("merge", "drawn"),
        persist_state="session",
    )
    chart(figures.merge_drawing(mode), key="merge-drawing", alt=f"What {mode} makes of two outputs of four numbers.")
    launch.beside(shown)
with st.container(key="rest"):
    tables.differences_from(shown, "concat")
    tables.table(shown)
