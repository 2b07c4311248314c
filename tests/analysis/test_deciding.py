"""What may be said of the nine cells of Problems."""

import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis.deciding import headline, of_own
from bilstm_core.choices import DIRECTIONS

KINDS = ("past decides", "future decides", "both decide")
AS_EXPECTED = {
    "past decides": (0.97, 0.37, 0.95),
    "future decides": (0.38, 0.98, 0.92),
    "both decide": (0.56, 0.61, 0.97),
}


def table(
    by_kind: dict[str, tuple[float, float, float]], half: float = 0.01, seeds: dict[str, int] | None = None
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"decides": kind, "direction": direction, "seed": (seeds or {}).get(kind, 0)}
            | {"exact": share, "low": share - half, "high": share + half}
            for kind, shares in by_kind.items()
            for direction, share in zip(DIRECTIONS, shares, strict=True)
        ]
    )


def test_the_headline_names_where_only_both_ways_are_enough() -> None:
    answer = headline(table(AS_EXPECTED)).whole
    assert answer.startswith(
        "When both decide, only bidirectional learns it: **97%** of sequences wholly right, forward 56%, backward 61%. "
        "This one network: 96% to 98% (95%), from seed 0; another start can lie elsewhere. Over 85% counts as learned. "
    )
    assert (
        "Also: when the past decides, forward and bidirectional; when the future decides, backward and"
        " bidirectional." in answer
    )


def test_the_headline_names_the_seed_of_what_it_compares_and_those_of_the_other_rows() -> None:
    answer = headline(table(AS_EXPECTED, seeds={"both decide": 1, "past decides": 3})).counts
    assert "(95%), from seed 1 (other rows: 3 and 0); another start" in answer
    alike = headline(table(AS_EXPECTED, seeds=dict.fromkeys(KINDS, 2))).counts
    assert "(95%), from seed 2; another start" in alike


def test_the_headline_claims_nothing_that_an_interval_leaves_open() -> None:
    answer = headline(table({**AS_EXPECTED, "both decide": (0.56, 0.61, 0.855)})).answer
    assert answer.startswith("These runs leave it open: when both decide, bidirectional may or may not")


@pytest.mark.parametrize("both", [(0.56, 0.95, 0.97), (0.5, 0.5, 0.5)])
def test_the_headline_says_so_where_both_are_not_needed_or_not_enough(both: tuple[float, float, float]) -> None:
    answer = headline(table({**AS_EXPECTED, "both decide": both})).answer
    assert answer.startswith("These runs do not show that both are ever needed")


def test_the_headline_waits_for_all_nine() -> None:
    assert headline(table({**AS_EXPECTED, "past decides": (np.nan, 0.4, 0.9)})).whole == "Not all nine are trained yet."


@pytest.mark.parametrize(
    ("shares", "best", "said"),
    [
        ((0.2, 0.3, 0.97), (0.3, 0.4, 1.0), "needs both. "),
        ((0.2, 0.3, 0.97), (1.0, 0.4, 1.0), "is learned by bidirectional alone here, though forward could know it. "),
        ((0.2, 0.3, 0.97), (np.nan, 0.4, 1.0), "is learned by bidirectional alone here. "),
        ((0.97, 0.3, 0.95), (1.0, 0.4, 1.0), "does not need both: forward is enough. "),
        ((0.2, 0.98, 0.5), (0.3, 1.0, 1.0), "does not need both: backward is enough. "),
        ((0.99, 0.98, 0.97), (1.0, 1.0, 1.0), "does not need both: forward or backward is enough. "),
        ((0.2, 0.3, 0.4), (1.0, 1.0, 1.0), "is not learned here: no direction gets over 85%. "),
        ((0.2, 0.85, 0.97), (0.3, 1.0, 1.0), "leaves it open: backward may or may not get over 85%. "),
    ],
)
def test_what_is_said_of_a_formula_follows_from_its_three_cells(
    shares: tuple[float, float, float], best: tuple[float, float, float], said: str
) -> None:
    rows = table({"your formula": shares}).assign(best=best)
    told = of_own(rows)
    assert told
    assert told.answer == f"Your formula {said.rstrip()}"
    share, first = max(zip(shares, DIRECTIONS, strict=True))
    ends = f"({share - 0.01:.1%} to {share + 0.01:.1%})"
    assert told.counts.startswith(f"Sequences wholly right, with 95% intervals: {first} **{share:.0%}** {ends}, ")


def test_nothing_is_said_of_a_formula_until_all_three_are_trained() -> None:
    rows = table({"your formula": (0.2, np.nan, 0.97)}).assign(best=1.0)
    assert of_own(rows) is None
