"""The parts of a job: what is trained as one task, and what has become of it."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from bilstm_core.engine import cost
from bilstm_core.specs import RunSpec


@dataclass(slots=True, kw_only=True)
class Part:
    """Runs that are trained as one task: their places in the job, and what has become of it.

    sent: it was given to a worker; started: the worker has said that it began; over: nothing more will come of it
    compiled: the worker had its programs when it began
    """

    places: tuple[int, ...]
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
        result += [Part(places=tuple(itertools.islice(left, count))) for count in cost.parts(spec, len(places))]
    return result
