"""Models by what they cost and how much they get right: those that nobody beats stand out."""

import itertools
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from bilstm_core import figures
from bilstm_core.figures import canvas

MODELS = pd.DataFrame(
    {
        "name": [f"{units} units" for units in range(1, 9)],
        "cost": [10.0 * units for units in range(1, 9)],
        "right": [0.2, 0.5, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9],
        "unbeaten": [True, True, False, True, True, True, True, True],
    }
)


def test_those_that_nobody_beats_are_joined_from_the_cheapest_on_and_the_others_are_dots() -> None:
    others, best = figures.front(MODELS, cost="parameters", color="#23844D", goal=0.9).data
    assert (others.mode, list(others.customdata)) == ("markers", ["3 units"])
    assert best.mode == "lines+markers"
    assert list(best.x) == sorted(best.x)
    assert len(best.x) == 7


def boxes(figure: go.Figure, notes: Sequence[Any], plot: float) -> list[tuple[float, float, float]]:
    """Left, right and height of each name on a plot so many px wide."""
    low, high = figure.layout.xaxis.range
    height = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    shares = {"left": 0.0, "center": 0.5, "right": 1.0}
    found = []
    for note in notes:
        wide = 7 * len(note["text"])
        left = (note["x"] - low) / (high - low) * plot - shares[note["xanchor"]] * wide
        found.append((left, left + wide, note["y"] / figure.layout.yaxis.range[1] * height))
    return found


@pytest.mark.parametrize(
    "names",
    [
        [f"{units} units" for units in range(1, 9)],
        [f"{units} units, a learning rate of 0.001" for units in range(1, 9)],
        ["1 unit", *["many units in batches of 50 sequences each"] * 7],
    ],
)
@pytest.mark.parametrize("alike", [True, False])
def test_names_never_overlap_nor_leave_the_plot_on_a_phone_either(names: list[str], alike: bool) -> None:
    table = MODELS.assign(name=names, right=0.9 if alike else MODELS["right"])
    figure = figures.front(table, cost="parameters", color="#23844D", goal=0.9)
    for notes, plot in (
        ([note.to_plotly_json() for note in figure.layout.annotations], 360),
        (figure.layout.meta["narrow"]["annotations"], 230),
    ):
        placed = boxes(figure, notes, plot)
        assert placed[0][0] >= -1
        for left, right, _ in placed:
            assert right <= max(plot, right - left) + 1
        for (left, right, up), (other_left, other_right, other_up) in itertools.combinations(placed, 2):
            assert right <= other_left or other_right <= left or abs(up - other_up) >= 18


def test_the_best_and_as_many_others_as_can_be_read_are_named() -> None:
    figure = figures.front(MODELS, cost="parameters", color="#23844D", goal=0.9)
    wide = [note.text for note in figure.layout.annotations]
    narrow = [note["text"] for note in figure.layout.meta["narrow"]["annotations"]]
    assert {"1 units", "8 units"} <= set(narrow) <= set(wide)
    assert 2 < len(narrow) <= len(wide) < 8


def test_the_front_is_said() -> None:
    table = MODELS[MODELS["unbeaten"]].head(2)
    says = canvas.says(figures.front(table, cost="parameters", color="#23844D", goal=0.9))
    assert says == (
        "Of 2 models nobody beats 2 in parameters: 1 units with 20.0% and 2 units with 50.0% of whole sequences right."
    )


def test_no_name_stands_on_the_dot_of_another_model() -> None:
    steep = pd.DataFrame({"name": ["1 unit", "2 units"], "cost": [10.0, 10.4], "right": [0.8, 0.9], "unbeaten": True})
    far = pd.DataFrame({"name": ["3 units"], "cost": [100.0], "right": [0.95], "unbeaten": True})
    figure = figures.front(pd.concat([steep, far]), cost="parameters", color="#23844D", goal=0.9)
    assert "1 unit" not in [note.text for note in figure.layout.annotations]
    apart = figures.front(pd.concat([steep.head(1), far]), cost="parameters", color="#23844D", goal=0.9)
    assert {"1 unit", "3 units"} == {note.text for note in apart.layout.annotations}
