"""What a change of the source does to what is cached."""

import threading

import pytest
import streamlit as st

from ui import renewal


def test_every_change_of_the_source_forgets_what_was_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    @st.cache_resource
    def thing() -> int:
        made.append("again")
        return len(made)

    renewal._loaded.clear()  # type: ignore[attr-defined]
    for source in ("one", "two", "three"):
        monkeypatch.setattr(renewal, "_source", lambda source=source: source)
        renewal.renew()
        assert (thing(), thing()) == (len(made), len(made))
    assert len(made) == 3
    renewal.renew()
    assert thing() == 3
    renewal._loaded.clear()  # type: ignore[attr-defined]


def test_two_sessions_that_come_with_a_new_source_forget_once_and_keep_the_new_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both look at the old source before either forgets; the service that the first then makes stays open."""
    closed: list[int] = []
    made: list[int] = []

    @st.cache_resource(on_release=closed.append)
    def service() -> int:
        made.append(len(made))
        return made[-1]

    monkeypatch.setattr(renewal, "_source", lambda: "old")
    renewal._loaded.clear()  # type: ignore[attr-defined]
    renewal.renew()
    assert service() == 0
    looked, served_first = threading.Event(), threading.Event()

    def new_source() -> str:
        """The second session has compared before the first forgets, and goes on when the first has a service."""
        if threading.current_thread().name != "second":
            looked.wait(0.3)
        elif not looked.is_set():
            looked.set()
            served_first.wait(1)
        return "new"

    monkeypatch.setattr(renewal, "_source", new_source)
    served: dict[str, int] = {}

    def session() -> None:
        name = threading.current_thread().name
        renewal.renew()
        served[name] = service()
        if name == "first":
            served_first.set()

    sessions = [threading.Thread(target=session, name=name) for name in ("first", "second")]
    for thread in sessions:
        thread.start()
    for thread in sessions:
        thread.join()
    assert served == {"first": 1, "second": 1}
    assert closed == [0], "the old one, once"
    renewal._loaded.clear()  # type: ignore[attr-defined]
