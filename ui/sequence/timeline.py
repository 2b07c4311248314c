"""A sequence that can be edited, its expected and predicted labels, and the wall of fresh sequences to choose from."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from ui import address, evaluations, looks, own_data, state, wording
from ui.chart.component import Click, Drag, Drawn, cached, cached_for_session, chart
from ui.pasted import checked_value, parse_values
from ui.sequence import sequences
from ui.state import Edit

Values = npt.NDArray[np.float32]
SLIDER_STEP = 0.001
ADDRESSED = ""  # the name of the sequence that an address has edited: whichever its page shows


def edited(page: str, name: str, drawn: Values) -> Values:
    """The values of a sequence as this session has edited them, (timesteps,); as drawn where it has not."""
    edit = state.EDIT(page).get()
    if edit and edit["sequence"] == ADDRESSED:
        edit = _taken(page, name, edit["values"], len(drawn))
    if edit and edit["sequence"] == name and len(edit["values"]) == len(drawn):
        return np.array(edit["values"], dtype=np.float32)
    return drawn


def _taken(page: str, name: str, values: list[float], count: int) -> Edit | None:
    """The edit that the address asked for, as one of the sequence that the page shows; None if it does not fit."""
    if len(values) != count:
        forget_edits(page)
        state.EDIT_ERROR(page).set(wording.values_of_link(len(values), count))
        return None
    edit: Edit = {"sequence": name, "values": values}
    state.EDIT(page).set(edit)
    return edit


def is_edited(page: str, name: str) -> bool:
    """Whether this session has changed a value of the sequence."""
    edit = state.EDIT(page).get()
    return edit is not None and edit["sequence"] == name


def forget_edits(page: str) -> None:
    """Go back to the sequence as it was drawn."""
    state.EDIT(page).drop()
    state.EDIT_ERROR(page).drop()
    _begin_anew(page)


def _store(page: str, name: str, values: Values) -> None:
    """Have the page show these values of the sequence of this name."""
    state.EDIT(page).set({"sequence": name, "values": values.tolist()})
    state.EDIT_ERROR(page).drop()


def _begin_anew(page: str) -> None:
    """Have the slider and the box start from the values as they are now."""
    version = state.EDIT_VERSION(page)
    version.set(version.get() + 1)


def edit_controls(page: str, name: str, values: Values) -> None:
    """One slider for the chosen timestep, a box to type a whole sequence, and a way back."""
    timesteps = len(values)
    chosen = block(page, values)
    state.BLOCK(page).set(chosen)
    version, failed = state.EDIT_VERSION(page).get(), state.EDIT_ERROR(page)
    value = state.VALUE(page, name, chosen, version)
    text = state.TYPED(page, name, version, hash(values.tobytes()))

    def slide() -> None:
        try:
            moved = abs(value.get() - float(values[chosen - 1])) >= SLIDER_STEP / 2
            if not moved:  # a slider that is drawn anew sends back the value that it was given, rounded
                return
            changed = values.copy()
            changed[chosen - 1] = checked_value(value.get(), chosen)
            _store(page, name, changed)
        except ValueError as error:
            failed.set(str(error))

    def typed() -> None:
        try:
            _store(page, name, parse_values(text.get(), timesteps))
            _begin_anew(page)
        except ValueError as error:
            failed.set(str(error))

    which, slide_column, back = st.columns([1.5, 3.6, 1.5], vertical_alignment="bottom")
    with which:
        st.number_input("Edit timestep", 1, timesteps, key=state.BLOCK(page).key, help=wording.BLOCK_HELP)
    with slide_column:
        st.slider(
            f"Value at timestep {chosen}",
            0.0,
            0.999,
            float(values[chosen - 1]),
            SLIDER_STEP,
            format="%.3f",
            key=value.key,
            on_change=slide,
        )
    with back:
        st.button(
            wording.UNDO, on_click=forget_edits, args=(page,), disabled=not is_edited(page, name), width="stretch"
        )
    with st.expander(wording.TYPE):
        st.text_area(
            wording.values_wanted(timesteps),
            " ".join(np.format_float_positional(value, trim="-") for value in values),
            key=text.key,
            height=80,
        )
        st.button(wording.USE, on_click=typed)
    if failed.get():
        looks.error(address.escaped(failed.get()))


def unless_edited(page: str, name: str, key: Hashable, build: Callable[[], go.Figure]) -> Drawn:
    """The figure of a sequence, made once for all under its key; once a person has edited it, for their session only.

    Edits would fill everyone's cache.
    """
    edit = state.EDIT(page).get()
    if edit and is_edited(page, name):
        return cached_for_session((key, *edit["values"]), build)
    return cached(key, build)


def block(page: str, values: Values) -> int:
    """The timestep (from 1) of a sequence that is chosen for editing."""
    return min(max(int(state.BLOCK(page).get()), 1), len(values))


def chooser(page: str, values: Values) -> Callable[[Click], bool]:
    """A click on a figure's block chooses its timestep for editing."""

    def choose(click: Click) -> bool:
        timestep = round(click["x"] or 0)
        if not 1 <= timestep <= len(values):
            return False
        state.BLOCK(page).set(timestep)
        return True

    return choose


def dragger(page: str, name: str, values: Values) -> Callable[[Drag], bool]:
    """A block that was dragged in the figure has another value, and is chosen. name, values: of the sequence"""

    def drop(drag: Drag) -> bool:
        timestep = drag["timestep"]
        if not 1 <= timestep <= len(values):
            return False
        try:
            value = checked_value(drag["value"], timestep)
        except ValueError:
            return False
        changed = values.copy()
        changed[timestep - 1] = value
        _store(page, name, changed)
        _begin_anew(page)
        state.BLOCK(page).set(timestep)
        return True

    return drop


