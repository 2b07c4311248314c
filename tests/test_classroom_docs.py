"""docs/classroom.md: its links open what they say, and each number in it is printed again from the recorded results."""

import re
import shlex
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st
from click.testing import CliRunner

from bilstm_core.command_line.program import bilstm
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.store import read_recorded
from tests.ui.test_links import Bar
from ui import page_links, registry
from ui.cell import sentences, subject

TEXT = (Path(__file__).parents[1] / "docs" / "classroom.md").read_text()
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| (?!---|minutes|exercise)", line)]
LINKS = re.findall(r"\((http://localhost:8501/[^)]*)\)", TEXT)
NUMBER = re.compile(r"\*\*([\d.]+%?)\*\*")


def commands(row: str) -> list[str]:
    return re.findall(r"`bilstm ([^`]+)`", row)


def test_each_step_has_a_link_and_every_number_a_source() -> None:
    assert len(ROWS) > 15
    for row in ROWS:
        assert "http://localhost:8501/" in row, row
        if NUMBER.search(row) and not commands(row):
            assert re.search(r"8501/(problem|cell)\?", row), row


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_a_link_opens_what_it_says(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "query_params", Bar())
    parts = urlsplit(link)
    [page] = [page for page in registry.PAGES if page.path == f"pages/{parts.path.strip('/') or 'overview'}.py"]
    known = {each.name: each for each in page_links.of(page.name)}
    for name, text in parse_qsl(parts.query, strict_parsing=bool(parts.query)):
        known[name].put((text,))  # ValueError, with a sentence, for what is not allowed


@pytest.mark.parametrize("command", sorted({command for row in ROWS for command in commands(row)}))
def test_a_command_prints_the_numbers_of_its_rows_from_recorded_results(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BILSTM_STORE", str(tmp_path))
    ended = CliRunner().invoke(bilstm, shlex.split(command))
    assert ended.exit_code == 0, ended.output
    assert "Training" not in ended.output, "all of it is recorded"
    for row in ROWS:
        if command in commands(row):
            for number in NUMBER.findall(row):
                assert number in ended.output, f"{number} of {row}"


def test_the_numbers_of_the_cell_are_those_that_its_page_says() -> None:
    run = read_recorded(PRESETS[DEFAULT_PRESET])
    assert run
    walk = subject.walk("nobody", run)
    said = sentences.answer(walk.steps, walk.flip, 2.5, walk.unit)
    [row] = [row for row in ROWS if "8501/cell" in row and NUMBER.search(row)]
    assert f"unit {walk.unit} keeps" in row
    for number in NUMBER.findall(row):
        assert number in said, number
