"""What is known of runs by their spec: taken from the worker, or looked up and evaluated here, once."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from bilstm_core.evaluation import evaluate
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from bilstm_core.store import Store
from tests.test_store import finished
from tests.ui.test_session import seeded, stopped
from ui import results


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(results, "_known", {})
    return Store(tmp_path / "runs", tmp_path / "recorded")


def known(run: Run, store: Store, n_sequences: int = 50) -> "Future[results.Result | None]":
    [future] = results.of([run.spec], n_sequences, store).values()
    return future


def test_a_run_that_nobody_has_trained_is_known_to_be_missing(store: Store) -> None:
    assert known(seeded(5), store).result(20) is None


def test_what_is_recorded_is_known_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run, result = seeded(4), results.Result(0.9, 0.1, 0.2)
    monkeypatch.setattr(results, "recorded_results", lambda: {(run.spec, 50): result})
    assert known(run, store).result(0) == result
    assert known(run, store, 60).result(20) is None


def test_a_run_of_the_store_is_evaluated_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[RunSpec] = []

    def counted(run: Run, n_sequences: int) -> object:
        asked.append(run.spec)
        return evaluate(run, n_sequences)

    monkeypatch.setattr(results, "evaluate", counted)
    run = seeded(6)
    store.put(run)
    found = known(run, store).result(20)
    assert found == known(run, store).result(20)
    assert asked == [run.spec]
    assert found is not None
    assert found.exact == evaluate(run, 50).exact
    assert found.train_s == run.timing.train_s / run.timing.stacked


def test_what_a_worker_has_found_takes_the_place_of_nothing(store: Store) -> None:
    run, before = seeded(7), results.news()
    assert known(run, store).result(20) is None
    results.take(run, evaluate(run, 50))
    found = known(run, store).result(0)
    assert found is not None
    assert found.exact == evaluate(run, 50).exact
    assert results.news() > before


def test_of_a_run_that_was_stopped_nothing_is_known(store: Store) -> None:
    run = stopped(finished(RunSpec()), 10)
    results.take(run, evaluate(run, 50))
    assert known(run, store).result(20) is None


def test_a_run_that_came_without_an_evaluation_is_evaluated_here(store: Store) -> None:
    run = seeded(8)
    assert known(run, store).result(20) is None
    results.judge(run, 50)
    first = known(run, store)
    assert first.result(20) is not None
    results.judge(run, 50)
    assert known(run, store) is first


def test_what_is_known_on_other_sequences_is_another_result(store: Store) -> None:
    run = seeded(9)
    results.take(run, evaluate(run, 50))
    assert known(run, store, 60).result(20) is None
