"""The numbers of a comparison: results, differences from a baseline, pairs, accuracy by timestep."""

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.analysis.statistics import FEWEST, MOST_STARTS, against, by_start, differences, starts_needed
from ui import best_possible, evaluations, wording
from ui.chart.component import cached, chart
from ui.compare.comparison import RunsByLabel
from ui.compare.resolved import Shown


def summary(runs: RunsByLabel, by_run: pd.DataFrame) -> pd.DataFrame:
    """One row a model: frames.results with units, the best possible loss, and what the loss lies above it."""
    table = frames.results(runs, by_run)
    specs = [group[0].spec for group in runs.values()]
    risks = [best_possible.best_possible(spec.problem, spec.model) for spec in specs]
    best = np.array([math.nan if risk is None else risk.loss for risk in risks])
    table.insert(2, "units", [spec.model.units for spec in specs])
    table.insert(3, "parameters", table.pop("parameters"))
    table.insert(5, "best", best)
    table.insert(6, "excess", table["loss"] - best)
    return table


def table(shown: Shown, pairs: bool = True) -> None:
    """The numbers of every model, and who beat whom, start by start."""
    page, present, by_run = shown.page, shown.present, shown.scores
    if not present or by_run is None:
        return
    results = summary(present, by_run)
    number = st.column_config.NumberColumn
    problem = next(iter(present.values()))[0].spec.problem
    if not wording.classes(problem):
        results = results.drop(columns=["accuracy", "exact"])
    fresh = f"{shown.settings.sequences:,} fresh sequences"
    unit = wording.loss_name(problem).capitalize()
    st.dataframe(
        results,
        hide_index=True,
        width="stretch",
        column_config={
            "label": "Model",
            "starts": "Starts",
            "units": "Units",
            "parameters": number("Parameters", format="localized"),
            "loss": number("Loss, fresh", format="%.4f", help=f"{unit}, on {fresh}; mean over starts."),
            "best": number(
                "Best possible",
                format="%.4f",
                help="The least loss that any model can have that reads what this one reads (Bayes risk).",
            ),
            "excess": number(
                "Above it", format="%.4f", help=f"Excess loss: loss on {fresh} minus the best possible, which is exact."
            ),
            "accuracy": number("Single labels right", format="percent", help=f"On {fresh}; mean over starts."),
            "exact": number("Whole sequence right", format="percent", help=f"On {fresh}; mean over starts."),
            "train_s": number("Seconds a start", format="%.3f", help="Median over starts."),
        },
    )
    one, two, _ = st.columns([1, 1, 4])
    with one:
        evaluations.download(lambda: results, f"{page} results", "Table as CSV")
    with two:
        evaluations.download(lambda: frames.losses(present), f"{page} curves", "Curves as CSV")
    if pairs:
        _pairs(page, by_run)


def _pairs(page: str, by_run: pd.DataFrame) -> None:
    by_seed = by_start(by_run)
    pairs = pd.DataFrame(
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
            for pair in differences(by_run)
        ]
    )
    if pairs.empty:
        return
    pairs = pairs.drop(columns=[end for end in ("from", "to") if pairs[end].isna().all()])  # below FEWEST starts
    st.markdown("**Wins by pair**, start by start on the same data")
    number = st.column_config.NumberColumn
    st.dataframe(
        pairs,
        hide_index=True,
        width="stretch",
        column_config={
            "by": number("by (mean)", format="%.4f"),
            "from": number("95% from", format="%.4f", help="Studentised bootstrap interval of the mean over starts."),
            "to": number("to", format="%.4f"),
            "p": number(
                "Chance if equal",
                format="%.3f",
                help="Two-sided sign test: how often a count this uneven would come of two equally good models.",
            ),
            "Settled": st.column_config.TextColumn(
                help="Yes if the interval leaves out zero, the sign test is below 5%, and most starts go the same way "
                "as the mean."
            ),
            "Starts needed": st.column_config.TextColumn(
                help="With this many starts four of five such comparisons would be settled. Found by drawing starts, "
                "with replacement, from those at hand; assumes that further starts scatter as these do, about the "
                "difference seen."
            ),
        },
    )
    evaluations.download(lambda: pairs, f"{page} wins by pair", "Wins as CSV")


