import inspect
import math
from collections.abc import Callable

import numpy as np
import pytest

from bilstm_core.problems import PROBLEMS, VIEWS, Problem, View, get_sequence, get_sequences
from bilstm_core.problems.base import reads
from bilstm_core.problems.cosine_from_sine import FASTEST, SLOWEST
from bilstm_core.problems.cumulative_sum import WORKED_EXAMPLE, labels
from bilstm_core.specs import ProblemSpec

Labels = Callable[[list[float]], list[int]]

# the labels of a sequence's real values, written out as a person would
DEFINITIONS: dict[str, Labels] = {
    "cumulative_sum": lambda x: [int(sum(x[: t + 1]) >= 0.25 * len(x)) for t in range(len(x))],
    "reverse_cumulative_sum": lambda x: [int(sum(x[t:]) >= 0.25 * len(x)) for t in range(len(x))],
    "share_of_total": lambda x: [int(sum(x[: t + 1]) >= sum(x[t + 1 :])) for t in range(len(x))],
    "centered_window": lambda x: [
        int(sum(near) / len(near) >= 0.5) for near in (x[max(t - 2, 0) : t + 3] for t in range(len(x)))
    ],
    "total_quarters": lambda x: [min(int(4 * sum(x[: t + 1]) / sum(x)), 3) for t in range(len(x))],
    "variable_length": lambda x: [int(sum(x[: t + 1]) >= 2.5) for t in range(len(x))],  # T = 10 whatever the length
}

each_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS.keys())


def test_the_worked_sequence_gets_its_labels() -> None:
    x = np.array(WORKED_EXAMPLE).reshape(1, 10, 1)
    assert labels(x, threshold=0.25).ravel().tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("reverse_cumulative_sum", [0.4, 0.5, 0.3, 0.9], [1, 1, 1, 0]),
        ("share_of_total", [0.4, 0.5, 0.3, 0.9], [0, 0, 1, 1]),
        ("centered_window", [0.4, 0.5, 0.3, 0.9], [0, 1, 1, 1]),
        ("total_quarters", [0.4, 0.5, 0.3, 0.9], [0, 1, 2, 3]),
        ("variable_length", [0.4, 0.5, 0.3, -1.0], [0, 0, 1, 0]),
    ],
)
def test_the_example_of_each_docstring_gets_its_labels(name: str, values: list[float], expected: list[int]) -> None:
    x = np.array(values).reshape(1, 4, 1)
    label = PROBLEMS[name].labels
    assert label is not None
    assert label(x, x[..., 0] >= 0).ravel().tolist() == expected


def test_a_sum_that_just_reaches_the_threshold_is_labeled_one() -> None:
    x = np.array([0.5, 0.5, 0.5, 0.5]).reshape(1, 4, 1)
    assert labels(x, threshold=0.25).ravel().tolist() == [0, 1, 1, 1]


def test_get_sequence_has_one_feature_and_one_label_a_timestep() -> None:
    x, y = get_sequence(10, np.random.default_rng(0))
    assert x.shape == y.shape == (1, 10, 1)
    assert x.dtype == np.float32
    assert np.issubdtype(y.dtype, np.integer)
    assert ((x >= 0) & (x < 1)).all()
    assert np.array_equal(y, np.cumsum(x, axis=1, dtype=float) >= 2.5)


