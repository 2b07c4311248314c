"""What can be asked for: frozen specs of a problem, a model and a training, checked as they are made.

Every check raises one ValueError whose sentence names the field, the value that came and what is allowed.
The same check serves the widgets, a link, a notebook and a script; what is on a page has the setting's label there.
"""

import functools
import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.choices import (
    BACKWARD_OUTPUTS,
    CELLS,
    DIRECTIONS,
    MERGE_MODES,
    POSITIONS,
    SECOND_BRANCHES,
    BackwardOutput,
    Cell,
    Direction,
    MergeMode,
    Position,
    SecondBranch,
)
from bilstm_core.problems import PROBLEMS, Problem, formula, given
from bilstm_core.quoting import quoted

GATES: Mapping[Cell, int] = {"lstm": 4, "gru": 3, "rnn": 1}  # a cell's blocks of weights, the candidate's counted

CHOICES: dict[str, tuple[str, ...]] = {
    "direction": DIRECTIONS,
    "cell": CELLS,
    "merge_mode": MERGE_MODES,
    "backward_output": BACKWARD_OUTPUTS,
    "second_branch": SECOND_BRANCHES,
    "position": POSITIONS,
}
WHOLE_NUMBERS: dict[str, tuple[int, int]] = {
    "timesteps": (1, 200),
    "units": (1, 256),
    "layers": (1, 3),
    "epochs": (1, 20_000),
    "sequences_per_epoch": (1, 100_000),
    "batch_size": (1, 1_000),
    "seed": (0, 2**31 - 1),
}
LEARNING_RATES = (1e-6, 1.0)
MAX_WORK = 1e12  # of RunSpec.work(); a quarter of an hour or so on one core
MAX_STEP_MEMORY = 0.8e9  # of RunSpec.step_memory(); beside it a warm worker holds 0.8 to 0.9 GB


class SettingError(ValueError):
    """A value that a field can't have. Made of the field's name and of what follows it in the sentence."""

    @property
    def reason(self) -> str:
        """The sentence without the name that it begins with."""
        return str(self.args[1])

    def __str__(self) -> str:
        return " ".join(map(str, self.args))


def _checked_whole(name: str, value: Any) -> int:
    low, high = WHOLE_NUMBERS[name]
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or not low <= int(value) <= high:
        raise SettingError(name, f"must be a whole number from {low:,} to {high:,}, not {quoted(value)}.")
    return int(value)


def _checked_number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise SettingError(name, f"must be a number, not {quoted(value)}.")
    return float(value)


