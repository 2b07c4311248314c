"""Problems: when do you really need both?"""

import streamlit as st

from ui import best_possible, derivation, evaluations, registry, shell
from ui.problems import grid, opened
from ui.sequence import timeline

shell.enter(__file__)
PAGE = registry.PROBLEMS.title

st.title(registry.PROBLEMS.question)
answer, how = derivation.headline()
with how:
    derivation.popover(grid.problem_of(PAGE))
specs = grid.specs_of(PAGE, grid.NINE)
complete = best_possible.known(specs)
table = grid.cells(PAGE, grid.NINE)
answer.markdown(grid.headline(table))
wide, narrow = st.columns([2.1, 1], gap="medium")
with wide:
    with st.container(key="controls"):
        grid.choose(PAGE)
    with st.container(key="figure"):
        grid.grid(PAGE, table, "nine")
        grid.origin(PAGE, grid.NINE)
        opened.buttons(PAGE, grid.chosen(PAGE))
with narrow:
    run = opened.opened(PAGE, grid.chosen(PAGE))
with st.container(key="rest"):
    if run:
        timeline.expected_and_predicted(PAGE, run, evaluations.evaluated(run))
    grid.more(PAGE)
best_possible.complete_later(specs, complete)
