"""Whether the worker that this app started is alive, told by its heartbeats, with or without a training.

Dask's worker gives a sign of life to the scheduler about twice a second, whatever it is doing. One that is stopped or
hangs gives none, and one that never comes up gives none either. Nothing else tells them from one that is idle.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple

HUNG_S = 25.0  # without a heartbeat; importing TensorFlow on a busy machine holds it back for seconds
SILENT_S = 120.0  # without a word of a training that a living worker has: longer than the slowest program compiles
ABSENT_S = 60.0  # after a start, for a worker to come up; after a death, too
BLIND_S = 5.0  # between two looks: then it was this process that slept, and the worker gets its whole time again


class Sight(NamedTuple):
    """The worker, as the scheduler knows it: its process's id, and its last heartbeat by the scheduler's clock."""

    pid: int
    last_seen: float


@dataclass(slots=True)
class Watch:
    """What was seen of the one worker, and when. Times are of `clock`, in seconds."""

    clock: Callable[[], float] = monotonic
    sight: Sight | None = None
    _changed: float = field(init=False)
    _looked: float = field(init=False)

    def __post_init__(self) -> None:
        self._changed = self._looked = self.clock()

    def begin(self) -> None:
        """A worker was started: it has its whole time from now."""
        self.sight, self._changed = None, self.clock()

    def look(self, sight: Sight | None) -> bool:
        """Take in what is seen now, and return whether the worker must be replaced.

        sight: None while no worker is known to the scheduler
        """
        now = self.clock()
        if sight != self.sight or now - self._looked > BLIND_S:
            self.sight, self._changed = sight, now
        self._looked = now
        return now - self._changed > (ABSENT_S if sight is None else HUNG_S)
