"""Why: is it the future?"""

import streamlit as st

from ui import shell
from ui.compare import launch, tables
from ui.compare.curves import curves
from ui.why import elsewhere, findings, presses

shell.enter(__file__)

shown = presses.page()
wide, narrow = st.columns([1.7, 1], gap="medium")
with wide:
    with st.container(key="figure"):
        curves(shown, launch.note(shown))
    with st.container(key="controls"):
        launch.row(shown)
with narrow, st.container(key="aside"):
    tables.differences_from_baseline(shown)
    launch.beside(shown)
with st.container(key="rest"):
    findings.so_far(shown)
    elsewhere.panel(shown)
    tables.table(shown, pairs=False)
