"""Which part of which job is trained next. Arithmetic on records, no processes.

No more parts are given to workers than can be trained at once: what waits, waits here, where it can be stopped at once
and where it is known what it waits for.
"""

from collections.abc import Iterable
from typing import NamedTuple

from bilstm_core.service.job_record import Job


class Turn(NamedTuple):
    """A part that waits: its job, and its number among the job's parts."""

    job: Job
    number: int


def turns(jobs: Iterable[Job]) -> list[Turn]:
    """All parts that wait, in the order in which they are trained.

    jobs: in the order in which they were asked for
    Every job's first part goes before any job's second, so that a long comparison lets others in between its parts.
    """
    waiting = [
        Turn(job, number)
        for job in jobs
        if not (job.over or job.stopping)
        for number, part in enumerate(job.parts)
        if part.waiting
    ]
    return sorted(waiting, key=lambda turn: turn.number)


def ahead(job: Job, jobs: Iterable[Job], at_work: int) -> int:
    """How many trainings come before this job's next part; 0 where a worker has one of its parts, or none waits.

    jobs: all, in the order in which they were asked for
    at_work: parts that workers have now, those given up but not yet ended among them
    """
    if job.over or job.given:
        return 0
    place = next((place for place, turn in enumerate(turns(jobs)) if turn.job is job), None)
    return 0 if place is None else at_work + place
