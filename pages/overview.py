"""Overview: what does reading both ways mean?"""

from functools import partial

import streamlit as st

from ui import imports, lesson, looks, registry, shell
from ui.overview import picture, words

shell.enter(__file__)
st.title(registry.OVERVIEW.question)
with st.container(horizontal=True, vertical_alignment="center", key="headline"):
    answer = looks.answer()
    buttons = st.container(horizontal=True, gap="small", width="content", key="buttons")
with st.container(key="controls"):
    view, merge_mode, onward = picture.controls()
with onward.container(horizontal=True, horizontal_alignment="right", key="onward"):
    if st.button(words.START, type="primary", icon=":material/arrow_forward:"):
        st.switch_page(registry.PROBLEM.path)
    if st.button(words.LESSON, icon=":material/school:", on_click=lesson.start):
        st.switch_page(registry.PROBLEM.path)
if imports.over():
    with buttons:
        from bilstm_core.export import reading
        from ui import code, share

        code.popover(registry.OVERVIEW.name, partial(reading.program, view, merge_mode, picture.TIMESTEPS))
        share.popover(registry.OVERVIEW.name)
answer.markdown(picture.sentence(view))
with st.container(key="figure"):
    picture.picture(view, merge_mode)
rest = st.container(key="rest")
ten, teach, own = rest.columns(3, gap="medium")
with ten, st.container(border=True):
    st.markdown(words.TEN_MINUTES)
with teach, st.container(border=True):
    st.markdown(words.TEACH)
with own, st.container(border=True):
    st.markdown(words.OWN)
