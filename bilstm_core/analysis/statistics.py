"""What several starts allow to be said: paired differences, their intervals, and numbers as they are printed.

Starts are paired: all models of one start see the same data. Two models are told apart ("settled") when the 95 %
interval of their mean difference leaves out zero, a sign test of the wins is below 5 %, and both point the same way.
Bands over starts are quantiles, and are made where curves are drawn (figures.smoothing).
"""

import functools
import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

SURE = 0.05  # of the sign test
FEWEST = 6  # starts that can be settled at all: 5 wins of 5 have p = 0.06
POWER = 0.8
PRINTED = 3  # decimals of a loss
MOST_STARTS = 1_000

Floats = npt.NDArray[np.float64]


class Difference(NamedTuple):
    """How much lower the first of two models' loss is, over the starts that both have.

    mean: of second minus first, in the losses' unit; never negative
    low, high: its 95 % interval; nan below FEWEST starts
    wins: starts in which the first was lower; starts: those that both have; decided: those in which they were not equal
    seen: the mean as it is printed, see `seen`
    """

    first: str
    second: str
    mean: float
    low: float
    high: float
    wins: int
    starts: int
    decided: int
    seen: str = ""

    @property
    def p_value(self) -> float:
        """Two-sided sign test: the chance of a count at least this uneven if neither model were better."""
        return sign_test(self.wins, self.decided)

    @property
    def settled(self) -> bool:
        """Whether the first may be called lower: on average, and in more than half of the starts that decide."""
        return bool(self.low > 0) and self.p_value < SURE and 2 * self.wins > self.decided


@functools.lru_cache(maxsize=4_096)
def sign_test(wins: int, starts: int) -> float:
    """The two-sided p-value of `wins` in `starts` fair coin tosses."""
    fewest = min(wins, starts - wins)
    tail = sum(math.comb(starts, k) for k in range(fewest + 1))
    return min(1.0, 2 * tail / 2.0**starts)


def interval(values: Sequence[float] | Floats) -> tuple[float, float]:
    """A 95 % interval of the mean, as far below it as above (Student's t); nan below FEWEST values."""
    sample = np.asarray(values, np.float64)
    if len(sample) < FEWEST:
        return math.nan, math.nan
    mean = float(sample.mean())
    spread = float(sample.std(ddof=1))
    if spread <= 1e-12 * max(1.0, abs(mean)):
        return mean, mean
    reach = float(_t_quantile(np.array(len(sample) - 1))) * spread / math.sqrt(len(sample))
    return mean - reach, mean + reach


def error_of_medians(samples: Sequence[Sequence[float]]) -> float:
    """About how far the median of samples of one size is off by chance: its standard error, in their unit.

    That of normal numbers, sqrt(pi / 2n) standard deviations (Kendall and Stuart, The Advanced Theory of Statistics,
    vol. 1, 10.10); the standard deviation is the median of the samples', so that one that went astray does not count
    for all. nan below two numbers a sample.
    """
    sizes = {len(sample) for sample in samples}
    if not sizes or min(sizes) < 2:
        return math.nan
    return math.sqrt(math.pi / 2 / min(sizes)) * float(np.median([np.std(sample, ddof=1) for sample in samples]))


def by_start(scores: pd.DataFrame) -> pd.DataFrame:
    """Losses with a row for each seed and a column for each label. scores: label, seed, loss"""
    return scores.pivot(index="seed", columns="label", values="loss")


def differences(scores: pd.DataFrame) -> list[Difference]:
    """Every pair of models, the one with the lower mean first.

    scores: label, seed, loss; compared seed by seed
    """
    table = by_start(scores)
    labels = list(dict.fromkeys(scores["label"]))
    return [difference(table, first, second) for first, second in combinations(labels, 2)]


def difference(table: pd.DataFrame, first: str, second: str) -> Difference:
    """Two models, the one with the lower mean first. table: as of `by_start`"""
    both = table[[first, second]].to_numpy(np.float64)
    both = both[~np.isnan(both).any(axis=1)]
    gaps = both[:, 1] - both[:, 0]
    losses = both.mean(axis=0) if len(gaps) else np.full(2, math.nan)
    if len(gaps) and gaps.mean() < 0:
        first, second, gaps, losses = second, first, -gaps, losses[::-1]
    mean = float(gaps.mean()) if len(gaps) else math.nan
    wins, decided = int((gaps > 0).sum()), int((gaps != 0).sum())
    low, high = interval(gaps)
    printed = seen(float(losses[1]), float(losses[0]), low, high)
    return Difference(first, second, mean, low, high, wins, len(gaps), decided, printed)


def apart(loss: float, other: float) -> float:
    """The difference of two losses as they are printed."""
    return round(loss, PRINTED) - round(other, PRINTED)


def seen(loss: float, other: float, low: float, high: float) -> str:
    """The difference of two mean losses as it is printed: of both as they are, so that what is seen subtracts.

    low, high: its interval, nan if there is none; as printed the difference lies within it
    """
    mean, *ends = amounts(loss - other, low, high)
    digits = len(mean.partition(".")[2])
    if digits > PRINTED:
        return mean
    printed = _rounded(apart(loss, other), f".{PRINTED}f")
    within = math.isnan(low) or float(ends[0]) <= float(printed) <= float(ends[1])
    return printed if within else mean


