"""What came of the presses of the page Why, in sentences: of the last one, of all so far, and of the guess."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from bilstm_core.analysis.ablation import (
    BIDIRECTIONAL,
    FORWARD,
    Kind,
    conclusion,
    finding,
    kinds,
    lead_sentence,
    opening,
    verdict,
)
from bilstm_core.analysis.falls import fall_sentence
from bilstm_core.analysis.parameter_matching import Match, match
from bilstm_core.comparison import is_long, offered, specs_of, tried
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings, WhySettings
from bilstm_core.presets import WHY_FIRST, WHY_STEPS, Step
from ui import registry, state
from ui.compare import headline
from ui.compare.comparison import runs_of, scores_of
from ui.compare.resolved import Shown

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
) -> tuple[list[str], dict[str, Kind]]:
    findings = [finding(_by_run, step, match if step.matched else None) for step in steps]
    return findings, kinds(_by_run, steps, match)


def _findings(shown: Shown, scores: pd.DataFrame, steps: Sequence[Step]) -> tuple[list[str], dict[str, Kind]]:
    """What came of each change, in a sentence, and of what kind it is."""
    return _cached_findings(shown.key, scores, steps, matched(shown.settings))


def answer(shown: Pressed) -> str:
    """The measured sentence under the question: what came of the last press."""
    if not all(shown.runs.values()):
        return "Training what was asked for." if shown.busy else "Press **Run** to find out."
    if shown.scores is None:
        return headline.EVALUATING
    settings, steps = shown.settings, tried(shown.progress)
    if is_long(settings):
        return f"After {settings.epochs:,} sequences each: {lead_sentence(shown.scores, _earlier(shown))}"
    if not steps:
        wait = "" if guessed() else " Why? Guess first."
        return f"After {settings.epochs:,} sequences each: {opening(shown.scores)}{wait}"
    return _findings(shown, shown.scores, steps)[0][-1]


def _earlier(shown: Shown) -> pd.DataFrame | None:
    settings = replace(shown.settings, epochs=TUTORIAL_EPOCHS)
    runs = runs_of(specs_of(replace(shown.comparison, models=WHY_FIRST), settings))
    return scores_of(runs, settings) if all(runs.values()) else None


def below(shown: Pressed) -> str:
    """What came of the guess, and at the end what is left."""
    steps = tried(shown.progress)
    if is_long(shown.settings):
        return f"And {fall_sentence(shown.runs)}" if all(shown.runs.values()) else ""
    if not steps or not all(shown.runs.values()) or shown.scores is None:
        return ""
    _, outcomes = _findings(shown, shown.scores, steps)
    sentences = [verdict(guessed() or "", outcomes) if guessed() else ""]
    if outcomes and not left(shown.progress):
        sentences.append(conclusion(outcomes))
    return " ".join(part for part in sentences if part)


def every_sentence(shown: Pressed) -> list[str]:
    """All that may be said, in order, once all runs are evaluated; without what was guessed."""
    if shown.scores is None or is_long(shown.settings):
        return [answer(shown), below(shown)]
    steps = tried(shown.progress)
    sentences, outcomes = _findings(shown, shown.scores, steps)
    last = [conclusion(outcomes)] if outcomes and not left(shown.progress) else []
    return [f"After {shown.settings.epochs:,} sequences each: {opening(shown.scores)}", *sentences, *last]


def so_far(shown: Pressed) -> None:
    """What came of every press."""
    done = [step for step in tried(shown.progress) if step.label in shown.present]
    if not done or not {FORWARD, BIDIRECTIONAL} <= set(shown.present) or shown.scores is None:
        return
    st.markdown("**What came out so far**")
    findings, _ = _findings(shown, shown.scores, done)
    st.markdown("\n".join(f"- {each}" for each in findings))
