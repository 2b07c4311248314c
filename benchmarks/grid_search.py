"""The other side of benchmarks/sweep.py: a grid search with KerasTuner, or a plain loop where it is not installed.

`python -m benchmarks.grid_search` prints its seconds as JSON: those of each cell, built, trained and evaluated. Nothing
of this project is imported.
"""

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
from keras.layers import LSTM, Bidirectional, Dense, Input, TimeDistributed

from benchmarks.tutorial import get_sequences

try:
    import keras_tuner
except ModuleNotFoundError:
    keras_tuner = None

UNITS, TIMESTEPS = (10, 30), (12, 30)  # about a quarter and three quarters of the map on both axes
SEQUENCES = 1_000
TIMED, TIMED_FITS = 100, 30  # epochs of one sequence each, and calls of `fit` for one


class Marks(keras.callbacks.Callback):  # type: ignore[misc]
    """When each epoch ended."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.at.append(time.perf_counter())


def build(units: int, timesteps: int) -> keras.Model:
    """The tutorial's network."""
    model = keras.Sequential()
    model.add(Input(shape=(timesteps, 1)))
    model.add(Bidirectional(LSTM(units, return_sequences=True), merge_mode="concat"))
    model.add(TimeDistributed(Dense(1, activation="sigmoid")))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def fresh(timesteps: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    while True:
        yield get_sequences(1, timesteps)


def whole_right(model: keras.Model, timesteps: int) -> float:
    """Of as many fresh sequences, the share whose labels are all right."""
    x, y = get_sequences(SEQUENCES, timesteps)
    return float(((model.predict(x, verbose=0) >= 0.5) == y).all(axis=(1, 2)).mean())


def epochs_of_one(model: keras.Model, timesteps: int, marks: Marks) -> None:
    model.fit(fresh(timesteps), steps_per_epoch=1, epochs=TIMED, verbose=0, callbacks=[marks])


def one_fit_each(model: keras.Model, timesteps: int, marks: Marks) -> None:
    """As the tutorial trains."""
    for _ in range(TIMED_FITS):
        model.fit(*get_sequences(1, timesteps), epochs=1, batch_size=1, verbose=0, callbacks=[marks])


def at_once(model: keras.Model, timesteps: int, marks: Marks) -> None:
    x, y = get_sequences(SEQUENCES, timesteps)
    model.fit(x, y, batch_size=1, epochs=1, verbose=0, callbacks=[marks])


def searched(fit: Callable[[keras.Model, int, Marks], None]) -> list[float]:
    """Seconds of each cell; what is left of the epochs is taken to last as long as those that were timed."""
    seconds: list[float] = []

    def trial(units: int, timesteps: int, begin: float) -> float:
        model, marks = build(units, timesteps), Marks()
        fit(model, timesteps, marks)
        share = whole_right(model, timesteps)
        left = 0.0
        if len(marks.at) > 1:
            left = (SEQUENCES - len(marks.at)) * (marks.at[-1] - marks.at[0]) / (len(marks.at) - 1)
        seconds.append(time.perf_counter() - begin + left)
        return share

    if keras_tuner is None:
        for units in UNITS:
            for timesteps in TIMESTEPS:
                trial(units, timesteps, time.perf_counter())
        return seconds

    class Search(keras_tuner.GridSearch):  # type: ignore[misc]
        def run_trial(self, trial_: Any, *_: Any, **__: Any) -> float:
            chosen = trial_.hyperparameters
            begin = time.perf_counter()
            return -trial(chosen.Choice("units", list(UNITS)), chosen.Choice("timesteps", list(TIMESTEPS)), begin)

    def space(chosen: Any) -> keras.Model:
        return build(chosen.Choice("units", list(UNITS)), chosen.Choice("timesteps", list(TIMESTEPS)))

    with tempfile.TemporaryDirectory() as folder:
        Search(space, max_trials=len(UNITS) * len(TIMESTEPS), directory=folder, project_name="sweep").search()
    return seconds


if __name__ == "__main__":
    name = "a plain loop" if keras_tuner is None else f"KerasTuner {keras_tuner.__version__}'s GridSearch"
    result = {
        "with": name,
        "cells": [(units, timesteps) for units in UNITS for timesteps in TIMESTEPS],
        "timed": TIMED,
        "timed fits": TIMED_FITS,
    }
    with contextlib.redirect_stdout(sys.stderr):  # a search prints how it goes
        result |= {"each": searched(one_fit_each), "epochs": searched(epochs_of_one), "at once": searched(at_once)}
    print(json.dumps(result))
