"""Recorded scores are what testing the recorded runs gives, and no visitor waits for them."""

from dataclasses import replace
from pathlib import Path

import pytest

from bilstm_core import recorded_scores
from bilstm_core.evaluation import evaluate
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.record import compared_specs
from bilstm_core.store import read_recorded
from ui import scores


def test_every_recorded_run_that_pages_compare_has_its_score_and_nothing_else_has() -> None:
    runs = [read_recorded(spec) for spec in compared_specs()]
    assert {run.digest for run in runs if run} == set(recorded_scores.recorded())
    assert ComparisonSettings().sequences == recorded_scores.SEQUENCES


@pytest.mark.parametrize("place", range(0, 130, 11))
def test_a_recorded_score_is_what_testing_the_run_gives(place: int) -> None:
    run = read_recorded(compared_specs()[place])
    assert run
    told = evaluate(run, recorded_scores.SEQUENCES)
    loss, accuracy, exact, by_timestep = recorded_scores.recorded()[run.digest]
    assert loss == pytest.approx(told.loss, rel=1e-5)
    assert accuracy == pytest.approx(told.accuracy, abs=1e-4)  # another machine may round a label to the other side
    assert exact == pytest.approx(told.exact, abs=1e-3)
    assert by_timestep == pytest.approx(told.per_timestep["accuracy"].tolist(), abs=1e-3)


def test_a_score_that_is_recorded_is_there_at_once_and_on_other_sequences_it_is_worked_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = read_recorded(compared_specs()[0])
    assert run
    monkeypatch.setattr(scores, "evaluate", lambda run, n: replace(evaluate(run, n), loss=9.0))
    monkeypatch.setattr(scores, "_scores", {})
    assert scores.score_of(run, recorded_scores.SEQUENCES).done()
    assert scores.score_of(run, recorded_scores.SEQUENCES).result().loss == recorded_scores.recorded()[run.digest].loss
    assert scores.score_of(run, 7).result().loss == 9.0


def test_a_file_that_is_missing_or_damaged_records_nothing_and_one_that_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "scores.json"
    assert recorded_scores.read(path) == {}
    run = read_recorded(compared_specs()[0])
    assert run
    told = evaluate(run, 5)
    recorded_scores.write({"a": told, "b": replace(told, loss=0.5)}, path)
    assert [score.loss for score in recorded_scores.read(path).values()] == [told.loss, 0.5]
    assert recorded_scores.read(path)["a"].by_timestep == tuple(told.per_timestep["accuracy"])
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    assert recorded_scores.read(path) == {}
    for text in ('{"a": [1, 2]}', "[1, 2]", '{"a": 1}'):
        path.write_text(text, encoding="utf-8")
        assert recorded_scores.read(path) == {}
