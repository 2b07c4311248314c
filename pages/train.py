"""Train: can this model learn it, and where does it still err?"""

from functools import partial

import streamlit as st

from ui import code, controls, derivation, evaluations, files, lesson, live, registry, session, share, shell, wording
from ui.sequence import timeline
from ui.train import details, numbers, starts, taken, trainer, tray, words

shell.enter(__file__)
PAGE = registry.TRAIN.name

trainer.open_with_recorded(PAGE)
st.title(registry.TRAIN.question)
answer, how = derivation.headline()
left, centre, right = st.columns([1.5, 2.9, 1.05], gap="medium")

with left, st.container(key="controls"):
    spec, go, below = controls.train_controls(PAGE)
    with go:
        trainer.buttons(PAGE, spec)
        controls.settings_switch()
    with below:
        trainer.again(PAGE, spec)

with centre, st.container(key="figure"):
    trainer.curve(PAGE)

run = session.shown_run(PAGE)
with how:
    derivation.popover(run.spec.problem if run else None)
    kept = run if run is None or run.spec.problem.problem.kept else None
    code.popover_of_run(PAGE, kept, x=trainer.axis(PAGE), without=wording.NO_DATA_CODE if run else "")
    offered = st.container(width="content")
    share.popover(PAGE, [*([spec] if spec else []), *tray.specs()])
evaluation = evaluations.evaluated_soon(run) if run else None
with offered:
    files.popover(PAGE, lambda: taken.offer(PAGE, run, evaluation))
if run and evaluation:
    ten = starts.resolve(run, evaluation)
    told = numbers.answer(run, evaluation, ten)
    answer.markdown(*told if not live.active(PAGE) else (numbers.meanwhile(run, spec),))
    lesson.came_out(PAGE, partial(numbers.wholly_right, run, evaluation))
    with right, st.container(key="aside"):
        with st.container(key="numbers"):
            numbers.figures_of(PAGE, run, evaluation, ten)
        tray.panel(PAGE, run)
    with st.container(key="rest"):
        timeline.expected_and_predicted(PAGE, run, evaluation)
        details.tabs(PAGE, run, evaluation)
elif run:
    answer.markdown(words.EVALUATING_DATA if run.spec.problem.problem.fixed else words.EVALUATING)
else:
    answer.markdown(words.TRAINING if live.active(PAGE) else words.PRESS_TRAIN)
