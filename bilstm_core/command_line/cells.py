"""The cells of Problems: what the past decides, the future, or both, read each way."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from bilstm_core import figures, reports
from bilstm_core.analysis.deciding import KINDS, headline, row_of
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.choices import DIRECTIONS
from bilstm_core.command_line import asked, links, trainings
from bilstm_core.evaluation import Evaluation, evaluation_size
from bilstm_core.files.findings import Drawing, Findings, Table
from bilstm_core.page_settings import CellSettings
from bilstm_core.questions import QUESTIONS
from bilstm_core.runs import Run

PAGE = "problems"
IN_REPORT = ["decides", "direction", "seed", "exact", "exact_low", "exact_high", "best_exact", "loss", "best_loss"]
HEADINGS = {**reports.HEADINGS, "best_exact": "best possible", "best_loss": "best possible loss"}
FORMATS = {**reports.FORMATS, "best_exact": ".1%", "best_loss": ".4f"}


@dataclass(frozen=True, kw_only=True)
class Cells:
    """What the cells came to.

    rows: a row each of problem, decides, direction, seed and an evaluation's scores; a regression has no shares
    """

    settings: CellSettings
    every: list[Run]
    rows: pd.DataFrame
    link: str

    @property
    def nine(self) -> pd.DataFrame:
        """The rows of the nine cells, with exact's interval as low and high and its best possible as best."""
        names = {"exact_low": "low", "exact_high": "high", "best_exact": "best"}
        return self.rows[self.rows["problem"].isin(KINDS)].rename(columns=names)

    @property
    def sentences(self) -> list[str]:
        """What may be said of the nine cells."""
        return [headline(self.nine).whole]

    def document(self) -> dict[str, Any]:
        """All of it, for JSON."""
        rows = self.rows.to_dict("records")
        return {
            "page": PAGE,
            "settings": links.spelt(PAGE, self.settings),
            "link": self.link,
            "sentences": self.sentences,
            "cells": [
                row | {"origin": run.origin, "digest": run.digest} for row, run in zip(rows, self.every, strict=True)
            ],
            "versions": reports.versions(self.every),
        }

    def findings(self) -> Findings:
        """What the report and the ZIP take."""
        drawn = figures.three_by_three(self.nine)
        names = self.rows["decides"] + ", " + self.rows["direction"]
        chosen = self.settings.spec.canonical()
        opened = next(run for run in self.every if run.spec.canonical() == chosen)
        risk = bayes_risk(opened.spec.problem, view_of(opened.spec.model))
        title = f"Loss: {row_of(self.settings.name)}, {self.settings.direction}"
        curve, points = reports.of_cell(opened, title, risk)
        return Findings(
            title=links.title(PAGE),
            question=QUESTIONS[PAGE],
            sentences=self.sentences,
            drawings=[
                Drawing("Whole sequences right", drawn, f"On fresh sequences. {asked.origins(self.every)}"),
                curve,
            ],
            tables=[
                Table("Cells", self.rows[IN_REPORT], HEADINGS, FORMATS),
                Table("All numbers", self.rows, report=False),
                points,
            ],
            specs={name: run.spec for name, run in zip(names, self.every, strict=True)},
            versions=reports.versions(self.every),
            link=self.link,
        )


def outcome(settings: CellSettings, link: str, store: Path | None, *, retrain: bool) -> Cells:
    """The nine cells, and those of the chosen problem if it is another; the row of the chosen one has its seed."""
    names = dict.fromkeys([*KINDS, settings.name])
    every = [CellSettings(name=name, direction=direction) for name in names for direction in DIRECTIONS]
    cells = [replace(cell, seed=settings.seed) if cell.name == settings.name else cell for cell in every]
    specs = [cell.spec for cell in cells]
    by_spec = trainings.runs_of(specs, store, retrain=retrain)
    runs = [by_spec[spec] for spec in specs]
    evaluations = trainings.evaluations_of(runs, min(evaluation_size(spec) for spec in specs))
    rows = pd.DataFrame([_row(*each) for each in zip(cells, runs, evaluations, strict=True)])
    return Cells(settings=settings, every=runs, rows=rows, link=link)


def _row(cell: CellSettings, run: Run, evaluation: Evaluation) -> dict[str, Any]:
    where = {"problem": cell.name, "decides": row_of(cell.name), "direction": cell.direction, "seed": cell.seed}
    return where | asked.scores(run, evaluation)
