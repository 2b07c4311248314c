"""What a page compares, and the runs of it that are there."""

from dataclasses import dataclass, fields, replace
from typing import Any

import pandas as pd

from bilstm_core.comparison import Compared, RunsByLabel, SpecsByLabel, each_once, specs_of
from bilstm_core.datasets.recipe import EPOCHS
from bilstm_core.engine import cost
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings
from bilstm_core.runs import Run
from bilstm_core.settings import STARTS
from ui import evaluations, own_data, session

AFFORDABLE_S = 20.0  # of training that a page proposes by itself
DATA_EPOCHS = (EPOCHS, 4 * EPOCHS, 20 * EPOCHS)  # over sequences that somebody brought


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Compared):
    """What a page compares.

    epochs: what a person can choose; empty where the page itself decides
    guess_from: epochs from which a run waits behind a guess; 0 for never
    leader: the label of which it is told for how long it leads; empty for none
    pills: whether curves can be hidden; probes: whether a probe sequence of each model is drawn below its curve
    carried: entries of the page's state that a reload during a training finds again, beside the settings
    """

    page: str
    epochs: tuple[int, ...] = (TUTORIAL_EPOCHS, 1_000, 4_000)
    guess_from: int = 0
    leader: str = ""
    pills: bool = True
    probes: bool = True
    carried: tuple[str, ...] = ("guess",)

    @classmethod
    def of(cls, compared: Compared, **of_page: Any) -> "Comparison":
        """What a page makes of models that are compared. of_page: the fields that they do not have"""
        return cls(**{each.name: getattr(compared, each.name) for each in fields(Compared)}, **of_page)


def epochs_of(comparison: Comparison, settings: ComparisonSettings) -> tuple[int, ...]:
    """The epochs that a person can choose: rounds over all sequences, where their number is fixed."""
    if not comparison.epochs or not own_data.on(comparison.page):
        return comparison.epochs
    return tuple(sorted({*DATA_EPOCHS, int(settings.epochs)}))


def runs_of(specs: SpecsByLabel) -> dict[str, list[Run]]:
    """The runs that this session or the store has of these specs, by label."""
    return {label: [run for spec in group if (run := session.find(spec))] for label, group in specs.items()}


def affordable_starts(comparison: Comparison, settings: ComparisonSettings) -> int:
    """The most starts, no more than asked for, that are trained within AFFORDABLE_S."""
    fitting = [
        starts
        for starts in STARTS
        if starts <= settings.starts
        and cost.seconds(each_once(specs_of(comparison, replace(settings, starts=starts)))) <= AFFORDABLE_S
    ]
    return max(fitting, default=1)


def scores_of(runs: RunsByLabel, settings: ComparisonSettings, patience_s: float = 0.0) -> pd.DataFrame | None:
    """One row a run: label, seed, loss (nats per label, on fresh sequences), accuracy, exact.

    None while not all runs are evaluated; asks for it, and waits a moment.
    """
    sequences = settings.sequences
    if not evaluations.scored([run for group in runs.values() for run in group], sequences, patience_s):
        return None
    rows = [
        {"label": label, "seed": run.spec.training.seed, **evaluations.score(run, sequences)}
        for label, group in runs.items()
        for run in group
    ]
    return pd.DataFrame(rows, columns=["label", "seed", "loss", "accuracy", "exact"])
