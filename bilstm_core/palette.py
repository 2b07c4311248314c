"""Colours and dashes, the same on every page: colour is the direction, dash is the variant, vermilion is wrong.

Data colours have a contrast of at least 3 on white and on near black. The rest follows the page: `INK`, `PAPER`,
`QUIET` and `LINE` are names of the page's own colours, which the chart component fills in.
"""

from typing import NamedTuple

FORWARD = "#2563EB"
BACKWARD = "#A96BC6"
BIDIRECTIONAL = "#05A26E"
SUM = "#A8820F"
MUL = "#BA148B"
AVE = "#8B8F94"
WRONG = "#D55E00"

INK = "var(--st-text-color)"
PAPER = "var(--st-background-color)"
QUIET = "var(--st-gray-text-color)"
LINE = "var(--st-border-color)"

BLOCK = "#9AA1AB"  # a value, before any model has seen it
DARK_BLOCK = "#59606B"  # the value that decides
ZERO = "#FFFFFF"
ONE = "#39424E"
EDGE = "#8B939E"
SHADE = "rgba(128, 136, 148, 0.22)"

_DIRECTIONS = {"forward": FORWARD, "backward": BACKWARD, "bidirectional": BIDIRECTIONAL}
_MERGE_MODES = {"concat": BIDIRECTIONAL, "sum": SUM, "mul": MUL, "ave": AVE}
_DASHES = {
    "none": "solid",
    "raw": "dash",
    "backward_constant": "dot",
    "backward_noise": "dashdot",
    "same_parameters": "longdash",
    "forward_constant": "longdashdot",
    "fraction": "8px,3px,2px,3px,2px,3px",
    "one_hot": "3px,2px",
}


class Style(NamedTuple):
    """How one model's line is drawn; width in pixels."""

    color: str
    dash: str = "solid"
    width: float = 2.5


def color(direction: str, merge_mode: str = "concat") -> str:
    """The colour of a direction; of a merge mode where the direction is bidirectional.

    Raises ValueError for a name that has no colour.
    """
    table, name = (_MERGE_MODES, merge_mode) if direction == "bidirectional" else (_DIRECTIONS, direction)
    if name not in table:
        raise ValueError(f"a colour is known for {', '.join(table)}, not for {name!r}.")
    return table[name]


def dash(variant: str = "none") -> str:
    """The dash of a variant of a model: none, raw, backward_constant, backward_noise, same_parameters, ...

    Raises ValueError for a name that has no dash.
    """
    if variant not in _DASHES:
        raise ValueError(f"a dash is known for {', '.join(_DASHES)}, not for {variant!r}.")
    return _DASHES[variant]


def style(direction: str, merge_mode: str = "concat", variant: str = "none") -> Style:
    """Colour and dash of a model."""
    return Style(color(direction, merge_mode), dash(variant))


def faint(colour: str, opacity: float) -> str:
    """A hex colour as rgba with the given opacity, 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def class_shades(classes: int) -> list[str]:
    """A shade for each class, from that of 0 to that of 1 by even steps."""
    ends = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (ZERO, ONE)]
    steps = [step / (classes - 1) for step in range(classes)]
    return [
        "#" + "".join(f"{round(low + (high - low) * step):02X}" for low, high in zip(*ends, strict=True))
        for step in steps
    ]
