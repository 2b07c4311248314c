"""What was measured of the run that Train shows: the page's answer, and its numbers beside the figure."""

from textwrap import shorten

import streamlit as st

from bilstm_core.analysis.telling import Told
from bilstm_core.evaluation import Evaluation
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from bilstm_core.wording import differing
from ui import address, best_possible, evaluations, lesson_texts, wording
from ui.train import starts, words

LONGEST = 40  # letters of a setting that is named: a formula may have more


def answer(run: Run, evaluation: Evaluation, ten: starts.Ten | None = None) -> Told:
    """The page's measured answer, with where the network stands. ten: its recipe's starts, where they are known"""
    seen, spec = run.sequences_seen, run.spec
    if evaluations.diverged(evaluation):
        return words.diverged(seen, wording.DIVERGED)
    fixed = spec.problem.problem.fixed is not None
    if not wording.classes(spec.problem):
        told = words.squared_error(seen, evaluation.loss, wording.SQUARED, evaluation.n_sequences, fixed=fixed)
        return with_standing(told, ten)
    if fixed:
        return with_standing(words.labels_of_data(seen, evaluation), ten)
    risk = best_possible.best_possible(spec.problem, spec.model)
    every = list(ten.values.values()) if ten else ()
    told = words.labels_right(seen, evaluation, risk.exact if risk else None, every)
    return told if words.differ(every) else with_standing(told, ten)


def with_standing(told: Told, ten: starts.Ten | None) -> Told:
    """The answer with where the network stands among its recipe's starts."""
    return told._replace(counts=" ".join(part for part in (told.counts, ten.sentence if ten else "") if part))


def meanwhile(run: Run, spec: RunSpec | None) -> str:
    """What stands on the page while another run is trained. spec: of the controls; None while they are not allowed"""
    return words.meanwhile(differs(run, spec) if spec else ())


def differs(run: Run, spec: RunSpec) -> list[str]:
    """The settings of the run shown that are others in the controls, as Markdown shows them."""
    return [address.escaped(shorten(text, LONGEST, placeholder=" …")) for text in differing(run.spec, spec)]


def figures_of(page: str, run: Run, evaluation: Evaluation, ten: starts.Ten | None) -> None:
    """The run's numbers, the whole sequences large, and where it stands among ten starts."""
    problem, measured = run.spec.problem, None
    labels, drawing = wording.classes(problem) > 0, problem.problem.drawing
    if evaluations.diverged(evaluation):
        st.metric(words.WHOLE_RIGHT if labels else words.SQUARED, words.NO_NUMBER)
    elif labels:
        share = words.share(evaluation.exact, evaluation.exact_interval)
        st.metric(words.WHOLE_RIGHT, share, help=words.whole_right_help(drawing))
        st.caption(words.interval(evaluation.exact, evaluation.exact_interval))
        measured = evaluation.accuracy, evaluation.loss
    else:
        st.metric(words.SQUARED, f"{evaluation.loss:.4f}", help=words.squared_help(drawing))
        st.caption(words.of_numbers(evaluation.n_sequences, drawing))
    starts.strip(page, run, ten)
    timing = run.timing
    facts = words.facts(
        measured,
        parameter_count(problem, run.spec.model),
        timing.train_s,
        max(0, timing.stacked - 1),
        timing.compile_s or 0.0,
        drawing=drawing,
    )
    st.markdown(facts)


def wholly_right(run: Run, evaluation: Evaluation) -> lesson_texts.Answer | None:
    """What the lesson asks for: the share of sequences that are wholly right; None where there are no labels."""
    problem = run.spec.problem
    if not wording.classes(problem) or problem.problem.fixed or evaluations.diverged(evaluation):
        return None
    return lesson_texts.wholly_right(evaluation.exact, evaluation.accuracy)
