"""A sequence that can be edited, its expected and predicted labels, and the wall of fresh sequences to choose from."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from bilstm_core import figures, inference
from bilstm_core.editing import checked_value, parse_values
from bilstm_core.evaluation import Evaluation
from bilstm_core.problems import cumulative_sum
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec
from bilstm_core.streams import Stream, generator
from ui import controls, session
from ui.chart import Click, cached, chart

Values = npt.NDArray[np.float32]
SLIDER_STEP = 0.001


def edited(page: str, sequence: str, drawn: Values) -> Values:
    """The values of a sequence as this session has edited them, (timesteps,); as drawn where it has not."""
    edit = st.session_state.get(f"{page}.edit")
    if edit and edit["sequence"] == sequence and len(edit["values"]) == len(drawn):
        return np.array(edit["values"], dtype=np.float32)
    return drawn


def is_edited(page: str, sequence: str) -> bool:
    """Whether this session has changed a value of the sequence."""
    edit = st.session_state.get(f"{page}.edit")
    return edit is not None and edit["sequence"] == sequence


def forget_edits(page: str) -> None:
    """Go back to the sequence as it was drawn."""
    st.session_state.pop(f"{page}.edit", None)
    st.session_state[f"{page}.edit.error"] = ""
    st.session_state[f"{page}.edit.version"] = st.session_state.get(f"{page}.edit.version", 0) + 1


def edit_controls(page: str, sequence: str, values: Values) -> None:
    """One slider for the chosen timestep, a box to type a whole sequence, and a way back."""
    timesteps = len(values)
    chosen_key = f"{page}.block"
    chosen = min(max(int(st.session_state.get(chosen_key, 1)), 1), timesteps)
    st.session_state[chosen_key] = chosen
    version = st.session_state.get(f"{page}.edit.version", 0)
    value_key = f"{page}.value.{sequence}.{chosen}.{version}"
    typed_key = f"{page}.typed.{sequence}.{version}.{hash(values.tobytes())}"

    def store(changed: Values) -> None:
        st.session_state[f"{page}.edit"] = {"sequence": sequence, "values": changed.tolist()}

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
            "Undo edits", on_click=forget_edits, args=(page,), disabled=not is_edited(page, sequence), width="stretch"
        )
    with st.expander("Type or paste a sequence"):
        st.text_area(
            f"{timesteps} values, each at least 0 and less than 1",
            " ".join(f"{value:.8g}" for value in values),
            key=typed_key,
            height=80,
        )
        st.button("Use these values", on_click=typed)
    error = st.session_state.get(f"{page}.edit.error")
    if error:
        st.markdown(f":material/error: {error}")


def chooser(page: str) -> Callable[[Click], None]:
    """A click on a figure's block chooses its timestep for editing."""

    def choose(click: Click) -> None:
        if click["x"] is not None:
            st.session_state[f"{page}.block"] = round(float(click["x"]))

    return choose


def labelled(problem: ProblemSpec, values: Values) -> pd.DataFrame:
    """Values with their labels: timestep (from 1), x, expected."""
    expected = cumulative_sum.labels(values[:, None], threshold=problem.threshold)[:, 0]
    return pd.DataFrame({"timestep": range(1, len(values) + 1), "x": values, "expected": expected})


def predicted(run: Run, values: Values) -> pd.DataFrame:
    """Values with labels and what the model says: timestep, x, expected, probability, predicted."""
    probability = inference.probabilities(run.spec.problem, run.spec.model, run.weights, values[None, :, None])[0, :, 0]
    frame = labelled(run.spec.problem, values)
    return frame.assign(probability=probability, predicted=(probability >= 0.5).astype(int))


def limit(problem: ProblemSpec) -> float:
    """The running sum at which the label turns."""
    return cumulative_sum.limit(problem.timesteps, problem.threshold)


def mistaken(examples: pd.DataFrame) -> list[int]:
    """The numbers of the sequences with at least one wrong label."""
    wrong = examples["expected"] != examples["predicted"]
    return [int(number) for number in examples.loc[wrong, "sequence"].unique()]


def _next(page: str, numbers: list[int]) -> None:
    now = st.session_state.get(f"{page}.sequence", 0)
    later = [number for number in numbers if number > now]
    st.session_state[f"{page}.sequence"] = (later or numbers)[0]


def _choose_row(page: str) -> Callable[[Click], None]:
    def choose(click: Click) -> None:
        if click["customdata"] is not None:
            number: Any = click["customdata"]
            st.session_state[f"{page}.sequence"] = int(number[0] if isinstance(number, list) else number)

    return choose


def current(page: str, examples: pd.DataFrame) -> int:
    """The chosen fresh sequence; at first the first mistaken one, or the first."""
    number = st.session_state.get(f"{page}.sequence")
    return int(number) if number else (mistaken(examples) or [1])[0]


