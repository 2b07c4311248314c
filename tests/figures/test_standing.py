"""How models stand on held-out sequences: what is far from all others is named, and leaves the axis to them."""

import pandas as pd
import plotly.graph_objects as go
import pytest

from bilstm_core import figures

NAMES = ("base rate", "forward", "bidirectional")


def stands(middles: list[float], *, shares: bool = True) -> go.Figure:
    half = 0.01
    table = pd.DataFrame(
        {
            "label": NAMES[: len(middles)],
            "middle": middles,
            "low": [middle - half for middle in middles],
            "high": [middle + half for middle in middles],
            "scores": [[middle] for middle in middles],
        }
    )
    styles = {name: figures.style("forward") for name in NAMES}
    return figures.standing(table, styles, shares=shares, title="right")


def drawn(figure: go.Figure) -> set[str]:
    return {trace.name for trace in figure.data if trace.name}


def said(figure: go.Figure, name: str) -> str:
    return next(note.text for note in figure.layout.annotations if note.text.startswith(f"<b>{name}</b>"))


@pytest.mark.parametrize(
    ("middles", "shares", "where"), [([0.17, 0.77, 0.8], True, "left"), ([0.9, 0.3, 0.28], False, "right")]
)
def test_what_is_far_worse_than_all_others_is_named_beside_the_axis(
    middles: list[float], shares: bool, where: str
) -> None:
    figure = stands(middles, shares=shares)
    assert drawn(figure) == {"forward", "bidirectional"}
    low, high = figure.layout.xaxis.range
    assert high - low < 0.1
    assert said(figure, "base rate").endswith(f", {where} of this axis")
    assert "of this axis" not in said(figure, "forward")


@pytest.mark.parametrize("middles", [[0.7, 0.77, 0.8], [0.17, 0.77], [0.8, 0.77, 0.3]])
def test_what_is_not_so_far_and_what_is_better_is_drawn(middles: list[float]) -> None:
    figure = stands(middles)
    far = "bidirectional" if middles[-1] == 0.3 else None
    assert drawn(figure) == set(NAMES[: len(middles)]) - {far}
    assert ("of this axis" in said(figure, "base rate")) is False
