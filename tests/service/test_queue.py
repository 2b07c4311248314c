"""What the job service gives to workers, and what becomes of it, with a cluster that does what the test says."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bilstm_core.engine import cost
from bilstm_core.limits import Limits
from bilstm_core.runs import Run, to_parts
from bilstm_core.service import at_work, dispatcher, forgetting, heartbeat, jobs, turns, upkeep
from bilstm_core.service.dispatcher import FAULTY_S, UNHEEDED_S
from bilstm_core.service.forgetting import ALONE_S, QUIET_ALONE_S, QUIET_S
from bilstm_core.service.heartbeat import SILENT_S, Sight
from bilstm_core.service.job_view import JobView
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec
from tests.test_store import finished

ONE = RunSpec(model=ModelSpec(units=1), training=TrainingSpec(epochs=2))  # each has a program of its own
FOUR = RunSpec(model=ModelSpec(units=40), training=TrainingSpec(epochs=2))
TWO = RunSpec(model=ModelSpec(units=10), training=TrainingSpec(epochs=2))
THREE = RunSpec(model=ModelSpec(units=30), training=TrainingSpec(epochs=2))


class Future:
    """A task of Dask's, which the test ends."""

    def __init__(self, key: str) -> None:
        self.key, self.status, self.outcome, self.callbacks = key, "pending", None, []
        self.arguments: tuple[Any, ...] = ()

    def add_done_callback(self, callback: Any) -> None:
        self.callbacks.append(callback)

    def end(self, status: str, outcome: Any = None) -> None:
        self.status, self.outcome = status, outcome
        for callback in self.callbacks:
            callback(self)

    def result(self, **_: float) -> Any:
        return self.outcome

    exception = result

    def release(self) -> None:
        self.status = "cancelled"


class FakeCluster:
    """A cluster of one worker, that trains nothing by itself."""

    remote, address = False, "tcp://there:1"

    def __init__(self) -> None:
        self.futures: dict[str, Future] = {}
        self.stops: list[str] = []
        self.starts = 0
        self.offers, self.size, self.room, self.beats = 1, 100_000_000, 0, 0
        self.alive, self.gone = True, False
        self.told: list[list[str] | None] = []  # the workers that each stop was told to; None for all
        self.client = SimpleNamespace(submit=self.submit, run=self.run, subscribe_topic=lambda *_: None)

    def submit(self, _: object, *arguments: object, key: str, **__: object) -> Future:
        future = self.futures.setdefault(key, Future(key))
        future.arguments = arguments
        return future

    def run(self, _: object, job: str, workers: list[str] | None, **__: object) -> None:
        self.stops.append(job)
        self.told.append(workers)

    def lost(self) -> bool:
        return self.gone

    def slots(self) -> int:
        return self.offers

    def seats(self) -> list[str]:
        return [f"tcp://worker:{number}" for number in range(self.offers)]

    def workers(self) -> int:
        return 1

    def there(self) -> set[str]:
        return {f"tcp://worker:{number}" for number in range(max(self.offers, self.workers()))}

    def left_out(self) -> str:
        return ""

    def sight(self) -> Sight | None:
        self.beats += 1
        return Sight(7 + self.starts, float(self.beats)) if self.alive else None

    def rss(self) -> int:
        return self.size

    def bound(self) -> int:
        return self.room

    def worker_gone(self) -> bool:
        return False

    def start_worker(self) -> None:
        self.starts += 1
        self.offers = 0  # until it has come up

    def close(self) -> None:
        pass


