"""What is told of a comparison: a conclusion that the starts carry, and in a quieter line what it rests on."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from bilstm_core.analysis.statistics import FEWEST, SURE, Difference, amounts, by_start, differences, listed
from bilstm_core.wording import counted

FAR = 0.1  # of a loss; in nats per label a seventh of a coin toss's
COUNTS = ("No", "One", "Two", "Three", "Four", "Five")  # runs, as a sentence begins with them
FRESH = "on fresh sequences"  # what is ranked; a curve is of the loss on those that are trained on


class Told(NamedTuple):
    """A conclusion, and the intervals and counts that it rests on, which stand in a second, quieter line."""

    answer: str
    counts: str = ""

    @property
    def whole(self) -> str:
        """Both, one after the other."""
        return " ".join(part for part in self if part)


class Ranked(NamedTuple):
    """What starts say of models.

    winner: the label that is said to win; "" where the starts carry none
    level: where nobody wins because they are too close to call, their labels; undecided: the sentence that says so
    """

    told: Told
    winner: str = ""
    level: tuple[str, ...] = ()
    undecided: str = ""


def after(sequences: int | None, sentence: str) -> str:
    """A sentence that tells after how many training sequences it holds. sentence: begun in the middle of one"""
    count = f"After {counted(sequences, 'sequence')}, " if sequences is not None else ""
    return f"{count}{sentence}" if count else capital(sentence)


def capital(sentence: str) -> str:
    """The sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def too_few(pair: Difference, purpose: str = "") -> Told:
    """That so few starts settle nothing, and the difference seen in them.

    pair: of fewer starts than FEWEST; purpose: what they are too few for, if it is no ranking
    """
    few = f"{COUNTS[pair.starts]} {'run is' if pair.starts == 1 else 'runs are'} too few"
    what = f"{few} to {purpose}" if purpose else f"No ranking yet: {few.lower()}"
    told = f"{what} (at least {FEWEST} needed)."
    so_far = f"So far, {pair.first}'s loss is {lead(pair)} below {pair.second}'s. " if pair.starts else ""
    return Told(told, f"{so_far}Try 10.")


def ranking(
    scores: pd.DataFrame,
    expected: Sequence[str] = (),
    *,
    sequences: int | None = None,
    reasons: Mapping[str, str] | None = None,
    on: str = FRESH,
) -> Ranked:
    """What the starts at hand say of the losses; no winner is named that they do not carry.

    scores: label, seed, loss; expected: the labels of which the lesson says that one has the lowest loss
    sequences: that each run was trained on
    reasons: by label, why it may be behind, which these losses do not tell: the rest of a sentence
    on: on which sequences the losses are
    """
    labels = list(dict.fromkeys(scores["label"]))
    if len(labels) < 2:
        return Ranked(Told("One model alone can't be ranked."))
    means, ranked, pair_of = _in_order(scores)
    starts = max(pair.starts for pair in pair_of.values())
    if starts < FEWEST:
        return Ranked(too_few(pair_of[frozenset(ranked[:2])]))
    answer, counts, winner = _ranking(ranked, pair_of, means, reasons or {})
    lesson = _contradiction(ranked, pair_of, [label for label in expected if label in labels])
    whole = after(sequences, answer)
    told = Told(whole + lesson, f"{counts} Loss: mean of {starts} runs, {on}.")
    near = [] if winner else _level(ranked, pair_of)
    undecided = (_undecided(near, narrow=True), after(sequences, _undecided(near)))
    said = next((sentence for sentence in undecided if near and sentence in whole), "")
    return Ranked(told, winner, tuple(near) if said else (), said)


def level_of(scores: pd.DataFrame) -> list[str]:
    """The labels that the starts do not tell from the lowest, itself first. scores: as of `ranking`"""
    _, ranked, pairs = _in_order(scores)
    return _level(ranked, pairs)


def _in_order(scores: pd.DataFrame) -> "tuple[pd.Series[float], list[str], Pairs]":
    """The mean of each label, the labels from the lowest on, and the difference of each pair."""
    means = by_start(scores).mean()
    ranked = sorted(dict.fromkeys(scores["label"]), key=lambda label: float(means[label]))
    return means, ranked, {frozenset((pair.first, pair.second)): pair for pair in differences(scores)}


def _undecided(level: Sequence[str], *, narrow: bool = False) -> str:
    said = "Nobody wins among the others" if narrow else "nobody wins"
    return f"{said}: {listed(level)} are too close to call."


def beside_best(share: float, interval: tuple[float, float], best: float | None) -> str:
    """How a measured share stands to the best possible, in further sentences; "" where that is not known.

    The best possible takes the likelier label at each timestep by itself, and the share is counted on a sample. So the
    share may lie above it: by chance, or because labels that are chosen together meet more whole sequences.
    """
    if best is None or math.isnan(best):
        return ""
    low, high = interval
    if share > best:
        why = (
            "A sample of sequences can land above that by chance."
            if low <= best
            else "Labels that fit together can get more whole sequences right than the likelier label at each timestep."
        )
        return f" Best possible, label by label: {best:.1%}. {why}"
    if best <= high and share != best:
        return f" That is within chance of the best possible, {best:.1%}."
    return f" Best possible: {best:.1%}."


Pairs = Mapping[frozenset[str], Difference]


