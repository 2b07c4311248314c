"""`bilstm record`: the recorded results that open every page."""

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import numpy as np

from bilstm_core.command_line import options, trainings
from bilstm_core.evaluation import evaluate
from bilstm_core.record import recorded_specs, recorded_sweeps, replayed
from bilstm_core.recorded_maps import FILE, RecordedMap, read, write
from bilstm_core.specs import RunSpec
from bilstm_core.store import RECORDED, read_recorded, write_recorded
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.sweeps import GOAL, TESTED_ON
from bilstm_core.wording import counted


@click.command(cls=options.InSections, short_help="Train the recorded results that open the pages.")
@click.option("--missing", cls=options.InSection, is_flag=True, help="Only those that are not there yet.")
@click.option(
    "--folder",
    cls=options.InSection,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=RECORDED,
    help="Where they are written.  [default: with the program]",
)
def record(missing: bool, folder: Path) -> None:
    """Train the recorded results that open every page, some minutes.

    They are ordinary runs, without Adam's state, and with snapshots only where a page replays them; and maps, of which
    what is known of each run is kept, and not the run.
    """
    specs = [spec for spec in recorded_specs() if not (missing and read_recorded(spec, folder) is not None)]
    there = {replace(each.settings, goal=GOAL): each for each in read(folder / FILE.name)} if missing else {}
    sweeps = recorded_sweeps()
    if not specs and all(settings in there for settings in sweeps):
        click.echo(f"All are there, in {folder}.", err=True)
        return
    if specs:
        with trainings.bar(f"Training {counted(len(specs), 'run')}") as advance:
            runs = [replace(run, optimizer_state={}) for _, run in trainings.train_in_parts(specs, advance)]
        write_recorded(runs, folder, keep_snapshots=lambda run: replayed(run.spec))
        click.echo(f"Recorded {counted(len(runs), 'run')} in {folder}.", err=True)
    for settings in sweeps:
        if settings not in there:
            there[settings] = _map(settings)
            write(there.values(), folder / FILE.name)  # each is kept as it is finished
    click.echo(f"Recorded {counted(len(there), 'map')} in {folder}.", err=True)


def _map(settings: SweepSettings) -> RecordedMap:
    """Train and test all runs of a sweep."""
    grid = settings.grid
    specs = list(itertools.chain.from_iterable(grid.cells.values()))
    shape = (*grid.shape, settings.starts)
    found: dict[RunSpec, tuple[float, float, float, str]] = {}
    with trainings.bar(f"A map of {counted(len(specs), 'run')}, {settings.direction}") as advance:
        for spec, run in trainings.train_in_parts(specs, advance):
            tested = evaluate(run, TESTED_ON)
            found[spec] = tested.exact, tested.loss, run.timing.train_s / run.timing.stacked, run.digest[:16]
    exact, loss, train_s, digest = (
        np.array(column).reshape(shape) for column in zip(*(found[spec] for spec in specs), strict=True)
    )
    return RecordedMap(
        settings=settings,
        sequences=TESTED_ON,
        day=date.today().isoformat(),
        exact=exact,
        loss=loss.astype(np.float32),
        train_s=train_s.astype(np.float32),
        digest=digest,
    )
