import numpy as np
import pytest

from bilstm_core.problems import PROBLEMS, Problem, get_sequence, get_sequences
from bilstm_core.problems.cumulative_sum import WORKED_EXAMPLE, labels


def test_the_worked_sequence_gets_its_labels() -> None:
    x = np.array(WORKED_EXAMPLE).reshape(1, 10, 1)
    assert labels(x, threshold=0.25).ravel().tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]


def test_a_sum_that_just_reaches_the_threshold_is_labelled_one() -> None:
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


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS.keys())
@pytest.mark.parametrize("timesteps", [1, 2, 10, 200])
def test_every_problem_draws_batches_of_the_declared_shape(problem: Problem, timesteps: int) -> None:
    batch = problem.sample(6, timesteps, np.random.default_rng(0))
    assert batch.x.shape == (6, timesteps, problem.features)
    assert batch.x.dtype == np.float32
    assert batch.y.shape == (6, timesteps, 1)
    assert batch.mask.shape == (6, timesteps)
    assert batch.mask.dtype == np.bool_
    assert np.isfinite(batch.x).all()
