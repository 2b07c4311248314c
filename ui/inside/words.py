"""What the Inside page says."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.analysis.statistics import listed
from bilstm_core.problems.base import Head
from bilstm_core.specs import ProblemSpec
from bilstm_core.wording import counted
from ui import wording

ANSWER_LATER, TRAINING = "Press **Train** to find out.", "Training. The answer comes with the network."
NO_FILES = "Files come once a run is trained."
NO_RUN_ON_TRAIN = "Train shows no run yet."
REACTS, HAS_READ = "What it reacts to", "What it has read"
GRIDS, GRIDS_LABEL = (REACTS, HAS_READ), "Of each output"
TABS = ("Hidden states", "Gates of a unit", "The merge", "As it learned")
EPOCHS_HELP = "One fresh sequence each."
MERGING = {
    "concat": "both numbers go on to the output layer, side by side",
    "sum": "their sum goes on to the output layer",
    "mul": "their product goes on to the output layer",
    "ave": "their mean goes on to the output layer",
}
MOVES: Mapping[Head, str] = {"binary": "log-odds", "categorical": "logits", "regression": "output"}  # what is measured
LOG_ODDS = " Log-odds: log(p / (1 − p)) of the probability p of a 1."
CELLS: Mapping[str, str] = {
    "lstm": "cell state = forget gate × cell state before + input gate × candidate; "
    "hidden state = output gate × tanh(cell state).",
    "gru": "hidden state = update gate × hidden state before + (1 − update gate) × candidate; "
    "the reset gate says how much of the state before goes into the candidate.",
    "rnn": "A simple RNN has no gates: its hidden state is all there is.",
}
NO_MERGE = "One direction has nothing to merge. Choose **bidirectional** to see a merge step by step."
OTHER_MERGES = "The other rows show what the other merges would make of the same two numbers."
CHECKPOINTS = (
    "Press Replay or move the scrubber. Each checkpoint is the same training, stopped early. The units are those that "
    "follow the label most closely at the end."
)
CHECKPOINTS_ALT = "Sensitivities and hidden states at each checkpoint of the training, on a scrubber."
NO_LABELS = "This sequence has no labels."
NO_CODE = "The code of Your data trains this network, too. Its sequences are in no file of this page."


def of_data(title: str, units: int) -> str:
    """Which networks are looked into. title: of the sequences that they were trained on"""
    return f"Trained on {title}: {counted(units, 'unit')}, first start"


def not_trained(wanted: str, shown: str) -> str:
    """That what is asked for is not trained yet. shown: the run that the figures show instead, if there is one"""
    return f":material/info: Not trained yet: {wanted}." + (f" The figures show {shown}." if shown else "")


def trained(shown: str) -> str:
    """What is shown, and why there is nothing to train. shown: the run, if there is one"""
    return f"Trained already: {shown}. To train another, change a setting." if shown else ""


def nothing(squares: int) -> str:
    """That no output reacts to any value."""
    return f"To nothing: all {squares:,} squares of the matrix are exactly zero."


def reaction(
    output: int,
    *,
    turns: bool,
    read: npt.NDArray[np.bool_],
    most: int | None,
    part: bool,
    sizes: Sequence[float] = (),
    named: Mapping[int, str] = MappingProxyType({}),
) -> str:
    """What an output has read, and which value it reacts to most.

    turns: whether its label is another than the one before; read: of the real values; most: from 1, None if it reacts
    to none; part: whether only some of the values are shown; named: the word at a timestep, if there is one
    sizes: of that reaction and of the next largest, if they are known
    """
    of_output, of_value = (f" ({named[step]})" if step and step in named else "" for step in (output, most))
    where = ", where the label flips," if turns else ""
    among = ", of those shown," if part else ""
    first, second = [f"{size:.3g}" for size in sizes[:2]] if len(sizes) > 1 else ("", "")
    by = f" ({first}; the next: {second})" if first != second else ""
    reacts = f"{among} reacts most to value **{most}**{of_value}{by}" if most else " reacts to none"
    return f"Output {output}{of_output}{where} has read {span(read)} and{reacts}."


def reached(unread: int, faded: int) -> str:
    """To which values outputs react.

    unread: squares of values that were not read; faded: of values with too small a reaction
    """
    if faded:
        return "Not even to all that it has read."
    return "To what it has read, and to nothing else." if unread else "To every value."


def zeros(unread: int, faded: int, squares: int) -> str:
    """How many squares are exactly zero, and why; empty where none is.

    unread, faded: as in `reached`; squares: of the whole matrix
    """
    if not unread + faded:
        return ""
    are = "is" if unread + faded == 1 else "are"
    sentence = f"{unread + faded:,} of {squares:,} squares {are} exactly zero"
    small = "the reaction is too small to tell from zero"
    if not faded:
        return f"{sentence}: the value was not read."
    if not unread:
        return f"{sentence}: {small}."
    return f"{sentence}: {unread:,} because the value was not read, {faded:,} because {small}."


def idle(share: float, *, measured: bool = False) -> str:
    """How much of all reaction is to values that decide nothing; empty where none is.

    measured: whether it was only sampled which values decide
    """
    which = "never changed the output's label when drawn anew" if measured else "do not decide the output's label"
    return f"{share:.0%} of the reactions, added up, are to values that {which}." if share else ""


def span(known: npt.NDArray[np.bool_]) -> str:
    """The values that an output has read, of the real ones: part of a sentence."""
    read = np.flatnonzero(known) + 1
    if not len(read):
        return "padding alone"
    if len(read) == 1:
        return f"value {read[0]} alone"
    return f"all {len(read)} values" if len(read) == len(known) else f"values {read[0]} to {read[-1]}"


def unit_of(head: Head) -> str:
    """What the matrix's numbers are."""
    return f"change of {MOVES[head]} by change of value"


