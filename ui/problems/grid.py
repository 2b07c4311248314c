"""The Problems page's parts: the nine cells, what they say, which one is open, and the other problems."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis.statistics import listed, shares
from bilstm_core.presets import DECIDES, LONG_ENOUGH, trained_long_enough
from bilstm_core.problems import PROBLEMS
from bilstm_core.runs import Run
from bilstm_core.specs import DIRECTIONS, Direction, ProblemSpec, RunSpec
from ui import best_possible, evaluations, session, state
from ui.chart.component import Click, cached, chart
from ui.sequence import timeline

KINDS: Mapping[str, str] = {problem: kind for kind, problem in DECIDES.items()}
NINE = tuple(KINDS)
ROWS: Mapping[str, str] = {name: KINDS.get(name, problem.title) for name, problem in PROBLEMS.items()}
SOLVED = 0.85  # of whole sequences right
FIRST = ("share_of_total", "bidirectional")  # the cell that is open at first
HEIGHT = 112  # px of a cell: all nine are in sight on a projector

Cell = tuple[str, Direction]


def chosen(page: str) -> Cell:
    """Problem and direction of the cell that is open."""
    problem = state.PROBLEM(page).get() or FIRST[0]
    direction = state.DIRECTION(page).get() or FIRST[1]
    return problem, next(one for one in DIRECTIONS if one == direction)


def spec_of(page: str, cell: Cell) -> RunSpec:
    """What a cell shows: trained long enough, from the start that was last asked for."""
    problem, direction = cell
    seed = state.SEEDS(page).get().get(f"{problem} {direction}", 0)
    spec = trained_long_enough(problem, direction)
    return replace(spec, training=replace(spec.training, seed=seed))


def problem_of(page: str) -> ProblemSpec:
    """The problem of the cell that is open."""
    return spec_of(page, chosen(page)).problem


def run_of(page: str, cell: Cell) -> Run | None:
    """The run of a cell, if this session or the store has it."""
    return session.find(spec_of(page, cell))


def specs_of(page: str, names: Sequence[str]) -> dict[str, RunSpec]:
    """What the cells of these problems show."""
    return {f"{name} {way}": spec_of(page, (name, way)) for name in names for way in DIRECTIONS}


def cells(page: str, names: Sequence[str]) -> pd.DataFrame:
    """What each direction reaches: a row each of problem, decides, direction, exact, low, high, loss, best, best_loss.

    exact (share of whole sequences right, its 95 % interval from low to high) and loss are of fresh sequences, missing
    without a run; best and best_loss are the best possible, missing while they are not known.
    """
    rows = []
    for name in names:
        for direction in DIRECTIONS:
            spec, run = spec_of(page, (name, direction)), run_of(page, (name, direction))
            risk = best_possible.best_possible(spec.problem, spec.model)
            row: dict[str, Any] = {"problem": name, "decides": ROWS[name], "direction": direction}
            row |= dict.fromkeys(("exact", "low", "high", "loss"), np.nan)
            if run:
                found = evaluations.evaluated(run)
                low, high = found.exact_interval
                row |= {"exact": found.exact, "low": low, "high": high, "loss": found.loss}
            rows.append(row | {"best": risk.exact if risk else np.nan, "best_loss": risk.loss if risk else np.nan})
    return pd.DataFrame(rows)


def headline(table: pd.DataFrame) -> str:
    """When both directions are needed, as the nine cells have it, and nothing that their intervals leave open.

    table: decides, direction, exact, low, high
    """
    if table["exact"].isna().any():
        return "Not all nine are trained yet."
    goal = f"over {SOLVED:.0%} of sequences wholly right"
    solved: dict[str, list[str]] = {}
    for kind, rows in table.groupby("decides", sort=False):
        close = rows.loc[(rows["low"] <= SOLVED) & (rows["high"] >= SOLVED), "direction"].tolist()
        if close:
            return f"These runs settle nothing: {_when(str(kind))}, {listed(close)} may or may not get {goal}."
        solved[str(kind)] = rows.loc[rows["low"] > SOLVED, "direction"].tolist()
    only_both = [kind for kind, names in solved.items() if names == ["bidirectional"]]
    told = "; ".join(
        f"{kind}, {listed(names) if names else 'none'}" for kind, names in solved.items() if kind not in only_both
    )
    if not only_both:
        return f"These runs do not show that both are ever needed. These get {goal}: {told}."
    found = table[table["decides"] == only_both[0]].set_index("direction")
    forward, backward = (f"{share:.0%}" for share in found["exact"][["forward", "backward"]])
    both, low, high = shares(*found.loc["bidirectional", ["exact", "low", "high"]])
    elsewhere = f" Over {SOLVED:.0%}, too: {told}." if told else ""
    return (
        f"{listed([_when(kind) for kind in only_both]).capitalize()}: bidirectional gets **{both}** of sequences "
        f"wholly right ({low} to {high}), forward {forward}, backward {backward}.{elsewhere}"
    )


def _when(kind: str) -> str:
    return f"when {kind}" if kind.startswith("both") else f"when the {kind}"


def _title(name: str) -> str:
    title = PROBLEMS[name].title
    return f"{KINDS[name]}: {title.lower()}" if name in KINDS else title


def choose(page: str) -> None:
    """Which cell is open: what decides, or another problem, and the direction."""
    problem, direction = state.PROBLEM(page), state.DIRECTION(page)
    for entry, first in zip((problem, direction), FIRST, strict=True):
        if not entry.is_set():
            entry.set(first)
    one, two = st.columns([1.2, 2], vertical_alignment="bottom")
    with one:
        st.selectbox(
            "Problem",
            list(PROBLEMS),
            key=problem.key,
            format_func=_title,
            persist_state="session",
            on_change=_changed,
            args=(page,),
        )
    with two:
        st.segmented_control(
            "Direction",
            DIRECTIONS,
            required=True,
            key=direction.key,
            persist_state="session",
            width="stretch",
            on_change=_changed,
            args=(page,),
        )


def _changed(page: str) -> None:
    state.SEQUENCE(page).drop()
    timeline.forget_edits(page)


def _open(page: str, names: Sequence[str]) -> Callable[[Click], bool]:
    def open_cell(click: Click) -> bool:
        cells = [(name, direction) for name in names for direction in DIRECTIONS]
        cell = next((cell for cell in cells if [ROWS[cell[0]], cell[1]] == click["customdata"]), None)
        if cell is None:
            return False
        state.PROBLEM(page).set(cell[0])
        state.DIRECTION(page).set(cell[1])
        _changed(page)
        return True

    return open_cell


def grid(page: str, table: pd.DataFrame, key: str) -> None:
    """What every direction reaches on every problem of the table; a click opens a cell."""
    names = list(dict.fromkeys(table["problem"]))
    problem, direction = chosen(page)
    drawn = cached(
        ("nine", tuple(table.itertuples(index=False, name=None)), problem, direction),
        lambda: figures.three_by_three(
            table, chosen=(ROWS[problem], direction) if problem in names else None, square=HEIGHT
        ),
    )
    said = "; ".join(f"{row.decides}, {row.direction}: {row.exact:.0%}" for row in table.itertuples())
    chart(drawn, key=f"{page}-{key}", alt=f"Whole sequences right. {said}.", on_click=_open(page, names))


def origin(page: str, names: Sequence[str]) -> None:
    """How the cells were trained, and where they come from."""
    runs = [run for name in names for direction in DIRECTIONS if (run := run_of(page, (name, direction)))]
    if not runs:
        return
    recorded = [run for run in runs if run.origin == "recorded"]
    here = len(runs) - len(recorded)
    said = (
        f"{LONG_ENOUGH.sequences:,} sequences in batches of {LONG_ENOUGH.batch_size} each, tested on "
        f"{evaluations.evaluated(runs[0]).n_sequences:,} fresh ones. Best possible: the likelier label at each "
        "timestep, of whoever has read the same; a model can come out a little above it."
    )
    where = evaluations.origin_of(recorded) if recorded else ""
    st.caption(f"{said} {where} {f'{here} of {len(runs)} trained here.' if here else ''}")


def regression(page: str, names: Sequence[str]) -> None:
    """The problems whose answers are numbers, in a table of their own."""
    table = cells(page, names)
    shown = table[["decides", "direction", "loss", "best_loss"]]
    st.markdown(f"**{listed([PROBLEMS[name].title for name in names])}**: the answers are numbers")
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
            "loss": number("Squared error", format="%.4f", help="Mean squared error on fresh sequences."),
            "best_loss": number("Best possible", format="%.4f"),
        },
    )


def more(page: str) -> None:
    """The other problems: those with labels as cells, those with numbers in a table."""
    others = [name for name, problem in PROBLEMS.items() if name not in KINDS and problem.head != "regression"]
    numbers = [name for name, problem in PROBLEMS.items() if problem.head == "regression"]
    opened = st.expander("More problems", key=state.widget(page, "more"), on_change="rerun")
    if opened.open:
        with opened:
            one, two = st.columns([1.6, 1], gap="medium")
            specs = specs_of(page, [*others, *numbers])
            complete = best_possible.known(specs)
            with one:
                grid(page, cells(page, others), "others")
                origin(page, others)
            with two:
                regression(page, numbers)
                st.caption("Choose a problem above, or a cell here, to open it.")
            best_possible.complete_later(specs, complete)
