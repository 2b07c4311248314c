"""What was measured of the run that Train shows: the page's answer, and its numbers beside the figure."""

import streamlit as st

from bilstm_core.analysis.statistics import shares
from bilstm_core.evaluation import Evaluation
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.runs import Run
from ui import evaluations, session, wording


def sentence(run: Run, evaluation: Evaluation) -> str:
    """The page's measured answer."""
    seen = run.sequences_seen
    after = f"After {seen:,} sequence{'s' if seen != 1 else ''}"
    if evaluations.diverged(evaluation):
        return f"{after}: **{evaluations.DIVERGED}**"
    if not wording.classes(run.spec.problem):
        return f"{after} its {wording.SQUARED} on fresh sequences is **{evaluation.loss:.4f}**."
    exact, low, high = shares(evaluation.exact, *evaluation.exact_interval)
    return (
        f"{after} it labels **{exact}** of fresh sequences wholly right ({low} to {high}), "
        f"and {evaluation.accuracy:.1%} of single labels."
    )


def meanwhile(run: Run) -> str:
    """What stands on the page while another run is trained."""
    name = session.describe(run.spec, run.sequences_seen)
    return f"Training. The numbers and sequences here are still those of **{name}**."


def figures_of(run: Run, evaluation: Evaluation) -> None:
    """The run's numbers, the whole sequences large."""
    problem = run.spec.problem
    if evaluations.diverged(evaluation):
        st.metric("Whole sequence right" if wording.classes(problem) else "Mean squared error", "diverged")
        measured = ""
    elif wording.classes(problem):
        exact, low, high = shares(evaluation.exact, *evaluation.exact_interval)
        st.metric(
            "Whole sequence right",
            exact,
            help="Exact-sequence accuracy: the share of fresh sequences with every label right.",
        )
        st.caption(f"{evaluation.exact_count:,} of {evaluation.n_sequences:,}; 95% interval {low} to {high}")
        measured = (
            f"Single labels right: **{evaluation.accuracy:.1%}**  \n"
            f"Loss, fresh sequences: **{evaluation.loss:.4f}** nats/label  \n"
        )
    else:
        st.metric("Mean squared error", f"{evaluation.loss:.4f}", help="The loss, on fresh sequences.")
        st.caption(f"On {evaluation.n_sequences:,} fresh sequences. There are no labels to be right.")
        measured = ""
    beside = f", beside {run.timing.stacked - 1} others" if run.timing.stacked > 1 else ""
    compiled = f", compiled in {run.timing.compile_s:.1f} s" if run.timing.compile_s else ""
    st.markdown(
        f"{measured}"
        f"Parameters: **{parameter_count(problem, run.spec.model):,}**  \n"
        f"Trained in **{run.timing.train_s:.1f} s**{beside}{compiled}"
    )
