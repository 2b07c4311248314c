"""What the page The problem says."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bilstm_core.analysis.statistics import listed
from bilstm_core.problems import formula
from bilstm_core.specs import ProblemSpec
from bilstm_core.wording import counted

MOST_TURNS = 6  # that are named
NEW, TRAIN = "New sequence", "Train a model on it"
WORKED_EXAMPLE = "The worked example of the tutorial."
COVERED_ALT = "The running sum of a sequence, without its labels."
NUMBERS = "No label flips here: each answer is a number."
KNOWN_TO: Mapping[str, str] = {
    "forward": "The past alone decides every label.",
    "backward": "The future alone decides every label.",
    "bidirectional": "Neither past nor future alone decides every answer.",
}
BOTH_STAND = "Values on both sides of a label's timestep stand in the formula."
BLIND = "How far off is a blind guess?"
SHARES_ALT = "How often each timestep has each label."


def flip(problem: ProblemSpec, rows: pd.DataFrame, limits: Sequence[float] | None) -> str:
    """When the label changes, and why.

    rows: timestep, x, expected, of labels; limits: what the running sum must reach, if the labels turn with it
    """
    declared = problem.problem
    labels = rows["expected"].to_numpy()
    turns = [int(step) for step in rows["timestep"][1:][np.diff(labels) != 0]]
    if limits is None or declared.waterfall is None:
        ones = f"{int(labels.sum())} of {len(labels)} labels {'is' if labels.sum() == 1 else 'are'} 1"
        return f"{at(turns)}; {ones}." if turns else f"Never here: {ones}."
    if len(limits) > 1:
        if not turns:
            return f"Never here: every label is {labels[0]}."
        goals = listed([f"{limit:.2f}" for limit in limits])
        return f"{at(turns)}, as the running sum passes {goals}."
    goal = f"{limits[0]:.2f}"
    if declared.parameters:
        goal = f"{limits[0]:g} ({problem.threshold:g} × {counted(problem.timesteps, 'timestep')})"
    return _coming(rows, goal) if declared.waterfall.from_end else _reached(rows, goal)


def at(turns: Sequence[int]) -> str:
    """The beginning of a sentence: at which timesteps."""
    if len(turns) > MOST_TURNS:
        return f"Here, at {len(turns)} timesteps, the first at **{turns[0]}**"
    steps = listed([f"**{step}**" for step in turns])
    return f"Here, at timestep{'s' if len(turns) > 1 else ''} {steps}" if turns else "Never here"


def _reached(rows: pd.DataFrame, goal: str) -> str:
    ones = rows.loc[rows["expected"] == 1, "timestep"]
    if ones.empty:
        return f"Never here: the running sum ends at {rows['x'].sum():.2f}, short of {goal}."
    first = int(ones.iloc[0])
    return f"Here, at timestep **{first}**, where the running sum, {rows['x'][:first].sum():.2f}, first reaches {goal}."


def _coming(rows: pd.DataFrame, goal: str) -> str:
    zeros = rows.loc[rows["expected"] == 0, "timestep"]
    if zeros.empty:
        return f"Never here: even the last value, {rows['x'].iloc[-1]:.2f}, reaches {goal}."
    first = int(zeros.iloc[0])
    if first == 1:
        return f"Never here: all values together come to {rows['x'].sum():.2f}, short of {goal}."
    left = rows["x"][first - 1 :].sum()
    return f"Here, at timestep **{first}**, where what is still to come, {left:.2f}, first falls short of {goal}."


def about(problem: ProblemSpec) -> str:
    """The problem, and what it asks at each timestep."""
    return f"**{problem.problem.title}.** {problem.problem.question}"


def known_to(problem: ProblemSpec) -> str:
    """Who can know the answers; of a formula what its text says of that, which may be more than it takes."""
    way = problem.problem.solver(problem.timesteps)
    return BOTH_STAND if way == "bidirectional" and formula.is_formula(problem.name) else KNOWN_TO[way]


def how_often(classes: int) -> str:
    """What the bars answer. classes: how many labels there are"""
    return "How often is each label 1?" if classes == 2 else "How often does each label come up?"


def counted_on(sequences: int) -> str:
    """What the bars were counted on."""
    return f"Counted on {counted(sequences, 'fresh sequence')}."


def by_mean(loss: float) -> str:
    """How far whoever knows the timestep alone gets where answers are numbers. loss: the mean squared error"""
    return (
        f"The best guess from the timestep alone is the mean. Its mean squared error is **{loss:.2f}**. There are no "
        "labels to count."
    )


def by_position(accuracy: float) -> str:
    """How far whoever knows the timestep alone gets where answers are labels. accuracy: of labels"""
    return (
        f"A guess by position alone is right **{accuracy:.0%}** of the time: each timestep's most frequent label, "
        "whatever the values."
    )
