"""Where a network stands among ten starts of its recipe: the strip beneath its number, and the job that trains them."""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from bilstm_core import codec, figures
from bilstm_core.comparison import starts_of
from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from bilstm_core.service.job_view import JobView
from bilstm_core.specs import RunSpec
from ui import controls, evaluations, live, session, state, wording
from ui.chart.component import cached, chart
from ui.train import words

RECIPE = "starts of"  # in what a job is asked for: the spec of the run that is shown


class Ten(NamedTuple):
    """The starts of a run's recipe, its own among them, as one rerun of the page finds them.

    trained: whether all are; values: by seed, the share of sequences wholly right, or of a regression the loss; empty
    while one is not known; sentence: where the run stands among them, or empty
    """

    trained: bool
    values: Mapping[int, float] = {}
    sentence: str = ""


def resolve(run: Run, evaluation: Evaluation) -> Ten | None:
    """The ten starts of the run's recipe; None where it is no start of one.

    Then it was stopped or brought back, so that it may be another than its settings ask for, or it diverged.
    """
    if not run.finished or run.origin == "imported" or evaluations.diverged(evaluation):
        return None
    found = [session.find(spec) for spec in starts_of(run.spec)]
    others = [each for each in found if each and each.digest != run.digest]
    if not all(found):
        return Ten(trained=False)
    if not evaluations.scored(others, evaluation.n_sequences, evaluations.PATIENCE_S):
        evaluations.again_when_scored(others, evaluation.n_sequences)
        return Ten(trained=True)
    labels, own = wording.classes(run.spec.problem) > 0, run.spec.training.seed
    part = "exact" if labels else "loss"
    values = {each.spec.training.seed: evaluations.score(each, evaluation.n_sequences)[part] for each in others}
    values[own] = evaluation.exact if labels else evaluation.loss
    every = list(values.values())
    if labels:
        return Ten(True, values, words.standing(every, values[own], evaluation.n_sequences))
    return Ten(True, values, words.standing_of_errors(every, values[own]))


def strip(page: str, run: Run, ten: Ten | None) -> None:
    """A dot for each start, this one's marked; where they are not all trained, a button that trains them."""
    if ten is None:
        return
    if not ten.trained:
        st.button(
            words.TRY_STARTS,
            key=state.widget(page, "starts"),
            on_click=_try,
            args=(page, run.spec),
            disabled=live.active(page),
            help=words.TRY_STARTS_HELP,
            width="stretch",
        )
    elif ten.values:
        own, labels = run.spec.training.seed, wording.classes(run.spec.problem) > 0
        style = figures.style(run.spec.model.direction, run.spec.model.merge_mode)
        drawn = cached(
            ("starts", run.digest, tuple(ten.values.items())),
            lambda: figures.starts_strip(ten.values, own, style, shares=labels),
        )
        st.header(words.OF_TEN, anchor=False)
        chart(drawn, key=f"{page}-starts", alt=ten.sentence)


def _try(page: str, spec: RunSpec) -> None:
    missing = [each for each in starts_of(spec) if session.find(each) is None]
    if missing and not live.active(page):
        live.start(page, missing, about={RECIPE: codec.encode(spec)})


def recipe_of(view: JobView) -> RunSpec | None:
    """The spec whose starts a job trains; None for a job that trains what the page is to show."""
    flat = view.about.get(RECIPE)
    return codec.decode(flat) if flat else None


def take_up(page: str, recipe: RunSpec) -> None:
    """Show the run whose starts are trained, after a reload."""
    controls.fill(page, recipe)
    run = session.find(recipe)
    if run:
        session.show(page, session.remember(run))
