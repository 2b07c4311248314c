"""What a page shows as code: a plain script, a notebook, and the few lines with the core."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from bilstm_core.evaluation import evaluation_size
from bilstm_core.export import script
from bilstm_core.export.pieces import Program
from bilstm_core.figures.loss_plot import X
from bilstm_core.runs import Run, spec_reached
from ui import best_possible, state, wording

HEIGHT = 340  # px of the script


def of_run(page: str, run: Run, *, x: X = "sequences_seen", window: int | None = None) -> Program:
    """The code of one run, as the page draws it.

    x: what its axis counts; window: sequences of its trailing mean, if not those that are set on the page
    """
    spec = spec_reached(run)
    risk = best_possible.best_possible(spec.problem, spec.model)
    return script.program(
        spec,
        window=window or state.SMOOTHING(page).get(),
        sequences=evaluation_size(spec),
        best=risk.loss if risk else None,
        x=x,
    )


def popover_of_run(
    page: str, run: Run | None, *, x: X = "sequences_seen", window: int | None = None, without: str = ""
) -> None:
    """A button that shows the code of the run that the page shows, if it shows one; arguments as of `of_run`.

    without: what is said where there is none
    """
    popover(page, partial(of_run, page, run, x=x, window=window) if run else None, without=without)


def popover(page: str, program: Callable[[], Program] | None, *, without: str = "") -> None:
    """A button that shows the code of what the page shows; nothing of it is made before it is opened."""
    opened = st.popover(
        "Code", type="tertiary", icon=":material/code:", key=state.widget(page, "code"), on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        if program is None:
            st.markdown(without or wording.NO_CODE)
            return
        shown = program()
        st.markdown(f"{wording.CODE} {shown.needs}")
        with st.container(horizontal=True):
            st.download_button(
                "Script",
                shown.script(),
                f"{shown.name}.py",
                "text/x-python",
                icon=":material/download:",
                on_click="ignore",
            )
            st.download_button(
                "Notebook",
                lambda: shown.notebook().encode(),
                f"{shown.name}.ipynb",
                "application/x-ipynb+json",
                icon=":material/download:",
                on_click="ignore",
            )
        st.code(shown.script(), language="python", height=HEIGHT)
        st.markdown(wording.WITH_CORE)
        st.code(shown.with_core, language="python")
