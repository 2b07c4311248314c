"""The best possible, for curves, tables and charts. It can take seconds to compute, and no page waits for it."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

import numpy as np
import streamlit as st

from bilstm_core import figures
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.problems import BayesRisk, View
from bilstm_core.specs import ModelSpec, ProblemSpec
from bilstm_core.statistics import listed

PATIENCE_S = 0.3
CLOSE = 0.002  # floors nearer than this are drawn as one


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1)


@st.cache_resource(max_entries=300, show_spinner=False)
def _asked(key: str, view: View, _problem: ProblemSpec) -> Future[BayesRisk]:
    return _pool().submit(bayes_risk, _problem, view)


def _future(problem: ProblemSpec, model: ModelSpec) -> Future[BayesRisk]:
    problem = problem.canonical()
    return _asked(repr(problem), view_of(model), problem)


def best_possible(problem: ProblemSpec, model: ModelSpec) -> BayesRisk | None:
    """The best that any model can do that reads what this one reads; None while it is not known yet."""
    future = _future(problem, model)
    return future.result() if future.done() else None


def known(problem: ProblemSpec, models: Mapping[str, ModelSpec]) -> bool:
    """Ask for the best possible of each model, wait a moment, and say whether all are there."""
    return not wait([_future(problem, model) for model in models.values()], PATIENCE_S).not_done


def of(
    problem: ProblemSpec, models: Mapping[str, ModelSpec], styles: Mapping[str, figures.Style]
) -> list[figures.Floor]:
    """A line for the best possible loss of each model; models that share one share the line."""
    found: list[tuple[float, list[str]]] = []
    for label, model in models.items():
        risk = best_possible(problem, model)
        if risk is None or np.isnan(risk.loss):
            continue
        group = next((labels for value, labels in found if abs(value - risk.loss) < CLOSE), None)
        if group is None:
            found.append((risk.loss, [label]))
        else:
            group.append(label)
    return [
        figures.Floor(
            "best possible" if len(labels) == len(models) else f"best possible, {listed(labels)}",
            value,
            styles[labels[0]],
        )
        for value, labels in found
    ]


def complete_later(problem: ProblemSpec, models: Mapping[str, ModelSpec], drawn: bool) -> None:
    """Run the page again once every floor is known, if they are not all drawn."""
    if drawn:
        return
    futures = [_future(problem, model) for model in models.values()]

    @st.fragment(run_every=1)
    def look() -> None:
        if all(future.done() for future in futures):
            st.rerun()
        st.caption("The best possible is being computed.")

    look()
