"""What may be said of the nine cells of Problems."""

import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis.deciding import headline
from bilstm_core.choices import DIRECTIONS

KINDS = ("past decides", "future decides", "both decide")
AS_EXPECTED = {
    "past decides": (0.97, 0.37, 0.95),
    "future decides": (0.38, 0.98, 0.92),
    "both decide": (0.56, 0.61, 0.97),
}


def table(by_kind: dict[str, tuple[float, float, float]], half: float = 0.01) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"decides": kind, "direction": direction, "exact": share, "low": share - half, "high": share + half}
            for kind, shares in by_kind.items()
            for direction, share in zip(DIRECTIONS, shares, strict=True)
        ]
    )


def test_the_headline_names_where_only_both_ways_are_enough() -> None:
    answer = headline(table(AS_EXPECTED)).whole
    assert answer.startswith(
        "When both decide, only bidirectional gets over 85% of sequences wholly right: **97.0%**, "
    )
    assert "forward 56%, backward 61%" in answer
    assert (
        "Also over 85%: when the past decides, forward and bidirectional; when the future decides, backward and"
        " bidirectional." in answer
    )


def test_the_headline_claims_nothing_that_an_interval_leaves_open() -> None:
    answer = headline(table({**AS_EXPECTED, "both decide": (0.56, 0.61, 0.855)})).answer
    assert answer.startswith("These runs leave it open: when both decide, bidirectional may or may not")


@pytest.mark.parametrize("both", [(0.56, 0.95, 0.97), (0.5, 0.5, 0.5)])
def test_the_headline_says_so_where_both_are_not_needed_or_not_enough(both: tuple[float, float, float]) -> None:
    answer = headline(table({**AS_EXPECTED, "both decide": both})).answer
    assert answer.startswith("These runs do not show that both are ever needed")


def test_the_headline_waits_for_all_nine() -> None:
    assert headline(table({**AS_EXPECTED, "past decides": (np.nan, 0.4, 0.9)})).whole == "Not all nine are trained yet."