def test_the_same_generator_gives_the_same_sequences() -> None:
    first, second = (get_sequences(5, 8, np.random.default_rng(3))[0] for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize(("n", "timesteps", "threshold"), [(0, 5, 0.25), (1, 0, 0.25), (1, 5, 0.0), (1, 5, 1.5)])
def test_impossible_sequences_are_refused(n: int, timesteps: int, threshold: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        get_sequences(n, timesteps, threshold=threshold)


@each_problem
@pytest.mark.parametrize("timesteps", [1, 2, 10, 200])
def test_every_problem_draws_batches_of_the_declared_shape(problem: Problem, timesteps: int) -> None:
    batch = problem.sample(6, timesteps, np.random.default_rng(0))
    assert batch.x.shape == (6, timesteps, problem.features)
    assert batch.x.dtype == np.float32
    assert batch.y.shape == (6, timesteps, 1)
    assert batch.y.dtype == (np.float32 if problem.head == "regression" else np.int64)
    assert batch.mask.shape == (6, timesteps)
    assert batch.mask.dtype == np.bool_
    assert batch.mask.any(axis=1).all()
    assert (problem.padded and timesteps > 1) == (not batch.mask.all())
    assert np.isfinite(batch.x).all()
    if problem.head != "regression":
        assert np.isin(batch.y, range(max(problem.outputs, 2))).all()


@each_problem
def test_labels_follow_the_definition(problem: Problem) -> None:
    batch = problem.sample(200, 10, np.random.default_rng(1))
    if problem.labels is None:
        assert problem.head == "regression"
        return
    for x, y, mask in zip(*batch, strict=True):
        assert y[mask].ravel().tolist() == DEFINITIONS[problem.name](x[mask].ravel().tolist())
    np.testing.assert_array_equal(problem.labels(batch.x, batch.mask), batch.y)


@each_problem
def test_a_problem_is_tuned_by_what_its_spec_has_with_the_same_defaults(problem: Problem) -> None:
    spec = ProblemSpec(name=problem.name)
    for draw in (problem.sample, problem.risk):
        taken = inspect.signature(draw).parameters
        assert spec.parameters() == {name: taken[name].default for name in problem.parameters}


@pytest.mark.parametrize("name", [name for name, problem in PROBLEMS.items() if problem.parameters])
def test_the_threshold_moves_the_labels(name: str) -> None:
    low, high = (PROBLEMS[name].sample(50, 10, np.random.default_rng(2), threshold=h) for h in (0.1, 0.4))
    np.testing.assert_array_equal(low.x, high.x)
    assert (low.y >= high.y)[low.mask].all()
    assert (low.y > high.y)[low.mask].any()


def test_a_cosine_is_the_sine_a_quarter_period_ahead() -> None:
    """The next value is x cos w + y sin w; w is found from three values."""
    batch = PROBLEMS["cosine_from_sine"].sample(100, 10, np.random.default_rng(0))
    x, y = batch.x[..., 0].astype(float), batch.y[..., 0].astype(float)
    middle = np.abs(x[:, 1:-1]).argmax(axis=1) + 1
    each = np.arange(100)
    w = np.arccos((x[each, middle - 1] + x[each, middle + 1]) / (2 * x[each, middle]))
    assert (w > SLOWEST - 1e-3).all()
    assert (w < FASTEST + 1e-3).all()
    following = x[:, :-1] * np.cos(w)[:, None] + y[:, :-1] * np.sin(w)[:, None]
    np.testing.assert_allclose(x[:, 1:], following, atol=1e-4)


def test_lengths_are_spread_evenly_over_the_longer_half_and_padding_is_no_value() -> None:
    batch = PROBLEMS["variable_length"].sample(6_000, 10, np.random.default_rng(0))
    lengths = np.bincount(batch.mask.sum(axis=1), minlength=11)
    assert lengths[:5].sum() == 0
    np.testing.assert_allclose(lengths[5:], 1_000, atol=150)
    assert (batch.x[~batch.mask] == -1).all()
    assert (batch.x[batch.mask] >= 0).all()
    assert (np.diff(batch.mask.astype(int), axis=1) <= 0).all()


@each_problem
def test_a_waterfall_turns_its_labels_where_its_sum_reaches_its_limits(problem: Problem) -> None:
    if problem.waterfall is None:
        return
    batch = problem.sample(50, 10, np.random.default_rng(3))
    turn = -1 if problem.waterfall.from_end else 1
    for x, y, mask in zip(*batch, strict=True):
        sums = np.cumsum(x[::turn, 0], dtype=float)[::turn]
        reached = sums[:, None] >= problem.waterfall.limits(x) - 1e-12
        np.testing.assert_array_equal(reached.sum(axis=1)[mask], y[mask, 0])


@each_problem
@pytest.mark.parametrize("timesteps", [1, 2, 5, 10])
def test_floors_are_ordered_by_sight(problem: Problem, timesteps: int) -> None:
    risks = {view: problem.risk(timesteps, view) for view in VIEWS}
    for view in ("forward", "backward", "backward_raw"):
        for less, more in (("position", view), (view, "bidirectional")):
            slack = 1e-6 + 4 * np.hypot(risks[less].loss_error, risks[more].loss_error)
            assert risks[more].loss <= risks[less].loss + slack
            if problem.head != "regression":
                assert risks[more].accuracy >= risks[less].accuracy - slack


@each_problem
def test_only_the_direction_that_is_said_to_solve_a_problem_does(problem: Problem) -> None:
    risks = {view: problem.risk(10, view) for view in VIEWS}
    assert risks["bidirectional"].loss == 0
    for view in ("position", "forward", "backward", "backward_raw"):
        assert (risks[view].loss == 0) == (view == problem.solved_by)


@each_problem
def test_risks_are_means_over_real_timesteps(problem: Problem) -> None:
    batch = problem.sample(20_000, 7, np.random.default_rng(4))
    for view in VIEWS:
        risk = problem.risk(7, view)
        weights = batch.mask.mean(axis=0)
        assert risk.per_timestep_loss.shape == risk.per_timestep_accuracy.shape == (7,)
        assert risk.loss == pytest.approx(np.average(risk.per_timestep_loss, weights=weights), abs=3e-3)
        if problem.head == "regression":
            assert math.isnan(risk.accuracy)
            assert math.isnan(risk.exact)
        else:
            assert risk.accuracy == pytest.approx(np.average(risk.per_timestep_accuracy, weights=weights), abs=3e-3)
            assert 0 <= risk.exact <= min(risk.per_timestep_accuracy[weights == 1]) + 4 * risk.exact_error + 1e-9


def test_what_a_view_has_read() -> None:
    assert reads("forward", 3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert reads("backward_raw", 2).tolist() == [[False, True], [True, True]]
    views: tuple[View, ...] = VIEWS
    assert [int(reads(view, 4).sum()) for view in views] == [0, 10, 10, 10, 16]
