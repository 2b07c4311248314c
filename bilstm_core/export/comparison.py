"""What a comparison shows of its models and starts, as a plain script or a notebook.

Every model starts from the same weights, sees the same sequences and makes the same updates as in `train_many`.
"""

import math
from collections.abc import Mapping, Sequence

from bilstm_core.comparison import Compared, is_long, model_of
from bilstm_core.export import networks, sequences
from bilstm_core.export.loss_figure import guides, loss_axis
from bilstm_core.export.networks import BLOCK, Layers
from bilstm_core.export.pieces import WITH_KERAS, Piece, Program
from bilstm_core.export.script import changes
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings
from bilstm_core.specs import ModelSpec, ProblemSpec, TrainingSpec
from bilstm_core.wording import classes

MADE_BY = {"directions": "DIRECTIONS", "merge_modes": "MERGE_MODES", "why": "why(settings, tried(settings))"}
WINDOW = 25  # sequences of the curves' trailing mean, as figures have it


def program(
    compared: Compared,
    settings: ComparisonSettings,
    *,
    question: str,
    page: str,
    labels: Sequence[str] = (),
    best: Mapping[str, float] | None = None,
    sequences: int | None = None,
) -> Program:
    """What trains, evaluates and draws the models of a comparison.

    question: that it answers; page: that asks it, a key of MADE_BY
    labels: of the models that are drawn, all if none are named; best: the best possible loss of those where it is known
    sequences: how many fresh ones every model is evaluated on, if not as many as a page takes
    Raises ValueError with the core's sentence for settings out of range.
    """
    models = {label: model_of(compared, label, settings) for label in labels or compared.models}
    known = {label: risk for label, risk in (best or {}).items() if not math.isnan(risk)}
    title = f"{question} {settings.problem.problem.question}"
    return Program(
        "bilstm_comparison",
        title,
        WITH_KERAS,
        _pieces(compared, settings, models, known, sequences or settings.sequences),
        _with_core(settings, MADE_BY[page]),
    )


def _with_core(settings: ComparisonSettings, made_by: str) -> str:
    names = [
        name for name in ("DIRECTIONS", "MERGE_MODES", "tried", "why") if name in made_by.replace("(", " ").split()
    ]
    kind = type(settings).__name__
    return (
        f"from bilstm_core.comparison import {', '.join(sorted([*names, 'each_once', 'specs_of']))}\n"
        f"from bilstm_core.page_settings import {kind}\n"
        "from bilstm_core.training import train_many\n"
        f"settings = {kind}({changes(settings, type(settings)())})\n"
        f"runs = train_many(each_once(specs_of({made_by}, settings)))\n"
    )


def _pieces(
    compared: Compared,
    settings: ComparisonSettings,
    models: Mapping[str, ModelSpec],
    best: Mapping[str, float],
    count: int,
) -> Sequence[Piece]:
    problem, noise = settings.problem, networks.reads_noise(list(models.values()))
    few = settings.epochs <= BLOCK
    return [
        Piece("", "import keras\nimport numpy as np\nimport plotly.graph_objects as go"),
        Piece("", _constants(compared, settings, models, best)),
        Piece("", sequences.draw_sequences(problem.name)),
        *([] if few else [Piece("", networks.training_sequences(problem, noise))]),
        Piece("", networks.INITIAL_WEIGHTS),
        Piece("", _build(problem, models, noise)),
        Piece("", _train(problem, few, noise)),
        Piece("", _evaluate(problem)),
        Piece("All models of one seed see the same sequences.", _trained(problem, models, count, noise)),
        Piece(_what_is_drawn(settings), _drawn(settings, best)),
    ]


def _constants(
    compared: Compared, settings: ComparisonSettings, models: Mapping[str, ModelSpec], best: Mapping[str, float]
) -> str:
    rows = []
    for label, model in models.items():
        style = compared.styles[label]
        floor = f"{best[label]:.4g}" if label in best else "None"
        rows.append(f'    "{label}": ({model.units}, "{style.color}", "{style.dash}", {floor}),')
    return "\n".join(
        [
            *sequences.constants(settings.problem),
            f"EPOCHS = {settings.epochs}  # of one fresh sequence each",
            f"SEEDS = range({settings.seed}, {settings.seed + settings.starts})  # of initial weights and sequences",
            "MODELS = {  # units, color, dash, and the best possible loss",
            *rows,
            "}",
        ]
    )


def _build(problem: ProblemSpec, models: Mapping[str, ModelSpec], noise: bool) -> str:
    lines, values = networks.inputs(problem, noise)
    by_mode = all(label == model.merge_mode for label, model in models.items())
    groups: dict[str, tuple[Layers, list[str]]] = {}
    for label, model in models.items():
        made = networks.layers(model, values=values, units="units", merge_mode="label" if by_mode else "")
        groups.setdefault("\n".join(made.lines), (made, []))[1].append(label)
    for number, (made, labels) in enumerate(groups.values()):
        body = [*made.lines, f"cells = {{{', '.join(made.cells)}}}"]
        if len(groups) == 1:
            lines += body
            continue
        names = ", ".join(f'"{label}"' for label in labels)
        which = f"== {names}" if len(labels) == 1 else f"in ({names})"
        lines.append(f"{'el' if number else ''}if label {which}:")
        lines += [f"    {line}" for line in body]
    body = [
        "units = MODELS[label][0]",
        *lines,
        *networks.head(problem),
        "set_initial_weights({**cells, (0, 0): head}, seed)",
        *networks.compiled(problem, TrainingSpec().learning_rate).splitlines(),
        "return model",
    ]
    return "\n".join(
        [
            "def build(label, seed):",
            '    """The model of a label as it starts, with one answer at each timestep."""',
            *(f"    {line}" for line in body),
        ]
    )


