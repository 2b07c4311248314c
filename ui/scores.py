"""Evaluations of runs, each worked out once for all sessions: by the worker that trained the run, or else here.

A worker's is taken as it comes with its training, and never with a file; those of the recorded runs that pages compare
come with the program.
"""

import functools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import streamlit as st
from cachetools import LRUCache

from bilstm_core import recorded_scores
from bilstm_core.evaluation import Evaluation, evaluate, evaluation_size
from bilstm_core.runs import Run

T = TypeVar("T")


class Score(NamedTuple):
    """Loss (nats per label), accuracy and exact (shares) on fresh sequences, and accuracy by timestep, (timesteps,)."""

    loss: float
    accuracy: float
    exact: float
    by_timestep: npt.NDArray[np.float64]


_scores: LRUCache[tuple[str, int], Future[Score]] = LRUCache(5_000)  # by the run's digest and the number of sequences
_evaluations: LRUCache[tuple[str, int], Future[Evaluation]] = LRUCache(24)  # so are these
_lock = threading.Lock()  # held while they are asked or changed


@st.cache_resource(show_spinner=False)
def _pool(purpose: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"evaluate-{purpose}")


@functools.cache
def _recorded() -> dict[str, Future[Score]]:
    return {
        digest: _done(Score(told.loss, told.accuracy, told.exact, np.array(told.by_timestep)))
        for digest, told in recorded_scores.recorded().items()
    }


def evaluation_of(run: Run) -> Future[Evaluation]:
    """The run on as many fresh sequences as it has by itself."""
    size = evaluation_size(run.spec)
    return _asked(_evaluations, (run.digest, size), _pool("run"), lambda: evaluate(run, size))


def score_of(run: Run, n_sequences: int) -> Future[Score]:
    """How good the run is on so many fresh sequences."""
    key, pool = (run.digest, n_sequences), _pool("comparison")
    if n_sequences == recorded_scores.SEQUENCES and run.digest in _recorded():
        return _recorded()[run.digest]
    return _asked(_scores, key, pool, lambda: _score(evaluate(run, n_sequences)))


def take(run: Run, evaluation: Evaluation) -> None:
    """Have what the worker found of a run that it has trained; whole, unless it has no examples."""
    key = run.digest, evaluation.n_sequences
    with _lock:
        _scores[key] = _done(_score(evaluation))
        if len(evaluation.examples):
            _evaluations[key] = _done(evaluation)


def _score(evaluation: Evaluation) -> Score:
    by_timestep = evaluation.per_timestep["accuracy"].to_numpy(np.float64)
    return Score(evaluation.loss, evaluation.accuracy, evaluation.exact, by_timestep)


def _asked(
    cache: LRUCache[tuple[str, int], Future[T]], key: tuple[str, int], pool: ThreadPoolExecutor, work: Callable[[], T]
) -> Future[T]:
    """What is known under a key, or will be once it has been worked out."""
    with _lock:
        future = cache.get(key)
        if future is None:
            future = cache[key] = pool.submit(work)
        return future


def _done(result: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(result)
    return future
