"""Every run smoothed first, then the median and the 10 to 90 % band over seeds; and what fits a screen of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.downsampling import lows_and_highs

MAX_POINTS = 1_000


def trailing_mean(run: pd.DataFrame, window: int) -> npt.NDArray[np.float64]:
    """The mean loss of the last `window` sequences at each row of one run, whole rows counted; columns as below."""
    seen = run["sequences_seen"].to_numpy(np.float64)
    weights = np.diff(seen, prepend=0.0)
    first = np.searchsorted(seen, seen - window, side="right")
    loss = run["mean"].fillna(run["loss"]) if "mean" in run else run["loss"]
    sums = np.concatenate([[0.0], np.cumsum(loss.to_numpy(np.float64) * weights)])
    counts = np.concatenate([[0.0], np.cumsum(weights)])
    last = np.arange(1, len(seen) + 1)
    means: npt.NDArray[np.float64] = (sums[last] - sums[first]) / (counts[last] - counts[first])
    return means


def _quantiles(values: npt.NDArray[np.float64], shares: Sequence[float]) -> list[npt.NDArray[np.float64]]:
    """Quantiles along the last axis, missing values left out; numpy.nanquantile is a hundred times slower."""
    ranked = np.sort(values, axis=-1)
    rows = np.arange(len(ranked))
    last = (~np.isnan(ranked)).sum(axis=-1) - 1
    quantiles = []
    for share in shares:
        place = last * share
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, last)
        quantiles.append(ranked[rows, below] + (place - below) * (ranked[rows, above] - ranked[rows, below]))
    return quantiles


def smooth_and_band(table: pd.DataFrame, window: int = 25) -> pd.DataFrame:
    """Every run's trailing mean over its last `window` sequences, then quantiles over the seeds.

    table: label, seed, sequences_seen, loss (nats per label) and perhaps updates and mean; a row a point, any order
    Returns label, sequences_seen, updates where it came, median, low (10 %), high (90 %), seeds (how many).
    A row stands for the sequences since the row before it, by its mean where there is one and else by its loss, and
    counts by their number. Where seeds have different rows, each is drawn straight from row to row.
    """
    parts = []
    for label, runs in table.groupby("label", sort=False):
        smoothed = {}
        for seed, run in runs.groupby("seed", sort=False):
            ordered = run.sort_values("sequences_seen")
            smoothed[seed] = pd.Series(trailing_mean(ordered, window), index=ordered["sequences_seen"].to_numpy())
        wide = pd.DataFrame(smoothed).sort_index().interpolate(method="index", limit_area="inside")
        low, median, high = _quantiles(wide.to_numpy(), (0.1, 0.5, 0.9))
        part = pd.DataFrame(
            {
                "label": label,
                "sequences_seen": wide.index.to_numpy(),
                "median": median,
                "low": low,
                "high": high,
                "seeds": wide.notna().sum(axis=1).to_numpy(),
            }
        )
        if "updates" in runs:
            updates = runs.drop_duplicates("sequences_seen").set_index("sequences_seen")["updates"]
            part["updates"] = updates.reindex(wide.index).to_numpy()
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=["label", "sequences_seen", "median", "low", "high", "seeds"])
    return pd.concat(parts, ignore_index=True)


def thin(
    x: npt.NDArray[Any], y: npt.NDArray[Any], *, log_x: bool = False, points: int = MAX_POINTS
) -> npt.NDArray[np.intp]:
    """Indices of at most `points` points that keep the first, the last, and the lows and highs between.

    x: ascending. The points are spread evenly over the axis as it is displayed.
    """
    if len(x) <= points:
        return np.arange(len(x))
    along = np.log(np.maximum(x, 1)) if log_x else np.asarray(x, dtype=np.float64)
    buckets = (points - 2) // 2
    bucket = np.minimum(((along - along[0]) / (along[-1] - along[0]) * buckets).astype(np.int64), buckets - 1)
    return lows_and_highs(bucket, y, ends=True)
