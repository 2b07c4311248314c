"""What workers have been given to train, and how it comes back.

Neither `distributed` nor TensorFlow is imported with this module.
"""

import importlib
import threading
import time
from asyncio import CancelledError
from collections.abc import Callable
from typing import Any

from bilstm_core import codec
from bilstm_core.runs import Run, from_parts, to_parts
from bilstm_core.service.failure import failure
from bilstm_core.service.heartbeat import SILENT_S
from bilstm_core.service.turns import Turn


class AtWork:
    """The parts that workers have, each under the key of its task of Dask's, until what the task gave is taken in.

    Every method is called with the dispatcher's lock held, but `send`, which waits for nobody and is the thread's.
    """

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}
        self._futures: dict[str, Any] = {}  # Dask forgets a task that nobody holds

    def __len__(self) -> int:
        return len(self._turns)

    def begin(self, turn: Turn) -> str:
        """A part is about to be given to a worker: its task's key."""
        turn.job.parts[turn.number].sent = True
        turn.job.heard = time.monotonic()
        key = f"{turn.job.id}-{turn.number}"
        self._turns[key] = turn
        return key

    def send(self, client: Any, key: str, source: str, hear: Callable[[str, list[Run], str], None]) -> None:
        """Give a part that has begun to a worker.

        source: the app's fingerprint
        hear: called in a thread of Dask's, with the key, the part's runs and what went wrong: a sentence, or empty
        """
        worker = importlib.import_module("bilstm_core.service.worker")
        job, number = self._turns[key]
        future = client.submit(
            worker.train_job,
            job.id,
            number,
            [codec.encode(job.specs[place]) for place in job.parts[number].places],
            source,
            to_parts(job.resume) if job.resume else None,
            key=key,
            resources={"TRAIN": 1},
            pure=False,
        )
        self._futures[key] = future
        future.add_done_callback(lambda done: hear(key, *_fetch(done)))

    def take(self, key: str) -> Turn:
        """Let go of a part that has ended, or could not be sent."""
        self._futures.pop(key, None)
        return self._turns.pop(key)

    def lose(self) -> None:
        """No worker has any longer what workers had; Dask gives it to the next."""
        for job, number in self._turns.values():
            if job.parts[number].at_work:
                job.lose(number)

    def silent(self, now: float, *, ready: bool) -> bool:
        """Whether a worker has had a training for too long without a word of it.

        ready: a worker is, so that it has what it was given though it has not said that it began
        """
        return any(
            now - job.heard > SILENT_S and (job.parts[number].at_work or ready) for job, number in self._turns.values()
        )

    def jobs(self) -> set[str]:
        """The jobs that workers have parts of."""
        return {turn.job.id for turn in self._turns.values()}


def request_stop(client: Any, job: str) -> None:
    """Have a training at work end after its chunk. A worker that hangs never answers, so nobody waits for it."""
    worker = importlib.import_module("bilstm_core.service.worker")
    threading.Thread(
        target=client.run, args=(worker.request_stop, job), kwargs={"on_error": "ignore"}, name="stopping", daemon=True
    ).start()


def _fetch(future: Any) -> tuple[list[Run], str]:
    """What a part's task gave, and what went wrong; waits, for a worker that hangs may keep it waiting."""
    try:
        if future.status == "finished":
            return [from_parts(*parts) for parts in future.result(timeout=60)], ""
        return [], failure(future.exception(timeout=10) if future.status == "error" else None)
    except (Exception, CancelledError):
        return [], failure(None)
