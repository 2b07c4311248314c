"""A page that compares models over several starts: question, measured answer, controls and curves."""

import functools
import math
from collections.abc import Callable, Hashable, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.analysis.falls import fall_sentence, lead_sentence
from bilstm_core.analysis.statistics import apart, mean_losses
from bilstm_core.analysis.telling import Told, level_of, ranking
from bilstm_core.comparison import RunsByLabel, each_once, is_long
from bilstm_core.datasets.recipe import training_of
from bilstm_core.page_settings import ComparisonSettings
from ui import best_possible, code, derivation, evaluations, files, lesson_texts, live, session, share, wording
from ui.compare import guess, launch, taken, words
from ui.compare.comparison import Comparison
from ui.compare.curves import curves
from ui.compare.resolved import Shown, resolve

PRINTED = 0.0005  # the least loss that three digits do not print as zero


def answer(shown: Shown) -> Told:
    """The measured answer to the page's question."""
    present, settings, comparison = (
        {label: shown.runs[label] for label in shown.visible},
        shown.settings,
        shown.comparison,
    )
    if not any(present.values()) and not shown.busy:
        return words.NO_CURVE if shown.present else words.PRESS_TRAIN
    wanted, trained = settings.starts * len(present), sum(len(group) for group in present.values())
    fixed = settings.problem.problem.fixed is not None
    if shown.busy:
        return _training(shown)
    if trained < wanted:
        return words.some_are_missing(trained, wanted)
    by_run = shown.scores_of(shown.visible)
    if by_run is None:
        return words.EVALUATING_DATA if fixed else words.EVALUATING
    well_known = settings.name == ComparisonSettings().name
    told, winner, level, undecided = ranking(
        by_run,
        comparison.expected if well_known else (),
        sequences=training_of(settings.problem.problem, epochs=settings.epochs).sequences,
        reasons=comparison.reasons,
        on=f"on {settings.problem.problem.drawing} sequences",
    )
    lead = ""
    if comparison.leader:
        means = by_run.dropna(subset="exact").groupby("label")[["loss", "exact"]].mean().sort_values("loss")
        near = level if comparison.leader in level else ()
        lead = _lead_of(comparison.leader, present, wins=winner == comparison.leader, level=near)
        told = words.with_whole_sequences(told, {str(label): float(share) for label, share in means["exact"].items()})
        if lead and near:  # which says as much
            told, lead = words.in_place(told, undecided, lead), ""
    if not is_long(settings):
        return words.and_then(told, lead)
    of_guess = guess.verdict(comparison, present) if settings.epochs >= comparison.guess_from > 0 else ""
    gaps = words.above_best_possible(_above_best_possible(present, by_run))
    return words.and_then(words.of_a_long_run(told, fall_sentence(present), gaps, of_guess, settings.starts), lead)


def _lead_of(leader: str, runs: RunsByLabel, *, wins: bool, level: tuple[str, ...]) -> str:
    digests = tuple((label, *(run.digest for run in group)) for label, group in runs.items())
    return _lead(digests, runs, leader, wins, level)


@st.cache_resource(max_entries=50, show_spinner=False)
def _lead(key: Hashable, _runs: RunsByLabel, leader: str, wins: bool, level: tuple[str, ...]) -> str:
    return lead_sentence(figures.smooth_and_band(frames.losses(_runs)), leader, wins=wins, level=level)


def _training(shown: Shown) -> Told:
    job = session.job(shown.page)
    view = session.jobs().view(job) if job else None
    models = sum(bool(group) for group in shown.specs.values())
    hidden = [label for label in shown.specs if label not in shown.visible]
    ours, every = len(view.specs) if view else 0, len(each_once(shown.specs))
    return words.training(ours, every, models, shown.settings.starts, hidden)


def _above_best_possible(runs: RunsByLabel, by_run: pd.DataFrame) -> dict[str, float]:
    """How far above its best possible each model's loss is, mean over starts; without those of which it isn't known.

    Nothing where all of them can be 0, for it would be the losses once more.
    """
    means = mean_losses(by_run)
    best = best_possible.losses_of({label: group[0].spec for label, group in runs.items()})
    if not any(loss >= PRINTED for loss in best.values()):
        return {}
    return {label: apart(means[label], loss) for label, loss in best.items() if not math.isnan(loss)}


def headline(
    shown: Shown,
    question: str,
    told: Told,
    *,
    sentences: Callable[[], Sequence[str]] | None = None,
) -> None:
    """The measured answer under the question, how all of it is computed, and what can be taken home.

    The page runs again once all its runs are evaluated, if they are not.
    sentences: what a report says in place of the answer
    """
    place, how = derivation.headline()
    place.markdown(*told)
    with how:
        derivation.popover(shown.settings.problem, paired=True)
        kept = shown.settings.problem.problem.kept
        program = functools.partial(taken.program, shown, question) if kept else None
        code.popover(shown.page, program, without=wording.NO_DATA_CODE)
        files.popover(shown.page, lambda: taken.offer(shown, question, sentences or (lambda: [told.whole])))
        share.popover(shown.page, each_once(shown.specs))
    with st.container(key="below"):  # there or not, so that what follows keeps its place
        if shown.scores is None and not shown.busy:
            runs = [run for group in shown.runs.values() for run in group]
            evaluations.again_when_scored(runs, shown.settings.sequences)


def question(comparison: Comparison, title: str) -> tuple[Shown, DeltaGenerator]:
    """The page's question, its measured answer, controls and curves.

    Returns what the page shows, and the narrow column beside the curves.
    """
    live.address(comparison.page, functools.partial(launch.take_up, comparison))
    launch.settle(comparison)
    launch.open_linked(comparison)
    st.title(title)
    shown = resolve(comparison)
    headline(shown, title, answer(shown))
    with st.container(key="controls"):
        launch.row(shown)
    wide, narrow = st.columns([2.2, 1], gap="medium")
    with wide, st.container(key="figure"):
        curves(shown, launch.note(shown))
    return shown, narrow.container(key="beside")


def of_losses(
    shown: Shown, said: Callable[[dict[str, float], int, list[str]], lesson_texts.Answer]
) -> lesson_texts.Answer | None:
    """What the lesson says of each drawn model's mean loss on fresh sequences; None before that is known.

    said: of the losses, the sequences of a training, and the labels that can't be told from the lowest, that first
    """
    present = [label for label in shown.visible if shown.runs[label]]
    scores = shown.scores_of(present)
    if shown.busy or scores is None or len(present) < 2 or shown.settings.problem.problem.fixed:
        return None
    return said(mean_losses(scores), shown.settings.epochs, level_of(scores))
