"""What Train shows of one run, as a plain script or a notebook in Keras, NumPy and Plotly alone.

It draws the same sequences, begins with the same weights and makes the same updates, one `train_on_batch` each: the
losses are those of `bilstm_core.training.train` within 1e-4.
"""

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from bilstm_core import wording
from bilstm_core.export import networks, sequences
from bilstm_core.export.networks import BLOCK
from bilstm_core.export.pieces import WITH_KERAS, Piece, Program
from bilstm_core.figures.loss_plot import LONG, WORDS, X
from bilstm_core.page_settings import TUTORIAL_EPOCHS
from bilstm_core.palette import EDGE, SHADE, WRONG, color, faint
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.wording import classes, loss_name

Y_MAX = 0.75  # of the axis of a loss in nats, as figures have it


def script(spec: RunSpec, *, window: int = 25, sequences: int = 10_000, **of_figure: Any) -> str:
    """A Python file that trains this run, evaluates it on fresh sequences and draws its loss.

    window: sequences of the curve's trailing mean; sequences: how many fresh ones it is evaluated on
    of_figure: as of `program`
    Run, it leaves the loss of every weight update in `losses` and the figure in `figure`.
    """
    return program(spec, window=window, sequences=sequences, **of_figure).script()


def notebook(spec: RunSpec, *, window: int = 25, sequences: int = 10_000, **of_figure: Any) -> str:
    """The same as a Jupyter notebook (its JSON text); arguments as of `script`."""
    return program(spec, window=window, sequences=sequences, **of_figure).notebook()


def three_lines(spec: RunSpec) -> str:
    """The same run with `bilstm_core`."""
    spec = spec.canonical()
    parts = []
    for name, default in (("problem", ProblemSpec()), ("model", ModelSpec()), ("training", TrainingSpec())):
        changed = changes(getattr(spec, name), default)
        if changed:
            parts.append(f"{name}={type(default).__name__}({changed})")
    needed = ["RunSpec", *(part.split("=")[1].split("(")[0] for part in parts)]
    return (
        f"from bilstm_core.specs import {', '.join(sorted(needed))}\n"
        "from bilstm_core.training import train\n"
        f"run = train(RunSpec({', '.join(parts)}))\n"
    )


def changes(record: Any, default: Any) -> str:
    """The fields of a record that are not as in another of its kind, as arguments."""
    return ", ".join(
        f"{each.name}={getattr(record, each.name)!r}"
        for each in fields(default)
        if getattr(record, each.name) != getattr(default, each.name)
    ).replace("'", '"')


def program(
    spec: RunSpec,
    *,
    window: int = 25,
    sequences: int = 10_000,
    best: float | None = None,
    x: X = "sequences_seen",
) -> Program:
    """What trains this run; window, sequences: as of `script`.

    best: the best possible loss, if it is known; x: what the figure's axis counts
    """
    spec = spec.canonical()
    title = f"A {spec.model.direction} {spec.model.cell.upper()}. {spec.problem.problem.question}"
    if best is not None and math.isnan(best):
        best = None
    return Program("bilstm_run", title, WITH_KERAS, _pieces(spec, window, sequences, best, x), three_lines(spec))


def _pieces(spec: RunSpec, window: int, count: int, best: float | None, x: X) -> Sequence[Piece]:
    problem, model = spec.problem, spec.model
    noise = networks.reads_noise([model])
    return [
        Piece("", "import keras\nimport numpy as np\nfrom plotly.subplots import make_subplots"),
        Piece("", _constants(spec)),
        Piece("", sequences.draw_sequences(problem.name)),
        *([] if _few(spec.training) else [Piece("", networks.training_sequences(problem, noise))]),
        Piece("", networks.INITIAL_WEIGHTS),
        Piece("The network: one answer at each timestep.", _network(spec, noise)),
        Piece(
            "Training. Without the reset, Keras would give the mean loss of all batches so far.",
            _training(spec, noise),
        ),
        Piece("How good is it on sequences that it has never seen?", _evaluation(spec, count, noise)),
        Piece("Its loss while it learnt: of each update, and a trailing mean.", _curve(spec, window, best, x)),
        Piece("Below, what it says of one sequence, beside what is expected.", _probe(spec, noise)),
    ]


