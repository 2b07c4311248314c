"""Every sentence of How small?, from values to text."""

import math
import statistics
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from bilstm_core.analysis.smallest import Smallest, Tried
from bilstm_core.analysis.statistics import listed
from bilstm_core.analysis.telling import Told, capital
from bilstm_core.sweep_settings import NAMES
from bilstm_core.wording import CELL_NAMES, counted

# What is varied
COUNTED = {"units": "unit", "timesteps": "timestep", "layers": "layer", "sequences": "training sequence"}
WHERE = {
    "units": "with",
    "timesteps": "at",
    "layers": "with",
    "batch_size": "in",
    "learning_rate": "at",
    "sequences": "after",
    "threshold": "at",
}
WHOLE = "whole sequences right"
FEWEST = ("units", "layers", "sequences")  # of which one wants to know how few are enough
AXES = {
    "units": "units",
    "timesteps": "timesteps",
    "layers": "layers",
    "batch_size": "batch size (sequences)",
    "learning_rate": "learning rate",
    "sequences": "training sequences",
    "threshold": "threshold (share of timesteps)",
}


def written(value: Any) -> str:
    """A value as an axis has it."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def valued(setting: str, value: Any) -> str:
    """A value of a setting, within a sentence."""
    if setting in COUNTED:
        return counted(value, COUNTED[setting])
    if setting == "batch_size":
        return f"batches of {value:,}"
    return f"a {NAMES[setting]} of {value:g}"


def placed(setting: str, value: Any) -> str:
    """Where something holds, as a sentence begins."""
    return f"{WHERE[setting]} {valued(setting, value)}"


# The answer
MOST_SHORT = 3  # values that are named


class Column(NamedTuple):
    """What is known where the setting across has one value.

    setting, value: across; up: the other setting; reached: its value that the answer names, None where none reaches
    the goal; whole: whether all squares that the answer speaks of are measured
    most: the highest share, and the value that it is at
    below: the next measured value before the one that is named, which does not reach the goal; None if there is none
    short: measured values beyond it that do not reach the goal, either; gap: by how much the lowest falls short
    starts: of a square; chance: about how far their median is off by chance, nan where there is but one
    """

    setting: str
    value: Any
    up: str
    values: Sequence[Any]
    reached: Any
    whole: bool
    most: tuple[float, Any]
    below: Any = None
    short: Sequence[Any] = ()
    gap: float = 0.0
    starts: int = 1
    chance: float = math.nan


def measuring(setting: str, value: Any) -> Told:
    """That nothing is known yet of the squares that the answer is about, which is coming."""
    return Told(f"Measuring. The answer comes with the first squares {placed(setting, value)}.")


PRESS_TRAIN = Told("Press **Train** to find out.")


def answer(column: Column, goal: float, counts: str) -> Told:
    """How small is enough. counts: what it rests on"""
    place = placed(column.setting, column.value)
    so_far = "" if column.whole else "so far, "
    if column.reached is None:
        first, last = written(column.values[0]), written(column.values[-1])
        share, at = column.most
        none = f"{place}, no {NAMES[column.up]} from {first} to {last} get{_s(column.up)} every label right in"
        told = f"{so_far}{none} **{goal:.0%}** of new sequences. The most is {share:.0%}, {placed(column.up, at)}."
        return Told(capital(told), counts)
    named = valued(column.up, column.reached)
    verb = "is" if column.reached == 1 and column.up in COUNTED else "are"
    goes = "gets" if verb == "is" else "get"
    if column.up in FEWEST and not column.whole:
        told = f"{place}, **{named}** {goes} every label right in {goal:.0%} of new sequences{_unlike(column)}."
    elif column.up in FEWEST and far_short(column):
        told = f"{place} it is **not settled**: {named} {goes} every label right in {goal:.0%} of new sequences, but "
        told += f"{falls_short(column)}."
    elif column.up in FEWEST:
        told = f"{place}, **{named}** {verb} the fewest that {goes} every label right in {goal:.0%} of new sequences."
    elif column.up == "timesteps":
        told = f"{place}, **{named}** {verb} the most with every label right in {goal:.0%} of new sequences."
    else:
        share, at = column.most
        told = f"{place}, {valued(column.up, at)} does best: every label right in **{share:.0%}** of new sequences."
        told = told.replace("batches of", "training in batches of", 1) if column.up == "batch_size" else told
    return Told(capital(so_far + told), " ".join(part for part in (not_all(column, goal), counts) if part))


def _unlike(column: Column) -> str:
    return "" if column.below is None else f", {valued(column.up, column.below)} not"


def far_short(column: Column) -> bool:
    """Whether of larger models some fall short by more than chance."""
    return bool(column.whole and column.short) and column.gap > column.chance


def falls_short(column: Column, goal: str = "") -> str:
    """Which larger models fall short, and by how much. goal: of what, as the words after "short"; "" unnamed"""
    some = [written(value) for value in column.short[:MOST_SHORT]]
    named = listed([*some, *(["others"] if len(column.short) > MOST_SHORT else [])])
    falls, most = ("falls", "") if len(column.short) == 1 else ("fall", " at most")
    return f"{named} {falls} short{goal}, by {_points(column.gap)}{most}"


def not_all(column: Column, goal: float) -> str:
    """That of larger models some fall short, by how much, and whether that is more than chance."""
    if column.up not in FEWEST or not column.short or far_short(column):
        return ""
    told = falls_short(column, f" of {goal:.0%}")
    if math.isnan(column.chance) or column.gap > column.chance:
        return f"{told}."
    return f"{told}: chance, which is about {_points(column.chance)} with {column.starts} starts."


def _points(share: float) -> str:
    """A difference of shares."""
    return f"{100 * share:.1f} points"


def _s(up: str) -> str:
    """The ending of a verb after "no units", "no learning rate"."""
    return "" if up in COUNTED else "s"


def rests_on(measured: int, squares: int, starts: int, sequences: int, best: float) -> str:
    """What an answer rests on. best: the best possible share there, nan where it is not known"""
    possible = f" Best possible there: {best:.1%}." if not math.isnan(best) else ""
    return f"{tested(measured, squares, starts, f'{sequences:,} new sequences')}{possible}"


def tested(measured: int, squares: int, starts: int, on: str) -> str:
    """How much is measured. starts: of a square; on: on what each was tested"""
    runs = "One start" if starts == 1 else f"Median of {starts} starts"
    all_of = f"{measured:,} of {squares:,} squares measured" if measured < squares else f"{squares:,} squares"
    return f"{runs}, each tested on {on}; {all_of}."


# What a run costs, and how far it is
def cost(runs: int, squares: int, every: int, took: str) -> str:
    """What Train would do. runs: to be trained, of so many squares; every: of the map; took: how long, in words"""
    if squares == every:
        return f"{counted(runs, 'network')} to train, about {took}. The boundary shows long before the end."
    return f"{counted(runs, 'network')} left to train, about {took}."


def under_way(measured: int, squares: int, left: str) -> str:
    """How far the map is. left: time in words, or "" where it is not known"""
    return f"{measured:,} of {squares:,} squares measured{f', about {left} left' if left else ''}."


COMPLETE, ALL_COMPLETE = "The map is complete.", "All maps are complete."
OTHER_SWEEP = "Another map is being trained. It goes on; the one in sight waits for Train."
READING = "Results that are stored here are being tested."


# The map
MAP_ALT = "Share of whole sequences right by both settings, with the boundary of the goal."


def legend(measured: int, squares: int, goal: float) -> str:
    """What squares, dots and the line are."""
    return keyed(measured, squares, f"The line: where models reach {goal:.0%}.")


def keyed(measured: int, squares: int, line: str) -> str:
    """What squares and dots are, and the line, of which a sentence says it."""
    if measured == squares:
        return line
    known = "Squares: measured. " if measured else ""
    return f"{known}Dots: fewer starts so far, or estimated from squares nearby. {line}"


def square(across: str, x: Any, up: str, y: Any) -> str:
    """The two values of a square, as one points at it."""
    return capital(f"{valued(across, x)}, {valued(up, y)}")


def measured(share: float, seconds: float, starts: int, right: str = WHOLE) -> str:
    """What is known of a square. right: what the share is of"""
    each = "" if starts == 1 else f" (median of {starts})"
    return f"{right}: {share:.1%}{each}<br>training: {seconds:.2f} s a start"


def guessed(share: float, right: str = WHOLE) -> str:
    """What is estimated of a square. right: what the share is of"""
    return f"not measured yet<br>estimate: {share:.0%} of {right}"


NOTHING_KNOWN = "not measured yet"


def parameters(count: int) -> str:
    """How large a square's model is."""
    return counted(count, "parameter")