def expected_and_predicted(page: str, run: Run, evaluation: Evaluation) -> None:
    """The timeline of one fresh sequence with its buttons, its editing and the wall of all."""
    examples = evaluation.examples
    colour = figures.color(run.spec.model.direction, run.spec.model.merge_mode)

    @st.fragment
    def timeline() -> None:
        mistakes = mistaken(examples)
        number = current(page, examples)
        st.session_state[f"{page}.sequence"] = number
        values = edited(page, str(number), _values(examples, number))
        frame = predicted(run, values)
        wrong = int((frame["expected"] != frame["predicted"]).sum())
        what = "Your sequence" if is_edited(page, str(number)) else f"Fresh sequence {number}"
        one, two = st.columns([3, 2], gap="medium")
        with one:
            title, onward, mistake = st.columns([4, 1.2, 1.6], vertical_alignment="center")
            title.markdown(f"**{what}: {wrong} of {len(frame)} labels wrong**")
            onward.button("Next", key=f"{page}.next", on_click=_next, args=(page, list(range(1, 101))), width="stretch")
            mistake.button(
                "Next mistake",
                key=f"{page}.next_mistake",
                on_click=_next,
                args=(page, mistakes),
                disabled=not mistakes,
                width="stretch",
                help=f"{len(mistakes)} of 100 fresh sequences have a wrong label.",
            )
            block = min(int(st.session_state.get(f"{page}.block", 1)), len(values))
            figure = figures.timeline(frame, limit(run.spec.problem), colour, chosen=block)
            alt = f"{what}: running sum, probability of 1 and expected against predicted labels; {wrong} wrong."
            chart(figure, key=f"{page}-timeline", alt=alt, on_click=chooser(page))
            edit_controls(page, str(number), values)
        with two:
            st.markdown(f"**100 fresh sequences: {100 - len(mistakes)} wholly right.** Choose a row to see it.")
            chart(
                cached(f"wall {number} {session.run_key(run)}", lambda: figures.wall(examples, colour, chosen=number)),
                key=f"{page}-wall",
                alt=f"Predicted labels of 100 fresh sequences; {len(mistakes)} have a wrong one.",
                on_click=_choose_row(page),
            )

    timeline()


def _values(examples: pd.DataFrame, number: int) -> Values:
    return examples.loc[examples["sequence"] == number, "x"].to_numpy(dtype=np.float32)


def problem_controls(page: str) -> tuple[ProblemSpec, int]:
    """New sequence, timesteps, and under more settings the threshold and the seed.

    Returns the problem and the seed; while a value is not allowed, those of the last values that were.
    """
    one, two, three = st.columns([1.4, 1.2, 3], vertical_alignment="bottom")
    with two, controls.setting("timesteps"):
        flat = {"timesteps": controls.widget(page, "timesteps")}
    with three, controls.setting("more"), st.expander("More settings"):
        flat["threshold"] = controls.widget(page, "threshold")
        seed = controls.widget(page, "seed")
    with one:
        st.button(
            "New sequence",
            key=f"{page}.new",
            type="primary",
            icon=":material/casino:",
            on_click=_new_sequence,
            args=(page,),
            width="stretch",
        )
        controls.settings_switch()
    flat["seed"] = seed
    if not any(controls.complaint(name, value) for name, value in flat.items()):
        st.session_state[f"{page}.allowed"] = flat
    allowed = st.session_state.get(f"{page}.allowed", {"timesteps": 10, "threshold": 0.25, "seed": 0})
    return ProblemSpec(timesteps=allowed["timesteps"], threshold=allowed["threshold"]), int(allowed["seed"])


def _new_sequence(page: str) -> None:
    st.session_state[f"{page}.seed"] = (st.session_state[f"{page}.seed"] or 0) + 1


def problem_sequence(page: str, problem: ProblemSpec, seed: int) -> str:
    """The waterfall of a sequence that can be edited; returns the sentence that says when its label flips."""
    worked = problem.timesteps == len(cumulative_sum.WORKED_EXAMPLE) and not seed
    if worked:
        drawn = np.array(cumulative_sum.WORKED_EXAMPLE, dtype=np.float32)
    else:
        rng = generator(seed, Stream.EXAMPLES)
        drawn = problem.problem.sample(1, problem.timesteps, rng, **problem.parameters()).x[0, :, 0]
    sequence = f"{problem.timesteps}-{seed}"
    values = edited(page, sequence, drawn)
    frame = labelled(problem, values)
    chosen = int(st.session_state.get(f"{page}.block", 1))
    figure = figures.timeline(frame, limit(problem), chosen=min(chosen, problem.timesteps))
    sentence = flip_sentence(problem, frame)
    chart(figure, key=f"{page}-timeline", alt=sentence, on_click=chooser(page))
    edit_controls(page, sequence, values)
    if worked and not is_edited(page, sequence):
        st.caption("The worked example of the tutorial.")
    return sentence


def flip_sentence(problem: ProblemSpec, frame: pd.DataFrame) -> str:
    """When the running sum reaches the threshold. frame: timestep, x, expected"""
    ones = frame.loc[frame["expected"] == 1, "timestep"]
    goal = f"{limit(problem):g} ({problem.threshold:g} of {problem.timesteps} timesteps)"
    if ones.empty:
        return f"Never here: the running sum ends at {frame['x'].sum():.2f} and does not reach {goal}."
    first = int(ones.iloc[0])
    reached = frame["x"][:first].sum()
    return f"At timestep **{first}**: there the running sum, {reached:.2f}, first reaches {goal}."
