"""The parts of The problem: its controls, a sequence to edit, when its label flips, and how far a blind guess gets."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.bayes import bayes_risk
from bilstm_core.export import example
from bilstm_core.export.pieces import Program
from bilstm_core.problems import Batch, cumulative_sum
from bilstm_core.random_streams import Stream, generator
from bilstm_core.settings import FIELDS, ProblemSettings
from bilstm_core.specs import ProblemSpec
from ui import controls, evaluations, lesson_texts, registry, state, wording
from ui.chart.component import cached, chart
from ui.problem import words
from ui.sequence import sequences, timeline
from ui.settings import PageSettings

HEIGHT, IN_CLASS = 416, 330  # px of the timeline; before a class it grows to its room
LOW_HEIGHT = 340  # px of it on a low screen: what edits it is in sight
LOW_SHARES = 246  # px of the bars there: what follows from them is in sight
SETTINGS = PageSettings(page=registry.PROBLEM.name, first=ProblemSettings())


def problem_controls(page: str) -> ProblemSettings:
    """New sequence, problem, timesteps, and under more settings the threshold and the seed.

    Returns the settings; while a value is not allowed, the last that were.
    """
    go, name, length, further = st.columns([1.5, 2, 1.2, 2], vertical_alignment="bottom")
    beneath = st.container()
    with name, controls.setting("problem"):
        flat = {"name": controls.widget(page, "name", beneath)}
    with length, controls.setting("timesteps"):
        flat["timesteps"] = controls.widget(page, "timesteps", beneath)
    with further, controls.setting("more"), st.expander("More settings"):
        if controls.has_threshold(flat["name"]):
            flat["threshold"] = controls.widget(page, "threshold")
        flat["seed"] = controls.widget(page, "seed")
    with go:
        st.button(
            words.NEW,
            key=state.widget(page, "new"),
            type="primary",
            icon=":material/casino:",
            on_click=_new_sequence,
            args=(page,),
            width="stretch",
        )
        controls.settings_switch()
    if not any(FIELDS[name].complaint(value) for name, value in flat.items()):
        state.ALLOWED(page).set(flat)
    return ProblemSettings(**state.ALLOWED(page).get())


def _new_sequence(page: str) -> None:
    seed = state.field(page, "seed")
    seed.set((seed.get() or 0) + 1)


def _sequence(page: str, settings: ProblemSettings) -> tuple[Batch, str, bool]:
    """The sequence as it was drawn, its name, and whether it is the tutorial's worked example."""
    problem, seed = settings.spec, int(settings.seed)
    worked = problem.name == "cumulative_sum" and problem.timesteps == len(cumulative_sum.WORKED_EXAMPLE) and not seed
    drawn = sequences.worked_example(problem.threshold) if worked else _drawn(problem, seed)
    return drawn, f"{problem.name}-{problem.timesteps}-{seed}", worked


def program(page: str, settings: ProblemSettings) -> Program:
    """The code of the sequence that the page shows, edited or not."""
    drawn, name, worked = _sequence(page, settings)
    values = timeline.edited(page, name, sequences.real_values(drawn))
    given = values if worked or timeline.is_edited(page, name) else None
    return example.program(settings.spec, int(settings.seed), given)


def problem_sequence(page: str, settings: ProblemSettings) -> str:
    """The waterfall of a sequence that can be edited; returns the sentence that says when its label flips."""
    problem = settings.spec
    drawn, name, worked = _sequence(page, settings)
    values = timeline.edited(page, name, sequences.real_values(drawn))
    rows = sequences.rows_of(sequences.with_values(problem, drawn, values))
    editable = sequences.can_be_edited(problem)
    chosen = timeline.block(page, values) if editable else None
    sentence = flip_sentence(problem, rows)
    told = not (state.CLASS.get() and state.COVERED.get())  # a class is asked of this sequence
    chart(
        sequences.figure(problem, rows, chosen=chosen, told=told, height=IN_CLASS if state.CLASS.get() else HEIGHT),
        key=f"{page}-timeline",
        alt=sentence if told else words.COVERED_ALT,
        on_click=timeline.chooser(page, values) if editable else None,
        on_drag=timeline.dragger(page, name, values) if editable else None,
        low=LOW_HEIGHT,
    )
    if editable:
        timeline.edit_controls(page, name, values)
    else:
        st.caption(wording.FIXED)
    if worked and not timeline.is_edited(page, name):
        st.caption(words.WORKED_EXAMPLE)
    return sentence


def _drawn(problem: ProblemSpec, seed: int) -> Batch:
    return problem.problem.sample(1, problem.timesteps, generator(seed, Stream.EXAMPLES), **problem.parameters())


def flip_sentence(problem: ProblemSpec, rows: pd.DataFrame) -> str:
    """When the label changes, and why. rows: timestep, x, expected"""
    if not wording.classes(problem):
        return words.NUMBERS
    return words.flip(problem, rows, frames.sum_limits(problem, rows))


def about(problem: ProblemSpec) -> None:
    """The problem's question, and who can know its answers."""
    st.header(words.about(problem), anchor=False)
    st.caption(words.known_to(problem))


def train_button(page: str, problem: ProblemSpec) -> None:
    """Leads to Train, with this problem."""
    if st.button(words.TRAIN, key=state.widget(page, "train"), icon=":material/arrow_forward:"):
        train = registry.TRAIN
        controls.hand_over(train.name, replace(controls.settings_of(train.name), problem=problem))
        st.switch_page(train.path)


def position_guess(problem: ProblemSpec) -> None:
    """How often each timestep has each label, and how far a guess by position alone gets."""
    count = wording.classes(problem)
    guess = bayes_risk(problem, "position")
    if count == 0:
        st.markdown(f"**{words.BLIND}**\n\n{words.by_mean(guess.loss)}")
        return
    st.header(f"**{words.how_often(count)}**", anchor=False)
    shares = evaluations.label_shares(problem)
    chart(
        cached(("shares", problem.canonical()), lambda: figures.label_shares(shares)),
        key="problem-shares",
        alt=words.SHARES_ALT,
        low=LOW_SHARES,
    )
    st.markdown(words.by_position(guess.accuracy))
    st.caption(words.counted_on(evaluations.counted_on(problem)))
    evaluations.download(lambda: shares, "label shares")


def turning(problem: ProblemSpec) -> lesson_texts.Answer | None:
    """Where the label of this problem turns most often; None where it does not turn once from 0 to 1."""
    if problem.name != ProblemSpec().name:
        return None
    shares = evaluations.label_shares(problem)
    ones = shares[shares["label"] == 1].sort_values("timestep")["share"].tolist()
    return lesson_texts.turning(ones, problem.threshold * problem.timesteps)
