"""Inside: what does each state carry?"""

import streamlit as st

from ui import controls, derivation, evaluations, registry, shell
from ui.inside import sensitivity, subject, tabs

shell.enter(__file__)
PAGE = registry.INSIDE.title

st.title(registry.INSIDE.question)
answer, how = derivation.headline()
with how:
    derivation.popover(None, first=derivation.REACTION)
with st.container(key="controls"):
    spec = subject.model_controls(PAGE)
    run = subject.chosen_run(PAGE, spec)
    with st.container(key="go"):
        subject.training(PAGE, spec, run)
        controls.settings_switch()
if run:
    values = subject.chosen_values(PAGE, run)
    with st.container(key="figure"):
        left, right = st.columns([1.08, 1.35], gap="medium")
        with left:
            subject.editable(PAGE, run)
        with right:
            sensitivity.matrices(PAGE, run, values)
    answer.markdown(sensitivity.sentence(run, values))
    with st.container(key="rest"):
        tabs.tabs(PAGE, run, values)
        st.caption(evaluations.origin(run))
else:
    answer.markdown("Press **Train** to find out.")