def matrix(problem: ProblemSpec) -> str:
    """How the matrix is read."""
    own = problem.problem.fixed is not None
    moves = "the features of that timestep change a little" if own else "that value is raised a little"
    return (
        f"The brighter, the more the output changes when {moves}. Framed: the output of the answer, and the value that "
        f"it reacts to most.{LOG_ODDS if problem.problem.head == 'binary' else ''}"
    )


def grid(problem: ProblemSpec) -> str:
    """How the reading grid is read."""
    own = problem.problem.fixed is not None
    return f"Filled: has read.{'' if own else f' Outlined: {wording.outlined(problem)}.'}"


def matrix_alt(zero: int) -> str:
    """What the matrix shows. zero: how many squares are"""
    are = "is" if zero == 1 else "are"
    return f"How much each output reacts to each value; {counted(zero, 'square')} {are} exactly zero."


def grid_alt(problem: ProblemSpec) -> str:
    """What the reading grid shows."""
    if problem.problem.fixed:
        return "Which values each output has read."
    outlines = "changed its label when drawn anew" if problem.problem.tried else "decide its label"
    return f"Which values each output has read, and which {outlines}."


def shown_part(first: int, last: int, timesteps: int, *, padded: bool, turns: bool = True) -> str:
    """Which timesteps the matrix shows, and why not all.

    padded: whether the rest is padding; turns: whether a label is another than the one before
    """
    where = "around the flip" if turns else "no more"
    why = "the rest is padding" if padded else f"{where}: a network of this size takes too long for all of them"
    return f"The matrix shows timesteps {first} to {last} of {timesteps}, {why}."


def states(units: int, sequences: int, *, together: bool, layers: int, fresh: bool = True) -> str:
    """Which units the states are of.

    together: whether the merged numbers' units are shown of all three; fresh: whether sequences are drawn, not held out
    """
    which, order = ("The unit", "") if units == 1 else (f"The {units} units", ", closest first")
    follow = " All three show the merged numbers' closest units, so that a row can be followed through the merge."
    return (
        f"{which} whose state follows the label most closely{order}: by correlation over all timesteps of {sequences}"
        f" {'fresh' if fresh else 'held-out'} sequences."
        + (follow if together else "")
        + (" The last layer is shown." if layers > 1 else "")
    )


