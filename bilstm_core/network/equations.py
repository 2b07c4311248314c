"""One timestep of each cell, written as its equations: the reference that the fast inference is held to.

Arrays of every step, in Keras's layout:
x: (sequences, inputs), what is read at this timestep
h: (sequences, units), the hidden state after the timestep read before; zeros at first
c: (sequences, units), an LSTM's cell state; zeros at first
matrices: kernel (inputs, gates * units), recurrent_kernel (units, gates * units), bias (gates * units,), with the
    gates side by side; a GRU's bias is (2, gates * units): that of the inputs, and that of the hidden state
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.choices import MergeMode, unknown_merge_mode

Array = npt.NDArray[Any]
Matrices = tuple[Array, Array, Array]


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), written so that it cannot overflow."""
    half = z.dtype.type(0.5)
    result: Array = np.tanh(z * half) * half + half
    return result


def lstm_step(x: Array, h: Array, c: Array, matrices: Matrices) -> tuple[Array, dict[str, Array]]:
    """The next hidden state and, by name, the gates and the next cell state, "cell": (sequences, units) each.

    Hochreiter and Schmidhuber, 1997, with the forget gate of Gers, Schmidhuber and Cummins, 2000.
    """
    kernel, recurrent_kernel, bias = matrices
    z_i, z_f, z_g, z_o = np.split(x @ kernel + h @ recurrent_kernel + bias, 4, axis=-1)
    i = sigmoid(z_i)  # how much of the candidate is let in
    f = sigmoid(z_f)  # how much of the cell state stays
    g = np.tanh(z_g)  # the candidate
    o = sigmoid(z_o)  # how much of the cell state is shown
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, {"input": i, "forget": f, "candidate": g, "output": o, "cell": c}


def gru_step(x: Array, h: Array, matrices: Matrices) -> tuple[Array, dict[str, Array]]:
    """The next hidden state and, by name, the gates: (sequences, units) each.

    Cho et al., 2014, as Keras has it by default (`reset_after=True`): the reset gate acts on the hidden state after its
    product with the recurrent kernel.
    """
    kernel, recurrent_kernel, bias = matrices
    x_z, x_r, x_n = np.split(x @ kernel + bias[0], 3, axis=-1)
    h_z, h_r, h_n = np.split(h @ recurrent_kernel + bias[1], 3, axis=-1)
    z = sigmoid(x_z + h_z)  # how much of the hidden state stays
    r = sigmoid(x_r + h_r)  # how much of it the candidate hears of
    n = np.tanh(x_n + r * h_n)  # the candidate
    h = z * h + (1 - z) * n
    return h, {"update": z, "reset": r, "candidate": n}


def rnn_step(x: Array, h: Array, matrices: Matrices) -> tuple[Array, dict[str, Array]]:
    """The next hidden state, (sequences, units), of a simple recurrent network, which has no gates: Elman, 1990."""
    kernel, recurrent_kernel, bias = matrices
    h = np.tanh(x @ kernel + h @ recurrent_kernel + bias)
    return h, {}


def merge(merge_mode: MergeMode, first: Array, second: Array, *, axis: int = -1) -> Array:
    """What a merge mode makes of the outputs of two branches, of one shape. axis: that of the units.

    Raises ValueError for another merge mode than these.
    """
    if merge_mode == "concat":
        return np.concatenate([first, second], axis=axis)
    if merge_mode == "mul":
        return np.multiply(first, second)
    if merge_mode == "sum":
        return np.add(first, second)
    if merge_mode == "ave":
        return np.divide(np.add(first, second), 2)
    raise unknown_merge_mode(merge_mode)
