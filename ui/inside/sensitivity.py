"""The Inside page's matrix: what each output reacts to, beside what it has read, and the sentence that says so."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from bilstm_core import figures
from bilstm_core.bayes import view_of
from bilstm_core.network import introspection
from bilstm_core.problems import View
from bilstm_core.problems.base import reads
from bilstm_core.problems.variable_length import PADDING
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec
from ui import address, evaluations, lesson_texts, state
from ui.chart.component import cached, chart
from ui.inside import subject, words
from ui.sequence import timeline
from ui.sequence.timeline import Values

Matrix = npt.NDArray[Any]

AFFORDABLE = 6e8  # multiply-adds of a matrix; a page must answer at once
MOST_BYTES = 1e8  # that its tangents take meanwhile, in the process of all visitors
FEWEST = 5  # values that a matrix is made for, however large the model
SIDE = 276  # px of a grid
LOW_HEIGHT = 296  # px of the figure on a low screen: all of it is in sight
TITLES: dict[View, str] = {
    "forward": "forward",
    "backward": "backward",
    "backward_raw": "backward, tutorial's order",
    "bidirectional": "bidirectional",
}


def real(problem: ProblemSpec, values: Values) -> int:
    """How many timesteps are real; padding comes after them."""
    if problem.problem.fixed:
        return problem.problem.real(values)
    return int((values[:, 0] != PADDING).sum()) if problem.problem.padded else len(values)


def _labels(problem: ProblemSpec, values: Values) -> Matrix:
    """The label of each real timestep; zeros where values do not decide them."""
    there = real(problem, values)
    if problem.problem.labels is None:
        return np.zeros(there, dtype=np.int64)
    mask = np.arange(len(values))[None] < there
    return problem.problem.labels(values[None], mask, **problem.parameters())[0, :there, 0]


def window(run: Run, values: Values, matrices: int = 1) -> range:
    """The timesteps (from 0) that so many matrices show: all real ones, or some around the flip."""
    width = _affordable(run, matrices) // moved(run, matrices)
    labels = _labels(run.spec.problem, values)
    if width >= len(labels):
        return range(len(labels))
    first, last = figures.around_flip(labels, width)
    return range(first - 1, last)


def _affordable(run: Run, matrices: int) -> int:
    """How many numbers the page can afford to move for each of so many matrices, one after the other."""
    problem, model = run.spec.problem, run.spec.model
    by_time = AFFORDABLE / matrices / introspection.cost(problem, model, 1)
    return max(FEWEST, int(min(by_time, MOST_BYTES / introspection.memory(problem, model, 1))))


def movable(problem: ProblemSpec) -> int:
    """How many features can be moved: all but that which says where a visitor's sequence is padded."""
    count = problem.problem.features
    fixed = problem.problem.fixed
    return count - fixed().marked if fixed else count


