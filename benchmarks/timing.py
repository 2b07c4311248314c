"""Seconds, and what was measured as a table."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

Seconds = Sequence[float]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Row(NamedTuple):
    """Two sides of one comparison; seconds of each repeat."""

    what: str
    ours: Seconds
    against: str
    theirs: Seconds
    least: float | None = None
    aim: float | None = None

    @property
    def ratio(self) -> float:
        return statistics.median(self.theirs) / statistics.median(self.ours)

    @property
    def least_by_least(self) -> float:
        """What a machine that does other things besides disturbs least."""
        return min(self.theirs) / min(self.ours)

    @property
    def verdict(self) -> str:
        if self.least is None or self.aim is None:
            return ""
        return "aim" if self.ratio >= self.aim else "yes" if self.ratio >= self.least else "NO"


def shown(values: Seconds) -> str:
    """Median, least and most, in a unit that suits them."""
    unit, factor = next((unit, factor) for unit, factor in UNITS if statistics.median(values) * factor >= 1)
    middle, *ends = (f"{value * factor:.3g}" for value in (statistics.median(values), min(values), max(values)))
    return f"{middle} {unit} ({ends[0]} to {ends[1]})"


UNITS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9))


def times(ratio: float) -> str:
    return f"{ratio:,.0f}x" if ratio >= 20 else f"{ratio:.2g}x" if ratio < 10 else f"{ratio:.1f}x"


def compared(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    names = ("what", "ours", "against", "theirs", "ratio", "least by least", "at least", "aim for", "met")
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for row in rows:
        wanted = [times(ratio) if ratio else "" for ratio in (row.least, row.aim)]
        cells = [row.what, shown(row.ours), row.against, shown(row.theirs), f"**{times(row.ratio)}**"]
        lines.append("| " + " | ".join([*cells, times(row.least_by_least), *wanted, row.verdict]) + " |")
    return "\n".join(lines)
