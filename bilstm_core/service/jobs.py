"""Trainings asked for by the page and done by a worker process: submit, watch, stop, leave.

No call waits for the worker: one thread starts the cluster and talks to it. Neither `distributed` nor TensorFlow is
imported with this module.
"""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bilstm_core import codec
from bilstm_core.engine import cost, mixing
from bilstm_core.limits import limits
from bilstm_core.problems import given
from bilstm_core.runs import Run, to_parts
from bilstm_core.service.caretaker import State
from bilstm_core.service.dispatcher import Dispatcher
from bilstm_core.service.job_record import Job
from bilstm_core.service.job_view import JobView
from bilstm_core.service.parts import Part, mixed_parts_of, parts_of, rounds_of
from bilstm_core.service.turns import waits
from bilstm_core.specs import RunSpec


class Jobs(Dispatcher):
    """The trainings of this app, and the processes that do them. Every method may be called from any thread.

    worker_memory_limit: bytes, or Dask's words for them ("2GB"); by default 70 % of the machine's
    delay_s: seconds before anything is started, unless something is asked for
    keep: called once with every finished run, in a thread of its own, whether or not anybody watches. Runs of a job of
    several come without Adam's state
    evaluated: called with each run that its worker has evaluated, before the run is handed out; returns at once
    """

    @property
    def state(self) -> State:
        """Starting, until a worker answers; warming, until the default programs are compiled; ready; or failed."""
        return self._state

    @property
    def problem(self) -> str:
        """Why the state is failed: a sentence. Else empty."""
        return self._problem

    @property
    def notice(self) -> str:
        """What keeps a cluster that others run from training anything, or a worker of it: sentences. Else empty."""
        return " ".join(filter(None, (self._notice, self._left_out)))

    def submit(
        self,
        specs: Sequence[RunSpec],
        *,
        resume: Run | None = None,
        watcher: str,
        about: Mapping[str, Any] | None = None,
        sequences: int = 0,
        mixed: bool = False,
    ) -> str:
        """Ask for runs, and get the job's id, which nobody can guess; a job for equal specs that is not over is joined.

        resume: a run to go on from, for one spec. Such a job is never joined.
        about: JSON-ready, and small: what another session needs to show what the job was asked for. A job that is
        joined keeps its own
        sequences: fresh ones that each run is scored on; 0 to have each evaluated whole, on as many as it has by itself
        mixed: as a sweep: many models by few programs (engine/mixing.py), in about the order in which they are asked
        for. Its view has no curves while it runs, and its runs no snapshots
        Raises ValueError for no specs, several with resume, more than is allowed at once (cost.check; less while others
        wait; mixing.check_memory), or more jobs than a watcher may have under way.
        """
        asked = tuple(spec.canonical() for spec in specs)
        if not asked or (resume is not None and (mixed or len(asked) != 1)):
            raise ValueError(f"submit takes one or more specs, and one only with resume, not {len(asked)}.")
        needed_s = mixing.seconds(asked) if mixed else cost.seconds(asked)
        cost.check(asked, needed_s=needed_s)
        if mixed:
            mixing.check_memory(asked)
        with self._lock:
            joined = None
            if resume is None:
                open_jobs = (job for job in self._jobs.values() if not (job.over or job.stopping or job.resume))
                joined = next((job for job in open_jobs if job.mixed == mixed and job.specs == asked), None)
            if joined is None:
                self._check_share(asked, watcher, needed_s)
            job = joined or Job(
                id=uuid.uuid4().hex,
                specs=asked,
                resume=resume,
                parts=self._parts(asked, mixed=mixed),
                about=dict(about or {}),
                sequences=sequences,
                mixed=mixed,
            )
            job.watchers[watcher] = job.last_seen = time.monotonic()
            self.prepare([], watcher=watcher)
            if joined is None:
                self._jobs[job.id] = job
                if self._state == "failed":
                    job.end("failed", self._problem)
                else:
                    self._commands.put(lambda _: None)  # to be given out at once
            return job.id

    def _parts(self, specs: Sequence[RunSpec], *, mixed: bool) -> list[Part]:
        if mixed:
            return mixed_parts_of(specs)
        return rounds_of(specs) if self._slots <= 1 else parts_of(specs)

    def _check_share(self, specs: Sequence[RunSpec], watcher: str, needed_s: float) -> None:
        own = sum(watcher in job.watchers for job in self._jobs.values() if not job.over)
        if own >= limits().jobs_a_person:
            raise ValueError(
                f"You have {own} trainings under way on these pages already. Wait until one has ended, or stop one."
            )
        if any(waits(job) and watcher not in job.watchers for job in self._jobs.values()):
            cost.check(specs, others_wait=True, needed_s=needed_s)

    def counts(self) -> tuple[int, int]:
        """How many jobs are not over, and how many of these wait for their turn."""
        with self._lock:
            under_way = [job for job in self._jobs.values() if not job.over]
            return len(under_way), sum(waits(job) and not job.given for job in under_way)

    def prepare(self, specs: Sequence[RunSpec], *, watcher: str) -> None:
        """Have the programs compiled that these would be trained with, once the worker has nothing else to do.

        A watcher has one wish, the last, and it counts once it has stood for half a second. No specs withdraw it, and
        so does a job that the watcher asks for, or leaves. Nothing is promised: see preparation.py.
        """
        with self._lock:
            self._preparation.wish(watcher, specs, time.monotonic())

    def view(self, job_id: str, watcher: str | None = None) -> JobView | None:
        """The job as it stands, and a sign of life of its watcher. None for a job long over, or unknown."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None:
                return None
            job.last_seen = time.monotonic()
            if watcher is not None:
                job.watchers[watcher] = job.last_seen
            wait = self._turns.wait(job, self._at_work.turns(), self._jobs.values(), job.last_seen)
            return replace(job.view(), ahead=wait.jobs, waits_s=wait.seconds, short=wait.short)

    def take_over(self, job_id: str, watcher: str) -> JobView | None:
        """The job as it stands, with this watcher alone until others look again.

        A page that is reloaded leaves a session behind, which would count as another watcher for a while.
        """
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None:
                job.watchers.clear()
            return self.view(job_id, watcher)

    def watch(self, job_id: str, *watchers: str) -> None:
        """Count watchers, as a view does; of an unknown job, nothing happens."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None:
                job.last_seen = time.monotonic()
                job.watchers.update(dict.fromkeys(watchers, job.last_seen))

    def listen(self, job_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Have a function called after every change of a job, until the function that is returned is called.

        It is called in any thread, while others wait for the service: it only passes on that something has changed.
        Queues move, and time passes, without a change of the job.
        """
        with self._lock:
            job = self._jobs.get(job_id)
            listeners = job.listeners if job is not None else []
            listeners.append(listener)

        def forget() -> None:
            with self._lock:
                listeners.remove(listener)

        return forget

    def leave(self, job_id: str, watcher: str) -> None:
        """Count a watcher no more. When the last one leaves, the job is cancelled."""
        with self._lock:
            self.prepare([], watcher=watcher)
            job = self._jobs.get(job_id)
            if job is not None:
                job.watchers.pop(watcher, None)
                self._cancel_if_alone(job)

    def stop(self, job_id: str, watcher: str | None = None) -> bool:
        """End a job as "stopped", with what is trained so far: at once, unless a worker has yet to hand that over.

        With a watcher named while others are watching, only the watcher leaves.
        Returns whether the job is going to stop.
        """
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.over:
                return False
            if watcher is not None and set(job.watchers) - {watcher}:
                self.leave(job_id, watcher)
                return False
            given = job.given
            job.stop()
            if given:
                self._tell_to_stop(job)
            return True

    def ask_summary(self, spec: RunSpec) -> str:
        """Ask for the text of Keras's model.summary(); equal questions have one id; a failed one is asked again."""
        flat = codec.encode(RunSpec(problem=spec.problem, model=spec.model))
        request = hashlib.sha256(json.dumps(flat, sort_keys=True).encode()).hexdigest()[:16]
        return self._ask(request, "summary_job", flat)

    def ask_model_file(self, run: Run) -> str:
        """Ask for a run's network as a `.keras` file; as of `ask_summary`."""
        document, arrays = to_parts(replace(run, optimizer_state={}))
        return self._ask(f"model-{run.digest}", "model_file_job", (document, arrays))

    def ask_regression(self, name: str, *, ahead: int, whole: bool) -> str:
        """Ask for what a regression says of sequences that were brought, as `window_regression.unpacked` reads it.

        name: of their problem. ahead: timesteps that it reads of what follows; whole: one label a sequence
        Raises given.AbsentError, with a sentence, if the sequences are not at hand.
        """
        brought = given.to_parts(given.held(name))
        return self._ask(f"regression-{name}-{ahead}-{whole:d}", "regression_job", (brought, ahead, whole))

    def _ask(self, request: str, job: str, question: Any) -> str:
        if self._requests.open(request):
            if self._state == "failed":
                self._requests.fail_all(self._problem)
            else:
                self._commands.put(
                    lambda cluster: self._requests.send(cluster.client, request, job, question, self.source)
                )
        return request

    def answer(self, request: str) -> str | bytes | None:
        """The text or file that was asked for, or a sentence that says why there is none; None while it is awaited."""
        return self._requests.answer(request)

    def unanswered(self, request: str) -> bool:
        """Whether `answer` says why there is none, so that it can be asked for again."""
        return self._requests.unanswered(request)
