"""Sweeps: values of an axis, the runs of a cell, the order in which cells are trained, and what a map shows of them."""

from dataclasses import replace

import numpy as np
import pytest

from bilstm_core.datasets import recipe
from bilstm_core.problems import PROBLEMS, given
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweep_settings import BESIDE, MOST_BESIDE, SweepSettings
from bilstm_core.sweeps import (
    GOAL,
    SWEPT,
    Axis,
    Grid,
    Result,
    boundary,
    estimated,
    next_places,
    spaced,
)
from tests.datasets.tables import long_table, ready

BASE = RunSpec(
    model=ModelSpec(units=7),
    training=TrainingSpec(epochs=1, sequences_per_epoch=300, batch_size=2, learning_rate=1e-2, seed=4),
)
GRID = Grid(
    base=BASE,
    x=Axis(setting="timesteps", values=(2, 5, 9)),
    y=Axis(setting="units", values=(1, 4)),
    starts=3,
)


def truth(size: int) -> np.ndarray:
    """A map that falls from all right to none, with a boundary that bends: (size, size)."""
    rows, columns = np.indices((size, size))
    return 1 / (1 + np.exp(columns - 1.5 * rows + 4 * np.sin(rows / 3)))


def trained_in_order(whole: np.ndarray) -> list[list[tuple[int, int]]]:
    """The cells as they are trained, wave by wave."""
    right = np.full(whole.shape, np.nan)
    waves = []
    while wave := next_places(right):
        waves.append(wave)
        for place in wave:
            right[place] = whole[place]
    return waves


@pytest.mark.parametrize("setting", SWEPT)
@pytest.mark.parametrize("count", [2, 4, 12, 20])
def test_values_rise_from_the_lowest_to_the_highest_and_every_one_is_allowed(setting: str, count: int) -> None:
    swept = SWEPT[setting]
    values = spaced(setting, swept.low, swept.high, count)
    assert (values[0], values[-1]) == (swept.low, swept.high)
    assert list(values) == sorted(set(values))
    assert len(values) == count or setting == "layers"
    for value in values:
        assert swept.put(BASE, value).canonical()


def test_units_go_up_by_one_at_first_so_that_the_fewest_are_found_exactly() -> None:
    values = spaced("units", 1, 40, 20)
    assert values[:7] == (1, 2, 3, 4, 5, 6, 7)
    steps = np.diff(values)
    assert (np.diff(steps)[:-1] >= -1).all()
    assert steps[-1] > 1


def test_timesteps_are_even_and_a_learning_rate_is_multiplied() -> None:
    assert spaced("timesteps", 2, 40, 20) == tuple(range(2, 41, 2))
    assert spaced("learning_rate", 1e-4, 1e-1, 4) == (1e-4, 1e-3, 1e-2, 1e-1)


def test_fewer_whole_numbers_than_asked_for_come_once_each() -> None:
    assert spaced("layers", 1, 3, 12) == (1, 2, 3)
    assert spaced("units", 3, 5, 12) == (3, 4, 5)


@pytest.mark.parametrize("setting", SWEPT)
def test_the_lowest_value_must_be_below_the_highest(setting: str) -> None:
    with pytest.raises(ValueError, match="lowest value must be below the highest"):
        spaced(setting, 3, 3, 4)


def test_a_cell_is_the_base_with_two_settings_changed_from_seeds_that_follow() -> None:
    specs = GRID.cells[1, 2]
    first = replace(BASE, problem=ProblemSpec(timesteps=9), model=ModelSpec(units=4))
    assert specs == tuple(replace(first, training=replace(BASE.training, seed=4 + start)) for start in range(3))


def test_a_number_of_sequences_is_one_epoch_of_as_many() -> None:
    grid = replace(GRID, y=Axis(setting="sequences", values=(100, 50_000)))
    training = grid.cells[1, 0][0].training
    assert (training.epochs, training.sequences) == (1, 50_000)


def test_a_grid_that_can_not_be_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="two different settings"):
        replace(GRID, y=GRID.x)
    numbers = next(name for name, problem in PROBLEMS.items() if problem.head == "regression")
    with pytest.raises(ValueError, match=r"are numbers\. Choose a problem with labels"):
        replace(GRID, base=replace(BASE, problem=ProblemSpec(name=numbers)))
    without = next(name for name, problem in PROBLEMS.items() if "threshold" not in problem.parameters)
    with pytest.raises(ValueError, match="has no threshold"):
        Grid(
            base=replace(BASE, problem=ProblemSpec(name=without)),
            x=GRID.x,
            y=Axis(setting="threshold", values=(0.1, 0.2)),
        )


def test_a_cell_is_measured_once_all_its_starts_are_and_has_the_share_of_the_median_one() -> None:
    first, second, third = GRID.cells[0, 1]
    results = {first: Result(0.2, 0.5, 1.0), second: Result(0.9, 0.1, 3.0)}
    assert np.isnan(GRID.rights(results)).all()
    results[third] = Result(0.7, 0.3, 2.0)
    assert GRID.rights(results)[0, 1] == 0.7
    assert GRID.measured(results, lambda result: result.train_s)[0, 1] == 2.0
    assert np.isnan(GRID.rights(results)).sum() == 5


def test_parameters_of_a_grid_grow_with_the_units_and_not_with_the_timesteps() -> None:
    counts = GRID.parameters()
    assert (counts[:, 0] == counts[:, 2]).all()
    assert (counts[0] < counts[1]).all()


