"""The parts of a job: what is trained as one task, and what has become of it."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from bilstm_core.downsampling import Curve
from bilstm_core.engine import cost, mixing
from bilstm_core.engine.program_keys import ProgramKey, programs_of
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec

WATCHED_S = 0.3  # of training, that a job has at least if anybody sees its curves grow
MOST_ABREAST, MOST_BYTES, MOST_S = 64, 0.4e9, 60.0  # runs of a round, bytes of their stacks, seconds


@dataclass(slots=True, kw_only=True)
class Part:
    """Runs that are trained as one task: their places in the job, and what has become of it.

    models: its places by model, whose runs differ in their seed only; in a mixed job by program
    sent: it was given to a worker; started: the worker has said that it began; over: nothing more will come of it
    began: when its training did; compiled: the worker had its programs then
    seconds: of training that it needs, by estimate; programs: what it is trained with
    turns: how often it was given to a worker; learning_since: when this turn's first weight updates were reported
    runs, learnt: what it handed over when it last gave way, and how far each place was: weight updates and curve
    nbytes: of these runs
    """

    places: tuple[int, ...]
    models: tuple[tuple[int, ...], ...] = ()
    seconds: float = 0.0
    programs: frozenset[ProgramKey] = frozenset()
    turns: int = 0
    began: float = 0.0
    learning_since: float | None = None
    runs: list[Run] = field(default_factory=list)
    learnt: dict[int, tuple[int, Curve]] = field(default_factory=dict)
    nbytes: int = 0
    sent: bool = False
    started: bool = False
    over: bool = False
    compiled: bool = False
    restarts: int = 0

    @property
    def waiting(self) -> bool:
        """Whether it has yet to be given to a worker."""
        return not (self.sent or self.over)

    @property
    def given(self) -> bool:
        """Whether a worker has it, begun or not."""
        return self.sent and not self.over

    @property
    def at_work(self) -> bool:
        """Whether a worker trains it."""
        return self.started and not self.over


def parts_of(specs: Sequence[RunSpec]) -> list[Part]:
    """The parts of a job, in the order of their first: specs that differ only in their seed share one, if it is short.

    Where it would be long they have several, so that others get their turn, and what is trained is handed over.
    """
    return [part for model in _by_model(specs) for part in model]


def mixed_parts_of(specs: Sequence[RunSpec]) -> list[Part]:
    """The parts of a mixed job, in the order of their first: in each one program trains runs of one shape."""
    result = []
    for stacks in mixing.parts(specs):
        places = tuple(itertools.chain.from_iterable(stack.places for stack in stacks))
        programs = frozenset(stack.key for stack in stacks)
        seconds = sum(stack.seconds for stack in stacks)
        result.append(Part(places=places, models=(places,), seconds=seconds, programs=programs))
    return result


def rounds_of(specs: Sequence[RunSpec]) -> list[Part]:
    """The parts of a job that is watched: in each some starts of every model, which are trained abreast.

    So all curves grow together, as in a race. A job that is over in a moment has those of `parts_of`, and so has one
    of shorter and longer trainings, for the shorter come sooner so, and one whose rounds would take much memory,
    hand over very many runs whenever they give way to others, or be long: a round that is stopped leaves no model
    finished.
    """
    models = _by_model(specs)
    count = min(map(len, models), default=0)
    rounds = [
        _round([parts[len(parts) * number // count : len(parts) * (number + 1) // count] for parts in models])
        for number in range(count)
    ]
    alike = len({spec.training.steps for spec in specs}) == 1
    abreast = alike and cost.seconds(specs) >= WATCHED_S and all(_fits(specs, part) for part in rounds)
    return rounds if abreast else [part for parts in models for part in parts]


def _fits(specs: Sequence[RunSpec], part: Part) -> bool:
    memory = sum(cost.stack_memory(specs[own[0]], len(own)) for own in part.models)
    return memory < MOST_BYTES and len(part.places) <= MOST_ABREAST and part.seconds <= MOST_S


def _round(models: Sequence[Sequence[Part]]) -> Part:
    """All that these parts train, by model, as one part."""
    own = tuple(tuple(place for part in parts for place in part.places) for parts in models)
    every = [part for parts in models for part in parts]
    return Part(
        places=tuple(itertools.chain(*own)),
        models=own,
        seconds=sum(part.seconds for part in every),
        programs=frozenset[ProgramKey]().union(*(part.programs for part in every)),
    )


def _by_model(specs: Sequence[RunSpec]) -> list[list[Part]]:
    """The parts of each model, which are trained one after the other."""
    models = []
    for spec, places in cost.seeds_of(specs).items():
        left = iter(places)
        parts = []
        for count in cost.parts(spec, len(places)):
            own = tuple(itertools.islice(left, count))
            asked = [specs[place] for place in own]
            programs = frozenset(programs_of(asked))
            parts.append(Part(places=own, models=(own,), seconds=cost.seconds(asked), programs=programs))
        models.append(parts)
    return models
