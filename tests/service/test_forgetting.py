"""Which watchers count as gone and which ended jobs are dropped, on records alone."""

from typing import Any

import pytest

from bilstm_core.service import forgetting
from bilstm_core.service.forgetting import ALONE_S, QUIET_ALONE_S, QUIET_S, forget_watchers, to_drop, to_give_up
from bilstm_core.service.job_record import Job
from bilstm_core.service.parts import parts_of
from bilstm_core.specs import RunSpec

NOW = 1_000.0


def new_job(name: str, **changed: Any) -> Job:
    job = Job(id=name, specs=(RunSpec(),), resume=None, parts=parts_of((RunSpec(),)))
    for field, value in changed.items():
        setattr(job, field, value)
    return job


def ended(name: str, last_seen: float = 0.0, **changed: Any) -> Job:
    return new_job(name, state="done", last_seen=last_seen, **changed)


@pytest.mark.parametrize(("others", "limit"), [(0, QUIET_ALONE_S), (1, QUIET_S)])
def test_a_watcher_is_forgotten_sooner_where_another_job_waits(others: int, limit: float) -> None:
    job = new_job("watched", watchers={"just": NOW - limit + 0.01, "gone": NOW - limit})
    waiting = [new_job(f"other {number}", watchers={"who": NOW}) for number in range(others)]
    forget_watchers([job, *waiting], NOW)
    assert list(job.watchers) == ["just"]
    assert all(other.watchers for other in waiting)


def test_a_job_that_is_over_keeps_its_watchers_and_those_after_it_lose_theirs() -> None:
    over, running = ended("over", watchers={"late": 0.0}), new_job("running", watchers={"late": 0.0})
    forget_watchers([over, running], NOW)
    assert (list(over.watchers), list(running.watchers)) == (["late"], [])


def test_two_that_stand_still_since_the_same_moment_are_given_up_together() -> None:
    jobs = [new_job(name, alone_since=NOW - ALONE_S) for name in ("one", "other")]
    assert to_give_up(jobs, NOW) == jobs


def test_what_nobody_watches_is_given_up_after_a_while_and_sooner_if_it_holds_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs = [new_job(f"{since}", alone_since=NOW - since) for since in (ALONE_S, ALONE_S - 1, 5.0, 1.0)]
    jobs += [new_job("watched"), new_job("over", state="done", alone_since=0.0)]
    assert to_give_up(jobs, NOW) == jobs[:1]
    for job in jobs:
        job.parts[0].nbytes = 10
    monkeypatch.setattr(forgetting, "ALONE_BYTES", 20)
    assert to_give_up(jobs, NOW) == [jobs[1], jobs[0]]


def test_a_job_is_alone_since_its_last_watcher_was_forgotten_until_one_comes_back() -> None:
    job = new_job("watched", watchers={"gone": 0.0})
    forget_watchers([job], NOW)
    forget_watchers([job], NOW + 1)
    assert job.alone_since == NOW
    job.watchers["back"] = NOW + 2
    forget_watchers([job], NOW + 2)
    assert job.alone_since is None


def test_the_job_that_nobody_looked_at_for_longest_is_dropped_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "KEPT_BYTES", 10)
    jobs = [ended("old", 1.0, nbytes=5), ended("new", 3.0, nbytes=5), ended("between", 2.0, nbytes=5), new_job("runs")]
    assert to_drop(jobs, set(), NOW) == ["old"]
    assert to_drop([*jobs, ended("newest", 4.0, nbytes=1)], set(), NOW) == ["between", "old"]


def test_no_more_jobs_are_held_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "KEPT_JOBS", 2)
    jobs = [ended(name, seen) for name, seen in (("first", 1.0), ("second", 2.0), ("third", 3.0))]
    assert to_drop(jobs[1:], set(), NOW) == []
    assert to_drop(jobs, set(), NOW) == ["first"]


def test_a_job_whose_end_is_yet_to_be_seen_or_that_may_begin_again_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "KEPT_BYTES", 0)
    jobs = [
        ended("watched", NOW - QUIET_ALONE_S + 0.01, watchers={"who": 0.0}, nbytes=1),
        ended("watched long ago", NOW - QUIET_ALONE_S, watchers={"who": 0.0}, nbytes=1),
        ended("left", NOW, nbytes=1),
        ended("at work", 0.0, nbytes=1),
    ]
    assert to_drop(jobs, {"at work"}, NOW) == ["left", "watched long ago"]
