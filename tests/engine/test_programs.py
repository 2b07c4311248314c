from dataclasses import replace

import keras
import numpy as np
import pytest

from bilstm_core.engine.program_keys import MAX_PROGRAMS, programs_of
from bilstm_core.engine.programs import Chunk, State, _programs, compile_program
from bilstm_core.models import build_model
from bilstm_core.network.initial_weights import flattened, initial_weights
from bilstm_core.problems import PROBLEMS, Batch
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train, train_many

PROBLEM = ProblemSpec(timesteps=6)
BATCH, STEPS, RATE = 3, 50, 1e-2

MODELS = [
    ModelSpec(units=4),
    ModelSpec(units=4, direction="forward", position="one_hot"),
    ModelSpec(units=4, direction="backward", layers=2),
    ModelSpec(units=4, direction="backward", position="fraction"),
    ModelSpec(units=4, direction="backward", layers=2, backward_output="raw", cell="gru"),
    ModelSpec(units=4, cell="gru", merge_mode="mul"),
    ModelSpec(units=4, cell="rnn", merge_mode="sum", layers=3),
    ModelSpec(units=4, merge_mode="ave", second_branch="backward_constant", position="fraction"),
    ModelSpec(units=4, second_branch="forward_constant"),
]
EACH = [  # a program with each cell, merge and input; the others are `long`
    pytest.param(model, marks=[pytest.mark.long] * (model in (MODELS[5], MODELS[8]))) for model in MODELS
]


def sequences(steps: int = STEPS, batch: int = BATCH) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).random((steps, batch, 6, 1), dtype=np.float32)
    return x, (x.cumsum(axis=2) >= 1.5).astype(np.float32)


def by_keras(network: keras.Model, x: list[np.ndarray], y: list[np.ndarray]) -> np.ndarray:
    """(steps, 2) loss and accuracy of each batch, by train_on_batch."""
    scores = []
    for values, labels in zip(x, y, strict=True):
        network.reset_metrics()
        scores.append(np.broadcast_to(network.train_on_batch(values, labels), 2))
    return np.array(scores)


def by_program(problem: ProblemSpec, model: ModelSpec, x: np.ndarray, y: np.ndarray, mask: np.ndarray) -> tuple:
    """(losses, accuracies, flat weights) of steps of shape (steps, batch, ...)."""
    program, _ = compile_program(problem, model, x.shape[1], 1)

    def padded(values: np.ndarray) -> np.ndarray:
        full = np.zeros((program.capacity, 1, *values.shape[1:]), values.dtype)
        full[: len(values), 0] = values
        return full

    weights = flattened(initial_weights(problem, model, 0))[None]
    chunk = Chunk(padded(x), padded(y), padded(mask), np.zeros(program.capacity, np.int32))
    state = State(weights, np.zeros_like(weights), np.zeros_like(weights))
    result = program.run(state, chunk, steps_done=0, steps=len(x), learning_rate=RATE)
    return result.loss[:, 0], result.accuracy[:, 0], result.state.weights[0]


@pytest.mark.parametrize("model", EACH, ids=str)
def test_compiled_step_equals_keras_train_step(model: ModelSpec) -> None:
    x, y = sequences()
    network = build_model(PROBLEM, model, learning_rate=RATE)
    expected = by_keras(network, list(x), list(y))
    loss, accuracy, weights = by_program(PROBLEM, model, x, y[..., 0], np.ones(x.shape[:3], np.float32))
    np.testing.assert_allclose(loss, expected[:, 0], atol=1e-5)
    np.testing.assert_allclose(accuracy, expected[:, 1], atol=1e-5)
    np.testing.assert_allclose(weights, flattened(dict(enumerate(network.get_weights()))), atol=1e-5)


def test_a_masked_last_batch_equals_a_smaller_batch_of_keras() -> None:
    x, y = sequences()
    network = build_model(PROBLEM, MODELS[0], learning_rate=RATE)
    expected = by_keras(network, [x[0], x[1, :2], x[2]], [y[0], y[1, :2], y[2]])
    mask = np.ones((3, BATCH, 6), np.float32)
    mask[1, 2] = 0
    loss, accuracy, weights = by_program(PROBLEM, MODELS[0], x[:3], y[:3, ..., 0], mask)
    np.testing.assert_allclose(np.stack([loss, accuracy], axis=1), expected, atol=1e-5)
    np.testing.assert_allclose(weights, flattened(dict(enumerate(network.get_weights()))), atol=1e-5)


