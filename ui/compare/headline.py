"""A page that compares models over several starts: question, measured answer, controls and curves."""

import functools
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core.analysis.falls import fall_sentence
from bilstm_core.analysis.statistics import FEWEST, listed, ranking_sentence
from bilstm_core.comparison import RunsByLabel, each_once
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings
from ui import best_possible, code, derivation, evaluations, files, live, looks, session, share
from ui.compare import guess, launch, taken
from ui.compare.comparison import Comparison
from ui.compare.curves import curves
from ui.compare.resolved import Shown, resolve

EVALUATING = "The runs are trained and are being evaluated."


def answer(shown: Shown) -> tuple[str, str]:
    """The measured sentence under the page's question, and what else a long run shows.

    In a long run of too few starts to rank them, what still fell comes first.
    """
    present, settings, comparison = (
        {label: shown.runs[label] for label in shown.visible},
        shown.settings,
        shown.comparison,
    )
    if not any(present.values()) and not shown.busy:
        return ("Switch on a curve to see its result." if shown.present else "Press **Run** to find out."), ""
    wanted, trained = settings.starts * len(present), sum(len(group) for group in present.values())
    if shown.busy:
        return _training(shown), ""
    if trained < wanted:
        return f"Only {trained} of {wanted} runs are trained. Press **Run** for the rest.", ""
    by_run = shown.scores_of(shown.visible)
    if by_run is None:
        return EVALUATING, ""
    well_known = settings.name == ComparisonSettings().name
    first, more = ranking_sentence(by_run, comparison.expected if well_known else ()), []
    if settings.epochs > TUTORIAL_EPOCHS:
        more = [fall_sentence(present)]
        if settings.starts < FEWEST:
            first, more[0] = more[0], first
        more = [_capital(more[0]), _above_floors(present, by_run)]
        if settings.epochs >= comparison.guess_from > 0:
            more.append(guess.verdict(comparison, present))
    return f"After {settings.epochs:,} sequences each: {first}", " ".join(part for part in more if part)


def _training(shown: Shown) -> str:
    """What is being trained; how far it is says the line above the curves, which is drawn more often."""
    job = session.job(shown.page)
    view = session.jobs().view(job) if job else None
    ours = len(view.specs) if view else 0
    every = len(each_once(shown.specs))
    rest = "" if ours >= every else f" of {every}; the others are trained already"
    return f"Training {ours} run{'' if ours == 1 else 's'}{rest}." if ours else "Training."


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _above_floors(runs: RunsByLabel, by_run: pd.DataFrame) -> str:
    """How far above its best possible each model's loss is, mean over starts; "" while that is not known."""
    means = by_run.groupby("label")["loss"].mean()
    risks = {
        label: best_possible.best_possible(group[0].spec.problem, group[0].spec.model) for label, group in runs.items()
    }
    gaps = [f"{label} {float(means[label]) - risk.loss:.3f}" for label, risk in risks.items() if risk is not None]
    return f"Above the best possible: {listed(gaps)}." if gaps else ""


def headline(
    shown: Shown,
    question: str,
    sentence: str,
    below: str = "",
    *,
    sentences: Callable[[], Sequence[str]] | None = None,
) -> None:
    """The measured answer under the question, a line below it, how all of it is computed, and what can be taken home.

    The page runs again once all its runs are evaluated, if they are not.
    sentences: what a report says in place of the answer
    """
    place, how = derivation.headline()
    place.markdown(sentence)
    with how:
        derivation.popover(shown.settings.problem, paired=True)
        code.popover(shown.page, functools.partial(taken.program, shown, question))
        files.popover(shown.page, lambda: taken.offer(shown, question, sentences or (lambda: (sentence, below))))
        share.popover(shown.page, each_once(shown.specs))
    with st.container(key="below"):  # there or not, so that what follows keeps its place
        if below:
            st.caption(looks.unless_covered(below))
        if shown.scores is None and not shown.busy:
            runs = [run for group in shown.runs.values() for run in group]
            evaluations.again_when_scored(runs, shown.settings.sequences)


def question(comparison: Comparison, title: str) -> tuple[Shown, DeltaGenerator]:
    """The page's question, its measured answer, controls and curves.

    Returns what the page shows, and the narrow column beside the curves.
    """
    live.address(comparison.page, functools.partial(launch.take_up, comparison))
    launch.open_linked(comparison)
    st.title(title)
    shown = resolve(comparison)
    headline(shown, title, *answer(shown))
    with st.container(key="controls"):
        launch.row(shown)
    wide, narrow = st.columns([2.2, 1], gap="medium")
    with wide, st.container(key="figure"):
        curves(shown, launch.note(shown))
    return shown, narrow.container(key="beside")
