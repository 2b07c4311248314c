"""The Inside page's matrix: what each output reacts to, beside what it has read, and the sentence that says so."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from bilstm_core import figures
from bilstm_core.bayes import view_of
from bilstm_core.network import introspection
from bilstm_core.problems import View
from bilstm_core.problems.base import Head, reads
from bilstm_core.problems.variable_length import PADDING
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec
from ui import evaluations, state, wording
from ui.chart.component import cached, chart
from ui.inside import subject
from ui.sequence import timeline
from ui.sequence.timeline import Values

Matrix = npt.NDArray[Any]

AFFORDABLE = 6e8  # multiply-adds of a matrix; a page must answer at once
FEWEST = 5  # values that a matrix is made for, however large the model
SIDE = 300  # px of a grid
TITLES: dict[View, str] = {
    "forward": "forward",
    "backward": "backward",
    "backward_raw": "backward, tutorial's order",
    "bidirectional": "bidirectional",
}
MOVES: Mapping[Head, tuple[str, str]] = {  # what the matrix's numbers are about, and the question that they answer
    "binary": (
        "log-odds",
        "how much does the output's log-odds change, up or down? Log-odds, for a probability near 0 or 1 hardly moves"
        " any more.",
    ),
    "categorical": (
        "logits",
        "how far do the logits of the output's classes move, all together? Logits, for a probability near 0 or 1 hardly"
        " moves any more.",
    ),
    "regression": ("output", "how much does the output change, up or down?"),
}


def _real(problem: ProblemSpec, values: Values) -> int:
    """How many timesteps are real; padding comes after them."""
    return int((values != PADDING).sum()) if problem.problem.padded else len(values)


def _labels(problem: ProblemSpec, values: Values) -> Matrix:
    """The label of each real timestep; zeros where values do not decide them."""
    real = _real(problem, values)
    if problem.problem.labels is None:
        return np.zeros(real, dtype=np.int64)
    mask = np.arange(len(values))[None] < real
    return problem.problem.labels(values[None, :, None], mask, **problem.parameters())[0, :real, 0]


def window(run: Run, values: Values, matrices: int = 1) -> range:
    """The timesteps (from 0) that so many matrices show: all real ones, or some around the flip."""
    problem, model = run.spec.problem, run.spec.model
    width = int(AFFORDABLE / matrices / introspection.cost(problem, model, 1))
    labels = _labels(problem, values)
    if width >= len(labels):
        return range(len(labels))
    first, last = figures.around_flip(labels, max(FEWEST, width))
    return range(first - 1, last)


def matrix_of(run: Run, values: Values) -> Matrix:
    """|d output t / d value s| of the window's timesteps; a session has its last one at hand."""
    part = window(run, values)
    key = [run.digest, values.tobytes(), part.start, part.stop]
    last = state.MATRIX.get()
    if last is None or last[0] != key:
        spec, x = run.spec, values[:, None]
        last = key, introspection.sensitivity(spec.problem, spec.model, run.weights, x, part)[part.start : part.stop]
        state.MATRIX.set(last)
    return last[1]


def unit_of(run: Run) -> str:
    """What the matrix's numbers are."""
    return f"change of {MOVES[run.spec.problem.problem.head][0]} by change of value"


def flip(run: Run, values: Values) -> int | None:
    """The first timestep (from 1) with another label than the one before it."""
    turned = np.flatnonzero(np.diff(_labels(run.spec.problem, values)))
    return int(turned[0]) + 2 if len(turned) else None


def matrices(page: str, run: Run, values: Values) -> None:
    """The sensitivity matrix beside the reading grid of the same model."""
    problem, part, timesteps = run.spec.problem, window(run, values), len(values)
    view = view_of(run.spec.model)
    matrix = matrix_of(run, values)
    unit = unit_of(run)
    reacts, has_read = st.columns(2, gap="small")
    with reacts:
        st.markdown("**What does each output react to?**")
        figure = timeline.unless_edited(
            page,
            subject.sequence_name(page, problem),
            ("sensitivity", run.digest, values.tobytes()),
            lambda: figures.sensitivity([(TITLES[view], view, matrix)], unit=unit, side=SIDE, first=part.start + 1),
        )
        alt = f"How much each output reacts to each value; {int((matrix == 0).sum())} cells are exactly zero."
        chart(figure, key=f"{page}-sensitivity", alt=alt)
    with has_read:
        st.markdown("**What has it read?**")
        decides = problem.problem.deciding(timesteps)
        grid = cached(
            ("inside grid", view, timesteps, problem.name),
            lambda: figures.reading_grid(timesteps, [(TITLES[view], view)], decides=decides, side=SIDE),
        )
        chart(grid, key=f"{page}-grid", alt="Which values each output has read, and which decide its label.")
    if len(part) < timesteps:
        why = "the rest is padding"
        if len(part) < _real(problem, values):
            why = "around the flip: all of them take too long for a network of this size"
        st.caption(f"The matrix shows timesteps {part.start + 1} to {part.stop} of {timesteps}, {why}.")
    st.caption(
        f"Matrix: if a value is raised a little, {MOVES[problem.problem.head][1]} "
        f"Grid: filled, has read; outlined, {wording.outlined(problem)}."
    )
    evaluations.download(lambda: introspection.sensitivity_frame(matrix, part.start + 1), "sensitivity")


def sentence(run: Run, values: Values) -> str:
    """The measured answer: what the output at the flip reacts to, and what all outputs together never react to."""
    part, model, problem = window(run, values), run.spec.model, run.spec.problem
    matrix, total = matrix_of(run, values), float(matrix_of(run, values).sum())
    if not total:
        return f"No output reacts to any value: all {matrix.size:,} cells are exactly zero."
    turned = flip(run, values)
    output = turned - 1 if turned else part[len(part) // 2]
    known = reads(view_of(model), len(values))
    row = matrix[output - part.start]
    where = ", where the label turns," if turned else ""
    among = "" if len(part) == _real(problem, values) else ", of those shown,"
    most = f"{among} reacts most to value **{part[int(row.argmax())] + 1}**" if row.any() else " reacts to none"
    start = f"Output {output + 1}{where} has read {_span(known[output, : _real(problem, values)])} and{most}. "
    decides = problem.problem.deciding(len(values))[part.start : part.stop, part.start : part.stop]
    aside = float(matrix[~decides].sum()) / total
    idle = f" **{aside:.0%}** of all reaction is to values that do not decide the label in question." if aside else ""
    return start + _zeros(matrix, known[part.start : part.stop, part.start : part.stop]) + idle


def _zeros(matrix: Matrix, known: npt.NDArray[np.bool_]) -> str:
    """How many cells are exactly zero, and why. known: which values each output has read"""
    unread, faded = int((~known).sum()), int(((matrix == 0) & known).sum())
    if not unread + faded:
        return "No cell is exactly zero."
    sentence = f"In all, **{unread + faded:,} of {matrix.size:,}** cells are exactly zero: "
    if not faded:
        return sentence + "those values it has not read."
    small = "it has read, but its reaction is too small to tell from zero"
    return sentence + (f"{unread:,} values it has not read, {faded:,} {small}." if unread else f"those values {small}.")


def _span(known: npt.NDArray[np.bool_]) -> str:
    """The values that an output has read, of the real ones."""
    read = np.flatnonzero(known) + 1
    if not len(read):
        return "padding alone"
    if len(read) == 1:
        return f"value {read[0]} alone"
    return f"all {len(read)} values" if len(read) == len(known) else f"values {read[0]} to {read[-1]}"
