"""The lesson: a guided path through the pages, each with a guess before its answer; and Next at every page's foot.

It is a way to look at the same pages: without it (`lesson=yes` in the address) nothing is asked and nothing hidden.
This module imports little, for the first page of a new server waits for it.
"""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import lesson_texts, registry, state, view
from ui.lesson_texts import Answer
from ui.looks import embedded


def start() -> None:
    """Begin the lesson anew; from a callback."""
    state.LESSON.set(True)
    for page in registry.PAGES:
        state.LESSON_GUESS(page.name).drop()
        state.LESSON_RIGHT(page.name).drop()


def begin(page: str) -> DeltaGenerator | None:
    """Ask the page's question, before the page is drawn; where the verdict is to stand, if there is to be one."""
    question = lesson_texts.QUESTIONS.get(page)
    state.CAME_OUT.drop()
    if not state.LESSON.get() or question is None or embedded():
        return None
    with st.container(key="lesson", border=True):
        with st.container(horizontal=True, vertical_alignment="center", key="lesson-asks"):
            st.markdown(
                f"**Lesson, {registry.place_of(page)} of {len(registry.PAGES) - 1}.** {question.text}", width="content"
            )
            if question.options:
                guess = state.LESSON_GUESS(page)
                st.segmented_control(
                    question.text,
                    question.options,
                    required=True,
                    key=guess.key,
                    label_visibility="collapsed",
                    persist_state="session",
                )
            st.button("End the lesson", key="lesson-end", type="tertiary", on_click=state.LESSON.set, args=(False,))
        return st.container()


def guessed(page: str) -> str | None:
    """What was guessed on a page, here, or where the page asks for a guess itself."""
    question = lesson_texts.QUESTIONS.get(page)
    entry = state.LESSON_GUESS(page) if question and question.options else state.GUESS(page)
    return entry.get()


def came_out(page: str, answer: Callable[[], Answer | None]) -> None:
    """What the page has measured, for the verdict; worked out only where a guess has been made."""
    if state.LESSON.get() and guessed(page):
        found = answer()
        if found:
            state.CAME_OUT.set({"right": list(found.right), "sentence": found.sentence, "settled": found.settled})


def end(page: str, place: DeltaGenerator | None) -> None:
    """The guess beside what came out, in its place; and Next, at the foot of the page."""
    guess, found = guessed(page), state.CAME_OUT.get()
    if place is not None and guess:
        with place, st.container(horizontal=True, vertical_alignment="center", key="lesson-verdict"):
            if found and not state.COVERED.get():
                answer = Answer(tuple(found["right"]), found["sentence"], found["settled"])
                state.LESSON_RIGHT(page).set(guess in answer.right if answer.right or answer.settled else None)
                st.markdown(f"{lesson_texts.verdict(guess, answer)} {_tally(page)}".rstrip())
            else:
                st.markdown(f"You guessed **{guess}**. {lesson_texts.QUESTIONS[page].meanwhile}")
            _onward(page, "lesson-next")
    if not embedded() and not state.CLASS.get():
        with st.container(key="foot"):
            _onward(page, "foot-next")


def _tally(page: str) -> str:
    """How many guesses were right, at the lesson's end."""
    if page != registry.PAGES[-1].name:
        return ""
    told = [right for each in registry.PAGES if (right := state.LESSON_RIGHT(each.name).get()) is not None]
    return lesson_texts.tally(sum(told), len(told))


def _onward(page: str, key: str) -> None:
    following = registry.PAGES[(registry.place_of(page) + 1) % len(registry.PAGES)]
    label = f"Next: {following.title}" if following is not registry.PAGES[0] else "Back to the Overview"
    if st.button(label, key=key, icon=":material/arrow_forward:", help=following.question):
        view.open_page(following)
