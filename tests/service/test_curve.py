import numpy as np

from bilstm_core.downsampling import Curve
from bilstm_core.service.curve import thin
from bilstm_core.specs import TrainingSpec


def losses(updates: int) -> Curve:
    loss = np.random.default_rng(0).random(updates)
    return np.arange(1, updates + 1), loss, np.ones(updates, np.int64), loss


def test_a_window_of_a_thinned_curve_has_the_mean_of_all_its_updates() -> None:
    _, loss, _, _ = whole = losses(20_000)
    seen, means, counts, last = thin(*whole, training=TrainingSpec(epochs=20_000))
    assert 1_500 < len(seen) <= 2_000
    assert np.array_equal(np.cumsum(counts), seen)
    ends = np.cumsum(np.append(0, loss))[seen]
    assert np.allclose(means, np.diff(ends, prepend=0) / counts, atol=1e-9)
    assert np.array_equal(last, loss[seen - 1])


def test_thinning_as_points_arrive_equals_thinning_them_all_at_once() -> None:
    training, whole = TrainingSpec(epochs=20_000), losses(20_000)
    arriving = thin(*(part[:0] for part in whole), training=training)
    for start in range(0, 20_000, 777):
        news = (part[start : start + 777] for part in whole)
        arriving = thin(*(np.concatenate(pair) for pair in zip(arriving, news, strict=True)), training=training)
    for part, expected in zip(arriving, thin(*whole, training=training), strict=True):
        assert np.allclose(part, expected, atol=1e-12)


def test_a_short_curve_is_kept_whole() -> None:
    whole = losses(250)
    for part, expected in zip(thin(*whole, training=TrainingSpec(epochs=250)), whole, strict=True):
        assert np.array_equal(part, expected)
