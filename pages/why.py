"""Why: is it the future?"""

from functools import partial

import streamlit as st

from ui import lesson, shell
from ui.compare import launch, tables
from ui.compare.curves import curves
from ui.why import elsewhere, findings, presses

shell.enter(__file__)

shown = presses.page()
lesson.came_out(findings.PAGE, partial(findings.came_out, shown))
wide, narrow = st.columns([1.7, 1], gap="medium")
with wide:
    with st.container(key="figure"):
        curves(shown, launch.note(shown))
    with st.container(key="controls"):
        launch.row(shown)
with narrow, st.container(key="aside"):
    tables.differences_from_baseline(shown)
    launch.beside(shown)
    presses.left_out(shown)
with st.container(key="rest"):
    findings.so_far(shown)
    elsewhere.panel(shown)
    tables.table(shown, pairs=False)