def _constants(spec: RunSpec) -> str:
    training = spec.training
    lines = [*sequences.constants(spec.problem), f"UNITS = {spec.model.units}"]
    if _one_by_one(training):
        lines.append(f"EPOCHS = {training.epochs}  # of one fresh sequence each")
    else:
        kind = "fresh ones" if training.fresh_data else "always the same"
        lines.append(f"EPOCHS = {training.epochs}")
        lines.append(f"SEQUENCES = {training.sequences_per_epoch}  # of each epoch, {kind}")
        lines.append(f"BATCH_SIZE = {training.batch_size}")
    return "\n".join([*lines, f"SEED = {training.seed}"])


def _drawn(training: TrainingSpec) -> int:
    """How many training sequences there are, each counted once."""
    return training.sequences if training.fresh_data else training.sequences_per_epoch


def _few(training: TrainingSpec) -> bool:
    """Whether the training sequences are of one block, so that the program needs no stream of them."""
    return _drawn(training) <= BLOCK


def _one_by_one(training: TrainingSpec) -> bool:
    return training.sequences_per_epoch == 1 and training.fresh_data


def _network(spec: RunSpec, noise: bool) -> str:
    problem = spec.problem
    lines, values = networks.inputs(problem, noise)
    layers = networks.layers(spec.model, values=values)
    return "\n".join(
        [
            *lines,
            *layers.lines,
            *networks.head(problem),
            networks.start(layers.cells, "SEED"),
            networks.compiled(problem, spec.training.learning_rate),
        ]
    )


def _training(spec: RunSpec, noise: bool) -> str:
    problem, training = spec.problem, spec.training
    draw = [f"{sequences.names(problem)} = training_sequences(SEED, {_count(training)})"]
    if _few(training):
        draw = [f"{sequences.names(problem)} = draw_sequences({BLOCK:_}, np.random.default_rng([SEED, 0, 0]))"]
        draw += networks.fed_noise("[SEED, 4, 0]") if noise else []
    if _one_by_one(training):
        padded = problem.problem.padded
        step = networks.weighted(problem, "batch" if padded else "epoch : epoch + 1")
        return "\n".join(
            [
                *draw,
                "losses = []",
                "for epoch in range(EPOCHS):",
                *(["    batch = slice(epoch, epoch + 1)"] if padded else []),
                "    model.reset_metrics()",
                f"    losses.append(float(model.train_on_batch({step})))",
            ]
        )
    if training.fresh_data:
        order = "np.arange(epoch * SEQUENCES, (epoch + 1) * SEQUENCES)"
    else:
        order = "np.random.default_rng([SEED, 1, epoch]).permutation(SEQUENCES)"
    return "\n".join(
        [
            *draw,
            "losses, sizes = [], []",
            "for epoch in range(EPOCHS):",
            f"    order = {order}",
            "    for start in range(0, SEQUENCES, BATCH_SIZE):",
            "        batch = order[start : start + BATCH_SIZE]",
            "        model.reset_metrics()",
            f"        losses.append(float(model.train_on_batch({networks.weighted(problem, 'batch')})))",
            "        sizes.append(len(batch))",
        ]
    )


def _count(training: TrainingSpec) -> str:
    if not training.fresh_data:
        return "SEQUENCES"
    return "EPOCHS" if _one_by_one(training) else "EPOCHS * SEQUENCES"


def _evaluation(spec: RunSpec, count: int, noise: bool) -> str:
    problem = spec.problem
    lines = [*networks.fresh(problem, count, noise), "answers = model.predict(x, batch_size=1_000, verbose=0)"]
    if problem.problem.head == "regression":
        return "\n".join([*lines, 'print(f"mean squared error {np.square(answers - y).mean():.4f}")'])
    shares = networks.right(problem)
    lines += [
        shares["right"],
        f'print(f"single labels right: {{{shares["single"]}:.2%}}")',
        f'print(f"whole sequences right: {{{shares["whole"]}:.2%}}")',
    ]
    return "\n".join(lines)


def _curve(spec: RunSpec, window: int, best: float | None, x: X) -> str:
    model, training = spec.model, spec.training
    colour = color(model.direction, model.merge_mode)
    total = training.steps if x == "updates" else training.sequences
    along = "at" if x == "updates" or _one_by_one(training) else "np.cumsum(sizes)"
    words = f"{WORDS[x][0]} (training loss{f', mean of the last {window}' if window > 1 else ''})"
    kind = ', type="log"' if total > LONG else ""
    lines = [
        *_trailing_mean(training, window),
        *([] if along == "at" else [f"at = {along}"]),
        "figure = make_subplots(rows=2, row_heights=[0.75, 0.25])",
        f'dots = {{"size": 4, "color": "{faint(colour, 0.35)}"}}',
        'figure.add_scatter(x=at, y=losses, mode="markers", name="each sequence", marker=dots)',
        f'figure.add_scatter(x=at, y=means, mode="lines", name="{model.direction}", line_color="{colour}")',
        *guides(spec.problem, row=1),
        *([f'figure.add_hline({best:.4g}, line_dash="dash", row=1)  # the best possible'] if best is not None else []),
    ]
    if total > LONG and x == "sequences_seen":
        lines.append(f'figure.add_vline({TUTORIAL_EPOCHS}, line_dash="dot", row=1)  # where the tutorial stops')
    lines += [
        f'figure.update_xaxes(title="{words}"{kind}, row=1)',
        loss_axis(spec.problem, row=1),
    ]
    return "\n".join(lines)


