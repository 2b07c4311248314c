"""The thread that talks to the cluster for `jobs.Jobs`: sends trainings, hears of them, takes them in.

Neither `distributed` nor TensorFlow is imported with this module.
"""

import atexit
import contextlib
import importlib
import queue
import threading
import time
import uuid
from asyncio import CancelledError
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from bilstm_core import codec
from bilstm_core.cluster import Cluster, NotEnoughMemoryError
from bilstm_core.progress import Job, Part, failure
from bilstm_core.runs import Run, from_parts, to_parts
from bilstm_core.source import fingerprint
from bilstm_core.worker import TOPIC

State = Literal["starting", "warming", "ready", "failed"]

SWEEP_S = 0.5
QUIET_S = 15.0  # a watcher that has not asked for so long counts as gone if another job is waiting
QUIET_ALONE_S = 90.0  # and if none is: browsers let a hidden tab ask only once a minute
MAX_STARTS = 5  # of a worker that never gets ready, before it is given up
HUNG_S = 120.0  # without a word of a training at work: its worker is replaced, and the training done again
TICK_S = 0.05  # between two looks at whether anybody has asked for anything before the start
KEPT_RUNS = 200  # of ended jobs, that can still be viewed


class JobsThread:
    """What `Jobs` and its thread share, and all that the thread does.

    `_lock` guards the jobs and answers; whatever needs the cluster is put into `_commands`, each with the cluster.
    """

    def __init__(self, worker_memory_limit: int | str | None = None, *, delay_s: float = 0.0) -> None:
        self.source = fingerprint()
        self._delay_s = delay_s
        self._memory_limit = worker_memory_limit
        self._lock = threading.RLock()
        self._state: State = "starting"
        self._problem = ""
        self._jobs: dict[str, Job] = {}
        self._answers: dict[str, str | None] = {}
        self._unanswered: set[str] = set()  # whose answer says why there is none
        self._starts = 0
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
                cluster.start_worker()
        except Exception as error:
            told = isinstance(error, NotEnoughMemoryError)
            self._fail(str(error) if told else f"No training worker could be started: {error}.")
        while not self._closed.is_set() and self._state != "failed":
            try:
                with contextlib.suppress(queue.Empty):
                    self._commands.get(timeout=SWEEP_S)(cluster)
                self._sweep(cluster)
            except Exception as error:
                self._fail(f"The training cluster no longer answers: {error}.")
        cluster.close()

    def _fail(self, problem: str) -> None:
        with self._lock:
            if self._state == "failed":
                return
            self._state, self._problem = "failed", problem
            for job in self._jobs.values():
                if not job.over:
                    job.end("failed", problem)
            for request, answer in self._answers.items():
                if answer is None:
                    self._answers[request] = problem
                    self._unanswered.add(request)

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
                self._state = "warming"
            elif kind == "ready":
                self._starts, self._state = 0, "ready"
            elif kind == "broken" and own:
                self._fail(f"The training worker could not start: {message['message']}.")
            job = self._jobs.get(message.get("job", ""))
            if job is None or job.over:
                return
            if kind == "started":
                job.start(message["part"])
                if job.stopping:
                    self._commands.put(lambda cluster: self._stop(cluster, job))
            elif kind == "progress":
                self._starts = 0
                job.report(message["part"], message["runs"])

    def _send(self, cluster: Cluster, job: Job) -> None:
        worker = importlib.import_module("bilstm_core.worker")
        for number, part in enumerate(job.parts):
            if job.over or job.stopping:
                break
            part.future = cluster.client.submit(
                worker.train_job,
                job.id,
                number,
                [codec.encode(job.specs[place]) for place in part.places],
                self.source,
                to_parts(job.resume) if job.resume else None,
                key=f"{job.id}-{number}",
                resources={"TRAIN": 1},
                priority=-number,  # so that a long job's later parts let others go first
                pure=False,
            )
            part.future.add_done_callback(lambda future, one=part: self._over(job, one, future))
        if job.stopping:
            self._stop(cluster, job)

    def _over(self, job: Job, part: Part, future: Any) -> None:
        self._commands.put(lambda cluster: self._take(cluster, job, part, future))

    def _take(self, cluster: Cluster, job: Job, part: Part, future: Any) -> None:
        """Take in the end of a part."""
        if job.over or part.over:
            return
        problem = ""
        runs: list[Run] = []
        try:
            if future.status == "finished":
                runs = [from_parts(*parts) for parts in future.result(timeout=60)]
            elif future.status == "error":
                problem = failure(future.exception(timeout=10))
            elif not job.stopping:
                problem = failure(None)
        except (Exception, CancelledError):
            problem = failure(None)
        with self._lock:
            job.finish_part(job.parts.index(part), runs)
            if problem:
                job.end("failed", problem)
            elif all(one.over for one in job.parts):
                finished = all(run is not None and run.finished for run in job.runs)
                job.end("done" if finished else "stopped")
        if problem:
            self._withdraw(cluster, job)

    def _stop(self, cluster: Cluster, job: Job) -> None:
        """Tell the training at work to stop, and withdraw the parts that have not begun."""
        self._withdraw(cluster, job, [part for part in job.parts if not part.started])
        if any(part.started and not part.over for part in job.parts):
            worker = importlib.import_module("bilstm_core.worker")
            threading.Thread(
                target=cluster.client.run,
                args=(worker.request_stop, job.id),
                kwargs={"on_error": "ignore"},
                name="stopping",
                daemon=True,
            ).start()

    def _withdraw(self, cluster: Cluster, job: Job, parts: Sequence[Part] | None = None) -> None:
        with self._lock:
            leaving = [part for part in (job.parts if parts is None else parts) if not part.over]
            futures = [part.future for part in leaving if part.future is not None]
            for part in leaving:
                part.over, part.future = True, None
            if not job.over and all(part.over for part in job.parts):
                job.end("stopped")
        if futures:
            cluster.client.cancel(futures)

    def _ask(self, cluster: Cluster, request: str, flat: Mapping[str, str]) -> None:
        worker = importlib.import_module("bilstm_core.worker")
        key = f"summary-{uuid.uuid4().hex}"
        future = cluster.client.submit(worker.summary_job, flat, self.source, key=key, priority=1, pure=False)
        future.add_done_callback(lambda done: self._commands.put(lambda _: self._take_answer(request, done)))

    def _take_answer(self, request: str, future: Any) -> None:
        text, problem = "", "The request was lost on its way to the training worker"
        try:
            if future.status == "finished":
                text = future.result(timeout=10)
            elif future.status == "error":
                problem = f"Keras could not build the model: {future.exception(timeout=10)}".rstrip(".")
        except (Exception, CancelledError):
            pass
        with self._lock:
            self._answers[request] = text or f"{problem}. Ask again."
            if not text:
                self._unanswered.add(request)

    def _sweep(self, cluster: Cluster) -> None:
        """Forget watchers that went without a word and jobs long over; see that the worker is there."""
        now = time.monotonic()
        with self._lock:
            waiting = any(job.state == "queued" for job in self._jobs.values())
            limit = QUIET_S if waiting else QUIET_ALONE_S
            for job in [job for job in self._jobs.values() if not job.over]:
                job.watchers = {name: seen for name, seen in job.watchers.items() if now - seen < limit}
                self._cancel_if_alone(job)
            kept = 0
            for job in sorted(self._jobs.values(), key=lambda job: job.last_seen, reverse=True):
                kept += len(job.specs) if job.over else 0
                if job.over and kept > KEPT_RUNS and now - job.last_seen > QUIET_ALONE_S:
                    del self._jobs[job.id]
            hung = [job for job in self._jobs.values() if job.state == "running" and now - job.heard > HUNG_S]
            for job in hung:
                job.heard = now
            starts = self._starts
        if hung and not cluster.remote:
            cluster.start_worker()
        if starts > MAX_STARTS:
            self._fail(
                "The training worker died again and again before it was ready, most likely for lack of memory."
                " Recorded results can still be shown."
            )
        elif not cluster.remote and cluster.worker_gone() and not self._closed.is_set():
            self._starts += 1
            cluster.start_worker()
        elif cluster.remote and self._state == "starting" and cluster.client.scheduler_info()["workers"]:
            self._state = "ready"

    def _cancel_if_alone(self, job: Job) -> None:
        if not job.over and not job.watchers:
            job.end("stopped", "The training was stopped because no page was watching it any more.")
            self._commands.put(lambda cluster: self._withdraw(cluster, job))
