"""A regression over a window of neighbors, which networks must beat: logistic for classes, linear for numbers.

It needs scikit-learn, and is fitted by whoever has the time: the page asks a worker for it.
"""

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.analysis.held_out import REGRESSION, Answers, Labels, decided, labels_of
from bilstm_core.extras import FOR_REGRESSION
from bilstm_core.problems.given import Given

NEIGHBORS = 2  # on each side
MOST_LABELS = 30_000  # that it is fitted to
MOST_VALUES = 6_000_000  # of their windows, zeros left out
MOST_ROUNDS = 200
RIDGE = 1.0

Values = npt.NDArray[Any]


def regression(given: Given, labels: Labels, *, neighbors: int = NEIGHBORS, ahead: int = NEIGHBORS) -> Answers:
    """What the regression says of the held-out sequences.

    neighbors: timesteps before the one that is asked for, whose features are read; ahead: those after it
    Raises ModuleNotFoundError, with a sentence, where scikit-learn is not installed.
    """
    try:
        from scipy import sparse
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression, Ridge
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(FOR_REGRESSION, name="sklearn") from error
    lags = range(-neighbors, ahead + 1)
    training, asked = given.padded(False, given.timesteps), given.padded(True, given.timesteps)
    known = np.flatnonzero(training.weight.ravel() > 0)
    per_label = len(lags) * max(1.0, np.count_nonzero(training.x) / len(known))
    most = min(MOST_LABELS, int(MOST_VALUES / per_label))
    if len(known) > most:
        known = known[np.linspace(0, len(known) - 1, most).astype(np.int64)]

    def windows(x: npt.NDArray[np.float32], chosen: npt.NDArray[np.int64]) -> Any:
        return sparse.hstack([sparse.csr_matrix(_neighbors(x, chosen, lag)) for lag in lags], format="csr")

    def told_of(ask: Callable[[Any], Values]) -> Values:
        places = np.arange(asked.weight.size)
        parts = [ask(windows(asked.x, places[first : first + most])) for first in range(0, len(places), most)]
        return np.concatenate(parts)

    inputs = windows(training.x, known)
    weight, target = training.weight.ravel()[known], training.y.ravel()[known]
    if not labels.classes:
        model = Ridge(alpha=RIDGE).fit(inputs, target, weight)
        told = told_of(model.predict).reshape(1, *labels.expected.shape)
        return Answers(REGRESSION, told.astype(np.float32))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(max_iter=MOST_ROUNDS).fit(inputs, target.astype(np.int64), weight)
    chances = np.zeros((asked.weight.size, labels.classes))
    chances[:, model.classes_] = told_of(model.predict_proba)
    if given.head == "binary":
        chances = chances[:, 1:]
    return Answers(REGRESSION, decided(given, chances.reshape(*labels.expected.shape, -1), labels)[None])


def answer(given: Given, *, ahead: int, whole: bool) -> bytes:
    """As `regression`, to go to another process. whole: one label a sequence"""
    told = regression(given, labels_of(given, whole=whole), ahead=ahead).told
    buffer = io.BytesIO()
    np.save(buffer, told.astype(np.float32 if given.head == "regression" else np.int16), allow_pickle=False)
    return buffer.getvalue()


def unpacked(data: bytes) -> Answers:
    """What `answer` packed."""
    told = np.load(io.BytesIO(data), allow_pickle=False)
    return Answers(REGRESSION, told if told.dtype == np.float32 else told.astype(np.int64))


def _neighbors(x: npt.NDArray[np.float32], chosen: npt.NDArray[np.int64], lag: int) -> npt.NDArray[np.float32]:
    """The features `lag` timesteps after each of the chosen labels, and whether there are any: (labels, features + 1).

    Beyond the ends all features are 0, and the last number is 1.
    """
    sequence, timestep = np.divmod(chosen, x.shape[1])
    there = (timestep + lag >= 0) & (timestep + lag < x.shape[1])
    values = np.zeros((len(chosen), x.shape[2] + 1), np.float32)
    values[there, :-1] = x[sequence[there], timestep[there] + lag]
    values[~there, -1] = 1
    return values
