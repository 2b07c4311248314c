"""Runs for a command: from the store where they are there, else trained, with a bar on the standard error.

They are trained here, or where DASK_SCHEDULER_ADDRESS names a cluster, there.
"""

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from bilstm_core.command_line import on_cluster
from bilstm_core.engine import cost
from bilstm_core.evaluation import Evaluation, evaluate
from bilstm_core.runs import Progress, Run
from bilstm_core.service.cluster import scheduler_address
from bilstm_core.specs import RunSpec
from bilstm_core.store import Store
from bilstm_core.wording import counted

SHARES = 1_000  # in which a bar counts

Advance = Callable[[float], None]  # to a share of the whole, 0 to 1


@contextmanager
def bar(label: str) -> Iterator[Advance]:
    """A bar on the standard error; where that is no terminal, its label alone."""
    with click.progressbar(length=SHARES, label=label, file=sys.stderr) as drawn:
        yield lambda share: drawn.update(max(0, int(share * SHARES) - drawn.pos))
        drawn.update(max(0, SHARES - drawn.pos))


def runs_of(specs: Sequence[RunSpec], folder: Path | None, *, retrain: bool = False) -> dict[RunSpec, Run]:
    """The finished run of each spec. What is trained is kept in the store, part by part as it is finished.

    folder: of the store; None for the one that the pages have
    retrain: whether those that are there are trained again
    """
    store = Store(folder)
    wanted = list(dict.fromkeys(spec.canonical() for spec in specs))
    there = {} if retrain else {spec: run for spec in wanted if (run := store.get(spec)) is not None}
    missing = [spec for spec in wanted if spec not in there]
    runs = there | _trained(missing, len(there), store)
    if store.notice:
        click.echo(store.notice, err=True)
    return runs


def _trained(specs: Sequence[RunSpec], there: int, store: Store) -> dict[RunSpec, Run]:
    if not specs:
        return {}
    rest = f", {there} {'is' if there == 1 else 'are'} there" if there else ""
    runs: dict[RunSpec, Run] = {}
    with bar(f"Training {counted(len(specs), 'run')}{rest}") as advance:
        for part, run in train_in_parts(specs, advance):
            runs[part] = run
            store.put(run)
    return runs


def train_in_parts(specs: Sequence[RunSpec], advance: Advance) -> Iterator[tuple[RunSpec, Run]]:
    """Train specs as the pages do, those that differ only in seed side by side, and give each run as it is finished.

    Raises click.ClickException, with a sentence, where training fails.
    """
    if scheduler_address():
        yield from ((specs[place], run) for place, run in on_cluster.train(specs, advance))
        return
    from bilstm_core.training import train_many

    work = [spec.work() for spec in specs]
    total, done = sum(work), [0.0] * len(specs)
    for spec, places in cost.seeds_of(specs).items():
        left = iter(places)
        for count in cost.parts(spec, len(places)):
            now = list(itertools.islice(left, count))

            def tell(progress: Progress, now: Sequence[int] = now) -> None:
                place = now[progress.run]
                done[place] = work[place] * progress.steps_done / progress.steps
                advance(sum(done) / total)

            part = [specs[place] for place in now]
            try:
                runs = train_many(part, on_progress=tell)
            except Exception as error:
                raise _failed(error) from error
            yield from zip(part, runs, strict=True)


def train_mixed(specs: Sequence[RunSpec], advance: Advance, on_run: Callable[[int, Run], None]) -> None:
    """Train the specs of a sweep by few programs, as its page does.

    on_run: called with the place of each spec and its run while others are still trained
    Raises click.ClickException, with a sentence, where training fails.
    """
    if scheduler_address():
        for place, run in on_cluster.train(specs, advance, mixed=True):
            on_run(place, run)
        return
    from bilstm_core.training import train_many

    work = [spec.work() for spec in specs]
    total, done = sum(work), [0.0] * len(specs)

    def tell(progress: Progress) -> None:
        done[progress.run] = work[progress.run] * progress.steps_done / progress.steps
        advance(sum(done) / total)

    try:
        train_many(specs, mixed=True, on_progress=tell, on_run=on_run)
    except Exception as error:
        raise _failed(error) from error


def _failed(error: Exception) -> click.ClickException:
    first = str(error).split("\n", 1)[0]
    return click.ClickException(f"The training failed ({type(error).__name__}: {first}).")


def evaluations_of(runs: Sequence[Run], sequences: int) -> list[Evaluation]:
    """Each run on so many fresh sequences."""
    results = []
    with bar(f"Evaluating {counted(len(runs), 'run')} on {sequences:,} fresh sequences") as advance:
        for number, run in enumerate(runs, start=1):
            results.append(evaluate(run, sequences))
            advance(number / len(runs))
    return results
