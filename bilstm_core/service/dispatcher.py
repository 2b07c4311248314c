"""The thread that talks to the cluster for `jobs.Jobs`: gives out trainings, hears of them, takes them in.

The queue is here, in the app's process: a worker has no more than it can train at once. Neither `distributed` nor
TensorFlow is imported with this module.
"""

import atexit
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from bilstm_core.evaluation import Evaluation
from bilstm_core.runs import Run
from bilstm_core.service import forgetting, recycling
from bilstm_core.service.at_work import request_pause, request_stop
from bilstm_core.service.caretaker import Caretaker
from bilstm_core.service.clock import Clock
from bilstm_core.service.cluster import ALLOWED_DEATHS, Cluster, NotEnoughMemoryError
from bilstm_core.service.failure import LOST, failure
from bilstm_core.service.job_record import Job
from bilstm_core.service.job_view import JobState
from bilstm_core.service.source import fingerprint
from bilstm_core.service.turns import Turn, Turns, waits
from bilstm_core.service.upkeep import HOPELESS
from bilstm_core.service.worker import TOPIC

SWEEP_S = 0.5
FAULTY_S = 120.0  # of looks at the cluster that all failed, before it is given up
UNHEEDED_S = 10.0  # after a stop, without a word of a training at work: nobody waits for it any longer
RELIEF_S = 0.1  # between two looks at whether what is at work gives way to what waits
TICK_S = 0.05  # between two looks at whether anybody has asked for anything before the start

log = logging.getLogger(__name__)


