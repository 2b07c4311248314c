"""The best possible, for curves, tables and charts. It can take seconds to compute, and no page waits for it."""

import math
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

import streamlit as st

from bilstm_core import figure_inputs, figures
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.problems import BayesRisk, View
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from ui import waits, wording

PATIENCE_S = 0.3


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1)


@st.cache_resource(max_entries=300, show_spinner=False)
def _asked(problem: ProblemSpec, view: View) -> Future[BayesRisk]:
    return _pool().submit(bayes_risk, problem, view)


def _future(problem: ProblemSpec, model: ModelSpec) -> Future[BayesRisk]:
    return _asked(problem.canonical(), view_of(model))


def best_possible(problem: ProblemSpec, model: ModelSpec) -> BayesRisk | None:
    """The best that any model can do that reads what this one reads; None while it is not known yet."""
    future = _future(problem, model)
    return future.result() if future.done() else None


def known(specs: Mapping[str, RunSpec]) -> bool:
    """Ask for the best possible of each run, wait a moment, and say whether all are there."""
    return not wait([_future(spec.problem, spec.model) for spec in specs.values()], PATIENCE_S).not_done


def of(specs: Mapping[str, RunSpec], styles: Mapping[str, figures.Style]) -> list[figures.Floor]:
    """A line for the best possible loss of each run; those that share one share the line."""
    return figure_inputs.floors(risks_of(specs), styles)


def risks_of(specs: Mapping[str, RunSpec]) -> dict[str, BayesRisk | None]:
    """The best possible of each run, None while it is not known."""
    return {label: best_possible(spec.problem, spec.model) for label, spec in specs.items()}


def losses_of(specs: Mapping[str, RunSpec]) -> dict[str, float]:
    """The best possible loss of each run, nan while it is not known."""
    return {label: math.nan if risk is None else risk.loss for label, risk in risks_of(specs).items()}


def complete_later(specs: Mapping[str, RunSpec], drawn: bool) -> None:
    """Run the page again once the best possible of each run is known, if they are not all drawn."""
    if drawn:
        return
    futures = [_future(spec.problem, spec.model) for spec in specs.values()]
    waits.again_when(lambda: all(future.done() for future in futures), wording.BEST_LATER)
