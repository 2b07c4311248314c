"""Why: is it the future?"""

import streamlit as st

from ui import compare_controls, compare_tables, frame, why
from ui.compare_curves import curves

frame.enter(__file__)

comparison, runs = why.page()
wide, narrow = st.columns([1.7, 1], gap="medium")
with wide:
    with st.container(key="figure"):
        curves(comparison, compare_controls.note(comparison))
    with st.container(key="controls"):
        compare_controls.row(comparison)
with narrow:
    compare_tables.differences_from(comparison, runs, "forward")
    compare_controls.beside(comparison)
with st.container(key="rest"):
    why.so_far(runs)
    compare_tables.table(comparison, runs, pairs=False)
