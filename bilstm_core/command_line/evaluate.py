"""`bilstm evaluate`: how good a network is on fresh sequences."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd

from bilstm_core.command_line import asked, options, output, trainings
from bilstm_core.evaluation import Evaluation, evaluation_size
from bilstm_core.files.report import report
from bilstm_core.runs import Run

ENDINGS = {"csv": ".csv", "json": ".json", "report": ".html"}
MOST = 1_000_000  # fresh sequences


@click.command(cls=options.InSections, short_help="Evaluate a network, trained or from a file.")
@click.argument("target", required=False, metavar="[LINK|FILE]")
@asked.of_a_run
@asked.of_the_store
@click.option(
    "--on",
    "count",
    cls=options.InSection,
    section=options.EVALUATION,
    metavar="N",
    type=click.IntRange(1, MOST),
    help=f"How many fresh sequences it is tried on. 1 to {MOST:,}.  [default: 10,000, fewer for large networks]",
)
@click.option(
    "--table",
    cls=options.InSection,
    section=options.EVALUATION,
    type=click.Choice(["runs", "timesteps", "confusion", "examples"]),
    default="runs",
    show_default=True,
    help="What is written as CSV.",
)
@output.options(ENDINGS, "csv")
def evaluate(
    *,
    target: str | None,
    store: Path | None,
    retrain: bool,
    count: int | None,
    table: str,
    kind: str | None,
    out: Path | None,
    **settings: Any,
) -> None:
    """Say how good a network is on fresh sequences, beside the best possible.

    LINK opens Train, Inside or a cell of Need both?; options beside it win. What was not trained before is trained.
    FILE is a .keras file or a ZIP that BiLSTM Explorer has saved, with one run or many; it is checked, and neither
    unpickled nor given to Keras.

    The fresh sequences are the same for all networks of a problem. Losses are nats per label, or squared errors where
    the answers are numbers. As report: one HTML file about one network, that opens without the internet.
    """
    destination = output.chosen(kind, out, ENDINGS, "csv")
    path, given = asked.file_of(target), options.given(settings)
    if path:
        runs = asked.runs_in(path, given)
    else:
        runs = list(trainings.runs_of([asked.spec_of(target, given)], store, retrain=retrain).values())
    if destination.kind == "report" and len(runs) > 1:
        raise click.UsageError(f"{path} has {len(runs)} runs; a report is of one. Write them as CSV or JSON.")
    size = count or min(evaluation_size(run.spec) for run in runs)
    evaluations = trainings.evaluations_of(runs, size)
    if len(runs) == 1:
        click.echo(asked.result(runs[0], evaluations[0]), err=True)
    if destination.kind == "csv":
        destination.write_table(_table(table, runs, evaluations))
        return
    if destination.kind == "report":
        link = "" if path else asked.link_of(target, runs[0].spec)
        destination.write(report(asked.findings_of(runs[0], evaluations[0], link)).encode())
        return
    documents = [
        asked.document(run, evaluation) | {"timesteps": evaluation.per_timestep, "confusion": evaluation.confusion}
        for run, evaluation in zip(runs, evaluations, strict=True)
    ]
    destination.write_json({"runs": documents})


def _table(name: str, runs: Sequence[Run], evaluations: Sequence[Evaluation]) -> pd.DataFrame:
    both = list(zip(runs, evaluations, strict=True))
    if name == "runs":
        return pd.DataFrame([asked.told(run.spec) | asked.scores(run, evaluation) for run, evaluation in both])
    parts = {"timesteps": "per_timestep", "confusion": "confusion", "examples": "examples"}
    tables = [getattr(evaluation, parts[name]).assign(run=number) for number, (_, evaluation) in enumerate(both, 1)]
    every: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return every.loc[:, ["run", *(column for column in every if column != "run")]]
