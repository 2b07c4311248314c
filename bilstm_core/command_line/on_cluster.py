"""Trainings of a command on a Dask cluster that others run, as the pages have theirs.

DASK_SCHEDULER_ADDRESS names its scheduler.
"""

import time
from collections.abc import Callable, Iterator, Sequence

import click

from bilstm_core.engine import cost, mixing
from bilstm_core.limits import limits
from bilstm_core.runs import Run
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import RunSpec

WATCHER = "command"
LOOK_S = 0.2


def train(
    specs: Sequence[RunSpec], advance: Callable[[float], None], *, mixed: bool = False
) -> Iterator[tuple[int, Run]]:
    """Each spec's place and run as they are done. advance: to a share of all; mixed: as a sweep, by few programs

    What keeps the cluster from training is said on the standard error. Raises click.ClickException, with a sentence,
    where a training fails or the cluster cannot be reached.
    """
    jobs = Jobs()
    try:
        total, done = sum(spec.work() for spec in specs), 0.0
        for places in batches(specs, mixed=mixed):
            asked = [specs[place] for place in places]
            work = sum(spec.work() for spec in asked)

            def told(share: float, done: float = done, work: float = work) -> None:
                advance((done + work * share) / total)

            for place, run in _one_job(jobs, asked, told, mixed=mixed):
                yield places[place], run
            done += work
    finally:
        jobs.close()


def batches(specs: Sequence[RunSpec], *, mixed: bool) -> list[list[int]]:
    """Places of specs by the job that they are asked for in, in their order: halved until a job may have that many."""
    seconds = mixing.seconds if mixed else cost.seconds

    def allowed(places: list[int]) -> list[list[int]]:
        if len(places) < 2 or seconds([specs[place] for place in places]) <= limits().max_job_s:
            return [places]
        middle = len(places) // 2
        return [*allowed(places[:middle]), *allowed(places[middle:])]

    return allowed(list(range(len(specs))))


def _one_job(
    jobs: Jobs, specs: Sequence[RunSpec], advance: Callable[[float], None], *, mixed: bool
) -> Iterator[tuple[int, Run]]:
    """The place and the run of each spec of a job, as they are done. advance: to a share of the job"""
    try:
        job = jobs.submit(specs, watcher=WATCHER, sequences=1, mixed=mixed)  # a command tests its runs itself
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    notice, taken = "", set[int]()
    while True:
        view = jobs.view(job, WATCHER)
        if view is None or view.state in ("failed", "stopped"):
            raise click.ClickException(view.message if view else "The cluster knows nothing of this training any more.")
        if jobs.notice != notice:
            notice = jobs.notice
            click.echo(notice, err=True, nl=bool(notice))
        advance(view.steps_done / view.steps)
        for place, run in enumerate(view.runs):
            if run is not None and place not in taken:
                taken.add(place)
                yield place, run
        if view.over:
            return
        time.sleep(LOOK_S)
