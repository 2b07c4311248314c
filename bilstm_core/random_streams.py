"""Separate random streams from one seed, so that no use of randomness can disturb another."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a stream of random numbers is for. The values are part of every result: never renumber."""

    TRAINING = 0
    SHUFFLE = 1
    EVALUATION = 2
    INITIAL_WEIGHTS = 3
    NOISE = 4
    PROBES = 5
    EXAMPLES = 6
    SPLIT = 7
    RESAMPLES = 8


def generator(seed: int, stream: Stream, *indices: int) -> np.random.Generator:
    """The generator of `stream` for `seed`; further indices (a block, a layer) split it without overlap."""
    return np.random.default_rng([seed, int(stream), *indices])
