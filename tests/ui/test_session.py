"""What a session remembers of its runs, what gives way, and what two sessions share."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from cachetools import LRUCache

from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec, TrainingSpec
from bilstm_core.store import Store
from tests.test_runs import with_other_weights
from tests.test_store import finished
from ui import run_cache, session
from ui.train import tray

Visitor = Callable[[], dict[str, Any]]


def seeded(seed: int) -> Run:
    """A run that nothing recorded has, without Adam's state."""
    return replace(finished(RunSpec(training=TrainingSpec(epochs=30, seed=seed))), optimizer_state={})


def stopped(run: Run, steps_done: int = 10) -> Run:
    return replace(run, steps_done=steps_done, history=run.history[:steps_done], steps=run.steps[:steps_done])


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Visitor:
    """Lets another visitor look at the app from now on; a visitor that was there before is given by their state."""
    store = Store(tmp_path / "runs", tmp_path / "recorded")
    monkeypatch.setattr(session, "store", lambda: store)
    bound(monkeypatch, run_cache.MAX_BYTES)

    def enter(state: dict[str, Any] | None = None) -> dict[str, Any]:
        state = {} if state is None else state
        monkeypatch.setattr(st, "session_state", state)
        return state

    enter()
    return enter


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No folder for the store: a file stands in its way."""
    (tmp_path / "file").write_text("no folder")
    store = Store(tmp_path / "file" / "runs", tmp_path / "recorded")
    monkeypatch.setattr(session, "store", lambda: store)


def bound(monkeypatch: pytest.MonkeyPatch, n_bytes: float) -> None:
    """An empty cache of runs of so many bytes."""
    fresh: LRUCache[str, Run] = LRUCache(int(n_bytes), getsizeof=lambda run: run.nbytes + run_cache.OVERHEAD)
    monkeypatch.setattr(run_cache, "_runs", fresh)
    monkeypatch.setattr(run_cache, "_by_name", LRUCache(100))


def keep(run: Run) -> str:
    """As the job service and a page take in a run that has ended."""
    session.store().put(run)
    return session.keep(run)


def weights(run: Run | None) -> list[float]:
    assert run is not None
    bias: list[float] = run.weights["head/bias"].tolist()
    return bias


def test_a_stopped_runs_key_never_recalls_the_finished_run(visitor: Visitor) -> None:
    run = seeded(1)
    visitor()
    keep(run)
    key = session.run_key(stopped(run))
    assert session.recall(key) is None
    visitor()
    assert session.recall(key) is None
    assert session.recall(session.run_key(run)) is not None


@pytest.mark.usefixtures("visitor")
def test_a_finished_runs_key_never_recalls_the_stopped_run() -> None:
    run = seeded(1)
    key = keep(stopped(run))
    assert session.recall(session.run_key(run)) is None
    assert session.find(run.spec) is None
    again = session.recall(key)
    assert again is not None
    assert again.steps_done == 10


@pytest.mark.usefixtures("visitor")
def test_a_key_recalls_the_weights_it_was_made_for_and_no_others_of_its_spec() -> None:
    first, second = seeded(1), with_other_weights(seeded(1))
    first_key, second_key = session.remember(first), session.remember(second)
    assert weights(session.recall(first_key)) == weights(first)
    assert weights(session.recall(second_key)) == weights(second)
    assert weights(session.find(first.spec)) == weights(second)  # the last one is what the session has of the spec


@pytest.mark.usefixtures("visitor")
def test_a_run_of_the_tray_stays_itself_when_its_spec_is_trained_again() -> None:
    first, second = seeded(1), with_other_weights(seeded(1))
    session.add_to_tray(first)
    session.show("Train", keep(second))
    drawn = tray.runs(second, second.spec.problem)
    assert [weights(run) for run in drawn.values()] == [weights(first), weights(second)]
    assert len(set(drawn)) == 2


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["bidirectional, 1,000 sequences, seed 1"], ["bidirectional"]),
        (
            ["bidirectional, 1,000 sequences, seed 1", "bidirectional, 2,000 sequences, seed 1"],
            ["1,000 sequences", "2,000 sequences"],
        ),
        (["forward, 250 sequences", "bidirectional, sum, 250 sequences"], ["forward", "bidirectional, sum"]),
        (["forward, 250 sequences", "forward, 250 sequences, seed 1"], ["forward", "seed 1"]),
        (["forward, 250 sequences", "Small"], ["forward, 250 sequences", "Small"]),
        (["forward, 9 units", "forward, 9 units, forward"], ["forward, 9 units", "forward, 9 units, forward"]),
    ],
)
def test_a_figure_names_runs_by_what_tells_them_apart(names: list[str], written: list[str]) -> None:
    assert tray.in_figure(names) == dict(zip(names, written, strict=True))


def test_one_visitors_training_changes_no_other_visitors_run(visitor: Visitor) -> None:
    first, second = seeded(1), with_other_weights(seeded(1))
    session.store().put(first)
    mine = visitor()
    assert weights(session.find(first.spec)) == weights(first)
    visitor()
    keep(second)
    assert weights(session.find(first.spec)) == weights(second)
    visitor(mine)
    assert weights(session.find(first.spec)) == weights(first)


def test_a_visitor_finds_what_another_has_stored_but_not_what_another_has_stopped(visitor: Visitor) -> None:
    run = seeded(1)
    keep(run)
    key = keep(stopped(seeded(2)))
    visitor()
    assert session.find(run.spec) is not None
    assert session.find(session.spec_of(key)) is None


@pytest.mark.parametrize(("megabytes", "room"), [(1_429, 100), (2_300, 300), (2_700, 500), (24_000, 500)])
def test_where_there_is_little_memory_fewer_runs_are_at_hand(megabytes: int, room: int) -> None:
    assert run_cache.room(megabytes * 10**6) == room * 10**6


def test_all_visitors_runs_stay_within_one_bound_in_bytes(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    bound(monkeypatch, 5.5 * (seeded(0).nbytes + run_cache.OVERHEAD))
    for first in (0, 10, 20):
        visitor()
        for seed in range(first, first + 10):
            keep(seeded(seed))
    assert len(run_cache._runs) == 5
    assert run_cache._runs.currsize <= run_cache._runs.maxsize


@pytest.mark.usefixtures("visitor")
def test_what_gives_way_is_read_from_the_store_again(monkeypatch: pytest.MonkeyPatch) -> None:
    bound(monkeypatch, 2.5 * (seeded(0).nbytes + run_cache.OVERHEAD))
    keys = [keep(seeded(seed)) for seed in range(6)]
    assert [weights(session.recall(key)) for key in keys] == [weights(seeded(seed)) for seed in range(6)]


@pytest.mark.usefixtures("visitor", "unwritable")
def test_runs_of_the_tray_and_the_one_on_train_never_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    bound(monkeypatch, 2.5 * (seeded(0).nbytes + run_cache.OVERHEAD))
    session.add_to_tray(stopped(seeded(0)))
    session.add_to_tray(seeded(1))
    session.show("Train", keep(stopped(seeded(2))))
    other = keep(seeded(3))
    for seed in range(10, 20):
        keep(seeded(seed))
    assert [session.recall(entry["key"]) is not None for entry in session.tray()] == [True, True]
    assert session.recall(session.shown("Train") or "") is not None
    assert session.recall(other) is None


@pytest.mark.usefixtures("visitor")
def test_a_run_that_leaves_tray_and_train_is_held_no_more() -> None:
    session.add_to_tray(seeded(0))
    session.show("Train", keep(seeded(1)))
    assert len(st.session_state["session.held"]) == 2
    tray._remove(0)
    session.show("Train", keep(seeded(2)))
    assert list(st.session_state["session.held"]) == [session.run_key(seeded(2))]


@pytest.mark.usefixtures("visitor", "unwritable")
def test_only_the_run_on_train_is_held_with_adams_state(monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished(RunSpec(training=TrainingSpec(seed=77)))
    session.show("Train", keep(run))
    session.add_to_tray(run)
    key = session.run_key(run)
    bound(monkeypatch, run_cache.MAX_BYTES)
    assert session.recall(key).optimizer_state.keys() == run.optimizer_state.keys()
    session.show("Train", keep(seeded(1)))
    bound(monkeypatch, run_cache.MAX_BYTES)
    assert session.recall(key).optimizer_state == {}


@pytest.mark.usefixtures("visitor")
def test_of_two_runs_with_the_same_weights_the_fuller_stays_at_hand() -> None:
    full = finished(RunSpec(training=TrainingSpec(seed=77)))
    bare = replace(full, optimizer_state={})
    key = session.remember(bare)
    session.show("Train", key)
    keep(full)
    session.remember(bare)
    assert session.recall(key).optimizer_state
    assert any(name.startswith("optimizer_state:") for name in st.session_state["session.held"][key][1])


@pytest.mark.usefixtures("visitor")
def test_remembering_a_run_at_each_rerun_takes_no_more_room() -> None:
    run = seeded(1)
    for _ in range(5):
        session.show("Inside", session.remember(run))
        assert session.recall(session.shown("Inside") or "") is run
    assert (len(run_cache._runs), len(st.session_state["session.latest"])) == (1, 1)


@pytest.mark.usefixtures("visitor")
def test_a_session_finds_so_many_runs_by_their_spec_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MAX_REMEMBERED", 3)
    for seed in (0, 1, 2, 0, 3):
        session.remember(seeded(seed))
    assert [session.find(seeded(seed).spec) is not None for seed in range(4)] == [True, False, True, True]


@pytest.mark.usefixtures("visitor")
def test_a_run_larger_than_the_whole_cache_is_not_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    bound(monkeypatch, 100)
    key = keep(seeded(1))
    assert len(run_cache._runs) == 0
    assert weights(session.recall(key)) == weights(seeded(1))
