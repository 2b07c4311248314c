"""What becomes of jobs when the scheduler is lost, or the clock set back, and a new cluster comes in its place."""

import time
from collections.abc import Callable

import pytest

from bilstm_core.service import dispatcher
from bilstm_core.service.clock import SET_BACK_S, Clock
from bilstm_core.service.cluster import ALLOWED_DEATHS
from tests.service.test_queue import ONE, TWO, FakeCluster, House, house

__all__ = ["house"]


@pytest.mark.parametrize(("moved", "noticed"), [(-3_600.0, True), (-SET_BACK_S / 2, False), (3_600.0, False)])
def test_a_clock_that_is_set_back_is_noticed_once(monkeypatch: pytest.MonkeyPatch, moved: float, noticed: bool) -> None:
    clock, now = Clock(), time.time
    assert not clock.set_back()
    monkeypatch.setattr(time, "time", lambda: now() + moved)
    assert clock.set_back() is noticed
    assert not clock.set_back()


def anew(house: House, monkeypatch: pytest.MonkeyPatch, make: Callable[..., FakeCluster]) -> None:
    """Have the house's service do what it does once its cluster is lost."""
    monkeypatch.setattr(dispatcher, "Cluster", make)
    new = house.jobs._begin_anew(house.cluster)  # type: ignore[arg-type]
    assert isinstance(new, FakeCluster)
    house.cluster = new


def test_what_workers_had_is_given_out_again_by_the_cluster_that_comes_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.begin([ONE, TWO], learnt=True)
    old = house.cluster.futures[f"{job}-0"]
    anew(house, monkeypatch, lambda _: FakeCluster())
    assert house.view(job).steps_done == 0
    assert house.turn() == [], "its worker has yet to come up"
    assert house.cluster.starts == 1
    house.cluster.offers = 1
    assert house.turn() == [f"{job}-0-2"]
    old.end("cancelled")  # as Dask does with those of a client that is closed
    house.hear("started", job)
    assert house.turn() == [f"{job}-0-2"]
    view = house.view(job)
    assert (view.state, view.at_work, view.restarts) == ("running", True, 1)
    house.finish(f"{job}-0-2", ONE)
    assert house.turn() == [f"{job}-1"]
    house.finish(f"{job}-1", TWO)
    house.turn()
    assert house.view(job).state == "done"


def test_what_an_abandoned_worker_still_says_or_gives_is_nobodys_but_the_stores(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.begin([ONE])
    old, key = house.cluster, f"{job}-0"
    anew(house, monkeypatch, lambda _: FakeCluster())
    house.hear("started", job, key=key)
    assert not house.view(job).at_work
    house.cluster, new = old, house.cluster
    house.finish(key, ONE)
    house.cluster = new
    house.turn()
    assert house.view(job).state != "done"
    house.jobs._keeping.shutdown(wait=True)
    assert [run.spec for run, _ in house.stored] == [ONE.canonical()]


def test_others_scheduler_is_looked_for_and_the_page_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job = house.begin([ONE], learnt=True)
    house.cluster.remote = True
    tries: list[str] = []

    def make(_: object) -> FakeCluster:
        tries.append(house.jobs.notice)
        if len(tries) < 3:
            raise OSError("nobody there")
        found = FakeCluster()
        found.remote = True
        return found

    anew(house, monkeypatch, make)
    assert len(tries) == 3
    assert set(tries) == {
        "The connection to the training cluster at tcp://there:1 is lost. Training goes on by itself once the cluster"
        " answers."
    }
    assert house.turn() == [f"{job}-0-2"]
    assert (house.jobs.notice, house.cluster.starts, house.jobs.state) == ("", 0, "ready")


def test_others_scheduler_that_stays_away_is_given_up_in_a_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "FAULTY_S", 0.05)
    job = house.begin([ONE])

    def make(_: object) -> FakeCluster:
        raise OSError("nobody there")

    anew(house, monkeypatch, make)
    assert house.view(job).state == "failed"
    assert house.view(job).message == "The training cluster no longer answers: nobody there."


def test_a_part_that_is_lost_on_its_way_is_sent_again_a_few_times(house: House) -> None:
    job = house.jobs.submit([ONE], watcher="me")
    for turn in range(ALLOWED_DEATHS + 1):
        (key,) = house.turn()
        assert key == f"{job}-0" + (f"-{turn + 1}" if turn else "")
        house.cluster.futures[key].end("cancelled")
    house.turn()
    assert house.view(job).state == "failed"
    assert "Press Retry" in house.view(job).message
