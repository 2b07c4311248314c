"""Why: is it the future?"""

import streamlit as st

from ui import shell
from ui.compare import launch, tables
from ui.compare.curves import curves
from ui.why import presses

shell.enter(__file__)

comparison, runs = presses.page()
wide, narrow = st.columns([1.7, 1], gap="medium")
with wide:
    with st.container(key="figure"):
        curves(comparison, launch.note(comparison))
    with st.container(key="controls"):
        launch.row(comparison)
with narrow:
    tables.differences_from(comparison, runs, "forward")
    launch.beside(comparison)
with st.container(key="rest"):
    presses.so_far(runs)
    tables.table(comparison, runs, pairs=False)
