"""A page that compares models over several starts: question, measured answer, controls and curves."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core.runs import Run
from bilstm_core.statistics import ranking_sentence
from ui import compare_controls, derivation, guess
from ui.compare_curves import curves, switched_on
from ui.comparison import (
    TUTORIAL_EPOCHS,
    Comparison,
    chosen_settings,
    current_runs,
    problem_of,
    scores,
    shown_settings,
)

Runs = dict[str, list[Run]]


def answer(comparison: Comparison, runs: Runs) -> str:
    """The measured sentence under the page's question."""
    present = {label: runs[label] for label in switched_on(comparison) if runs[label]}
    if not present:
        return "Switch on a curve to see its result." if any(runs.values()) else "Press **Run** to find out."
    epochs = shown_settings(comparison.page)["epochs"]
    return f"After {epochs:,} sequences each: {ranking_sentence(scores(present), comparison.expected)}"


def long_run(comparison: Comparison, runs: Runs) -> str:
    """What a long run shows beyond the ranking, and what came of the guess; "" for a short one."""
    present = {label: runs[label] for label in switched_on(comparison) if runs[label]}
    if not present or shown_settings(comparison.page)["epochs"] <= TUTORIAL_EPOCHS:
        return ""
    said = [guess.fall_sentence(present)]
    if shown_settings(comparison.page)["epochs"] >= comparison.guess_from > 0:
        said.append(guess.verdict(comparison, present))
    return " ".join(said)


def headline(comparison: Comparison, sentence: str, below: str = "") -> None:
    """The measured answer under the question, a line below it, and how all of it is computed."""
    with st.container(horizontal=True, vertical_alignment="center", key="headline"):
        with st.container(key="answer", width="stretch"):
            st.markdown(sentence)
        derivation.popover(problem_of(shown_settings(comparison.page)))
    if below:
        st.caption(below)


def question(comparison: Comparison, title: str) -> tuple[Runs, DeltaGenerator]:
    """The page's question, its measured answer, controls and curves.

    Returns the runs that the page shows, and the narrow column beside the curves.
    """
    st.title(title)
    runs = current_runs(comparison)
    headline(comparison, answer(comparison, runs), long_run(comparison, runs))
    wide, narrow = st.columns([2.2, 1], gap="medium")
    with wide:
        with st.container(key="controls"):
            compare_controls.row(comparison)
        with st.container(key="figure"):
            guess.ask_what_stops(comparison, chosen_settings(comparison.page))
            curves(comparison)
    return runs, narrow
