"""What the page waits for after a press of Train, and that it waits for nothing else."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from ui import live


class Service:
    """A job service whose training takes so many looks, and has done a step by each unless it compiles."""

    def __init__(self, looks: int, state: str = "ready", *, compiling: bool = False) -> None:
        self.looks, self.state, self.compiling, self.seen = looks, state, compiling, 0

    def view(self, *_: str) -> Any:
        self.seen += 1
        return SimpleNamespace(over=self.seen >= self.looks, steps_done=0 if self.compiling else self.seen)


@pytest.fixture(autouse=True)
def pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.st, "session_state", {"live.pressed.Train": True})
    monkeypatch.setattr(live.session, "watcher", lambda: "me")


def look(monkeypatch: pytest.MonkeyPatch, service: Service) -> Any:
    monkeypatch.setattr(live.session, "jobs", lambda: service)
    return live.look("Train", "job")


def test_a_short_training_is_over_at_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(monkeypatch, Service(5)).over


def test_only_the_first_look_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(1_000, compiling=True)
    assert not look(monkeypatch, service).over
    waited = service.seen
    assert 1 < waited <= live.FIRST_S / live.TICK_S + 2
    look(monkeypatch, service)
    assert service.seen == waited + 1


def test_a_long_training_is_shown_sooner_than_one_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_S", 60.0)
    start = time.monotonic()
    assert not look(monkeypatch, Service(10**9)).over
    assert live.SHORT_S < time.monotonic() - start < 30


@pytest.mark.parametrize("warming", ["starting", "warming", "failed"])
def test_nobody_waits_for_a_worker_that_is_not_ready(monkeypatch: pytest.MonkeyPatch, warming: str) -> None:
    service = Service(2, warming)
    assert not look(monkeypatch, service).over
    assert service.seen == 1


def test_a_training_that_was_lost_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(2)
    monkeypatch.setattr(service, "view", lambda *_: None)
    assert look(monkeypatch, service) is None
