"""The problem: when does the label flip?"""

import functools

import streamlit as st

from ui import code, derivation, lesson, registry, share, shell
from ui.problem import worked_sequence

shell.enter(__file__)
PAGE = registry.PROBLEM.name

st.title(registry.PROBLEM.question)
answer, how = derivation.headline()
wide, narrow = st.columns([2, 1], gap="medium")
with wide, st.container(key="controls"):
    settings = worked_sequence.problem_controls(PAGE)
    problem = settings.spec
with wide, st.container(key="figure"):
    flip = worked_sequence.problem_sequence(PAGE, settings)
    worked_sequence.train_button(PAGE, problem)
answer.markdown(flip)
lesson.came_out(PAGE, lambda: worked_sequence.turning(problem))
with how:
    derivation.popover(problem, first=derivation.POSITION)
    code.popover(PAGE, functools.partial(worked_sequence.program, PAGE, settings))
    share.popover(PAGE)
with narrow, st.container(key="aside"):
    worked_sequence.about(problem)
    worked_sequence.position_guess(problem)
