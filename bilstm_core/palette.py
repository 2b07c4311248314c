"""Colours and dashes, the same on every page: colour is the direction, dash is the variant, vermilion is wrong.

The colours here are those of the light theme; `ON_DARK` has the shade of each in the dark one, in which the chart
component draws it. A model's colour has a contrast of at least 4.5 with the page in both, for names are written in it,
and keeps its hue. The rest follows the page: `INK`, `PAPER`, `QUIET` and `LINE` are names of the page's own colours,
which the chart component fills in.
"""

from typing import NamedTuple

FORWARD = "#2D66F7"
BACKWARD = "#7B29A5"
BIDIRECTIONAL = "#23844D"
SUM = "#534501"
MUL = "#BA439A"
AVE = "#5A5F65"
NEUTRAL = "#6B727C"  # what stands behind the curves that are looked at
WRONG = "#C94902"

INK = "var(--st-text-color)"
PAPER = "var(--st-background-color)"
QUIET = "var(--st-gray-text-color)"
LINE = "var(--st-border-color)"

BLOCK = "#8A929D"  # a value, before any model has seen it
DARK_BLOCK = "#59606B"  # the value that decides
ZERO = "#FFFFFF"
ONE = "#39424E"
EDGE = "#8B939E"
SHADE = "rgba(128, 136, 148, 0.22)"

# Shares that fall short of a goal, and that reach it: of cividis, which is as light as a share is large, to the
# color-blind, too. Between the two there is a step, so that what reaches the goal is seen from afar.
# Half of what falls short is within a quarter of the goal, so that a near miss is told from a failure.
SHORT = ((0.0, "#00224E"), (0.5, "#31446B"), (0.75, "#575D6D"), (1.0, "#8B8779"))  # by the part of the goal
ENOUGH = ("#D6C35C", "#FEE838")

ON_DARK = {
    FORWARD: "#4A7AFB",
    BACKWARD: "#D48FFE",
    BIDIRECTIONAL: "#58B67B",
    SUM: "#EEBC2B",
    MUL: "#C0629E",
    AVE: "#BBC0C5",
    NEUTRAL: "#9CA3AD",
    WRONG: "#D95D03",
    BLOCK: "#6F7782",
    DARK_BLOCK: "#D3D8DF",  # what decides stands out, on dark by its light
}
LABEL_STEPS = 60  # from the shade of label 0 to that of 1: what 2 to 7 labels divide evenly


def _between(ends: tuple[str, str], share: float) -> str:
    """The colour at a share of the way from one to another, 0 to 1."""
    low, high = ([int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in ends)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in zip(low, high, strict=True))


_LABELS = [_between((ZERO, ONE), step / LABEL_STEPS) for step in range(LABEL_STEPS + 1)]
# on dark the label 1 is the lighter one: on either ground it is the louder
ON_DARK |= {shade: _between(("#20242E", "#D3D8DF"), step / LABEL_STEPS) for step, shade in enumerate(_LABELS)}

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
    "late": "7px,2px",
}
DASHES = tuple(_DASHES.values())


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
        raise ValueError(f"a color is known for {', '.join(table)}, not for {name!r}.")
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


def css(colour: str) -> str:
    """A colour as a style sheet writes it, in the shade of the theme that the page is in."""
    return f"light-dark({colour}, {ON_DARK.get(colour, colour)})"


def on_any(colour: str) -> str:
    """The middle between a colour's shades on light and on dark, for a line of which nobody knows where it is shown."""
    shades = (colour, ON_DARK.get(colour, colour))
    parts = [[int(shade[i : i + 2], 16) for i in (1, 3, 5)] for shade in shades]
    return "#" + "".join(f"{(light + dark) // 2:02X}" for light, dark in zip(*parts, strict=True))


def faint(colour: str, opacity: float) -> str:
    """A hex colour as rgba with the given opacity, 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def class_shades(classes: int) -> list[str]:
    """A shade for each class, from that of 0 to that of 1 by even steps, as nearly as LABEL_STEPS has them."""
    return [_LABELS[round(LABEL_STEPS * place / (classes - 1))] for place in range(classes)]


def shares(goal: float) -> list[tuple[float, str]]:
    """Colors of shares from 0 to 1, faded from one to the next: of SHORT up to the goal, and of ENOUGH from it."""
    short = [(goal * part, color) for part, color in SHORT]
    enough = [(goal + (1 - goal) * place / (len(ENOUGH) - 1), color) for place, color in enumerate(ENOUGH)]
    return [(round(share, 4), color) for share, color in (*short, *enough)]