def best(share: float) -> str:
    """The best possible of a square."""
    return f"best possible: {share:.1%}"


# Small maps
SMALL_ALT = "The same map for each choice, in small: share of whole sequences right, with the boundary of the goal."

OPEN_SMALL = "Press a square of a small map to open it; its map is then the large one."


def beside(what: str) -> str:
    """The heading of the small maps. what: they differ in"""
    return f"**The same map by {what}**, on the same colors"


# Settings
EVERY_SQUARE = "**Every square has**"
ENDS = "Range and steps"
EXTENSIONS = "The five extensions of the book's lesson, as maps. Choosing one sets every control."


# The open square
OPEN_ONE = "Press a square to open it: its loss while it learned, and its sequences."
TRAIN_SQUARE, OPEN = "Train this square", "Open on Train"
KEPT_NUMBERS = "Only the numbers of this square were stored, not its networks. Train them to see more."
NO_RUN = "This square has not been trained yet."
SQUARE_ALT = "Loss by sequences seen, median and band over the starts of the square."


def opened(name: str) -> str:
    """Which square is open. name: its two values"""
    return f"**{name}**"


def starts(shares: Sequence[float], every: int, right: str = WHOLE) -> str:
    """How each start came out. shares: of what `right` says; every: how many starts there are"""
    if not shares:
        return f"Not measured yet: {counted(every, 'start')} to train."
    told = listed([f"**{share:.1%}**" for share in sorted(shares)])
    return f"{capital(right)}: {told}{_of_starts(len(shares))}."


