"""The map of a sweep: squares, dots where nothing is measured yet, and the boundary of the goal."""

import numpy as np
import pandas as pd
import pytest

from bilstm_core import figures
from bilstm_core.figures import canvas, sweep


def table(right: list[list[float]], measured: list[list[bool]]) -> pd.DataFrame:
    """Rows from below, for units 1 and 40 and timesteps 2, 4 and 6."""
    return pd.DataFrame(
        [
            {"x": x, "y": y, "right": right[row][column], "measured": measured[row][column], "about": f"{x} {y}"}
            for row, y in enumerate(["1", "40"])
            for column, x in enumerate(["2", "4", "6"])
        ]
    )


def drawn(**more: object) -> dict[str, object]:
    figure = figures.sweep_map(
        table([[0.9, 0.5, 0.1], [1.0, 0.95, np.nan]], [[True, False, True], [True, True, False]]),
        across="timesteps",
        up="units",
        goal=0.9,
        **more,
    )
    return {trace.name: trace for trace in figure.data}


def test_measured_squares_are_filled_estimates_are_dots_and_the_unknown_is_empty() -> None:
    traces = drawn()
    np.testing.assert_array_equal(traces[sweep.RIGHT].z, [[0.9, np.nan, 0.1], [1.0, 0.95, np.nan]])
    dots = traces["estimated"]
    assert (list(dots.x), list(dots.y), list(dots.marker.color)) == ([1], [0], [0.5])


def test_a_square_that_is_pressed_says_its_values() -> None:
    assert drawn()[sweep.RIGHT].customdata[1][2].tolist() == ["6", "40"]


def test_the_open_square_is_framed_and_a_dot_can_be_pressed_too() -> None:
    figure = figures.sweep_map(
        table([[0.9, 0.5, 0.1], [1.0, 0.95, 0.2]], [[True, False, True], [True] * 3]),
        across="timesteps", up="units", goal=0.9, chosen=(0, 1),
    )  # fmt: skip
    assert {(shape.x0, shape.x1, shape.y0, shape.y1) for shape in figure.layout.shapes} == {(0.5, 1.5, -0.5, 0.5)}
    dots = next(trace for trace in figure.data if trace.name == "estimated")
    assert [list(place) for place in dots.customdata] == [["4", "1"]]


def test_a_boundary_between_measured_squares_is_drawn_through_and_a_presumed_one_is_dotted() -> None:
    traces = drawn(boundary=[((0.5, -0.5, 0.5, 0.5), False), ((1.5, 0.5, 1.5, 1.5), True)])
    assert (traces["boundary"].line.dash, list(traces["boundary"].x)) == ("solid", [1.5, 1.5, None])
    assert (traces["presumed boundary"].line.dash, list(traces["presumed boundary"].y)) == ("dot", [-0.5, 0.5, None])


def test_the_best_possible_is_a_row_of_its_own_on_the_same_colors() -> None:
    assert sweep.BEST not in drawn()
    best = drawn(best=[1.0, 0.9, 0.8])[sweep.BEST]
    np.testing.assert_array_equal(best.z, [[1.0, 0.9, 0.8]])
    assert best.coloraxis == drawn()[sweep.RIGHT].coloraxis


@pytest.mark.parametrize("goal", [0.5, 0.75, 0.9, 0.99])
def test_colors_grow_lighter_with_a_step_at_the_goal(goal: float) -> None:
    def lightness(color: str) -> float:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        ]
        relative = float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
        return 116 * relative ** (1 / 3) - 16 if relative > 0.008856 else 903.3 * relative

    axis = figures.sweep_map(
        table([[0.9, 0.5, 0.1]] * 2, [[True] * 3] * 2), across="timesteps", up="units", goal=goal
    ).layout.coloraxis
    places, colors = zip(*axis.colorscale, strict=True)
    assert places[0] == axis.cmin == 0
    assert places[-1] == axis.cmax == 1
    steps = np.diff([lightness(color) for color in colors])
    assert (steps > 0).all()
    assert steps.max() == steps[list(places).index(goal)]
    assert goal in axis.colorbar.tickvals
    assert np.diff(axis.colorbar.tickvals).min() > 0.005


@pytest.mark.parametrize(("count", "most"), [(1, 10), (10, 10), (20, 10), (3, 6), (40, 6)])
def test_an_axis_says_no_more_values_than_fit_and_the_first_of_them(count: int, most: int) -> None:
    places = sweep._some(count, most)
    assert len(places) <= most
    assert places[0] == 0
    assert len(set(np.diff(places))) <= 1


def test_what_is_seen_is_said() -> None:
    figure = figures.sweep_map(
        table([[0.9, 0.5, 0.1], [1.0, 0.95, 0.2]], [[True] * 3] * 2), across="timesteps", up="units", goal=0.9
    )
    assert canvas.says(figure) == (
        "6 of 6 squares are measured, timesteps 2 to 6, units 1 to 40. 3 of them reach 90% of whole sequences right. "
        "The highest share is 100.0%, at timesteps 2 and units 40."
    )
