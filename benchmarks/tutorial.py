"""The other side: what a reader of the tutorials writes today, in plain Keras. Nothing of this project is imported.

`python -m benchmarks.tutorial` prints its seconds as JSON, a list for each thing done.
"""

import json
import os
import time
from collections.abc import Callable
from random import random

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
from keras.layers import LSTM, Bidirectional, Dense, Input, TimeDistributed

EPOCHS = 250
FIT_EPOCHS = 50  # of the fit loop, timed and multiplied: 80 ms each on a 2-core machine


def get_sequence(n_timesteps: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.array([random() for _ in range(n_timesteps)])
    limit = n_timesteps / 4.0
    y = np.array([0 if total < limit else 1 for total in np.cumsum(x)])
    return x.reshape(1, n_timesteps, 1), y.reshape(1, n_timesteps, 1)


def get_sequences(n_sequences: int, n_timesteps: int) -> tuple[np.ndarray, np.ndarray]:
    pairs = [get_sequence(n_timesteps) for _ in range(n_sequences)]
    return np.concatenate([x for x, _ in pairs]), np.concatenate([y for _, y in pairs])


def get_model(n_timesteps: int, direction: str, units: int = 20) -> keras.Model:
    model = keras.Sequential()
    model.add(Input(shape=(n_timesteps, 1)))
    if direction == "bidirectional":
        model.add(Bidirectional(LSTM(units, return_sequences=True), merge_mode="concat"))
    else:
        model.add(LSTM(units, return_sequences=True, go_backwards=direction == "backward"))
    model.add(TimeDistributed(Dense(1, activation="sigmoid")))
    model.compile(loss="binary_crossentropy", optimizer="adam")
    return model


def fit_loop(direction: str, epochs: int) -> list[float]:
    model = get_model(10, direction)
    losses = []
    for _ in range(epochs):
        x, y = get_sequence(10)
        history = model.fit(x, y, epochs=1, batch_size=1, verbose=0)
        losses.append(history.history["loss"][0])
    return losses


def train_on_batch_loop(direction: str, epochs: int) -> list[float]:
    model = get_model(10, direction)
    return [float(model.train_on_batch(*get_sequence(10))) for _ in range(epochs)]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure() -> dict[str, list[float]]:
    """Seconds of each thing; the fit loop's are of FIT_EPOCHS, multiplied to EPOCHS."""
    timings: dict[str, list[float]] = {}
    for direction in ("forward", "backward", "bidirectional"):
        whole = EPOCHS / FIT_EPOCHS
        timings[f"fit {direction}"] = [whole * seconds(lambda way=direction: fit_loop(way, FIT_EPOCHS))]  # type: ignore[misc]
        timings[f"train_on_batch {direction}"] = [seconds(lambda way=direction: train_on_batch_loop(way, EPOCHS))]  # type: ignore[misc]
    x, y = get_sequences(50_000, 10)
    model = get_model(10, "bidirectional", units=50)
    timings["book"] = [seconds(lambda: model.fit(x, y, epochs=1, batch_size=10, verbose=0))]
    small = get_model(10, "bidirectional")
    small.evaluate(x[:100], y[:100], verbose=0)
    small.predict(x[:1], verbose=0)
    timings["evaluate"] = [seconds(lambda: small.evaluate(x[:10_000], y[:10_000], verbose=0)) for _ in range(3)]
    timings["predict"] = [seconds(lambda: small.predict(x[:1], verbose=0)) for _ in range(20)]
    return timings


if __name__ == "__main__":
    print(json.dumps(measure()))
