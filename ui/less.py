"""A smaller setting that would be trained at once, as a button beside the sentence that says that this one is not."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from ui import session, state


class Less(NamedTuple):
    """A smaller setting of a page: what its button says, and what asks for it; a callback."""

    label: str
    press: Callable[[], object]


def offer(page: str, less: Less | None, job: str = "") -> None:
    """A button that asks for a smaller setting, if there is one. job: in whose place, while that waits"""
    if less:
        st.button(
            less.label,
            key=state.widget(page, "less"),
            icon=":material/compress:",
            on_click=_press,
            args=(page, job, less.press),
        )


def _press(page: str, job: str, press: Callable[[], object]) -> None:
    """Ask for less; where the job has begun meanwhile, it goes on."""
    if job:
        view = session.jobs().view(job)
        if session.job(page) != job or view is None or view.over or view.at_work or view.steps_done:
            return
        session.set_job(page, None)
    state.FAILED(page).drop()
    press()
