"""The search for the smallest model of a place: which units are tried, from which starts, and when it has ended."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bilstm_core.analysis.smallest import smaller, smallest_of, table_of, tried_of
from bilstm_core.analysis.smallest_search import next_runs, next_units
from bilstm_core.recorded_board import GOAL, MOST_UNITS, RECIPES, STARTS, Place, alike
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from bilstm_core.sweeps import TESTED_ON, Result

PLACE = Place("cumulative_sum", "forward", 10)


def searched(exact: Callable[[RunSpec], float]) -> tuple[dict[RunSpec, Result], list[list[RunSpec]]]:
    """What a search finds where each run gets this share right, and its waves."""
    results: dict[RunSpec, Result] = {}
    waves = []
    while wave := next_runs(PLACE, results):
        assert not set(wave) & set(results), "each is trained once"
        waves.append(wave)
        results |= {spec: Result(exact(spec), 0.1, 0.5) for spec in wave}
    return results, waves


@pytest.mark.parametrize("fewest", range(1, MOST_UNITS + 1))
def test_the_fewest_units_are_found_and_few_others_are_tried(fewest: int) -> None:
    reached: dict[int, bool] = {}
    while units := next_units(reached, MOST_UNITS):
        reached |= {count: count >= fewest for count in units}
    assert min(count for count, good in reached.items() if good) == fewest
    assert fewest == 1 or reached[fewest - 1] is False
    doubled = {1, 2, 4, 8, MOST_UNITS}
    assert len(set(reached) - doubled) <= 2, "the middle, and the middle of a half"


def test_between_what_falls_short_and_what_is_enough_the_middle_is_tried_until_they_are_neighbors() -> None:
    reached = {1: False, 2: False, 4: False, 8: False, 12: True}
    assert next_units(reached, 12) == [10]
    assert next_units(reached | {10: False}, 12) == [11]
    assert next_units(reached | {10: True}, 12) == [9]
    assert next_units(reached | {10: False, 11: True}, 12) == []
    assert next_units(reached | {3: True}, 12) == [], "2 fall short, and 3 are enough"
    assert next_units({2: True}, 12) == [1]
    assert next_units({1: True, 2: False}, 12) == []


def test_where_none_is_enough_the_most_are_tried_before_the_search_ends() -> None:
    reached: dict[int, bool] = {}
    while units := next_units(reached, 11):
        reached |= dict.fromkeys(units, False)
    assert sorted(reached) == [1, 2, 4, 8, 11]
    assert next_units({}, 0) == []


def test_a_search_finds_the_model_with_the_fewest_parameters_over_all_cells() -> None:
    fewest = {"rnn": 7, "lstm": 2}
    results, waves = searched(lambda spec: 0.995 if spec.model.units >= fewest[spec.model.cell] else 0.5)
    found = smallest_of(results, TESTED_ON)[PLACE]
    assert (found.spec.model.cell, found.spec.model.units) == ("lstm", 2)
    assert (found.reached, found.starts, found.spec.training.seed) == (3, STARTS, 0)
    first = max(wave for wave, specs in enumerate(waves) if specs[0].model.cell == "rnn")
    assert all(spec.model.cell == "rnn" for wave in waves[:first] for spec in wave)
    assert max(spec.model.units for spec in results if spec.model.cell == "lstm") < MOST_UNITS, "only what is smaller"
    tried = tried_of(results, {PLACE: found})[PLACE]
    assert tried.units == {"rnn": (1, 2, 4), "lstm": (1,)}, "what is smaller alone"
    assert not any(alike(spec).training == RECIPES[-1].training for spec in results), "a first recipe was enough"


def test_where_nothing_reaches_the_goal_it_is_told_how_far_was_searched() -> None:
    results, _ = searched(lambda spec: 0.9 + spec.model.units / 1_000 + (spec.model.cell == "lstm") / 10_000)
    assert smallest_of(results, TESTED_ON) == {}
    assert {alike(spec).training for spec in results} == {recipe.training for recipe in RECIPES}
    tried = tried_of(results, {})[PLACE]
    assert tried.units == dict.fromkeys(("rnn", "lstm"), (1, 2, 4, 8, MOST_UNITS))
    assert tried.spec.model.cell == "lstm"
    assert tried.exact == pytest.approx(0.9 + MOST_UNITS / 1_000 + 1e-4)


def test_one_start_of_three_is_not_enough() -> None:
    results, _ = searched(lambda spec: GOAL if spec.training.seed == 0 else 0.98)
    assert smallest_of(results, TESTED_ON) == {}
    results, _ = searched(lambda spec: 0.98 if spec.training.seed == 0 else GOAL)
    found = smallest_of(results, TESTED_ON)[PLACE]
    assert (found.reached, found.exacts) == (2, (0.98, GOAL, GOAL))


def test_another_threshold_is_another_problem_and_does_not_count() -> None:
    spec = RunSpec(problem=ProblemSpec(threshold=0.95), model=ModelSpec(units=1))
    easy = {replace(spec, training=replace(spec.training, seed=seed)): Result(1.0, 0.0, 0.1) for seed in range(3)}
    assert table_of(easy, TESTED_ON).empty
    assert smallest_of(easy, TESTED_ON) == {}


def test_a_model_is_put_beside_the_recorded_one_only_where_it_is_smaller() -> None:
    results, _ = searched(lambda spec: 0.995 if spec.model.units >= 3 else 0.5)
    recorded = smallest_of(results, TESTED_ON)
    same = smaller(recorded, recorded)
    assert same == {}
    assert smaller(recorded, {}) == recorded
    less = {PLACE: recorded[PLACE]._replace(parameters=recorded[PLACE].parameters - 1)}
    assert smaller(less, recorded) == less