def _of_starts(count: int) -> str:
    return "" if count == 1 else f", of {count} starts"


# Fronts
BY_PARAMETERS, BY_SECONDS = "parameters", "seconds of training"
FRONT_ALT = "Whole sequences right by what a model costs; the best at each cost are joined and named."


def front(cost: str, where: str, right: str = WHOLE) -> str:
    """The heading of a front. where: of which sequences the models are, if the map has others; right: what they get"""
    at = f", {where}" if where else ""
    return f"**{capital(right)} by {cost}{at}**; large and named: the best at each cost"


# The board of the smallest models
BOARD = "**The smallest models found that get every label right**"
BOARD_ALT = "The smallest model found for each problem, direction and length."
ITS_MAP, AGAIN, ITS_LINK = "Open its map", "Train again", "Its link"
NOT_SEARCHED = "Nothing was searched for it yet; what your maps find stands here."
TO_BEAT = (
    "To beat it, map other units, cells, merge modes or trainings, from three starts or more. What your maps find that "
    "is smaller stands here, beside what is recorded."
)


class Square(NamedTuple):
    """What stands in a square of the board, the same on a narrow screen, and what is said where one points at it."""

    text: str
    short: str
    about: str


def length(timesteps: int) -> str:
    """What a column of the board is."""
    return counted(timesteps, "timestep")


def board(sequences: int, starts: int, goal: float, *, own: bool) -> str:
    """How the board is read. own: whether some of it was found by this visitor"""
    counts = (
        f"Units · parameters · share of {sequences:,} fresh sequences wholly right, in the median of {starts} starts."
    )
    told = f"{counts} Two of three must reach {goal:.0%}."
    told += (
        " Outlined: nothing that was tried is enough. Hatched: the best that reads that way, label by label, is below "
        f"{goal:.0%}, so nothing was tried."
    )
    return f"{told} **Bold: found by your maps.**" if own else told


def network(model: Smallest | Tried) -> str:
    """A model by its units and its cell."""
    spec = model.spec.model
    kind = "unit" if spec.cell == "lstm" else f"{CELL_NAMES[spec.cell]} unit"
    layers = f" in each of {spec.layers} layers" if spec.layers > 1 else ""
    merged = f", merged by {spec.merge_mode}" if spec.merge_mode != "concat" else ""
    return f"{counted(spec.units, kind)}{layers}{merged}"


