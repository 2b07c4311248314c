"""What How small? has to take home: the map as a figure and as a table of its squares, and the code."""

from functools import partial

import pandas as pd

from bilstm_core import reports
from bilstm_core.export import sweep
from bilstm_core.export.pieces import Program
from bilstm_core.files.findings import Drawing, Findings, Table
from bilstm_core.sweep_settings import BESIDE
from ui import code, files, live, registry, wording
from ui.sweeps import beside, squares, words
from ui.sweeps.launch import PAGE
from ui.sweeps.resolved import Map, told


def popovers(shown: Map | str) -> None:
    """Buttons that show the code of the map, and give it as files."""
    coded = partial(program, shown) if isinstance(shown, Map) and not shown.grid.of_data else None
    code.popover(PAGE, coded, without=wording.NO_DATA_CODE if isinstance(shown, Map) else "")
    files.popover(PAGE, partial(offer, shown))


def program(shown: Map) -> Program:
    """What trains, tests and draws the map."""
    return sweep.program(shown.settings, question=registry.SWEEPS.question, tested=shown.sequences)


def offer(shown: Map | str) -> files.Offer | str:
    """The map as far as it is measured; a sentence while it is being trained, or where there is none."""
    if isinstance(shown, str):
        return shown
    if live.active(PAGE):
        return words.NO_FILES
    key = (shown.settings, shown.sequences, shown.all_measured, tuple(shown.possible.ravel().tolist()))
    script = None if shown.grid.of_data else partial(program, shown)
    return files.Offer(key=key, gather=partial(_gather, shown), program=script)


def _gather(shown: Map) -> Findings:
    grid = shown.grid
    first = grid.cells[shown.row, shown.column][0]
    small = words.beside(BESIDE.word(shown.settings.beside)).replace("**", "")
    further = [Drawing("Small maps", beside.figure(shown), f"{small}.")] if shown.beside else []
    return Findings(
        title=registry.SWEEPS.title,
        question=registry.SWEEPS.question,
        sentences=[told(shown).whole],
        drawings=[
            Drawing("Map", squares.figure(shown), squares.legend(shown)),
            *further,
        ],
        tables=[_squares(shown)],
        specs={} if grid.of_data else {words.EXAMPLE: first},
        starts=grid.starts,
        versions=reports.versions([]),
    )


def _squares(shown: Map) -> Table:
    """A row for each start of each measured square."""
    grid, parameters = shown.grid, shown.grid.parameters()
    right = "accuracy" if grid.of_data else "exact"
    columns = [grid.y.setting, grid.x.setting, "seed", right, "loss", "train_s", "parameters", "best_exact"]
    rows = []
    for (row, column), specs in grid.cells.items():
        best, size = float(shown.possible[row, column]), int(parameters[row, column])
        for spec in specs:
            result = shown.results.get(spec)
            if result:
                values = grid.y.values[row], grid.x.values[column], spec.training.seed
                rows.append((*values, grid.right(result), result.loss, result.train_s, size, best))
    table = pd.DataFrame(rows, columns=columns)
    return reports.table("Squares", table.drop(columns="best_exact") if grid.of_data else table, report=False)
