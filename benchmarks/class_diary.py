"""What people in a class have waited for: each act with its seconds, what was lost, and the table of it all."""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

SLOW_S = 1.0  # an answer above this is felt as waiting

OPEN, DEFAULT, CHANGE = "open Train", "Train the default, recorded", "change units"
FIRST, RESULT = "own units and seed: first point", "own units and seed: result"
DIRECTIONS, DIRECTIONS_CHANGE = "open Directions", "Directions: change units or starts"
THREE = "Directions, own units, 3 starts: result"
BACK, EDIT = "back to Train", "edit a value"
WHY, GUESS, PRESS = "open Why", "Why: guess", "Why: one press"
ACTS = (OPEN, DEFAULT, CHANGE, FIRST, RESULT, DIRECTIONS, DIRECTIONS_CHANGE, THREE, BACK, EDIT, WHY, GUESS, PRESS)
PARTS = ("asked", "waiting", "compiling", "training", "shown")  # of the seconds of a result
ANSWERS = (DEFAULT, CHANGE, DIRECTIONS_CHANGE, EDIT, GUESS)  # nothing is trained or opened: a page answers at once


@dataclass(frozen=True, slots=True)
class Waited:
    """One act of one person. seconds: None where no answer came in time; at: seconds from the class's start"""

    act: str
    person: int
    browser: bool
    at: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Spent:
    """Where the seconds of one result went: until the job was first heard of, waiting for others, and so on.

    shown: from the job's end until its result stood on the page
    """

    act: str
    person: int
    asked: float
    waiting: float
    compiling: float
    training: float
    shown: float


def spent(act: str, person: int, start: float, stages: Sequence[tuple[float, str]], end: float) -> Spent:
    """Where the time from the press to the result went. stages: what the job was doing, and when that was told"""
    seconds = dict.fromkeys(("waiting", "compiling", "training", "over"), 0.0)
    for (told, stage), (until, _) in itertools.pairwise([*stages, (end, "")]):
        seconds[stage] += until - told
    return Spent(act, person, stages[0][0] - start, *seconds.values())


@dataclass(slots=True)
class Diary:
    """What happened in one class. errors: sentences that nobody should read, with the person's number"""

    waited: list[Waited] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)  # of results over the protocol
    errors: list[tuple[int, str]] = field(default_factory=list)
    reruns: list[int] = field(default_factory=list)  # of a person's page
    received: list[int] = field(default_factory=list)  # bytes over a page's socket
    left: int = 0  # people who came to the end of the script

    def of(self, act: str, *, browser: bool | None = None) -> list[float]:
        """The seconds of an act, of all who had an answer. browser: only of those with one, or without"""
        return [
            each.seconds
            for each in self.waited
            if each.act == act and each.seconds is not None and browser in (None, each.browser)
        ]

    def lost(self, act: str) -> int:
        """How many had no answer in time."""
        return sum(each.act == act and each.seconds is None for each in self.waited)

    def slow(self) -> list[Waited]:
        """Answers of a page that kept a person waiting, the slowest first."""
        late = [each for each in self.waited if each.act in ANSWERS and (each.seconds or 0) > SLOW_S]
        return sorted(late, key=lambda each: -(each.seconds or 0))


def share_below(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed, by the nearest rank."""
    ranked = sorted(values)
    return ranked[max(0, -(-round(share * 1_000) * len(ranked) // 1_000) - 1)]


def summary(values: Sequence[float]) -> dict[str, float] | None:
    """Median, 95th percentile and worst."""
    if not values:
        return None
    return {"median": statistics.median(values), "p95": share_below(values, 0.95), "worst": max(values)}


def shown(values: Sequence[float]) -> str:
    """The summary in a cell of the table."""
    told = summary(values)
    return " / ".join(_seconds(value) for value in told.values()) if told else "-"


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def table(diaries: dict[str, Diary]) -> str:
    """Median / 95th percentile / worst of each act in seconds, one diary beside the other."""
    names = [name for title in diaries for name in (title, "in Chromium", "lost")]
    lines = ["| act | " + " | ".join(names) + " |", "|---" * (1 + len(names)) + "|"]
    for act in ACTS:
        cells = []
        for diary in diaries.values():
            cells += [shown(diary.of(act)), shown(diary.of(act, browser=True)), str(diary.lost(act) or "")]
        if any(cell not in ("-", "") for cell in cells):
            lines.append(f"| {act} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def where(diary: Diary) -> str:
    """Where the seconds of results went, in the mean and at most, as a table; empty where no job was followed."""
    lines = ["| result | asked | waiting for others | compiling | training | shown |", "|---" * 6 + "|"]
    for act in ACTS:
        of_act = [each for each in diary.spent if each.act == act]
        if of_act:
            parts = ([getattr(each, part) for each in of_act] for part in PARTS)
            cells = [f"{_seconds(statistics.mean(part))} (at most {_seconds(max(part))})" for part in parts]
            lines.append(f"| {act} | " + " | ".join(cells) + " |")
    return "\n".join(lines) if len(lines) > 2 else ""


def as_json(diary: Diary) -> dict[str, Any]:
    """The diary as plain values, with the summary of each act."""
    acts = {act: summary(diary.of(act)) for act in ACTS if diary.of(act)}
    lost = {act: diary.lost(act) for act in ACTS if diary.lost(act)}
    return {"acts": acts, "lost": lost, **asdict(diary)}
