"""The board of the smallest models: a square for each place, in words, under the name of its problem."""

import numpy as np
import pandas as pd
import pytest

from bilstm_core import figures
from bilstm_core.figures import canvas
from bilstm_core.figures.board import KINDS, SMALLEST

TABLE = pd.DataFrame(
    [
        (problem, direction, count, length, kind, f"{kind} at length", kind, direction, [problem, direction], own)
        for problem in ("Sum", "Window")
        for direction, kind, own in (("forward", "found", problem == "Sum"), ("backward", "impossible", False))
        for count, length in ((2, "two"), (5, "five timesteps"))
    ],
    columns=["problem", "direction", "timesteps", "length", "kind", "text", "short", "about", "key", "own"],
)


def test_squares_stand_under_the_name_of_their_problem_and_say_what_they_are_when_pressed() -> None:
    figure = figures.board(TABLE)
    [squares] = figure.data
    rows = squares.meta["names_down"]
    assert rows == ["Sum", "Sum, forward", "Sum, backward", "Window", "Window, forward", "Window, backward"]
    assert squares.name == SMALLEST
    assert np.isnan(squares.z[[0, 3]]).all(), "a name has no squares"
    assert squares.z[1].tolist() == [KINDS.index("forward")] * 2
    assert squares.z[2].tolist() == [KINDS.index("impossible")] * 2
    assert squares.customdata[4][1].tolist() == ["Window", "forward"]
    assert squares.text[2].tolist() == ["impossible at length"] * 2


def test_every_square_has_its_words_and_shorter_ones_for_a_phone() -> None:
    figure = figures.board(TABLE)
    said = {(note.x, note.y): (note.text, note.name) for note in figure.layout.annotations if note.xref == "x"}
    assert len(said) == 8
    assert said[1, 4] == ("found at length", "found")
    names = [note.text for note in figure.layout.annotations if note.xref == "paper"]
    assert names == ["<b>Sum</b>", "forward", "backward", "<b>Window</b>", "forward", "backward"]
    narrow = figure.layout.meta["narrow"]
    assert narrow["xaxis"]["ticktext"] == ["2", "5"]
    assert narrow["xaxis"]["title"]["text"] == "timesteps", "a number alone says nothing"
    assert narrow["height"] - narrow["margin"]["t"] == figure.layout.height - figure.layout.margin.t


@pytest.mark.parametrize(
    ("chosen", "corner"),
    [
        (("Window", "backward", "five timesteps"), [(0.5, 4.5)]),
        (("Window", "sideways", "five timesteps"), []),
        (None, []),
    ],
)
def test_the_open_square_is_framed(chosen: tuple[str, str, str] | None, corner: list[tuple[float, float]]) -> None:
    shapes = [shape for shape in figures.board(TABLE, chosen=chosen).layout.shapes if shape.name == "chosen"]
    assert [(shape.x0, shape.y0) for shape in shapes] == corner


def test_a_square_without_a_model_is_outlined_where_some_were_tried_and_hatched_where_none_can_be_enough() -> None:
    tried = TABLE.assign(kind=TABLE["kind"].where(TABLE["problem"] == "Sum", "none"))
    shapes = figures.board(tried).layout.shapes
    outlined = [(round(shape.x0 + 0.485), round(shape.y1 - 0.44)) for shape in shapes if shape.name == "none"]
    assert outlined == [(0, 4), (1, 4), (0, 5), (1, 5)]
    [hatched] = [shape.path for shape in shapes if shape.name == "impossible"]
    assert {round(float(point.split(",")[1].split("L")[0])) for point in hatched.split("M")[1:]} == {2}
    found = figures.board(TABLE.assign(kind="found"))
    assert not found.layout.shapes


def test_the_board_is_said_in_counts() -> None:
    assert canvas.says(figures.board(TABLE)) == (
        "Of 8 squares 4 name a smallest model; in 0 none was found, and in 4 the best possible, label by label, is too "
        "low. 2 say what you found, which is smaller."
    )
    assert "you found" not in canvas.says(figures.board(TABLE.assign(own=False)))
