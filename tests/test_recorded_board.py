"""The recorded board: written and read back, left alone where it is damaged, and true where it is trained again."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bilstm_core import recorded_board
from bilstm_core.analysis.smallest import smallest_of, tried_of
from bilstm_core.analysis.smallest_search import next_runs
from bilstm_core.bayes import bayes_risk
from bilstm_core.evaluation import evaluate
from bilstm_core.problems import PROBLEMS
from bilstm_core.recorded_board import GOAL, STARTS, TIMESTEPS, Board, Place, places, read, recorded, starts, write
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweeps import TESTED_ON, Result
from bilstm_core.training import train_many

SPEC = RunSpec(
    problem=ProblemSpec(name="share_of_total", timesteps=5),
    model=ModelSpec(units=2, cell="gru"),
    training=TrainingSpec(epochs=1, sequences_per_epoch=300, batch_size=10, learning_rate=3e-3),
)
SEARCHED = [
    place
    for place in places()
    if place.timesteps in (2, 3) or (place.timesteps == 5 and PROBLEMS[place.problem].solved_by != "bidirectional")
]


def a_board() -> Board:
    specs = starts(SPEC)
    return Board(
        day="2026-11-27",
        versions={"keras": "3.15.1"},
        results={spec: Result(0.99 + place / 1_000, 0.125, 0.5) for place, spec in enumerate(specs)},
        digests=dict.fromkeys(specs, "0123456789abcdef"),
        best={Place("share_of_total", "forward", 5): 0.625, Place("share_of_total", "bidirectional", 5): 1.0},
    )


def test_a_board_is_read_as_it_was_written(tmp_path: Path) -> None:
    write(a_board(), tmp_path / "board.json")
    assert read(tmp_path / "board.json") == a_board()
    assert not a_board().possible(Place("share_of_total", "forward", 5))
    assert a_board().possible(Place("share_of_total", "bidirectional", 5))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("engine", -1),
        ("day", "yesterday"),
        ("sequences", None),
        ("networks", [{"spec": {"units": "0"}, "seed": [], "right": [], "loss": [], "train_s": [], "digest": []}]),
        ("networks", [{"spec": {}, "seed": [0], "right": [], "loss": [], "train_s": [], "digest": []}]),
        ("networks", [{"spec": {}}]),
        ("best", [["cumulative_sum", "forward"]]),
    ],
)
def test_what_is_damaged_or_of_another_engine_is_no_board(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "board.json"
    write(a_board(), path)
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    assert read(path) == Board()
    path.write_text(path.read_text()[:-20])
    assert read(path) == Board()
    assert read(tmp_path / "missing.json") == Board()


def test_a_board_stays_whole_where_writing_another_is_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "board.json"
    write(a_board(), path)

    def full(self: Path, text: str, **_: object) -> None:
        with self.open("w") as file:
            file.write(text[:40])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        write(replace(a_board(), day="2026-11-28"), path)
    assert read(path) == a_board()


def test_every_place_is_recorded_and_what_was_searched_was_searched_to_the_end() -> None:
    board = recorded()
    assert list(board.best) == places()
    assert {place.problem for place in board.best} == {
        name for name, problem in PROBLEMS.items() if problem.head != "regression"
    }
    tried = set(tried_of(board.results, {}))
    assert tried == {place for place in SEARCHED if board.possible(place)}, "what is too low is not tried"
    assert {place for place in tried if next_runs(place, board.results)} == set()
    assert smallest_of(board.results, board.sequences), "the page opens on one"
    assert recorded_board.FILE.stat().st_size < 200_000


def test_where_no_model_can_the_best_possible_is_that_of_the_formula() -> None:
    board = recorded()
    for place in (place for place in places() if place.timesteps == TIMESTEPS[0]):
        problem = ProblemSpec(name=place.problem, timesteps=place.timesteps)
        assert board.best[place] == pytest.approx(bayes_risk(problem, place.direction).exact, abs=1e-6)
    possible = {place for place in places() if board.possible(place)}
    assert Place("share_of_total", "backward", 2) in possible, "its first label is read with all, its last is always 1"
    assert {(place.problem, place.direction) for place in possible if place.timesteps > 2} == {
        (name, direction)
        for name, problem in PROBLEMS.items()
        if problem.head != "regression"
        for direction in {problem.solved_by, "bidirectional"}
    }


def test_a_recorded_smallest_model_that_is_trained_again_reaches_the_goal_with_the_recorded_shares() -> None:
    board = recorded()
    best = smallest_of(board.results, board.sequences)
    quick = sorted(best.values(), key=lambda model: sum(board.results[spec].train_s for spec in starts(model.spec)))
    model = quick[0]
    specs = starts(model.spec)
    runs = train_many(specs, mixed=True)
    again = [evaluate(run, TESTED_ON).exact for run in runs]
    np.testing.assert_allclose(again, [board.results[spec].exact for spec in specs], atol=0.01)
    assert sum(exact >= GOAL for exact in again) >= 2 * STARTS / 3


def test_the_starts_of_a_network_differ_in_their_seed_alone() -> None:
    first, second, third = starts(replace(SPEC, training=replace(SPEC.training, seed=4)))
    assert [spec.training.seed for spec in (first, second, third)] == [4, 5, 6]
    assert replace(second, training=replace(second.training, seed=4)) == first
