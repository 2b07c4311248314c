"""The numbers of a comparison: results, differences from a baseline, pairs, accuracy by timestep."""

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from bilstm_core import figure_inputs, figures
from bilstm_core.analysis import frames
from bilstm_core.analysis.statistics import FEWEST, MOST_STARTS, apart, by_start, differences, starts_needed
from bilstm_core.comparison import RunsByLabel
from ui import best_possible, evaluations, wording
from ui.chart.component import cached, chart
from ui.compare import words
from ui.compare.resolved import Shown

# what is ranked stands first: a phone shows two columns
ORDER = ("label", "loss", "excess", "best", "exact", "accuracy", "starts", "units", "parameters", "train_s")


@st.cache_resource(max_entries=50, show_spinner=False)
def _summary(key: Hashable, best: dict[str, float], _runs: RunsByLabel, _by_run: pd.DataFrame) -> pd.DataFrame:
    return frames.summary(_runs, _by_run, best)


def table(shown: Shown, pairs: bool = True) -> None:
    """The numbers of every model, and who beat whom, start by start."""
    page, present, by_run = shown.page, shown.present, shown.scores
    if not present or by_run is None:
        return
    best = best_possible.losses_of({label: group[0].spec for label, group in present.items()})
    results = _summary(shown.key, best, present, by_run)
    number = st.column_config.NumberColumn
    problem = next(iter(present.values()))[0].spec.problem
    if not wording.classes(problem):
        results = results.drop(columns=["accuracy", "exact"])
    fresh, unit, drawing = shown.settings.sequences, wording.loss_name(problem), problem.problem.drawing
    if problem.problem.fixed:  # nobody knows their best possible
        results = results.drop(columns=["best", "excess"])
    else:
        gaps = [apart(*each) for each in results[["loss", "best"]].to_numpy(np.float64).tolist()]
        results = results.assign(excess=gaps)
    st.dataframe(
        results,
        hide_index=True,
        width="stretch",
        column_order=ORDER,
        column_config={
            "label": "Model",
            "starts": "Starts",
            "units": "Units",
            "parameters": number("Parameters", format="localized"),
            "loss": number(words.loss(drawing), format="%.3f", help=words.loss_help(unit, fresh, drawing)),
            "best": number(words.BEST, format="%.3f", help=words.BEST_HELP),
            "excess": number(words.ABOVE, format="%.3f", help=words.above_help(fresh)),
            "accuracy": number("Single labels right", format="percent", help=words.mean_help(fresh, drawing)),
            "exact": number("Whole sequence right", format="percent", help=words.mean_help(fresh, drawing)),
            "train_s": number("Seconds a run", format="%.3f", help=words.SECONDS_HELP),
        },
    )
    _goes_on("results")
    left, right, _ = st.columns([1, 1, 4])
    with left:
        evaluations.download(lambda: results, f"{page} results", "Table as CSV")
    with right:
        evaluations.download(lambda: frames.losses(present), f"{page} curves", "Curves as CSV")
    if pairs:
        _pairs(page, _pairs_of(shown.key, by_run))


def _goes_on(key: str) -> None:
    """On a phone: that a table has further columns. key: of the table"""
    with st.container(key=f"narrow-{key}"):
        st.caption(words.GOES_ON)


@st.cache_resource(max_entries=50, show_spinner=False)
def _pairs_of(key: Hashable, _by_run: pd.DataFrame) -> pd.DataFrame:
    by_seed = by_start(_by_run)
    return pd.DataFrame(
        [
            {
                "Lower mean loss": pair.first,
                "than": pair.second,
                "by": pair.mean,
                "from": pair.low,
                "to": pair.high,
                "Wins": f"{pair.wins} of {pair.starts}",
                "p": pair.p_value,
                "Settled": "yes" if pair.settled else "no",
                "Starts needed": _needed((by_seed[pair.second] - by_seed[pair.first]).dropna()),
            }
            for pair in differences(_by_run)
        ]
    )


def _pairs(page: str, pairs: pd.DataFrame) -> None:
    if pairs.empty:
        return
    pairs = pairs.drop(columns=[end for end in ("from", "to") if pairs[end].isna().all()])  # below FEWEST starts
    st.header(words.WINS_BY_PAIR, anchor=False)
    number = st.column_config.NumberColumn
    st.dataframe(
        pairs,
        hide_index=True,
        width="stretch",
        column_config={
            "by": number("by (mean)", format="%.4f"),
            "from": number("95% from", format="%.4f", help=words.INTERVAL_HELP),
            "to": number("to", format="%.4f"),
            "p": number("Chance if equal", format="%.3f", help=words.P_HELP),
            "Settled": st.column_config.TextColumn(help=words.SETTLED_HELP),
            "Starts needed": st.column_config.TextColumn(help=words.NEEDED_HELP),
        },
    )
    _goes_on("pairs")
    evaluations.download(lambda: pairs, f"{page} wins by pair", "Wins as CSV")


def _needed(gaps: "pd.Series[float]") -> str:
    if len(gaps) < FEWEST:
        return words.TOO_FEW_TO_SAY
    return words.starts_needed(starts_needed(gaps.tolist()), MOST_STARTS)


def differences_from_baseline(shown: Shown) -> None:
    """Each model's loss minus the baseline's: a dot for each start, the mean and its interval."""
    comparison, by_run, problem = shown.comparison, shown.scores, shown.settings.problem
    if by_run is None or not figure_inputs.has_differences(by_run, comparison):
        return
    baseline, tidy = comparison.baseline, frames.paired(by_run, comparison.baseline)
    drawing = problem.problem.drawing
    st.header(words.differences(baseline, drawing), anchor=False)
    chart(
        cached(
            ("differences", baseline, tuple(comparison.styles.items()), wording.loss_name(problem), shown.key),
            lambda: figure_inputs.differences_figure(by_run, comparison, problem),
        ),
        key=f"{comparison.page}-differences",
        alt=words.differences_alt(baseline, drawing),
    )
    st.caption(words.differences_legend(few=tidy["label"].value_counts().max() < FEWEST))
    evaluations.download(lambda: tidy, f"{comparison.page} differences")


def right_of(shown: Shown) -> dict[str, npt.NDArray[np.float64]]:
    """The share of right labels at each timestep, (timesteps,), mean over starts, of the models that are drawn."""
    sequences = shown.settings.sequences
    return {
        label: np.mean([evaluations.right_by_timestep(run, sequences) for run in group], axis=0)
        for label, group in shown.present.items()
        if label in shown.visible
    }


def by_timestep(shown: Shown) -> None:
    """The share of right labels at each timestep, mean over starts, beside the best possible with that view."""
    if shown.scores is None or not wording.classes(shown.settings.problem):
        return
    comparison, right = shown.comparison, right_of(shown)
    if not right:
        return
    table = figure_inputs.by_timestep(right, best_possible.risks_of({label: shown.specs[label][0] for label in right}))
    heading, alt = words.right_by_timestep(best=shown.settings.problem.problem.fixed is None)
    st.header(heading, anchor=False)
    styles = {label: comparison.styles[label] for label in shown.visible}
    chart(
        cached(
            ("by timestep", tuple(styles.items()), tuple(table["ceiling"].tolist()), shown.key),
            lambda: figures.accuracy_by_timestep(table, styles),
        ),
        key=f"{comparison.page}-by-timestep",
        alt=alt,
    )
    evaluations.download(lambda: table, f"{comparison.page} by timestep")
