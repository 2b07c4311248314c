"""What the runs of Why say: how much of bidirectional's gain over forward each change has, and what follows."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import pandas as pd

from bilstm_core.analysis.parameter_matching import Match
from bilstm_core.analysis.statistics import (
    FEWEST,
    FRESH,
    Difference,
    amount,
    by_start,
    difference,
    differences,
    evidence,
    interval,
    lead,
    listed,
)
from bilstm_core.presets import NO_FUTURE, WHY_MORE, WIDER, Step

FORWARD, BIDIRECTIONAL = "forward", "bidirectional"
NEGLIGIBLE = 0.1  # of bidirectional's gain: a change that lacks less has enough, one that has less has nothing
OPEN = "These starts do not settle it."
UNSETTLED = "is not settled"

FUTURE, BIGGER, ELSE = "It sees the future", "It is bigger", "Something else"
GUESSES = (FUTURE, BIGGER, ELSE)

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


def opening(scores: pd.DataFrame) -> str:
    """How far bidirectional is ahead of forward, before anything is tried."""
    (pair,) = differences(scores[scores["label"].isin([FORWARD, BIDIRECTIONAL])])
    if pair.starts < FEWEST:
        return f"{pair.starts} starts cannot settle it: {FEWEST} are the fewest that can. Run 10."
    if not pair.settled:
        return f"{BIDIRECTIONAL} and {FORWARD} are too close to call ({evidence(pair)}): nothing to explain here."
    return f"{pair.first}'s {FRESH} is {lead(pair)} lower than {pair.second}'s ({evidence(pair)})."


def finding(scores: pd.DataFrame, step: Step, match: Match | None = None) -> str:
    """What came of one change, in a sentence and what follows from it.

    scores: label, seed, loss
    match: of a step that matches parameters; from one that is not close nothing follows
    """
    reached = gain(scores, step.label)
    if reached is None:
        return opening(scores)
    pair = reached.pair
    if not pair.settled:
        outcome = f"no settled difference from forward's loss ({evidence(pair)})"
    elif pair.first == FORWARD:
        outcome = f"loss {lead(pair)} higher than forward's ({evidence(pair)})"
    else:
        outcome = f"loss {lead(pair)} lower than forward's ({evidence(pair)})"
        outcome += f", {reached.share:.0%} of bidirectional's gain"
    if match and not match.close:
        units = f"at most {match.units} units" if match.at_most else f"{match.units} units, the nearest match"
        counts = f"{match.parameters:,} parameters against {match.wanted:,}"
        return f"Forward with {units} ({counts}): {outcome}. So nothing follows about size."
    follows = OPEN if reached.kind == "open" else getattr(step, reached.kind)
    return f"{step.change}: {outcome}. {follows}"


def kinds(scores: pd.DataFrame, steps: Sequence[Step], match: Match | None = None) -> dict[str, Kind]:
    """What each change gains, by label; empty where bidirectional's own gain is not settled.

    match: of the steps that match parameters; they stay open where it is not close
    """
    present = set(scores["label"])
    gains = {step: gain(scores, step.label) for step in steps if step.label in present}
    return {
        step.label: "open" if step.matched and match and not match.close else reached.kind
        for step, reached in gains.items()
        if reached is not None
    }


def verdict(guess: str, gained: Mapping[str, Kind]) -> str:
    """What the changes tried so far say of a guess; "" while they say nothing of it."""
    future, size = gained.get(NO_FUTURE), gained.get(WIDER)
    words = {
        FUTURE: {"enough": "does not hold", "part": "holds in part", "nothing": "holds", "open": UNSETTLED},
        BIGGER: {"enough": "holds", "part": "holds in part", "nothing": "does not hold", "open": UNSETTLED},
    }
    if guess == ELSE:
        if future is None or size is None:
            return ""
        outcome = "holds"
        if size == "enough" or future in ("part", "nothing"):
            outcome = "does not hold"
        elif "open" in (future, size):
            outcome = UNSETTLED
    else:
        kind = future if guess == FUTURE else size
        if kind is None:
            return ""
        outcome = words[guess][kind]
    return f"Your guess, \u201c{guess[0].lower()}{guess[1:]}\u201d, {outcome} in these runs."


def conclusion(gained: Mapping[str, Kind]) -> str:
    """What is left when everything has been tried."""
    enough = [label for label, kind in gained.items() if kind == "enough"]
    unsettled = [label for label, kind in gained.items() if kind == "open"]
    if NO_FUTURE in enough and not {*enough, *unsettled} - {NO_FUTURE, WHY_MORE.label}:
        return "What is left: a second state that starts from the other end, whatever it reads."
    sentences = f"Enough by itself: {listed(enough)}." if enough else ""
    if unsettled:
        sentences += f" Not settled by these runs: {listed(unsettled)}."
    return sentences.strip() or "None of these is enough by itself."


def lead_sentence(scores: pd.DataFrame, earlier: pd.DataFrame | None) -> str:
    """How far bidirectional leads in a long run, and how far it led in the short one, where that is known.

    scores, earlier: label, seed, loss
    """
    (pair,) = differences(scores[scores["label"].isin([FORWARD, BIDIRECTIONAL])])
    sentence = opening(scores)
    if pair.starts >= FEWEST and not pair.settled:
        sentence = f"{BIDIRECTIONAL} and {FORWARD} are too close to call ({evidence(pair)})."
    if earlier is None or earlier.empty:
        return sentence
    means = by_start(earlier)[[FORWARD, BIDIRECTIONAL]].dropna().mean()
    lead = float(means[FORWARD] - means[BIDIRECTIONAL])
    leader = BIDIRECTIONAL if lead >= 0 else FORWARD
    return f"{sentence} Where the tutorial stops, {leader} led by {amount(abs(lead))}."