class House:
    """A job service whose thread is the test's own."""

    def __init__(self) -> None:
        self.stored: list[tuple[Run, str]] = []
        self.jobs = Jobs(delay_s=1_000, keep=lambda run: self.stored.append((run, threading.current_thread().name)))
        self.cluster = FakeCluster()
        self.jobs._cluster = self.cluster  # type: ignore[assignment]
        self.hear("ready")

    def hear(self, kind: str, job: str = "", part: int = 0, **more: Any) -> None:
        turns = self.jobs._at_work._turns.items()
        key = next((key for key, turn in turns if (turn.job.id, turn.number) == (job, part)), "of nobody")
        self.jobs._hear((0.0, {"event": kind, "job": job, "part": part, "key": key, **more}))

    def progress(self, job: str, part: int = 0) -> None:
        step = {"run": 0, "steps_done": 1, "steps": 2, "seen": [1], "loss": [0.5], "count": [1], "last": [0.5]}
        self.hear("progress", job, part, runs=[step | {"count": [1]}])

    def turn(self) -> list[str]:
        """Do all that is asked for, and return the keys of the tasks that the worker has not ended."""
        while True:
            self.jobs._round(self.cluster)  # type: ignore[arg-type]
            if self.jobs._commands.empty():
                break
        return [key for key, future in self.cluster.futures.items() if future.status == "pending"]

    def begin(self, specs: list[RunSpec], *, learnt: bool = False) -> str:
        """Ask for a job, have a worker begin its first part, and perhaps report of it."""
        job = self.jobs.submit(specs, watcher="me")
        self.turn()
        self.hear("started", job)
        if learnt:
            self.progress(job)
        return job

    def finish(self, key: str, *specs: RunSpec) -> None:
        self.cluster.futures[key].end("finished", ([to_parts(finished(spec)) for spec in specs], []))

    def view(self, job: str) -> JobView:
        view = self.jobs.view(job, "me")
        assert view is not None
        return view


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(dispatcher, "SWEEP_S", 0.01)
    monkeypatch.setattr(dispatcher, "TICK_S", 1_000.0)
    house = House()
    yield house
    house.jobs.close()


def test_a_worker_has_one_training_at_a_time_and_the_rest_waits_in_turn(house: House) -> None:
    """Of two short jobs the one with less left goes first, between the parts of the other."""
    more = house.jobs.submit([ONE, TWO, FOUR], watcher="me")
    assert house.turn() == [f"{more}-0"]
    less = house.jobs.submit([THREE], watcher="me")
    house.hear("started", more)
    assert (house.view(more).at_work, house.view(more).ahead) == (True, 0)
    assert (house.view(less).at_work, house.view(less).ahead) == (False, 1)
    house.finish(f"{more}-0", ONE)
    assert house.turn() == [f"{less}-0"]
    house.hear("started", less)
    waiting = house.view(more)
    assert (waiting.state, waiting.at_work, waiting.compiling, waiting.ahead) == ("running", False, False, 1)
    house.finish(f"{less}-0", THREE)
    assert house.turn() == [f"{more}-1"]
    house.finish(f"{more}-1", TWO)
    house.turn()
    house.finish(f"{more}-2", FOUR)
    house.turn()
    assert [house.view(job).state for job in (more, less)] == ["done", "done"]


