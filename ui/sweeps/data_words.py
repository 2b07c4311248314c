"""What How small? says of a map of sequences that somebody brought, where that is another than `words` has it."""

from typing import Any, NamedTuple

from bilstm_core.analysis.telling import Told, capital
from bilstm_core.sweep_settings import NAMES
from bilstm_core.wording import counted
from ui.sweeps import words
from ui.sweeps.words import FEWEST, Column, valued

LABELS = "held-out labels right"
MAP_ALT = "Share of held-out labels right by both settings, with the boundary of what comes near the best square."
SMALL_ALT = "The same map for each choice, in small: share of held-out labels right, with the boundary of the goal."
FRONT_ALT = "Held-out labels right by what a model costs; the best at each cost are joined and named."
COMPUTED = """
**Held-out labels right** is the share of single labels that are told right in sequences that no network was trained on,
the same for all. **The goal** is some points below the best square of the map as far as it is measured. **The base
rate** is the share that the commonest label of the training sequences gets right if it is always named.
"""
KEPT_NUMBERS = "Only the numbers of this square are at hand, not its networks. Train them to see more."
PARTLY = "Train takes all training sequences, so only squares that have all of them open there."


def rounds(epochs: int, varied: bool) -> str:
    """How each network is trained. varied: whether some learn from a part of the sequences"""
    part = " Where there are fewer, these are the first ones of the data." if varied else ""
    return f"Each network goes {epochs} times through its training sequences.{part}"


def place(setting: str, value: Any) -> str:
    """Where something holds, as a sentence begins."""
    return f"from {valued(setting, value)}" if setting == "sequences" else words.placed(setting, value)


def near(within: float) -> str:
    """What the goal is."""
    return f"within {_points(within)} of the best square"


def _points(share: float) -> str:
    return counted(round(100 * share), "point")


class Scale(NamedTuple):
    """Shares of labels right: of the base rate, and of the best square; within: how far below that is near enough."""

    base: float
    best: float
    within: float


def answer(column: Column, right: float, scale: Scale, counts: str) -> Told:
    """How small is enough. right: the share at the value that is named; counts: what it rests on"""
    so_far, near_it = "" if column.whole else "so far, ", near(scale.within)
    if scale.best - scale.base < scale.within:
        told = f"{so_far}nothing here is {_points(scale.within)} above the base rate: always naming the commonest label"
        reached = f"gets **{scale.base:.1%}** of {LABELS}, the best square {scale.best:.1%}."
        return Told(capital(f"{told} {reached}"), counts)
    where, (share, at) = place(column.setting, column.value), column.most
    top = f"The best square has {scale.best:.1%}."
    if column.reached is None:
        first, last = words.written(column.values[0]), words.written(column.values[-1])
        comes = "come" if column.up in words.COUNTED else "comes"
        told = f"{so_far}{where}, no {NAMES[column.up]} from {first} to {last} {comes} {near_it}."
        most = f"The most is **{share:.1%}** of {LABELS}, {place(column.up, at)}. {top}"
        return Told(f"{capital(told)} {most}", counts)
    if column.up not in FEWEST:
        does = valued(column.up, at).replace("batches of", "training in batches of", 1)
        return Told(capital(f"{so_far}{where}, {does} does best: **{share:.1%}** of {LABELS}. {top}"), counts)
    named = valued(column.up, column.reached)
    verb = "is" if column.reached == 1 else "are"
    if words.far_short(column):
        told = f"{where} it is **not settled**: {named} {verb} {near_it}, but {words.falls_short(column)}. {top}"
    elif column.whole:
        told = f"{where}, **{named}** {verb} the fewest {near_it}: {right:.1%} of {LABELS}. {top}"
    else:
        told = f"so far, {where}, **{named}** {verb} {near_it}: {right:.1%} of {LABELS}. {top}"
    short = words.not_all(column, scale.best - scale.within)
    return Told(capital(told), " ".join(part for part in (short, counts) if part))


def rests_on(measured: int, squares: int, starts: int, sequences: int, base: float) -> str:
    """What an answer rests on. base: the share that the base rate gets right"""
    on = f"the same {counted(sequences, 'held-out sequence')}"
    return f"{words.tested(measured, squares, starts, on)} Base rate: {base:.1%}."


def legend(measured: int, squares: int, within: float) -> str:
    """What squares, dots and the line are."""
    return words.keyed(measured, squares, f"The line: where models come {near(within)}.")
