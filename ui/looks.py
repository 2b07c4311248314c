"""Where a page is looked at: at a reader's screen, before a class, or within another page."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import state

COVERED = "The answer is covered until you press Reveal (or R)."
GUESS_FIRST = "Guess first. Then the page answers."


@dataclass(frozen=True, slots=True)
class Answer:
    """The place of a page's measured answer. What is covered is not sent: a browser has nothing to uncover."""

    place: DeltaGenerator

    def markdown(self, sentence: str, counts: str = "") -> None:
        """Say the answer, or that it is covered. counts: what it rests on, in a second, quieter line"""
        told = f"{sentence}\n\n{counts}" if counts else sentence
        instead = (state.ASKED.get() or COVERED) if state.CLASS.get() else GUESS_FIRST
        self.place.markdown(instead if state.COVERED.get() else told)


def answer() -> Answer:
    """Where the page's measured answer goes."""
    return Answer(st.container(key="answer", width="stretch"))


def unless_covered(sentence: str, otherwise: str = "") -> str:
    """A sentence that tells the answer, or some of it; while that is covered, what stands in its place."""
    return otherwise if state.COVERED.get() else sentence


def error(sentence: str) -> None:
    """Say what is wrong, where it can be mended."""
    st.error(sentence, icon=":material/error:")


def embedded() -> bool:
    """Whether the page is shown within another one."""
    return bool(st.context.is_embedded)


def figures() -> str:
    """How figures are drawn: "class", "embedded", or "" for a reader at a screen."""
    return "class" if state.CLASS.get() else "embedded" if embedded() else ""
