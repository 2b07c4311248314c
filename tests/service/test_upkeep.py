"""When a worker is given up, renewed or missed, on records alone."""

import time

import pytest

from bilstm_core.service.heartbeat import HUNG_S, Sight, Watch
from bilstm_core.service.recycling import IDLE_S, LIMIT_BYTES
from bilstm_core.service.upkeep import MAX_STARTS, Upkeep, why_idle

NO_SLOTS = (
    "but none that offers the resource TRAIN, which keeps a worker to one training at a time."
    " Start them with --resources TRAIN=1; training then starts by itself."
)
FIRST, NEXT = Sight(1, 0.0), Sight(2, 0.0)


def test_a_worker_that_never_gets_ready_is_given_up_after_so_many_starts() -> None:
    state = Upkeep()
    for _ in range(MAX_STARTS):
        state.start()
        state.hear_warming()
        state.give_up()
        assert not state.hopeless, "a start is counted once: when the worker came up"
    state.start()
    state.give_up()
    assert state.hopeless, "one that never came up is counted when it is replaced"
    state.hear_at_work()
    assert state.starts == 0


def test_a_worker_is_renewed_once_it_has_trained_has_grown_and_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    state, grown = Upkeep(), LIMIT_BYTES + 1
    now += IDLE_S + 1
    assert not state.grown(grown, 0), "it has trained nothing"
    state.rest()
    assert not state.grown(grown, 0), "somebody may train again at once"
    now += IDLE_S + 1
    assert state.grown(grown, 0)
    assert not state.grown(LIMIT_BYTES, 0)
    state.start()
    assert (state.trained, state.came_up) == (False, False)
    assert not state.grown(grown, 0), "it is another one"


def test_a_worker_that_goes_hangs_or_is_another_is_noticed() -> None:
    now = 0.0
    state = Upkeep(watch=Watch(clock=lambda: now))
    assert state.look(None) == (False, False), "none was there"
    assert state.look(FIRST) == (False, False)
    state.rest()
    assert state.look(FIRST) == (False, False)
    assert state.trained
    assert state.look(NEXT) == (False, False)
    assert state.trained is False
    state.rest()
    assert state.look(None) == (True, False)
    assert not state.trained
    state.look(FIRST)
    while now < HUNG_S:
        assert state.look(FIRST) == (False, False)
        now += 1.0
    now += 1.0
    assert state.look(FIRST) == (False, True)


@pytest.mark.parametrize(
    ("workers", "slots", "words"),
    [
        (0, 0, "has no workers. Training starts as soon as one joins."),
        (1, 0, f"has 1 worker, {NO_SLOTS}"),
        (2, 0, f"has 2 workers, {NO_SLOTS}"),
    ],
)
def test_a_cluster_of_others_that_cannot_train_is_explained(workers: int, slots: int, words: str) -> None:
    assert why_idle("tcp://far", workers, slots) == f"The training cluster at tcp://far {words}"


def test_a_cluster_of_others_that_can_train_needs_no_words() -> None:
    assert why_idle("tcp://far", 2, 1) == ""
