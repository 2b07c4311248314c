"""`bilstm record`: the recorded results that open every page."""

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

from bilstm_core import recorded_board, recorded_scores
from bilstm_core.analysis import recorded_answers
from bilstm_core.analysis.both_ways import REGRESSIONS
from bilstm_core.analysis.held_out import labels_of, network
from bilstm_core.analysis.smallest_search import next_runs
from bilstm_core.analysis.window_regression import regression
from bilstm_core.command_line import options, trainings
from bilstm_core.datasets.preparing import prepare
from bilstm_core.datasets.reading import read_table
from bilstm_core.datasets.recipe import specs_of
from bilstm_core.datasets.sequences import sequences_of
from bilstm_core.datasets.shipped import FOLDER, SHIPPED
from bilstm_core.datasets.shipped import read as read_shipped
from bilstm_core.engine import mixing
from bilstm_core.evaluation import evaluate
from bilstm_core.page_settings import YOUR_DATA
from bilstm_core.record import compared_specs, recorded_places, recorded_specs, recorded_sweeps, replayed
from bilstm_core.recorded_board import STARTS
from bilstm_core.recorded_maps import FILE, RecordedMap, read, write
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from bilstm_core.store import RECORDED, read_recorded, write_recorded
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.sweeps import GOAL, TESTED_ON, Result
from bilstm_core.wording import counted

SWEEP_S = 15.0  # of training, by estimate, before what the search for the smallest models has found is kept


@click.command(cls=options.InSections, short_help="Train the recorded results that open the pages.")
@click.option("--missing", cls=options.InSection, is_flag=True, help="Only those that are not there yet.")
@click.option("--board", cls=options.InSection, is_flag=True, help="The board of the smallest models alone; long.")
@click.option(
    "--folder",
    cls=options.InSection,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=RECORDED,
    help="Where they are written.  [default: with the program]",
)
def record(missing: bool, board: bool, folder: Path) -> None:
    """Train the recorded results that open every page, half an hour or so.

    They are ordinary runs, without Adam's state, and with snapshots only where a page replays them; and maps and the
    board of the smallest models, of which what is known of each run is kept, and not the run.
    """
    kept = False
    if not board:
        kept = _opening(folder, missing=missing)
    runs = _board(folder, missing=missing)
    if runs:
        click.echo(f"Recorded the smallest models, of {counted(runs, 'run')}, in {folder}.", err=True)
    if not (kept or runs):
        click.echo(f"All are there, in {folder}.", err=True)


def _opening(folder: Path, *, missing: bool) -> bool:
    """Record the runs, maps and answers that pages open with; returns whether there was anything to record."""
    specs = [spec for spec in recorded_specs() if not (missing and read_recorded(spec, folder) is not None)]
    there = {replace(each.settings, goal=GOAL): each for each in read(folder / FILE.name)} if missing else {}
    sweeps = recorded_sweeps()
    if specs:
        with trainings.bar(f"Training {counted(len(specs), 'run')}") as advance:
            runs = [replace(run, optimizer_state={}) for _, run in trainings.train_in_parts(specs, advance)]
        write_recorded(runs, folder, keep_snapshots=lambda run: replayed(run.spec))
        click.echo(f"Recorded {counted(len(runs), 'run')} in {folder}.", err=True)
    scored = _scores(folder)
    wanted = [settings for settings in sweeps if settings not in there]
    for settings in wanted:
        there[settings] = _map(settings)
        write(there.values(), folder / FILE.name)  # each is kept as it is finished
    if wanted:
        click.echo(f"Recorded {counted(len(wanted), 'map')} in {folder}.", err=True)
    sets = _answers(FOLDER if folder == RECORDED else folder, missing=missing)
    return bool(specs or wanted or sets or scored)


def _scores(folder: Path) -> int:
    """Test the runs that pages compare, where that is not recorded yet; returns how many."""
    path = folder / recorded_scores.FILE.name
    runs = [run for spec in compared_specs() if (run := read_recorded(spec, folder))]
    there = recorded_scores.read(path)
    untested = [run for run in runs if run.digest not in there]
    if untested or len(there) > len(runs):
        recorded_scores.write({run.digest: evaluate(run, recorded_scores.SEQUENCES) for run in runs}, path)
        click.echo(f"Tested {counted(len(runs), 'recorded run')} on fresh sequences.", err=True)
    return len(untested)


class Judged(NamedTuple):
    """A run, as it is recorded without itself: what it gets right, its digest, and the versions that trained it."""

    result: Result
    digest: str
    versions: Mapping[str, str]


