"""A sequence that can be edited, its expected and predicted labels, and the wall of fresh sequences to choose from."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from ui import evaluations, wording
from ui.chart.component import Click, Drawn, cached, cached_for_session, chart
from ui.sequence import sequences
from ui.sequence.pasted import checked_value, parse_values

Values = npt.NDArray[np.float32]
SLIDER_STEP = 0.001
FRESH = range(1, 101)  # the numbers of the sequences on the wall


def edited(page: str, name: str, drawn: Values) -> Values:
    """The values of a sequence as this session has edited them, (timesteps,); as drawn where it has not."""
    edit = st.session_state.get(f"{page}.edit")
    if edit and edit["sequence"] == name and len(edit["values"]) == len(drawn):
        return np.array(edit["values"], dtype=np.float32)
    return drawn


def is_edited(page: str, name: str) -> bool:
    """Whether this session has changed a value of the sequence."""
    edit = st.session_state.get(f"{page}.edit")
    return edit is not None and edit["sequence"] == name


def forget_edits(page: str) -> None:
    """Go back to the sequence as it was drawn."""
    st.session_state.pop(f"{page}.edit", None)
    st.session_state[f"{page}.edit.error"] = ""
    st.session_state[f"{page}.edit.version"] = st.session_state.get(f"{page}.edit.version", 0) + 1


def edit_controls(page: str, name: str, values: Values) -> None:
    """One slider for the chosen timestep, a box to type a whole sequence, and a way back."""
    timesteps = len(values)
    chosen_key = f"{page}.block"
    chosen = block(page, values)
    st.session_state[chosen_key] = chosen
    version = st.session_state.get(f"{page}.edit.version", 0)
    value_key = f"{page}.value.{name}.{chosen}.{version}"
    typed_key = f"{page}.typed.{name}.{version}.{hash(values.tobytes())}"

    def store(changed: Values) -> None:
        st.session_state[f"{page}.edit"] = {"sequence": name, "values": changed.tolist()}

    def slide() -> None:
        try:
            moved = abs(st.session_state[value_key] - float(values[chosen - 1])) >= SLIDER_STEP / 2
            if not moved:  # a slider that is drawn anew sends back the value that it was given, rounded
                return
            changed = values.copy()
            changed[chosen - 1] = checked_value(st.session_state[value_key], chosen)
            store(changed)
            st.session_state[f"{page}.edit.error"] = ""
        except ValueError as error:
            st.session_state[f"{page}.edit.error"] = str(error)

    def typed() -> None:
        try:
            store(parse_values(st.session_state[typed_key], timesteps))
            st.session_state[f"{page}.edit.error"] = ""
            st.session_state[f"{page}.edit.version"] = version + 1
        except ValueError as error:
            st.session_state[f"{page}.edit.error"] = str(error)

    which, slide_column, back = st.columns([1.5, 3.6, 1.5], vertical_alignment="bottom")
    with which:
        st.number_input("Edit timestep", 1, timesteps, key=chosen_key, help="Or click a block in the figure.")
    with slide_column:
        st.slider(
            f"Value at timestep {chosen}",
            0.0,
            0.999,
            float(values[chosen - 1]),
            SLIDER_STEP,
            format="%.3f",
            key=value_key,
            on_change=slide,
        )
    with back:
        st.button(
            "Undo edits", on_click=forget_edits, args=(page,), disabled=not is_edited(page, name), width="stretch"
        )
    with st.expander("Type or paste a sequence"):
        st.text_area(
            f"{timesteps} values, each at least 0 and less than 1",
            " ".join(np.format_float_positional(value, trim="-") for value in values),
            key=typed_key,
            height=80,
        )
        st.button("Use these values", on_click=typed)
    error = st.session_state.get(f"{page}.edit.error")
    if error:
        st.markdown(f":material/error: {error}")


def unless_edited(page: str, name: str, key: str, build: Callable[[], go.Figure]) -> Drawn:
    """The figure of a sequence, made once for all under its key; once a person has edited it, for their session only.

    Edits would fill everyone's cache.
    """
    if is_edited(page, name):
        return cached_for_session(f"{key} {st.session_state[f'{page}.edit']['values']}", build)
    return cached(key, build)


def block(page: str, values: Values) -> int:
    """The timestep (from 1) of a sequence that is chosen for editing."""
    return min(max(int(st.session_state.get(f"{page}.block", 1)), 1), len(values))


def chooser(page: str, values: Values) -> Callable[[Click], bool]:
    """A click on a figure's block chooses its timestep for editing."""

    def choose(click: Click) -> bool:
        timestep = round(click["x"] or 0)
        if not 1 <= timestep <= len(values):
            return False
        st.session_state[f"{page}.block"] = timestep
        return True

    return choose