def _median(model: Smallest) -> float:
    return statistics.median(model.exacts)


def _tried(tried: Tried) -> str:
    """All that was tried, by kind of cell and units."""
    cells: dict[tuple[int, ...], list[str]] = {}
    for cell, units in tried.units.items():
        cells.setdefault(units, []).append(f"{CELL_NAMES[cell]}s")
    return ", and ".join(f"{listed(names)} of {_units(units)}" for units, names in cells.items())


def _units(tried: Collection[int]) -> str:
    return f"{listed([str(units) for units in sorted(tried)])} {'unit' if set(tried) == {1} else 'units'}"


def found(model: Smallest, *, own: bool) -> Square:
    """A square with a model. own: whether this visitor has found it"""
    spec = model.spec.model
    kind = "" if spec.cell == "lstm" else f" {spec.cell.upper()}"
    short = f"{spec.units}{kind}" if kind else counted(spec.units, "unit")
    text = f"{short} · {model.parameters:,} · {_median(model):.1%}"
    whose = "found by your maps" if own else "recorded"
    about = f"{whose}: {network(model)}<br>{counted(model.parameters, 'parameter')}<br>{_of_all(model)}"
    return Square(f"<b>{text}</b>", f"<b>{short}</b>", about) if own else Square(text, short, about)


def none_in_short(tried: Tried | None) -> Square:
    """A square of which nothing is good enough that was tried."""
    if tried is None:
        return Square("not tried yet", "–", "not tried yet")
    about = f"not enough: {_tried(tried)}<br>the most: {tried.exact:.1%}"
    return Square(f"none of {_units(set().union(*tried.units.values()))}", "none", about)


def impossible_in_short(best: float) -> Square:
    """A square where nothing was tried. best: the best possible share, label by label, which is below the goal"""
    return Square(f"best possible {best:.0%}", f"{best:.0%}", f"not tried: the best, label by label, is {best:.1%}")


def place(title: str, direction: str, timesteps: int) -> str:
    """Which place is open."""
    return f"**{title}, {direction}, {length(timesteps)}**"


def _of_all(model: Smallest) -> str:
    shares = listed([f"{share:.1%}" for share in model.exacts])
    return f"whole sequences right: {shares}"


def _told(model: Smallest, goal: float) -> str:
    training = model.spec.training
    size = f"**{network(model)}** and {counted(model.parameters, 'parameter')}"
    reached = f"{model.reached} of {model.starts} starts reach {goal:.0%}"
    trained = f"{training.sequences:,} sequences in batches of {training.batch_size}, at a learning rate of"
    return f"{size}. {capital(_of_all(model))}; {reached}. Trained on {trained} {training.learning_rate:g}."


def smallest(model: Smallest, tried: Tried | None, goal: float) -> str:
    """The recorded model of a place. tried: what has fewer parameters"""
    smaller = f" Smaller ones that were tried fall short: {_tried(tried)}." if tried else ""
    return f"The smallest that is recorded has {_told(model, goal)}{smaller}"


def yours(model: Smallest, *, first: bool, goal: float) -> str:
    """The model that this visitor has found. first: whether none is recorded"""
    return f"{'Yours is the first' if first else 'Yours is smaller'}: it has {_told(model, goal)}"


def none_found(tried: Tried | None, goal: float) -> str:
    """That nothing that was tried is good enough."""
    if tried is None:
        return "Nothing has been tried here yet."
    most = f"The most is {tried.exact:.1%}, with {network(tried)}."
    return f"Nothing that is recorded reaches {goal:.0%}, of {_tried(tried)}. {most}"


def impossible(direction: str, best: float, goal: float) -> str:
    """Why nothing was tried. best: the best possible share, label by label, which is below the goal"""
    return f"Nothing was tried here: reading {direction}, the best, label by label, is {best:.1%}, below {goal:.0%}."


# What can be taken home
NO_FILES = "Files come once no square is being trained."
EXAMPLE = "the square of the answer"
