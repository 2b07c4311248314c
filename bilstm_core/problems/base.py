"""What a problem declares: the bottom of the house, NumPy only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

Head = Literal["binary", "categorical", "regression"]
View = Literal["position", "forward", "backward", "backward_raw", "bidirectional"]
Solver = Literal["forward", "backward", "bidirectional"]

VIEWS: tuple[View, ...] = get_args(View)


WAITED_NS = 2e8  # of a core, for sequences that a page waits for


class Batch(NamedTuple):
    """Labelled sequences.

    x: (sequences, timesteps, features) float32
    y: (sequences, timesteps, 1) int64 for classes, float32 for regression
    mask: (sequences, timesteps) bool, true where a timestep is real and not padding
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int64] | npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BayesRisk:
    """The least that any model with one view can lose; docs/problems.md derives it.

    loss: nats per label; mean squared error for a regression
    accuracy: share of labels met by the likelier label at each timestep
    exact: share of sequences in which all of those are met. No joint decision: outputs that agreed on a sequence
        could meet more
    accuracy and exact are nan for a regression, and any figure is nan that is not known
    loss_error, accuracy_error, exact_error: standard errors; 0 where nothing was sampled
    per_timestep_loss, per_timestep_accuracy: (timesteps,); loss and accuracy are their means, weighted by how often
        a timestep is real
    """

    loss: float
    accuracy: float
    exact: float
    loss_error: float = 0.0
    accuracy_error: float = 0.0
    exact_error: float = 0.0
    per_timestep_loss: npt.NDArray[np.float64]
    per_timestep_accuracy: npt.NDArray[np.float64]

    @property
    def error(self) -> float:
        """The largest of the three standard errors; 0 where all is exact."""
        return max(self.loss_error, self.accuracy_error, self.exact_error)


class TrainingRows(NamedTuple):
    """Training sequences as a training takes them.

    x: (sequences, timesteps, features) float32
    y: (sequences, timesteps) float32, or int32 for classes
    weight: (sequences, timesteps) float32, how much a label counts; 0 where there is none
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32] | npt.NDArray[np.int32]
    weight: npt.NDArray[np.float32]


class Fixed(NamedTuple):
    """Of sequences whose number is fixed, how many there are.

    timesteps: of the longest, as all are padded to
    training, held_out: sequences that are trained on, and those that nothing is trained on
    marked: whether the last feature is 1 where a timestep is real and 0 where it is padding
    """

    timesteps: int
    training: int
    held_out: int
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """How labels show on a running sum: they turn where it reaches a limit.

    limits(x, **parameters): (limits,) of one sequence x (timesteps, 1)
    from_end: whether the sum runs from the last timestep to the first
    """

    limits: Callable[..., npt.NDArray[np.float64]]
    from_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A sequence-labeling problem: how its sequences are drawn and what a model of it must output.

    question: what is asked at each timestep, in one sentence
    solved_by: the view with which every label can be known; bidirectional where no single direction is enough
    solved_within(timesteps): the same for so many timesteps alone, where fewer values may be there; None where it is
        the same for all
    sample(n, timesteps, rng, **parameters): a Batch
    risk(timesteps, view, **parameters): the BayesRisk of a view
    labels(x, mask, **parameters): y (sequences, timesteps, 1) of any values x (sequences, timesteps, features) in
        [0, 1), with mask (sequences, timesteps); None where values do not decide labels
    waterfall: None where a limit on a running sum says nothing
    padded: whether sequences end early: their mask is not all true
    decides(timesteps): which values decide each label, (labels, values) bool, or None if nobody knows; without it, all
        that `solved_by` reads
    changes(timesteps): how often each label changes when one value alone is drawn anew, (labels, values), a share of
        `tried` sequences; None where that was not measured
    tried: on how many sequences `decides` was found out, of so many timesteps; None where the problem says it
    work(timesteps): about how many nanoseconds of a core drawing and labeling a sequence takes; None where it is little
    enough: how many neighbours of the values that decide a label give it; None where it takes them all
    parameters: the names of the numbers that it can be tuned by, which `ProblemSpec` has and checks
    training(start, stop, timesteps): where there is a fixed number of training sequences, those from start to stop - 1,
        after the last the first again; None where they are drawn
    held_out(most, timesteps): the sequences that nothing is trained on, at most so many, where their number is fixed
    fixed(): how many there are, where their number is fixed; None where sequences are drawn
    kept: whether its runs are stored, and stand in files and links; not those of what somebody has brought
    guess_loss: of a regression, the loss of a guess of the mean
    """

    name: str
    title: str
    question: str
    solved_by: Solver
    sample: Callable[..., Batch]
    risk: Callable[..., BayesRisk]
    labels: Callable[..., npt.NDArray[np.int64]] | None = None
    waterfall: Waterfall | None = None
    padded: bool = False
    decides: Callable[[int], npt.NDArray[np.bool_] | None] | None = None
    changes: Callable[[int], npt.NDArray[np.float64]] | None = None
    tried: Callable[[int], int] | None = None
    work: Callable[[int], float] | None = None
    solved_within: Callable[[int], Solver] | None = None
    enough: int | None = None
    features: int = 1
    head: Head = "binary"
    outputs: int = 1
    parameters: tuple[str, ...] = ()
    training: Callable[[int, int, int], TrainingRows] | None = None
    held_out: Callable[[int, int], Batch] | None = None
    fixed: Callable[[], Fixed] | None = None
    kept: bool = True
    guess_loss: float = 0.5

    @property
    def drawing(self) -> str:
        """What sequences are called that nothing is trained on."""
        return "held-out" if self.fixed else "fresh"

    def real(self, x: npt.NDArray[np.floating]) -> int:
        """How many timesteps of a sequence x (timesteps, features) are not marked as padding."""
        return int(x[:, -1].sum()) if self.fixed and self.fixed().marked else len(x)

    def deciding(self, timesteps: int) -> npt.NDArray[np.bool_] | None:
        """Which values decide each label: (labels, values); None where nobody knows."""
        return self.decides(timesteps) if self.decides else reads(self.solved_by, timesteps)

    def changing(self, timesteps: int) -> npt.NDArray[np.float64] | None:
        """How often each label changes with a value alone, (labels, values), where that was measured."""
        return self.changes(timesteps) if self.changes else None

    def solver(self, timesteps: int) -> Solver:
        """The view with which every label of sequences of so many timesteps can be known."""
        return self.solved_within(timesteps) if self.solved_within else self.solved_by

    def label_ns(self, timesteps: int) -> float:
        """About how many nanoseconds of a core drawing and labeling a sequence takes, where that matters; else 0."""
        return self.work(timesteps) if self.work else 0.0

    def drawn(self, most: int, timesteps: int) -> int:
        """How many sequences, at most so many, a page can have drawn while it waits."""
        return within(most, self.label_ns(timesteps))


def within(most: int, each_ns: float) -> int:
    """How many of at most so many can be waited for. each_ns: of a core, that one takes"""
    return max(1, min(most, int(WAITED_NS / each_ns))) if each_ns else most


def reads(view: View, timesteps: int) -> npt.NDArray[np.bool_]:
    """Which values the output of each timestep has read: (timesteps of the output, timesteps of the value).

    An output in raw order has read as many values, from the end, as there are outputs up to it.
    """
    everything = np.ones((timesteps, timesteps), dtype=bool)
    if view == "position":
        return ~everything
    if view == "forward":
        return np.tril(everything)
    if view == "backward":
        return np.triu(everything)
    return np.tril(everything)[:, ::-1] if view == "backward_raw" else everything
