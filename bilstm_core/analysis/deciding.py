"""What the runs of Problems say: whether the past decides, the future, or both, and who can learn that."""

from collections.abc import Mapping

import pandas as pd

from bilstm_core.analysis.statistics import listed, share_within
from bilstm_core.analysis.telling import Told, capital
from bilstm_core.presets import DECIDES
from bilstm_core.problems import PROBLEMS

KINDS: Mapping[str, str] = {problem: kind for kind, problem in DECIDES.items()}  # what decides, by problem
ROWS: Mapping[str, str] = {name: KINDS.get(name, problem.title) for name, problem in PROBLEMS.items()}
OWN = "your formula"
SOLVED = 0.85  # of whole sequences right


def row_of(name: str) -> str:
    """What a row of cells is called: what decides, or the problem."""
    return ROWS.get(name, OWN)


def headline(table: pd.DataFrame) -> Told:
    """When both directions are needed, as the nine cells have it, and nothing that their intervals leave open.

    table: decides, direction, seed (one a row of cells), exact, low, high
    """
    if table["exact"].isna().any():
        return Told("Not all nine are trained yet.")
    goal = f"over {SOLVED:.0%} of sequences wholly right"
    solved: dict[str, list[str]] = {}
    for kind, rows in table.groupby("decides", sort=False):
        close = rows.loc[(rows["low"] <= SOLVED) & (rows["high"] >= SOLVED), "direction"].tolist()
        if close:
            return Told(f"These runs leave it open: {_when(str(kind))}, {listed(close)} may or may not get {goal}.")
        solved[str(kind)] = rows.loc[rows["low"] > SOLVED, "direction"].tolist()
    only_both = [kind for kind, names in solved.items() if names == ["bidirectional"]]
    told = "; ".join(
        f"{_when(kind)}, {listed(names) if names else 'none'}"
        for kind, names in solved.items()
        if kind not in only_both
    )
    if not only_both:
        return Told("These runs do not show that both are ever needed.", f"O{goal[1:]}: {told}.")
    decided = table[table["decides"] == only_both[0]].set_index("direction")
    both, forward, backward = (f"{decided['exact'][name]:.0%}" for name in ("bidirectional", "forward", "backward"))
    low, high = (f"{decided[end]['bidirectional']:.0%}" for end in ("low", "high"))
    elsewhere = f" Also: {told}." if told else ""
    return Told(
        f"{capital(listed([_when(kind) for kind in only_both]))}, only bidirectional learns it: **{both}** of "
        f"sequences wholly right, forward {forward}, backward {backward}.",
        f"This one network: {low} to {high} (95%), from {_starts(table, only_both[0])}; another start can lie "
        f"elsewhere. Over {SOLVED:.0%} counts as learned.{elsewhere}",
    )


def _starts(table: pd.DataFrame, kind: str) -> str:
    """Which seed the networks of a row of cells start from, and whether those of the others do."""
    seeds = table.groupby("decides", sort=False)["seed"].first()
    others = seeds.drop(kind).unique().tolist()
    beside = f" (other rows: {listed([str(seed) for seed in others])})" if others != [seeds[kind]] else ""
    return f"seed {seeds[kind]}{beside}"


def of_own(table: pd.DataFrame) -> Told | None:
    """Whether a problem of one's own needs both directions, as its three cells have it; None until all are trained.

    table: direction, exact, low, high, best (the best possible, nan where it is not known), a row each
    """
    rows = table.set_index("direction")
    if rows["exact"].isna().any():
        return None
    printed = {str(name): share_within(*rows.loc[name, ["exact", "low", "high"]]) for name in rows.index}
    best_first = sorted(printed, key=lambda name: -float(rows["exact"][name]))
    told = ", ".join("{} **{}** ({} to {})".format(name, *printed[name]) for name in best_first)
    close = [name for name in printed if rows["low"][name] <= SOLVED <= rows["high"][name]]
    solved = [name for name in printed if rows["low"][name] > SOLVED]
    alone = [name for name in solved if name != "bidirectional"]
    said = f"is not learned here: no direction gets over {SOLVED:.0%}"
    if close:
        said = f"leaves it open: {listed(close)} may or may not get over {SOLVED:.0%}"
    elif alone:
        said = f"does not need both: {listed(alone, 'or')} is enough"
    elif solved:  # what falls short may still be able to, or nobody knows
        can = [name for name in ("forward", "backward") if rows["best"][name] >= SOLVED]
        unknown = rows["best"][["forward", "backward"]].isna().any()
        said = "needs both"
        if can:
            said = f"is learned by bidirectional alone here, though {listed(can)} could know it"
        elif unknown:
            said = "is learned by bidirectional alone here"
    return Told(f"Your formula {said}.", f"Sequences wholly right, with 95% intervals: {told}.")


def _when(kind: str) -> str:
    return f"when {kind}" if kind.startswith("both") else f"when the {kind}"
