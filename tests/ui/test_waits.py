"""What a page waits for beside its own jobs: it is listened to, or asked for where the server tells nothing."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui import elsewhere, registry, session, state, waits


def page() -> None:
    from ui import waits

    waits.begin()
    waits.again_when(lambda: False, "It is being computed.")
    waits.listen()


def drawn(visit: AppTest) -> Any:
    (component,) = visit.get("bidi_component")
    return json.loads(json.loads(component.proto.json)["asked"])


@pytest.mark.parametrize("deaf", [False, True])
def test_a_page_is_asked_for_again_and_again_only_where_the_server_tells_nothing(deaf: bool) -> None:
    visit = AppTest.from_function(page)
    visit.session_state[state.DEAF.key] = deaf
    visit.run()
    assert not visit.exception
    assert [text.value for text in visit.caption] == ["It is being computed."]
    names = drawn(visit)["waits"]
    assert len(names) == (not deaf)
    assert all(waits.find(name) for name in names)


def test_a_page_that_runs_again_waits_for_what_it_still_asks_for_and_nothing_else() -> None:
    visit = AppTest.from_function(page).run()
    (first,) = drawn(visit)["waits"]
    (second,) = drawn(visit.run())["waits"]
    assert first != second


def test_what_is_forgotten_for_the_sake_of_others_is_no_fault() -> None:
    waits._awaited.clear()  # type: ignore[attr-defined]
    names = [waits.offer(lambda: True) for _ in range(waits.MOST + 1)]
    assert waits.find(names[0]) is None
    assert waits.find(names[-1])


@pytest.mark.parametrize(("sent", "deaf", "refused"), [("x", True, []), ({"forged": 1}, False, [waits.KEY])])
def test_a_browser_that_hears_nothing_is_believed_and_a_forged_report_refused(
    monkeypatch: pytest.MonkeyPatch, sent: Any, deaf: bool, refused: list[str]
) -> None:
    refusals: list[str] = []
    monkeypatch.setattr(waits.st, "session_state", {waits.KEY: SimpleNamespace(deaf=sent)})
    monkeypatch.setattr(waits.wire, "refuse", refusals.append)
    waits._report("deaf")
    assert state.DEAF.get() is deaf
    assert refusals == refused


def test_other_pages_jobs_are_followed_and_say_how_far_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = {"Train": "a", "Why": "b", "Directions": "lost", "Inside": "mine"}
    views = {
        "a": SimpleNamespace(id="a", state="running", steps_done=1, steps=4),
        "b": SimpleNamespace(id="b", state="failed", steps_done=1, steps=4),
    }
    watched: list[str] = []

    def view(job: str, watcher: str) -> Any:
        watched.append(watcher)
        return views.get(job)

    told: list[Any] = []
    monkeypatch.setattr(state.st, "session_state", {})
    monkeypatch.setattr(session, "job", jobs.get)
    monkeypatch.setattr(session, "jobs", lambda: SimpleNamespace(view=view))
    monkeypatch.setattr(session, "watcher", lambda: "me")
    monkeypatch.setattr(waits, "listen", lambda watcher="", jobs=(): told.append((watcher, jobs)))
    elsewhere.listen(registry.INSIDE)
    ((watcher, followed),) = told
    assert (watcher, [job["job"] for job in followed]) == ("me", ["a", "b"])
    assert followed[0]["now"] == "Train: 25% trained. The result waits there."
    assert followed[1]["now"] == "Why: the training failed. The reason stands there."
    assert watched == ["me"] * 3
