"""Which watchers count as gone, which jobs are given up for it, and which ended ones are dropped. No processes.

A watcher that goes without a word may be asleep, lid closed: its job stands still, and goes on when it comes back.
"""

from collections.abc import Collection, Set

from bilstm_core.service.job_record import Job
from bilstm_core.service.turns import waits

QUIET_S = 15.0  # a watcher that has not asked for so long counts as gone if another job is waiting
QUIET_ALONE_S = 90.0  # and if none is: browsers let a hidden tab ask only once a minute
ALONE_S = 1_800.0  # that a job stands still with nobody there, before it is given up
ALONE_BYTES = 200_000_000  # of what such jobs have learnt, together
KEPT_BYTES, KEPT_JOBS = 200_000_000, 1_000  # of ended jobs, that can still be viewed


def forget_watchers(jobs: Collection[Job], now: float) -> None:
    """Have each job that is not over forget the watchers that went without a word. now: of time.monotonic()"""
    waiting = [job for job in jobs if waits(job)]
    for job in jobs:
        if not job.over:
            limit = QUIET_S if any(other is not job for other in waiting) else QUIET_ALONE_S
            job.watchers = {name: seen for name, seen in job.watchers.items() if now - seen < limit}
            job.alone_since = None if job.watchers else now if job.alone_since is None else job.alone_since


def to_give_up(jobs: Collection[Job], now: float) -> list[Job]:
    """The jobs that have stood still for too long with nobody there, or that hold too much, the latest staying longest.

    now: of time.monotonic()
    """
    given_up, total = [], 0
    alone = [(job.alone_since, job) for job in jobs if not job.over and job.alone_since is not None]
    for since, job in sorted(alone, key=lambda entry: entry[0], reverse=True):
        total += sum(part.nbytes for part in job.parts)
        if now - since >= ALONE_S or total > ALONE_BYTES:
            given_up.append(job)
    return given_up


def to_drop(jobs: Collection[Job], at_work: Set[str], now: float) -> list[str]:
    """The ended jobs beyond the bounds, those that somebody looked at last staying longest.

    at_work: jobs that a worker may still begin again; they stay, and so do those whose watchers have yet to see the end
    now: of time.monotonic()
    """
    held = at_work | {job.id for job in jobs if job.watchers and now - job.last_seen < QUIET_ALONE_S}
    ended = sorted((job for job in jobs if job.over), key=lambda job: job.last_seen, reverse=True)
    dropped, total = [], 0
    for place, job in enumerate(ended):
        total += job.nbytes
        if (total > KEPT_BYTES or place >= KEPT_JOBS) and job.id not in held:
            dropped.append(job.id)
    return dropped
