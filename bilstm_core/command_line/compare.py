"""`bilstm compare`: models trained from the same starts on the same data, and what that allows to be said."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from bilstm_core.command_line import asked, cells, comparisons, links, options, output
from bilstm_core.files.bundle import write_bundle
from bilstm_core.files.report import report
from bilstm_core.page_settings import CURVES, DIRECTIONS, PROBLEMS, WHY, CellSettings, ComparisonSettings, WhySettings

ENDINGS = {"csv": ".csv", "json": ".json", "report": ".html", "zip": ".zip"}
SHARED = [each.name for each in fields(ComparisonSettings)]
OF_WHY = [each.name for each in fields(WhySettings) if each.name not in SHARED]
OF_PROBLEMS = [each.name for each in fields(CellSettings) if each.name not in SHARED]


@click.command(cls=options.InSections, short_help="Compare models from the same starts.")
@click.argument("target", required=False, metavar="[PAGE|LINK]")
@options.settings(SHARED, DIRECTIONS.first)
@click.option(
    f"--{CURVES}",
    cls=options.InSection,
    section=options.COMPARISON,
    metavar="NAMES",
    help="Which models are ranked and drawn, with dots between: forward.bidirectional.",
)
@options.settings(OF_WHY, WHY.first, "Of why alone")
@options.settings(OF_PROBLEMS, PROBLEMS.first, "Of problems alone")
@asked.of_the_store
@click.option(
    "--table",
    cls=options.InSection,
    type=click.Choice(comparisons.TABLES),
    default="models",
    show_default=True,
    help="What is written as CSV.",
)
@output.options(ENDINGS, "csv")
def compare(
    *,
    target: str | None,
    curves: str | None,
    store: Path | None,
    retrain: bool,
    table: str,
    kind: str | None,
    out: Path | None,
    **settings: Any,
) -> None:
    """Compare models that are trained from the same starts on the same data.

    PAGE is the page whose models are compared, or a LINK to it; options beside a link win.

    \b
      directions   forward, backward and bidirectional; what is compared unless
                   another page is named
      merge_modes  concat, sum, mul and ave
      why          forward, bidirectional and the changes tried (--stage, --noise)
      problems     nine cells: what the past decides, the future, or both, read
                   each way; --problem, --direction and --seed are of one cell

    Losses are nats per label on fresh sequences, or squared errors where the answers are numbers. Runs that were
    trained before, or come recorded, are not trained again.

    As CSV: a table (--table). As JSON: settings, what may be said, models, starts and pairs. As report: one HTML file
    with figures, that opens without the internet. As ZIP: report, tables, figures, and the runs, which BiLSTM Explorer
    opens again.
    """
    destination = output.chosen(kind, out, ENDINGS, "csv")
    target = target or links.COMMANDS["compare"][0]
    page, shown = links.read(target, "compare")
    shown = links.with_options(page, shown, options.given(settings))
    if page == cells.PAGE and table != comparisons.TABLES[0]:
        raise click.UsageError(f"--table {table} is of comparisons over starts; Need both? has one run a cell.")
    if isinstance(shown, CellSettings):
        if curves is not None:
            raise click.UsageError(f"--{CURVES} is of comparisons over starts; Need both? has one run a cell.")
        outcome: cells.Cells | comparisons.Outcome = cells.outcome(
            shown, links.address(target, page, shown), store, retrain=retrain
        )
    else:
        outcome = comparisons.outcome(page, shown, target, curves, store, retrain=retrain)
    click.echo("\n".join(outcome.sentences).replace("**", ""), err=True)  # their bold is for pages
    if destination.kind == "csv":
        destination.write_table(outcome.rows if isinstance(outcome, cells.Cells) else outcome.table(table))
    elif destination.kind == "json":
        destination.write_json(outcome.document())
    elif destination.kind == "report":
        destination.write(report(outcome.findings()).encode())
    else:
        destination.write(write_bundle(outcome.findings(), outcome.every))
