"""The thread that talks to the cluster for `jobs.Jobs`: gives out trainings, hears of them, takes them in.

The queue is here, in the app's process: a worker has no more than it can train at once. Neither `distributed` nor
TensorFlow is imported with this module.
"""

import atexit
import contextlib
import importlib
import logging
import queue
import threading
import time
from asyncio import CancelledError
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal

from bilstm_core import codec
from bilstm_core.runs import Run, from_parts, to_parts
from bilstm_core.service import recycling
from bilstm_core.service.cluster import Cluster, NotEnoughMemoryError
from bilstm_core.service.heartbeat import SILENT_S, Watch
from bilstm_core.service.job_record import Job, JobState, failure
from bilstm_core.service.preparation import Preparation
from bilstm_core.service.requests import Requests
from bilstm_core.service.source import fingerprint
from bilstm_core.service.turns import Turn, turns
from bilstm_core.service.worker import TOPIC

State = Literal["starting", "warming", "ready", "failed"]

SWEEP_S = 0.5
QUIET_S = 15.0  # a watcher that has not asked for so long counts as gone if another job is waiting
QUIET_ALONE_S = 90.0  # and if none is: browsers let a hidden tab ask only once a minute
MAX_STARTS = 5  # of a worker that never gets ready, before it is given up
FAULTY_S = 120.0  # of looks at the cluster that all failed, before it is given up
UNHEEDED_S = 10.0  # after a stop, without a word of a training at work: nobody waits for it any longer
TICK_S = 0.05  # between two looks at whether anybody has asked for anything before the start
KEPT_BYTES, KEPT_JOBS = 200_000_000, 1_000  # of ended jobs, that can still be viewed

log = logging.getLogger(__name__)