def _needed(gaps: "pd.Series[float]") -> str:
    if len(gaps) < FEWEST:
        return f"run {FEWEST} or more"
    needed = starts_needed(gaps.tolist())
    return f"over {MOST_STARTS:,}" if needed is None else f"{needed:,}"


def paired(by_run: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Each model's loss minus the baseline's, start by start: label, seed, difference. by_run: label, seed, loss"""
    by_seed = by_start(by_run)
    gaps = by_seed.drop(columns=baseline).sub(by_seed[baseline], axis=0)
    tidy = gaps.reset_index().melt(id_vars="seed", var_name="label", value_name="difference")
    return tidy[["label", "seed", "difference"]].dropna()


def differences_from(shown: Shown, baseline: str) -> None:
    """Each model's loss minus the baseline's: a dot for each start, the mean and its interval."""
    comparison, by_run = shown.comparison, shown.scores
    if by_run is None:
        return
    if baseline not in set(by_run["label"]) or by_run["label"].nunique() < 2:
        return
    tidy = paired(by_run, baseline)
    styles = {label: comparison.styles[label] for label in comparison.models if label != baseline}
    title = f"difference in {wording.loss_name(shown.settings.problem)}"

    def figure() -> go.Figure:
        intervals = against(by_run, baseline)
        for end in ("low", "high"):
            intervals[end] = intervals[end].fillna(intervals["middle"])
        return figures.paired_differences(tidy, styles, intervals=intervals, title=title)

    st.markdown(f"**Loss on fresh sequences minus {baseline}'s, start by start** (left of zero: lower)")
    chart(
        cached(("differences", baseline, tuple(styles.items()), title, shown.key), figure),
        key=f"{comparison.page}-differences",
        alt=f"Loss on fresh sequences minus {baseline}'s: a dot for each start, the mean and its 95% interval.",
    )
    few = "" if tidy["label"].value_counts().max() >= FEWEST else f" No interval below {FEWEST} starts."
    st.caption(f"Dots: starts. Upright line: mean, on a bar, its 95% interval (bootstrap over starts).{few}")
    evaluations.download(lambda: tidy, f"{comparison.page} differences")


def by_timestep(shown: Shown) -> None:
    """The share of right labels at each timestep, mean over starts, beside the best possible with that view."""
    comparison, tables = shown.comparison, []
    if shown.scores is None:
        return
    for label, group in shown.present.items():
        if label not in shown.visible:
            continue
        spec = group[0].spec
        right = np.mean([evaluations.right_by_timestep(run, shown.settings.sequences) for run in group], axis=0)
        risk = best_possible.best_possible(spec.problem, spec.model)
        ceiling = np.full(len(right), np.nan) if risk is None else risk.per_timestep_accuracy
        timestep = np.arange(1, len(right) + 1)
        tables.append(pd.DataFrame({"label": label, "timestep": timestep, "accuracy": right, "ceiling": ceiling}))
    if not tables or np.isnan(tables[0]["accuracy"]).all():
        return
    table = pd.concat(tables, ignore_index=True)
    st.markdown("**Labels right at each timestep**, beside the best possible")
    styles = {label: comparison.styles[label] for label in shown.visible}
    chart(
        cached(
            ("by timestep", tuple(styles.items()), tuple(table["ceiling"].tolist()), shown.key),
            lambda: figures.accuracy_by_timestep(table, styles),
        ),
        key=f"{comparison.page}-by-timestep",
        alt="Share of right labels at each timestep, and the best that any model can do that reads the same.",
    )
    evaluations.download(lambda: table, f"{comparison.page} by timestep")
