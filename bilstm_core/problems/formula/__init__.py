"""A problem by a formula of one's own: where the label is 1, in a small language (`language`).

The formula is the problem's name, after "formula: ", in the one spelling that all texts of the same formula have. So it
is in every spec, link and file that names the problem, and nothing else has to be carried along.

Values are uniform on [0, 1). With x[t - 1] + x[t + 1] > 1, T = 4, and 0 outside the sequence:

    value      0.4  0.5  0.3  0.9
    neighbors  0.5  0.7  1.4  0.3
    label      0    0    1    0
"""

import functools

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Problem, Solver, View, reads, within
from bilstm_core.problems.formula import values
from bilstm_core.problems.formula.language import Formula, FormulaError, parsed

__all__ = ["FormulaError", "canonical_name", "is_formula", "named", "problem_of", "text_of"]

PREFIX = "formula:"
MOST_TIMESTEPS = 200
COUNTED, MOST_VALUES = 20_000, 1_000_000  # sequences, and values of theirs, on which labels are counted
TRIED, MOST_TRIED = 2_000, 2_000_000  # sequences in which each value is drawn anew, and values that this takes in all


def is_formula(name: object) -> bool:
    """Whether a problem's name is meant to be a formula, whatever it says."""
    return isinstance(name, str) and name.startswith(PREFIX)


def text_of(name: str) -> str:
    """The formula of a problem's name, as it is written there."""
    return name[len(PREFIX) :].strip()


def named(text: str) -> str:
    """The name of the problem of a formula. Raises FormulaError, with a sentence, where the text is none."""
    return f"{PREFIX} {parsed(text.strip()).text}"


def canonical_name(name: str) -> str:
    """The one name that all spellings of a formula have. Raises FormulaError where it is none."""
    return named(text_of(name))


@functools.lru_cache(maxsize=128)
def problem_of(name: str) -> Problem:
    """The problem of a name. Raises FormulaError where that is no formula."""
    formula = parsed(text_of(name))

    def labels(x: npt.NDArray[np.floating], mask: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
        del mask  # all are real
        return values.labels(formula, x[..., 0])[..., None].astype(np.int64)

    def sample(n: int, timesteps: int, rng: np.random.Generator) -> Batch:
        x = rng.random((n, timesteps, 1), dtype=np.float32)
        return Batch(x, labels(x), np.ones((n, timesteps), dtype=bool))

    def changes(timesteps: int) -> npt.NDArray[np.float64]:
        return _changes(name, timesteps)

    return Problem(
        name=name,
        title="Your formula",
        question=f"Is {formula.text}?",
        solved_by=_solver(*values.sides(formula, MOST_TIMESTEPS)),
        solved_within=functools.partial(_solved_within, formula),
        sample=sample,
        risk=functools.partial(_risk, formula),
        labels=labels,
        decides=lambda timesteps: changes(timesteps) > 0,
        changes=changes,
        tried=functools.partial(tried, formula),
        work=functools.partial(work, formula),
    )


@functools.lru_cache(maxsize=512)
def work(formula: Formula, timesteps: int) -> float:
    """About how long a sequence and its labels take, in nanoseconds of a core."""
    return values.work(formula, timesteps)


def tried(formula: Formula, timesteps: int) -> int:
    """The sequences in which each value is drawn anew, to see which labels change: fewer where that takes long."""
    most = max(50, min(TRIED, MOST_TRIED // timesteps**2))
    return within(most, (timesteps + 1) * work(formula, timesteps))


@functools.lru_cache(maxsize=32)  # of at most 320 kB each
def _changes(name: str, timesteps: int) -> npt.NDArray[np.float64]:
    return changed(parsed(text_of(name)), timesteps)


def changed(formula: Formula, timesteps: int) -> npt.NDArray[np.float64]:
    """How often a label changes when one value alone is drawn anew: (labels, values), a share of `tried` sequences."""
    rng = np.random.default_rng(0)
    x = rng.random((tried(formula, timesteps), timesteps), dtype=np.float32)
    before = values.labels(formula, x)
    shares = np.zeros((timesteps, timesteps))
    stand = np.flatnonzero(values.reads(formula, timesteps).any(axis=0))
    together = max(1, values.AT_ONCE // x.size)
    for start in range(0, len(stand), together):
        anew = stand[start : start + together]
        others = np.repeat(x[None], len(anew), axis=0)  # (values drawn anew, sequences, timesteps)
        for other, value in zip(others, anew, strict=True):
            other[:, value] = rng.random(len(x), dtype=np.float32)
        found = values.labels(formula, others.reshape(-1, timesteps)).reshape(others.shape)
        shares[:, anew] = (found != before).mean(axis=1).T
    return shares


def counted(formula: Formula, timesteps: int) -> int:
    """The sequences on which labels are counted for the best possible: fewer where that takes long."""
    return within(min(COUNTED, MOST_VALUES // timesteps), work(formula, timesteps))


def _solved_within(formula: Formula, timesteps: int) -> Solver:
    """The direction that reads all values that stand in the formula, of so many timesteps."""
    stand = values.reads(formula, timesteps)
    return _solver(bool(np.tril(stand, -1).any()), bool(np.triu(stand, 1).any()))


def _solver(earlier: bool, later: bool) -> Solver:
    return "forward" if not later else "backward" if not earlier else "bidirectional"


def _risk(formula: Formula, timesteps: int, view: View) -> BayesRisk:
    """The best possible, where it follows from which values stand in the formula; else nan.

    Who has read all values of a label knows it. Who has read none of them knows how often it is 1, which is counted:
    values are independent of one another. Of who has read some nothing is said.
    """
    n = counted(formula, timesteps)
    y = values.labels(formula, np.random.default_rng(0).random((n, timesteps), dtype=np.float32))
    stand, seen = values.reads(formula, timesteps), reads(view, timesteps)
    knows, blind = ~(stand & ~seen).any(axis=1), ~(stand & seen).any(axis=1)
    ones = y.mean(axis=0)
    chance = np.where(y, ones, 1 - ones)  # that who is blind gives to what is so
    guessed = y == (ones >= 0.5)
    unknown = np.where(knows | blind, 0.0, np.nan)
    losses = np.where(knows, 0.0, -np.log(chance)) + unknown
    right = np.where(knows, True, guessed) + unknown
    exact = right.min(axis=1)

    def error(each: npt.NDArray[np.float64]) -> float:
        return float(each.std() / np.sqrt(n))

    return BayesRisk(
        loss=float(losses.mean()),
        accuracy=float(right.mean()),
        exact=float(exact.mean()),
        loss_error=error(losses.mean(axis=1)),
        accuracy_error=error(right.mean(axis=1)),
        exact_error=error(exact),
        per_timestep_loss=losses.mean(axis=0),
        per_timestep_accuracy=right.mean(axis=0),
    )
