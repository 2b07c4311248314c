"""Evaluations as pages ask for them, tables, and what of them can be taken away."""

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import wait

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from bilstm_core.analysis import frames
from bilstm_core.evaluation import Evaluation
from bilstm_core.files import tables
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec
from ui import scores, session, state, waits, wording

PATIENCE_S = 0.3  # that a page waits for the evaluations of a comparison before it is drawn without them
PATIENCE_ALONE_S = 1.0  # and for that of a single run, without which it shows little


def evaluated(run: Run) -> Evaluation:
    """The run on up to 10,000 fresh sequences, the same for all runs of a problem; waits for it."""
    return scores.evaluation_of(run).result()


def evaluated_soon(run: Run) -> Evaluation | None:
    """As `evaluated`, but None where it takes longer than a moment; the page then runs again once it is there."""
    future = scores.evaluation_of(run)
    if wait([future], PATIENCE_ALONE_S).done:
        return future.result()
    waits.again_when(future.done)
    return None


def diverged(evaluation: Evaluation) -> bool:
    """Whether the run's weights are no numbers any more, so that nothing it says means anything."""
    return not math.isfinite(evaluation.loss)


def drawn_key(run: Run) -> tuple[str, int]:
    """What a figure of a run with its replay follows from: the same trained live and recorded differ in snapshots."""
    return run.digest, len(run.snapshots.step)


def scored(runs: Iterable[Run], n_sequences: int, patience_s: float = 0.0) -> bool:
    """Ask for the score of each run on so many fresh sequences, wait a moment, and say whether all are there."""
    return not wait([scores.score_of(run, n_sequences) for run in runs], patience_s).not_done


def score(run: Run, n_sequences: int) -> dict[str, float]:
    """Loss (nats per label), accuracy and exact (shares) of a run on fresh sequences; waits for it."""
    found = scores.score_of(run, n_sequences).result()
    return {"loss": found.loss, "accuracy": found.accuracy, "exact": found.exact}


def right_by_timestep(run: Run, n_sequences: int) -> npt.NDArray[np.float64]:
    """The share of right labels at each timestep, (timesteps,), on the sequences of `score`; waits for it."""
    return scores.score_of(run, n_sequences).result().by_timestep


def again_when_scored(runs: Sequence[Run], n_sequences: int) -> None:
    """Run the page again once the scores of all runs are there; for one that was drawn without them."""
    futures = [scores.score_of(run, n_sequences) for run in runs]
    waits.again_when(lambda: all(future.done() for future in futures))


def download(frame: Callable[[], pd.DataFrame], name: str, label: str = "CSV") -> None:
    """A small button that saves a table or the points of a curve as CSV; the table is made when it is pressed."""
    st.download_button(
        label,
        lambda: tables.csv(frame()),
        f"{name}.csv",
        "text/csv",
        key=state.widget("download", name),
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )


def origin(run: Run) -> str:
    """Where a run comes from, small, below its figure: trained just now, stored, or recorded."""
    store = session.store()
    return wording.origin(run, recorded=store.recorded_on(), stored=store.stored_on(run.spec) if run.finished else None)


def origin_of(runs: Sequence[Run]) -> str:
    """Where many runs come from, small, below their figure."""
    return wording.origins(runs, session.store().recorded_on())


@st.cache_data(max_entries=200, show_spinner=False)
def _shares(problem: ProblemSpec) -> pd.DataFrame:
    return frames.label_shares(problem)


def counted_on(problem: ProblemSpec) -> int:
    """On how many fresh sequences `label_shares` counts."""
    return frames.counted_on(problem)


def label_shares(problem: ProblemSpec) -> pd.DataFrame:
    """How often each timestep has each label: timestep (from 1), label, share, real."""
    return _shares(problem.canonical())