LONG = RunSpec(model=ModelSpec(units=200), training=TrainingSpec(epochs=200))
LONG_S = 0.02  # which it takes longer than


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service to which LONG is a long training."""
    monkeypatch.setattr(turns, "SHORT_S", LONG_S)


def partly(spec: RunSpec, steps_done: int) -> tuple[list[Any], list[Any]]:
    document, arrays = to_parts(finished(spec))
    return [(document | {"steps_done": steps_done}, arrays)], []


@pytest.mark.usefixtures("patient")
def test_a_long_training_gives_way_to_a_short_one_and_goes_on_from_where_it_stood(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr(at_work, "_tell", lambda _, *asked: told.append(asked[:2]))
    told: list[tuple[str, str]] = []
    long = house.begin([LONG], learnt=True)
    now += 60
    house.view(long)
    assert house.turn() == [f"{long}-0"]
    assert told == [], "nobody waits"
    short = house.jobs.submit([ONE], watcher="you")
    house.turn(), house.turn()
    assert told == [("request_pause", f"{long}-0")], "once"
    house.cluster.futures[f"{long}-0"].end("finished", partly(LONG, 1))
    assert house.turn() == [f"{short}-0"]
    view = house.view(long)
    assert (view.state, view.at_work, view.ahead, view.steps_done) == ("running", False, 1, 1)
    house.finish(f"{short}-0", ONE)
    assert house.turn() == [f"{long}-0-2"]
    (earlier,) = house.cluster.futures[f"{long}-0-2"].arguments[-2]
    assert earlier[0]["steps_done"] == 1
    house.finish(f"{long}-0-2", LONG)
    house.turn()
    assert house.view(long).state == "done"
    house.jobs._keeping.shutdown(wait=True)
    assert [run.spec for run, _ in house.stored] == [ONE, LONG]


@pytest.mark.usefixtures("patient")
def test_a_training_that_gave_way_and_is_stopped_ends_with_what_it_had_learnt(house: House) -> None:
    long = house.begin([LONG], learnt=True)
    house.jobs.submit([ONE], watcher="you")
    house.cluster.futures[f"{long}-0"].end("finished", partly(LONG, 1))
    house.turn()
    house.jobs.stop(long, "me")
    view = house.view(long)
    assert view.state == "stopped"
    assert [run.steps_done for run in view.runs if run] == [1]


def test_a_person_has_so_many_trainings_under_way_and_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "limits", lambda: Limits(jobs_a_person=2))
    first = house.jobs.submit([ONE], watcher="me")
    house.jobs.submit([TWO], watcher="me")
    with pytest.raises(ValueError, match="You have 2 trainings under way"):
        house.jobs.submit([THREE], watcher="me")
    assert house.jobs.submit([ONE], watcher="me") == first, "joining costs nothing"
    house.jobs.submit([THREE], watcher="you")
    house.jobs.stop(first, "me")
    house.jobs.submit([FOUR], watcher="me")


def test_while_others_wait_a_job_may_be_less(house: House) -> None:
    many = [replace(LONG, training=TrainingSpec(epochs=20_000, seed=seed)) for seed in range(40)]
    assert Limits().max_job_busy_s < cost.seconds(many) < Limits().max_job_s
    alone = house.jobs.submit(many, watcher="me")
    house.jobs.stop(alone, "me")
    house.begin([ONE])
    house.jobs.submit([TWO], watcher="you")
    with pytest.raises(ValueError, match="5 minutes is the most at once while others wait"):
        house.jobs.submit(many, watcher="me")
    house.jobs.submit(many, watcher="you")


def test_two_workers_have_two_trainings(house: House) -> None:
    house.cluster.offers = 2
    job = house.jobs.submit([ONE, TWO, THREE], watcher="me")
    assert house.turn() == [f"{job}-0", f"{job}-1"]


def test_what_waits_is_never_judged_silent_and_what_is_at_work_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    busy, waiting = house.jobs.submit([ONE], watcher="me"), house.jobs.submit([TWO], watcher="me")
    house.turn()
    house.hear("started", busy)
    for _ in range(20):
        now += SILENT_S / 10
        house.progress(busy)
        house.view(waiting), house.view(busy)
        house.turn()
    assert house.cluster.starts == 0, "the worker was killed under a training that reports"
    for _ in range(12):
        now += SILENT_S / 10
        house.view(waiting), house.view(busy)
        house.turn()
    assert house.cluster.starts == 1


def test_stopping_what_waits_ends_it_at_once_and_leaves_the_other_alone(house: House) -> None:
    busy, waiting = house.jobs.submit([ONE], watcher="me"), house.jobs.submit([TWO], watcher="me")
    house.turn()
    assert house.jobs.stop(waiting, "me")
    assert house.view(waiting).state == "stopped"
    house.finish(f"{busy}-0", ONE)
    assert house.turn() == []
    assert house.view(busy).state == "done"
    assert house.cluster.stops == []


def test_stopping_what_compiles_ends_it_at_once_and_the_next_waits_for_the_worker(house: House) -> None:
    job = house.begin([ONE])
    assert house.view(job).compiling
    house.jobs.stop(job, "me")
    assert house.view(job).state == "stopped"
    following = house.jobs.submit([TWO], watcher="me")
    assert house.turn() == [f"{job}-0"]
    assert house.cluster.stops == [job]
    assert house.view(following).ahead == 1
    house.finish(f"{job}-0")
    assert house.turn() == [f"{following}-0"]


def test_stopping_what_has_learnt_waits_for_what_it_hands_over(house: House) -> None:
    job = house.begin([ONE, TWO], learnt=True)
    house.jobs.stop(job, "me")
    assert house.view(job).state == "running"
    house.turn()
    assert house.cluster.stops == [job]
    house.finish(f"{job}-0", ONE)
    assert house.turn() == []
    view = house.view(job)
    assert view.state == "stopped"
    assert view.runs[0] is not None
    assert view.runs[1] is None


@pytest.mark.parametrize(
    ("others", "asked", "limit"),
    [(False, [ONE], QUIET_ALONE_S), (False, [ONE, TWO], QUIET_ALONE_S), (True, [ONE], QUIET_S)],
)
def test_a_watcher_that_goes_silent_counts_as_gone_sooner_where_another_job_waits(
    house: House, monkeypatch: pytest.MonkeyPatch, others: bool, asked: list[RunSpec], limit: float
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    job = house.jobs.submit(asked, watcher="closed tab")
    house.jobs.watch(job, "hidden tab")
    house.turn()
    house.hear("started", job)
    other = house.jobs.submit([THREE], watcher="me") if others else None
    begin, hidden = now, now
    while (view := house.jobs._jobs[job].view()).watchers == 2:
        now += 1
        if now - hidden > limit / 2:
            hidden = now
            house.jobs.watch(job, "hidden tab")
        if other:
            house.view(other)
        house.turn()
    assert now - begin == pytest.approx(limit, abs=1.5)
    assert not view.over, "one still watches"
    while house.jobs._jobs[job].watchers:
        now += 1
        if other:
            house.view(other)
        house.turn()
    assert now - hidden == pytest.approx(limit, abs=1.5)
    now += ALONE_S - 1
    house.turn()
    assert not house.jobs._jobs[job].over, "its watcher may be asleep"
    now += 3
    house.turn()
    assert house.view(job).message == "The training was stopped because no page was watching it any more."
    assert house.cluster.stops == [job]


@pytest.mark.usefixtures("patient")
def test_a_training_whose_visitor_sleeps_stands_still_and_goes_on_when_he_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    told: list[tuple[str, str]] = []
    monkeypatch.setattr("time.monotonic", lambda: now)
    monkeypatch.setattr(at_work, "_tell", lambda _, *asked: told.append(asked[:2]))
    job = house.begin([LONG], learnt=True)
    now += QUIET_ALONE_S + 1
    house.progress(job)
    house.turn()
    assert told == [("request_pause", f"{job}-0")]
    house.cluster.futures[f"{job}-0"].end("finished", partly(LONG, 1))
    assert house.turn() == [], "nobody is there"
    now += 300
    assert house.turn() == []
    assert not house.view(job).over
    assert house.turn() == [f"{job}-0-2"]


def test_a_part_that_is_begun_again_for_nobody_is_told_to_stop(house: House) -> None:
    job = house.begin([ONE])
    house.jobs.leave(job, "me")
    house.turn()
    house.hear("started", job)
    house.turn()
    assert house.cluster.stops == [job, job]


def test_trainings_of_other_apps_on_the_same_cluster_are_left_alone(house: House) -> None:
    house.hear("started", "another app's")
    house.progress("another app's")
    house.turn()
    assert house.cluster.stops == []


def test_a_death_is_told_at_the_part_that_was_lost_and_not_at_later_ones(house: House) -> None:
    job = house.begin([ONE, TWO], learnt=True)
    house.cluster.alive = False
    house.turn()
    lost = house.view(job)
    assert (lost.restarted, lost.at_work, lost.steps_done, house.jobs.state) == (True, False, 0, "starting")
    house.cluster.alive = True
    house.hear("ready")
    house.hear("started", job)
    assert house.view(job).restarted
    house.progress(job)
    assert not house.view(job).restarted
    house.finish(f"{job}-0", ONE)
    house.turn()
    house.hear("started", job, 1)
    later = house.view(job)
    assert later.compiling
    assert not later.restarted
    assert later.restarts == 1


def test_finished_runs_are_kept_once_in_another_thread_though_nobody_looks_or_two_do(house: House) -> None:
    comparison = house.jobs.submit([ONE, TWO], watcher="me")
    assert house.jobs.submit([ONE, TWO], watcher="you") == comparison
    single = house.jobs.submit([THREE], watcher="me")
    for key, spec in ((f"{single}-0", THREE), (f"{comparison}-0", ONE), (f"{comparison}-1", TWO)):
        house.turn()
        house.finish(key, spec)
    house.turn()
    for watcher in ("me", "you"):
        house.jobs.view(comparison, watcher)
    house.jobs._keeping.shutdown(wait=True)
    assert [run.spec for run, _ in house.stored] == [THREE, ONE, TWO]
    assert {thread.split("_")[0] for _, thread in house.stored} == {"keeping"}
    assert [bool(run.optimizer_state) for run, _ in house.stored] == [True, False, False]


def test_a_stopped_run_is_not_kept(house: House) -> None:
    job = house.begin([ONE], learnt=True)
    house.jobs.stop(job, "me")
    stopped = to_parts(finished(ONE))
    stopped[0]["steps_done"] = 1
    house.cluster.futures[f"{job}-0"].end("finished", ([stopped], []))
    house.turn()
    house.jobs._keeping.shutdown(wait=True)
    assert house.view(job).state == "stopped"
    assert house.stored == []


def test_a_request_that_cannot_be_sent_fails_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = house.jobs.submit([ONE], watcher="me"), house.jobs.submit([TWO], watcher="me")
    submit = house.cluster.client.submit

    def failing(*args: Any, key: str, **more: Any) -> Future:
        if key.startswith((bad, "summary")):
            raise OSError("the line is cut")
        return submit(*args, key=key, **more)

    monkeypatch.setattr(house.cluster.client, "submit", failing)
    request = house.jobs.ask_summary(ONE)
    assert house.turn() == [f"{good}-0"]
    assert house.view(bad).message == "The training failed: the line is cut. Press Retry, or change a setting."
    assert house.jobs.answer(request) == "The training process could not be asked: the line is cut. Ask again."
    assert house.jobs.state == "ready"


def test_a_command_that_raises_costs_nobody_else_anything(house: House) -> None:
    job = house.jobs.submit([ONE], watcher="me")
    house.jobs._commands.put(lambda _: 1 / 0)
    assert house.turn() == [f"{job}-0"]
    assert house.jobs.state == "ready"


def test_a_cluster_that_never_answers_any_more_is_told_in_a_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    seats = house.cluster.seats
    for faulty_s in (FAULTY_S - 1, FAULTY_S + 1):
        monkeypatch.setattr(house.cluster, "seats", lambda: 1 / 0)
        for _ in range(100):
            house.turn()
        now += faulty_s
        house.turn()
        if faulty_s < FAULTY_S:
            assert house.jobs.state == "ready", "a hundred looks, but not for long enough"
            monkeypatch.setattr(house.cluster, "seats", seats)
            house.turn()
    assert house.jobs.problem == "The training cluster no longer answers: division by zero."


@pytest.mark.parametrize(
    ("workers", "sentence"),
    [
        (0, "has no workers. Training starts as soon as one joins."),
        (1, "has 1 worker, but none that offers the resource TRAIN"),
        (3, "has 3 workers, but none that offers the resource TRAIN"),
    ],
)
def test_a_cluster_of_others_that_cannot_train_is_told_and_waited_for(
    house: House, workers: int, sentence: str
) -> None:
    house.cluster.remote, house.cluster.offers = True, 0
    house.cluster.workers = lambda: workers  # type: ignore[method-assign]
    job = house.jobs.submit([ONE], watcher="me")
    assert house.turn() == []
    assert sentence in house.jobs.notice
    assert house.view(job).state == "queued"
    house.cluster.offers, house.cluster.workers = 1, lambda: 1  # type: ignore[method-assign]
    assert house.turn() == [f"{job}-0"]
    assert house.jobs.notice == ""


def ended(house: House, count: int) -> list[str]:
    """So many jobs that are done, and whose watcher has taken them in."""
    specs = [RunSpec(model=ONE.model, training=TrainingSpec(epochs=2, seed=seed)) for seed in range(count)]
    jobs = [house.jobs.submit([spec], watcher="me") for spec in specs]
    for job, spec in zip(jobs, specs, strict=True):
        house.turn()
        house.finish(f"{job}-0", spec)
    house.turn()
    for job in jobs:
        assert house.view(job).state == "done"
        house.jobs.leave(job, "me")
    return jobs


def known(house: House, jobs: list[str]) -> list[bool]:
    house.turn()
    return [job in house.jobs._jobs for job in jobs]


def test_ended_jobs_hold_no_more_bytes_than_the_bound(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = ended(house, 6)
    nbytes = house.jobs._jobs[jobs[0]].nbytes
    run = to_parts(finished(ONE))[1]
    assert nbytes == sum(np.asarray(array).nbytes for array in run.values())
    monkeypatch.setattr(forgetting, "KEPT_BYTES", 3 * nbytes)
    assert known(house, jobs) == [False, False, False, True, True, True]


def test_ended_jobs_are_bounded_in_number_though_they_hold_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [house.jobs.submit([RunSpec(training=TrainingSpec(seed=seed))], watcher="me") for seed in range(5)]
    for job in jobs:
        house.jobs.stop(job)
        house.jobs.leave(job, "me")
    monkeypatch.setattr(forgetting, "KEPT_JOBS", 2)
    assert known(house, jobs) == [False, False, False, True, True]


def test_an_ended_job_is_not_dropped_before_its_watcher_has_seen_the_end_or_is_long_silent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    hidden = house.jobs.submit([THREE], watcher="hidden tab")
    house.turn()
    house.finish(f"{hidden}-0", THREE)
    house.turn()
    ended(house, 2)
    monkeypatch.setattr(forgetting, "KEPT_BYTES", 0)
    now += QUIET_ALONE_S - 1
    assert known(house, [hidden]) == [True]
    now += 2
    assert known(house, [hidden]) == [False]


def test_trainings_that_kill_the_worker_fail_alone_however_many_there_are(house: House) -> None:
    for seed in range(4):
        job = house.jobs.submit([RunSpec(training=TrainingSpec(seed=seed))], watcher="me")
        for _ in range(3):
            house.cluster.alive = True
            house.hear("warming")
            house.turn()
            house.hear("started", job)
            house.cluster.alive = False
            house.turn()
        house.cluster.futures[f"{job}-0"].end("error", OSError("killed"))
        house.turn()
        assert house.view(job).state == "failed"
    assert house.jobs.state != "failed"


def test_a_replacement_counts_once_as_a_start_that_came_to_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "HUNG_S", -1.0)
    for _ in range(upkeep.MAX_STARTS):
        house.turn()
        house.hear("warming")
    assert house.jobs.state == "warming"
    assert house.cluster.starts == upkeep.MAX_STARTS


def test_workers_that_never_come_up_are_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.cluster, "worker_gone", lambda: True)
    for _ in range(upkeep.MAX_STARTS + 3):
        house.turn()
    assert house.jobs.problem.startswith("The training process stopped again and again before it was ready")


def test_what_a_hung_worker_had_is_lost_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job = house.begin([ONE], learnt=True)
    monkeypatch.setattr(heartbeat, "HUNG_S", -1.0)
    house.turn()
    view = house.view(job)
    assert (view.at_work, view.restarted, view.curves) == (False, True, {})


def test_a_word_of_a_lost_worker_that_comes_late_is_not_heard(house: House) -> None:
    job = house.begin([ONE])
    house.cluster.alive = False
    house.turn()
    house.progress(job)
    assert house.view(job).restarted
    assert house.view(job).curves == {}


def test_a_stop_that_its_worker_does_not_live_to_heed_ends_the_job(house: House) -> None:
    job = house.begin([ONE], learnt=True)
    house.jobs.stop(job, "me")
    house.cluster.alive = False
    house.turn()
    assert house.view(job).state == "stopped"


def test_a_stop_stands_though_its_part_is_begun_again_before_anybody_saw_the_worker_die(house: House) -> None:
    job = house.begin([ONE], learnt=True)
    house.jobs.stop(job, "me")
    house.hear("started", job)
    assert house.view(job).state == "stopped"
    house.turn()
    assert house.cluster.stops == [job, job]


def test_a_stop_that_nobody_heeds_ends_the_job(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    job = house.begin([ONE], learnt=True)
    house.jobs.stop(job, "me")
    now += UNHEEDED_S - 1
    house.turn()
    assert house.view(job).state == "running"
    now += 2
    house.turn()
    assert house.view(job).state == "stopped"


def test_what_was_lost_waits_for_the_next_worker_and_is_not_judged_silent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr("time.monotonic", lambda: now)
    job = house.begin([ONE])
    house.cluster.alive = False
    house.turn()
    house.cluster.alive = True
    house.hear("warming")
    for _ in range(12):
        now += SILENT_S / 10
        house.view(job)
        house.turn()
    assert house.cluster.starts == 0


def test_the_other_parts_of_a_job_that_fails_are_told_to_stop(house: House) -> None:
    house.cluster.offers = 2
    job = house.jobs.submit([ONE, TWO], watcher="me")
    house.turn()
    house.cluster.futures[f"{job}-0"].end("error", OSError("no"))
    house.turn()
    assert house.view(job).state == "failed"
    assert house.cluster.stops == [job]


def test_of_several_workers_only_those_that_have_a_job_are_told_to_stop_it(house: House) -> None:
    house.cluster.offers = 3
    first = house.jobs.submit([ONE, TWO], watcher="me")
    house.turn()
    second = house.jobs.submit([replace(ONE, model=ModelSpec(units=3))], watcher="you")
    house.turn()
    house.jobs.stop(second)
    house.turn()
    house.jobs.stop(first)
    house.turn()
    assert list(zip(house.cluster.stops, house.cluster.told, strict=True)) == [
        (second, ["tcp://worker:2"]),
        (first, ["tcp://worker:0", "tcp://worker:1"]),
    ]


def test_what_was_trained_to_its_end_is_kept_though_its_last_watcher_has_just_left(house: House) -> None:
    job = house.begin([ONE])
    house.jobs.leave(job, "me")
    house.finish(f"{job}-0", ONE)
    house.turn()
    house.jobs._keeping.shutdown(wait=True)
    assert [run.spec for run, _ in house.stored] == [ONE]


def test_a_cluster_of_others_that_loses_its_workers_says_so_under_a_training_too(house: House) -> None:
    house.cluster.remote = True
    job = house.begin([ONE], learnt=True)
    house.cluster.offers, house.cluster.workers = 0, lambda: 0  # type: ignore[method-assign]
    house.turn()
    assert not house.view(job).at_work
    assert "has no workers" in house.jobs.notice
    house.jobs.stop(job, "me")
    assert house.view(job).state == "stopped"


def test_a_worker_that_is_never_idle_is_renewed_between_two_trainings(house: House) -> None:
    first, second = house.jobs.submit([ONE], watcher="me"), house.jobs.submit([TWO], watcher="me")
    house.turn()
    house.cluster.size = 1_400_000_000
    house.turn()
    assert house.cluster.starts == 0, "it trains"
    house.finish(f"{first}-0", ONE)
    assert house.turn() == []
    assert house.cluster.starts == 1
    assert house.jobs.state == "starting"
    house.cluster.size, house.cluster.offers = 600_000_000, 1
    house.hear("ready")
    assert house.turn() == [f"{second}-0"]
    house.finish(f"{second}-0", TWO)
    house.turn()
    assert house.cluster.starts == 1


def test_others_workers_are_left_to_others(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.cluster.size = 10**10
    monkeypatch.setattr(heartbeat, "HUNG_S", -1.0)
    house.cluster.remote = True
    job = house.jobs.submit([ONE], watcher="me")
    house.turn()
    house.finish(f"{job}-0", ONE)
    house.turn()
    assert house.cluster.starts == 0
    house.cluster.remote = False
    house.turn()
    assert house.cluster.starts == 1, "our own would have been replaced"
