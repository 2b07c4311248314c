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
    """What the starts at hand say of the models' losses, in one or two sentences."""
    found = duels(scores)
    if not found:
        return "One model alone cannot be ranked."
    starts = max(duel.starts for duel in found)
    if starts < 2:
        return "One start cannot rank them: the next may fall the other way. Run 10 to find out."
    sure = [duel for duel in found if duel.p_value < SURE]
    if not sure:
        return f"No ranking yet: over {starts} starts on the same data, no model beats another often enough."
    text = "; ".join(f"{duel.first} beat {duel.second} in {duel.wins} of {duel.starts}" for duel in sure)
    rest = len(found) - len(sure)
    unsettled = f" The other {'pair is' if rest == 1 else f'{rest} pairs are'} too close to call." if rest else ""
    return f"{text[0].upper()}{text[1:]} starts on the same data.{unsettled}"
