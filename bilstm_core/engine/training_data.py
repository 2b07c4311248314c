"""The stream of training sequences of one seed, at any position: what makes runs prefix-stable. NumPy only."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bilstm_core.network.inference import draw_noise
from bilstm_core.problems import Batch
from bilstm_core.random_streams import Stream, generator
from bilstm_core.specs import ProblemSpec, TrainingSpec

BLOCK = 1024  # sequences drawn at once; part of every result


class Batches(NamedTuple):
    """The batches of consecutive weight updates; rows that a smaller last batch lacks have a mask of zeros.

    x: (steps, batch, timesteps, features) float32; with noise, which is appended, twice the features
    y: (steps, batch, timesteps) float32, or int32 for classes
    mask: (steps, batch, timesteps) float32
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32] | npt.NDArray[np.int32]
    mask: npt.NDArray[np.float32]


class TrainingData:
    """The training sequences of one seed; holds the blocks, and the order of the epoch, that it used last."""

    def __init__(self, problem: ProblemSpec, training: TrainingSpec, noise: bool) -> None:
        self._problem = problem
        self._training = training
        self._noise = noise
        self._blocks: dict[tuple[Stream, int], tuple[npt.NDArray[np.generic], ...]] = {}
        self._order: tuple[int, npt.NDArray[np.int64]] = (-1, np.zeros(0, np.int64))
        self._fixed = None if training.fresh_data else self._rows(Stream.TRAINING, 0, training.sequences_per_epoch)

    def batches(self, first: int, steps: int) -> Batches:
        """The batches of the weight updates first, first + 1, ... (from 0)."""
        training = self._training
        size, in_epoch = training.batch_size, training.sequences_per_epoch
        epoch, number = np.divmod(np.arange(first, first + steps), training.steps_per_epoch)
        within = number[:, None] * size + np.arange(size)
        real = within < in_epoch
        seen = np.minimum(epoch[:, None] * in_epoch + within, (epoch[-1] + 1) * in_epoch - 1)
        start, stop = int(seen[0, 0]), int(seen[-1, -1]) + 1
        if self._fixed is None:
            x, y, mask = (rows[seen - start] for rows in self._rows(Stream.TRAINING, start, stop))
        else:
            chosen = np.concatenate([self._shuffled(number) for number in range(epoch[0], epoch[-1] + 1)])
            chosen = chosen[seen - epoch[0] * in_epoch]
            x, y, mask = (rows[chosen] for rows in self._fixed)
        if self._noise:
            (noise,) = self._rows(Stream.NOISE, start, stop)
            x = np.concatenate([x, noise[seen - start]], axis=-1)
        return Batches(x, y, mask * real[..., None].astype(np.float32))

    def _shuffled(self, epoch: int) -> npt.NDArray[np.int64]:
        """The order in which an epoch goes through the fixed set."""
        if self._order[0] != epoch:
            rng = generator(self._training.seed, Stream.SHUFFLE, epoch)
            count = self._training.sequences_per_epoch
            self._order = (epoch, rng.permutation(count) if count > 1 else np.zeros(1, np.int64))
        return self._order[1]

    def _rows(self, stream: Stream, start: int, stop: int) -> tuple[npt.NDArray[np.generic], ...]:
        """The sequences start .. stop - 1 of a stream, as (x, y, mask) or as (noise,)."""
        given = self._problem.problem.training
        if given is not None and stream == Stream.TRAINING:
            return given(start, stop, self._problem.timesteps)
        numbers = range(start // BLOCK, (stop - 1) // BLOCK + 1)
        blocks = [self._blocks.get((stream, number)) or self._draw(stream, number) for number in numbers]
        self._blocks = {key: block for key, block in self._blocks.items() if key[0] != stream}
        self._blocks[stream, numbers[-1]] = blocks[-1]
        joined = blocks[0] if len(blocks) == 1 else tuple(map(np.concatenate, zip(*blocks, strict=True)))
        offset = numbers[0] * BLOCK
        return tuple(rows[start - offset : stop - offset] for rows in joined)

    def _draw(self, stream: Stream, number: int) -> tuple[npt.NDArray[np.generic], ...]:
        problem, rng = self._problem, generator(self._training.seed, stream, number)
        if stream == Stream.NOISE:
            return (draw_noise((BLOCK, problem.timesteps, problem.problem.features), rng),)
        batch: Batch = problem.problem.sample(BLOCK, problem.timesteps, rng, **problem.parameters())
        labels = np.int32 if problem.problem.head == "categorical" else np.float32
        return batch.x, batch.y[..., 0].astype(labels), batch.mask.astype(np.float32)
