"""What the page Cell steps through: the recorded network, a sequence, one unit, and the line that is at work."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from bilstm_core.network import introspection
from bilstm_core.network.stepping import UnitStep, lines, unit_steps
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.problems import Batch
from bilstm_core.runs import Run
from ui import session, state
from ui.cell import sentences
from ui.lesson_texts import largest
from ui.sequence import sequences

LINES = tuple(lines())  # what each line of the equations computes, in order
FIRST_SHOWN = "c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A unit's way through a sequence, and where the page stands on it.

    number: of the fresh sequence; None for the tutorial's worked example. unit, at: unit and timestep, from 1
    line: of LINES; order: all units, those that go most closely with the label first; tied: (units,), how closely
    flip: the timestep at which the label turns to 1, if it does
    """

    run: Run
    number: int | None
    batch: Batch
    rows: pd.DataFrame
    unit: int
    at: int
    line: str
    order: tuple[int, ...]
    tied: npt.NDArray[np.float64]
    steps: tuple[UnitStep, ...]
    flip: int | None

    @property
    def step(self) -> UnitStep:
        """What the unit computes at the timestep where the page stands."""
        return self.steps[self.at - 1]

    @property
    def known(self) -> tuple[str, ...]:
        """The lines that have been worked out at this timestep, the one at work too."""
        return LINES[: LINES.index(self.line) + 1]

    @property
    def changes(self) -> list[float]:
        """Of the cell state, by timestep."""
        return [step.change for step in self.steps]

    @property
    def place(self) -> int:
        """Which of all lines of all timesteps is at work, from 0."""
        return (self.at - 1) * len(LINES) + LINES.index(self.line)


def guessed() -> bool:
    """Whether it was asked where the cell state changes most: in the lesson, and before a class."""
    return state.LESSON.get() or state.CLASS.get()


def told(walk: Walk, goal: float) -> tuple[str, str]:
    """The answer and what stands beneath: how the unit remembers, or what was asked for. goal: of the sum"""
    answer = sentences.answer(walk.steps, walk.flip, goal, walk.unit)
    most, follows = sentences.most(walk.steps, walk.flip), sentences.follows(float(walk.tied[walk.unit - 1]))
    return (most, follows) if guessed() else (answer, f"{most} {follows}")


def run() -> Run | None:
    """The network that pages open with."""
    return session.find(PRESETS[DEFAULT_PRESET])


@st.cache_resource(max_entries=4, show_spinner=False)
def _tied(digest: str, _run: Run) -> npt.NDArray[np.float64]:
    spec = _run.spec
    tied = introspection.ties(spec.problem, spec.model, _run.weights, sequences.fresh(spec.problem))["forward"]
    return tied.astype(np.float64)


def walk(page: str, network: Run) -> Walk:
    """Where the page stands.

    At first where the label turns, with the cell state at work, or where that changes most, if that was asked for; at
    the very beginning while the answer is covered.
    """
    number = state.SEQUENCE(page).get()
    problem = network.spec.problem
    fresh = sequences.fresh(problem)
    batch = sequences.one_of(fresh, number) if number else sequences.worked_example(problem.threshold)
    rows = sequences.rows_of(batch, network)
    tied = _tied(network.digest, network)
    order = tuple((np.argsort(-np.abs(tied), kind="stable") + 1).tolist())
    unit = state.UNIT(page).get() or int(np.argmax(tied)) + 1
    unit = min(unit, len(order))
    matrices = tuple(network.weights[f"layer1/forward/{name}"] for name in ("kernel", "recurrent_kernel", "bias"))
    steps = tuple(unit_steps(batch.x[0, :, 0], (matrices[0], matrices[1], matrices[2]), unit - 1))
    ones = rows.loc[rows["expected"] == 1, "timestep"]
    flip = int(ones.iloc[0]) if len(ones) else None
    shown = largest([step.change for step in steps]) if guessed() else flip or 1
    first = (1, LINES[0]) if state.COVERED.get() else (shown, FIRST_SHOWN)  # those tell the page's answer
    at = min(state.STANDS_AT(page).get() or first[0], len(steps))
    line = state.LINE(page).get() or first[1]
    return Walk(
        run=network,
        number=number,
        batch=batch,
        rows=rows,
        unit=unit,
        at=at,
        line=line,
        order=order,
        tied=tied,
        steps=steps,
        flip=flip,
    )


def go(page: str, place: int) -> None:
    """Stand at another line; counted as `Walk.place`."""
    timestep, line = divmod(place, len(LINES))
    state.STANDS_AT(page).set(timestep + 1)
    state.LINE(page).set(LINES[line])


def next_sequence(page: str) -> None:
    """The next fresh sequence, where its label turns."""
    state.SEQUENCE(page).set((state.SEQUENCE(page).get() or 0) % sequences.FRESH + 1)
    state.STANDS_AT(page).drop()
    state.LINE(page).drop()