def against(scores: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Each other model's loss minus the baseline's, start by start.

    scores: label, seed, loss
    Columns: label, middle (mean), low, high (its 95 % interval; nan below FEWEST starts), starts, seen (the mean as it
    is printed, see `seen`).
    """
    table = by_start(scores)
    rows = []
    for label in (label for label in dict.fromkeys(scores["label"]) if label != baseline):
        both = table[[baseline, label]].dropna()
        gaps = (both[label] - both[baseline]).to_numpy(np.float64)
        if len(gaps):
            low, high = interval(gaps)
            printed = seen(float(both[label].mean()), float(both[baseline].mean()), low, high)
            rows.append((label, float(gaps.mean()), low, high, len(gaps), printed))
    return pd.DataFrame(rows, columns=["label", "middle", "low", "high", "starts", "seen"])


@functools.lru_cache(maxsize=256)
def _starts_needed(gaps: tuple[float, ...]) -> int | None:
    values = np.array(gaps) if sum(gaps) >= 0 else -np.array(gaps)
    drawn = values[np.random.default_rng(0).integers(0, len(values), (500, MOST_STARTS))]
    n = np.arange(1, MOST_STARTS + 1)
    mean = drawn.cumsum(axis=1) / n
    variance = np.maximum(np.square(drawn).cumsum(axis=1) / n - mean**2, 0) * n / np.maximum(n - 1, 1)
    settled = (mean > _t_quantile(np.maximum(n - 1, 1)) * np.sqrt(variance / n)) & (
        (drawn <= 0).cumsum(axis=1) <= _losses_allowed()
    )
    enough = np.flatnonzero(settled.mean(axis=0) >= POWER)
    return int(n[enough[0]]) if len(enough) else None


def _t_quantile(df: npt.NDArray[np.int64]) -> Floats:
    """The t-distribution's 97.5 % quantile, by its expansion about the normal one (Abramowitz and Stegun, 26.7.5)."""
    z = 1.959963984540054
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return np.asarray(np.polynomial.polynomial.polyval(1 / np.asarray(df, np.float64), (z, *terms)), np.float64)


@functools.lru_cache(maxsize=1)
def _losses_allowed() -> npt.NDArray[np.int64]:
    """The most losses with which the winner passes the sign test, for 1, 2, ... MOST_STARTS starts; -1 for none."""
    allowed = []
    losses, tail, chance = -1, 0.0, 0.0  # of fair tosses: P(at most `losses`), P(exactly `losses`)
    none = 1.0  # P(0)
    for starts in range(1, MOST_STARTS + 1):
        tail -= chance / 2
        none /= 2
        chance *= starts / (2 * (starts - losses))
        further = chance * (starts - losses) / (losses + 1) if losses >= 0 else none
        if 2 * (tail + further) < SURE:
            losses, tail, chance = losses + 1, tail + further, further
        allowed.append(losses)
    return np.array(allowed)


def starts_needed(gaps: Sequence[float] | Floats) -> int | None:
    """With how many starts four of five comparisons like this one would be settled; None if 1,000 would not do.

    gaps: paired differences at hand, at least FEWEST, else ValueError. Comparisons of every size are drawn from them
    with replacement. It assumes that further starts scatter as these do, about the mean seen.
    """
    if len(gaps) < FEWEST:
        raise ValueError(f"gaps must be at least {FEWEST}, not {len(gaps)}: fewer say too little of the next.")
    return _starts_needed(tuple(float(gap) for gap in gaps))


def amount(value: float) -> str:
    """A loss or a difference of losses, with as many digits as it has to say."""
    return amounts(value)[0]


def amounts(*values: float) -> list[str]:
    """Losses or differences of losses, all with the digits that the smallest needs.

    Rounded alike, so that what lies within an interval lies within it as printed.
    """
    digits = 4 if any(abs(value) < 0.0015 for value in values) else 3
    return [_rounded(value, f".{digits}f") for value in values]


def shares(*values: float) -> list[str]:
    """Shares in percent, all with as many digits, 1 to 3, as tell those apart that differ.

    Rounded alike, so that what lies within an interval lies within it as printed.
    """
    different = len({round(value, 6) for value in values})
    printed = ([_rounded(value, f".{digits}%") for value in values] for digits in (1, 2, 3))
    *fewer, most = printed
    return next((words for words in fewer if len(set(words)) == different), most)


def share_within(value: float, low: float, high: float) -> tuple[str, str, str]:
    """A measured share in percent, with as few digits as leave it within its interval, and the interval's ends.

    The ends have at least as many digits as the share, so that it lies between them as printed, too.
    """
    printed = shares(value, low, high)
    short = f"{value:.0%}"
    within = low <= float(short.removesuffix("%")) / 100 <= high
    return short if within else printed[0], printed[1], printed[2]


def _rounded(value: float, form: str) -> str:
    """A number in a form, without the sign of what is rounded to zero."""
    text = f"{value:{form}}"
    return text.removeprefix("-") if not text.strip("-0.%") else text


def mean_losses(scores: pd.DataFrame) -> dict[str, float]:
    """The mean over the starts of each model's loss, what is ranked; by label. scores: label, loss"""
    return {str(label): float(loss) for label, loss in scores.groupby("label")["loss"].mean().items()}


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words with commas, and the last one with a word of its own."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def late_fall(losses: Sequence[float] | Floats) -> float:
    """The share by which a loss fell in the second half of its training; negative where it rose.

    losses: of every epoch, at least one. The mean of the last tenth is compared with that of the tenth before the
    middle.
    """
    curve = np.asarray(losses, np.float64)
    tenth = max(1, len(curve) // 10)
    middle = max(1, len(curve) // 2)
    before = float(curve[max(0, middle - tenth) : middle].mean())
    return 1 - float(curve[-tenth:].mean()) / before if before else 0.0
