"""What a change of the source does to what is cached."""

import pytest
import streamlit as st

from ui import frame


def test_every_change_of_the_source_forgets_what_was_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    @st.cache_resource
    def thing() -> int:
        made.append("again")
        return len(made)

    frame._loaded.clear()  # type: ignore[attr-defined]
    for source in ("one", "two", "three"):
        monkeypatch.setattr(frame, "_source", lambda source=source: source)
        frame._renew()
        assert (thing(), thing()) == (len(made), len(made))
    assert len(made) == 3
    frame._renew()
    assert thing() == 3
    frame._loaded.clear()  # type: ignore[attr-defined]
