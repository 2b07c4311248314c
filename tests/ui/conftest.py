"""What tests of several pages put in place of the browser and of the service."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st

from bilstm_core.specs import RunSpec
from tests.ui.test_links import Bar
from ui import live


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The session of a visit without a page, beside an address bar."""
    session_: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", session_)
    monkeypatch.setattr(st, "query_params", Bar())
    return session_


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[RunSpec]:
    """What pages have trained, which is nothing."""
    specs: list[RunSpec] = []

    def start(_page: str, wanted: list[RunSpec], *_: object, **__: object) -> None:
        specs.extend(wanted)

    monkeypatch.setattr(live, "start", start)
    return specs
