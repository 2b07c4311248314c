"""`bilstm export`: a network as a script, a notebook, a model of Keras or a ZIP."""

import sys
from pathlib import Path
from typing import Any

import click

from bilstm_core.command_line import asked, options, output, trainings
from bilstm_core.evaluation import evaluation_size
from bilstm_core.files.bundle import write_bundle
from bilstm_core.files.model_file import write_model_file
from bilstm_core.runs import Run, spec_reached
from bilstm_core.specs import RunSpec

ENDINGS = {"script": ".py", "notebook": ".ipynb", "keras": ".keras", "zip": ".zip"}
OF_TEXT = ("script", "notebook")


@click.command(cls=options.InSections, short_help="Write a network as script, notebook, .keras or ZIP.")
@click.argument("target", required=False, metavar="[LINK|FILE]")
@asked.of_a_run
@asked.of_the_store
@output.options(ENDINGS, "script")
def export(
    *, target: str | None, store: Path | None, retrain: bool, kind: str | None, out: Path | None, **settings: Any
) -> None:
    """Write a network so that it can be taken home.

    LINK opens Train, Inside or a cell of Need both?; options beside it win. FILE is a .keras file or a ZIP that BiLSTM
    Explorer has saved, with one run.

    \b
      script    a Python file in Keras, NumPy and Plotly that trains it again
      notebook  the same for Jupyter
      keras     the trained network, as plain Keras loads it
      zip       the trained run with a report, script and notebook, which BiLSTM
                Explorer opens again
    """
    destination = output.chosen(kind, out, ENDINGS, "script")
    if destination.kind not in OF_TEXT and destination.path is None and sys.stdout.isatty():
        raise click.UsageError(f"{destination.kind} is no text for a terminal. Name a file: --out FILE.")
    path, given = asked.file_of(target), options.given(settings)
    run = _only(path, asked.runs_in(path, given)) if path else None
    spec = spec_reached(run) if run else asked.spec_of(target, given)
    if destination.kind in OF_TEXT:
        destination.write(_code(destination.kind, spec).encode())
        return
    if run is None:
        (run,) = trainings.runs_of([spec], store, retrain=retrain).values()
    destination.write(write_model_file(run) if destination.kind == "keras" else _zip(run))


def _only(path: Path, runs: list[Run]) -> Run:
    if len(runs) > 1:
        raise click.UsageError(f"{path} has {len(runs)} runs; one is exported at a time.")
    return runs[0]


def _zip(run: Run) -> bytes:
    (evaluation,) = trainings.evaluations_of([run], evaluation_size(run.spec))
    return write_bundle(asked.findings_of(run, evaluation), [run])


def _code(kind: str, spec: RunSpec) -> str:
    program = asked.program_of(spec)
    return program.script() if kind == "script" else program.notebook()
