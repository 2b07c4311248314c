"""Where runs come from, and what is said of one that cannot be measured."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.evaluation import Evaluation, evaluate
from bilstm_core.presets import DIRECTIONS, PRESETS
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from bilstm_core.store import read_recorded
from ui import results, session, trainer


def recorded(spec: RunSpec) -> Run:
    run = read_recorded(spec)
    assert run is not None
    return run


def with_seed(run: Run, seed: int) -> Run:
    spec = replace(run.spec, training=replace(run.spec.training, seed=seed))
    return replace(run, spec=spec, timing=run.timing._replace(train_s=1.25))


RUN = recorded(RunSpec(model=DIRECTIONS["forward"]))


def test_recorded_starts_and_those_trained_here_are_told_apart() -> None:
    again = recorded(replace(RUN.spec, training=replace(RUN.spec.training, seed=1)))
    said = results.origin_of([RUN, again, *(with_seed(RUN, seed) for seed in (10, 11, 12, 14))])
    assert said.startswith("Recorded on ")
    assert ": seeds 0 to 1. Trained here: seeds 10 to 12 and 14, " in said


def test_a_recorded_start_that_is_trained_again_was_trained_here() -> None:
    assert results.origin_of([RUN]).startswith("Recorded on ")
    assert results.origin_of([with_seed(RUN, 0)]).startswith("Trained here: seed 0, ")


def test_a_run_trained_live_is_another_figure_than_the_recorded_one_without_a_replay() -> None:
    replayed = recorded(PRESETS["LSTM, 1,000 epochs"])
    bare = replace(replayed, snapshots=replayed.snapshots._replace(**{"step": replayed.snapshots.step[:0]}))
    assert session.run_key(replayed) == session.run_key(bare)
    assert results.drawn_key(replayed) != results.drawn_key(bare)


def test_a_diverged_run_is_called_so_and_told_what_to_do() -> None:
    broken = replace(evaluate(RUN, 10), loss=float("nan"))
    assert not results.diverged(evaluate(RUN, 10))
    said = trainer.sentence(RUN, broken)
    assert "diverged" in said
    assert "Lower the learning rate" in said
    assert "%" not in said


def summary() -> None:
    from bilstm_core.presets import PRESETS
    from ui import details

    details._summary(PRESETS["LSTM, 1,000 epochs"])


@pytest.mark.parametrize("unanswered", [True, False])
def test_a_summary_that_failed_can_be_asked_for_again(monkeypatch: pytest.MonkeyPatch, unanswered: bool) -> None:
    answer = "Keras could not build the model. Ask again."
    service = SimpleNamespace(answer=lambda _: answer, unanswered=lambda _: unanswered)
    monkeypatch.setattr(session, "jobs", lambda: service)
    spec = PRESETS["LSTM, 1,000 epochs"]
    visit = AppTest.from_function(summary, default_timeout=30)
    visit.session_state["Train.summary"] = {"of": repr((spec.problem, spec.model)), "id": "one"}
    visit.run()
    assert not visit.exception
    assert [button.label for button in visit.button] == ["Ask Keras for model.summary()"] * unanswered


def train() -> None:
    import streamlit as st

    from bilstm_core.presets import PRESETS
    from bilstm_core.store import read_recorded
    from ui import results

    run = read_recorded(PRESETS["LSTM, 1,000 epochs"])
    assert run is not None
    found = results.evaluated_soon(run)
    st.markdown(results.EVALUATING if found is None else f"{found.n_sequences}")


def test_a_page_does_not_wait_for_the_evaluation_of_a_large_network(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(run: Run, n_sequences: int) -> Evaluation:
        go_on.wait(30)
        return evaluate(run, n_sequences // 100)

    monkeypatch.setattr(results, "evaluate", slow)
    monkeypatch.setattr(results, "PATIENCE_ALONE_S", 0.01)
    results._evaluated.clear()
    visit = AppTest.from_function(train, default_timeout=30).run()
    assert not visit.exception
    assert [text.value for text in visit.markdown] == [results.EVALUATING]
    go_on.set()
    monkeypatch.setattr(results, "PATIENCE_ALONE_S", 30.0)
    assert [text.value for text in visit.run().markdown] == ["100"]
    results._evaluated.clear()
