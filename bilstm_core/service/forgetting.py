"""Which watchers count as gone, and which ended jobs are dropped. Arithmetic on records, no processes."""

from collections.abc import Collection, Set

from bilstm_core.service.job_record import Job
from bilstm_core.service.turns import waits

QUIET_S = 15.0  # a watcher that has not asked for so long counts as gone if another job is waiting
QUIET_ALONE_S = 90.0  # and if none is: browsers let a hidden tab ask only once a minute
KEPT_BYTES, KEPT_JOBS = 200_000_000, 1_000  # of ended jobs, that can still be viewed


def forget_watchers(jobs: Collection[Job], now: float) -> None:
    """Have each job that is not over forget the watchers that went without a word. now: of time.monotonic()"""
    waiting = [job for job in jobs if waits(job)]
    for job in jobs:
        if not job.over:
            limit = QUIET_S if any(other is not job for other in waiting) else QUIET_ALONE_S
            job.watchers = {name: seen for name, seen in job.watchers.items() if now - seen < limit}


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
