"""What is known of a job while it runs: a record and arithmetic, no processes.

A job is one or more runs. Its parts are trained one after the other, the runs of a part abreast.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bilstm_core.downsampling import Curve
from bilstm_core.engine.program_keys import ProgramKey
from bilstm_core.runs import Run
from bilstm_core.service.curve import TOLD_PARTS, no_points, thin
from bilstm_core.service.job_view import JobState, JobView
from bilstm_core.service.parts import Part
from bilstm_core.specs import RunSpec

FORESIGHT_S = 1.0  # of training without a compile, before what remains is estimated
PACE_S = 8.0  # that it is estimated from: chunks are short at first, and grow
MARKS_S = 0.25  # between two of the marks that it is estimated from


@dataclass(slots=True, kw_only=True)
class Job:
    """A job's record. Times are of time.monotonic()."""

    id: str
    specs: tuple[RunSpec, ...]
    resume: Run | None
    parts: list[Part]
    about: Mapping[str, Any] = field(default_factory=dict)
    sequences: int = 0  # that each run is scored on; 0 where each is evaluated whole
    mixed: bool = False  # few programs for many models, and no curves
    watchers: dict[str, float] = field(default_factory=dict)  # when each was last heard of
    alone_since: float | None = None  # when its last watcher was forgotten
    state: JobState = "queued"
    message: str = ""
    stopping: bool = False
    runs: list[Run | None] = field(default_factory=list)
    steps_done: list[int] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    began: float | None = None
    ended: float | None = None
    asked: float = field(default_factory=time.monotonic)
    had_turn: float = -math.inf  # when its last turn ended, while others waited or not
    marks: deque[tuple[float, float]] = field(default_factory=deque)  # time, and share of the work by then
    heard: float = field(default_factory=time.monotonic)  # when the worker last spoke
    last_seen: float = field(default_factory=time.monotonic)
    nbytes: int = 0  # of its runs and curves, once it is over
    listeners: list[Callable[[], None]] = field(default_factory=list)  # told of every change; each returns at once
    _steps: list[int] = field(default_factory=list)  # of each run, and its work: asked for many times a second
    _work: list[float] = field(default_factory=list)
    _run_bytes: int = 0

    def __post_init__(self) -> None:
        self._steps = [spec.training.steps for spec in self.specs]
        self._work = [spec.work() for spec in self.specs]
        self.runs = [None] * len(self.specs)
        self.steps_done = [0] * len(self.specs)
        self.curves = [no_points() for _ in self.specs]

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "stopped", "failed")

    @property
    def given(self) -> bool:
        """Whether a worker has a part of it."""
        return any(part.given for part in self.parts)

    def start(self, number: int, *, compiled: bool = False) -> None:
        """A part's training begins, or begins again because its worker died.

        compiled: whether the worker has its programs
        """
        part = self.parts[number]
        if part.at_work:
            self.lose(number)
        if part.over:  # nobody waits for it any more
            return
        self._clear(part)
        part.sent = part.started = True
        part.compiled, part.learning_since = compiled, None
        self.state, self.heard = "running", time.monotonic()
        part.began = self.heard
        self.began = self.heard if self.began is None else self.began
        self._tell()

    def lose(self, number: int) -> None:
        """A part's worker died: what it had learnt is lost, and it will be begun again unless it was to stop."""
        part = self.parts[number]
        part.started = False
        part.restarts += 1
        self.marks.clear()
        self.heard = time.monotonic()
        self._clear(part)
        if self.stopping:
            self.end("stopped")
        self._tell()

    def give_back(self, number: int) -> None:
        """A part is lost with all that its worker had learnt in this turn, and waits to be given to another one."""
        self.lose(number)
        self.parts[number].sent = False

    def give_way(self, number: int, runs: list[Run]) -> None:
        """A part lets others have their turn, and waits again, with what it has learnt.

        runs: as a stopped training returns them; none if it had not begun
        """
        part = self.parts[number]
        part.sent = part.started = False
        if runs:
            part.runs, part.nbytes = runs, sum(run.nbytes for run in runs)
            part.learnt = {place: (self.steps_done[place], self.curves[place]) for place in part.places}
        self.marks.clear()
        self._tell()

    def share_left(self, part: Part) -> float:
        """The share of a part's weight updates that is still to be done."""
        steps = sum(self._steps[place] for place in part.places)
        return 1 - sum(self.steps_done[place] for place in part.places) / steps

    def has_learnt(self, part: Part) -> bool:
        """Whether a part has made a weight update."""
        return any(map(self._has_learnt, part.places))

    def _has_learnt(self, place: int) -> bool:
        return self.steps_done[place] > 0 if self.mixed else len(self.curves[place][0]) > 0

    def has_begun(self, part: Part) -> bool:
        """Whether a part has made a weight update of each of its models, so that it compiles nothing more."""
        return self.has_learnt(part) and all(any(map(self._has_learnt, own)) for own in part.models)

    def report(self, number: int, runs: Sequence[Mapping[str, Any]]) -> None:
        """Take in a worker's progress message, as reporter.Reporter sends it; one of a worker that is lost is late."""
        part = self.parts[number]
        if not part.at_work:
            return
        compiling = not (self.has_begun(part) or self._compiled(part))
        for message in runs:
            place = part.places[message["run"]]
            self.steps_done[place] = message["steps_done"]
            if self.mixed:
                continue
            news = zip(self.curves[place], (message[part] for part in TOLD_PARTS), strict=True)
            self.curves[place] = thin(
                *(np.concatenate([known, np.asarray(new, known.dtype)]) for known, new in news),
                training=self.specs[place].training,
            )
        self.heard = time.monotonic()
        if part.learning_since is None:
            part.learning_since = self.heard
        self._mark(compiling)
        self._tell()

    def _mark(self, compiling: bool) -> None:
        """Note how far the work is. compiling: until now, which says nothing of how fast it will go on"""
        if compiling:
            self.marks.clear()
        if not self.marks or self.heard - self.marks[-1][0] >= MARKS_S:
            self.marks.append((self.heard, self._share()))
        while len(self.marks) > 1 and self.heard - self.marks[1][0] >= PACE_S:
            self.marks.popleft()

    def finish_part(self, number: int, runs: Sequence[Run]) -> None:
        """Take in a part's runs; fewer than its places if it was stopped before it began."""
        self._take_in(self.parts[number], runs)
        if all(part.over for part in self.parts):
            finished = all(run is not None and run.finished for run in self.runs)
            self.end("done" if finished else "stopped")
        self._tell()

    def _take_in(self, part: Part, runs: Sequence[Run]) -> None:
        part.over, part.runs, part.learnt, part.nbytes = True, [], {}, 0
        for place, run in zip(part.places, runs, strict=False):
            self.runs[place] = run
            self.steps_done[place] = run.steps_done
            self._run_bytes += run.nbytes

    def stop(self) -> None:
        """What waits will not begin, and what is at work gives what it has learnt; with nothing learnt it is over now.

        A program that is being compiled can't be interrupted: its part is given up, and ends by itself. One that gave
        way before gives what it had learnt then.
        """
        self.stopping = True
        for part in self.parts:
            if not (part.over or (part.at_work and self.has_begun(part))):
                self._take_in(part, part.runs)
        if all(part.over for part in self.parts):
            self.end("stopped")

    def end(self, state: JobState, message: str = "") -> None:
        """Nothing more will come, and nothing more is waited for."""
        self.state, self.message, self.ended = state, message, time.monotonic()
        self.resume = None
        for part in self.parts:
            part.over, part.runs, part.learnt, part.nbytes = True, [], {}, 0
        self.nbytes = self._run_bytes + sum(points.nbytes for curve in self.curves for points in curve)
        self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()

    def view(self) -> JobView:
        """The job as it stands, whatever it waits for."""
        now = self.ended or time.monotonic()
        given = [] if self.over else [part for part in self.parts if part.given]
        working = [part for part in given if part.started]
        return JobView(
            id=self.id,
            state=self.state,
            message=self.message,
            specs=self.specs,
            runs=list(self.runs),
            steps_done=sum(self.steps_done),
            steps=sum(self._steps),
            elapsed_s=0.0 if self.began is None else now - self.began,
            remaining_s=self._remaining(now),
            curves={place: curve for place, curve in enumerate(self.curves) if len(curve[0])},
            at_work=bool(working),
            compiling=bool(working) and not any(self.has_begun(part) or self._compiled(part) for part in working),
            restarted=any(part.restarts and not self.has_learnt(part) for part in given),
            restarts=sum(part.restarts for part in self.parts),
            silent_s=now - self.heard,
            watchers=len(self.watchers),
            about=self.about,
            sequences=self.sequences,
            mixed=self.mixed,
            resume=self.resume,
        )

    def _compiled(self, part: Part) -> bool:
        """Whether its programs were compiled before it began: parts before it may have been trained by them."""
        if part.compiled or part.restarts:
            return part.compiled
        before = (other.programs for other in self.parts if other.over and self.has_learnt(other))
        return part.programs <= frozenset[ProgramKey]().union(*before)

    def _clear(self, part: Part) -> None:
        """Forget what it has learnt since it was given to a worker."""
        for place in part.places:
            self.steps_done[place], self.curves[place] = part.learnt.get(place, (0, no_points()))

    def _share(self) -> float:
        """The share of the work that is done, between 0 and 1."""
        done = (
            whole * steps_done / steps
            for whole, steps_done, steps in zip(self._work, self.steps_done, self._steps, strict=True)
        )
        return sum(done) / sum(self._work)

    def _remaining(self, now: float) -> float | None:
        if self.over:
            return 0.0
        if not self.marks or now - self.marks[0][0] < FORESIGHT_S:
            return None
        since, before = self.marks[0]
        share = self._share()
        return (now - since) * (1 - share) / (share - before) if share > before else None
