"""Train: can this model learn it, and where does it still err?"""

import streamlit as st

from ui import controls, derivation, evaluations, live, registry, session, shell
from ui.sequence import timeline
from ui.train import details, trainer, tray

shell.enter(__file__)
PAGE = registry.TRAIN.title

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
evaluation = evaluations.evaluated_soon(run) if run else None
if run and evaluation:
    answer.markdown(trainer.sentence(run, evaluation) if not live.active(PAGE) else trainer.meanwhile(run))
    with right:
        trainer.figures_of(run, evaluation)
        tray.panel(PAGE, run)
    timeline.expected_and_predicted(PAGE, run, evaluation)
    details.tabs(run, evaluation)
elif run:
    answer.markdown(evaluations.EVALUATING)
else:
    answer.markdown("Training." if live.active(PAGE) else "Press **Train** to find out.")
