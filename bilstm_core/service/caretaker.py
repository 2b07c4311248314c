"""The state of the service, and its worker: replaced when that is gone, hangs or has grown too big."""

import threading
from typing import Literal

from bilstm_core.service.at_work import AtWork
from bilstm_core.service.cluster import ALLOWED_DEATHS, Cluster
from bilstm_core.service.failure import KILLED
from bilstm_core.service.job_record import Job
from bilstm_core.service.preparation import Preparation
from bilstm_core.service.requests import Requests
from bilstm_core.service.seating import Seating
from bilstm_core.service.upkeep import LOST_SCHEDULER, Upkeep, why_idle

State = Literal["starting", "warming", "ready", "failed"]


class Caretaker:
    """The jobs of this app, what workers have of them, and how the workers are. `_lock` guards all of it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._state: State = "starting"
        self._problem = ""
        self._notice = ""
        self._left_out = ""
        self._seating = Seating()
        self._slots = 0  # that workers had when it was last looked at
        self._jobs: dict[str, Job] = {}
        self._at_work = AtWork()
        self._preparation = Preparation()
        self._requests = Requests()
        self._upkeep = Upkeep()
        self._closed = threading.Event()

    def _fail(self, problem: str) -> None:
        with self._lock:
            if self._state == "failed":
                return
            self._state, self._problem = "failed", problem
            for job in self._jobs.values():
                if not job.over:
                    job.end("failed", problem)
        self._requests.fail_all(problem)

    def _look_after(self, cluster: Cluster, *, silent: bool) -> None:
        """Replace the worker that this app started, if it is gone, hangs or has grown too big."""
        sight = cluster.sight()
        with self._lock:
            gone, hung = self._upkeep.look(sight)
            if gone:
                self._state = "starting"
                self._lose()
            rests = not (self._at_work or self._preparation.task) and self._state == "ready"
        if cluster.worker_gone() or hung or silent:
            with self._lock:
                self._upkeep.give_up()
            self._start_worker(cluster)
        elif rests and sight is not None and self._upkeep.grown(cluster.rss(), cluster.bound()):
            self._start_worker(cluster)

    def _start_worker(self, cluster: Cluster) -> None:
        with self._lock:
            self._state = "starting"
            self._upkeep.start()
            self._lose()
        cluster.start_worker()
        self._upkeep.watch.begin()

    def _lose(self) -> None:
        """No worker has any longer what workers had; Dask gives it to the next."""
        self._preparation.lose()
        self._at_work.lose()

    def _leave(self, cluster: Cluster) -> None:
        """A cluster is given up, and another one comes in its place: what workers had waits for that."""
        with self._lock:
            self._state = "starting"
            self._notice = LOST_SCHEDULER.format(cluster.address) if cluster.remote else ""
            self._preparation.lose()
            self._at_work.give_back()
            self._seating.keep([])

    def _seek(self, cluster: Cluster) -> None:
        """Give out again what a worker had that is there no more, unless it has happened to that part too often."""
        with self._lock:
            if not self._at_work.addresses():
                return
        there = cluster.there()
        with self._lock:
            self._seating.keep(there)
            for key in self._at_work.astray(there):
                turn = self._at_work.take(key)
                if turn is None or turn.job.parts[turn.number].over:
                    continue
                turn.job.give_back(turn.number)
                if turn.job.parts[turn.number].restarts > ALLOWED_DEATHS and not turn.job.over:
                    turn.job.end("failed", KILLED)

    def _look_at_others(self, cluster: Cluster) -> None:
        """Say why nothing is trained on a cluster that others run, while nothing can be, and whom it leaves out."""
        count, slots = cluster.workers(), cluster.slots()
        left_out = cluster.left_out()
        with self._lock:
            self._slots = slots
            if self._state == "starting" and slots:
                self._state = "ready"
            self._left_out = left_out
            self._notice = "" if left_out and not slots else why_idle(cluster.address, count, slots)
