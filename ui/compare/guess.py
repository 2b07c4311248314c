"""A guess that is asked for before an answer is shown."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from bilstm_core.analysis.falls import falls_of
from bilstm_core.comparison import RunsByLabel
from bilstm_core.page_settings import ComparisonSettings
from ui import state
from ui.compare import words
from ui.compare.comparison import Comparison

STOPPED = 0.1  # a loss that fell by less in the second half of the training has stopped falling


def ask(
    page: str, question: str, options: Sequence[str], label_visibility: Literal["visible", "collapsed"] = "visible"
) -> None:
    """The question with its options."""
    st.segmented_control(
        question,
        list(options),
        required=True,
        key=state.GUESS(page).key,
        label_visibility=label_visibility,
        persist_state="session",
    )


def waiting(comparison: Comparison, settings: ComparisonSettings) -> str:
    """Why these settings can't be run yet, or nothing."""
    wanted = comparison.guess_from and settings.epochs >= comparison.guess_from
    return words.GUESS_FIRST if wanted and not guessed(comparison) else ""


def guessed(comparison: Comparison) -> str | None:
    """Which curve a person thinks will stop falling."""
    return state.GUESS(comparison.page).get()


def is_due(comparison: Comparison, chosen: ComparisonSettings, shown: ComparisonSettings) -> bool:
    """Whether the chosen run, which is not shown yet, is long enough for a curve to stop falling."""
    return 0 < comparison.guess_from <= chosen.epochs and chosen != shown


def ask_what_stops(comparison: Comparison) -> None:
    """Asked over the curves, in one row."""
    options = [label for label in comparison.models if label not in comparison.hidden_at_first]
    st.markdown(words.STOPS, width="content")
    ask(comparison.page, words.STOPS, [*options, words.NONE], label_visibility="collapsed")


def verdict(comparison: Comparison, runs: RunsByLabel) -> str:
    """What came of the guess."""
    guess, falls = guessed(comparison), falls_of(runs)
    if not guess or not falls:
        return ""
    return words.verdict(guess, [label for label, fall in falls.items() if fall < STOPPED])
