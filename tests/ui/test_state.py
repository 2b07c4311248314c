"""Every key of the session and every parameter of the address is spelt in ui/state.py."""

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from ui import state

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("ui", "pages") for path in sorted((ROOT / folder).rglob("*.py"))] + [ROOT / "app.py"]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    session: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", session)
    return session


def spelt(source: str) -> list[int]:
    """The lines that use the session or the address, or put together the key of a page's entry."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="st"), attr="session_state" | "query_params"):
                lines.append(node.lineno)
            case ast.ImportFrom(names=names) if {"session_state", "query_params"} & {name.name for name in names}:
                lines.append(node.lineno)
            case ast.JoinedStr(values=[ast.FormattedValue(value=page), ast.Constant(value=str(rest)), *_]):
                if ast.unparse(page).lower().endswith("page") and rest.startswith("."):
                    lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_session_key_is_spelt_in_state_alone(path: Path) -> None:
    assert bool(spelt(path.read_text())) == (path.name == "state.py"), spelt(path.read_text())


@pytest.mark.parametrize(
    "line",
    ["st.session_state['a']", "st.query_params.get('job')", "from streamlit import session_state", "f'{page}.seed'"],
)
def test_a_key_that_is_spelt_elsewhere_would_be_seen(line: str) -> None:
    assert spelt(line) == [1]


def test_no_two_entries_have_the_same_key() -> None:
    entries = [entry for entry in vars(state).values() if isinstance(entry, state.Entry | state.Each)]
    keys = [entry.key if isinstance(entry, state.Entry) else entry.pattern for entry in entries]
    assert len(keys) > 30
    assert len(set(keys)) == len(keys)


def test_an_entry_is_what_it_is_at_first_until_it_is_set_and_once_it_is_dropped(session: dict[str, Any]) -> None:
    entry = state.WISHED("Why")
    assert (entry.get(), entry.is_set(), session) == (0, False, {})
    entry.set(3)
    assert (entry.get(), entry.is_set(), session) == (3, True, {"Why.wished": 3})
    assert entry.take() == 3
    entry.drop()
    assert (entry.get(), session) == (0, {})


def test_a_component_that_is_not_on_the_page_any_more_has_reported_nothing(session: dict[str, Any]) -> None:
    assert state.event("waits.listener", "ready") is None
    session["waits.listener"] = SimpleNamespace(ready="name")
    assert state.event("waits.listener", "ready") == "name"


def test_a_list_that_is_changed_in_place_is_one_sessions_own(
    session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    state.TRAY.ensure().append({"key": "", "name": "mine", "shown": True})
    assert [entry["name"] for entry in session["session.tray"]] == ["mine"]
    monkeypatch.setattr(st, "session_state", {})
    assert state.TRAY.ensure() == []


def key_in_words(source: str) -> list[int]:
    """The lines where what a cache goes by is put into words, of which two things can be the same."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Call(func=ast.Name(id="cached" | "cached_for_session" | "unless_edited"), args=args)
                | ast.Call(func=ast.Attribute(attr="unless_edited"), args=args)
            ):
                lines += [arg.lineno for arg in args if isinstance(arg, ast.JoinedStr | ast.Constant)]
            case ast.Call(func=ast.Name(id="id")):
                lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_cache_goes_by_a_tuple_of_what_a_figure_takes(path: Path) -> None:
    assert not key_in_words(path.read_text())
    assert key_in_words("cached(f'wall {number}', build)")