def _judged(specs: Sequence[RunSpec], label: str) -> list[Judged]:
    """Train the runs of a sweep, and test each on fresh sequences beside the training of the others."""

    def judge(run: Run) -> Judged:
        tested = evaluate(run, TESTED_ON)
        seconds = run.timing.train_s / run.timing.stacked
        return Judged(Result(tested.exact, tested.loss, seconds), run.digest[:16], run.versions)

    with ThreadPoolExecutor(1, "evaluating") as beside:
        found: dict[int, Future[Judged]] = {}
        with trainings.bar(label) as advance:
            trainings.train_mixed(specs, advance, lambda place, run: found.update({place: beside.submit(judge, run)}))
        return [found[place].result() for place in range(len(specs))]


def _map(settings: SweepSettings) -> RecordedMap:
    """Train and test all runs of a sweep."""
    grid = settings.grid
    specs = list(itertools.chain.from_iterable(grid.cells.values()))
    shape = (*grid.shape, settings.starts)
    judged = _judged(specs, f"A map of {counted(len(specs), 'run')}, {settings.direction}")
    exact, loss, train_s = (
        np.array(column).reshape(shape) for column in zip(*(each.result[:3] for each in judged), strict=True)
    )
    return RecordedMap(
        settings=settings,
        sequences=TESTED_ON,
        day=date.today().isoformat(),
        exact=exact,
        loss=loss.astype(np.float32),
        train_s=train_s.astype(np.float32),
        digest=np.array([each.digest for each in judged]).reshape(shape),
    )


def _together(specs: Sequence[RunSpec]) -> list[RunSpec]:
    """Those that are trained as the next sweep: of the shortest sequences, and all starts of a network together."""
    networks = [specs[place : place + STARTS] for place in range(0, len(specs), STARTS)]
    shapes = list(dict.fromkeys(mixing.shape_of(spec) for spec in specs))
    networks.sort(key=lambda starts: (starts[0].problem.timesteps, shapes.index(mixing.shape_of(starts[0]))))
    chosen: list[RunSpec] = []
    for starts in networks:
        if chosen and mixing.seconds([*chosen, *starts]) > SWEEP_S:
            break
        chosen += starts
    return chosen


def _board(folder: Path, *, missing: bool) -> int:
    """Search for the smallest model of every place of the board; returns how many runs were trained for it.

    What is tried next for a place follows from what was found; the next runs of all places are trained as sweeps, by
    few programs. Each of these is kept as it is finished, so that a search that was broken off can go on: one that was
    begun anew is kept beside the board, and takes its place once it has ended.
    """
    path = folder / recorded_board.FILE.name
    anew = path.with_name(f"anew-{path.name}")
    at = anew if anew.exists() or not missing else path
    before = _before(at) if missing else recorded_board.Board()
    board = replace(before, best={place: place.best for place in recorded_places()})
    if not board.best:
        return 0
    searched = [place for place in board.best if board.possible(place)]
    if board.best != before.best:  # what is too low is known without a training
        recorded_board.write(replace(board, day=board.day or date.today().isoformat()), at)
    trained = 0
    while specs := _together([spec for place in searched for spec in next_runs(place, board.results)]):
        judged = _judged(specs, f"The smallest models: {counted(len(specs), 'run')}")
        results = {spec: each.result for spec, each in zip(specs, judged, strict=True)}
        digests = {spec: each.digest for spec, each in zip(specs, judged, strict=True)}
        board = replace(
            board,
            day=date.today().isoformat(),
            versions=_one([each.versions for each in judged], board),
            results={**board.results, **results},
            digests={**board.digests, **digests},
        )
        recorded_board.write(board, at)
        trained += len(specs)
    at.replace(path)
    return trained


def _before(path: Path) -> recorded_board.Board:
    """The board that a search goes on with. Raises click.ClickException where it is damaged."""
    try:
        return recorded_board.read_whole(path)
    except recorded_board.UNREADABLE as error:
        advice = "Put back what was there, or record all anew, without --missing."
        raise click.ClickException(f"{path} is damaged, and was left as it is. {advice}") from error


def _one(versions: Sequence[Mapping[str, str]], board: recorded_board.Board) -> Mapping[str, str]:
    """The versions that have trained all runs of a board. Raises click.ClickException where some are others."""
    held = board.versions if board.results else versions[0]
    if other := next((each for each in versions if each != held), None):
        trained, now = (", ".join(f"{name} {each[name]}" for name in sorted(each)) for each in (held, other))
        advice = "Install these, or record all anew, without --missing."
        raise click.ClickException(f"The board was trained with {trained}, and here is {now}. {advice}")
    return held


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
