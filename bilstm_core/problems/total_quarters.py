"""Total quarters: in which quarter of the sequence's own total is the running sum? Four classes, from 0.

With values x_1 .. x_T, uniform on [0, 1), S_t = x_1 + ... + x_t:

    label_t = how many j of 1, 2, 3 have 4 S_t >= j S_T

Worked example, T = 4, the total 2.1:

    value        0.4   0.5   0.3   0.9
    running sum  0.4   0.9   1.2   2.1
    share        0.19  0.43  0.57  1
    label        0     1     2     3
"""

import math

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Problem, View, Waterfall, reads
from bilstm_core.problems.irwin_hall import below

Floats = npt.NDArray[np.float64]

MAX_SEQUENCES, MAX_VALUES = 40_000, 1_000_000  # of a simulation
STEP = 1 / 64  # of the grid on which two unknown sums are compared


def limits(x: npt.NDArray[np.floating]) -> Floats:
    """The three limits on the running sum of x (timesteps, 1): quarters of its total."""
    quarters: Floats = x.sum(dtype=np.float64) * np.arange(1, 4) / 4
    return quarters


def labels(x: npt.NDArray[np.floating], mask: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
    """Labels of values x, both (sequences, timesteps, 1); sums are taken in double precision."""
    del mask  # all are real
    sums = np.cumsum(x, axis=-2, dtype=np.float64)
    reached = np.array([4 * sums >= j * sums[..., -1:, :] for j in (1, 2, 3)])
    counts: npt.NDArray[np.int64] = reached.sum(axis=0, dtype=np.int64)
    return counts


def sample(n: int, timesteps: int, rng: np.random.Generator) -> Batch:
    """n sequences of uniform values with their labels."""
    x = rng.random((n, timesteps, 1), dtype=np.float32)
    return Batch(x, labels(x), np.ones((n, timesteps), dtype=bool))


def risk(timesteps: int, view: View) -> BayesRisk:
    """The best possible with a view of the values: means over simulated sequences of what their chances leave open."""
    seen = reads(view, timesteps)
    n = min(MAX_SEQUENCES, MAX_VALUES // timesteps)
    x = np.random.default_rng(0).random((timesteps, n))
    expected = labels(x.T[..., None])[..., 0].T
    losses, accuracies, hits = np.empty((timesteps, n)), np.empty((timesteps, n)), np.empty((timesteps, n), bool)
    for t in range(timesteps):
        if seen[t].all():
            losses[t], accuracies[t], hits[t] = 0.0, 1.0, True
            continue
        chances = class_chances(x, seen[t], t + 1)
        losses[t] = -np.sum(chances * np.log(np.where(chances > 0, chances, 1.0)), axis=0)
        accuracies[t] = chances.max(axis=0)
        hits[t] = chances.argmax(axis=0) == expected[t]
    exact = float(hits.all(axis=0).mean())
    return BayesRisk(
        loss=float(losses.mean()),
        accuracy=float(accuracies.mean()),
        exact=exact,
        loss_error=float(losses.mean(axis=0).std()) / math.sqrt(n),
        accuracy_error=float(accuracies.mean(axis=0).std()) / math.sqrt(n),
        exact_error=math.sqrt(exact * (1 - exact) / n),
        per_timestep_loss=losses.mean(axis=1),
        per_timestep_accuracy=accuracies.mean(axis=1),
    )


def class_chances(x: Floats, seen: npt.NDArray[np.bool_], t: int) -> Floats:
    """The chance of each class at timestep t (from 1) for who has read the values `seen`: (4, n).

    x: (timesteps, n). seen: (timesteps,). With S for the sum up to t and R for the rest, the class is at least j where
    S >= R j / (4 - j).
    """
    head = np.arange(len(x)) < t
    known_head, known_rest = x[head & seen].sum(axis=0), x[~head & seen].sum(axis=0)
    unknown_head, unknown_rest = int((head & ~seen).sum()), int((~head & ~seen).sum())
    reached = [np.ones(x.shape[1])]
    for j in (1, 2, 3):
        ratio = j / (4 - j)
        if unknown_rest == 0:
            reached.append(1 - below(unknown_head, ratio * known_rest - known_head))
        elif unknown_head == 0:
            reached.append(below(unknown_rest, known_head / ratio - known_rest))
        else:
            at, chances = _difference(unknown_head, unknown_rest, ratio)
            reached.append(np.interp(ratio * known_rest - known_head, at, chances))
    reached.append(np.zeros(x.shape[1]))
    return np.maximum(-np.diff(np.array(reached), axis=0), 0.0)


def _difference(head: int, rest: int, ratio: float) -> tuple[Floats, Floats]:
    """(z, P(U - ratio * V >= z)) on a grid of z, for sums U of `head` and V of `rest` values.

    The mass of ratio * V is put on the nearest points of the grid, an error of the order of STEP squared.
    """
    cells = math.ceil(ratio * rest / STEP)
    edges = (np.arange(cells + 2) - 0.5) * STEP / ratio
    mass = np.diff(below(rest, edges))
    u = np.arange(-cells, math.ceil(head / STEP) + cells + 1, dtype=np.float64) * STEP
    enough = 1 - below(head, u)  # P(U >= u), to be taken at u = z + ratio * V
    size = 1 << (len(u) + cells).bit_length()
    spectrum = np.fft.rfft(enough, size) * np.conj(np.fft.rfft(mass, size))
    chances = np.fft.irfft(spectrum, size)[: len(u) - cells]
    return u[: len(u) - cells], np.clip(chances, 0.0, 1.0)


TOTAL_QUARTERS = Problem(
    name="total_quarters",
    title="Quarters of the total",
    question="In which quarter of this sequence's own total is the running sum?",
    solved_by="bidirectional",
    sample=sample,
    risk=risk,
    labels=labels,
    waterfall=Waterfall(limits=limits),
    head="categorical",
    outputs=4,
)
