"""A comparison over several starts: its runs, what they come to, and what may be said of them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from bilstm_core import reports
from bilstm_core.analysis import frames
from bilstm_core.analysis.ablation import FORWARD, finding, opening
from bilstm_core.analysis.falls import fall_sentence
from bilstm_core.analysis.parameter_matching import match
from bilstm_core.analysis.telling import ranking
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.choices import slugs
from bilstm_core.command_line import asked, links, trainings
from bilstm_core.comparison import (
    DIRECTIONS,
    MERGE_MODES,
    Compared,
    RunsByLabel,
    each_once,
    is_long,
    specs_of,
    tried,
    why,
)
from bilstm_core.evaluation import Evaluation
from bilstm_core.export import comparison
from bilstm_core.files.findings import Findings
from bilstm_core.page_settings import ComparisonSettings, WhySettings
from bilstm_core.presets import WHY_FIRST
from bilstm_core.problems import BayesRisk
from bilstm_core.questions import QUESTIONS
from bilstm_core.runs import Run

TABLES = ("models", "starts", "pairs", "curves")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a comparison came to.

    evaluations: of each run, in the order of its label and seed; shown: the labels that are ranked and drawn
    """

    page: str
    settings: ComparisonSettings
    compared: Compared
    runs: RunsByLabel
    evaluations: dict[str, list[Evaluation]]
    shown: list[str]
    link: str

    @cached_property
    def scores(self) -> pd.DataFrame:
        """A row a run: label, seed, loss, accuracy, exact."""
        return frames.scores(self.runs, self.evaluations)

    @cached_property
    def risks(self) -> dict[str, BayesRisk]:
        """The best possible of each label."""
        return {
            label: bayes_risk(group[0].spec.problem, view_of(group[0].spec.model)) for label, group in self.runs.items()
        }

    @property
    def best(self) -> dict[str, float]:
        """The least loss of each label."""
        return {label: risk.loss for label, risk in self.risks.items()}

    @cached_property
    def sentences(self) -> list[str]:
        """What may be said of it."""
        settings, seen = self.settings, self.settings.epochs
        if isinstance(settings, WhySettings):
            steps = [step for step in tried(settings) if step.label in self.runs]
            near = match(settings.problem, WHY_FIRST[FORWARD], settings.reference)
            told = [opening(self.scores, seen), *(finding(self.scores, step, near, seen) for step in steps)]
            return [*dict.fromkeys(each.whole for each in told), *self._falls(self.runs)]
        ranked = self.scores[self.scores["label"].isin(self.shown)]
        expected = self.compared.expected if settings.name == ComparisonSettings().name else ()
        drawn = {label: self.runs[label] for label in self.shown}
        whole = ranking(ranked, expected, sequences=seen, reasons=self.compared.reasons).told.whole
        return [whole, *self._falls(drawn)]

    def _falls(self, runs: RunsByLabel) -> list[str]:
        """Of a long training, how much its losses still fell at the end."""
        return [fall_sentence(runs)] if is_long(self.settings) else []

    def table(self, name: str) -> pd.DataFrame:
        """One of TABLES."""
        if name == "models":
            return frames.summary(self.runs, self.scores, self.best)
        if name == "pairs":
            return frames.pairs(self.scores)
        return frames.losses(self.runs) if name == "curves" else self.scores

    @property
    def every(self) -> list[Run]:
        """The runs, label by label."""
        return [run for group in self.runs.values() for run in group]

    def findings(self) -> Findings:
        """What the report and the ZIP take."""
        right = {
            label: np.mean([each.per_timestep["accuracy"].to_numpy(np.float64) for each in self.evaluations[label]], 0)
            for label in self.shown
        }
        program = comparison.program(
            self.compared,
            self.settings,
            question=QUESTIONS[self.page],
            page=self.page,
            labels=self.shown,
            best=self.best,
        )
        return reports.of_comparison(
            self.compared,
            self.settings,
            self.runs,
            self.scores,
            title=links.title(self.page),
            question=QUESTIONS[self.page],
            sentences=self.sentences,
            risks=self.risks,
            right=right,
            labels=self.shown,
            origin=asked.origins(self.every),
            link=self.link,
            script=program.script(),
            notebook=program.notebook(),
        )

    def document(self) -> dict[str, Any]:
        """All but the curves, for JSON."""
        starts = self.scores.to_dict("records")
        return {
            "page": self.page,
            "settings": links.spelt(self.page, self.settings),
            "curves": self.shown,
            "link": self.link,
            "sentences": self.sentences,
            "evaluated_on": self.settings.sequences,
            "models": self.table("models"),
            "specs": {label: asked.told(group[0].spec) for label, group in self.runs.items()},
            "starts": [
                row | {"origin": run.origin, "digest": run.digest} for row, run in zip(starts, self.every, strict=True)
            ],
            "pairs": self.table("pairs"),
            "versions": reports.versions(self.every),
        }


def outcome(
    page: str, settings: ComparisonSettings, link: str, curves: str | None, store: Path | None, *, retrain: bool
) -> Outcome:
    """Train what is not there, and evaluate all of it. Raises click.UsageError for what cannot be compared.

    link: that asked for it; curves: which labels are ranked and drawn, where that is not the link's to say
    """
    compared = _compared(page, settings)
    shown = links.curves(link, curves, compared, page)
    try:
        specs = specs_of(compared, settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    every = each_once(specs)
    runs = trainings.runs_of(every, store, retrain=retrain)
    evaluated = trainings.evaluations_of([runs[spec] for spec in every], settings.sequences)
    evaluations = dict(zip(every, evaluated, strict=True))
    others = set(shown) ^ (set(compared.models) - set(compared.hidden_at_first))
    return Outcome(
        page=page,
        settings=settings,
        compared=compared,
        runs={label: [runs[spec] for spec in group] for label, group in specs.items()},
        evaluations={label: [evaluations[spec] for spec in group] for label, group in specs.items()},
        shown=shown,
        link=links.address(link, page, settings, slugs(shown, compared.models) if others else ""),
    )


def _compared(page: str, settings: ComparisonSettings) -> Compared:
    if isinstance(settings, WhySettings):
        return why(settings, tried(settings))
    return DIRECTIONS if page == "directions" else MERGE_MODES
