"""The parts of Need both?: the nine cells, what they say, which one is open, and the other problems."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis.deciding import KINDS, row_of
from bilstm_core.choices import DIRECTIONS, Direction
from bilstm_core.page_settings import PROBLEMS as CELLS
from bilstm_core.page_settings import CellSettings
from bilstm_core.problems import PROBLEMS, formula
from bilstm_core.problems.formula.examples import EXAMPLES
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec, RunSpec
from ui import best_possible, evaluations, formulas, lesson_texts, registry, session, state
from ui.chart.component import Click, cached, chart
from ui.problems import words
from ui.sequence import timeline
from ui.settings import PageSettings

NINE = tuple(KINDS)
HEIGHT = 94  # px of a cell: all nine are in sight on a projector

Cell = tuple[str, Direction]


class CellsPage(PageSettings[CellSettings]):
    """The settings of the page, which has a seed for each row of its cells."""

    def read(self) -> CellSettings:
        """The cell that is open, with the seed of its row."""
        settings = super().read()
        return replace(settings, seed=seed_of(self.page, settings.cell))

    def fill(self, settings: CellSettings) -> None:
        """Open a cell; only from a callback, or before the page's widgets are drawn."""
        state.field(self.page, "name").set(settings.name)
        state.field(self.page, "direction").set(settings.direction)
        set_seed(self.page, settings.cell, settings.seed)


FIRST = CELLS.first  # the cell that is open at first
SETTINGS = CellsPage(page=registry.PROBLEMS.name, first=FIRST)


def seed_of(page: str, cell: Cell) -> int:
    """The start that was last asked for, of a cell's row: its three networks are compared on the same data."""
    return state.SEEDS(page).get().get(cell[0], 0)


def set_seed(page: str, cell: Cell, seed: int) -> None:
    """Ask for another start of a cell's row."""
    seeds = state.SEEDS(page)
    seeds.set({**seeds.get(), cell[0]: seed})


def spec_of(page: str, cell: Cell) -> RunSpec:
    """What a cell shows: trained long enough, from the start that was last asked for."""
    return CellSettings(name=cell[0], direction=cell[1], seed=seed_of(page, cell)).spec


def run_of(page: str, cell: Cell) -> Run | None:
    """The run of a cell, if this session or the store has it."""
    return session.find(spec_of(page, cell))


def specs_of(page: str, names: Sequence[str]) -> dict[str, RunSpec]:
    """What the cells of these problems show."""
    return {f"{name} {way}": spec_of(page, (name, way)) for name in names for way in DIRECTIONS}


def row_specs(page: str, cell: Cell) -> list[RunSpec]:
    """What the row of a cell shows; nothing where a formula leaves nothing to learn."""
    return [] if only_label(cell) is not None else [*specs_of(page, [cell[0]]).values()]


def missing(page: str, cell: Cell) -> list[RunSpec]:
    """What the row of a cell lacks."""
    return [spec for spec in row_specs(page, cell) if session.find(spec) is None]


def cells(page: str, names: Sequence[str]) -> pd.DataFrame:
    """What each direction reaches: a row each.

    Its columns are problem, decides, direction, seed, exact, low, high, loss, best and best_loss.
    exact (share of whole sequences right, its 95 % interval from low to high) and loss are of fresh sequences, missing
    without a run; best and best_loss are the best possible, missing while they are not known.
    """
    rows = []
    for name in names:
        for direction in DIRECTIONS:
            spec, run = spec_of(page, (name, direction)), run_of(page, (name, direction))
            risk = best_possible.best_possible(spec.problem, spec.model)
            row: dict[str, Any] = {"problem": name, "decides": row_of(name), "direction": direction}
            row["seed"] = spec.training.seed
            row |= dict.fromkeys(("exact", "low", "high", "loss"), np.nan)
            if run:
                evaluation = evaluations.evaluated(run)
                low, high = evaluation.exact_interval
                row |= {"exact": evaluation.exact, "low": low, "high": high, "loss": evaluation.loss}
            rows.append(row | {"best": risk.exact if risk else np.nan, "best_loss": risk.loss if risk else np.nan})
    return pd.DataFrame(rows)


