"""Inside: what does each output react to?"""

from functools import partial

import streamlit as st

from ui import derivation, evaluations, files, lesson, live, registry, share, shell
from ui.inside import sensitivity, subject, tabs, taken, words

shell.enter(__file__)
PAGE = registry.INSIDE.name

st.title(registry.INSIDE.question)
answer, how = derivation.headline()
with st.container(key="controls"):
    settings, go = subject.model_controls(PAGE)
    spec, run = subject.spec_of(settings), subject.chosen_run(PAGE, settings)
    subject.training(PAGE, spec, run, go)
with how:
    derivation.popover(None, first=derivation.REACTION)
    taken.program(PAGE, run)
    files.popover(PAGE, lambda: taken.offer(PAGE, run))
    share.popover(PAGE, [spec] if spec else [])
if run:
    values = subject.chosen_values(PAGE, run)
    with st.container(key="figure"):
        left, right = st.columns([1, 1.2], gap="medium")
        with left:
            sensitivity.matrices(PAGE, run, values)
        with right:
            subject.editable(PAGE, run)
    answer.markdown(sensitivity.sentence(run, values, subject.words_of(PAGE, run.spec.problem)))
    lesson.came_out(PAGE, partial(sensitivity.reacts, run, values))
    with st.container(key="rest"):
        tabs.tabs(PAGE, run, values)
        st.caption(evaluations.origin(run))
else:
    answer.markdown(words.TRAINING if live.active(PAGE) else words.ANSWER_LATER)
