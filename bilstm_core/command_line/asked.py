"""What the commands have in common that train one network: which one is asked for, and how it is told in words."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import click

from bilstm_core import codec, reports
from bilstm_core.analysis.statistics import listed, shares
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.command_line import links, options
from bilstm_core.evaluation import Evaluation, evaluation_size
from bilstm_core.export import script
from bilstm_core.export.pieces import Program
from bilstm_core.files.archive import MAX_FILE
from bilstm_core.files.findings import Findings
from bilstm_core.page_settings import TRAIN, InsideSettings
from bilstm_core.palette import style
from bilstm_core.questions import QUESTIONS
from bilstm_core.runs import Run, spec_reached
from bilstm_core.settings import FIELDS, RunSettings, settings_of_run
from bilstm_core.specs import RunSpec
from bilstm_core.wording import SQUARED, classes, describe

RUN_SETTINGS = [each.name for each in fields(RunSettings)]
MODEL_FILES = (".keras", ".zip")
ORIGINS = {"recorded": "Recorded", "trained": "Trained", "imported": "From the file"}

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def of_a_run(command: Decorated) -> Decorated:
    """The options for the settings of one network."""
    return options.settings(RUN_SETTINGS, TRAIN.first)(command)


def of_the_store(command: Decorated) -> Decorated:
    """`--store` and `--retrain`."""
    command = click.option(
        "--retrain",
        cls=options.InSection,
        section=options.RUNS,
        is_flag=True,
        help="Train again what is there already.",
    )(command)
    return click.option(
        "--store",
        cls=options.InSection,
        section=options.RUNS,
        metavar="FOLDER",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where finished runs are kept and looked for.  [default: that of the pages, or BILSTM_STORE]",
    )(command)


def spec_of(link: str | None, given: Mapping[str, Any]) -> RunSpec:
    """The run that a link and the options beside it ask for; without a link, what Train opens with.

    Raises click.UsageError, with a sentence, for what cannot be asked for.
    """
    try:
        return replace(_settings(link), **given).spec
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _settings(link: str | None) -> RunSettings:
    page, settings = links.read(link or "train", "run")
    if isinstance(settings, InsideSettings) and settings.of_train:
        raise click.UsageError(
            "The link shows the run of the page Train, and does not say which. Give a link to Train."
        )
    if isinstance(settings, InsideSettings) and settings.of_data:
        raise click.UsageError("The link shows a network of the page Your data, whose sequences are in no link.")
    return settings if page == "train" else settings_of_run(settings.spec)


def link_of(link: str | None, spec: RunSpec) -> str:
    """The address of a run on Train, on the host of the link that asked for it; empty where that names none."""
    parts = urlsplit(link or "")
    train = urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/').rpartition('/')[0]}/train", "", ""))
    return links.address(train, "train", settings_of_run(spec))


def file_of(target: str | None) -> Path | None:
    """The file that a target names: one that is there, or a name that only a file can have; else it is a link."""
    if target is None or "://" in target:
        return None
    path = Path(target)
    try:
        there = path.is_file()
    except (OSError, ValueError):
        return None
    return path if there or path.suffix.lower() in MODEL_FILES else None


def runs_in(path: Path, given: Mapping[str, Any]) -> list[Run]:
    """The runs in a `.keras` file or ZIP. Raises click.UsageError, with a sentence, if it cannot be read or is none."""
    from bilstm_core.files.bundle import read_file

    if given:
        name = FIELDS[next(iter(given))].link
        raise click.UsageError(f"--{name} cannot be set beside {path}: what is in the file has been trained.")
    try:
        if path.stat().st_size > MAX_FILE:
            raise ValueError(f"It has more than {MAX_FILE / 1e6:,.0f} MB.")
        return read_file(path.read_bytes())
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read ({error.strerror or error}).") from None
    except ValueError as error:
        raise click.UsageError(f"{path} cannot be opened. {error}") from None


def told(spec: RunSpec) -> dict[str, str]:
    """Every setting of a run as a link has it, and what only the models of Why have, by its name there."""
    settings, flat = settings_of_run(spec), codec.encode(spec)
    words = {FIELDS[name].link: FIELDS[name].spell(getattr(settings, name)) for name in RUN_SETTINGS}
    return words | {name: flat[name] for name in ("branch", "position")}


def program_of(spec: RunSpec) -> Program:
    """The code of a run, as Train draws it."""
    best = bayes_risk(spec.problem, view_of(spec.model)).loss
    return script.program(spec, sequences=evaluation_size(spec), best=best)


def findings_of(run: Run, evaluation: Evaluation, link: str = "") -> Findings:
    """What the report and the ZIP take of one run."""
    spec = run.spec
    label, program = describe(spec, run.sequences_seen), program_of(spec_reached(run))
    return reports.of_run(
        {label: run},
        label,
        evaluation,
        styles={label: style(spec.model.direction, spec.model.merge_mode)},
        risks={label: bayes_risk(spec.problem, view_of(spec.model))},
        title=links.title("train"),
        question=QUESTIONS["train"],
        sentences=[result(run, evaluation)],
        link=link,
        script=program.script(),
        notebook=program.notebook(),
    )


def origins(runs: Iterable[Run]) -> str:
    """Where runs come from, in a sentence."""
    counts = Counter(run.origin for run in runs)
    words = {"recorded": "recorded", "trained": "trained on this computer", "imported": "from a file"}
    return f"Runs: {listed([f'{count} {words[origin]}' for origin, count in counts.items()])}."


def result(run: Run, evaluation: Evaluation) -> str:
    """How good a run is, in a sentence."""
    if not math.isfinite(evaluation.loss):
        return "The training diverged: the weights are not numbers any more. Lower the learning rate and train again."
    sentence = f"{ORIGINS[run.origin]}: loss {evaluation.loss:.4f}"
    if classes(run.spec.problem):
        labels, whole = shares(evaluation.accuracy, evaluation.exact)
        sentence += f" nats per label, {labels} of labels and {whole} of whole sequences right"
    else:
        sentence += f" ({SQUARED})"
    return f"{sentence}, on {evaluation.n_sequences:,} fresh sequences."


def scores(run: Run, evaluation: Evaluation) -> dict[str, Any]:
    """What an evaluation comes to in numbers, beside the best possible; losses in nats per label, the rest shares."""
    low, high = evaluation.exact_interval
    best = bayes_risk(run.spec.problem, view_of(run.spec.model))
    return {
        "evaluated_on": evaluation.n_sequences,
        "loss": evaluation.loss,
        "accuracy": evaluation.accuracy,
        "exact": evaluation.exact,
        "exact_low": low,
        "exact_high": high,
        "best_loss": best.loss,
        "best_accuracy": best.accuracy,
        "best_exact": best.exact,
    }


def document(run: Run, evaluation: Evaluation) -> dict[str, Any]:
    """A run and how good it is, for JSON."""
    return {
        "settings": told(run.spec),
        "origin": run.origin,
        "digest": run.digest,
        "weight_updates": run.steps_done,
        "train_s": run.timing.train_s / run.timing.stacked,
        "versions": run.versions,
        "evaluation": scores(run, evaluation),
    }
