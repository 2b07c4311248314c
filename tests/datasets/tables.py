"""Small tables that tests bring."""

import numpy as np
import pandas as pd

from bilstm_core.datasets.columns import Columns, guess
from bilstm_core.datasets.preparing import Prepared, prepare
from bilstm_core.datasets.reading import Table
from bilstm_core.datasets.sequences import Sequences, sequences_of

LONG = Columns(sequence="sequence", timestep="t", features=("x",), label="label")


def long_table(sequences: int = 12, timesteps: int = 5, seed: int = 0) -> pd.DataFrame:
    """Sequences of one uniform value a timestep, whose label says whether the one before was above a half."""
    rng = np.random.default_rng(seed)
    x = rng.random((sequences, timesteps))
    before = np.concatenate([np.zeros((sequences, 1)), x[:, :-1]], axis=1)
    return pd.DataFrame(
        {
            "sequence": np.repeat(np.arange(1, sequences + 1), timesteps),
            "t": np.tile(np.arange(1, timesteps + 1), sequences),
            "x": x.ravel(),
            "label": np.where(before > 0.5, "high", "low").ravel(),
        }
    )


def csv(frame: pd.DataFrame, **how: object) -> bytes:
    return frame.to_csv(index=False, **how).encode()


def found(frame: pd.DataFrame, columns: Columns | None = None) -> Sequences:
    return sequences_of(Table(frame), columns or guess(frame))


def ready(frame: pd.DataFrame, columns: Columns | None = None, **how: object) -> Prepared:
    return prepare(found(frame, columns), **how)
