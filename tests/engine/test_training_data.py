import numpy as np
import pytest

from bilstm_core.engine.training_data import BLOCK, TrainingData
from bilstm_core.random_streams import Stream, generator
from bilstm_core.specs import ProblemSpec, TrainingSpec

PROBLEM = ProblemSpec(timesteps=4)


@pytest.mark.parametrize("fresh", [True, False])
def test_the_stream_is_the_same_however_it_is_cut(fresh: bool) -> None:
    training = TrainingSpec(epochs=40, sequences_per_epoch=100, batch_size=30, fresh_data=fresh)
    whole = TrainingData(PROBLEM, training, noise=True).batches(0, training.steps)
    data = TrainingData(PROBLEM, training, noise=True)
    for first, steps in ((0, 3), (3, 58), (150, 10), (61, 99)):
        part = data.batches(first, steps)
        for rows, all_of_it in zip(part, whole, strict=True):
            assert np.array_equal(rows, all_of_it[first : first + steps])


def test_fresh_data_are_the_blocks_of_the_stream_in_order() -> None:
    training = TrainingSpec(epochs=3 * BLOCK, sequences_per_epoch=1)
    batches = TrainingData(PROBLEM, training, noise=False).batches(BLOCK, BLOCK)
    expected = PROBLEM.problem.sample(BLOCK, 4, generator(0, Stream.TRAINING, 1), threshold=0.25)
    assert np.array_equal(batches.x[:, 0], expected.x)
    assert np.array_equal(batches.y[:, 0], expected.y[..., 0])


def test_fixed_data_are_drawn_once_and_reshuffled_each_epoch() -> None:
    training = TrainingSpec(epochs=2, sequences_per_epoch=50, batch_size=50, fresh_data=False)
    first, second = TrainingData(PROBLEM, training, noise=False).batches(0, 2).x[..., 0]
    assert not np.array_equal(first, second)
    assert np.array_equal(np.sort(first, axis=0), np.sort(second, axis=0))


def test_a_smaller_last_batch_is_masked() -> None:
    training = TrainingSpec(epochs=2, sequences_per_epoch=5, batch_size=3)
    batches = TrainingData(PROBLEM, training, noise=False).batches(0, 4)
    assert batches.mask.sum(axis=2).tolist() == [[4, 4, 4], [4, 4, 0], [4, 4, 4], [4, 4, 0]]


def test_noise_follows_the_sequences_seen_and_leaves_the_data_alone() -> None:
    training = TrainingSpec(epochs=2, sequences_per_epoch=8, batch_size=8, fresh_data=False)
    noisy = TrainingData(PROBLEM, training, noise=True).batches(0, 2).x
    assert np.array_equal(noisy[..., :1], TrainingData(PROBLEM, training, noise=False).batches(0, 2).x)
    expected = generator(0, Stream.NOISE, 0).random((BLOCK, 4, 1), dtype=np.float32)[:16]
    assert np.array_equal(noisy[..., 1:].reshape(16, 4, 1), expected)
