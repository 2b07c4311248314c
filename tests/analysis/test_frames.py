import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.analysis.statistics import differences
from bilstm_core.analysis.telling import ranking
from bilstm_core.downsampling import curve_steps, thinned
from bilstm_core.runs import Run, Snapshots, Timing, means_needed
from bilstm_core.specs import RunSpec, TrainingSpec


def skewed(count: int, seed: int = 0) -> npt.NDArray[np.float32]:
    """Losses that fall, and are often small and seldom large, as those of single sequences are."""
    rng = np.random.default_rng(seed)
    return (rng.exponential(1.0, count) * np.linspace(0.7, 0.05, count)).astype(np.float32)


def run(training: TrainingSpec, loss: npt.NDArray[np.float32]) -> Run:
    """A run with these losses of its updates, stopped after the last of them; batches of one size."""
    step, lows_and_highs = thinned(np.arange(1, len(loss) + 1), loss, len(loss))
    epochs = len(loss) // training.steps_per_epoch
    means = loss[: epochs * training.steps_per_epoch].astype(np.float64).reshape(epochs, -1).mean(axis=1)
    epoch = np.arange(1, epochs + 1)
    kept = curve_steps(len(loss))
    total = training.batch_size * np.cumsum(loss, dtype=np.float64)[kept - 1]
    totals = pd.DataFrame({"step": kept, "loss": loss[kept - 1], "total": total})
    return Run(
        spec=RunSpec(training=training),
        steps_done=len(loss),
        history=pd.DataFrame(
            {"epoch": epoch, "sequences_seen": epoch * training.sequences_per_epoch, "loss": means, "accuracy": means}
        ),
        steps=pd.DataFrame({"step": step, "sequences_seen": step * training.batch_size, "loss": lows_and_highs}),
        snapshots=Snapshots(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, 32, 10, 1), np.float16)),
        weights={},
        optimizer_state={},
        timing=Timing(0.0, 0.0, 1),
        means=totals if means_needed(training, len(loss)) else pd.DataFrame(),
    )


def mean_of_all(table: pd.DataFrame, column: str) -> float:
    return float(np.average(table[column], weights=np.diff(table["sequences_seen"], prepend=0)))


def test_every_update_of_a_short_run_is_a_row() -> None:
    loss = skewed(2_000)
    table = frames.losses({"a": [run(TrainingSpec(epochs=2_000), loss)]})
    assert np.array_equal(table["loss"], loss)
    assert np.array_equal(table["mean"], loss)


@pytest.mark.parametrize(
    "training",
    [
        TrainingSpec(epochs=6_000),
        TrainingSpec(epochs=3_000, sequences_per_epoch=2),
        TrainingSpec(epochs=1, sequences_per_epoch=50_000, batch_size=10),
        TrainingSpec(epochs=3, sequences_per_epoch=20_000, batch_size=10),
    ],
)
def test_the_rows_of_a_long_run_stand_for_all_its_losses(training: TrainingSpec) -> None:
    loss = skewed(training.steps)
    whole = run(training, loss)
    table = frames.losses({"a": [whole]})
    assert len(table) <= 2_000
    assert table["sequences_seen"].iloc[-1] == training.sequences
    assert mean_of_all(table, "mean") == pytest.approx(loss.mean(), rel=1e-4)
    assert mean_of_all(whole.steps, "loss") > 1.2 * loss.mean()


def test_a_smoothed_long_run_is_its_trailing_mean() -> None:
    loss = skewed(6_000)
    banded = figures.smooth_and_band(frames.losses({"a": [run(TrainingSpec(epochs=6_000), loss)]}), window=300)
    seen = banded["sequences_seen"].to_numpy()
    trailing = pd.Series(loss).rolling(300, min_periods=1).mean().to_numpy()[seen - 1]
    late = seen > 1_000
    np.testing.assert_allclose(banded["median"][late], trailing[late], rtol=0.1)
    assert banded["median"][late].mean() == pytest.approx(trailing[late].mean(), rel=0.005)


def test_long_runs_of_several_starts_share_their_rows() -> None:
    runs = [run(TrainingSpec(epochs=6_000, seed=seed), skewed(6_000, seed)) for seed in range(3)]
    assert (figures.smooth_and_band(frames.losses({"a": runs}))["seeds"] == 3).all()


def test_a_run_stopped_within_an_epoch_keeps_the_updates_after_the_last_whole_one() -> None:
    training = TrainingSpec(epochs=3, sequences_per_epoch=20_000, batch_size=10)
    loss = skewed(training.steps)[:5_000]
    table = frames.losses({"a": [run(training, loss)]})
    assert table["updates"].max() == 5_000
    assert mean_of_all(table[table["updates"] <= 4_000], "mean") == pytest.approx(loss[:4_000].mean(), rel=1e-4)
    assert table["mean"].notna().all()


def test_table_pairs_and_ranking_are_of_one_statistic() -> None:
    """Where the median and the mean order two models differently, all three go by the mean."""
    losses = {"best": [0.1] * 10, "even": [0.5] * 10, "skewed": [0.4] * 7 + [1.0] * 3}
    scores = pd.DataFrame(
        [
            {"label": label, "seed": seed, "loss": loss + seed / 1e3, "accuracy": 1 - loss, "exact": 1 - loss}
            for label, values in losses.items()
            for seed, loss in enumerate(values)
        ]
    )
    trained = run(TrainingSpec(epochs=4), skewed(4))
    table = frames.results({label: [trained] for label in losses}, scores).set_index("label")["loss"]
    assert table.sort_values().index.tolist() == ["best", "even", "skewed"]
    for pair in differences(scores):
        assert pair.mean == pytest.approx(table[pair.second] - table[pair.first])
    assert ranking(scores).told.answer.startswith("Best wins: its loss is 0.400 below even's, ")
