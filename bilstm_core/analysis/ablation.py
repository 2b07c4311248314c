"""What the runs of Why say: how much of bidirectional's gain over forward each change has, and what follows."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import pandas as pd

from bilstm_core.analysis.parameter_matching import Match
from bilstm_core.analysis.statistics import (
    FEWEST,
    Difference,
    by_start,
    difference,
    differences,
    interval,
    listed,
)
from bilstm_core.analysis.telling import Told, after, ends, in_runs, lead, too_few, why_open
from bilstm_core.presets import NO_FUTURE, WHY_MORE, WHY_STEPS, WIDER, Step

FORWARD, BIDIRECTIONAL = "forward", "bidirectional"
NEGLIGIBLE = 0.1  # of bidirectional's gain: a change that lacks less has enough, one that has less has nothing
CHANGES = {step.label: step.change for step in (*WHY_STEPS, WHY_MORE)}

FUTURE, BIGGER, ELSE = "It sees the future", "It is bigger", "Something else"
GUESSES = (FUTURE, BIGGER, ELSE)
JUDGES: Mapping[str, tuple[str, ...]] = {FUTURE: (NO_FUTURE,), BIGGER: (WIDER,), ELSE: (NO_FUTURE, WIDER)}  # changes

Kind = Literal["enough", "part", "nothing", "open"]


class Gain(NamedTuple):
    """What a change gains over forward.

    share: of bidirectional's gain, in means
    kind: "enough" where the starts exclude that it lacks NEGLIGIBLE of bidirectional's gain, "nothing" where they
    exclude that it has that much, "part" where it is settled below forward and above bidirectional, else "open"
    """

    kind: Kind
    share: float
    pair: Difference


def gain(scores: pd.DataFrame, label: str) -> Gain | None:
    """What the model of a label gains over forward; None where bidirectional's own gain is not settled.

    scores: label, seed, loss; with forward and bidirectional
    """
    table = by_start(scores)
    whole = difference(table, FORWARD, BIDIRECTIONAL)
    if not (whole.settled and whole.first == BIDIRECTIONAL):
        return None
    pair, rest = difference(table, FORWARD, label), difference(table, BIDIRECTIONAL, label)
    losses = table[[FORWARD, label, BIDIRECTIONAL]].dropna()
    gained, full = losses[FORWARD] - losses[label], losses[FORWARD] - losses[BIDIRECTIONAL]
    kind: Kind = "open"
    if _below_zero(full - gained - NEGLIGIBLE * full):
        kind = "enough"
    elif _below_zero(gained - NEGLIGIBLE * full):
        kind = "nothing"
    elif pair.settled and pair.first == label and rest.settled and rest.first == BIDIRECTIONAL:
        kind = "part"
    return Gain(kind, float(gained.mean() / full.mean()), pair)


def _below_zero(values: "pd.Series[float]") -> bool:
    """Whether the interval of the mean is; a start's share is taken of that start's whole, so both scatters count."""
    return interval(values.tolist())[1] < 0


def _opening_pair(scores: pd.DataFrame) -> Difference:
    (pair,) = differences(scores[scores["label"].isin([FORWARD, BIDIRECTIONAL])])
    return pair


def _opened(pair: Difference, sequences: int | None, nothing: str, drawing: str = "fresh") -> Told:
    if pair.starts < FEWEST:
        return too_few(pair, "tell the two apart")
    if not pair.settled:
        told = f"{pair.first} and {pair.second} are too close to call{nothing}."
        return Told(after(sequences, told), why_open(pair))
    told = f"{pair.first}'s loss is {lead(pair)} below {pair.second}'s, {in_runs(pair)}."
    return Told(
        after(sequences, told), f"95% interval {ends(pair)}. Loss: mean of {pair.starts} runs, on {drawing} sequences."
    )


def has_gain(scores: pd.DataFrame) -> bool:
    """Whether bidirectional is settled ahead of forward, so that there is something to explain. scores: as of `gain`"""
    pair = _opening_pair(scores)
    return pair.settled and pair.first == BIDIRECTIONAL


def opening(scores: pd.DataFrame, sequences: int | None = None, drawing: str = "fresh") -> Told:
    """How far bidirectional is ahead of forward, before anything is tried.

    sequences: that each run was trained on; drawing: what those are called that it is tested on
    """
    return _opened(_opening_pair(scores), sequences, ", so there is nothing to explain", drawing)


def finding(
    scores: pd.DataFrame,
    step: Step,
    match: Match | None = None,
    sequences: int | None = None,
    drawing: str = "fresh",
) -> Told:
    """What came of one change: what follows from it, and what was measured.

    scores: label, seed, loss; sequences, drawing: as of `opening`, which is told where there is no gain to explain
    match: of a step that matches parameters; from one that is not close nothing follows
    """
    reached = gain(scores, step.label)
    if reached is None:
        return opening(scores, sequences, drawing)
    measured = _measured(reached)
    if step.matched and match and not match.close:
        units = f"at most {match.units} units" if match.at_most else f"{match.units} units, the nearest match,"
        counts = f"it has {match.parameters:,} parameters, not {match.wanted:,}"
        return Told(f"With {units} {counts}. So this says nothing about size.", measured)
    if reached.kind == "open":
        return Told(f"These runs don't settle how much of the gain {step.change} brings.", measured)
    follows: str = getattr(step, reached.kind)
    if reached.kind == "part":
        follows = f"{follows.removesuffix('.')} ({reached.share:.0%})."
    return Told(follows, measured)


def _measured(reached: Gain) -> str:
    pair, share = reached.pair, f"{reached.share:.0%} of bidirectional's gain"
    if not pair.settled:
        return f"Too close to forward's loss to call. {why_open(pair)}"
    if pair.first == FORWARD:
        return f"Its loss is {lead(pair)} above forward's, {in_runs(pair)}; 95% interval {ends(pair)}."
    return f"Its loss is {lead(pair)} below forward's, {in_runs(pair)}: {share}; 95% interval {ends(pair)}."


def gains(scores: pd.DataFrame, steps: Sequence[Step], match: Match | None = None) -> dict[str, Gain]:
    """What each change gains, by label; empty where bidirectional's own gain is not settled.

    match: of the steps that match parameters; they stay open where it is not close
    """
    present = set(scores["label"])
    found = {step: gain(scores, step.label) for step in steps if step.label in present}
    return {
        step.label: reached._replace(kind="open") if step.matched and match and not match.close else reached
        for step, reached in found.items()
        if reached is not None
    }


def judged(guess: str, gained: Mapping[str, Gain]) -> Kind | None:
    """Whether the guess alone explains the gain, by the changes tried so far; None while they say nothing of it."""
    future, size = (gained[label].kind if label in gained else None for label in (NO_FUTURE, WIDER))
    if guess == FUTURE:
        return _REVERSED[future] if future else None
    if guess == BIGGER:
        return size
    if future is None or size is None:
        return None
    if size == "enough" or future in ("part", "nothing"):
        return "nothing"
    return "open" if "open" in (future, size) else "enough"


def verdict(guess: str, gained: Mapping[str, Gain]) -> str:
    """What the changes tried so far say of a guess; "" while they say nothing of it."""
    kind = judged(guess, gained)
    return f"You guessed \u201c{guess}\u201d. {_VERDICTS[kind]}" if kind else ""


_REVERSED: Mapping[Kind, Kind] = {"enough": "nothing", "nothing": "enough", "part": "part", "open": "open"}
_VERDICTS: Mapping[Kind, str] = {
    "enough": "These runs say yes.",
    "part": "These runs say: in part.",
    "nothing": "These runs say no.",
    "open": "These runs don't settle it.",
}


def conclusion(gained: Mapping[str, Gain]) -> Told:
    """What has been found when everything has been tried, and no more than that."""

    def of(kind: Kind, *, share: bool = False) -> str:
        return listed(
            [
                CHANGES[label] + (f" ({reached.share:.0%})" if share else "")
                for label, reached in gained.items()
                if reached.kind == kind
            ]
        )

    enough = [label for label, reached in gained.items() if reached.kind == "enough"]
    told = f"Enough by itself: {of('enough')}." if enough else "None of these is enough by itself."
    if NO_FUTURE in enough:
        told += " Fed a constant, a branch can only count down the timesteps."
    counts = [
        f"{words}: {which}."
        for words, which in (
            ("Part of the gain", of("part", share=True)),
            ("None of it", of("nothing")),
            ("Not settled", of("open")),
        )
        if which
    ]
    return Told(told, " ".join(counts))


def long_lead(
    scores: pd.DataFrame, earlier: pd.DataFrame | None, sequences: int | None = None, before: int | None = None
) -> Told:
    """How far bidirectional leads in a long run, and how far it led in the short one, where that is known.

    scores, earlier: label, seed, loss; sequences, before: that each run was trained on
    """
    told = _opened(_opening_pair(scores), sequences, "")
    if earlier is None or earlier.empty:
        return told
    led = difference(by_start(earlier), BIDIRECTIONAL, FORWARD)
    return told._replace(answer=f"{told.answer} {after(before, f'{led.first} led by {lead(led)}.')}")
