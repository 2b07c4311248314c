"""What a run or a comparison has found, put together as the report and the ZIP take it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bilstm_core import figures, wording
from bilstm_core.analysis import frames
from bilstm_core.analysis.statistics import FEWEST, listed
from bilstm_core.comparison import Compared, RunsByLabel, is_long
from bilstm_core.evaluation import Evaluation
from bilstm_core.figure_inputs import (
    Risks,
    Shares,
    by_timestep,
    differences_figure,
    extent,
    floors,
    has_differences,
    run_axis,
)
from bilstm_core.figures.loss_plot import X
from bilstm_core.files.findings import Drawing, Findings, Table
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings
from bilstm_core.problems import BayesRisk
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec

CELL_WINDOW = 500  # sequences of the trailing mean of a cell's curve
CURVE_HEIGHT = 376  # px of the curves' own panel
OF_PROBE = " Below, what the first start says of one probe sequence at the end."
PAIRS = "Wins by pair, start by start on the same data"
BY_TIMESTEP = "Labels right at each timestep"
HEADINGS = {
    "label": "model",
    "best": "best possible",
    "excess": "loss above it",
    "accuracy": "labels right",
    "exact": "whole sequences right",
    "exact_low": "95% from",
    "exact_high": "to",
    "best_exact": "best possible",
    "best_loss": "best possible",
    "train_s": "seconds a start",
    "lower": "lower mean loss",
    "mean": "by (mean)",
    "low": "95% from",
    "high": "to",
    "p": "chance if equal",
    "ceiling": "best possible",
    "sequences": "fresh sequences",
    "sequences_seen": "sequences seen",
}
FORMATS = {
    **dict.fromkeys(("parameters", "sequences", "sequences_seen", "count"), ",d"),
    **dict.fromkeys(("loss", "best", "best_loss", "excess", "mean", "low", "high", "difference"), ".4f"),
    **dict.fromkeys(("accuracy", "exact", "exact_low", "exact_high", "best_exact", "ceiling"), ".1%"),
    **dict.fromkeys(("train_s", "p"), ".3f"),
}


def table(title: str, frame: pd.DataFrame, *, report: bool = True) -> Table:
    """A table of these columns with headings and digits as all reports have them."""
    return Table(title, frame, HEADINGS, FORMATS, report)


def of_comparison(
    compared: Compared,
    settings: ComparisonSettings,
    runs: RunsByLabel,
    scores: pd.DataFrame,
    *,
    title: str,
    question: str,
    sentences: Sequence[str],
    risks: Risks,
    right: Shares | None = None,
    labels: Sequence[str] | None = None,
    each_run: bool = False,
    origin: str = "",
    link: str = "",
    script: str = "",
    notebook: str = "",
) -> Findings:
    """Models that were trained from the same starts on the same data, and what came of it.

    runs: of every model, at least one each; scores: a row a run, with label, seed, loss, accuracy and exact
    sentences: what may be said; right: as of `by_timestep`, of the labels that are drawn
    labels: those that are drawn; all without it. each_run: whether every start is drawn, in place of the band
    origin: where the runs come from, in a sentence
    """
    problem, drawing = settings.problem, settings.problem.problem.drawing
    drawn = [label for label in runs if labels is None or label in labels]
    styles = {label: compared.styles[label] for label in drawn}
    curves = frames.losses(runs)
    axis = wording.loss_axis(problem) | ({"log_x": True, "mark": TUTORIAL_EPOCHS} if is_long(settings) else {})
    lines = floors({label: risks.get(label) for label in drawn}, styles)
    spread = "each start" if each_run else "median over the starts, and a band from 10 to 90%"
    probes = _probes({label: runs[label][0] for label in drawn})
    drawings = [
        Drawing(
            "Loss curves",
            _learning(
                curves[curves["label"].isin(drawn)], styles, probes, problem, floors=lines, each_run=each_run, **axis
            ),
            f"The training loss: {spread if settings.starts > 1 else 'one start'}."
            f"{OF_PROBE if probes is not None else ''} {origin}".strip(),
        )
    ]
    tables = [table("Results", _summary(runs, scores, risks, problem))]
    if settings.starts > 1:
        pairs = frames.pairs(scores)
        empty = [end for end in ("low", "high") if pairs[end].isna().all()]
        tables.append(table(PAIRS, pairs.drop(columns=empty)))
    if has_differences(scores, compared):
        name = f"Loss minus that of {compared.baseline}"
        few = "" if settings.starts >= FEWEST else f" No interval below {FEWEST} starts."
        drawings.append(
            Drawing(
                name,
                differences_figure(scores, compared, problem),
                f"On {drawing} sequences, start by start; left of zero is lower. Upright line: mean, on a bar, its 95%"
                f" interval (Student's t).{few}",
            )
        )
        tables.append(table(name, frames.paired(scores, compared.baseline), report=False))
    if right and wording.classes(problem):
        steps = by_timestep(right, risks)
        drawings.append(
            Drawing(
                BY_TIMESTEP,
                figures.accuracy_by_timestep(steps, styles),
                f"On {settings.sequences:,} {drawing} sequences, mean over starts"
                f"{'' if problem.problem.fixed else '; dashed, the best possible'}.",
            )
        )
        tables.append(table(BY_TIMESTEP, steps, report=False))
    tables += [table("Starts", scores, report=False), table("Curves", curves, report=False)]
    return Findings(
        title=title,
        question=question,
        sentences=sentences,
        drawings=drawings,
        tables=tables,
        specs={label: group[0].spec for label, group in runs.items()} if problem.problem.kept else {},
        starts=settings.starts,
        versions=versions(run for group in runs.values() for run in group),
        link=link,
        script=script,
        notebook=notebook,
    )


def of_run(
    runs: Mapping[str, Run],
    label: str,
    evaluation: Evaluation,
    *,
    styles: Mapping[str, figures.Style],
    risks: Risks,
    title: str,
    question: str,
    sentences: Sequence[str],
    window: int = 25,
    x: X = "sequences_seen",
    origin: str = "",
    link: str = "",
    script: str = "",
    notebook: str = "",
) -> Findings:
    """One run, perhaps beside others, whose curves are drawn too.

    runs: by label; label: of the one that evaluation is of. The rest is as in `of_comparison`
    """
    run = runs[label]
    problem, labeled = run.spec.problem, wording.classes(run.spec.problem) > 0
    curves = frames.losses({name: [each] for name, each in runs.items()})
    axis = run_axis(problem, max(extent(each.spec, x) for each in runs.values()), x)
    drawn = {name: styles[name] for name in runs}
    probes = _probes({label: run})
    figure = _learning(curves, drawn, probes, problem, window=window, x=x, floors=floors(risks, styles), **axis)
    steps = evaluation.per_timestep.assign(label=label)
    own = {label: styles[label]}
    each_step = (
        Drawing(BY_TIMESTEP, figures.accuracy_by_timestep(steps, own))
        if labeled
        else Drawing("Error at each timestep", figures.error_by_timestep(steps, own))
    )
    drawing = problem.problem.drawing
    fresh = f"On {evaluation.n_sequences:,} {drawing} sequences."
    below = OF_PROBE if probes is not None else ""
    learnt = f"The training loss, mean of the last {window} sequences.{below} {origin}".strip()
    tables = [table(f"On {drawing} sequences", _scores(run, label, evaluation, risks.get(label)))]
    if labeled:
        tables.append(table("Confusion matrix", evaluation.confusion))
    tables += [
        table(each_step.title, steps.dropna(axis="columns", how="all"), report=False),
        table(f"{drawing.capitalize()} sequences", evaluation.examples, report=False),
        table("Epochs", pd.concat([each.history.assign(label=name) for name, each in runs.items()]), report=False),
        table("Curves", curves, report=False),
    ]
    return Findings(
        title=title,
        question=question,
        sentences=sentences,
        drawings=[
            Drawing("Loss curve", figure, learnt),
            each_step._replace(caption=fresh),
        ],
        tables=tables,
        specs={name: each.spec for name, each in runs.items() if each.spec.problem.problem.kept},
        versions=versions(runs.values()),
        link=link,
        script=script,
        notebook=notebook,
    )


def of_cell(run: Run, title: str, risk: BayesRisk | None) -> tuple[Drawing, Table]:
    """The loss curve of one cell of Problems, and its points. risk: its best possible, where it is known"""
    label, problem = str(run.spec.model.direction), run.spec.problem
    curve, styles = frames.losses({label: [run]}), {label: figures.style(label)}
    lines, axis = floors({label: risk}, styles), wording.loss_axis(problem)
    drawn = figures.loss_curves(curve, styles, window=CELL_WINDOW, floors=lines, log_x=True, **axis)
    caption = f"The training loss, mean of the last {CELL_WINDOW} sequences."
    return Drawing(title, drawn, caption), table(title, curve, report=False)


def _learning(
    curves: pd.DataFrame,
    styles: Mapping[str, figures.Style],
    probes: pd.DataFrame | None,
    problem: ProblemSpec,
    **how: Any,
) -> go.Figure:
    """Loss curves, and what was said of a probe below; pointing anywhere tells all values there. how: of the figure"""
    figure = figures.curve_and_timeline(
        curves,
        styles,
        probes,
        curve_height=CURVE_HEIGHT,
        classes=wording.classes(problem),
        replay=False,
        **how,
    )
    return figure.update_layout(hovermode="x unified")


def _probes(runs: Mapping[str, Run]) -> pd.DataFrame | None:
    """What each run with snapshots said of one probe sequence, by label."""
    tables = [
        frames.probe_snapshots(run, 0).assign(label=label) for label, run in runs.items() if len(run.snapshots.step)
    ]
    return pd.concat(tables, ignore_index=True) if tables else None


def versions(runs: Iterable[Run]) -> dict[str, str]:
    """With what runs were trained, by the program's name; more than one version of it is listed."""
    each: dict[str, list[str]] = {}
    for run in runs:
        for name, version in run.versions.items():
            each.setdefault(name, []).append(version)
    return {name: listed(list(dict.fromkeys(every))) for name, every in sorted(each.items())}


def _summary(runs: RunsByLabel, scores: pd.DataFrame, risks: Risks, problem: ProblemSpec) -> pd.DataFrame:
    best = {label: risk.loss if (risk := risks.get(label)) else math.nan for label in runs}
    results = frames.summary(runs, scores, best)
    return results if wording.classes(problem) else results.drop(columns=["accuracy", "exact"])


def _scores(run: Run, label: str, evaluation: Evaluation, risk: BayesRisk | None) -> pd.DataFrame:
    low, high = evaluation.exact_interval
    row = {
        "label": label,
        "sequences": evaluation.n_sequences,
        "loss": evaluation.loss,
        "best": risk.loss if risk else math.nan,
        "accuracy": evaluation.accuracy,
        "exact": evaluation.exact,
        "exact_low": low,
        "exact_high": high,
        "parameters": parameter_count(run.spec.problem, run.spec.model),
        "train_s": run.timing.train_s / run.timing.stacked,
    }
    measured = row if wording.classes(run.spec.problem) else {k: v for k, v in row.items() if not _of_labels(k)}
    return pd.DataFrame([measured])


def _of_labels(column: str) -> bool:
    return column == "accuracy" or column.startswith("exact")
