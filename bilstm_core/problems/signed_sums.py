"""Floors of the problems whose labels say whether a signed sum of the values reaches a limit.

The label of timestep t is 1 where w_t1 x_1 + ... + w_tT x_T >= c_t, with each weight -1, 0 or 1 and the values
uniform on [0, 1). As 1 - x is uniform too, a value taken away counts as one that is added, with c_t higher by 1.
A view that has read m of the values that count knows their sum Y; the other n have a sum of Irwin-Hall's distribution,
F_n. So it gives the label 1 the probability 1 - F_n(c - Y), and does best to say 1 where that is 1/2 or more, which is
where Y >= c - n/2.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import BayesRisk, View, reads
from bilstm_core.problems.irwin_hall import below, density

Floats = npt.NDArray[np.float64]
DrawMask = Callable[[int, np.random.Generator], npt.NDArray[np.bool_]]

NODES = 12  # of the quadrature of each piece
TIE = 1e-9  # a share of the values this close to the limit is taken to reach it
MAX_SEQUENCES, MAX_VALUES = 200_000, 8_000_000  # of a simulation
BLOCK_VALUES = 100_000


def entropy(p: npt.ArrayLike) -> Floats:
    """The entropy of a coin that shows 1 with probability p, in nats."""
    chances = np.asarray(p, dtype=np.float64)
    return _part(chances) + _part(np.subtract(1.0, chances))


def _part(chances: Floats) -> Floats:
    nats: Floats = -chances * np.log(np.where(chances > 0, chances, 1.0))
    return nats


def threshold_risk(known: int, unknown: int, limit: float) -> tuple[float, float]:
    """The least loss, in nats, and the best accuracy of a label that is 1 where all values reach the limit.

    Of the values of the sum, `known` have been read and `unknown` have not. An integral over the sum of the known
    ones, by Gauss and Legendre's rule on the pieces between the knots of both distributions; its nodes crowd at the
    ends of a piece, where the entropy is steep. Within 1e-7.
    """
    if unknown == 0:
        return 0.0, 1.0
    if known == 0:
        p = float(below(unknown, limit))
        return float(entropy(p)), max(p, 1 - p)
    low = max(0.0, limit - unknown, known / 2 - _far(known), limit - unknown / 2 - _far(unknown))
    high = min(known, limit, known / 2 + _far(known), limit - unknown / 2 + _far(unknown))
    if low >= high:
        return 0.0, 1.0
    knots = np.concatenate([np.arange(known + 1), limit - np.arange(unknown + 1), [limit - unknown / 2, low, high]])
    knots = np.unique(np.clip(knots, low, high))
    nodes, weights = _crowded_rule()
    widths = np.diff(knots)[:, None]
    y = (knots[:-1, None] + widths * nodes).ravel()
    mass = (widths * weights).ravel() * density(known, y)
    chances = below(unknown, limit - y)
    return float(mass @ entropy(chances)), 1.0 - float(mass @ np.minimum(chances, 1 - chances))


def _far(n: int) -> float:
    """A sum of n values is this far from its mean with a chance below 1e-15: nine standard deviations."""
    return 9 * math.sqrt(n / 12)


def _crowded_rule() -> tuple[Floats, Floats]:
    """Nodes and weights on [0, 1] after the substitution u = 3 s**2 - 2 s**3."""
    s, weights = np.polynomial.legendre.leggauss(NODES)
    s = (s + 1) / 2
    return s * s * (3 - 2 * s), weights / 2 * 6 * s * (1 - s)


def signed_sum_risk(
    weights: npt.NDArray[np.int64],
    limits: Floats,
    view: View,
    *,
    real: Floats | None = None,
    draw_mask: DrawMask | None = None,
) -> BayesRisk:
    """The floor of a view. weights: (timesteps, timesteps), a row a label; limits: (timesteps,).

    real: (timesteps,) how often each timestep is real, and draw_mask(n, rng): (n, timesteps) which are, independent of
    the values; both only where sequences end early. Loss and accuracy are exact; the share of whole sequences is
    simulated, if anything is left to chance.
    """
    timesteps = len(limits)
    seen = reads(view, timesteps)
    known, unknown = ((weights != 0) & seen).sum(axis=1), ((weights != 0) & ~seen).sum(axis=1)
    reached = limits + (weights < 0).sum(axis=1)
    cases = list(zip(known.tolist(), unknown.tolist(), reached.tolist(), strict=True))
    risk_of = {case: threshold_risk(*case) for case in set(cases)}
    each = np.array([risk_of[case] for case in cases])
    counts = np.ones(timesteps) if real is None else real
    loss, accuracy = counts @ each / counts.sum()
    exact, exact_error = _exact(weights, limits, seen, draw_mask) if unknown.any() else (1.0, 0.0)
    return BayesRisk(
        loss=float(loss),
        accuracy=float(accuracy),
        exact=exact,
        exact_error=exact_error,
        per_timestep_loss=each[:, 0],
        per_timestep_accuracy=each[:, 1],
    )


def _exact(
    weights: npt.NDArray[np.int64], limits: Floats, seen: npt.NDArray[np.bool_], draw_mask: DrawMask | None
) -> tuple[float, float]:
    """How often the best decisions meet all labels of a sequence, and the standard error of that share."""
    timesteps = len(limits)
    n = min(MAX_SEQUENCES, MAX_VALUES // timesteps)
    block = max(BLOCK_VALUES // timesteps, 1)
    rng = np.random.default_rng(0)
    read, missing = weights * seen, weights * ~seen
    decided = limits - TIE - missing.sum(axis=1) / 2  # a value that was not read is a half on average
    met = 0
    for start in range(0, n, block):
        running = rng.random((timesteps, min(block, n - start))).cumsum(axis=0)
        known = _weighted(read, running)
        hits = (known + _weighted(missing, running) >= limits[:, None]) == (known >= decided[:, None])
        if draw_mask is not None:
            hits |= ~draw_mask(hits.shape[1], rng).T
        met += int(hits.all(axis=0).sum())
    share = met / n
    return share, math.sqrt(share * (1 - share) / n)


def _weighted(weights: npt.NDArray[np.int64], running: Floats) -> Floats:
    """The weighted sums of values whose running sums are `running`, (timesteps, sequences), one row for each label.

    Weights are alike over long stretches: only where they change is a running sum needed.
    """
    sums = np.zeros((len(weights), running.shape[1]))
    changes = -np.diff(weights, axis=1, append=0)
    for row, place in zip(*np.nonzero(changes), strict=True):
        sums[row] += changes[row, place] * running[place]
    return sums
