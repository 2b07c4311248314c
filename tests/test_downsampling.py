import numpy as np
import pytest

from bilstm_core.downsampling import (
    MAX_SNAPSHOTS,
    MAX_STEP_POINTS,
    curve_steps,
    grid_steps,
    lows_and_highs,
    snapshot_steps,
    thinned,
)


@pytest.mark.parametrize("done", [0, 1, 10, 250, 1_000, 20_000, 5_000_000])
def test_snapshots_are_few_and_begin_untrained(done: int) -> None:
    steps = snapshot_steps(done)
    assert steps[0] == 0
    assert len(steps) < MAX_SNAPSHOTS
    assert np.all(np.diff(steps) > 0)
    assert steps[-1] <= done
    assert done < 250 or len(steps) >= 35


def test_a_snapshot_once_dropped_never_comes_back() -> None:
    before = snapshot_steps(0)
    for done in [*range(1, 400), *range(400, 100_000, 777)]:
        after = snapshot_steps(done)
        assert set(after[after <= before[-1]]) <= set(before)
        before = after


def test_the_grid_is_cut_anywhere() -> None:
    assert np.array_equal(grid_steps(-1, 500), np.concatenate([grid_steps(-1, 17), grid_steps(17, 500)]))


def test_thinning_keeps_every_low_and_high_of_a_bucket() -> None:
    loss = np.random.default_rng(0).random(10_000).astype(np.float32)
    steps, losses = thinned(np.arange(1, 10_001), loss, 10_000)
    assert len(steps) <= MAX_STEP_POINTS
    assert np.array_equal(losses, loss[steps - 1])
    assert {int(loss.argmin()) + 1, int(loss.argmax()) + 1} <= set(steps.tolist())


def test_thinning_what_was_thinned_equals_thinning_the_whole() -> None:
    loss = np.random.default_rng(1).integers(0, 50, 9_000).astype(np.float32)
    steps = np.arange(1, 9_001)
    whole = thinned(steps, loss, 9_000)
    part = (np.zeros(0, np.int64), np.zeros(0, np.float32))
    for start, stop in ((0, 1_500), (1_500, 2_345), (2_345, 6_001), (6_001, 9_000)):
        joined = (np.append(part[0], steps[start:stop]), np.append(part[1], loss[start:stop]))
        part = thinned(*joined, stop)
    assert all(np.array_equal(stepwise, at_once) for stepwise, at_once in zip(part, whole, strict=True))


def test_of_equal_lows_and_highs_the_first_is_kept() -> None:
    values = np.array([2.0, 1, 3, 1, 3, 2, 7])
    assert lows_and_highs(np.array([0, 0, 0, 0, 0, 0, 1]), values).tolist() == [1, 2, 6]
    assert lows_and_highs(np.zeros(7, np.int64), values, ends=True).tolist() == [0, 1, 6]
    assert lows_and_highs(np.zeros(0, np.int64), values[:0], ends=True).tolist() == []


def test_short_runs_keep_every_step() -> None:
    steps, _ = thinned(np.arange(1, 2_001), np.zeros(2_000, np.float32), 2_000)
    assert len(steps) == 2_000


@pytest.mark.parametrize("steps", [0, 1, 2_000, 2_001, 2_600, 5_000, 20_000, 10_000_000, 21_290_000, 84_000_000])
def test_a_curve_has_few_points_and_reaches_to_the_last_step(steps: int) -> None:
    points = curve_steps(steps)
    assert len(points) <= MAX_STEP_POINTS
    assert np.all(np.diff(points) > 0)
    assert points[[0, -1]].tolist() == [1, steps] if steps else not len(points)
    assert len(points) > 650 or steps < 650
    if steps > MAX_STEP_POINTS:
        assert np.diff(points).max() <= steps / 600
        assert np.max(points[1:] / points[:-1]) == 2


def test_a_point_that_a_curve_has_not_a_longer_one_has_not() -> None:
    before = curve_steps(1_990)
    for steps in [*range(1_991, 2_700), *range(2_700, 100_000, 777)]:
        after = curve_steps(steps)
        assert set(after[after < before[-1]]) <= set(before)
        before = after
