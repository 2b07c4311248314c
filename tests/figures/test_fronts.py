"""Models by what they cost and how much they get right: those that nobody beats stand out."""

import pandas as pd

from bilstm_core import figures
from bilstm_core.figures import canvas, fronts

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


def test_no_more_names_are_written_than_can_be_read_the_first_and_the_last_among_them() -> None:
    figure = figures.front(MODELS, cost="parameters", color="#23844D", goal=0.9)
    names = [note.text for note in figure.layout.annotations]
    assert len(names) == fronts.MOST_NAMED
    assert (names[0], names[-1]) == ("1 units", "8 units")


def test_the_front_is_said() -> None:
    table = MODELS[MODELS["unbeaten"]].head(2)
    says = canvas.says(figures.front(table, cost="parameters", color="#23844D", goal=0.9))
    assert says == (
        "Of 2 models nobody beats 2 in parameters: 1 units with 20.0% and 2 units with 50.0% of whole sequences right."
    )