class Dispatcher(Caretaker):
    """What `Jobs` and its thread share, and all that the thread does.

    Whatever needs the cluster is put into `_commands`, each with the cluster.
    """

    def __init__(
        self,
        worker_memory_limit: int | str | None = None,
        *,
        delay_s: float = 0.0,
        keep: Callable[[Run], object] | None = None,
        evaluated: Callable[[Run, Evaluation], object] | None = None,
    ) -> None:
        super().__init__()
        self.source = fingerprint()
        self._delay_s = delay_s
        self._memory_limit = worker_memory_limit
        self._keep = keep
        self._evaluated = evaluated
        self._keeping = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keeping")  # a disk may be slow
        self._turns = Turns(compiled=lambda program: self._preparation.has([program]))
        self._faulty_since: float | None = None
        self._trimmed = time.monotonic()
        self._cluster: Cluster | None = None
        self._clock = Clock()
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
        self._fail("The training process was closed. Reload the page.")
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
        atexit.register(self.close)  # after distributed's own, so that it runs before
        self._take_up(cluster)
        while not self._closed.is_set() and self._state != "failed":
            if cluster.lost() or self._clock.set_back():
                cluster = self._begin_anew(cluster)
            else:
                self._round(cluster)
        cluster.close()

    def _take_up(self, cluster: Cluster) -> None:
        """Listen to a cluster that has just been started or reached, and start its worker unless others run it."""
        self._cluster = cluster
        try:
            cluster.client.subscribe_topic(TOPIC, self._hear)
            if not cluster.remote and not self._closed.is_set():
                self._start_worker(cluster)
        except Exception as error:
            told = isinstance(error, NotEnoughMemoryError)
            self._fail(str(error) if told else f"No training process could be started: {error}.")

    def _begin_anew(self, cluster: Cluster) -> Cluster:
        """A cluster in place of one whose scheduler is lost, or whose connections wait for a clock that was set back.

        All that workers had is given out again. Others' scheduler is looked for as long as one that is faulty.
        """
        self._leave(cluster)
        cluster.close()
        since = time.monotonic()
        while not self._closed.is_set():
            try:
                cluster = Cluster(self._memory_limit)
            except Exception as error:
                if time.monotonic() - since > FAULTY_S:
                    self._fail(f"The training cluster no longer answers: {error}.")
                    break
                self._closed.wait(SWEEP_S)
            else:
                self._take_up(cluster)
                break
        return cluster

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
        if cluster.lost():
            return
        try:
            self._sweep(cluster)
            self._dispatch(cluster)
            self._relieve(cluster)
            self._prepare(cluster)
            self._faulty_since = None
        except Exception as error:
            self._faulty_since = self._faulty_since or time.monotonic()
            if time.monotonic() - self._faulty_since > FAULTY_S:
                self._fail(f"The training cluster no longer answers: {error}.")

    def _patience(self) -> float:
        """Seconds that the thread waits for something to be asked for."""
        with self._lock:
            if self._at_work and any(waits(job) for job in self._jobs.values()):
                return min(RELIEF_S, SWEEP_S)
            return min(SWEEP_S, self._preparation.stands_in(time.monotonic()) or SWEEP_S)

    def _hear(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Take in a message of a worker; runs in the client's thread."""
        message = event[1]
        with self._lock:
            if self._state == "failed":
                return
            kind = message["event"]
            own = self._cluster is None or not self._cluster.remote  # others' workers come and go without us
            if kind == "warming" and own:
                self._upkeep.hear_warming()
                self._state = "warming"
                self._preparation.lose()
            elif kind == "ready":
                self._upkeep.hear_at_work()
                self._state = "ready"
            elif kind == "broken" and own:
                self._fail(f"The training process could not start: {message['message']}.")
            elif kind in ("started", "progress"):
                self._upkeep.hear_at_work()
            job = self._jobs.get(message.get("job", ""))
            if job is None or message["key"] not in self._at_work:  # of another app, or of a turn that was given back
                return
            if kind == "started":
                programs = job.parts[message["part"]].programs
                job.start(message["part"], compiled=own and self._preparation.has(programs))
                if job.over or job.stopping:
                    self._tell_to_stop(job)
            elif kind == "progress":
                job.report(message["part"], message["runs"])

    def _dispatch(self, cluster: Cluster) -> None:
        """Give workers the next parts, as many as they train at once."""
        while len(self._at_work) < len(seats := cluster.seats()):
            with self._lock:
                self._slots = len(seats)
                turn = self._turns.next(self._jobs.values(), time.monotonic())
                if turn is None:
                    return
                address = ""
                if cluster.remote or len(seats) > 1:
                    free = [seat for seat in seats if seat not in self._at_work.addresses()]
                    number, address = self._seating.choose(turn.job, free or seats)
                    turn = Turn(turn.job, number)
                    self._seating.give(address, turn.job.parts[number].programs)
                key = self._at_work.begin(turn, address)
                self._preparation.used(turn.job.parts[turn.number].programs)
            try:
                self._at_work.send(cluster.client, key, self.source, self._hear_end)
            except Exception as error:
                with self._lock:
                    self._at_work.take(key)
                    self._end(turn.job, "failed", failure(error))

    def _relieve(self, cluster: Cluster) -> None:
        """Have a long training give way to what waits; it goes on later from where it stands."""
        with self._lock:
            keys = self._at_work.relieve(
                lambda turns: self._turns.relieved(turns, self._jobs.values(), time.monotonic())
            )
            told = [(key, self._at_work.workers_of(key)) for key in keys]
        for key, workers in told:
            request_pause(cluster.client, key, workers)

    def _prepare(self, cluster: Cluster) -> None:
        """Have the worker compile the next program that a page wishes for, if it has nothing else to do.

        One that has grown compiles nothing ahead: what it may still grow is for trainings. Nor do others' workers, of
        which nobody knows which one will have the training.
        """
        with self._lock:
            ahead = self._preparation
            busy = ahead.task or self._at_work or any(waits(job) for job in self._jobs.values())
            free = self._state == "ready" and not busy
            wanted = None if cluster.remote or not free else ahead.next(time.monotonic())
            if wanted and cluster.sight() and recycling.room_ahead(cluster.rss(), cluster.bound()):
                ahead.send(cluster.client, *wanted, self.source, self._hear_prepared)

    def _hear_prepared(self, key: str, seconds: float | None) -> None:
        self._commands.put(lambda _: self._take_prepared(key, seconds))

    def _take_prepared(self, key: str, seconds: float | None) -> None:
        with self._lock:
            if self._preparation.take(key, seconds, time.monotonic()):  # it has grown, and somebody may soon need it
                self._upkeep.rest()
                self._turns.pace.measure_compile(seconds or 0.0)

    def _hear_end(self, key: str, runs: list[Run], evaluations: list[Evaluation], problem: str) -> None:
        if self._evaluated is not None:
            for run, evaluation in zip(runs, evaluations, strict=False):
                self._evaluated(run, evaluation)
        self._commands.put(lambda cluster: self._take(cluster, key, runs, problem))

    def _take(self, cluster: Cluster, key: str, runs: list[Run], problem: str) -> None:
        """Take in the end of a part, and have its finished runs kept, even if nobody waits for them any more."""
        with self._lock:
            turn = self._at_work.take(key)
            if turn is not None:
                runs = self._take_in(cluster, turn, runs, problem)
        for run in runs:
            if self._keep is not None and run.finished and not self._closed.is_set():
                self._keeping.submit(self._keep, run)

    def _take_in(self, cluster: Cluster, turn: Turn, runs: list[Run], problem: str) -> list[Run]:
        """Take in what a turn came to, and return the runs that are over."""
        job, number = turn
        part = job.parts[number]
        self._upkeep.rest()
        if problem == LOST and not part.over and (cluster.lost() or part.restarts < ALLOWED_DEATHS):
            job.give_back(number)
            return []
        if runs and all(run.steps_done for run in runs):
            self._preparation.trained(part.programs)
        whole = bool(runs) and all(run.finished for run in runs)
        if whole and part.started and not (part.runs or job.resume):
            self._turns.pace.measure(runs, time.monotonic() - part.began, part.seconds)
        if not (part.over or problem or whole or job.stopping):
            job.give_way(number, runs)
            self._turns.ended(job, time.monotonic())
            return []
        if len(job.specs) > 1:  # Adam's state is twice as large as the weights, and only one run is gone on from
            runs = [replace(run, optimizer_state={}) for run in runs]
        if not part.over:
            if problem:
                self._end(job, "failed", problem)
            else:
                job.finish_part(number, runs)
        self._turns.ended(job, time.monotonic())
        return runs

    def _tell_to_stop(self, job: Job) -> None:
        """Have whatever worker has a part of a job stop that, once the thread comes to it."""
        workers = self._at_work.workers_of(*self._at_work.keys_of(job.id)) or None
        self._commands.put(lambda cluster: request_stop(cluster.client, job.id, workers))

    def _sweep(self, cluster: Cluster) -> None:
        """Forget watchers that went without a word and jobs long over; see that the worker is well."""
        now = time.monotonic()
        with self._lock:
            forgetting.forget_watchers(self._jobs.values(), now)
            for job in forgetting.to_give_up(self._jobs.values(), now):
                self._cancel_if_alone(job)
            for job in self._jobs.values():
                if job.stopping and not job.over and now - job.heard > UNHEEDED_S:
                    job.end("stopped")
            for job_id in forgetting.to_drop(self._jobs.values(), self._at_work.jobs(), now):
                del self._jobs[job_id]
            silent = self._at_work.silent(now, ready=self._state == "ready")
            hopeless = self._upkeep.hopeless
        if now - self._trimmed >= recycling.TRIM_S:
            recycling.trim()
            self._trimmed = now
        self._seek(cluster)
        if cluster.remote:
            self._look_at_others(cluster)
        elif hopeless:
            self._fail(HOPELESS)
        elif not self._closed.is_set():
            self._look_after(cluster, silent=silent)

    def _cancel_if_alone(self, job: Job) -> None:
        if not job.over and not job.watchers:
            self._end(job, "stopped", "The training was stopped because no page was watching it any more.")

    def _end(self, job: Job, state: JobState, message: str) -> None:
        """End a job now; what a worker has of it is given up, and ends by itself."""
        given = job.given
        job.end(state, message)
        if given:
            self._tell_to_stop(job)
