"""What figures take of runs, their specs and what is best possible, the same for pages, reports and notebooks."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from bilstm_core import figures, wording
from bilstm_core.analysis import frames
from bilstm_core.analysis.statistics import against, listed
from bilstm_core.comparison import Compared
from bilstm_core.figures.curves import short
from bilstm_core.figures.loss_plot import LONG, X
from bilstm_core.page_settings import TUTORIAL_EPOCHS
from bilstm_core.problems import BayesRisk
from bilstm_core.specs import ProblemSpec, RunSpec

Risks = Mapping[str, BayesRisk | None]  # the best possible by label; None while it is not known
Shares = Mapping[str, npt.NDArray[np.float64]]

CLOSE = 0.002  # floors nearer than this are drawn as one


def floors(risks: Risks, styles: Mapping[str, figures.Style]) -> list[figures.Floor]:
    """A line for the best possible loss of each label, where it is known; those that share one share the line."""
    groups: list[tuple[float, list[str]]] = []
    for label, risk in risks.items():
        if risk is None or math.isnan(risk.loss):
            continue
        group = next((labels for value, labels in groups if abs(value - risk.loss) < CLOSE), None)
        if group is None:
            groups.append((risk.loss, [label]))
        else:
            group.append(label)
    floors = []
    for value, labels in groups:
        of = "" if len(labels) == len(risks) else f", {listed([short(label) for label in labels])}"
        floors.append(figures.Floor(f"best possible{of}", value, styles[labels[0]]))
    return floors


def extent(spec: RunSpec, x: X) -> int:
    """How many sequences, or weight updates, a training has."""
    return spec.training.steps if x == "updates" else spec.training.sequences


def run_axis(problem: ProblemSpec, total: int, x: X) -> dict[str, Any]:
    """The axes of a loss curve of so many sequences or updates; where they are many, as long runs have them."""
    tutorial = x == "sequences_seen" and problem.problem.fixed is None  # whose sequences are drawn
    long = {"log_x": True, "mark": TUTORIAL_EPOCHS if tutorial else None} if total > LONG else {}
    return wording.loss_axis(problem) | long


def differences_figure(scores: pd.DataFrame, compared: Compared, problem: ProblemSpec) -> go.Figure:
    """Each model's loss minus the baseline's: a dot for each start, the mean and its interval. scores: a row a run"""
    intervals = against(scores, compared.baseline)
    for end in ("low", "high"):
        intervals[end] = intervals[end].fillna(intervals["middle"])
    styles = {label: style for label, style in compared.styles.items() if label != compared.baseline}
    return figures.paired_differences(
        frames.paired(scores, compared.baseline),
        styles,
        intervals=intervals,
        title=f"difference in {wording.loss_name(problem)}",
    )


def has_differences(scores: pd.DataFrame, compared: Compared) -> bool:
    """Whether there is a baseline, and what could differ from it."""
    return compared.baseline in set(scores["label"]) and scores["label"].nunique() > 1


def by_timestep(right: Shares, risks: Risks) -> pd.DataFrame:
    """A row for each label's timestep: label, timestep (from 1), accuracy, ceiling (shares; nan where not known).

    right: the share of right labels at each timestep, (timesteps,), mean over starts
    """
    rows = [pd.DataFrame(columns=["label", "timestep", "accuracy", "ceiling"])]
    for label, shares in right.items():
        risk = risks.get(label)
        ceiling = np.full(len(shares), np.nan) if risk is None else risk.per_timestep_accuracy
        step = np.arange(1, len(shares) + 1)
        rows.append(pd.DataFrame({"label": label, "timestep": step, "accuracy": shares, "ceiling": ceiling}))
    return pd.concat(rows[1:], ignore_index=True) if len(rows) > 1 else rows[0]
