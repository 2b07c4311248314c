"""Inside: what does each state carry?"""

import streamlit as st

from ui import controls, derivation, frame, inside, inside_tabs, reaction, results

frame.enter(__file__)
PAGE = "Inside"

st.title("What does each state carry?")
answer, how = derivation.headline()
with how:
    derivation.popover(None, first=derivation.REACTION)
with st.container(key="controls"):
    spec = inside.model_controls(PAGE)
    run = inside.chosen_run(PAGE, spec)
    with st.container(key="go"):
        inside.training(PAGE, spec, run)
        controls.settings_switch()
if run:
    values = inside.chosen_values(PAGE, run)
    with st.container(key="figure"):
        left, right = st.columns([1.08, 1.35], gap="medium")
        with left:
            inside.editable(PAGE, run)
        with right:
            reaction.matrices(PAGE, run, values)
    answer.markdown(reaction.sentence(run, values))
    with st.container(key="rest"):
        inside_tabs.tabs(PAGE, run, values)
        st.caption(results.origin(run))
else:
    answer.markdown("Press **Train** to find out.")
