"""What is known of finished runs by their spec: how much they get right, without the runs themselves.

A map of hundreds of runs asks for all of them in every run of its page.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

import streamlit as st
from cachetools import LRUCache

from bilstm_core.evaluation import Evaluation, evaluate
from bilstm_core.problems import given
from bilstm_core.recorded_maps import recorded_results
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from bilstm_core.store import Store
from bilstm_core.sweeps import Result

Known = Future[Result | None]  # None: the run has yet to be trained

_known: LRUCache[tuple[RunSpec, int], Known] = LRUCache(30_000)  # by canonical spec and number of fresh sequences
_count: Counter[str] = Counter()
_lock = threading.Lock()  # held while either is asked or changed


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="results")


def news() -> int:
    """A number that is another one once more is known."""
    return _count["news"]


def take(run: Run, evaluation: Evaluation) -> None:
    """Have what the worker found of a run that it has trained."""
    if run.finished:
        future: Known = Future()
        future.set_result(_result(run, evaluation))
        with _lock:
            _known[run.spec, evaluation.n_sequences] = future
            _tell(future)


def judge(run: Run, n_sequences: int) -> None:
    """Have a finished run evaluated that has come without, in its turn."""
    with _lock:
        known = _known.get((run.spec, n_sequences))
        if known is None or (known.done() and known.result() is None):
            _ask(run.spec, n_sequences, run)


def of(specs: Iterable[RunSpec], n_sequences: int, store: Store) -> dict[RunSpec, Known]:
    """What is known of the runs of canonical specs, on so many fresh sequences.

    Whether the store has a run is looked up, and the run evaluated, in its turn: the page does not wait for it.
    """
    with _lock:
        return {spec: _known.get((spec, n_sequences)) or _recall(spec, n_sequences, store) for spec in specs}


def _recall(spec: RunSpec, n_sequences: int, store: Store) -> Known:
    recorded = recorded_results().get((spec, n_sequences))
    if recorded is None:
        return _ask(spec, n_sequences, store)
    future = _known[spec, n_sequences] = Future()
    future.set_result(recorded)
    return future


def _ask(spec: RunSpec, n_sequences: int, source: Run | Store) -> Known:
    def work() -> Result | None:
        run = source if isinstance(source, Run) else source.get(spec)
        try:
            return _result(run, evaluate(run, n_sequences)) if run else None
        except given.AbsentError:  # as long as it waited
            return None

    future = _known[spec, n_sequences] = _pool().submit(work)
    future.add_done_callback(_tell)
    return future


def _tell(_: Known) -> None:
    _count["news"] += 1


def _result(run: Run, evaluation: Evaluation) -> Result:
    return Result(evaluation.exact, evaluation.loss, run.timing.train_s / run.timing.stacked, evaluation.accuracy)
