"""Problem: when does the label flip?"""

import streamlit as st

from bilstm_core import figures, frames
from ui import frame, results, timeline
from ui.chart import chart

frame.enter(__file__)
PAGE = "Problem"

st.title("When does the label flip?")
answer = st.container(key="answer")
wide, narrow = st.columns([2, 1], gap="medium")
with wide, st.container(key="controls"):
    problem, seed = timeline.problem_controls(PAGE)
with wide, st.container(key="figure"):
    flip = timeline.problem_sequence(PAGE, problem, seed)
    if st.button("Train a model on it", icon=":material/arrow_forward:"):
        st.switch_page("pages/train.py")
answer.markdown(flip)
with narrow:
    shares = results.share_of_ones(problem)
    st.markdown("**How often is each label 1?**")
    chart(figures.share_of_ones(shares), key="problem-shares", alt="Share of ones at each timestep.")
    st.markdown(
        f"A guess by position alone is right **{frames.position_guess_accuracy(shares):.0%}** of the time: "
        "it names each timestep's more frequent label and never looks at a value."
    )
    st.caption("Counted on 20,000 fresh sequences.")
    results.download(lambda: shares, "share of ones")
