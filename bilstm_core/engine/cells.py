"""A recurrent layer's loop over timesteps for the compiled programs, and its way back.

The way back is written out. Autodiff through the loop would work the activations out twice and add a product for the
weight gradient to every timestep. Here the loop keeps the activations; all that the gradient needs of them is worked
out at once for all timesteps (`factors`), so that the loop back is left with one product and a few multiplications a
timestep; and the weight gradient is one product in the end.

Shapes: `rows` are the branches of all stacked seeds. A timestep's values are (rows, batch, width), a whole sequence's
(timesteps, rows, batch, width). Gates are in Keras's order: an LSTM's input, forget, candidate, output; a GRU's
update, reset, candidate.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

Tensor = Any
Tensors = tuple[Tensor, ...]


class Cell(NamedTuple):
    """The arithmetic of one kind of cell. Where `d_` stands, it is the gradient by what follows.

    forth: (projected, inner, *states) to (activations, states after); projected and inner are the inputs' and the
        hidden state's part, biases included
    widths: how many units wide each of the activations is, which are kept for the way back
    hidden: hidden states of a whole sequence, from its activations
    factors: (activations, hidden states before each timestep) of a whole sequence, to what `back` multiplies by
    back: (factors, d_hidden, *d_further states) of a timestep, to (d_row, d_hidden beside the product or None,
        d_further states) of the one before it
    parts: d_row of a whole sequence to its part by `projected` and its part by `inner`, which may be its beginning
    """

    widths: tuple[int, ...]
    forth: Callable[..., tuple[Tensors, Tensors]]
    hidden: Callable[[Tensors], Tensor]
    factors: Callable[[Tensors, Tensor], Tensors]
    back: Callable[..., tuple[Tensor, Tensor, Tensors]]
    parts: Callable[[Tensor], tuple[Tensor, Tensor]]


def scan(
    name: str, projected: Tensor, recurrent_kernel: Tensor, recurrent_bias: Tensor | None, *, units: int
) -> Tensor:
    """Hidden states (timesteps, rows, batch, units) of projected inputs (timesteps, rows, batch, gates * units).

    recurrent_kernel: (rows, units, gates * units). recurrent_bias: (rows, gates * units), or None for none
    """
    cell = CELLS[name]
    timesteps, rows, batch, gates = projected.shape
    zeros = tf.zeros((rows, batch, units))
    further = 1 if name == "lstm" else 0

    def array(width: int) -> Tensor:
        return tf.TensorArray(tf.float32, timesteps, element_shape=(rows, batch, width))

    def at(t: Tensor, series: Tensor) -> Tensor:
        return tf.squeeze(tf.slice(series, (t, 0, 0, 0), (1, *series.shape[1:])), 0)

    @tf.custom_gradient
    def scanned(projected, recurrent_kernel, *bias):  # type: ignore[no-untyped-def]
        def forth(t, arrays, states):  # type: ignore[no-untyped-def]
            inner = states[0] @ recurrent_kernel
            for term in bias:
                inner += term[:, None, :]
            activations, states = cell.forth(at(t, projected), inner, *states)
            return (
                t + 1,
                tuple(target.write(t, values) for target, values in zip(arrays, activations, strict=True)),
                states,
            )

        begin = (0, tuple(array(width * units) for width in cell.widths), (zeros,) * (1 + further))
        _, arrays, _ = tf.while_loop(lambda t, *_: t < timesteps, forth, begin)
        activations = tuple(target.stack() for target in arrays)
        hidden = cell.hidden(activations)

        def gradient(upstream):  # type: ignore[no-untyped-def]
            before = tf.concat([zeros[None], hidden[:-1]], axis=0)
            factors = cell.factors(activations, before)

            def back(t, rows_back, d_states):  # type: ignore[no-untyped-def]
                d_hidden = d_states[0] + at(t, upstream)
                row, beside, d_further = cell.back([at(t, factor) for factor in factors], d_hidden, *d_states[1:])
                d_hidden = tf.matmul(row[..., :gates], recurrent_kernel, transpose_b=True)
                if beside is not None:
                    d_hidden += beside
                return t - 1, rows_back.write(t, row), (d_hidden, *d_further)

            begin = (timesteps - 1, array(factors[0].shape[-1]), (zeros,) * (1 + further))
            _, rows_back, _ = tf.while_loop(lambda t, *_: t >= 0, back, begin)
            d_projected, d_inner = cell.parts(rows_back.stack())
            d_kernel = tf.einsum("trbu,trbg->rug", before, d_inner)
            return d_projected, d_kernel, *(tf.reduce_sum(d_inner, axis=(0, 2)) for _ in bias)

        return hidden, gradient

    return scanned(projected, recurrent_kernel, *(() if recurrent_bias is None else (recurrent_bias,)))


def _quarters(gates: Tensor) -> Tensors:
    return tuple(tf.split(gates, 4, axis=-1))


def _lstm_forth(projected: Tensor, inner: Tensor, _: Tensor, cell: Tensor) -> tuple[Tensors, Tensors]:
    """A sigmoid is tanh(z / 2) / 2 + 1 / 2, so that the four gates are one operation."""
    z = projected + inner
    scale = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), z.shape[-1] // 4)
    offset = np.repeat(np.array([0.5, 0.5, 0.0, 0.5], np.float32), z.shape[-1] // 4)
    gates = tf.tanh(z * scale) * scale + offset
    i, f, g, o = _quarters(gates)
    cell = f * cell + i * g
    return (gates, cell), (o * tf.tanh(cell), cell)


def _lstm_hidden(activations: Tensors) -> Tensor:
    gates, cell = activations
    return _quarters(gates)[3] * tf.tanh(cell)


def _lstm_factors(activations: Tensors, _: Tensor) -> Tensors:
    gates, cell = activations
    i, f, g, o = _quarters(gates)
    squashed = tf.tanh(cell)
    cell_before = tf.concat([tf.zeros_like(cell[:1]), cell[:-1]], axis=0)
    lowest = np.repeat(np.array([0.0, 0.0, -1.0, 0.0], np.float32), cell.shape[-1])
    slopes = (gates - lowest) * (1.0 - gates)
    return slopes * tf.concat([g, cell_before, i, squashed], axis=-1), o * (1.0 - squashed * squashed), f


def _lstm_back(factors: Tensors, d_hidden: Tensor, d_cell: Tensor) -> tuple[Tensor, Tensor, Tensors]:
    by_gates, by_cell, forget = factors
    d_cell += d_hidden * by_cell
    return by_gates * tf.concat([d_cell, d_cell, d_cell, d_hidden], axis=-1), None, (d_cell * forget,)


def _gru_forth(projected: Tensor, inner: Tensor, hidden: Tensor) -> tuple[Tensors, Tensors]:
    projected_z, projected_r, projected_n = tf.split(projected, 3, axis=-1)
    inner_z, inner_r, inner_n = tf.split(inner, 3, axis=-1)
    z, r = tf.sigmoid(projected_z + inner_z), tf.sigmoid(projected_r + inner_r)
    candidate = tf.tanh(projected_n + r * inner_n)
    hidden = z * hidden + (1.0 - z) * candidate
    return (hidden, tf.concat([z, r, candidate, inner_n], axis=-1)), (hidden,)


def _gru_factors(activations: Tensors, before: Tensor) -> Tensors:
    z, r, candidate, inner = _quarters(activations[1])
    by_candidate = (1.0 - z) * (1.0 - candidate * candidate)
    by_z = (before - candidate) * z * (1.0 - z)
    return tf.concat([by_z, by_candidate * inner * r * (1.0 - r), by_candidate * r, by_candidate], axis=-1), z


def _gru_back(factors: Tensors, d_hidden: Tensor) -> tuple[Tensor, Tensor, Tensors]:
    by_gates, update = factors
    return by_gates * tf.concat([d_hidden] * 4, axis=-1), d_hidden * update, ()


def _gru_parts(rows: Tensor) -> tuple[Tensor, Tensor]:
    """The candidate's gradient by the hidden state's part has the reset gate in it, that by the inputs' has not."""
    z, r, inner, projected = _quarters(rows)
    return tf.concat([z, r, projected], axis=-1), tf.concat([z, r, inner], axis=-1)


def _rnn_forth(projected: Tensor, inner: Tensor, _: Tensor) -> tuple[Tensors, Tensors]:
    hidden = tf.tanh(projected + inner)
    return (hidden,), (hidden,)


CELLS: dict[str, Cell] = {
    "lstm": Cell((4, 1), _lstm_forth, _lstm_hidden, _lstm_factors, _lstm_back, lambda rows: (rows, rows)),
    "gru": Cell((1, 4), _gru_forth, lambda activations: activations[0], _gru_factors, _gru_back, _gru_parts),
    "rnn": Cell(
        (1,),
        _rnn_forth,
        lambda activations: activations[0],
        lambda activations, _: (1.0 - activations[0] * activations[0],),
        lambda factors, d_hidden: (factors[0] * d_hidden, None, ()),
        lambda rows: (rows, rows),
    ),
}
