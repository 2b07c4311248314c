"""Merge modes: does the merge matter?"""

import streamlit as st

from bilstm_core import figures
from bilstm_core.presets import MERGE_MODES
from ui import compare, compare_controls, compare_tables, frame
from ui.chart import chart
from ui.comparison import Comparison

frame.enter(__file__)
COMPARISON = Comparison(
    page="Merge modes",
    models=MERGE_MODES,
    styles={label: figures.style("bidirectional", model.merge_mode) for label, model in MERGE_MODES.items()},
    expected=("sum", "concat"),
)

runs, narrow = compare.question(COMPARISON, "Does the merge matter?")
with narrow:
    mode = st.segmented_control(
        "What the merge does",
        list(MERGE_MODES),
        default="concat",
        required=True,
        key="merge.drawn",
        persist_state="session",
    )
    chart(figures.merge_drawing(mode), key="merge-drawing", alt=f"What {mode} makes of two outputs of four numbers.")
    compare_controls.beside(COMPARISON)
with st.container(key="rest"):
    compare_tables.differences_from(COMPARISON, runs, "concat")
    compare_tables.table(COMPARISON, runs)
