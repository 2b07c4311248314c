"""`bilstm run`: train one network."""

from pathlib import Path
from typing import Any

import click

from bilstm_core.command_line import asked, options, output, trainings
from bilstm_core.evaluation import evaluation_size
from bilstm_core.files.report import report

ENDINGS = {"csv": ".csv", "json": ".json", "report": ".html"}


@click.command(cls=options.InSections, short_help="Train one network.")
@click.argument("link", required=False)
@asked.of_a_run
@asked.of_the_store
@output.options(ENDINGS, "csv")
def run(
    *, link: str | None, store: Path | None, retrain: bool, kind: str | None, out: Path | None, **settings: Any
) -> None:
    """Train one network, and write its curve.

    LINK opens Train, Inside or a cell of Need both?; options beside it win. Without a link it is what Train opens with.
    Settings that were trained before, or come recorded, are not trained again.

    As CSV: a row for each epoch, with loss (nats per label) and accuracy before its weight updates. As JSON: settings,
    curve, and how good the network is on fresh sequences. As report: one HTML file with figures and script, that opens
    without the internet.
    """
    target = output.chosen(kind, out, ENDINGS, "csv")
    spec = asked.spec_of(link, options.given(settings))
    (trained,) = trainings.runs_of([spec], store, retrain=retrain).values()
    (evaluation,) = trainings.evaluations_of([trained], evaluation_size(spec))
    click.echo(asked.result(trained, evaluation), err=True)
    if target.kind == "csv":
        target.write_table(trained.history)
    elif target.kind == "json":
        target.write_json(asked.document(trained, evaluation) | {"curve": trained.history})
    else:
        target.write(report(asked.findings_of(trained, evaluation, asked.link_of(link, spec))).encode())
