"""Evaluations that are computed once, tables, and what of them can be taken away."""

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st
from cachetools import LRUCache

from bilstm_core.analysis import frames
from bilstm_core.evaluation import Evaluation, evaluate, evaluation_size
from bilstm_core.files import tables
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec
from ui import session, state, waits, wording

PATIENCE_S = 0.3  # that a page waits for the evaluations of a comparison before it is drawn without them
PATIENCE_ALONE_S = 1.0  # and for that of a single run, without which it shows little

Score = tuple[float, float, float, npt.NDArray[np.float64]]  # loss, accuracy, exact, accuracy by timestep
_scores: LRUCache[tuple[str, int], Future[Score]] = LRUCache(5_000)  # by the run's digest and the number of sequences
_lock = threading.Lock()  # held while they are asked or changed


@st.cache_resource(show_spinner=False)
def _pool(purpose: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"evaluate-{purpose}")


@st.cache_resource(max_entries=24, show_spinner=False)
def _evaluated(digest: str, _run: Run) -> Future[Evaluation]:
    return _pool("run").submit(evaluate, _run, evaluation_size(_run.spec))


def evaluated(run: Run) -> Evaluation:
    """The run on up to 10,000 fresh sequences, the same for all runs of a problem; waits for it."""
    return _evaluated(run.digest, run).result()


def evaluated_soon(run: Run) -> Evaluation | None:
    """As `evaluated`, but None where it takes longer than a moment; the page then runs again once it is there."""
    future = _evaluated(run.digest, run)
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


def _score(run: Run, n_sequences: int) -> Score:
    result = evaluate(run, n_sequences)
    return result.loss, result.accuracy, result.exact, result.per_timestep["accuracy"].to_numpy(np.float64)


def _future(run: Run, n_sequences: int) -> Future[Score]:
    key, pool = (run.digest, n_sequences), _pool("comparison")
    with _lock:
        future = _scores.get(key)
        if future is None:
            future = _scores[key] = pool.submit(_score, run, n_sequences)
        return future


def scored(runs: Iterable[Run], n_sequences: int, patience_s: float = 0.0) -> bool:
    """Ask for the score of each run on so many fresh sequences, wait a moment, and say whether all are there."""
    return not wait([_future(run, n_sequences) for run in runs], patience_s).not_done


def score(run: Run, n_sequences: int) -> dict[str, float]:
    """Loss (nats per label), accuracy and exact (shares) of a run on fresh sequences; waits for it."""
    loss, accuracy, exact, _ = _future(run, n_sequences).result()
    return {"loss": loss, "accuracy": accuracy, "exact": exact}


def right_by_timestep(run: Run, n_sequences: int) -> npt.NDArray[np.float64]:
    """The share of right labels at each timestep, (timesteps,), on the sequences of `score`; waits for it."""
    return _future(run, n_sequences).result()[-1]


def again_when_scored(runs: Sequence[Run], n_sequences: int) -> None:
    """Run the page again once the scores of all runs are there; for one that was drawn without them."""
    futures = [_future(run, n_sequences) for run in runs]
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


def label_shares(problem: ProblemSpec) -> pd.DataFrame:
    """How often each timestep has each label: timestep (from 1), label, share, real."""
    return _shares(problem.canonical())
