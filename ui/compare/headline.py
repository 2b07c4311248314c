"""A page that compares models over several starts: question, measured answer, controls and curves."""

import functools

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core.analysis.statistics import FEWEST, listed, ranking_sentence
from bilstm_core.runs import Run
from ui import best_possible, derivation, evaluations, live, session
from ui.compare import guess, launch
from ui.compare.comparison import (
    TUTORIAL_EPOCHS,
    Comparison,
    chosen_settings,
    current_runs,
    default_settings,
    evaluated,
    problem_of,
    scores,
    sequences,
    shown_settings,
    specs_of,
)
from ui.compare.curves import curves, switched_on

EVALUATING = "The runs are trained and are being evaluated."

Runs = dict[str, list[Run]]


def answer(comparison: Comparison, runs: Runs) -> tuple[str, str]:
    """The measured sentence under the page's question, and what else a long run shows.

    In a long run of too few starts to rank them, what still fell comes first.
    """
    present = {label: runs[label] for label in switched_on(comparison)}
    busy = live.active(comparison.page)
    if not any(present.values()) and not busy:
        return ("Switch on a curve to see its result." if any(runs.values()) else "Press **Run** to find out."), ""
    settings = shown_settings(comparison.page)
    wanted, trained = settings["starts"] * len(present), sum(len(group) for group in present.values())
    if busy:
        return _training(comparison), ""
    if trained < wanted:
        return f"Only {trained} of {wanted} runs are trained. Press **Run** for the rest.", ""
    if not evaluated(runs, settings, evaluations.PATIENCE_S):
        return EVALUATING, ""
    by_run = scores(present, settings)
    well_known = settings["name"] == default_settings()["name"]
    first, more = ranking_sentence(by_run, comparison.expected if well_known else ()), []
    if settings["epochs"] > TUTORIAL_EPOCHS:
        more = [guess.fall_sentence(present)]
        if settings["starts"] < FEWEST:
            first, more[0] = more[0], first
        more = [_capital(more[0]), _above_floors(present, by_run)]
        if settings["epochs"] >= comparison.guess_from > 0:
            more.append(guess.verdict(comparison, present))
    return f"After {settings['epochs']:,} sequences each: {first}", " ".join(part for part in more if part)


def _training(comparison: Comparison) -> str:
    """What is being trained; how far it is says the line above the curves, which is drawn more often."""
    job = session.job(comparison.page)
    view = session.jobs().view(job) if job else None
    ours = len(view.specs) if view else 0
    every = len({spec for group in specs_of(comparison, shown_settings(comparison.page)).values() for spec in group})
    rest = "" if ours >= every else f" of {every}; the others are trained already"
    return f"Training {ours} run{'' if ours == 1 else 's'}{rest}." if ours else "Training."


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _above_floors(runs: Runs, by_run: pd.DataFrame) -> str:
    """How far above its best possible each model's loss is, mean over starts; "" while that is not known."""
    means = by_run.groupby("label")["loss"].mean()
    risks = {
        label: best_possible.best_possible(group[0].spec.problem, group[0].spec.model) for label, group in runs.items()
    }
    said = [f"{label} {float(means[label]) - risk.loss:.3f}" for label, risk in risks.items() if risk is not None]
    return f"Above the best possible: {listed(said)}." if said else ""


def headline(comparison: Comparison, runs: Runs, sentence: str, below: str = "") -> None:
    """The measured answer under the question, a line below it, and how all of it is computed.

    The page runs again once all its runs are evaluated, if they are not.
    """
    said, how = derivation.headline()
    said.markdown(sentence)
    with how:
        derivation.popover(problem_of(shown_settings(comparison.page)), paired=True)
    with st.container():  # there or not, so that what follows keeps its place
        if below:
            st.caption(below)
        if not live.active(comparison.page):
            each = sequences(shown_settings(comparison.page))
            evaluations.complete_later([run for group in runs.values() for run in group], each)


def question(comparison: Comparison, title: str) -> tuple[Runs, DeltaGenerator]:
    """The page's question, its measured answer, controls and curves.

    Returns the runs that the page shows, and the narrow column beside the curves.
    """
    live.address(comparison.page, functools.partial(launch.take_up, comparison))
    st.title(title)
    runs = current_runs(comparison)
    headline(comparison, runs, *answer(comparison, runs))
    with st.container(key="controls"):
        launch.row(comparison)
    wide, narrow = st.columns([2.2, 1], gap="medium")
    with wide, st.container(key="figure"):
        guess.ask_what_stops(comparison, chosen_settings(comparison.page))
        curves(comparison, launch.note(comparison))
    return runs, narrow.container(key="beside")
