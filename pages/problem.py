"""Problem: when does the label flip?"""

import streamlit as st

from ui import derivation, registry, shell
from ui.problem import worked_sequence

shell.enter(__file__)
PAGE = registry.PROBLEM.title

st.title(registry.PROBLEM.question)
answer, how = derivation.headline()
wide, narrow = st.columns([2, 1], gap="medium")
with wide, st.container(key="controls"):
    chosen, seed = worked_sequence.problem_controls(PAGE)
with wide, st.container(key="figure"):
    flip = worked_sequence.problem_sequence(PAGE, chosen, seed)
    worked_sequence.train_button(PAGE, chosen)
answer.markdown(flip)
with how:
    derivation.popover(chosen, first=derivation.POSITION)
with narrow:
    worked_sequence.about(chosen)
    worked_sequence.position_guess(chosen)
