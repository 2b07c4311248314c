"""Formulas to begin with, by name."""

from typing import NamedTuple


class Example(NamedTuple):
    """A formula with its name, which asks what the formula says."""

    name: str
    text: str


EXAMPLES = (
    Example("Do both neighbors agree?", "(x[t - 1] > 0.5) == (x[t + 1] > 0.5)"),
    Example("Is a larger one still to come?", "max(after) > x[t]"),
    Example("Larger than all before?", "x[t] > max(before)"),
    Example("More behind than ahead?", "sum(before) > sum(after)"),
    Example("An odd number of large ones before?", "count(before > 0.5) % 2 == 1"),
    Example("Larger than its mirror image?", "x[t] > x[T + 1 - t]"),
    Example("Does this value say which neighbor counts?", "(x[t - 1] if x[t] > 0.5 else x[t + 1]) > 0.5"),
)
