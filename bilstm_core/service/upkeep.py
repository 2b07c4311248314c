"""When the worker that this app started is replaced, renewed or given up, and what is told of workers.

Records and arithmetic, no processes.
"""

import time
from dataclasses import dataclass, field

from bilstm_core.service import recycling
from bilstm_core.service.heartbeat import Sight, Watch

MAX_STARTS = 5  # of a worker that never gets ready, before it is given up
HOPELESS = (
    "The training process stopped again and again before it was ready, most likely for lack of memory."
    " Recorded results can still be shown."
)

LOST_SCHEDULER = (
    "The connection to the training cluster at {} is lost. Training goes on by itself once the cluster answers."
)


@dataclass(slots=True)
class Upkeep:
    """What is known of the one worker that this app started, and whether it must be replaced or given up.

    starts: in a row, of workers that have begun no training and were never ready
    came_up: the worker of this start has
    trained: this worker has trained or compiled something, the last until idle_since, of time.monotonic()
    """

    starts: int = 0
    came_up: bool = False
    trained: bool = False
    idle_since: float = field(default_factory=time.monotonic)
    watch: Watch = field(default_factory=Watch)

    @property
    def hopeless(self) -> bool:
        """Whether so many starts came to nothing that no more are made."""
        return self.starts > MAX_STARTS

    def start(self) -> None:
        """A worker is about to be started, in place of the one before."""
        self.trained = self.came_up = False

    def hear_warming(self) -> None:
        """The worker has come up, perhaps as the nanny's replacement of one that died."""
        self.starts += 1
        self.came_up = True

    def hear_at_work(self) -> None:
        """The worker is ready or trains: if it dies now, that counts against the training."""
        self.starts = 0

    def rest(self) -> None:
        """The worker has just ended a training, or has grown by a program that it compiled."""
        self.trained, self.idle_since = True, time.monotonic()

    def look(self, sight: Sight | None) -> tuple[bool, bool]:
        """Take in what is seen of the worker now, and return whether it has just gone, and whether it hangs."""
        before = self.watch.sight
        hung = self.watch.look(sight)
        if before is not None and (sight is None or sight.pid != before.pid):
            self.trained = False
        return before is not None and sight is None, hung

    def give_up(self) -> None:
        """The worker is replaced because it is gone or hangs; one that came up was counted then."""
        self.starts += not self.came_up

    def grown(self, rss: int, bound: int) -> bool:
        """Whether the worker, which has nothing to do and takes so many bytes of its bound, is to be renewed."""
        return recycling.due(rss, bound, idle_s=time.monotonic() - self.idle_since, trained=self.trained)


def why_idle(address: str, workers: int, slots: int) -> str:
    """Why a cluster that others run trains nothing: a sentence, or empty if it can train.

    workers: how many are there; slots: how many trainings they can do at once
    """
    where = f"The training cluster at {address}"
    if not workers:
        return f"{where} has no workers. Training starts as soon as one joins."
    if not slots:
        return (
            f"{where} has {workers} {'worker' if workers == 1 else 'workers'}, but none that offers the resource"
            " TRAIN, which keeps a worker to one training at a time. Start them with --resources TRAIN=1;"
            " training then starts by itself."
        )
    return ""
