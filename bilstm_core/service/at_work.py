"""What workers have been given to train, and how it comes back.

Neither `distributed` nor TensorFlow is imported with this module.
"""

import contextlib
import importlib
import threading
import time
from asyncio import CancelledError
from collections.abc import Callable, Collection, Sequence
from typing import Any

from bilstm_core import codec
from bilstm_core.evaluation import Evaluation
from bilstm_core.evaluation import from_parts as evaluation_from_parts
from bilstm_core.problems import given
from bilstm_core.runs import Run, from_parts, to_parts
from bilstm_core.service.failure import failure
from bilstm_core.service.heartbeat import SILENT_S
from bilstm_core.service.turns import Turn
from bilstm_core.specs import RunSpec


class AtWork:
    """The parts that workers have, each under the key of its task of Dask's, until what the task gave is taken in.

    Every method is called with the dispatcher's lock held, but `send`, which waits for nobody and is the thread's.
    """

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}
        self._relieved: set[str] = set()  # asked to give way
        self._futures: dict[str, Any] = {}  # Dask forgets a task that nobody holds
        self._addresses: dict[str, str] = {}  # of the worker that alone may have it

    def __len__(self) -> int:
        return len(self._turns)

    def begin(self, turn: Turn, address: str = "") -> str:
        """A part is about to be given to a worker: its task's key. address: of that worker; empty: Dask chooses"""
        part = turn.job.parts[turn.number]
        part.sent, part.turns, part.learning_since = True, part.turns + 1, None
        turn.job.heard = time.monotonic()
        key = f"{turn.job.id}-{turn.number}" + (f"-{part.turns}" if part.turns > 1 else "")
        self._turns[key] = turn
        if address:
            self._addresses[key] = address
        return key

    def send(
        self, client: Any, key: str, source: str, hear: Callable[[str, list[Run], list[Evaluation], str], None]
    ) -> None:
        """Give a part that has begun to a worker.

        source: the app's fingerprint
        hear: called in a thread of Dask's, with the key, the part's runs, the evaluations of the first of them and what
            went wrong: a sentence, or empty
        """
        worker = importlib.import_module("bilstm_core.service.worker")
        job, number = self._turns[key]
        earlier = job.parts[number].runs or ([job.resume] if job.resume else [])
        future = client.submit(
            worker.train_and_evaluate,
            (job.id, number, key),
            [codec.encode(job.specs[place]) for place in job.parts[number].places],
            source,
            [to_parts(run) for run in earlier],
            job.sequences,
            mixed=job.mixed,
            brought=_given(job.specs[0]),
            key=key,
            resources={"TRAIN": 1},
            workers=[self._addresses[key]] if key in self._addresses else None,
            pure=False,
        )
        self._futures[key] = future
        future.add_done_callback(lambda done: hear(key, *_fetch(done)))

    def __contains__(self, key: str) -> bool:
        return key in self._turns

    def take(self, key: str) -> Turn | None:
        """Let go of a part that has ended, or could not be sent; None for one that was given back."""
        self._futures.pop(key, None)
        self._addresses.pop(key, None)
        self._relieved.discard(key)
        return self._turns.pop(key, None)

    def give_back(self) -> None:
        """All that workers had waits again, for their scheduler is lost: what still comes of it comes too late."""
        turns = self.turns()
        self._turns.clear()
        self._relieved.clear()
        self._futures.clear()
        self._addresses.clear()
        for job, number in turns:
            if not job.parts[number].over:
                job.give_back(number)

    def addresses(self) -> set[str]:
        """The workers that have been given a part each."""
        return set(self._addresses.values())

    def workers_of(self, *keys: str) -> list[str] | None:
        """The workers that have these parts; None, which stands for all workers, where Dask chose one of them."""
        known = [self._addresses[key] for key in keys if key in self._addresses]
        return sorted(set(known)) if len(known) == len(keys) else None

    def keys_of(self, job: str) -> list[str]:
        """The keys of the parts of a job that workers have."""
        return [key for key, turn in self._turns.items() if turn.job.id == job]

    def astray(self, there: Collection[str]) -> list[str]:
        """The keys of what was given to a worker that is there no more. Dask would wait for that one to come back."""
        return [key for key, address in self._addresses.items() if address not in there]

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

    def turns(self) -> list[Turn]:
        """The parts that workers have."""
        return list(self._turns.values())

    def relieve(self, choose: Callable[[list[Turn]], list[Turn]]) -> list[str]:
        """The keys of what gives way now and was not yet asked to. choose: which of the parts that workers have do"""
        chosen = choose(self.turns())
        keys = [key for key, turn in self._turns.items() if turn in chosen and key not in self._relieved]
        self._relieved.update(keys)
        return keys

    def jobs(self) -> set[str]:
        """The jobs that workers have parts of."""
        return {turn.job.id for turn in self._turns.values()}


def _given(spec: RunSpec) -> dict[str, Any] | None:
    """The sequences that somebody brought, which go to the worker with the job, and nowhere else."""
    name = spec.problem.name
    return given.to_parts(given.held(name)) if given.is_given(name) else None


def request_stop(client: Any, job: str, workers: Sequence[str] | None) -> None:
    """Have a job's training end after its chunk. A worker that hangs never answers, so nobody waits for it.

    workers: the addresses of those that have parts of it; None for all
    """
    _tell(client, "request_stop", job, workers)


def request_pause(client: Any, key: str, workers: Sequence[str] | None) -> None:
    """Have a task's training end after its chunk, to be gone on with later; as of `request_stop`."""
    _tell(client, "request_pause", key, workers)


def _tell(client: Any, function: str, argument: str, workers: Sequence[str] | None) -> None:
    worker = importlib.import_module("bilstm_core.service.worker")

    def tell() -> None:
        with contextlib.suppress(OSError):  # whoever closes a connection meanwhile has nothing to stop
            client.run(getattr(worker, function), argument, workers=workers, on_error="ignore")

    threading.Thread(target=tell, name="telling", daemon=True).start()


def _fetch(future: Any) -> tuple[list[Run], list[Evaluation], str]:
    """What a part's task gave, and what went wrong; waits, for a worker that hangs may keep it waiting."""
    try:
        if future.status == "finished":
            runs, evaluations = future.result(timeout=60)
            return [from_parts(*parts) for parts in runs], [evaluation_from_parts(flat) for flat in evaluations], ""
        return [], [], failure(future.exception(timeout=10) if future.status == "error" else None)
    except (Exception, CancelledError):
        return [], [], failure(None)