def test_of_sequences_that_somebody_brought_labels_count_and_a_part_may_be_learned_from() -> None:
    brought = ready(long_table(sequences=40)).given
    settings = SweepSettings(name=given.hold(brought), across="sequences", starts=1, steps=3, batch_size=2)
    grid = settings.grid
    assert grid.x.values == (3, 9, 30), "a tenth to all of them"
    for place, (spec,) in grid.cells.items():
        training = spec.training
        assert (training.epochs, training.fresh_data) == (recipe.EPOCHS, False)
        assert training.sequences_per_epoch == grid.x.values[place[1]]
        assert spec.problem.timesteps == brought.timesteps
    results = {specs[0]: Result(0.1, 0.5, 1.0, 0.8) for specs in grid.cells.values()}
    assert (grid.rights(results) == 0.8).all()
    with pytest.raises(ValueError, match="must be at most 30, as many as there are to learn from"):
        replace(settings, x_to=31.0).grid  # noqa: B018 -- it is made as it is asked for
    with pytest.raises(ValueError, match="the data decide"):
        replace(settings, across="timesteps").grid  # noqa: B018
    assert SweepSettings().grid.base.training.epochs == 1


@pytest.mark.parametrize("shape", [(1, 1), (2, 7), (4, 4), (12, 12), (20, 20), (3, 20)])
def test_every_cell_is_trained_once(shape: tuple[int, int]) -> None:
    whole = truth(20)[: shape[0], : shape[1]]
    trained = [place for wave in trained_in_order(whole) for place in wave]
    assert sorted(trained) == sorted(np.ndindex(shape))


def test_a_coarse_map_of_the_whole_grid_comes_first() -> None:
    [first, *_] = trained_in_order(truth(20))
    assert len(first) <= 25
    assert {(0, 0), (0, 19), (19, 0), (19, 19)} <= set(first)


@pytest.mark.parametrize("size", [12, 20])
def test_the_boundary_is_known_long_before_the_map_is_complete(size: int) -> None:
    whole = truth(size)
    *early, rest = trained_in_order(whole)
    right = np.full(whole.shape, np.nan)
    for place in (place for wave in early for place in wave):
        right[place] = whole[place]
    assert len(rest) > whole.size / 3, "the boundary alone is much less than the map"
    assert boundary(estimated(right)) == boundary(whole)


def test_where_all_cells_are_alike_nothing_is_refined() -> None:
    [first, rest] = trained_in_order(np.full((20, 20), 0.2))
    assert len(first) + len(rest) == 400


def test_an_estimate_lies_between_its_neighbors_and_measured_cells_stay() -> None:
    right = np.array([[1.0, np.nan, 0.0], [np.nan, np.nan, np.nan]])
    filled = estimated(right)
    assert (filled[0, 0], filled[0, 2]) == (1.0, 0.0)
    assert filled[0, 1] == pytest.approx(0.5)
    assert filled[1, 0] > 0.5 > filled[1, 2]
    assert np.isnan(estimated(np.full((2, 2), np.nan))).all()
    far = np.full((20, 20), np.nan)
    far[0, 0] = 1.0
    assert np.argwhere(~np.isnan(estimated(far))).max() == 8, "the cells that are trained first are 8 from one another"
    assert boundary(estimated(far)) == []


def test_a_map_of_more_starts_shows_those_that_are_known() -> None:
    grid = Grid(base=RunSpec(), x=Axis(setting="timesteps", values=(2, 3)), y=Axis(setting="units", values=(1, 2)))
    results = {
        spec: Result(exact, 0.1, 0.1)
        for spec, exact in zip([*grid.cells[0, 0][:2], *grid.cells[1, 1]], (0.2, 0.4, 0.5, 0.6, 0.9), strict=True)
    }
    assert grid.rights_so_far(results) == pytest.approx(np.array([[0.3, np.nan], [np.nan, 0.6]]), nan_ok=True)
    assert grid.rights(results) == pytest.approx(np.array([[np.nan, np.nan], [np.nan, 0.6]]), nan_ok=True)


def test_the_boundary_runs_between_cells_on_either_side_of_the_goal() -> None:
    assert boundary(np.array([[GOAL, 0.5], [1.0, 0.95]])) == [(0.5, -0.5, 0.5, 0.5), (0.5, 0.5, 1.5, 0.5)]
    assert boundary(np.full((3, 3), 0.95)) == []


@pytest.mark.parametrize("beside", BESIDE.choices)  # of them "none" has none
def test_small_maps_differ_in_one_setting_alone_and_are_six_at_most(beside: str) -> None:
    settings = SweepSettings(beside=beside)
    family = settings.family
    assert (len(family) == 0) == (beside == "none")
    assert len(family) <= MOST_BESIDE
    for each in family.values():
        assert replace(each, beside=beside, **{beside: getattr(settings, beside)}) == settings
        assert each.family == {}
        assert each.grid.shape == settings.grid.shape


def test_a_problem_has_a_small_map_where_its_answers_are_labels_and_what_is_varied_is_a_setting_of_it() -> None:
    titles = {name: problem.title for name, problem in PROBLEMS.items()}
    everywhere = SweepSettings(beside="name").family
    assert titles["cosine_from_sine"] not in everywhere
    assert titles["total_quarters"] in everywhere
    with_threshold = SweepSettings(beside="name", up="threshold").family
    assert set(with_threshold) == {
        title for name, title in titles.items() if "threshold" in PROBLEMS[name].parameters
    } & set(everywhere)
