"""The Overview's picture: what its parts say that they reach, and how little it needs."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Tree

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.choices import DIRECTIONS, MERGE_MODES
from bilstm_core.problems.base import View, reads
from ui.overview import network, picture

VIEWS: list[View] = ["forward", "backward", "backward_raw", "bidirectional"]


def parts(svg: str, kind: str) -> list[Tree.Element]:
    return [part for part in Tree.fromstring(svg).iter() if kind in part.get("class", "").split()]


def reached(part: Tree.Element) -> set[int]:
    return {int(output) for output in part.attrib["data-reaches"].split()}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("timesteps", [1, 2, 5])
def test_the_wiring_reads_what_the_view_reads(view: View, timesteps: int) -> None:
    read = network.reached_values(timesteps, view)
    rows = [[value in values for value in range(1, timesteps + 1)] for values in read]
    np.testing.assert_array_equal(rows, reads(view, timesteps))


@pytest.mark.parametrize("view", VIEWS)
def test_an_output_lights_the_values_that_it_has_read(view: View) -> None:
    svg = network.drawing(5, view)
    outputs = parts(svg, "output")
    assert [part.attrib["data-output"] for part in outputs] == ["1", "2", "3", "4", "5"]
    values = parts(svg, "value")
    for output, row in zip(outputs, reads(view, 5), strict=True):
        (chosen,) = reached(output)
        assert [chosen in reached(value) for value in values] == row.tolist()


@pytest.mark.parametrize("view", VIEWS)
def test_every_lit_cell_stands_on_lit_arrows(view: View) -> None:
    """A path from a value to an output is lit in one piece: no lit cell without a lit arrow in and one out."""
    boxes, edges, _ = network.wiring(5, view)

    def within(point: tuple[float, float], box: network.Box) -> bool:
        return abs(point[0] - box.x) < 0.35 and abs(point[1] - box.level) < 0.35

    for output in range(1, 6):
        lit = [edge for edge in edges if output in edge.reaches]
        for box in (box for box in boxes if output in box.reaches):
            assert any(within(edge.end, box) and edge.kind == box.kind for edge in lit)
            assert any(within(edge.start, box) and edge.kind == box.kind for edge in lit)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("forward", "those before it"),
        ("backward", "those after it"),
        ("bidirectional", "whole sequence"),
        ("backward_raw", "the last t values"),
    ],
)
def test_the_sentence_says_what_the_outputs_have_read(view: View, words: str) -> None:
    assert words in picture.sentence(view)


FIRST = """
import sys
from streamlit.testing.v1 import AppTest

visit = AppTest.from_file("app.py", default_timeout=60).run()
assert not visit.exception, visit.exception
assert visit.title[0].value == "What does reading both ways mean?"
heavy = ("pandas", "bilstm_core.problems", "bilstm_core.service.jobs", "ui.session", "plotly.graph_objs._figure")
print([name for name in heavy if name in sys.modules])
"""


def test_the_first_page_of_a_server_waits_for_no_heavy_import(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "BILSTM_STORE": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", FIRST], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


def _controls() -> None:
    from ui.overview import picture

    picture.controls()


def test_the_picture_offers_every_direction_and_merge_mode_in_their_order() -> None:
    visit = AppTest.from_function(_controls).run()
    direction, merge_mode = visit.button_group
    assert tuple(direction.options) == DIRECTIONS
    assert tuple(merge_mode.options) == MERGE_MODES
