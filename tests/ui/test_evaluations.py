"""Where runs come from, and what is said of one that cannot be measured."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from cachetools import LRUCache
from streamlit.testing.v1 import AppTest

from bilstm_core.evaluation import Evaluation, evaluate, from_parts, to_parts
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import MODELS_BY_DIRECTION, PRESETS
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from bilstm_core.store import Store, read_recorded
from ui import evaluations, scores, session
from ui.compare.comparison import Comparison
from ui.compare.resolved import Asked, Shown
from ui.train import numbers, words


def recorded(spec: RunSpec) -> Run:
    run = read_recorded(spec)
    assert run is not None
    return run


def with_seed(run: Run, seed: int) -> Run:
    spec = replace(run.spec, training=replace(run.spec.training, seed=seed))
    return replace(run, spec=spec, origin="trained")


RUN = recorded(RunSpec(model=MODELS_BY_DIRECTION["forward"]))


def test_recorded_starts_and_those_trained_here_are_told_apart() -> None:
    again = recorded(replace(RUN.spec, training=replace(RUN.spec.training, seed=1)))
    origin = evaluations.origin_of([RUN, again, *(with_seed(RUN, seed) for seed in (10, 11, 12, 14))])
    assert origin.startswith("Recorded on ")
    assert ": seeds 0 to 1. Trained here: seeds 10 to 12 and 14, " in origin


def test_a_recorded_start_that_is_trained_again_was_trained_here() -> None:
    assert evaluations.origin_of([RUN]).startswith("Recorded on ")
    assert evaluations.origin_of([with_seed(RUN, 0)]).startswith("Trained here: seed 0, ")


def test_a_recorded_run_is_called_so_with_its_own_day_though_another_of_its_spec_is_stored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    monkeypatch.setattr(session, "store", lambda: store)
    before = evaluations.origin(RUN), evaluations.origin_of([RUN])
    here = with_seed(RUN, 0)
    assert evaluations.origin(here).startswith("Trained: ")
    store.put(here)
    assert evaluations.origin(here).startswith("Stored on ")
    unfinished = replace(here, history=here.history[:-1], steps_done=here.steps_done - 1)
    assert evaluations.origin(unfinished).startswith("Trained: ")
    brought = replace(here, origin="imported")
    assert evaluations.origin(brought).startswith("Brought back from a file: ")
    assert evaluations.origin_of([brought]).startswith("Brought back from a file: seed 0, ")
    assert before[0].startswith("Recorded on ")
    assert (evaluations.origin(RUN), evaluations.origin_of([RUN])) == before


def test_a_run_trained_live_is_another_figure_than_the_recorded_one_without_a_replay() -> None:
    replayed = recorded(PRESETS["LSTM tutorial"])
    bare = replace(replayed, snapshots=replayed.snapshots._replace(**{"step": replayed.snapshots.step[:0]}))
    assert replayed.digest == bare.digest
    assert evaluations.drawn_key(replayed) != evaluations.drawn_key(bare)


def test_two_runs_of_one_spec_with_other_weights_share_no_evaluation_and_no_score() -> None:
    """As recorded elsewhere, and as trained here under another TensorFlow or processor."""
    other = replace(RUN, weights={name: 2 * array for name, array in RUN.weights.items()})
    assert other.spec == RUN.spec
    assert evaluations.evaluated(RUN).loss == evaluate(RUN).loss
    assert evaluations.evaluated(other).loss == evaluate(other).loss != evaluate(RUN).loss
    assert [evaluations.score(run, 50)["loss"] for run in (RUN, other)] == [
        evaluate(run, 50).loss for run in (RUN, other)
    ]
    assert evaluations.drawn_key(other) != evaluations.drawn_key(RUN)
    settings = ComparisonSettings()
    shown = Shown(
        comparison=Comparison(page="Directions", models={}, styles={}),
        settings=settings,
        specs={},
        runs={},
        visible=[],
        scores=None,
        chosen=Asked(settings=settings),
        busy=False,
    )
    assert len({replace(shown, runs={"forward": [run]}).key for run in (RUN, other)}) == 2


def test_sessions_that_ask_at_once_have_each_run_scored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[str] = []

    def count(run: Run, n_sequences: int) -> Evaluation:
        scored.append(run.digest)
        return evaluate(run, n_sequences)

    monkeypatch.setattr(scores, "evaluate", count)
    monkeypatch.setattr(scores, "_scores", LRUCache(100))
    runs = [with_seed(RUN, seed) for seed in range(100, 120)]
    with ThreadPoolExecutor(8) as visitors:
        assert all(visitors.map(lambda _: evaluations.scored(runs, 1, 30), range(8)))
    digests = sorted(run.digest for run in runs)
    assert sorted(digest for digest in scored if digest in digests) == digests  # other tests' pages may ask too


def test_what_the_worker_found_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for cache in ("_scores", "_evaluations"):
        monkeypatch.setattr(scores, cache, LRUCache(100))
    whole, alone = (with_seed(RUN, seed) for seed in (200, 201))
    found = evaluate(RUN)
    without_examples = from_parts(to_parts(found, examples=False))
    scores.take(whole, found)
    scores.take(alone, without_examples)
    monkeypatch.setattr(scores, "evaluate", lambda *_: pytest.fail("it was evaluated again"))
    assert evaluations.evaluated(whole) is found
    for run in (whole, alone):
        assert evaluations.score(run, 10_000) == {name: getattr(found, name) for name in ("loss", "accuracy", "exact")}
        assert evaluations.right_by_timestep(run, 10_000).tolist() == found.per_timestep["accuracy"].tolist()
    assert (alone.digest, 10_000) not in scores._evaluations
    brought = replace(whole, origin="imported", history=whole.history.assign(loss=0.0))
    assert (brought.digest, 10_000) not in scores._scores, "what a file says of a run is another's"


def test_the_scores_that_were_asked_for_longest_ago_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "_scores", LRUCache(2))
    runs = [with_seed(RUN, seed) for seed in range(3)]
    for place in (0, 1, 0, 2):
        evaluations.score(runs[place], 1)
    assert list(scores._scores) == [(runs[0].digest, 1), (runs[2].digest, 1)]


def test_a_diverged_run_is_called_so_and_told_what_to_do() -> None:
    broken = replace(evaluate(RUN, 10), loss=float("nan"))
    assert not evaluations.diverged(evaluate(RUN, 10))
    sentence = " ".join(numbers.answer(RUN, broken))
    assert "diverged" in sentence
    assert "Lower the learning rate" in sentence
    assert "%" not in sentence


def summary() -> None:
    from bilstm_core.presets import PRESETS
    from ui.train import details

    details._summary(PRESETS["LSTM tutorial"])


@pytest.mark.parametrize("unanswered", [True, False])
def test_a_summary_that_failed_can_be_asked_for_again(monkeypatch: pytest.MonkeyPatch, unanswered: bool) -> None:
    answer = "Keras could not build the model. Ask again."
    service = SimpleNamespace(answer=lambda _: answer, unanswered=lambda _: unanswered)
    monkeypatch.setattr(session, "jobs", lambda: service)
    spec = PRESETS["LSTM tutorial"]
    visit = AppTest.from_function(summary, default_timeout=30)
    visit.session_state["Train.summary"] = {"of": repr((spec.problem, spec.model)), "id": "one"}
    visit.run()
    assert not visit.exception
    assert [button.label for button in visit.button] == ["Ask Keras for model.summary()"] * unanswered


def train() -> None:
    import streamlit as st

    from bilstm_core.presets import PRESETS
    from bilstm_core.store import read_recorded
    from ui import evaluations
    from ui.train import words

    run = read_recorded(PRESETS["LSTM tutorial"])
    assert run is not None
    evaluation = evaluations.evaluated_soon(run)
    st.markdown(words.EVALUATING if evaluation is None else f"{evaluation.n_sequences}")


def test_a_page_does_not_wait_for_the_evaluation_of_a_large_network(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(run: Run, n_sequences: int) -> Evaluation:
        go_on.wait(30)
        return evaluate(run, n_sequences // 100)

    monkeypatch.setattr(scores, "evaluate", slow)
    monkeypatch.setattr(evaluations, "PATIENCE_ALONE_S", 0.01)
    scores._evaluations.clear()
    visit = AppTest.from_function(train, default_timeout=30).run()
    assert not visit.exception
    assert [text.value for text in visit.markdown] == [words.EVALUATING]
    go_on.set()
    monkeypatch.setattr(evaluations, "PATIENCE_ALONE_S", 30.0)
    assert [text.value for text in visit.run().markdown] == ["100"]
    scores._evaluations.clear()
