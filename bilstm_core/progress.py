"""What is known of a job while it runs, and how it is told: records and arithmetic, no processes.

A job is one or more runs. Its parts are trained one after the other; the runs of a part differ in their seed only.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from bilstm_core.thinning import lows_and_highs

JobState = Literal["queued", "running", "done", "stopped", "failed"]
Curve = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]

CURVE_POINTS = 1_000  # at most, in a curve that is still growing
FORESIGHT_S = 0.3  # of training, before what remains is estimated


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as it stands.

    message: a sentence, of a failed job and of one that stopped by itself
    specs, runs: one for each run, in the order they were asked for
    runs: None until the part that the run belongs to is done
    steps_done, steps: weight updates, summed over the runs
    elapsed_s: seconds since the training began
    remaining_s: estimated seconds; None until it is known
    curves: by the run's place, (sequences_seen, loss) received so far; at most 1,000 points, lows and highs kept
    compiling: running, but the part at work has made no weight update yet
    restarts: how often its worker died, and it was begun again
    silent_s: seconds since the worker last spoke of it
    watchers: how many are watching
    about: what the page said about it when it asked; JSON-ready
    """

    id: str
    state: JobState
    message: str
    specs: tuple[RunSpec, ...]
    runs: list[Run | None]
    steps_done: int
    steps: int
    elapsed_s: float
    remaining_s: float | None
    curves: dict[int, Curve]
    compiling: bool
    restarts: int
    silent_s: float
    watchers: int
    about: Mapping[str, Any]

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "stopped", "failed")


@dataclass(slots=True, kw_only=True)
class Part:
    """Runs that are trained as one task: their places in the job, and the task's future while there is one."""

    places: tuple[int, ...]
    future: Any = None
    started: bool = False
    over: bool = False


@dataclass(slots=True, kw_only=True)
class Job:
    """A job's record. Times are of time.monotonic()."""

    id: str
    specs: tuple[RunSpec, ...]
    resume: Run | None
    parts: list[Part]
    about: Mapping[str, Any] = field(default_factory=dict)
    watchers: dict[str, float] = field(default_factory=dict)  # when each was last heard of
    state: JobState = "queued"
    message: str = ""
    stopping: bool = False
    runs: list[Run | None] = field(default_factory=list)
    steps_done: list[int] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    began: float | None = None
    ended: float | None = None
    first: tuple[float, float] | None = None  # time and share of the work at the first report
    restarts: int = 0
    heard: float = field(default_factory=time.monotonic)  # when the worker last spoke
    last_seen: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.runs = [None] * len(self.specs)
        self.steps_done = [0] * len(self.specs)
        self.curves = [_nothing() for _ in self.specs]

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "stopped", "failed")

    def start(self, number: int) -> None:
        """A part's training begins, or begins again because its worker died."""
        part = self.parts[number]
        if part.started:
            self.restarts += 1
            self.first = None
        part.started = True
        self.state, self.heard = "running", time.monotonic()
        self.began = time.monotonic() if self.began is None else self.began
        for place in part.places:
            self.steps_done[place] = 0
            self.curves[place] = _nothing()

    def report(self, number: int, runs: Sequence[Mapping[str, Any]]) -> None:
        """Take in a worker's progress message, as worker.Reporter sends it."""
        for one in runs:
            place = self.parts[number].places[one["run"]]
            self.steps_done[place] = one["steps_done"]
            seen, loss = self.curves[place]
            self.curves[place] = thin(
                np.concatenate([seen, np.asarray(one["seen"], np.int64)]),
                np.concatenate([loss, np.asarray(one["loss"], np.float32)]),
                self.specs[place].training.sequences,
            )
        self.heard = time.monotonic()
        if self.first is None:
            self.first = (self.heard, self._share())

    def finish_part(self, number: int, runs: Sequence[Run]) -> None:
        """Take in a part's runs; fewer than its places if it was stopped before it began."""
        part = self.parts[number]
        part.over, part.future = True, None
        for place, run in zip(part.places, runs, strict=False):
            self.runs[place] = run
            self.steps_done[place] = run.steps_done

    def end(self, state: JobState, message: str = "") -> None:
        """Nothing more will come."""
        self.state, self.message, self.ended = state, message, time.monotonic()

    def view(self) -> JobView:
        """The job as it stands."""
        now = self.ended or time.monotonic()
        working = [part for part in self.parts if part.started and not part.over]
        return JobView(
            id=self.id,
            state=self.state,
            message=self.message,
            specs=self.specs,
            runs=list(self.runs),
            steps_done=sum(self.steps_done),
            steps=sum(spec.training.steps for spec in self.specs),
            elapsed_s=0.0 if self.began is None else now - self.began,
            remaining_s=self._remaining(now),
            curves={place: curve for place, curve in enumerate(self.curves) if len(curve[0])},
            compiling=self.state == "running"
            and bool(working)
            and not any(len(self.curves[place][0]) for part in working for place in part.places),
            restarts=self.restarts,
            silent_s=now - self.heard,
            watchers=len(self.watchers),
            about=self.about,
        )

    def _share(self) -> float:
        """The share of the work that is done, between 0 and 1."""
        work = [spec.work() for spec in self.specs]
        done = (
            one * steps / spec.training.steps
            for one, steps, spec in zip(work, self.steps_done, self.specs, strict=True)
        )
        return sum(done) / sum(work)

    def _remaining(self, now: float) -> float | None:
        if self.over:
            return 0.0
        if self.first is None or now - self.first[0] < FORESIGHT_S:
            return None
        share = self._share()
        gained = share - self.first[1]
        return (now - self.first[0]) * (1 - share) / gained if gained > 0 else None


def parts_of(specs: Sequence[RunSpec]) -> list[Part]:
    """The parts of a job: specs that differ only in their seed share one, in the order of their first."""
    groups: dict[RunSpec, list[int]] = {}
    for place, spec in enumerate(specs):
        groups.setdefault(replace(spec, training=replace(spec.training, seed=0)), []).append(place)
    return [Part(places=tuple(places)) for places in groups.values()]


def thin(
    sequences_seen: npt.NDArray[np.integer[Any]], loss: npt.NDArray[np.floating[Any]], sequences: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The lowest and the highest loss in each of 500 equal stretches of a training of so many sequences.

    sequences_seen, loss: (points,), sequences_seen ascending
    Thinning a thinned curve with more points appended gives what thinning all points at once gives.
    """
    kept = lows_and_highs((sequences_seen - 1) * (CURVE_POINTS // 2) // sequences, loss)
    return sequences_seen[kept].astype(np.int64), loss[kept].astype(np.float32)


def failure(error: BaseException | None) -> str:
    """What to tell a person of a training that failed."""
    kind = type(error).__name__
    if kind == "KilledWorker":
        return (
            "The training worker died again and again during this training, most likely for lack of memory."
            " Press Retry, or ask for fewer units, timesteps or sequences."
        )
    if kind == "SourceMismatchError":
        return "The program has been updated since this page was opened. Reload the page and press Retry."
    if error is None:
        return "The request was lost on its way to the training worker. Press Retry."
    return f"The training failed: {error or kind}".rstrip(".") + ". Press Retry, or change a setting."


def _nothing() -> Curve:
    return np.empty(0, np.int64), np.empty(0, np.float32)