def moved(run: Run, matrices: int = 1) -> int:
    """How many of a timestep's features are moved: all, or as many as leave the fewest values affordable."""
    return min(movable(run.spec.problem), _affordable(run, matrices) // FEWEST)


def matrix_of(run: Run, values: Values) -> Matrix:
    """|d output t / d value s| of the window's timesteps; a session has its last one at hand."""
    part = window(run, values)
    key = [run.digest, values.tobytes(), part.start, part.stop]
    last = state.MATRIX.get()
    if last is None or last[0] != key:
        spec = run.spec
        told = introspection.sensitivity(spec.problem, spec.model, run.weights, values, part, features=moved(run))
        last = key, told[part.start : part.stop]
        state.MATRIX.set(last)
    return last[1]


def unit_of(run: Run) -> str:
    """What the matrix's numbers are."""
    return words.unit_of(run.spec.problem.problem.head)


def flip(run: Run, values: Values) -> int | None:
    """The first timestep (from 1) with another label than the one before it."""
    turned = np.flatnonzero(np.diff(_labels(run.spec.problem, values)))
    return int(turned[0]) + 2 if len(turned) else None


def matrices(page: str, run: Run, values: Values) -> None:
    """The sensitivity matrix, or in its place the reading grid of the same model."""
    chosen = state.field(page, "grid", words.REACTS)
    chosen.ensure()
    st.segmented_control(
        words.GRIDS_LABEL, words.GRIDS, required=True, key=chosen.key, label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    if chosen.get() == words.HAS_READ:
        _has_read(page, run, values)
    else:
        _reacts(page, run, values)


def _reacts(page: str, run: Run, values: Values) -> None:
    problem, part, timesteps = run.spec.problem, window(run, values), len(values)
    view, matrix = view_of(run.spec.model), matrix_of(run, values)
    told = subject.words_of(page, problem)[part.start : part.stop]
    figure = timeline.unless_edited(
        page,
        subject.sequence_name(page, problem),
        ("sensitivity", run.digest, values.tobytes(), tuple(told)),
        lambda: figures.sensitivity(
            [(TITLES[view], view, matrix)],
            unit=unit_of(run),
            side=SIDE,
            first=part.start + 1,
            told=told_of(run, values) if matrix.any() else None,
            words=told,
        ),
    )
    chart(figure, key=f"{page}-sensitivity", alt=words.matrix_alt(int((matrix == 0).sum())), low=LOW_HEIGHT)
    if len(part) < timesteps:
        padded = len(part) >= real(problem, values)
        turns = flip(run, values) is not None
        st.caption(words.shown_part(part.start + 1, part.stop, timesteps, padded=padded, turns=turns))
    st.caption(f"{words.matrix(problem)} {words.moved(moved(run), movable(problem))}".rstrip())
    evaluations.download(lambda: introspection.sensitivity_frame(matrix, part.start + 1), "sensitivity")


def _has_read(page: str, run: Run, values: Values) -> None:
    problem, view = run.spec.problem, view_of(run.spec.model)
    cut = problem.problem.fixed and view != "backward_raw"  # what is raw reads the padding first
    timesteps = real(problem, values) if cut else len(values)
    grid = cached(
        ("inside grid", view, timesteps, problem.name),
        lambda: figures.reading_grid(
            timesteps,
            [(TITLES[view], view)],
            decides=problem.problem.deciding(timesteps),
            changes=problem.problem.changing(timesteps),
            side=SIDE,
        ),
    )
    chart(grid, key=f"{page}-grid", alt=words.grid_alt(problem), low=LOW_HEIGHT)
    st.caption(words.grid(problem))


def told_of(run: Run, values: Values) -> tuple[int, int | None]:
    """The output that the answer tells of, and the value that it reacts to most (both from 1), None if to none.

    The output at which the label flips, or else the middle one.
    """
    part, matrix = window(run, values), matrix_of(run, values)
    turned = flip(run, values)
    output = turned or part[len(part) // 2] + 1
    row = matrix[output - 1 - part.start]
    return output, part[int(row.argmax())] + 1 if row.any() else None


def sentence(run: Run, values: Values, told: Sequence[str] = ()) -> str:
    """The measured answer: what outputs react to, and the one at the flip; then, apart, what they never react to.

    told: the word at each real timestep, if there is one
    """
    part, model, problem = window(run, values), run.spec.model, run.spec.problem
    matrix, total = matrix_of(run, values), float(matrix_of(run, values).sum())
    if not total:
        return words.nothing(matrix.size)
    (output, most), there = told_of(run, values), real(problem, values)
    known = reads(view_of(model), len(values))
    shown = known[part.start : part.stop, part.start : part.stop]
    unread, faded = int((~shown).sum()), int(((matrix == 0) & shown).sum())
    one = words.reaction(
        output,
        turns=flip(run, values) is not None,
        read=known[output - 1, :there],
        most=most,
        named={step: address.escaped(word) for step, word in enumerate(told, start=1)},
        part=len(part) != there,
        sizes=np.sort(matrix[output - 1 - part.start])[:-3:-1].tolist(),
    )
    idle = words.idle(_idle(problem, part, matrix, len(values)), measured=problem.problem.tried is not None)
    details = (words.zeros(unread, faded, matrix.size), idle)
    paragraphs = (f"{words.reached(unread, faded)} {one}", " ".join(detail for detail in details if detail))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _idle(problem: ProblemSpec, part: range, matrix: Matrix, timesteps: int) -> float:
    """The share of all reaction that is to values which decide nothing; 0 where none decides, or nobody knows."""
    every = problem.problem.deciding(timesteps)
    decides = None if every is None else every[part.start : part.stop, part.start : part.stop]
    return 0.0 if decides is None or not decides.any() else float(matrix[~decides].sum() / matrix.sum())


def reacts(run: Run, values: Values) -> lesson_texts.Answer:
    """What the lesson asks for: to which values each output reacts at all."""
    return lesson_texts.reacts((matrix_of(run, values) != 0).tolist())
