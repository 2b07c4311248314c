"""The Inside page's parts: which model, its sequence, what its outputs react to, and what its units carry."""

from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from bilstm_core import figures, introspection
from bilstm_core.bayes import view_of
from bilstm_core.evaluation import evaluation_sequences
from bilstm_core.presets import CELLS, DEFAULT_PRESET, INSIDE, PRESETS
from bilstm_core.problems import Batch, View
from bilstm_core.problems.base import reads
from bilstm_core.progress import JobView
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from ui import controls, live, results, sequence, session, timeline
from ui.chart import cached, chart
from ui.timeline import Values

Matrix = npt.NDArray[Any]

EPOCHS = (250, 1_000, 4_000)
SEQUENCES = 100  # fresh ones, to choose from and to tie units to labels by
AFFORDABLE = 6e8  # multiply-adds of a matrix; a page must answer at once
FEWEST = 5  # values that a matrix is made for, however large the model
SIDE = 300  # px of a grid
TITLES: dict[View, str] = {
    "forward": "forward",
    "backward": "backward",
    "backward_raw": "backward, tutorial's order",
    "bidirectional": "bidirectional",
}


def model_controls(page: str) -> RunSpec | None:
    """Direction, merge mode or order, cell and epochs; or the run that Train shows. None if Train shows none."""
    one, two, three, four, five = st.columns([2.3, 2.1, 2.1, 1.7, 1.5], vertical_alignment="bottom")
    with five, controls.setting("train"):
        of_train = st.toggle(
            "The run on Train",
            key=f"{page}.of_train",
            persist_state="session",
            help="Look inside the network that the Train page shows, whatever its settings.",
        )
    if of_train:
        run = _run_on_train()
        with one:
            st.markdown(session.describe(run.spec) if run else "Train shows no run yet.")
        return run.spec if run else None
    flat: dict[str, Any] = {}
    with one:
        flat["direction"] = _choice(page, "direction", ("forward", "backward", "bidirectional"), "bidirectional")
    with two, controls.setting("variant"):
        if flat["direction"] == "bidirectional":
            flat["merge_mode"] = _choice(page, "merge_mode", ("concat", "sum", "mul", "ave"), "concat")
        elif flat["direction"] == "backward":
            flat["backward_output"] = _choice(page, "backward_output", ("aligned", "raw"), "aligned")
    with three, controls.setting("cell"):
        flat["cell"] = _choice(page, "cell", CELLS, "lstm")
    with four, controls.setting("epochs"):
        epochs = st.segmented_control(
            "Epochs",
            EPOCHS,
            default=INSIDE[0].training.epochs,
            required=True,
            key=f"{page}.epochs",
            format_func="{:,}".format,
            persist_state="session",
            help="One fresh sequence each.",
        )
    return RunSpec(model=ModelSpec(**flat), training=TrainingSpec(epochs=int(epochs))).canonical()


def _choice(page: str, name: str, options: tuple[str, ...], default: str) -> str:
    short = {"raw": "reversed", "rnn": "RNN"}
    return st.segmented_control(
        controls.LABELS[name],
        options,
        default=default,
        required=True,
        key=f"{page}.{name}",
        format_func=lambda option: short.get(option, controls.OPTION_NAMES.get(option, option)),
        persist_state="session",
        help=controls.HELP.get(name),
    )


def _run_on_train() -> Run | None:
    key = session.shown("Train")
    return session.recall(key) if key else session.find(PRESETS[DEFAULT_PRESET])


def chosen_run(page: str, spec: RunSpec | None) -> Run | None:
    """The run of these settings; until it is trained, the one that the page showed before."""
    found = _run_on_train() if st.session_state.get(f"{page}.of_train") else spec and session.find(spec)
    if found:
        session.show(page, session.remember(found))
        return found
    key = session.shown(page)
    return (session.recall(key) if key else None) or session.find(PRESETS[DEFAULT_PRESET])


