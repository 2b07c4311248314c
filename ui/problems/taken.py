"""What Need both? has to take home."""

from functools import partial

import pandas as pd

from bilstm_core import figures, reports
from bilstm_core.analysis.deciding import ROWS, headline, row_of
from bilstm_core.choices import DIRECTIONS
from bilstm_core.files.findings import Drawing, Findings
from bilstm_core.runs import Run
from ui import best_possible, code, evaluations, files, live, registry
from ui.problems import grid, words
from ui.problems.grid import Cell
from ui.problems.opened import WINDOW

COLUMNS = {"low": "exact_low", "high": "exact_high", "best": "best_exact"}


def offer(page: str, cell: Cell, table: pd.DataFrame) -> files.Offer | str:
    """The nine cells, and the one that is open. table: as of `grid.cells`"""
    nine = [run for name in grid.NINE for way in DIRECTIONS if (run := grid.run_of(page, (name, way)))]
    opened = grid.run_of(page, cell)
    if live.active(page) or len(nine) < len(table):
        return words.NO_FILES
    runs = [*nine, *([opened] if opened else [])]
    key = (cell, tuple(run.digest for run in runs), tuple(table["best"].isna()))
    program = partial(code.of_run, page, opened, window=WINDOW) if opened else None
    return files.Offer(key=key, gather=lambda: _gather(page, cell, table, nine, opened), runs=runs, program=program)


def _gather(page: str, cell: Cell, table: pd.DataFrame, nine: list[Run], opened: Run | None) -> Findings:
    name, direction = cell[0], str(cell[1])
    chosen = (ROWS[name], direction) if name in grid.NINE else None
    sequences = evaluations.evaluated(nine[0]).n_sequences
    drawings = [
        Drawing(
            "Nine cells",
            figures.three_by_three(table, chosen=chosen, square=grid.HEIGHT),
            f"Whole sequences right, of {sequences:,} fresh ones, with the best possible.",
        )
    ]
    tables = [reports.table("Nine cells", table.drop(columns=["loss", "best_loss"]).rename(columns=COLUMNS))]
    tables.append(reports.table("Losses", table[["problem", "direction", "loss", "best_loss"]], report=False))
    if opened:
        risk = best_possible.best_possible(opened.spec.problem, opened.spec.model)
        curve, points = reports.of_cell(opened, f"Loss: {row_of(name)}, {direction}", risk)
        drawings.append(curve)
        tables.append(points)
    return Findings(
        title=registry.PROBLEMS.title,
        question=registry.PROBLEMS.question,
        sentences=[headline(table).whole],
        drawings=drawings,
        tables=tables,
        specs={f"{ROWS[run.spec.problem.name]}: {run.spec.model.direction}": run.spec for run in nine},
        versions=reports.versions(nine),
    )