def _ranking(
    ranked: Sequence[str], pairs: Pairs, means: "pd.Series[float]", reasons: Mapping[str, str]
) -> tuple[str, str, str]:
    last = _far_behind(ranked, pairs, means)
    if last is None:
        return _at_the_top(ranked, pairs)
    distance = "far behind" if last.mean >= FAR else "behind"
    far, gap = f"{last.second} is {distance}", f"its loss is {lead(last)} above {last.first}'s, {in_runs(last)}."
    reason, others = reasons.get(last.second, ""), ranked[:-1]
    first, counts, winner = _at_the_top(others, pairs, narrow=True)
    if not reason:
        behind = f"{capital(last.second)} above {last.first}: 95% interval {ends(last)}. {counts}"
        return f"{far}: {gap} {first}", behind, winner
    if winner:
        pair = pairs[frozenset(others[:2])]
        first, counts = f"Of the others, {winner} wins by {lead(pair)}, {in_runs(pair)} ({ends(pair)}).", ""
    told = (f"95% interval {ends(last)}.", first, counts, f"A likely reason: {reason}.")
    return f"{far}: {gap}", " ".join(part for part in told if part), winner


def _far_behind(ranked: Sequence[str], pairs: Pairs, means: "pd.Series[float]") -> Difference | None:
    """The last one beside the next, if it is above all others, and further from them than they from each other."""
    *others, last = ranked
    if len(others) < 2 or not all(pairs[frozenset((last, label))].settled for label in others):
        return None
    pair = pairs[frozenset((last, others[-1]))]
    return pair if pair.mean > float(means[others[-1]] - means[others[0]]) else None


def _at_the_top(ranked: Sequence[str], pairs: Pairs, *, narrow: bool = False) -> tuple[str, str, str]:
    """Who wins, or why nobody does; what that rests on; and who wins, "" for nobody.

    narrow: beside one that is far behind, and as a sentence of its own
    """
    best, level = ranked[0], _level(ranked, pairs)
    if len(level) == 1:
        pair = pairs[frozenset((best, ranked[1]))]
        below = f"below {ranked[1]}'s"
        wins = "Of the others, {0} wins: its loss is" if narrow else "{0} wins: its loss is"
        return (
            f"{wins.format(best)} {lead(pair)} {below}, {in_runs(pair)}.",
            f"{capital(best)} below {ranked[1]}: 95% interval {ends(pair)}.",
            best,
        )
    beaten = [
        label
        for label in ranked
        if label not in level and all(pairs[frozenset((label, lowest))].settled for lowest in level)
    ]
    among = [pair for names, pair in pairs.items() if names <= set(ranked)]
    if not any(pair.settled for pair in among) and len(ranked) > 2:
        widest = pairs[frozenset((best, ranked[-1]))]
        said = "The others can't be ranked" if narrow else "no ranking yet"
        open_gap = f"{said}: even the widest gap, {widest.first} below {widest.second}, is too close to call."
        return open_gap, why_open(widest), ""
    worse = f" {capital(listed(beaten))} {'is' if len(beaten) == 1 else 'are'} above both." if beaten else ""
    worse = worse.replace("both", "them") if len(level) > 2 else worse
    return _undecided(level, narrow=narrow) + worse, why_open(pairs[frozenset(level[:2])]), ""


def _level(ranked: Sequence[str], pairs: Pairs) -> list[str]:
    """Those that the lowest is not settled below, itself included."""
    best = ranked[0]
    return [best, *(label for label in ranked[1:] if not pairs[frozenset((best, label))].settled)]


def _contradiction(ranked: Sequence[str], pairs: Pairs, expected: Sequence[str]) -> str:
    if not expected or set(_level(ranked, pairs)) & set(expected):
        return ""
    return f" The well-known picture has {listed(expected, 'or')} lowest; these runs do not."


def why_open(pair: Difference) -> str:
    """Why two models are too close to call, however many runs one of them wins."""
    interval = f"the mean difference could be zero (95% interval {ends(pair)})"
    wins = f"{pair.wins} of {pair.starts} runs{_tied(pair)}"
    if 2 * pair.wins <= pair.decided and pair.low > 0:
        return capital(f"{pair.first} has the lower mean, but is lower in only {wins}; 95% interval {ends(pair)}.")
    by_chance = f"by chance alone a count that uneven comes up {pair.p_value:.0%} of the time"
    if pair.p_value < SURE:
        return capital(f"{pair.first} is lower in {wins}, but they differ so much that {interval}.")
    if pair.low > 0:
        return capital(f"{pair.first} is lower in only {wins}: {by_chance}; 95% interval {ends(pair)}.")
    return capital(f"{interval}, and {pair.first} is lower in only {wins}.")


def in_runs(pair: Difference) -> str:
    """In how many of the runs the first is lower."""
    return f"in all {pair.starts} runs" if pair.wins == pair.starts else f"in {pair.wins} of {pair.starts} runs"


def _tied(pair: Difference) -> str:
    return f" ({pair.starts - pair.decided} tied)" if pair.decided < pair.starts else ""


def ends(pair: Difference) -> str:
    """The interval of a difference."""
    _, low, high = amounts(pair.mean, pair.low, pair.high)
    return f"{low} to {high}"


def lead(pair: Difference) -> str:
    """The mean of a difference as it is printed, with the digits of the interval that `ends` gives it."""
    return pair.seen or amounts(pair.mean, pair.low, pair.high)[0]
