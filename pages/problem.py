"""Problem: when does the label flip?"""

import streamlit as st

from ui import derivation, frame, problem

frame.enter(__file__)
PAGE = "Problem"

st.title("When does the label flip?")
answer, how = derivation.headline()
wide, narrow = st.columns([2, 1], gap="medium")
with wide, st.container(key="controls"):
    chosen, seed = problem.problem_controls(PAGE)
with wide, st.container(key="figure"):
    flip = problem.problem_sequence(PAGE, chosen, seed)
    problem.train_button(PAGE, chosen)
answer.markdown(flip)
with how:
    derivation.popover(chosen, first=derivation.POSITION)
with narrow:
    problem.about(chosen)
    problem.position_guess(chosen)