def mistaken(examples: pd.DataFrame) -> list[int]:
    """The numbers of the sequences with at least one wrong label."""
    wrong = examples["expected"] != examples["predicted"]
    return [int(number) for number in examples.loc[wrong, "sequence"].unique()]


def _next(page: str, numbers: list[int]) -> None:
    now = st.session_state.get(f"{page}.sequence", 0)
    later = [number for number in numbers if number > now]
    st.session_state[f"{page}.sequence"] = (later or numbers)[0]


def _choose_row(page: str, numbers: range) -> Callable[[Click], bool]:
    def choose(click: Click) -> bool:
        number = click["customdata"][0] if click["customdata"] else None
        if not isinstance(number, int) or number not in numbers:
            return False
        st.session_state[f"{page}.sequence"] = number
        return True

    return choose


def current(page: str, mistakes: list[int]) -> int:
    """The chosen fresh sequence; at first the first mistaken one, or the first."""
    number = st.session_state.get(f"{page}.sequence")
    return int(number) if number else (mistakes or [1])[0]


def expected_and_predicted(page: str, run: Run, evaluation: Evaluation) -> None:
    """The timeline of one fresh sequence with its buttons, its editing and the wall of all."""
    colour = figures.color(run.spec.model.direction, run.spec.model.merge_mode)
    with_labels = wording.classes(run.spec.problem) > 0
    mistakes = mistaken(evaluation.examples) if with_labels else []

    @st.fragment
    def timeline() -> None:
        number = current(page, mistakes)
        st.session_state[f"{page}.sequence"] = number
        one, two = st.columns([3, 2], gap="medium")
        with one:
            title, onward, mistake = st.columns([4, 1.2, 1.6], vertical_alignment="center")
            with title:
                heading = st.container()
            onward.button("Next", key=f"{page}.next", on_click=_next, args=(page, list(FRESH)), width="stretch")
            if with_labels:
                mistake.button(
                    "Next mistake",
                    key=f"{page}.next_mistake",
                    on_click=_next,
                    args=(page, mistakes),
                    disabled=not mistakes,
                    width="stretch",
                    help=f"{len(mistakes)} of 100 fresh sequences have a wrong label.",
                )
            said = one_sequence(page, run, evaluation, number)
            heading.markdown(f"**{said}**")
        with two:
            what = f"{100 - len(mistakes)} wholly right" if with_labels else "by their error"
            st.markdown(f"**100 fresh sequences: {what}.** Choose a row to see it.")
            chart(
                cached(
                    f"wall {number} {run.digest}",
                    lambda: figures.wall(
                        evaluation.examples, colour, classes=wording.classes(run.spec.problem), chosen=number
                    ),
                ),
                key=f"{page}-wall",
                alt=f"Answers to 100 fresh sequences; {len(mistakes)} have a wrong one."
                if with_labels
                else "Errors of the answers to 100 fresh sequences.",
                on_click=_choose_row(page, FRESH),
            )

    timeline()


def one_sequence(page: str, run: Run, evaluation: Evaluation, number: int, *, height: int = 440) -> str:
    """The timeline of a fresh sequence and, where values decide labels, what changes it; returns how good it is."""
    problem = run.spec.problem
    name = f"{problem.name}-{number}"
    drawn = sequences.of_examples(problem, evaluation.examples, number)
    colour = figures.color(run.spec.model.direction, run.spec.model.merge_mode)
    values = edited(page, name, sequences.real_values(drawn))
    rows = sequences.rows_of(sequences.with_values(problem, drawn, values), run)
    chosen = block(page, values) if sequences.can_be_edited(problem) else None
    which = "Your sequence" if is_edited(page, name) else f"Fresh sequence {number}"
    said = f"{which}: {sequences.verdict(problem, rows)}"

    def figure() -> go.Figure:
        return sequences.figure(problem, rows, colour, chosen=chosen, height=height)

    chart(
        unless_edited(page, name, f"timeline {evaluations.drawn_key(run)} {name} {chosen} {height}", figure),
        key=f"{page}-timeline",
        alt=f"{said}. Its values, what the model answers, and what is expected.",
        on_click=chooser(page, values) if chosen else None,
    )
    if chosen:
        edit_controls(page, name, values)
    else:
        st.caption(sequences.FIXED)
    return said
