"""The network of a compiled program, and how its answers are scored: TensorFlow's operations on stacked weights.

A layer's input projection is taken out of the loop over timesteps; all branches and stacked runs go through one loop.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from bilstm_core.engine.cells import scan
from bilstm_core.network.inference import CONSTANT, position_inputs
from bilstm_core.network.initial_weights import branches, shapes
from bilstm_core.specs import GATES, ModelSpec, ProblemSpec

Tensor = Any
CLOSED = -200.0  # of which a sigmoid is 0, whatever bias is added


def scores(head: str, logits: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Loss and whether the label was met, each (stack, batch, timesteps); logits have outputs as a last axis."""
    if head == "categorical":
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        return losses, tf.cast(tf.equal(tf.argmax(logits, axis=-1, output_type=tf.int32), y), tf.float32)
    logits = logits[..., 0]
    if head == "regression":
        return tf.square(logits - y), tf.fill(y.shape, math.nan)
    hits = tf.equal(logits >= 0.0, y >= 0.5)
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits), tf.cast(hits, tf.float32)


def logits(problem: ProblemSpec, model: ModelSpec, weights: Tensor, x: Tensor, lengths: Tensor | None = None) -> Tensor:
    """(stack, batch, timesteps, outputs) from flat weights and x (stack, batch, timesteps, features).

    lengths: (stack,), how many timesteps the sequences of each have; those after them are read last by a forward
    branch, and change nothing in a backward one. None where all have all
    """
    stack, batch, timesteps = x.shape[:3]
    all_shapes = list(shapes(problem, model).values())
    parts = tf.split(weights, [math.prod(shape) for shape in all_shapes], axis=1)
    matrices = iter(tf.reshape(part, (stack, *shape)) for part, shape in zip(parts, all_shapes, strict=True))
    features = problem.problem.features
    values, noise = x[..., :features], x[..., features:]
    readings = {"values": values, "constant": tf.fill(values.shape, CONSTANT), "noise": noise}
    position = position_inputs(problem.timesteps, model.position)
    sides = branches(model)
    real = None
    if lengths is not None and any(side.reverse for side in sides):
        real = tf.concat([_real(timesteps, lengths, side.reverse) for side in sides], axis=1)
    merged: Tensor = None
    for layer in range(1, model.layers + 1):
        kernels, inputs = [], []
        for side in sides:
            kernels.append([next(matrices) for _ in ("kernel", "recurrent_kernel", "bias")])
            reading = readings[side.reads] if merged is None else merged
            if merged is None and position.shape[1]:
                told = tf.broadcast_to(tf.constant(position), (stack, batch, *position.shape))
                reading = tf.concat([reading, told], axis=-1)
            inputs.append(tf.reverse(reading, axis=[2]) if side.reverse else reading)
        kernel, recurrent_kernel, bias = (tf.concat(matrix, axis=0) for matrix in zip(*kernels, strict=True))
        hidden = _layer(model, tf.concat(inputs, axis=0), kernel, recurrent_kernel, bias, real=real)
        raw = model.backward_output == "raw" and layer == model.layers
        outputs = [
            tf.reverse(output, axis=[2]) if side.reverse and not raw else output
            for side, output in zip(sides, tf.split(hidden, len(sides)), strict=True)
        ]
        merged = _merged(model.merge_mode, outputs)
    kernel, bias = next(matrices), next(matrices)
    flat = tf.reshape(merged, (stack, batch * timesteps, merged.shape[-1]))
    return tf.reshape(flat @ kernel + bias[:, None, :], (stack, batch, timesteps, bias.shape[-1]))


def _merged(merge_mode: str, outputs: list[Tensor]) -> Tensor:
    if len(outputs) == 1:
        return outputs[0]
    first, second = outputs
    if merge_mode == "concat":
        return tf.concat(outputs, axis=-1)
    return {"sum": first + second, "ave": (first + second) / 2.0, "mul": first * second}[merge_mode]


def _real(timesteps: int, lengths: Tensor, reverse: bool) -> Tensor:
    """Which timesteps a branch reads as they are, in the order in which it reads them: (timesteps, stack) bool."""
    first = timesteps - lengths if reverse else tf.zeros_like(lengths)
    return tf.range(timesteps)[:, None] >= first


def _layer(
    model: ModelSpec, x: Tensor, kernel: Tensor, recurrent_kernel: Tensor, bias: Tensor, *, real: Tensor | None
) -> Tensor:
    """Hidden states (rows, batch, timesteps, units) of x (rows, batch, timesteps, inputs); a row is a run's branch.

    real: (timesteps, rows) bool, before which a row's state stays zero; None where it is true everywhere
    """
    rows, batch, timesteps, width = x.shape
    recurrent_bias = None
    if model.cell == "gru":
        bias, recurrent_bias = bias[:, 0], bias[:, 1]
    x = tf.reshape(tf.transpose(x, (0, 2, 1, 3)), (rows, timesteps * batch, width))
    projected = tf.reshape(x @ kernel + bias[:, None, :], (rows, timesteps, batch, kernel.shape[-1]))
    projected = tf.transpose(projected, (1, 0, 2, 3))
    if real is not None:
        projected = tf.where(real[:, :, None, None], projected, _still(model))
    hidden = scan(model.cell, projected, recurrent_kernel, recurrent_bias, units=model.units)
    return tf.transpose(hidden, (1, 2, 0, 3))


def _still(model: ModelSpec) -> npt.NDArray[np.float32]:
    """What a cell whose state is zero reads to keep it zero, (gates * units,): a candidate of zero.

    A GRU's has a bias of its own beside the hidden state's part, which its reset gate keeps out. No weight gets a
    gradient by it: the state before is zero, and so is all that multiplies a bias.
    """
    still = np.zeros(GATES[model.cell] * model.units, np.float32)
    if model.cell == "gru":
        still[model.units : 2 * model.units] = CLOSED
    return still