def mistaken(examples: pd.DataFrame) -> list[int]:
    """The numbers of the sequences with at least one wrong label."""
    wrong = examples["expected"] != examples["predicted"]
    return [int(number) for number in examples.loc[wrong, "sequence"].unique()]


def _next(page: str, numbers: list[int], now: int) -> None:
    later = [number for number in numbers if number > now]
    state.SEQUENCE(page).set((later or numbers)[0])


def _choose_row(page: str, numbers: Sequence[int]) -> Callable[[Click], bool]:
    def choose(click: Click) -> bool:
        number = click["customdata"][0] if click["customdata"] else None
        if not isinstance(number, int) or number not in numbers:
            return False
        state.SEQUENCE(page).set(number)
        return True

    return choose


def current(page: str, mistakes: list[int]) -> int:
    """The chosen fresh sequence; at first the first mistaken one, or the first."""
    number = state.SEQUENCE(page).get()
    return int(number) if number else (mistakes or [1])[0]


def expected_and_predicted(page: str, run: Run, evaluation: Evaluation) -> None:
    """The timeline of one fresh sequence with its buttons, its editing and the wall of all."""
    colour = figures.color(run.spec.model.direction, run.spec.model.merge_mode)
    with_labels = wording.classes(run.spec.problem) > 0
    mistakes = mistaken(evaluation.examples) if with_labels else []
    numbers = [int(number) for number in evaluation.examples["sequence"].unique()]
    drawing = run.spec.problem.problem.drawing
    told = (len(mistakes), len(numbers), drawing)

    @st.fragment
    def timeline() -> None:
        number = current(page, mistakes or numbers)
        number = number if number in numbers else numbers[0]
        left, right = st.columns([3, 2], gap="medium")
        with left:
            title, onward, mistake = st.columns([4, 1.2, 1.6], vertical_alignment="center")
            with title:
                heading = st.container()
            onward.button(
                "Next",
                key=state.widget(page, "next"),
                on_click=_next,
                args=(page, numbers, number),
                width="stretch",
            )
            if with_labels:
                mistake.button(
                    "Next mistake",
                    key=state.widget(page, "next_mistake"),
                    on_click=_next,
                    args=(page, mistakes, number),
                    disabled=not mistakes,
                    width="stretch",
                    help=wording.mistakes_help(*told),
                )
            sentence = one_sequence(page, run, evaluation, number)
            heading.header(f"**{sentence}**", anchor=False)
        with right:
            st.header(wording.wall(*told, labels=with_labels), anchor=False)
            chart(
                cached(
                    ("wall", number, run.digest),
                    lambda: figures.wall(
                        evaluation.examples, colour, classes=wording.classes(run.spec.problem), chosen=number
                    ),
                ),
                key=f"{page}-wall",
                alt=wording.wall_alt(*told, labels=with_labels),
                on_click=_choose_row(page, numbers),
            )
        address.end(page)

    timeline()


def one_sequence(page: str, run: Run, evaluation: Evaluation, number: int, *, height: int = 440) -> str:
    """The timeline of a fresh sequence and, where values decide labels, what changes it; returns how good it is."""
    problem = run.spec.problem
    name = f"{problem.name}-{number}"
    drawn = sequences.of_examples(problem, evaluation.examples, number)
    colour = figures.color(run.spec.model.direction, run.spec.model.merge_mode)
    values, fixed = sequences.real_values(drawn), problem.problem.fixed is not None
    if not fixed:
        values = edited(page, name, values)
    rows = sequences.rows_of(drawn if fixed else sequences.with_values(problem, drawn, values), run)
    chosen = block(page, values) if sequences.can_be_edited(problem) else None
    which = wording.held_out(number) if fixed else wording.sequence(number, edited=is_edited(page, name))
    counted = not state.COVERED.get()
    sentence = f"{which}: {sequences.verdict(problem, rows)}" if counted else which
    own = own_data.of(problem.name)
    told = own_data.words_at(problem.name, number, problem.problem.real(drawn.x[0]))
    names = own["classes"] if own else []

    def figure() -> go.Figure:
        return sequences.figure(
            problem, rows, colour, chosen=chosen, counted=counted, words=told, names=names, height=height
        )

    key = ("timeline", evaluations.drawn_key(run), name, chosen, counted, height)
    chart(
        unless_edited(page, name, (*key, tuple(told), tuple(names)), figure),
        key=f"{page}-timeline",
        alt=wording.sequence_alt(sentence),
        on_click=chooser(page, values) if chosen else None,
        on_drag=dragger(page, name, values) if chosen else None,
    )
    if chosen:
        edit_controls(page, name, values)
    else:
        caption_of_data(own, number, len(rows), told)
    return sentence


def caption_of_data(
    own: state.OwnNetworks | state.OwnProblem | None, number: int, timesteps: int, told: Sequence[str]
) -> None:
    """What the figure of a sequence that is not edited does not say itself. told: its words"""
    if not own:
        st.caption(wording.FIXED)
        return
    worded = figures.words_fit(told, timesteps)
    text = own["texts"][number - 1] if not worded and number <= len(own["texts"]) else ""
    named = figures.names_fit(own["classes"], timesteps)
    classes = [] if named else [address.escaped(name) for name in own["classes"]]
    caption = wording.sequence_of_data(classes, address.escaped(text), bars=not worded)
    if caption:
        st.caption(caption)