def choose(page: str) -> None:
    """Which cell is open: what decides, or another problem, and the direction."""
    problem, direction = state.field(page, "name", FIRST.name), state.field(page, "direction", FIRST.direction)
    for entry in (problem, direction):
        entry.ensure()
    own = formula.is_formula(problem.get())
    problem_column, direction_column, *further = st.columns(
        [1.6, 2, 0.9] if own else [1.2, 2], vertical_alignment="bottom"
    )
    with problem_column:
        st.selectbox(
            "Problem",
            formulas.offered(page),
            key=problem.key,
            format_func=words.choice,
            persist_state="session",
            on_change=changed,
            args=(page,),
        )
    with direction_column:
        st.segmented_control(
            "Direction",
            DIRECTIONS,
            required=True,
            key=direction.key,
            persist_state="session",
            width="stretch",
            on_change=changed,
            args=(page,),
        )
    for column in further:
        with column, st.popover(words.EXAMPLES, width="stretch"):
            for place, example in enumerate(EXAMPLES):
                st.button(
                    words.example(example.name, example.text),
                    key=state.widget(page, "example", place),
                    on_click=_begin_with,
                    args=(page, example.text),
                    type="tertiary",
                )


def _begin_with(page: str, text: str) -> None:
    formulas.choose(page, text)
    changed(page)


def only_label(cell: Cell) -> int | None:
    """The one label of a formula that has no other, so that there is nothing to learn; else None."""
    name = cell[0]
    return formulas.only_label(name, ProblemSpec(name=name).timesteps) if formula.is_formula(name) else None


def changed(page: str) -> None:
    """Forget which sequence was looked at; a callback of what opens another cell."""
    state.SEQUENCE(page).drop()
    timeline.forget_edits(page)


def _open(page: str, names: Sequence[str]) -> Callable[[Click], bool]:
    def open_cell(click: Click) -> bool:
        cells = [(name, direction) for name in names for direction in DIRECTIONS]
        cell = next((cell for cell in cells if [row_of(cell[0]), cell[1]] == click["customdata"]), None)
        if cell is None:
            return False
        state.field(page, "name").set(cell[0])
        state.field(page, "direction").set(cell[1])
        changed(page)
        return True

    return open_cell


def grid(page: str, table: pd.DataFrame, cell: Cell, key: str) -> None:
    """What every direction reaches on every problem of the table; a click opens a cell. cell: the one that is open"""
    names = list(dict.fromkeys(table["problem"]))
    problem, direction = cell
    drawn = cached(
        ("nine", tuple(table.itertuples(index=False, name=None)), problem, direction),
        lambda: figures.three_by_three(
            table, chosen=(row_of(problem), direction) if problem in names else None, square=HEIGHT
        ),
    )
    alt = words.CELLS_ALT
    chart(drawn, key=f"{page}-{key}", alt=alt, on_click=_open(page, names))


def origin(page: str, names: Sequence[str]) -> None:
    """How the cells were trained, and where they come from."""
    runs = [run for name in names for direction in DIRECTIONS if (run := run_of(page, (name, direction)))]
    if not runs:
        return
    recorded = [run for run in runs if run.origin == "recorded"]
    where = evaluations.origin_of(recorded) if recorded else ""
    tested = evaluations.evaluated(runs[0]).n_sequences
    st.caption(words.origin(tested, where, len(runs) - len(recorded), len(runs)))


def regression(page: str, names: Sequence[str]) -> None:
    """The problems whose answers are numbers, in a table of their own."""
    table = cells(page, names)
    shown = table[["decides", "direction", "loss", "best_loss"]]
    st.markdown(words.numbers(names))
    if len(names) == 1:
        shown = shown.drop(columns="decides")
    number = st.column_config.NumberColumn
    st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        column_config={
            "decides": "Problem",
            "direction": "Direction",
            "loss": number(words.ERROR, format="%.4f", help=words.ERROR_HELP),
            "best_loss": number(words.BEST, format="%.4f"),
        },
    )


def more(page: str, cell: Cell) -> None:
    """The other problems: those with labels as cells, those with numbers in a table. cell: the one that is open"""
    others = [name for name, problem in PROBLEMS.items() if name not in KINDS and problem.head != "regression"]
    numbers = [name for name, problem in PROBLEMS.items() if problem.head == "regression"]
    opened = st.expander(words.MORE, key=state.widget(page, "more"), on_change="rerun")
    if opened.open:
        with opened:
            labels, errors = st.columns([1.6, 1], gap="medium")
            specs = specs_of(page, [*others, *numbers])
            complete = best_possible.known(specs)
            with labels:
                grid(page, cells(page, others), cell, "others")
                origin(page, others)
            with errors:
                regression(page, numbers)
                st.caption(words.OPEN_ONE)
            best_possible.complete_later(specs, complete)


def cannot(table: pd.DataFrame) -> lesson_texts.Answer | None:
    """Who can't get everything right where past and future decide; None while the best possible is not known."""
    rows = table[table["problem"] == FIRST.name].set_index("direction")["best"]
    return None if rows.isna().any() else lesson_texts.cannot({str(name): float(best) for name, best in rows.items()})
