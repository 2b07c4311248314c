"""A job as it stands, as a page is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bilstm_core.downsampling import Curve
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec

JobState = Literal["queued", "running", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as it stands.

    message: a sentence, of a failed job and of one that stopped by itself
    specs, runs: one for each run, in the order they were asked for
    runs: None until the part that the run belongs to is done
    steps_done, steps: weight updates, summed over the runs
    elapsed_s: seconds since the training began
    remaining_s: estimated seconds; None until it is known
    curves: by the run's place, what is known so far as in `thin`
    resume: the run that it goes on from
    at_work: a part of it is being trained
    compiling: at work, but of a model of that part no weight update is made yet, and a program is a new one
    restarted: a worker died under a part of it, which has made no weight update since
    restarts: how often that has happened to any of its parts
    silent_s: seconds since the worker last spoke of it
    ahead, waits_s: other jobs that come before its next part, and about how many seconds they take together; 0 while it
    is at work
    short: sequences a run with which it would not wait so long; 0 if it does not, or is short already
    watchers: how many are watching
    about: what the page said about it when it asked; JSON-ready
    sequences: fresh ones that each run is scored on; 0 where each is evaluated whole
    mixed: few programs train many models, and there are no curves
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
    at_work: bool
    compiling: bool
    restarted: bool
    restarts: int
    silent_s: float
    watchers: int
    about: Mapping[str, Any]
    sequences: int = 0
    mixed: bool = False
    resume: Run | None = None
    ahead: int = 0
    waits_s: float = 0.0
    short: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "stopped", "failed")
