"""What the page waits for after a press of Train, and that it waits for nothing else."""

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bilstm_core.service.caretaker import State
from bilstm_core.service.job_view import JobView
from bilstm_core.specs import RunSpec, TrainingSpec
from tests.test_store import finished
from ui import live, wording


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


READY = {
    "id": "j",
    "state": "running",
    "message": "",
    "specs": (),
    "runs": [],
    "steps_done": 0,
    "steps": 1_000,
    "elapsed_s": 2.0,
    "remaining_s": None,
    "curves": {},
    "at_work": False,
    "compiling": False,
    "restarted": False,
    "restarts": 0,
    "silent_s": 0.0,
    "ahead": 0,
    "watchers": 1,
    "about": {},
}
DIED = "The training process stopped. It was started again, and so was this training."
LOADS = "Getting ready: TensorFlow is loading in the background. Training starts by itself."
COMPILES = "Compiling this network, once for all trainings of its shape."
SILENT = "No word from the training process for 7 s. If it has stopped, it is started again."
LEARNING = {"at_work": True, "steps_done": 250}


@pytest.mark.parametrize(
    ("now", "state", "problem", "expected"),
    [
        ({"state": "queued"}, "starting", "", LOADS),
        ({"state": "queued"}, "warming", "", LOADS),
        ({"state": "queued"}, "ready", "", "Starting."),
        ({"state": "queued"}, "starting", "No workers.", "No workers."),
        ({"state": "queued", "ahead": 1}, "ready", "", "Waiting for another training."),
        ({"state": "queued", "ahead": 1}, "warming", "", "Waiting for another training."),
        ({"state": "queued", "ahead": 3}, "ready", "", "Waiting for 3 other trainings."),
        (
            {"steps_done": 250, "ahead": 1},
            "ready",
            "",
            "Giving way to another training. 25% is done.",
        ),
        ({"state": "queued", "ahead": 3, "waits_s": 6.4}, "ready", "", "Waiting for 3 other trainings, about 6 s."),
        (
            {"state": "queued", "ahead": 3, "waits_s": 0.4, "short": 2_000},
            "ready",
            "",
            "Waiting for 3 other trainings. Up to 2,000 sequences a run go sooner.",
        ),
        ({"steps_done": 250}, "warming", "", LOADS + " 25% is done."),
        ({"at_work": True, "compiling": True}, "ready", "", COMPILES),
        ({"at_work": True, "compiling": True, "silent_s": 60.0}, "warming", "", COMPILES),
        (LEARNING, "warming", "", "250 of 1,000 weight updates, 2.0 s"),
        (LEARNING | {"remaining_s": 6.0}, "ready", "", "250 of 1,000 weight updates, 2.0 s, about 6 s left"),
        (LEARNING | {"restarts": 2}, "ready", "", "250 of 1,000 weight updates, 2.0 s"),
        (LEARNING | {"silent_s": 7.4}, "ready", "", SILENT),
        ({"restarted": True, "restarts": 1}, "starting", "", DIED),
        ({"restarted": True, "restarts": 1, "at_work": True, "compiling": True}, "ready", "", DIED),
        ({"at_work": True, "compiling": True, "restarts": 1}, "ready", "", COMPILES),
    ],
)
def test_the_line_says_what_is_so(now: dict[str, Any], state: State, problem: str, expected: str) -> None:
    assert wording.doing(JobView(**READY | now), state, problem) == expected


def test_retry_asks_only_for_what_was_not_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the same page and to be scored in the same way: a reload finds the new job, and no score is made twice."""
    asked: list[Any] = []
    monkeypatch.setattr(live, "start", lambda page, specs, **how: asked.append((page, specs, how)))
    monkeypatch.setattr(live.st, "error", lambda *_, **__: None)
    monkeypatch.setattr(live.st, "button", lambda *_, **__: True)
    monkeypatch.setattr(live.st, "rerun", lambda: None)
    specs = tuple(RunSpec(training=TrainingSpec(epochs=2, seed=seed)) for seed in range(3))
    first, second = finished(specs[0]), finished(specs[1])
    how = {"about": {"page": "Directions"}, "sequences": 2_000, "mixed": True}
    view = JobView(**READY | how | {"specs": specs, "runs": [first, replace(second, steps_done=1), None]})
    live._failed("Directions", "The training failed.", view)
    live.failure("Directions")
    assert asked == [("Directions", list(specs[1:]), how)]


def test_a_service_without_a_problem_needs_none_to_be_named() -> None:
    assert wording.doing(JobView(**READY | {"state": "queued"}), "ready") == "Starting."


def test_a_worker_may_be_silent_for_a_while() -> None:
    learning = JobView(**READY | LEARNING | {"silent_s": wording.SILENT_S})
    assert wording.doing(learning, "ready") == "250 of 1,000 weight updates, 2.0 s"


def test_the_end_that_a_browser_reports_is_taken_in_once_and_only_if_it_is_so(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = {"Train": "j"}
    now = JobView(**READY)
    done: list[JobView] = []
    service = SimpleNamespace(view=lambda *_: now, state="ready", problem="", notice="")
    monkeypatch.setattr(live.session, "jobs", lambda: service)
    monkeypatch.setattr(live.session, "job", jobs.get)
    monkeypatch.setattr(live.session, "set_job", lambda page, job: jobs.update({page: job}))
    watch = live._watch("Train", now, done.append)
    assert watch.ended("j")  # it still runs
    assert jobs["Train"] == "j"
    now = JobView(**READY | {"state": "done"})
    assert watch.ended("another job")
    assert not watch.ended({"forged": 1})
    assert jobs["Train"] == "j"
    assert watch.ended("j")
    assert watch.ended("j")
    assert done == [now]
    assert jobs["Train"] is None


def test_a_page_is_run_again_and_again_only_once_the_browser_has_heard_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    service = SimpleNamespace(state="ready", problem="", notice="")
    monkeypatch.setattr(live.session, "jobs", lambda: service)
    watch = live._watch("Train", JobView(**READY), lambda _: None)
    assert not watch.data()["polled"]
    assert watch.deaf("j")
    assert live._watch("Train", JobView(**READY), lambda _: None).data()["polled"]