def _checked_choice(name: str, value: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise SettingError(name, f"must be one of {', '.join(allowed)}, not {quoted(value)}.")


def _checked_formula(name: str) -> str:
    try:
        return formula.canonical_name(name)
    except formula.FormulaError as error:
        raise SettingError("name", f"is a formula that can't be read. {error}") from None


def _check(spec: Any) -> None:
    """Check every field that has a range or a list of choices, and store plain Python numbers."""
    for declared in fields(spec):
        name, value = declared.name, getattr(spec, declared.name)
        if name in WHOLE_NUMBERS:
            object.__setattr__(spec, name, _checked_whole(name, value))
        elif name in CHOICES:
            _checked_choice(name, value, CHOICES[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSpec:
    """Which sequences: the problem's name, their length, and the problem's own parameters.

    name: of a problem of the registry, of sequences that somebody brought (`problems.given`), or a formula, in whatever
        spelling (`problems.formula`)
    """

    name: str = "cumulative_sum"
    timesteps: int = 10
    threshold: float = 0.25  # share of the timesteps that the running sum must reach

    def __post_init__(self) -> None:
        if formula.is_formula(self.name):
            object.__setattr__(self, "name", _checked_formula(self.name))
        elif not given.is_given(self.name):
            _checked_choice("name", self.name, tuple(PROBLEMS))
        _check(self)
        threshold = _checked_number("threshold", self.threshold)
        if not 0 < threshold < 1:
            raise SettingError("threshold", f"must be above 0 and below 1, not {quoted(self.threshold)}.")
        object.__setattr__(self, "threshold", threshold)

    @property
    def problem(self) -> Problem:
        """The problem of this name."""
        if formula.is_formula(self.name):
            return formula.problem_of(self.name)
        return given.problem_of(self.name) if given.is_given(self.name) else PROBLEMS[self.name]

    def parameters(self) -> dict[str, float]:
        """The problem's own parameters, as its `sample` takes them."""
        return {name: getattr(self, name) for name in self.problem.parameters}

    def canonical(self) -> "ProblemSpec":
        """The same problem, with parameters that it does not have at their defaults."""
        return self if "threshold" in self.problem.parameters else replace(self, threshold=0.25)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """Which network. `merge_mode` and `second_branch` apply to bidirectional, `backward_output` to backward."""

    direction: Direction = "bidirectional"
    cell: Cell = "lstm"
    units: int = 20  # per layer and branch
    layers: int = 1
    merge_mode: MergeMode = "concat"
    backward_output: BackwardOutput = "aligned"  # raw leaves the last layer's reversed order as it comes
    second_branch: SecondBranch = "backward"  # what the second branch reads; others than backward: one layer only
    position: Position = "none"  # the timestep as extra inputs

    def __post_init__(self) -> None:
        _check(self)

    def position_inputs(self, timesteps: int) -> int:
        """How many inputs a timestep has beside the problem's features, to tell which it is."""
        return {"none": 0, "fraction": 1, "one_hot": timesteps}[self.position]

    def canonical(self) -> "ModelSpec":
        """The same network, with every field that does not apply at its default."""
        both = self.direction == "bidirectional"
        return replace(
            self,
            merge_mode=self.merge_mode if both else "concat",
            backward_output=self.backward_output if self.direction == "backward" else "aligned",
            second_branch=self.second_branch if both and self.layers == 1 else "backward",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSpec:
    """How it is trained. With fresh data every epoch draws new sequences; else one set is reshuffled each epoch."""

    epochs: int = 250
    sequences_per_epoch: int = 1
    batch_size: int = 1
    fresh_data: bool = True
    learning_rate: float = 1e-3
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self)
        if not isinstance(self.fresh_data, bool):
            raise SettingError("fresh_data", f"must be True or False, not {quoted(self.fresh_data)}.")
        rate = _checked_number("learning_rate", self.learning_rate)
        low, high = LEARNING_RATES
        if not low <= rate <= high:
            allowed = f"{low:f} to {high:g}"
            raise SettingError("learning_rate", f"must be a number from {allowed}, not {quoted(self.learning_rate)}.")
        object.__setattr__(self, "learning_rate", rate)

    @property
    def steps_per_epoch(self) -> int:
        """Weight updates in an epoch; the last may see fewer sequences than the others."""
        return -(-self.sequences_per_epoch // self.batch_size)

    @property
    def steps(self) -> int:
        """Weight updates in all."""
        return self.epochs * self.steps_per_epoch

    @property
    def sequences(self) -> int:
        """Sequences seen in all, repeats counted."""
        return self.epochs * self.sequences_per_epoch

    def updates_after(self, sequences_seen: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
        """The weight updates that so many sequences, at least 1, have made."""
        epochs, within = np.divmod(sequences_seen - 1, self.sequences_per_epoch)
        updates: npt.NDArray[np.int64] = epochs * self.steps_per_epoch + within // self.batch_size + 1
        return updates

    def sequences_after(self, updates: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
        """The sequences seen, repeats counted, after each number of weight updates."""
        epochs, rest = np.divmod(updates, self.steps_per_epoch)
        within = np.minimum(rest * self.batch_size, self.sequences_per_epoch)
        seen: npt.NDArray[np.int64] = epochs * self.sequences_per_epoch + within
        return seen

    def canonical(self) -> "TrainingSpec":
        """The same training, with a batch no larger than an epoch."""
        return replace(self, batch_size=min(self.batch_size, self.sequences_per_epoch))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """A whole experiment: equal canonical specs give bitwise equal runs."""

    problem: ProblemSpec = field(default_factory=ProblemSpec)
    model: ModelSpec = field(default_factory=ModelSpec)
    training: TrainingSpec = field(default_factory=TrainingSpec)

    def __post_init__(self) -> None:
        for name, kind in (("problem", ProblemSpec), ("model", ModelSpec), ("training", TrainingSpec)):
            if type(getattr(self, name)).__name__ != kind.__name__:
                raise ValueError(f"{name} must be a {kind.__name__}, not {quoted(getattr(self, name))}.")
        times = self.work() / MAX_WORK
        if times > 1:
            takes = (
                f"{times:,.1f} times the work that is allowed"
                if times >= 1.05
                else "a little more work than is allowed"
            )
            raise ValueError(
                f"{self.training.sequences:,} sequences are too many for this network and this number of timesteps."
                f" They take {takes}. Lower epochs, units or timesteps."
            )
        if self.step_memory() > MAX_STEP_MEMORY:
            most = int(MAX_STEP_MEMORY / self.step_memory() * self.training.canonical().batch_size)
            raise ValueError(
                f"A batch of {self.training.batch_size:,} sequences is too large for this network and this number of"
                f" timesteps; the most is {most:,}. One weight update would take {self.step_memory() / 1e9:.1f} GB of"
                f" memory, and {MAX_STEP_MEMORY / 1e9:.1f} GB is allowed. Lower batch size, units, layers or timesteps."
            )

    def work(self) -> float:
        """A rough count of multiply-adds, with a fixed cost for each timestep of each weight update."""
        model, problem = self.model, self.problem
        branches, inputs = self._branches_and_inputs()
        deeper = (model.layers - 1) * (1 + branches) * model.units
        weights = branches * GATES[model.cell] * model.units * (inputs + model.units + deeper)
        return problem.timesteps * (self.training.steps * 1e4 + 3.0 * self.training.sequences * weights)

    def step_memory(self) -> float:
        """A rough count of bytes that a weight update keeps for its gradient, as measured; a little high.

        For each sequence, timestep and branch, 140 bytes a unit of each layer (an LSTM's; other cells take less) and
        10 bytes an input.
        """
        branches, inputs = self._branches_and_inputs()
        rows = self.training.canonical().batch_size * self.problem.timesteps * branches
        return rows * (140.0 * self.model.layers * self.model.units + 10.0 * inputs)

    def _branches_and_inputs(self) -> tuple[int, int]:
        inputs = self.problem.problem.features + self.model.position_inputs(self.problem.timesteps)
        return 2 if self.model.direction == "bidirectional" else 1, inputs

    def canonical(self) -> "RunSpec":
        """The same experiment, with every field that does not apply at its default."""
        return _canonical(self)


@functools.lru_cache(maxsize=4_096)  # asked for at every look-up of a run
def _canonical(spec: RunSpec) -> RunSpec:
    return RunSpec(problem=spec.problem.canonical(), model=spec.model.canonical(), training=spec.training.canonical())