@pytest.mark.parametrize(("head", "outputs"), [("categorical", 3), ("regression", 1)])
def test_other_heads_equal_keras(head: str, outputs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def sample(n: int, timesteps: int, rng: np.random.Generator) -> Batch:
        x = rng.random((n, timesteps, 2), dtype=np.float32)
        y = np.floor(3 * x[..., :1]).astype(np.int64) if head == "categorical" else x.sum(axis=-1, keepdims=True)
        return Batch(x, y, np.ones((n, timesteps), dtype=bool))

    name = f"test_{head}"
    declared = {"name": name, "sample": sample, "features": 2, "head": head, "outputs": outputs, "parameters": {}}
    problem = replace(PROBLEMS["cumulative_sum"], **declared)  # type: ignore[arg-type]
    monkeypatch.setitem(PROBLEMS, name, problem)  # type: ignore[arg-type]
    spec = ProblemSpec(name=name, timesteps=6)
    x, y, mask = sample(30, 6, np.random.default_rng(0))
    x, y = x.reshape(10, 3, 6, 2), y.reshape(10, 3, 6, 1)
    network = build_model(spec, MODELS[0], learning_rate=RATE)
    expected = by_keras(network, list(x), list(y))
    labels = y[..., 0].astype(np.int32 if head == "categorical" else np.float32)
    loss, accuracy, weights = by_program(spec, MODELS[0], x, labels, mask.reshape(10, 3, 6).astype(np.float32))
    np.testing.assert_allclose(loss, expected[:, 0], atol=1e-5)
    np.testing.assert_allclose(weights, flattened(dict(enumerate(network.get_weights()))), atol=1e-5)
    if head == "categorical":
        np.testing.assert_allclose(accuracy, expected[:, 1], atol=1e-5)
    else:
        assert np.isnan(accuracy).all()


def test_a_program_is_compiled_once_and_kept() -> None:
    compile_program(PROBLEM, MODELS[0], BATCH, 1)
    kept = dict(_programs)
    assert compile_program(PROBLEM, MODELS[0], BATCH, 1)[1] == 0
    assert compile_program(PROBLEM, replace(MODELS[0], units=7), BATCH, 1)[1] == 0, "of as many units with the padding"
    assert dict(_programs) == kept
    assert len(_programs) <= MAX_PROGRAMS


def test_the_programs_that_are_named_before_a_training_are_those_that_it_compiles() -> None:
    problem, names = ProblemSpec(timesteps=7), ("forward", "bidirectional")
    models = [ModelSpec(direction=name, units=3, merge_mode="sum") for name in names]  # type: ignore[arg-type]
    several = [
        RunSpec(problem=problem, model=model, training=TrainingSpec(epochs=2, seed=seed, batch_size=9))
        for model in models
        for seed in range(5)
    ]
    single = replace(several[0], training=TrainingSpec(epochs=2, batch_size=2, sequences_per_epoch=4))
    for specs, train_them in (([single], lambda: train(single)), (several, lambda: train_many(several))):
        before = set(_programs)
        train_them()
        assert [key for key in _programs if key not in before] == list(programs_of(specs))


def test_weights_are_kept_on_the_way() -> None:
    x, y = sequences()
    program, _ = compile_program(PROBLEM, MODELS[0], BATCH, 1)
    weights = flattened(initial_weights(PROBLEM, MODELS[0], 0))[None]
    start = State(weights, np.zeros_like(weights), np.zeros_like(weights))
    full = np.zeros((program.capacity, 1, BATCH, 6, 1), np.float32)
    labels = np.zeros((program.capacity, 1, BATCH, 6), np.float32)
    full[:STEPS, 0], labels[:STEPS, 0] = x, y[..., 0]
    slot = np.zeros(program.capacity, np.int32)
    slot[7:20] = 1
    slot[20:] = 2
    chunk = Chunk(full, labels, np.ones_like(labels), slot)
    slot_weights = program.run(start, chunk, steps_done=0, steps=30, learning_rate=RATE).slot_weights
    for number, steps in enumerate((7, 20, 30)):
        after = program.run(start, chunk, steps_done=0, steps=steps, learning_rate=RATE).state.weights
        np.testing.assert_array_equal(slot_weights[number], after)