def training(page: str, spec: RunSpec | None, run: Run | None) -> None:
    """The button that trains settings without a run, and the progress of whatever the page trains."""
    if live.active(page):
        live.stop_button(page)
    elif spec and (run is None or run.spec != spec):
        note, go = st.columns([4, 1.2], vertical_alignment="center")
        note.markdown(
            f":material/info: Not trained yet: {session.describe(spec)}."
            + (f" The figures show {session.describe(run.spec)}." if run else "")
        )
        go.button(
            "Train",
            key=f"{page}.train",
            type="primary",
            icon=":material/play_arrow:",
            on_click=live.start,
            args=(page, [spec]),
            width="stretch",
        )

    def done(view: JobView) -> None:
        for one in view.runs:
            if one and one.finished:
                session.keep(one)

    live.panel(page, lambda _: None, done)


@st.cache_resource(max_entries=50, show_spinner=False)
def _fresh(key: str, _problem: ProblemSpec) -> Batch:
    return evaluation_sequences(_problem, SEQUENCES)


def _sequence(page: str, problem: ProblemSpec) -> Batch:
    number = int(st.session_state.get(f"{page}.sequence", 1))
    drawn = sequence.one_of(_fresh(repr(problem), problem), number)
    values = timeline.edited(page, _sequence_name(page, problem), sequence.real_values(drawn))
    return sequence.with_values(problem, drawn, values)


def chosen_values(page: str, run: Run) -> Values:
    """The sequence as chosen and edited, (timesteps,), with its padding."""
    values: Values = _sequence(page, run.spec.problem).x[0, :, 0]
    return values


def _sequence_name(page: str, problem: ProblemSpec) -> str:
    return f"{problem.name}-{problem.timesteps}-{problem.threshold}-{st.session_state.get(f'{page}.sequence', 1)}"


def _next(page: str) -> None:
    st.session_state[f"{page}.sequence"] = int(st.session_state.get(f"{page}.sequence", 1)) % SEQUENCES + 1


def editable(page: str, run: Run) -> None:
    """The timeline of the sequence, and what changes it."""
    problem, model = run.spec.problem, run.spec.model
    name, batch = _sequence_name(page, problem), _sequence(page, problem)
    values = sequence.real_values(batch)
    block = min(int(st.session_state.get(f"{page}.block", 1)), len(values))
    rows = sequence.rows_of(batch, run)
    number = int(st.session_state.get(f"{page}.sequence", 1))
    title, onward = st.columns([3, 1.2], vertical_alignment="center")
    what = "Your sequence" if timeline.is_edited(page, name) else f"Fresh sequence {number}"
    said = f"{what}: {sequence.verdict(problem, rows)}"
    title.markdown(f"**{said}**")
    onward.button("Next", key=f"{page}.next", on_click=_next, args=(page,), width="stretch")
    colour = figures.color(model.direction, model.merge_mode)
    can_be_edited = sequence.can_be_edited(problem)
    figure = cached(
        f"inside timeline {session.run_key(run)} {values.tobytes().hex()} {block}",
        lambda: sequence.figure(problem, rows, colour, chosen=block if can_be_edited else None, height=380),
    )
    alt = f"{said}. Its values, what the model answers, and what is expected."
    chart(figure, key=f"{page}-timeline", alt=alt, on_click=timeline.chooser(page) if can_be_edited else None)
    if can_be_edited:
        timeline.edit_controls(page, name, values)
    else:
        st.caption(sequence.FIXED)


def _labels(problem: ProblemSpec, values: Values) -> Matrix:
    """The label of each timestep; zeros where values do not decide them. Values are never negative, padding is."""
    if problem.problem.labels is None:
        return np.zeros(len(values), dtype=np.int64)
    x = values[None, :, None]
    return problem.problem.labels(x, x[..., 0] >= 0, **problem.parameters())[0, :, 0]


def window(run: Run, values: Values, matrices: int = 1) -> range:
    """The timesteps (from 0) that so many matrices show: all, or some around the flip where all take too long."""
    problem, model = run.spec.problem, run.spec.model
    width = int(AFFORDABLE / matrices / introspection.cost(problem, model, 1))
    if width >= len(values):
        return range(len(values))
    first, last = figures.around_flip(_labels(problem, values), max(FEWEST, width))
    return range(first - 1, last)


@st.cache_resource(max_entries=200, show_spinner=False)
def _matrix(key: str, _run: Run, values: bytes, first: int, stop: int) -> Matrix:
    x = np.frombuffer(values, np.float32)[:, None]
    matrix = introspection.sensitivity(_run.spec.problem, _run.spec.model, _run.weights, x, range(first, stop))
    return matrix[first:stop]


