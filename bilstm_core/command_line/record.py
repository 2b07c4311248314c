"""`bilstm record`: the recorded results that open every page."""

from dataclasses import replace
from pathlib import Path

import click

from bilstm_core.command_line import options, trainings
from bilstm_core.record import recorded_specs, replayed
from bilstm_core.store import RECORDED, read_recorded, write_recorded
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

    They are ordinary runs, without Adam's state, and with snapshots only where a page replays them.
    """
    specs = [spec for spec in recorded_specs() if not (missing and read_recorded(spec, folder) is not None)]
    if not specs:
        click.echo(f"All are there, in {folder}.", err=True)
        return
    with trainings.bar(f"Training {counted(len(specs), 'run')}") as advance:
        runs = [replace(run, optimizer_state={}) for _, run in trainings.train_in_parts(specs, advance)]
    write_recorded(runs, folder, keep_snapshots=lambda run: replayed(run.spec))
    click.echo(f"Recorded {counted(len(runs), 'run')} in {folder}.", err=True)
