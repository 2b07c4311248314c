"""The parts of a job: what is trained as one task, and what has become of it."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from bilstm_core.downsampling import Curve
from bilstm_core.engine import cost
from bilstm_core.engine.program_keys import ProgramKey, programs_of
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec


@dataclass(slots=True, kw_only=True)
class Part:
    """Runs that are trained as one task: their places in the job, and what has become of it.

    sent: it was given to a worker; started: the worker has said that it began; over: nothing more will come of it
    began: when its training did; compiled: the worker had its programs then
    seconds: of training that it needs, by estimate; programs: what it is trained with
    turns: how often it was given to a worker; learning_since: when this turn's first weight updates were reported
    runs, learnt: what it handed over when it last gave way, and how far each place was: weight updates and curve
    nbytes: of these runs
    """

    places: tuple[int, ...]
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
    result = []
    for spec, places in cost.seeds_of(specs).items():
        left = iter(places)
        for count in cost.parts(spec, len(places)):
            own = tuple(itertools.islice(left, count))
            asked = [specs[place] for place in own]
            result.append(Part(places=own, seconds=cost.seconds(asked), programs=frozenset(programs_of(asked))))
    return result
