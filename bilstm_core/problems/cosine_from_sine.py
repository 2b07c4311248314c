"""Cosine from sine: a wave of unknown frequency and phase; the answer is its value a quarter period ahead.

With a phase p, uniform on [0, 2 pi), and a frequency w, uniform on [pi/10, pi/4) (periods of 8 to 20 timesteps):

    x_t = sin(p + w t), answer_t = sin(p + w t + pi/2) = cos(p + w t)

A regression; its loss is the squared error. Worked example, T = 4, p = 0, w = pi/6 (a period of 12):

    value   0.50  0.87  1.00  0.87
    answer  0.87  0.50  0.00  -0.50
"""

import math

import numpy as np

from bilstm_core.problems.base import Batch, BayesRisk, Problem, View, reads

SLOWEST, FASTEST = math.pi / 10, math.pi / 4  # radians a timestep
NODES = 160


def sample(n: int, timesteps: int, rng: np.random.Generator) -> Batch:
    """n waves and their answers."""
    phase = rng.uniform(0, 2 * np.pi, (n, 1, 1))
    frequency = rng.uniform(SLOWEST, FASTEST, (n, 1, 1))
    angle = phase + frequency * np.arange(1, timesteps + 1)[:, None]
    y = np.cos(angle).astype(np.float32)
    return Batch(np.sin(angle).astype(np.float32), y, np.ones((n, timesteps), dtype=bool))


def risk(timesteps: int, view: View) -> BayesRisk:
    """The least mean squared error with a view of the values; accuracies are nan."""
    each = np.zeros(timesteps)
    for t, seen in enumerate(reads(view, timesteps)):
        read = np.flatnonzero(seen)
        if len(read) == 0:
            each[t] = 0.5  # the variance of a cosine
        elif len(read) == 1:
            each[t] = _from_one(t - int(read[0]))
        elif len(read) == 2:
            each[t] = _from_two(t - int(read[0]))
    nan = float("nan")
    return BayesRisk(
        loss=float(each.mean()),
        accuracy=nan,
        exact=nan,
        per_timestep_loss=each,
        per_timestep_accuracy=np.full(timesteps, nan),
    )


def _from_one(ahead: int) -> float:
    """The least squared error of the answer `ahead` timesteps after the one value that was read.

    Rising and falling are as likely, so that all it tells is -x E[sin(w ahead)].
    """
    if ahead == 0:
        return 0.5
    width = FASTEST - SLOWEST
    mean_sine = (math.cos(ahead * SLOWEST) - math.cos(ahead * FASTEST)) / (ahead * width)
    return (1 - mean_sine**2) / 2


def _from_two(ahead: int) -> float:
    """The least squared error of the answer `ahead` timesteps after the first of two neighbouring values.

    The values fit two waves at most, as likely as each other. The other, of frequency v, has either the same first
    angle, then p = (pi - w - v) / 2, or the same second one, then p = (pi + v - w) / 2; each happens with chance
    (fastest - slowest) / 2 pi, and v is uniform then. Half the difference of their answers cannot be avoided.
    """
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    each = SLOWEST + (nodes + 1) / 2 * (FASTEST - SLOWEST)
    w, v = each[:, None], each
    first, second = (np.pi - w - v) / 2, (np.pi + v - w) / 2
    same_first = np.cos(first + ahead * w) - np.cos(first + ahead * v)
    same_second = np.cos(second + ahead * w) - np.cos(np.pi - second + ahead * v)
    halves = (np.square(same_first) + np.square(same_second)) / 4
    mean = float(weights @ halves @ weights) / 4
    return mean * (FASTEST - SLOWEST) / (2 * math.pi)


COSINE_FROM_SINE = Problem(
    name="cosine_from_sine",
    title="Cosine from sine",
    question="What will the wave's value be a quarter of its period ahead?",
    solved_by="bidirectional",
    sample=sample,
    risk=risk,
    enough=3,
    head="regression",
)
