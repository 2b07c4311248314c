"""Cell: how does a cell remember?"""

import streamlit as st

from ui import code, derivation, lesson, lesson_texts, registry, share, shell
from ui.cell import parts, sentences, subject

shell.enter(__file__)
PAGE = registry.CELL.name

st.title(registry.CELL.question)
answer, how = derivation.headline()
run = subject.run()
with how:
    code.popover_of_run(PAGE, run)
    share.popover(PAGE, [run.spec] if run else [])
if run:
    walk = subject.walk(PAGE, run)
    with st.container(key="controls"):
        parts.controls(PAGE, walk)
    with st.container(key="figure"):
        left, right = st.columns([1.15, 1], gap="medium")
        with left:
            parts.picture(PAGE, walk)
            parts.stepping(PAGE, walk)
        with right:
            parts.equations(walk)
    goal = run.spec.problem.threshold * run.spec.problem.timesteps
    answer.markdown(*subject.told(walk, goal))
    lesson.came_out(PAGE, lambda: lesson_texts.largest_step(walk.changes, walk.flip))
    with st.container(key="rest"):
        parts.through_time(PAGE, walk)
else:
    answer.markdown(sentences.MISSING)