def guides(problem: ProblemSpec, row: int | None = None) -> list[str]:
    """The line of a guess among equally likely labels."""
    count = classes(problem)
    if not count:
        return []
    name = "a coin toss" if count == 2 else f"a guess among {count}"
    return [f'figure.add_hline(np.log({count}), line_dash="dot"{f", row={row}" if row else ""})  # {name}']


def loss_axis(problem: ProblemSpec, row: int | None = None) -> str:
    """The line that names the loss, and ends its axis where the page's ends."""
    highest = wording.loss_axis(problem).get("y_max", Y_MAX)
    of_row = f", row={row}" if row else ""
    return f'figure.update_yaxes(title="{loss_name(problem)}", range=[0, {highest:g}]{of_row})'


def _trailing_mean(training: TrainingSpec, window: int) -> list[str]:
    """The lines that make `means`, of as many updates as `window` sequences take."""
    size = training.batch_size
    if training.sequences_per_epoch % size == 0:
        return trailing_mean(-(-window // size))
    return [
        "seen = np.cumsum(sizes)",
        f'first = np.searchsorted(seen, seen - {window}, side="right")  # of each mean',
        "spans = [slice(begin, end + 1) for end, begin in enumerate(first)]",
        "means = [np.average(losses[span], weights=sizes[span]) for span in spans]",
        "at = np.arange(len(losses)) + 1",
    ]


def trailing_mean(updates: int) -> list[str]:
    """The lines that make `means` of the last so many of `losses`, of fewer at first."""
    return [
        "at = np.arange(len(losses)) + 1",
        f"sums = np.cumsum(np.pad(losses, ({updates}, 0)))",
        f"means = (sums[{updates}:] - sums[:-{updates}]) / np.minimum(at, {updates})",
    ]


def _probe(spec: RunSpec, noise: bool) -> str:
    problem = spec.problem
    head, model = problem.problem.head, spec.model
    lines = [f"{sequences.names(problem)} = draw_sequences(32, np.random.default_rng([0, 5]))"]
    lines += networks.fed_noise("[0, 4]") if noise else []
    real = "[mask[0]]" if problem.problem.padded else ""
    lines += [
        f"expected = y[0, :, 0]{real}",
        f"answers = keras.ops.convert_to_numpy(model(x[:1]))[0]{real}",
        "steps = np.arange(len(expected)) + 1",
    ]
    colour = color(model.direction, model.merge_mode)
    if head == "regression":
        lines += [
            f'figure.add_scatter(x=steps, y=expected, name="expected", line_color="{EDGE}", row=2, col=1)',
            f'figure.add_scatter(x=steps, y=answers[:, 0], name="predicted", line_color="{colour}", row=2, col=1)',
        ]
        title = "answer"
    else:
        if head == "binary":
            lines += [
                "chance = answers[:, 0]  # of label 1",
                "right = (chance >= 0.5) == expected",
                'half = {"base": expected / 2, "width": 1, "marker_color": "' + SHADE + '"}',
                'figure.add_bar(x=steps, y=np.full(len(steps), 0.5), name="expected", **half, row=2, col=1)',
            ]
            title = "probability of 1"
        else:
            lines += ["chance = answers.max(axis=-1)", "right = answers.argmax(axis=-1) == expected"]
            title = "probability of the predicted label"
        lines += [
            f'colours = np.where(right, "{colour}", "{WRONG}")',
            'dots = {"name": "predicted", "mode": "markers", "marker_color": colours}',
            "figure.add_scatter(x=steps, y=chance, **dots, row=2, col=1)",
        ]
    lines += [
        'figure.update_xaxes(title="timestep", row=2)',
        f'figure.update_yaxes(title="{title}", row=2)',
        "figure.show()",
    ]
    return "\n".join(lines)
