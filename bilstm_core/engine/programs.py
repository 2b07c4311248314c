"""Compiled training: the one seam where speed lives.

A program runs many weight updates in one call, compiled by XLA. Keras is the reference: the same start, data and
learning rate give the losses and weights of `train_on_batch`. What makes it fast is that each layer's input
projection is taken out of the loop over timesteps, all branches and stacked seeds go through one loop, weight
gradients are one product each, and Adam is plain arithmetic on one flat vector a seed. The network is in graph.py.
"""

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from bilstm_core.extras import TO_TRAIN

try:
    import tensorflow as tf
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(TO_TRAIN, name=error.name) from error

from bilstm_core.engine.graph import logits, scores
from bilstm_core.engine.program_keys import MAX_PROGRAMS, ProgramKey, program_key
from bilstm_core.engine.sharing import in_reading_order, places, shared, turned, widened
from bilstm_core.network.initial_weights import branches, parameter_count
from bilstm_core.specs import ModelSpec, ProblemSpec

with contextlib.suppress(RuntimeError):  # once TensorFlow runs it is too late, and sums may depend on the cores
    tf.config.threading.set_intra_op_parallelism_threads(1)

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # Keras's Adam
CHUNK_NUMBERS = 2**18  # input values a call may take, unless one step has more
SLOT_NUMBERS = 2**21  # weights a call may keep on its way

Floats = npt.NDArray[np.float32]
Tensor = Any


class State(NamedTuple):
    """Weights and Adam's moments, each (stack, parameters) float32 with the weights in their order, flattened."""

    weights: Floats
    momentum: Floats
    velocity: Floats


class Chunk(NamedTuple):
    """The data of up to `capacity` weight updates, and where to keep the weights on the way.

    x: (capacity, stack, batch, timesteps, features) float32; noise, if the model reads it, as further features
    y: (capacity, stack, batch, timesteps) float32, or int32 for classes
    mask: (capacity, stack, batch, timesteps) float32, 0 where a label does not count
    slot: (capacity,) int32: the weights after each update are written to this slot, over what was there
    """

    x: Floats
    y: npt.NDArray[Any]
    mask: Floats
    slot: npt.NDArray[np.int32]


class Result(NamedTuple):
    """What a call leaves.

    loss, accuracy: (steps, stack) of each batch before its update; nats per label
    slot_weights: (slots, stack, parameters) weights that were kept on the way
    """

    state: State
    loss: Floats
    accuracy: Floats
    slot_weights: Floats


class Differing(NamedTuple):
    """What the seats of a mixed program differ in beside their weights and data.

    learning_rates: (stack, 1) float32
    lengths: (stack,) int32, timesteps of their sequences, which come first in the data
    """

    learning_rates: Floats
    lengths: npt.NDArray[np.int32]


class RunChunk(Protocol):
    """Does `steps` weight updates after `steps_done` earlier ones."""

    def __call__(self, state: State, data: Chunk, *, steps_done: int, steps: int, learning_rate: float) -> Result: ...


class RunMixed(Protocol):
    """The same where the seats differ; no weights are kept on the way."""

    def __call__(self, state: State, data: Chunk, *, steps_done: int, steps: int, seats: Differing) -> Result: ...


class Program(NamedTuple):
    """A compiled chunk of at most `capacity` weight updates, which keeps weights in `slots` places on the way."""

    capacity: int
    slots: int
    run: RunChunk


class MixedProgram(NamedTuple):
    """A compiled chunk of at most `capacity` weight updates of seats that differ."""

    capacity: int
    run: RunMixed


_programs: OrderedDict[ProgramKey, Any] = OrderedDict()
_lock = threading.Lock()


def compile_program(problem: ProblemSpec, model: ModelSpec, batch: int, stack: int) -> tuple[Program, float]:
    """The program for batches of `batch` sequences and `stack` seeds side by side, and the seconds it took to compile.

    The programs used last are kept, and cost 0 seconds.
    """
    problem, model = problem.canonical(), model.canonical()
    program, seconds = _known(program_key(problem, model, batch, stack), problem)
    return _for_model(program, problem, model), seconds


def compile_mixed(key: ProgramKey, problem: ProblemSpec) -> tuple[MixedProgram, float]:
    """The program of a mixed key, and the seconds it took to compile; as of `compile_program`.

    problem: as long as the program's sequences
    """
    return _known(key, problem)


def _known(key: ProgramKey, problem: ProblemSpec) -> tuple[Any, float]:
    with _lock:
        start = time.perf_counter()
        known = key in _programs
        if not known:
            _programs[key] = _compiled(problem, key)
        _programs.move_to_end(key)
        while len(_programs) > MAX_PROGRAMS:
            _programs.popitem(last=False)
        return _programs[key], 0.0 if known else time.perf_counter() - start


def _for_model(program: Program, problem: ProblemSpec, model: ModelSpec) -> Program:
    """A program that takes and gives what is the model's own, where it was compiled for one that shares it."""
    compiled_for = shared(model)
    if compiled_for == model:
        return program
    where = places(problem, model) if compiled_for.units > model.units else None
    parameters = parameter_count(problem, compiled_for)

    def run(state: State, data: Chunk, *, steps_done: int, steps: int, learning_rate: float) -> Result:
        if turned(model):
            data = Chunk(*in_reading_order(data.x, data.y, data.mask, model), data.slot)
        if where is None:
            return program.run(state, data, steps_done=steps_done, steps=steps, learning_rate=learning_rate)
        state = State(*widened(state, where, parameters))
        result = program.run(state, data, steps_done=steps_done, steps=steps, learning_rate=learning_rate)
        used = result.slot_weights[: int(data.slot.max()) + 1]
        return result._replace(state=State(*(part[..., where] for part in result.state)), slot_weights=used[..., where])

    return Program(program.capacity, program.slots, run)


