"""What all sessions and the server's routes share: the job service, and the store of finished runs.

Each is made once, by whoever asks first, in a script run or outside of one; a change of the source replaces it, so
nobody may keep what these functions return.
"""

import streamlit as st

from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from bilstm_core.service.jobs import Jobs
from bilstm_core.store import Store
from ui import results, scores

FIRST_PAGE_S = 4.0  # in which pages are drawn; then TensorFlow's import takes a core for seconds. Train starts it too


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The finished runs on disk, shared by all sessions."""
    return Store()


@st.cache_resource(on_release=lambda jobs: jobs.close(), show_spinner=False)
def jobs() -> Jobs:
    """The one job service of the app; a change of the source replaces it."""
    return Jobs(delay_s=FIRST_PAGE_S, keep=store().put, evaluated=_take)


def _take(run: Run, evaluation: Evaluation) -> None:
    """What a worker has found of a run, for all who may ask."""
    scores.take(run, evaluation)
    results.take(run, evaluation)