def _train(problem: ProblemSpec, few: bool, noise: bool) -> str:
    drawn, padded = sequences.names(problem), problem.problem.padded
    if few:
        draw = [f"{drawn} = draw_sequences({BLOCK:_}, np.random.default_rng([seed, 0, 0]))"]
        draw += networks.fed_noise("[seed, 4, 0]") if noise else []
    else:
        draw = [f"{drawn} = training_sequences(seed, EPOCHS)"]
    step = networks.weighted(problem, "batch" if padded else "epoch : epoch + 1")
    return "\n".join(
        [
            "def train(model, seed):",
            '    """The loss of every sequence, before its weight update."""',
            *(f"    {line}" for line in draw),
            "    losses = []",
            "    for epoch in range(EPOCHS):",
            *(["        batch = slice(epoch, epoch + 1)"] if padded else []),
            "        model.reset_metrics()  # else Keras would give the mean loss of all so far",
            f"        losses.append(float(model.train_on_batch({step})))",
            "    return losses",
        ]
    )


def _evaluate(problem: ProblemSpec) -> str:
    declared, drawn = problem.problem, sequences.names(problem)
    real = "[mask]" if declared.padded else ""
    lines = [f"def evaluate(model, {drawn}):"]
    if not classes(problem):
        return "\n".join(
            [
                *lines,
                '    """The mean squared error."""',
                "    answers = model.predict(x, batch_size=1_000, verbose=0)",
                "    return (np.square(answers - y).mean(),)",
            ]
        )
    chance = "np.where(y == 1, answers, 1 - answers)"
    if declared.head == "categorical":
        chance = "np.take_along_axis(answers, y, axis=-1)"
    shares = networks.right(problem)
    return "\n".join(
        [
            *lines,
            '    """The loss, and the shares of single labels and of whole sequences that are right."""',
            "    answers = model.predict(x, batch_size=1_000, verbose=0)",
            f"    chance = {chance}  # of what is expected",
            f"    loss = -np.log(np.maximum(chance, 1e-7)){real}.mean()",
            f"    {shares['right']}",
            f"    return loss, {shares['single']}, {shares['whole']}",
        ]
    )


def _trained(problem: ProblemSpec, models: Mapping[str, ModelSpec], count: int, noise: bool) -> str:
    drawn, wide = sequences.names(problem), max(map(len, models)) + 1
    columns = ["loss", "labels right", "whole right"] if classes(problem) else ["loss"]
    shown = ["{loss:10.4f}", "{labels:13.2%}", "{whole:12.2%}"][: len(columns)]
    unpacked = ["loss", "labels", "whole"][: len(columns)]
    heads = "".join(f"{name:>{width}}" for name, width in zip(["parameters", *columns], (10, 11, 14, 13), strict=False))
    return "\n".join(
        [
            *networks.fresh(problem, count, noise),
            "losses, scores = {}, {}",
            f"print(f\"{{'':{wide}}}{heads}\")",
            "for label in MODELS:",
            "    models = [build(label, seed) for seed in SEEDS]",
            "    losses[label] = np.array([train(model, seed) for model, seed in zip(models, SEEDS)])",
            f"    scores[label] = np.mean([evaluate(model, {drawn}) for model in models], axis=0)",
            f"    {', '.join(unpacked)}{',' if len(unpacked) == 1 else ''} = scores[label]",
            f'    print(f"{{label:{wide}}}{{models[0].count_params():10,}} {" ".join(shown)}")',
        ]
    )


def _what_is_drawn(settings: ComparisonSettings) -> str:
    each = "a trailing mean of each start, then their median and 10% to 90% band"
    return f"The loss while they learned: {each if settings.starts > 1 else 'a trailing mean'}."


def _drawn(settings: ComparisonSettings, best: Mapping[str, float]) -> str:
    several, long = settings.starts > 1, is_long(settings)
    lines = [
        "figure = go.Figure()",
        "at = np.arange(EPOCHS) + 1",
        "for label, (_, color, dash, best) in MODELS.items():",
        f"    sums = np.cumsum(np.pad(losses[label], ((0, 0), ({WINDOW}, 0))), axis=1)",
        f"    means = (sums[:, {WINDOW}:] - sums[:, :-{WINDOW}]) / np.minimum(at, {WINDOW})",
        "    low, median, high = np.quantile(means, [0.1, 0.5, 0.9], axis=0)",
    ]
    if several:
        lines += [
            '    band = {"x": np.append(at, at[::-1]), "y": np.append(high, low[::-1]), "fill": "toself"}',
            "    figure.add_scatter(**band, fillcolor=color, opacity=0.18, line_width=0, showlegend=False)",
        ]
    else:
        lines[-1] = "    median = np.median(means, axis=0)"
    lines += [
        '    line = {"color": color, "dash": dash, "width": 2.5}',
        '    figure.add_scatter(x=at, y=median, mode="lines", name=label, line=line)',
    ]
    if best:
        lines.append("    if best is not None:")
        lines.append('        figure.add_hline(best, line_color=color, line_dash="dash", opacity=0.7)')
    kind = ', type="log"' if long else ""
    lines += guides(settings.problem)
    if long:
        lines.append(f'figure.add_vline({TUTORIAL_EPOCHS}, line_dash="dot")  # where the tutorial stops')
    lines += [
        f'figure.update_xaxes(title="sequences seen"{kind})',
        loss_axis(settings.problem, WINDOW),
        "figure.show()",
    ]
    return "\n".join(lines)
