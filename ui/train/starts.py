"""Where a network stands among ten starts of its recipe: the strip beneath its number, and the job that trains them."""

import streamlit as st

from bilstm_core import codec, figures
from bilstm_core.comparison import starts_of
from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from bilstm_core.service.job_record import JobView
from bilstm_core.specs import RunSpec
from ui import controls, evaluations, live, session, state, wording
from ui.chart.component import cached, chart
from ui.train import words

RECIPE = "starts of"  # in what a job is asked for: the spec of the run that is shown


def _values(run: Run, evaluation: Evaluation) -> dict[int, float] | None:
    """By seed, the share of sequences wholly right, or of a regression the loss; None while one is not known."""
    runs = _runs(run)
    if runs is None:
        return None
    others = [each for each in runs if each.digest != run.digest]
    if not evaluations.scored(others, evaluation.n_sequences, evaluations.PATIENCE_S):
        evaluations.again_when_scored(others, evaluation.n_sequences)
        return None
    part = "exact" if wording.classes(run.spec.problem) else "loss"
    values = {each.spec.training.seed: evaluations.score(each, evaluation.n_sequences)[part] for each in others}
    own = evaluation.exact if part == "exact" else evaluation.loss
    return {**values, run.spec.training.seed: own}


def _runs(run: Run) -> list[Run] | None:
    found = [session.find(spec) for spec in starts_of(run.spec, words.STARTS)]
    return [each for each in found if each] if all(found) else None


def _of_a_recipe(run: Run) -> bool:
    """Whether a run is what its settings ask for: one that was stopped or brought back may be another."""
    return run.finished and run.origin != "imported"


def standing(run: Run, evaluation: Evaluation) -> str:
    """Where the run stands among its recipe's starts, in a sentence; "" while they are not known."""
    values = _values(run, evaluation) if _of_a_recipe(run) and not evaluations.diverged(evaluation) else None
    if values is None:
        return ""
    own = values[run.spec.training.seed]
    if wording.classes(run.spec.problem):
        return words.standing(list(values.values()), own, evaluation.n_sequences)
    return words.standing_of_errors(list(values.values()), own)


def strip(page: str, run: Run, evaluation: Evaluation) -> None:
    """A dot for each start, this one's marked; where they are not all trained, a button that trains them."""
    if not _of_a_recipe(run) or evaluations.diverged(evaluation):
        return
    if _runs(run) is None:
        st.button(
            words.TRY_STARTS,
            key=state.widget(page, "starts"),
            on_click=_try,
            args=(page, run.spec),
            disabled=live.active(page),
            help=words.TRY_STARTS_HELP,
            width="stretch",
        )
        return
    values = _values(run, evaluation)
    if values is None:
        return
    own, labels = run.spec.training.seed, wording.classes(run.spec.problem) > 0
    style = figures.style(run.spec.model.direction, run.spec.model.merge_mode)
    drawn = cached(
        ("starts", run.digest, tuple(values.items())), lambda: figures.starts_strip(values, own, style, shares=labels)
    )
    chart(drawn, key=f"{page}-starts", alt=standing(run, evaluation))


def _try(page: str, spec: RunSpec) -> None:
    missing = [each for each in starts_of(spec, words.STARTS) if session.find(each) is None]
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
