"""`bilstm record`: the recorded results that open every page."""

import itertools
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import numpy as np

from bilstm_core.analysis import recorded_answers
from bilstm_core.analysis.both_ways import REGRESSIONS
from bilstm_core.analysis.held_out import labels_of, network
from bilstm_core.analysis.window_regression import regression
from bilstm_core.command_line import options, trainings
from bilstm_core.datasets.preparing import prepare
from bilstm_core.datasets.reading import read_table
from bilstm_core.datasets.recipe import specs_of
from bilstm_core.datasets.sequences import sequences_of
from bilstm_core.datasets.shipped import FOLDER, SHIPPED
from bilstm_core.datasets.shipped import read as read_shipped
from bilstm_core.evaluation import evaluate
from bilstm_core.page_settings import YOUR_DATA
from bilstm_core.record import recorded_specs, recorded_sweeps, replayed
from bilstm_core.recorded_maps import FILE, RecordedMap, read, write
from bilstm_core.runs import Run
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
    if specs:
        with trainings.bar(f"Training {counted(len(specs), 'run')}") as advance:
            runs = [replace(run, optimizer_state={}) for _, run in trainings.train_in_parts(specs, advance)]
        write_recorded(runs, folder, keep_snapshots=lambda run: replayed(run.spec))
        click.echo(f"Recorded {counted(len(runs), 'run')} in {folder}.", err=True)
    wanted = [settings for settings in sweeps if settings not in there]
    for settings in wanted:
        there[settings] = _map(settings)
        write(there.values(), folder / FILE.name)  # each is kept as it is finished
    if wanted:
        click.echo(f"Recorded {counted(len(wanted), 'map')} in {folder}.", err=True)
    sets = _answers(FOLDER if folder == RECORDED else folder, missing=missing)
    if not (specs or wanted or sets):
        click.echo(f"All are there, in {folder}.", err=True)


def _map(settings: SweepSettings) -> RecordedMap:
    """Train and test all runs of a sweep."""
    grid = settings.grid
    specs = list(itertools.chain.from_iterable(grid.cells.values()))
    shape = (*grid.shape, settings.starts)

    def judged(run: Run) -> tuple[float, float, float, str]:
        tested = evaluate(run, TESTED_ON)
        return tested.exact, tested.loss, run.timing.train_s / run.timing.stacked, run.digest[:16]

    with ThreadPoolExecutor(1, "evaluating") as beside:
        found: dict[int, Future[tuple[float, float, float, str]]] = {}
        with trainings.bar(f"A map of {counted(len(specs), 'run')}, {settings.direction}") as advance:
            trainings.train_mixed(specs, advance, lambda place, run: found.update({place: beside.submit(judged, run)}))
        rows = [found[place].result() for place in range(len(specs))]
    exact, loss, train_s, digest = (np.array(column).reshape(shape) for column in zip(*rows, strict=True))
    return RecordedMap(
        settings=settings,
        sequences=TESTED_ON,
        day=date.today().isoformat(),
        exact=exact,
        loss=loss.astype(np.float32),
        train_s=train_s.astype(np.float32),
        digest=digest,
    )


def _answers(folder: Path, *, missing: bool) -> int:
    """Record what models say of the data sets that come with the program; returns of how many."""
    recorded = 0
    for name, shipped in SHIPPED.items():
        prepared = prepare(sequences_of(read_table(read_shipped(name)), shipped.columns))
        specs = specs_of(prepared.given, units=YOUR_DATA.first.units, epochs=YOUR_DATA.first.epochs)
        if missing and recorded_answers.read(name, specs, folder) is not None:
            continue
        every = [spec for own in specs.values() for spec in own]
        with trainings.bar(f"Training {counted(len(every), 'run')}: {shipped.title}") as advance:
            runs = dict(trainings.train_in_parts(every, advance))
        given, labels = prepared.given, labels_of(prepared.given, whole=prepared.sequences.whole)
        told = [network(label, [runs[spec] for spec in own], given, labels) for label, own in specs.items()]
        for label, ahead in REGRESSIONS.items():
            told.append(regression(given, labels, ahead=ahead)._replace(label=label))
        recorded_answers.write(name, specs, told, folder)
        recorded += 1
        click.echo(f"Recorded: {shipped.title}.", err=True)
    return recorded
