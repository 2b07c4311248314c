"""What several starts allow to be said: wins by pair, and a sentence that claims no more than they carry."""

import math
from itertools import combinations
from typing import NamedTuple

import pandas as pd

SURE = 0.05  # a sign test below this is called a ranking


class Duel(NamedTuple):
    """How often the first of two models had the lower loss, over the seeds that both have."""

    first: str
    second: str
    wins: int
    starts: int

    @property
    def p_value(self) -> float:
        """Two-sided sign test: the chance of a count at least this uneven if neither model were better."""
        fewest = min(self.wins, self.starts - self.wins)
        tail = sum(math.comb(self.starts, k) for k in range(fewest + 1)) / 2.0**self.starts
        return min(1.0, 2 * tail)


def duels(scores: pd.DataFrame) -> list[Duel]:
    """Every pair of models, the more often winning first.

    scores: label, seed, loss; compared seed by seed, ties dropped.
    """
    table = scores.pivot(index="seed", columns="label", values="loss")
    labels = list(dict.fromkeys(scores["label"]))
    found = []
    for first, second in combinations(labels, 2):
        difference = (table[first] - table[second]).dropna()
        lower, higher = int((difference < 0).sum()), int((difference > 0).sum())
        found.append(
            Duel(first, second, lower, lower + higher)
            if lower >= higher
            else Duel(second, first, higher, lower + higher)
        )
    return found


def ranking_sentence(scores: pd.DataFrame) -> str:
    """What the starts at hand say of the models' losses, in a sentence that names no winner they do not carry.

    scores: label, seed, loss
    """
    found = duels(scores)
    if not found:
        return "One model alone cannot be ranked."
    starts = max(duel.starts for duel in found)
    if starts < 2:
        return "One start cannot rank them; the next may fall the other way. Run 10 to find out."
    beaten: dict[str, list[Duel]] = {}
    unsettled = []
    for duel in found:
        if duel.p_value < SURE:
            beaten.setdefault(duel.first, []).append(duel)
        else:
            unsettled.append(duel)
    if not beaten:
        return f"No ranking yet: over {starts} starts on the same data, no model beats another often enough."
    clauses = [
        f"{winner} beat {_listed([f'{duel.second} in {duel.wins} of {duel.starts}' for duel in won])} starts"
        for winner, won in sorted(beaten.items(), key=lambda item: -len(item[1]))
    ]
    clauses += [
        f"{duel.first} and {duel.second} are too close to call ({duel.wins} of {duel.starts})" for duel in unsettled
    ]
    return f"{'; '.join(clauses)}."


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
