"""Which compiled programs a training uses, and what tells one from another. No TensorFlow."""

from collections.abc import Sequence
from typing import NamedTuple

from bilstm_core.engine.cost import seeds_of, stacks
from bilstm_core.engine.sharing import shared
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec

MAX_PROGRAMS = 64  # that a process keeps; letting one go frees little: TensorFlow keeps its code, about 11 MB each


class ProgramKey(NamedTuple):
    """What a program is compiled for.

    stack: runs side by side; batch: sequences of each in a weight update
    mixed: whether they may differ in more than their seed; see mixing.py
    """

    features: int
    head: str
    outputs: int
    timesteps: int
    model: ModelSpec
    batch: int
    stack: int
    mixed: bool = False


def program_key(problem: ProblemSpec, model: ModelSpec, batch: int, stack: int) -> ProgramKey:
    """The key of the program for these; problem and model need not be canonical. Some models share one."""
    problem, declared = problem.canonical(), problem.problem
    return ProgramKey(
        declared.features, declared.head, declared.outputs, problem.timesteps, shared(model.canonical()), batch, stack
    )


def programs_of(specs: Sequence[RunSpec]) -> dict[ProgramKey, RunSpec]:
    """The programs that `train` or `train_many` uses for these, in the order of their first use, each with a spec."""
    programs: dict[ProgramKey, RunSpec] = {}
    for spec, places in seeds_of([spec.canonical() for spec in specs]).items():
        for _, width in stacks(spec, len(places)):
            programs.setdefault(program_key(spec.problem, spec.model, spec.training.batch_size, width), spec)
    return programs
