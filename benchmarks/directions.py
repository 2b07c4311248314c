"""Three directions, 250 epochs of one fresh sequence each: this project's training beside plain Keras, in one run.

`make bench` runs it. The tutorials call `model.fit` once a sequence; `train_on_batch` in a loop is Keras's better half.
"""

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras

from bilstm_core.models import build_model
from bilstm_core.problems import get_sequence
from bilstm_core.runs import installed_versions
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train

MODELS = [ModelSpec(direction=direction) for direction in ("forward", "backward", "bidirectional")]
EPOCHS = 250
REPEATS = 3


def ours(seed: int) -> None:
    for model in MODELS:
        train(RunSpec(model=model, training=TrainingSpec(epochs=EPOCHS, seed=seed)))


def keras_loop(fit: Callable[[keras.Model], None]) -> None:
    for spec in MODELS:
        model = build_model(ProblemSpec(), spec)
        for _ in range(EPOCHS):
            fit(model)


def fit_once(model: keras.Model) -> None:
    x, y = get_sequence(10)
    model.fit(x, y, epochs=1, batch_size=1, verbose=0)


def train_on_batch(model: keras.Model) -> None:
    model.train_on_batch(*get_sequence(10))


def seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print seconds and ratios."""
    cold = seconds(lambda: ours(0))
    warm = [seconds(lambda seed=seed: ours(seed)) for seed in range(1, REPEATS + 1)]  # type: ignore[misc]
    others = {
        "train_on_batch in a loop": seconds(lambda: keras_loop(train_on_batch)),
        "model.fit in a loop": seconds(lambda: keras_loop(fit_once)),
    }
    middle = statistics.median(warm)
    print(f"three directions, {EPOCHS} epochs of one fresh sequence, T=10, 20 units; {installed_versions()}")
    print(f"{'ours, compiling first':28} {cold:8.2f} s")
    print(f"{'ours, compiled before':28} {middle:8.3f} s   (least {min(warm):.3f}, most {max(warm):.3f})")
    for name, spent in others.items():
        print(f"{name:28} {spent:8.1f} s   {spent / cold:6.1f} and {spent / middle:6.0f} times ours")


if __name__ == "__main__":
    main()
