"""Whoever looks after the app learns whether it does what it is there for, and nothing of anybody who uses it."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from streamlit import runtime

from bilstm_core import limits
from tests.service.test_queue import ONE, TWO, House, house
from tests.ui.hosting.asgi import scope
from ui import imports, services
from ui.hosting import door, health

__all__ = ["house"]  # the fixture
REQUEST = Request(scope(path="/healthz"))


@pytest.fixture(autouse=True)
def ready(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(imports, "over", lambda: True)
    monkeypatch.setattr(services, "jobs", lambda: house.jobs)
    monkeypatch.setattr(health, "PAGE_CHECK", health.PageCheck())
    return house


class Script:
    """Stands for Streamlit's runtime: whether app.py runs to its end, and how often it was run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, sound: bool = True, takes_s: float = 0.0) -> None:
        self.sound, self.takes_s, self.runs = sound, takes_s, 0
        monkeypatch.setattr(runtime, "get_instance", lambda: self)

    async def does_script_run_without_error(self) -> tuple[bool, str]:
        self.runs += 1
        await asyncio.sleep(self.takes_s)
        return self.sound, ""


def ask() -> Response:
    return asyncio.run(health.healthz(REQUEST))


def test_an_app_that_shows_pages_and_trains_is_healthy(monkeypatch: pytest.MonkeyPatch, ready: House) -> None:
    Script(monkeypatch)
    answer = ask()
    assert answer.status_code == 200
    assert json.loads(bytes(answer.body)) == {"page": "ready", "worker": ready.jobs.state}
    assert answer.headers["cache-control"] == "no-store"


def test_an_app_that_still_imports_is_healthy_and_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "over", lambda: False)
    Script(monkeypatch)
    assert json.loads(bytes(ask().body))["worker"] == "starting"


def test_a_page_that_fails_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    Script(monkeypatch, sound=False)
    answer = ask()
    assert (answer.status_code, answer.body.decode()) == (503, health.NO_PAGE)  # type: ignore[union-attr]


def test_a_page_that_takes_too_long_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PAGE_S", 0.01)
    Script(monkeypatch, takes_s=30.0)
    assert bytes(ask().body).decode().startswith("A page takes longer than")


def test_without_a_server_no_page_can_be_shown() -> None:
    assert asyncio.run(health.page_problem()) == health.NO_PAGE


@pytest.mark.parametrize("told", ["problem", "notice"])
def test_a_worker_that_cannot_be_had_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    Script(monkeypatch)
    jobs = SimpleNamespace(state="failed" if told == "problem" else "starting", problem="", notice="", **{})
    setattr(jobs, told, "There is too little memory.")
    monkeypatch.setattr(services, "jobs", lambda: jobs)
    answer = ask()
    assert (answer.status_code, bytes(answer.body)) == (503, b"There is too little memory.")


def test_whoever_asks_often_has_the_page_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(monkeypatch, takes_s=0.01)

    async def crowd() -> None:
        check = health.PageCheck()
        assert {*await asyncio.gather(*(check.problem() for _ in range(20)))} == {""}
        assert await check.problem() == ""

    asyncio.run(crowd())
    assert script.runs == 1


def test_the_status_is_hidden_unless_it_is_allowed() -> None:
    assert asyncio.run(health.status(REQUEST)).status_code == 404


def test_the_status_counts_people_jobs_and_memory_and_names_nobody(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "limits", lambda: limits.Limits(status=True))
    monkeypatch.setattr(door.VISITS, "pages", 3)
    ids = [ready.begin([ONE]), ready.jobs.submit([TWO], watcher="somebody")]
    text = bytes(asyncio.run(health.status(REQUEST)).body).decode()
    told: dict[str, Any] = json.loads(text)
    assert (told["people"], told["jobs"], told["jobs_waiting"]) == (3, 2, 1)
    assert told["memory_mb"]["app"] > 50
    assert not any(name in text for name in [*ids, "somebody", "units"])