def _compiled(problem: ProblemSpec, key: ProgramKey) -> Program | MixedProgram:
    model, batch, stack = key.model, key.batch, key.stack
    timesteps, features = problem.timesteps, problem.problem.features
    features *= 1 + any(branch.reads == "noise" for branch in branches(model))
    parameters = parameter_count(problem, model)
    capacity = min(max(CHUNK_NUMBERS // (stack * batch * timesteps * features), 1), 512)
    slots = 0 if key.mixed else min(max(SLOT_NUMBERS // (stack * parameters), 2), 16)
    labels = tf.int32 if problem.problem.head == "categorical" else tf.float32
    update = _update(problem, model)

    def chunk(state, data, steps_done, steps, *seats):  # type: ignore[no-untyped-def]
        def body(step, state, loss, accuracy, slot_weights):  # type: ignore[no-untyped-def]
            batch = (data.x[step], data.y[step], data.mask[step])
            state, step_loss, step_accuracy = update(state, batch, steps_done + step, *seats)
            return (
                step + 1,
                state,
                loss.write(step, step_loss),
                accuracy.write(step, step_accuracy),
                slot_weights.write(data.slot[step], state.weights) if slots else slot_weights,
            )

        def empty(size: int, shape: tuple[int, ...]) -> Tensor:
            zeros = tf.zeros((size, *shape))
            return tf.TensorArray(tf.float32, size, element_shape=shape).unstack(zeros)

        begin = (0, state, empty(capacity, (stack,)), empty(capacity, (stack,)), empty(slots, (stack, parameters)))
        _, state, loss, accuracy, slot_weights = tf.while_loop(lambda step, *_: step < steps, body, begin)
        return state, loss.stack(), accuracy.stack(), slot_weights.stack()

    rows, rate = (capacity, stack, batch, timesteps), tf.TensorSpec((), tf.float32)
    numbers = (stack, parameters)
    signature = [
        State(*(tf.TensorSpec(numbers, tf.float32) for _ in State._fields)),
        Chunk(
            tf.TensorSpec((*rows, features), tf.float32),
            tf.TensorSpec(rows, labels),
            tf.TensorSpec(rows, tf.float32),
            tf.TensorSpec((capacity,), tf.int32),
        ),
        tf.TensorSpec((), tf.int32),
        tf.TensorSpec((), tf.int32),
        *(Differing(tf.TensorSpec((stack, 1), tf.float32), tf.TensorSpec((stack,), tf.int32)) if key.mixed else [rate]),
    ]
    function = tf.function(chunk, jit_compile=True, autograph=False, input_signature=signature).get_concrete_function()

    def call(state: State, data: Chunk, steps_done: int, steps: int, *further: Any) -> Result:
        tensors = [tf.constant(value) for value in (*state, *data, np.int32(steps_done), np.int32(steps), *further)]
        after, loss, accuracy, slot_weights = function(State(*tensors[:3]), Chunk(*tensors[3:7]), *tensors[7:])
        return Result(
            State(*(value.numpy() for value in after)),
            loss.numpy()[:steps],
            accuracy.numpy()[:steps],
            slot_weights.numpy(),
        )

    def run(state: State, data: Chunk, *, steps_done: int, steps: int, learning_rate: float) -> Result:
        return call(state, data, steps_done, steps, np.float32(learning_rate))

    def run_mixed(state: State, data: Chunk, *, steps_done: int, steps: int, seats: Differing) -> Result:
        return call(state, data, steps_done, steps, *seats)

    zeros = np.zeros(numbers, np.float32)
    x, y = np.zeros((*rows, features), np.float32), np.zeros(rows, labels.as_numpy_dtype)
    nothing = Chunk(x, y, np.zeros(rows, np.float32), np.zeros(capacity, np.int32))
    alike = Differing(np.zeros((stack, 1), np.float32), np.full(stack, timesteps, np.int32))
    call(State(zeros, zeros, zeros), nothing, 0, 0, *(alike if key.mixed else [np.float32(0.0)]))
    return MixedProgram(capacity, run_mixed) if key.mixed else Program(capacity, slots, run)


def _update(problem: ProblemSpec, model: ModelSpec) -> Callable[..., tuple[Tensor, ...]]:
    """One weight update: gradient of the masked mean loss, then Adam as Keras writes it."""

    def update(state, batch, steps_done, rate, lengths=None):  # type: ignore[no-untyped-def]
        weights, momentum, velocity = state
        x, y, mask = batch
        with tf.GradientTape() as tape:
            tape.watch(weights)
            losses, hits = scores(problem.problem.head, logits(problem, model, weights, x, lengths), y)
            labels = tf.maximum(tf.reduce_sum(mask, axis=(1, 2)), 1.0)
            loss = tf.reduce_sum(losses * mask, axis=(1, 2)) / labels
        gradient = tape.gradient(loss, weights)
        accuracy = tf.reduce_sum(hits * mask, axis=(1, 2)) / labels
        step = tf.cast(steps_done + 1, tf.float32)
        alpha = rate * tf.sqrt(1.0 - tf.pow(BETA_2, step)) / (1.0 - tf.pow(BETA_1, step))
        momentum += (gradient - momentum) * (1.0 - BETA_1)
        velocity += (tf.square(gradient) - velocity) * (1.0 - BETA_2)
        weights -= momentum * alpha / (tf.sqrt(velocity) + EPSILON)
        return State(weights, momentum, velocity), loss, accuracy

    return update
