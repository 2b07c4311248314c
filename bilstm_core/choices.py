"""The words among which a spec's fields choose, in the order in which pages offer them, and labels as a link has them.

It imports little, for the page that opens the app offers them too and does not wait for the problems.
"""

import re
from collections.abc import Collection
from typing import Literal, get_args

from bilstm_core.quoting import quoted

Direction = Literal["forward", "backward", "bidirectional"]
Cell = Literal["lstm", "gru", "rnn"]
MergeMode = Literal["concat", "sum", "mul", "ave"]
BackwardOutput = Literal["aligned", "raw"]
SecondBranch = Literal["backward", "backward_constant", "backward_noise", "forward_constant"]
Position = Literal["none", "fraction", "one_hot"]

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
CELLS: tuple[Cell, ...] = get_args(Cell)
MERGE_MODES: tuple[MergeMode, ...] = get_args(MergeMode)
BACKWARD_OUTPUTS: tuple[BackwardOutput, ...] = get_args(BackwardOutput)
SECOND_BRANCHES: tuple[SecondBranch, ...] = get_args(SecondBranch)
POSITIONS: tuple[Position, ...] = get_args(Position)


def unknown_merge_mode(merge_mode: object) -> ValueError:
    """What is raised where a merge mode comes that is none of these."""
    return ValueError(f"merge_mode must be one of {', '.join(MERGE_MODES)}, not {quoted(merge_mode)}.")


def slug(label: str) -> str:
    """A label as a link has it: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def slugs(chosen: Collection[str], labels: Collection[str]) -> str:
    """Some of the labels as a link has them, in the labels' order, with dots between; "none" for none."""
    return ".".join(slug(label) for label in labels if label in chosen) or "none"


def of_slugs(text: str, labels: Collection[str]) -> list[str]:
    """The labels that a link's text names. Raises ValueError, with a sentence, if one is none of them."""
    by_slug = {slug(label): label for label in labels}
    words = [] if text == "none" else text.split(".")
    strange = [word for word in words if word not in by_slug]
    if strange:
        raise ValueError(f"must be some of {', '.join(by_slug)}, with dots between, not {quoted(strange[0])}.")
    return [by_slug[word] for word in dict.fromkeys(words)]