class Dispatcher:
    """What `Jobs` and its thread share, and all that the thread does.

    `_lock` guards the jobs; whatever needs the cluster is put into `_commands`, each with the cluster.
    """

    def __init__(
        self,
        worker_memory_limit: int | str | None = None,
        *,
        delay_s: float = 0.0,
        keep: Callable[[Run], object] | None = None,
    ) -> None:
        self.source = fingerprint()
        self._delay_s = delay_s
        self._memory_limit = worker_memory_limit
        self._keep = keep
        self._keeping = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keeping")  # a disk may be slow
        self._lock = threading.RLock()
        self._state: State = "starting"
        self._problem = ""
        self._notice = ""
        self._jobs: dict[str, Job] = {}
        self._at_work: dict[str, Turn] = {}  # what workers have, by the task's key
        self._futures: dict[str, Any] = {}  # by the same: Dask forgets a task that nobody holds
        self._preparation = Preparation()
        self._requests = Requests()
        self._starts = 0  # in a row, of workers that have begun no training and were never ready
        self._came_up = False  # the worker of this start
        self._faulty_since: float | None = None
        self._watch = Watch()
        self._trained = False  # by this worker
        self._idle_since = time.monotonic()
        self._closed = threading.Event()
        self._cluster: Cluster | None = None
        self._commands: queue.SimpleQueue[Callable[[Cluster], None]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End everything that was started, within two seconds. Calling it again does nothing."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._commands.put(lambda _: None)
        atexit.unregister(self.close)
        cluster = self._cluster
        if cluster is not None:
            cluster.close()
        self._fail("The training worker was closed. Reload the page.")
        self._keeping.shutdown(wait=False)

    def _serve(self) -> None:
        begin = time.monotonic()
        while time.monotonic() - begin < self._delay_s and self._commands.empty():
            time.sleep(TICK_S)
        if self._closed.is_set():
            return
        try:
            cluster = Cluster(self._memory_limit)
        except Exception as error:
            self._fail(f"The training cluster could not be started or reached: {error}.")
            return
        self._cluster = cluster
        atexit.register(self.close)  # after distributed's own, so that it runs before
        try:
            cluster.client.subscribe_topic(TOPIC, self._hear)
            if not cluster.remote and not self._closed.is_set():
                self._start_worker(cluster)
        except Exception as error:
            told = isinstance(error, NotEnoughMemoryError)
            self._fail(str(error) if told else f"No training worker could be started: {error}.")
        while not self._closed.is_set() and self._state != "failed":
            self._round(cluster)
        cluster.close()

    def _round(self, cluster: Cluster) -> None:
        """Do what was asked for, if anything was; see to the worker; give it what comes next.

        One that fails is logged, and the others are done: each tells its own job of its own failure.
        """
        with contextlib.suppress(queue.Empty):
            command = self._commands.get(timeout=self._patience())
            try:
                command(cluster)
            except Exception:
                log.exception("A request to the training cluster failed.")
        try:
            self._sweep(cluster)
            self._dispatch(cluster)
            self._prepare(cluster)
            self._faulty_since = None
        except Exception as error:
            self._faulty_since = self._faulty_since or time.monotonic()
            if time.monotonic() - self._faulty_since > FAULTY_S:
                self._fail(f"The training cluster no longer answers: {error}.")

    def _patience(self) -> float:
        """Seconds that the thread waits for something to be asked for."""
        with self._lock:
            return min(SWEEP_S, self._preparation.stands_in(time.monotonic()) or SWEEP_S)

    def _fail(self, problem: str) -> None:
        with self._lock:
            if self._state == "failed":
                return
            self._state, self._problem = "failed", problem
            for job in self._jobs.values():
                if not job.over:
                    job.end("failed", problem)
        self._requests.fail_all(problem)

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Take in a message of a worker; runs in the client's thread."""
        message = event[1]
        with self._lock:
            if self._state == "failed":
                return
            kind = message["event"]
            own = self._cluster is None or not self._cluster.remote  # others' workers come and go without us
            if kind == "warming" and own:
                self._starts += 1
                self._state, self._came_up = "warming", True
                self._preparation.lose()
            elif kind == "ready":
                self._starts, self._state = 0, "ready"
            elif kind == "broken" and own:
                self._fail(f"The training worker could not start: {message['message']}.")
            elif kind in ("started", "progress"):
                self._starts = 0  # if it dies now, that counts against the training
            job = self._jobs.get(message.get("job", ""))
            if job is None:  # of another app, where several share a cluster
                return
            if kind == "started":
                programs = job.programs(message["part"])
                job.start(message["part"], compiled=own and self._preparation.has(programs))
                if job.over or job.stopping:
                    self._tell_to_stop(job)
            elif kind == "progress":
                job.report(message["part"], message["runs"])

    def _dispatch(self, cluster: Cluster) -> None:
        """Give workers the next parts, as many as they train at once."""
        while len(self._at_work) < cluster.slots():
            with self._lock:
                turn = next(iter(turns(self._jobs.values())), None)
                if turn is None:
                    return
                turn.job.parts[turn.number].sent = True
                turn.job.heard = time.monotonic()
                key = f"{turn.job.id}-{turn.number}"
                self._at_work[key] = turn
                self._preparation.used(turn.job.programs(turn.number))
            try:
                self._send(cluster, key, turn)
            except Exception as error:
                with self._lock:
                    del self._at_work[key]
                    self._end(turn.job, "failed", failure(error))

    def _send(self, cluster: Cluster, key: str, turn: Turn) -> None:
        worker = importlib.import_module("bilstm_core.service.worker")
        job, number = turn
        future = cluster.client.submit(
            worker.train_job,
            job.id,
            number,
            [codec.encode(job.specs[place]) for place in job.parts[number].places],
            self.source,
            to_parts(job.resume) if job.resume else None,
            key=key,
            resources={"TRAIN": 1},
            pure=False,
        )
        self._futures[key] = future
        future.add_done_callback(lambda done: self._fetch(key, done))

    def _prepare(self, cluster: Cluster) -> None:
        """Have the worker compile the next program that a page wishes for, if it has nothing else to do.

        One that has grown compiles nothing ahead: what it may still grow is for trainings. Nor do others' workers, of
        which nobody knows which one will have the training.
        """
        with self._lock:
            ahead = self._preparation
            free = self._state == "ready" and not (ahead.task or self._at_work or turns(self._jobs.values()))
            wanted = None if cluster.remote or not free else ahead.next(time.monotonic())
            sight = cluster.sight() if wanted else None
            if wanted and sight and cluster.rss(sight.pid) <= recycling.AHEAD_BYTES:
                ahead.send(cluster.client, *wanted, self.source, self._hear_prepared)

    def _hear_prepared(self, key: str, seconds: float | None) -> None:
        self._commands.put(lambda _: self._take_prepared(key, seconds))

    def _take_prepared(self, key: str, seconds: float | None) -> None:
        with self._lock:
            if self._preparation.take(key, seconds, time.monotonic()):  # it has grown, and somebody may soon need it
                self._trained, self._idle_since = True, time.monotonic()

    def _fetch(self, key: str, future: Any) -> None:
        """Fetch what a part's task gave; runs in a thread of Dask's, for a worker that hangs may keep it waiting."""
        problem = ""
        runs: list[Run] = []
        try:
            if future.status == "finished":
                runs = [from_parts(*parts) for parts in future.result(timeout=60)]
            elif future.status == "error":
                problem = failure(future.exception(timeout=10))
            else:
                problem = failure(None)
        except (Exception, CancelledError):
            problem = failure(None)
        self._commands.put(lambda _: self._take(key, runs, problem))

    def _take(self, key: str, runs: list[Run], problem: str) -> None:
        """Take in the end of a part, and have its finished runs kept, even if nobody waits for them any more."""
        with self._lock:
            job, number = self._at_work.pop(key)
            del self._futures[key]
            self._trained, self._idle_since = True, time.monotonic()
            if runs and all(run.steps_done for run in runs):
                self._preparation.trained(job.programs(number))
            if len(job.specs) > 1:  # Adam's state is twice as large as the weights, and only one run is gone on from
                runs = [replace(run, optimizer_state={}) for run in runs]
            if not job.parts[number].over:
                if problem:
                    self._end(job, "failed", problem)
                else:
                    job.finish_part(number, runs)
        for run in runs:
            if self._keep is not None and run.finished and not self._closed.is_set():
                self._keeping.submit(self._keep, run)

    def _tell_to_stop(self, job: Job) -> None:
        """Have whatever worker has a part of a job stop that, once the thread comes to it."""
        self._commands.put(lambda cluster: self._request_stop(cluster, job.id))

    def _request_stop(self, cluster: Cluster, job_id: str) -> None:
        """Have a training at work end after its chunk. A worker that hangs never answers, so nobody waits for it."""
        worker = importlib.import_module("bilstm_core.service.worker")
        threading.Thread(
            target=cluster.client.run,
            args=(worker.request_stop, job_id),
            kwargs={"on_error": "ignore"},
            name="stopping",
            daemon=True,
        ).start()

    def _sweep(self, cluster: Cluster) -> None:
        """Forget watchers that went without a word and jobs long over; see that the worker is well."""
        now = time.monotonic()
        with self._lock:
            waiting = turns(self._jobs.values())
            for job in [job for job in self._jobs.values() if not job.over]:
                limit = QUIET_S if any(turn.job is not job for turn in waiting) else QUIET_ALONE_S
                job.watchers = {name: seen for name, seen in job.watchers.items() if now - seen < limit}
                self._cancel_if_alone(job)
                if job.stopping and not job.over and now - job.heard > UNHEEDED_S:
                    job.end("stopped")
            self._forget(now)
            silent = any(
                now - job.heard > SILENT_S and (job.parts[number].at_work or self._state == "ready")
                for job, number in self._at_work.values()
            )
            starts = self._starts
        if cluster.remote:
            self._look_at_others(cluster)
        elif starts > MAX_STARTS:
            self._fail(
                "The training worker died again and again before it was ready, most likely for lack of memory."
                " Recorded results can still be shown."
            )
        elif not self._closed.is_set():
            self._look_after(cluster, silent=silent)

    def _look_after(self, cluster: Cluster, *, silent: bool) -> None:
        """Replace the worker that this app started, if it is gone, hangs or has grown too big."""
        before, sight = self._watch.sight, cluster.sight()
        hung = self._watch.look(sight)
        with self._lock:
            if before is not None and (sight is None or sight.pid != before.pid):
                self._trained = False
            if before is not None and sight is None:
                self._state = "starting"
                self._lose()
            idle_s = time.monotonic() - self._idle_since
            rests = not (self._at_work or self._preparation.task) and self._state == "ready" and sight is not None
            trained = self._trained
        if cluster.worker_gone() or hung or silent:
            with self._lock:
                self._starts += not self._came_up  # one that came up was counted then
            self._start_worker(cluster)
        elif rests and sight is not None and recycling.due(cluster.rss(sight.pid), idle_s=idle_s, trained=trained):
            self._start_worker(cluster)

    def _start_worker(self, cluster: Cluster) -> None:
        with self._lock:
            self._state, self._trained, self._came_up = "starting", False, False
            self._lose()
        cluster.start_worker()
        self._watch.begin()

    def _lose(self) -> None:
        """No worker has any longer what workers had; Dask gives it to the next."""
        self._preparation.lose()
        for job, number in self._at_work.values():
            if job.parts[number].at_work:
                job.lose(number)

    def _look_at_others(self, cluster: Cluster) -> None:
        """Say why nothing is trained on a cluster that others run, as long as nothing can be."""
        count, slots = cluster.workers(), cluster.slots()
        with self._lock:
            if self._state == "starting" and slots:
                self._state = "ready"
            if not slots:
                self._lose()
            where = f"The training cluster at {cluster.address}"
            if not count:
                self._notice = f"{where} has no workers. Training starts as soon as one joins."
            elif not slots:
                self._notice = (
                    f"{where} has {count} {'worker' if count == 1 else 'workers'}, but none that offers the resource"
                    " TRAIN, which keeps a worker to one training at a time. Start them with --resources TRAIN=1;"
                    " training then starts by itself."
                )
            else:
                self._notice = ""

    def _forget(self, now: float) -> None:
        """Drop ended jobs beyond the bounds, those first that nobody has looked at for longest.

        Not those whose watchers have yet to see the end, nor those that a worker may still begin again.
        """
        held = {turn.job.id for turn in self._at_work.values()}
        held |= {job.id for job in self._jobs.values() if job.watchers and now - job.last_seen < QUIET_ALONE_S}
        ended = [job for job in self._jobs.values() if job.over]
        total = 0
        for place, job in enumerate(sorted(ended, key=lambda job: job.last_seen, reverse=True)):
            total += job.nbytes
            if (total > KEPT_BYTES or place >= KEPT_JOBS) and job.id not in held:
                del self._jobs[job.id]

    def _cancel_if_alone(self, job: Job) -> None:
        if not job.over and not job.watchers:
            self._end(job, "stopped", "The training was stopped because no page was watching it any more.")

    def _end(self, job: Job, state: JobState, message: str) -> None:
        """End a job now; what a worker has of it is given up, and ends by itself."""
        given = job.given
        job.end(state, message)
        if given:
            self._tell_to_stop(job)
