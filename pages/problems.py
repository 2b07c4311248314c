"""Problems: when do you really need both?"""

import streamlit as st

from ui import cell, derivation, floors, frame, problems, results, timeline

frame.enter(__file__)
PAGE = "Problems"

st.title("When do you really need both?")
answer, how = derivation.headline()
with how:
    derivation.popover(problems.problem_of(PAGE))
specs = problems.specs_of(PAGE, problems.NINE)
complete = floors.known(specs)
table = problems.cells(PAGE, problems.NINE)
answer.markdown(problems.headline(table))
wide, narrow = st.columns([2.1, 1], gap="medium")
with wide:
    with st.container(key="controls"):
        problems.choose(PAGE)
    with st.container(key="figure"):
        problems.grid(PAGE, table, "nine")
        problems.origin(PAGE, problems.NINE)
        cell.buttons(PAGE, problems.chosen(PAGE))
with narrow:
    run = cell.opened(PAGE, problems.chosen(PAGE))
with st.container(key="rest"):
    if run:
        timeline.expected_and_predicted(PAGE, run, results.evaluated(run))
    problems.more(PAGE)
floors.complete_later(specs, complete)
