"""For notebooks: runs in, one line each, and a figure, a table or a sentence out.

Runs are given as one run, a list or a mapping from labels to runs or lists of them. In a list, runs that differ only in
their seed are starts of one model; each model is called after what tells it from the others. Figures are on white.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go

from bilstm_core import figure_inputs, figures, wording
from bilstm_core.analysis import frames, telling
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.comparison import Compared
from bilstm_core.evaluation import MOST_SEQUENCES, Evaluation, evaluate
from bilstm_core.figures import Style, style
from bilstm_core.figures.loss_plot import LONG
from bilstm_core.files.figures import on_white
from bilstm_core.palette import DASHES
from bilstm_core.problems import BayesRisk
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from bilstm_core.store import Store

Runs = Run | Sequence[Run] | Mapping[str, Run | Sequence[Run]]

WIDER = 24  # px for the words beside a timeline, in whatever font a notebook has
MOST_EVALUATIONS = 1_000  # that are remembered; of 10 timesteps each has about 100 kB

_EVALUATIONS: dict[tuple[str, int], Evaluation] = {}


def get_runs(specs: Sequence[RunSpec], store: Store | None = None) -> list[Run]:
    """The run of each spec, in their order: recorded or stored ones at once, others are trained and stored.

    store: by default the one that the pages have. Raises ModuleNotFoundError, with a sentence, where one must be
    trained and TensorFlow is not installed.
    """
    store = store or Store()
    runs = {spec: store.get(spec.canonical()) for spec in dict.fromkeys(specs)}
    missing = [spec for spec, run in runs.items() if run is None]
    if missing:
        from bilstm_core.training import train_many

        for spec, trained in zip(missing, train_many(missing), strict=True):
            store.put(trained)
            runs[spec] = trained
    return [run for spec in specs if (run := runs[spec])]


def by_label(runs: Runs) -> dict[str, list[Run]]:
    """The runs of each model, by its label. Raises ValueError where there are none, or none can be compared."""
    if isinstance(runs, Mapping):
        groups = {label: _as_list(group) for label, group in runs.items()}
    else:
        groups = _by_what_differs(_as_list(runs))
    if not groups or not all(groups.values()):
        raise ValueError("There is no run to show: give a run, a list of runs, or labels with a list of runs each.")
    if len({wording.classes(group[0].spec.problem) for group in groups.values()}) > 1:
        raise ValueError(
            "These runs cannot be shown together: their losses are of different kinds. Take one problem at a time."
        )
    return groups


def styles(groups: Mapping[str, Sequence[Run]]) -> dict[str, Style]:
    """How each model is drawn: colour by direction and merge mode, dash by variant. groups: as of `by_label`

    No two look alike as long as there are dashes.
    """
    drawn: dict[str, Style] = {}
    for label, group in groups.items():
        own = _style(group[0].spec.model)
        others = (own._replace(dash=dash) for dash in DASHES)
        drawn[label] = next((look for look in (own, *others) if look not in drawn.values()), own)
    return drawn


def loss_curves(
    runs: Runs, *, best_possible: bool = False, window: int = 25, log_x: bool | None = None, height: int = 440
) -> go.Figure:
    """The loss while they learnt: of several starts the median and the 10 to 90 % band.

    best_possible: draw the least loss of any model that reads what each one reads
    window: sequences of the trailing mean; log_x: by default where a run has seen more than 1,000 sequences
    """
    groups = by_label(runs)
    looks = styles(groups)
    longest = max(run.sequences_seen for group in groups.values() for run in group)
    figure = figures.loss_curves(
        frames.losses(groups),
        looks,
        window=window,
        log_x=longest > LONG if log_x is None else log_x,
        floors=figure_inputs.floors(_risks(groups), looks) if best_possible else (),
        height=height,
        **wording.loss_axis(_problem(groups)),
    )
    return on_white(figure)


def scores(runs: Runs, n_sequences: int = MOST_SEQUENCES) -> pd.DataFrame:
    """Every run on the same fresh sequences, a row each: label, seed, loss, accuracy, exact."""
    groups = by_label(runs)
    return frames.scores(groups, {label: [_evaluation(run, n_sequences) for run in groups[label]] for label in groups})


def results(runs: Runs, n_sequences: int = MOST_SEQUENCES) -> pd.DataFrame:
    """A row a model, means over its starts on fresh sequences: the columns of `frames.summary`."""
    groups = by_label(runs)
    best = {label: risk.loss for label, risk in _risks(groups).items()}
    return frames.summary(groups, scores(groups, n_sequences), best)


def ranking(runs: Runs, n_sequences: int = MOST_SEQUENCES) -> str:
    """What the starts allow to be said of the lowest loss on fresh sequences; no more than they carry."""
    return telling.ranking(scores(runs, n_sequences)).told.whole


def paired_differences(runs: Runs, baseline: str, n_sequences: int = MOST_SEQUENCES) -> go.Figure:
    """Each model's loss on fresh sequences minus the baseline's, start by start, with the mean and its 95 % interval.

    baseline: a label. Raises ValueError for another, or where no model has a start in common with it.
    """
    groups = by_label(runs)
    if baseline not in groups:
        raise ValueError(f"baseline must be one of {', '.join(groups)}, not {baseline!r}.")
    table = scores(groups, n_sequences)
    if frames.paired(table, baseline).empty:
        raise ValueError(f"No other model has a start in common with {baseline!r}: train them from the same seeds.")
    models = {label: group[0].spec.model for label, group in groups.items()}
    compared = Compared(models=models, styles=styles(groups), baseline=baseline)
    return on_white(figure_inputs.differences_figure(table, compared, _problem(groups)))


def by_timestep(runs: Runs, n_sequences: int = MOST_SEQUENCES) -> go.Figure:
    """The share of labels right at each timestep, mean over starts, beside the best possible; of waves, the error."""
    groups = by_label(runs)
    steps = {
        label: pd.concat([_evaluation(run, n_sequences).per_timestep for run in group]).groupby("timestep").mean()
        for label, group in groups.items()
    }
    if wording.classes(_problem(groups)):
        right = {label: table["accuracy"].to_numpy() for label, table in steps.items()}
        return on_white(figures.accuracy_by_timestep(figure_inputs.by_timestep(right, _risks(groups)), styles(groups)))
    errors = pd.concat([table.reset_index().assign(label=label) for label, table in steps.items()])
    return on_white(figures.error_by_timestep(errors, styles(groups)))


def timeline(run: Run, sequence: int = 1) -> go.Figure:
    """One of 100 fresh sequences: its values, the probabilities, expected above predicted. sequence: from 1

    Raises ValueError for a number that none of them has.
    """
    rows, problem = _examples(run), run.spec.problem
    if sequence not in set(rows["sequence"]):
        raise ValueError(f"sequence must be a whole number from 1 to {rows['sequence'].max()}, not {sequence!r}.")
    chosen = rows[rows["sequence"] == sequence]
    waterfall = problem.problem.waterfall
    figure = figures.timeline(
        chosen,
        frames.sum_limits(problem, chosen),
        _style(run.spec.model).color,
        classes=wording.classes(problem),
        from_end=waterfall is not None and waterfall.from_end,
        timesteps=problem.timesteps,
    )
    return on_white(figure.update_layout(margin_r=figure.layout.margin.r + WIDER))


def wall(run: Run) -> go.Figure:
    """100 fresh sequences, a row each; wrong squares vermilion."""
    return on_white(
        figures.wall(_examples(run), _style(run.spec.model).color, classes=wording.classes(run.spec.problem))
    )


def confusion(run: Run, n_sequences: int = MOST_SEQUENCES) -> go.Figure:
    """How often each label was predicted as which. Raises ValueError where answers are numbers."""
    if not wording.classes(run.spec.problem):
        raise ValueError(f"{run.spec.problem.problem.title} has numbers for answers, not labels to be confused.")
    return on_white(figures.confusion(_evaluation(run, n_sequences).confusion))


def list_of_ten(run: Run) -> pd.DataFrame:
    """Ten fresh sequences as the book lists them: expected, predicted, and whether all labels are right.

    Raises ValueError where answers are numbers.
    """
    if not wording.classes(run.spec.problem):
        raise ValueError(f"{run.spec.problem.problem.title} has numbers for answers, not labels to be listed.")
    rows = _examples(run)
    sequences = rows[rows["sequence"] <= 10].groupby("sequence")
    listed = pd.DataFrame({name: sequences[name].apply(_joined) for name in ("expected", "predicted")})
    return listed.assign(correct=listed["expected"] == listed["predicted"]).reset_index()


def _joined(labels: "pd.Series[int]") -> str:
    return " ".join(map(str, labels))


def _examples(run: Run) -> pd.DataFrame:
    return _evaluation(run, MOST_SEQUENCES).examples


def _evaluation(run: Run, n_sequences: int) -> Evaluation:
    """Worked out once: several lines of a notebook ask for the same."""
    key = (run.digest, n_sequences)
    if key not in _EVALUATIONS:
        _EVALUATIONS[key] = evaluate(run, n_sequences)
        while len(_EVALUATIONS) > MOST_EVALUATIONS:
            _EVALUATIONS.pop(next(iter(_EVALUATIONS)))
    return _EVALUATIONS[key]


def _problem(groups: Mapping[str, Sequence[Run]]) -> ProblemSpec:
    return next(iter(groups.values()))[0].spec.problem


def _risks(groups: Mapping[str, Sequence[Run]]) -> dict[str, BayesRisk]:
    specs = {label: group[0].spec for label, group in groups.items()}
    return {label: bayes_risk(spec.problem, view_of(spec.model)) for label, spec in specs.items()}


def _style(model: ModelSpec) -> Style:
    model = model.canonical()
    both = model.direction == "bidirectional" and model.second_branch != "forward_constant"
    direction = "forward" if model.second_branch == "forward_constant" else model.direction
    variants: list[str] = [
        "raw" if model.backward_output == "raw" else "none",
        "none" if model.second_branch == "backward" else model.second_branch,
        model.position,
    ]
    variant = next((name for name in variants if name != "none"), "none")
    return style(direction, model.merge_mode if both else "concat", variant)


def _as_list(runs: Run | Sequence[Run]) -> list[Run]:
    return [runs] if isinstance(runs, Run) else list(runs)


def _by_what_differs(runs: Sequence[Run]) -> dict[str, list[Run]]:
    models: dict[tuple[RunSpec, bool, int], list[Run]] = {}
    for run in runs:
        spec = run.spec.canonical()
        same = replace(spec, training=replace(spec.training, seed=0))
        models.setdefault((same, run.finished, 0 if run.finished else run.steps_done), []).append(run)
    words = [wording.settings_in_words(group[0].spec) for group in models.values()]
    labels = [""] * len(words)
    for name in wording.NAMES:  # no more of them than tell all models apart
        longer = [", ".join(filter(None, (label, each.get(name)))) for label, each in zip(labels, words, strict=True)]
        if len(set(longer)) > len(set(labels)):
            labels = longer
    groups: dict[str, list[Run]] = {}
    for label, each, group in zip(labels, words, models.values(), strict=True):
        name = label or each["direction"]
        if name in groups:  # they differ in how far they got
            name = f"{name}, {group[0].sequences_seen:,} sequences"
        groups[name] = group
    return groups
