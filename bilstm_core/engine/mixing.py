"""Which trainings of a sweep share a program though they differ in units and timesteps. No TensorFlow.

A sweep has hundreds of small networks, each of its own shape, and a compile for each would take longer than all their
trainings. So a few programs serve them all: the runs of a stack may differ in units, timesteps, seed, learning rate and
in how their sequences are drawn. A network is trained in a larger one with units of zeros, which stay zeros
(`sharing`), and its sequences with further timesteps after their end: a forward branch reads these last, a backward one
stands still over them (`graph`), and no label counts there. What each learns is what it would have learnt alone, up to
rounding.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from bilstm_core.engine.cost import PART_S, WIDTHS, TooMuchError, program_seconds, stack_width
from bilstm_core.engine.program_keys import ProgramKey
from bilstm_core.engine.sharing import turned
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.problems import PROBLEMS
from bilstm_core.specs import ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.wording import counted

UNITS = (8, 20, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256)
TIMESTEPS = (10, 20, 40, 60, 100, 140, 200)
NARROWER_S = 2.0  # that a program for fewer runs must save, or its compile would take longer
AS_QUICK = 1.05  # times the time of the quickest width: then the narrower one is taken
MOST_BYTES = 4e8  # of the finished runs of a mixed job, which are held until it is forgotten


class Stack(NamedTuple):
    """Runs that are trained side by side: their places, and what their program is for.

    shape: a training of as many units and timesteps as the program has
    width: its seats, as many as there are runs or more
    """

    places: tuple[int, ...]
    shape: RunSpec
    width: int

    @property
    def seconds(self) -> float:
        """About how long it takes to train; a compile comes on top."""
        return self.shape.training.steps * program_seconds(self.shape, self.shape.model, self.width)

    @property
    def key(self) -> ProgramKey:
        """Of its program."""
        problem, declared = self.shape.problem, self.shape.problem.problem
        size = self.shape.training.batch_size
        heads = declared.features, declared.head, declared.outputs
        return ProgramKey(*heads, problem.timesteps, self.shape.model, size, self.width, mixed=True)


@functools.lru_cache(maxsize=8_192)
def shape_of(spec: RunSpec) -> RunSpec:
    """The training of the next larger units and timesteps, with all that may differ among runs of a stack at a default.

    Where the timestep is told to the network, only runs of equal timesteps are alike; and what is near what a network
    may have at most has a shape of its own.
    """
    spec = spec.canonical()
    declared, model = spec.problem.problem, spec.model
    heads = declared.features, declared.head, declared.outputs
    alike = (
        spec.problem.name  # its sequences are as long as they are
        if declared.fixed
        else next(name for name, other in PROBLEMS.items() if (other.features, other.head, other.outputs) == heads)
    )
    if turned(model):
        model = replace(model, direction="forward", backward_output="aligned")
    timesteps = spec.problem.timesteps
    longer = timesteps
    if model.position == "none" and not declared.fixed:
        longer = next(count for count in TIMESTEPS if count >= timesteps)
    wider = next(count for count in UNITS if count >= model.units)
    training = replace(spec.training, seed=0, learning_rate=TrainingSpec().learning_rate)
    try:
        return RunSpec(
            problem=ProblemSpec(name=alike, timesteps=longer).canonical(),
            model=replace(model, units=wider),
            training=training,
        ).canonical()
    except ValueError:  # more than a training may be
        problem = ProblemSpec(name=alike, timesteps=timesteps).canonical()
        return RunSpec(problem=problem, model=model, training=training).canonical()


@functools.lru_cache(maxsize=1_024)
def stack_of(shape: RunSpec, count: int) -> tuple[int, int]:
    """Of `count` runs, how many go into the next stack, and its width.

    It is as wide as is quickest, and narrower for the last of them only if that saves more than a compile.
    """
    widest = stack_width(shape, WIDTHS[-1])
    fitting = [width for width in WIDTHS if width <= widest]
    seconds = {width: program_seconds(shape, shape.model, width) for width in fitting}
    quickest = min(seconds[width] / width for width in fitting)
    full = next(width for width in fitting if seconds[width] / width <= AS_QUICK * quickest)
    narrow = next((width for width in fitting if width >= count), full)
    saved = shape.training.steps * (seconds[full] - seconds[narrow])
    width = narrow if narrow < full and saved > NARROWER_S else full
    return min(count, width), width


def stacks(specs: Sequence[RunSpec]) -> list[list[Stack]]:
    """How a mixed job is trained: by shape, the stacks that it is trained in, in the order of the specs."""
    by_shape: dict[RunSpec, list[int]] = {}
    for place, spec in enumerate(specs):
        by_shape.setdefault(shape_of(spec), []).append(place)
    return [list(_stacks(shape, places)) for shape, places in by_shape.items()]


def _stacks(shape: RunSpec, places: Sequence[int]) -> Iterator[Stack]:
    left = list(places)
    while left:
        count, width = stack_of(shape, len(left))
        yield Stack(tuple(left[:count]), shape, width)
        left = left[count:]


def parts(specs: Sequence[RunSpec]) -> list[list[Stack]]:
    """The stacks that are trained as one task: of one shape, PART_S together unless one takes longer.

    They are in the order of their first spec: what is asked for first comes first.
    """
    result = []
    for of_shape in stacks(specs):
        part: list[Stack] = []
        for stack in of_shape:
            if part and sum(earlier.seconds for earlier in part) + stack.seconds > PART_S:
                result.append(part)
                part = []
            part.append(stack)
        result.append(part)
    return sorted(result, key=lambda part: part[0].places[0])


def seconds(specs: Sequence[RunSpec]) -> float:
    """About how long a mixed job takes to train. Compiling comes on top."""
    return sum(stack.seconds for of_shape in stacks(specs) for stack in of_shape)


def programs_of(specs: Sequence[RunSpec]) -> dict[ProgramKey, RunSpec]:
    """The programs of a mixed job in the order of their first use, each with the shape that it is for."""
    return {stack.key: stack.shape for of_shape in stacks(specs) for stack in of_shape}


def run_bytes(spec: RunSpec) -> float:
    """About how many bytes a finished run of a mixed job takes: its curve, by epoch and by step, and weights."""
    training = spec.training
    return 32.0 * training.epochs + 20.0 * min(2_000, training.steps) + 4.0 * parameter_count(spec.problem, spec.model)


def check_memory(specs: Sequence[RunSpec]) -> None:
    """Raise TooMuchError, with a sentence, if a mixed job has more runs than are held at once."""
    share = MOST_BYTES / max(1.0, sum(map(run_bytes, specs)))
    if share < 1:
        raise TooMuchError(
            f"{counted(len(specs), 'run')} are more than are held at once; about {int(share * len(specs)):,} of them"
            " are. Choose fewer cells, starts or epochs.",
            share,
        )