def matrix_of(run: Run, values: Values) -> Matrix:
    """|d output t / d value s| of the window's timesteps."""
    part = window(run, values)
    return _matrix(session.run_key(run), run, values.tobytes(), part.start, part.stop)


def unit_of(run: Run) -> str:
    """What the matrix's numbers are."""
    what = "output" if run.spec.problem.problem.head == "regression" else "log-odds"
    return f"change of {what} by change of value"


def flip(run: Run, values: Values) -> int | None:
    """The first timestep (from 1) with another label than the one before it."""
    turned = np.flatnonzero(np.diff(_labels(run.spec.problem, values)))
    return int(turned[0]) + 2 if len(turned) else None


def matrices(page: str, run: Run, values: Values) -> None:
    """The sensitivity matrix beside the reading grid of the same model."""
    part, timesteps = window(run, values), len(values)
    view = view_of(run.spec.model)
    matrix = matrix_of(run, values)
    unit = unit_of(run)
    reacts, has_read = st.columns(2, gap="small")
    with reacts:
        st.markdown("**What does each output react to?**")
        figure = cached(
            f"sensitivity {session.run_key(run)} {values.tobytes().hex()}",
            lambda: figures.sensitivity([(TITLES[view], view, matrix)], unit=unit, side=SIDE, first=part.start + 1),
        )
        alt = f"How much each output reacts to each value; {int((matrix == 0).sum())} cells are exactly zero."
        chart(figure, key=f"{page}-sensitivity", alt=alt)
    with has_read:
        st.markdown("**What has it read?**")
        decides = run.spec.problem.problem.deciding(timesteps)
        grid = cached(
            f"inside grid {view} {timesteps} {run.spec.problem.name}",
            lambda: figures.reading_grid(timesteps, [(TITLES[view], view)], decides=decides, side=SIDE),
        )
        chart(grid, key=f"{page}-grid", alt="Which values each output has read, and which decide its label.")
    if len(part) < timesteps:
        st.caption(
            f"The matrix shows timesteps {part.start + 1} to {part.stop} of {timesteps}, around the flip: all of them "
            "take too long for a network of this size."
        )
    st.caption(
        "Matrix: if a value is raised a little, how much does the output's log-odds change, up or down? Log-odds, for "
        "a probability near 0 or 1 hardly moves any more. Grid: filled, has read; outlined, decides the label."
    )
    results.download(lambda: introspection.sensitivity_frame(matrix, part.start + 1), "sensitivity")


def sentence(run: Run, values: Values) -> str:
    """The measured answer: what the output at the flip reacts to, and what all outputs together never react to."""
    part, model, problem = window(run, values), run.spec.model, run.spec.problem
    matrix = matrix_of(run, values)
    turned = flip(run, values)
    output = turned - 1 if turned else part[len(part) // 2]
    row = matrix[output - part.start]
    read = np.flatnonzero(reads(view_of(model), len(values))[output]) + 1
    decides = problem.problem.deciding(len(values))[part.start : part.stop, part.start : part.stop]
    where = ", where the label turns," if turned else ""
    known = f"all {len(read)} values" if 1 < len(read) == len(values) else _span(read)
    among = "" if len(part) == len(values) else ", of those shown,"
    most = part[int(row.argmax())] + 1
    start = f"Output {output + 1}{where} has read {known} and{among} reacts most to value **{most}**. "
    zeros, total = int((matrix == 0).sum()), float(matrix.sum())
    if not total:
        return f"No output reacts to any value: all {matrix.size:,} cells are exactly zero."
    aside = float(matrix[~decides].sum()) / total
    idle = f"**{aside:.0%}** of all reaction is to values that do not decide the label in question."
    if zeros:
        return (
            start + f"**{zeros:,} of {matrix.size:,}** cells are exactly zero: those values it has not read. "
            f"{idle if aside else ''}"
        )
    return start + f"No cell is exactly zero. {idle if aside else ''}"


def _span(read: npt.NDArray[np.intp]) -> str:
    return f"values {read[0]} to {read[-1]}" if len(read) > 1 else f"value {read[0]} alone"
