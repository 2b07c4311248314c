"""What came of the presses of the page Why, in sentences: of the last one, of all so far, and of the guess."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from bilstm_core.analysis.ablation import (
    BIDIRECTIONAL,
    FORWARD,
    JUDGES,
    Gain,
    conclusion,
    finding,
    gains,
    has_gain,
    judged,
    long_lead,
    opening,
    verdict,
)
from bilstm_core.analysis.falls import fall_sentence
from bilstm_core.analysis.parameter_matching import Match, match
from bilstm_core.analysis.telling import Told
from bilstm_core.comparison import is_long, offered, specs_of, tried, why
from bilstm_core.datasets.recipe import training_of
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings, WhySettings
from bilstm_core.presets import WHY_FIRST, WHY_STEPS, Step
from ui import lesson_texts, registry, state
from ui.compare import words as shared
from ui.compare.comparison import runs_of, scores_of
from ui.compare.resolved import Shown
from ui.why import words

PAGE = registry.WHY.name


@dataclass(frozen=True, kw_only=True)
class Pressed(Shown):
    """What the page shows. progress: its settings, with how far the presses have come"""

    progress: WhySettings

    @property
    def all_settings(self) -> WhySettings:
        """The settings, with how far the presses have come."""
        return self.progress


def guessed() -> str | None:
    """What a person thinks is the reason, once they said so."""
    return state.GUESS(PAGE).get()


def left(settings: WhySettings) -> list[Step]:
    """The changes not tried yet, in order."""
    return offered(WHY_STEPS[settings.stage :], settings)


def matched(settings: ComparisonSettings) -> Match:
    """How near forward comes to bidirectional's parameters."""
    return match(settings.problem, WHY_FIRST[FORWARD], settings.reference)


@st.cache_resource(max_entries=50, show_spinner=False)
def _cached_findings(
    key: Hashable,
    _by_run: pd.DataFrame,
    steps: Sequence[Step],
    match: Match,
    drawing: str,
) -> tuple[list[Told], dict[str, Gain]]:
    return [finding(_by_run, step, match, drawing=drawing) for step in steps], gains(_by_run, steps, match)


def _findings(shown: Shown, steps: Sequence[Step]) -> tuple[list[Told], dict[str, Gain]] | None:
    """What came of each change in the short runs, and what each gains; None while not all are trained and evaluated."""
    if not is_long(shown.settings):
        labels = [FORWARD, BIDIRECTIONAL, *(step.label for step in steps)]
        if shown.scores is None or not all(shown.runs.get(label) for label in labels):
            return None
        drawing = shown.settings.problem.problem.drawing
        return _cached_findings(shown.key, shown.scores, steps, matched(shown.settings), drawing)
    settings = _short(shown.settings)
    runs = runs_of(specs_of(why(settings, steps), settings))
    if not all(len(group) == settings.starts for group in runs.values()):
        return None
    scores = scores_of(runs, settings)
    digests = tuple((label, *(run.digest for run in group)) for label, group in runs.items())
    return None if scores is None else _cached_findings(digests, scores, steps, matched(settings), "fresh")


def _short(settings: ComparisonSettings) -> ComparisonSettings:
    """The settings of the runs before the long one, which may have had more starts."""
    before = state.BEFORE(PAGE).get()
    return replace(settings, epochs=TUTORIAL_EPOCHS, starts=before or settings.starts)


def answer(shown: Pressed) -> Told:
    """The measured answer: what came of the last press, of the guess, and at the end what is left."""
    if not all(shown.runs.values()):
        return words.TRAINING if shown.busy else words.PRESS_TRAIN
    if shown.scores is None:
        return shared.EVALUATING_DATA if shown.settings.problem.problem.fixed else shared.EVALUATING
    settings, steps = shown.settings, tried(shown.progress)
    if is_long(settings):
        told = long_lead(shown.scores, _earlier(shown), settings.epochs, TUTORIAL_EPOCHS)
        return told._replace(counts=f"{told.counts} {fall_sentence(shown.runs)}")
    found = _findings(shown, steps)
    if not steps or found is None:
        known = settings.problem.problem.fixed is None or has_gain(shown.scores)  # of the program's problems it is
        return words.answer(
            _opening(shown.scores, shown.settings), [words.GUESS_FIRST] if known and not guessed() else []
        )
    findings, gained = found
    end = _in_the_end(shown, gained)
    before = {label: gain for label, gain in gained.items() if label != steps[-1].label}
    of_guess = verdict(guessed() or "", gained)
    news = end or of_guess != verdict(guessed() or "", before)  # what is said once of a guess holds until more is known
    return words.answer(end or findings[-1], [of_guess] if news and not state.LESSON.get() else [])


def came_out(shown: Pressed) -> lesson_texts.Answer | None:
    """What came of the guess, for the lesson, which says it; None while the changes tried so far say nothing of it."""
    steps, guess = tried(shown.progress), guessed()
    found = _findings(shown, steps) if steps and guess else None
    if found is None or not guess or shown.settings.problem.problem.fixed:  # the lesson is of a problem of its own
        return None
    findings, gained = found
    kind = judged(guess, gained)
    told = [each.answer for step, each in zip(steps, findings, strict=True) if step.label in JUDGES[guess]]
    return lesson_texts.explains(guess, kind, told) if kind else None


def _in_the_end(shown: Pressed, gained: Mapping[str, Gain]) -> Told | None:
    """What has been found once everything is tried; None before, and where there is no gain to explain."""
    if left(shown.progress) or not gained:
        return None
    if shown.settings.problem.problem.fixed:
        return words.only_data(conclusion(gained), shown.settings.epochs)
    return words.only_here(conclusion(gained), shown.settings.timesteps)


def _opening(scores: pd.DataFrame, settings: ComparisonSettings) -> Told:
    """How far bidirectional is ahead before anything is tried. scores: of the runs of these settings"""
    problem = settings.problem.problem
    return opening(scores, training_of(problem, epochs=settings.epochs).sequences, problem.drawing)


def _earlier(shown: Shown) -> pd.DataFrame | None:
    settings = _short(shown.settings)
    runs = runs_of(specs_of(replace(shown.comparison, models=WHY_FIRST), settings))
    return scores_of(runs, settings) if all(runs.values()) else None


def every_sentence(shown: Pressed) -> list[str]:
    """All that may be said, in order, once all runs are evaluated; without what was guessed."""
    if shown.scores is None or is_long(shown.settings):
        return [answer(shown).whole]
    found = _findings(shown, tried(shown.progress))
    findings, gained = found or ([], {})
    told = (_opening(shown.scores, shown.settings), *findings, _in_the_end(shown, gained))
    return [each.whole for each in told if each]


def so_far(shown: Pressed) -> None:
    """What came of every press; it stays when the long run comes."""
    steps = tried(shown.progress)
    found = _findings(shown, steps) if steps else None
    if found:
        problem = shown.settings.problem.problem
        epochs = shown.settings.epochs if problem.fixed else TUTORIAL_EPOCHS
        st.markdown(words.so_far(found[0], training_of(problem, epochs=epochs).sequences))