def states_alt(name: str) -> str:
    """What a heat map of states shows. name: of the branch"""
    return f"States of units at each timestep, {name}."


def unit(number: int, tie: float | None) -> str:
    """A unit in the list. tie: its correlation with the label, where it is known"""
    return f"{number}" if tie is None else f"{number} (correlation with the label {with_sign(tie)})"


def gates(cell: str, *, from_end: bool) -> str:
    """How a cell's state comes about. from_end: whether its branch reads backward"""
    before = " This branch reads from the end, so the state before is that of the timestep after." if from_end else ""
    return CELLS[cell] + before


def gates_alt(unit: int, branch: str) -> str:
    """What the figure of a unit's gates shows."""
    return f"Gates and states of unit {unit} of the {branch} branch, by timestep."


def merge_alt(first: float, second: float) -> str:
    """What the figure of the merges shows."""
    return f"What each merge makes of {first:.2f} and {second:.2f}.".replace("-", "−")


def merged_by(merge_mode: str) -> str:
    """How the model merges."""
    return f"This model was trained with **{merge_mode}**: {MERGING[merge_mode]}."


def weighed(terms: Sequence[tuple[float, float]], timestep: int, total: float, *, log_odds: bool) -> str:
    """What the output layer makes of a unit.

    terms: weight and merged number; total: of all units and the bias; log_odds: whether the output is a probability
    """
    products = " and ".join(f"{signed(weight)} × {signed(merged)}" for weight, merged in terms)
    added = sum(weight * merged for weight, merged in terms)
    return (
        f"The output layer weighs it: {products}. This unit adds **{with_sign(added)}** to "
        f"{'the log-odds of ' if log_odds else ''}output {timestep}. All units and the bias make {with_sign(total)}."
    )


def with_sign(number: float) -> str:
    """A number that can be above or below zero."""
    return f"{number:+.2f}".replace("-", "−")


def signed(number: float) -> str:
    """A number within a product."""
    return f"{number:.2f}" if number >= 0 else f"(−{-number:.2f})"


def checkpoints(epochs: Sequence[int], updates: int) -> str:
    """What the checkpoints are. updates: weight updates that are missing"""
    return (
        f"The same training, stopped early: the network after {listed([f'{each:,}' for each in epochs])} "
        f"epoch{'' if list(epochs) == [1] else 's'}. That takes {counted(updates, 'weight update')}."
    )


def train_checkpoints(missing: int) -> str:
    """What the button says."""
    return f"Train {counted(missing, 'checkpoint')}"


def no_checkpoint(updates: int, updates_an_epoch: int) -> str:
    """Why there is none. updates: weight updates that the run has done"""
    ended = "was stopped in its first epoch" if updates < updates_an_epoch else "has done a single epoch"
    return f"This run {ended}: there is no checkpoint between untrained and trained."


def moment(seen: int, total: int) -> str:
    """A checkpoint's name on the scrubber. seen, total: sequences"""
    of = counted(total, "sequence")
    return f"after {'all ' if total > 1 else ''}{of}" if seen == total else f"after {seen:,} of {of}"


FILES: Mapping[str, Any] = {
    "The sequence": "Its values, answers and labels.",
    "Hidden states": "Of the units whose state follows the label most closely.",
}


def moved(features: int, every: int) -> str:
    """That the matrix is of some features alone; empty where all are moved. features, every: of a timestep"""
    if features == every:
        return ""
    which = "the first alone is" if features == 1 else f"the first {features} alone are"
    return f"Of the {every} features of a timestep, {which} moved: a network of this size takes too long for all."


def matrix_in_files(unit: str, moved: str = "") -> str:
    """What is said of the matrix in a report. unit: of its numbers; moved: of which features, where not of all"""
    return f"Rows: outputs; columns: values. In {unit}; empty where it is exactly zero. {moved}".rstrip()
