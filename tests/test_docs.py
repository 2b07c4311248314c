"""The notebooks of docs/ run, in small, and what is kept in them comes from a run; every room is in architecture.md."""

import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

from bilstm_core.choices import MERGE_MODES
from bilstm_core.runs import Run
from docs import notebooks

ROOT = Path(__file__).parents[1]
PATHS = sorted(notebooks.FOLDER.glob("*.ipynb"))


def kept(notebook: dict) -> list[dict]:
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def printed(notebook: dict) -> str:
    return "".join("".join(output["text"]) for output in kept(notebook) if "text" in output)


@pytest.fixture(scope="module")
def in_small() -> tuple[dict, dict]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMALL", "1")
        notebook = notebooks.read(notebooks.FOLDER / "four_experiments.ipynb")
        return notebook, notebooks.execute(notebook)


def test_the_four_experiments_run_as_they_stand(in_small: tuple[dict, dict]) -> None:
    notebook, names = in_small
    assert isinstance(names["lstm"], Run)
    assert {label: len(group) for label, group in names["merges"].items()} == dict.fromkeys(MERGE_MODES, 2)
    figures = [output for output in kept(notebook) if output.get("data", {}).get("text/plain") == ["<Figure>"]]
    assert len(figures) == 6
    table = names["table"]
    for label in ("forward", "backward", "backward, tutorial's order", "bidirectional"):
        assert f"{label}: loss {table['loss'][label]:.3f}, at best {table['best'][label]:.3f}" in printed(notebook)


def test_what_differs_from_the_tutorial_is_said_of_each_experiment(in_small: tuple[dict, dict]) -> None:
    notebook, _ = in_small
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    experiments = [part for part in re.split(r"^## ", "\n".join(texts), flags=re.M) if re.match(r"\d\. ", part)]
    assert len(experiments) == 4
    for experiment in experiments:
        differs = experiment.partition("**Where this differs from the tutorial's text.**")[2]
        assert differs
        assert not re.search(r"\d\.\d", differs)  # what is measured is printed by a cell


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_notebook_is_kept_small_and_with_the_outputs_of_a_whole_run(path) -> None:
    notebook = notebooks.read(path)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert path.stat().st_size < 500_000
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    figures = [output["data"] for output in kept(notebook) if output.get("data", {}).get("text/plain") == ["<Figure>"]]
    assert figures
    assert all("image/png" in figure for figure in figures)
    assert not any(output["output_type"] == "error" for output in kept(notebook))


def test_a_picture_is_kept_of_a_figure_and_text_of_all_else() -> None:
    cells = [
        "import plotly.graph_objects as go\nprint('drawn')\ngo.Figure()",
        "figure = 3",
        "figure",
    ]
    notebook = {"cells": [{"cell_type": "code", "source": [source]} for source in cells]}
    names = notebooks.execute(notebook, lambda figure: b"png" if isinstance(figure, go.Figure) else b"")
    stream, shown, number = kept(notebook)
    assert stream["text"] == ["drawn\n"]
    assert shown["data"]["image/png"] == "cG5n"
    assert number["data"] == {"text/plain": ["3"]}
    assert names["figure"] == 3


@pytest.mark.parametrize("folder", ["bilstm_core", "ui"])
def test_the_architecture_says_what_every_module_and_folder_is_for(folder: str) -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.partition(f"In `{folder}/`")[2].partition("\n\n|")[2].partition("\n\n")[0]
    rooms = re.findall(r"`([^`]+)`", "".join(row.split(" | ")[0] for row in table.splitlines()))
    modules = {path.name for path in (ROOT / folder).glob("*.py")} - {"__init__.py"}
    folders = {f"{path.parent.name}/" for path in (ROOT / folder).glob("*/*.py")}
    assert modules | folders <= set(rooms)
    assert len(rooms) == len(set(rooms))
    assert all((ROOT / folder / room).exists() for room in rooms)
