"""Which part of which job is trained next, which gives way to it, and how long the others wait. No processes.

No more parts are given to workers than can be trained at once: what waits, waits here, where it can be stopped at once
and where it is known what it waits for. Three rules: short before long; whoever has had a turn comes after those who
have not had one since; and nobody waits for ever. A short job is one turn, and of two short ones the one with less left
goes first. A long one has a turn of two seconds at a time, if anybody else waits.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bilstm_core.engine.cost import PART_S, two_digits
from bilstm_core.engine.program_keys import ProgramKey
from bilstm_core.service.job_record import Job
from bilstm_core.service.pace import Pace

SHORT_S = PART_S  # of training, beyond which a job is long: it gives way to others
SHORT_TURN_S = 0.5  # that a long job trains at least, before a short one goes first
OVERDUE_S = 20.0  # after which a job that waits goes before all that wait for less
LATELY_S = 0.2
REMEMBERED_S = 600.0  # that somebody has had a turn


class Turn(NamedTuple):
    """A part that waits or is trained: its job, and its number among the job's parts."""

    job: Job
    number: int


class Wait(NamedTuple):
    """What a job waits for: other jobs before it, about how many seconds they take, and what would not wait so long.

    short: sequences a run, to two digits, with which the same job would be a short one; 0 if it is one
    """

    jobs: int = 0
    seconds: float = 0.0
    short: int = 0


def waits(job: Job) -> bool:
    """Whether a part of it waits to be given to a worker; not of a job that nobody watches, which stands still."""
    return bool(job.watchers) and not (job.over or job.stopping) and any(part.waiting for part in job.parts)


@dataclass(slots=True)
class Turns:
    """Who has had a turn, and how long turns take. Times are of time.monotonic().

    compiled: whether the worker has a program
    """

    compiled: Callable[[ProgramKey], bool] = lambda _: False
    pace: Pace = field(default_factory=Pace)
    had: dict[str, float] = field(default_factory=dict)  # when each watcher's last turn ended
    _ordered: tuple[float, list[Job]] = (-math.inf, [])

    def next(self, jobs: Iterable[Job], now: float) -> Turn | None:
        """The part that is trained next; None if none waits. jobs: in the order in which they were asked for"""
        job = next(iter(self.order(jobs, now)), None)
        return None if job is None else Turn(job, next(n for n, part in enumerate(job.parts) if part.waiting))

    def order(self, jobs: Iterable[Job], now: float) -> list[Job]:
        """The jobs that wait, in the order in which they have their turns."""
        return sorted((job for job in jobs if waits(job)), key=lambda job: self._rank(job, now))

    def _rank(self, job: Job, now: float) -> tuple[float, ...]:
        since = max(job.asked, job.had_turn)
        if now - since > OVERDUE_S:
            return False, since
        return True, self.long(job), self._had(job), self.seconds_left(job)

    def _had(self, job: Job) -> float:
        """When the last turn of the one ended who has waited longest for it; 0 if that is forgotten, or was never."""
        return min(self.had.get(watcher, 0.0) for watcher in job.watchers)

    def long(self, job: Job) -> bool:
        """Whether what is left of a job, compiles apart, is more than others should wait for."""
        return self.pace.factor * sum(self._training_left(job)) > SHORT_S

    def seconds_left(self, job: Job) -> float:
        """About how long what is left of a job takes, with nobody before it."""
        training, compiles = list(self._training_left(job)), self._compiles(job)
        return len(training) * self.pace.task_s + sum(training) * self.pace.factor + compiles * self.pace.compile_s

    def _training_left(self, job: Job) -> Iterator[float]:
        """Seconds by estimate, of each part that is not over."""
        return (part.seconds * job.share_left(part) for part in job.parts if not part.over)

    def _compiles(self, job: Job) -> int:
        """How many programs are to be compiled for what is left of a job."""
        left = (part for part in job.parts if not (part.over or job.has_begun(part)))
        return sum(not self.compiled(key) for key in set().union(*(part.programs for part in left)))

    def ended(self, job: Job, now: float) -> None:
        """A part of a job has ended or given way: that was a turn, if the job is over or long."""
        if job.over or self.long(job):
            job.had_turn = now
            self.had = {name: last for name, last in self.had.items() if now - last < REMEMBERED_S}
            self.had |= dict.fromkeys(job.watchers, now)

    def relieved(self, at_work: Iterable[Turn], jobs: Iterable[Job], now: float) -> list[Turn]:
        """What is at work and gives way: what nobody watches, and to one that waits what is long and had its time.

        What has learnt nothing yet in its turn goes on: it may be in the midst of a compile, that would be for nothing.
        """
        waiting = self.order(jobs, now)
        result = []
        for turn in at_work:
            job, since = turn.job, turn.job.parts[turn.number].learning_since
            other = next((other for other in waiting if other is not job), None)
            if since is None or job.over or job.stopping:
                continue
            if not job.watchers:
                result.append(turn)
            elif other is None or not self.long(job):
                continue
            elif now - since > (PART_S if self.long(other) else SHORT_TURN_S):
                result.append(turn)
        return result

    def wait(self, job: Job, at_work: Iterable[Turn], jobs: Iterable[Job], now: float) -> Wait:
        """What a job that waits comes after."""
        if not waits(job) or job.given:
            return Wait()
        order = self._order_lately(jobs, now)
        turn_s = PART_S if self.long(job) else SHORT_TURN_S
        others = {
            id(other): self._turn_seconds(other, turn_s)
            for other in itertools.takewhile(lambda each: each is not job, order)
        }
        others |= {id(turn.job): self._turn_left(turn, turn_s, now) for turn in at_work if turn.job is not job}
        return Wait(len(others), sum(others.values()), self._short(job) if others and self.long(job) else 0)

    def _order_lately(self, jobs: Iterable[Job], now: float) -> list[Job]:
        """As `order`, a moment ago: each of a hundred who wait asks several times a second."""
        if not 0 <= now - self._ordered[0] < LATELY_S:
            self._ordered = now, self.order(jobs, now)
        return self._ordered[1]

    def _short(self, job: Job) -> int:
        needed = self.pace.factor * sum(part.seconds for part in job.parts)
        training = job.specs[0].training
        return two_digits(training.epochs * training.sequences_per_epoch * SHORT_S / needed)

    def _turn_seconds(self, job: Job, turn_s: float) -> float:
        """How long a job's next turn takes. turn_s: of training, after which it gives way to the one that asks"""
        left = self.seconds_left(job)
        compiling = min(1, self._compiles(job)) * self.pace.compile_s
        return min(left, turn_s + compiling + self.pace.task_s) if self.long(job) else left

    def _turn_left(self, turn: Turn, turn_s: float, now: float) -> float:
        """How long a turn at work still takes."""
        since = turn.job.parts[turn.number].learning_since
        if since is None or not self.long(turn.job):
            return self._turn_seconds(turn.job, turn_s)
        return max(0.0, turn_s - (now - since)) + self.pace.task_s
