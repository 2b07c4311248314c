"""What Train shows of one run, as a plain script or a notebook in Keras, NumPy and Plotly alone.

It draws the same sequences, begins with the same weights and makes the same updates, one `train_on_batch` each: the
losses are those of `bilstm_core.training.train` within 1e-4.
"""

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from bilstm_core.export import loss_figure, networks, sequences
from bilstm_core.export.networks import BLOCK
from bilstm_core.export.pieces import WITH_KERAS, Piece, Program
from bilstm_core.figures.loss_plot import X
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec


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
        Piece(
            "Its loss while it learned: of each update, and a trailing mean.", loss_figure.curve(spec, window, best, x)
        ),
        Piece("Below, what it says of one sequence, beside what is expected.", loss_figure.probe(spec, noise)),
    ]


def _constants(spec: RunSpec) -> str:
    training = spec.training
    lines = [*sequences.constants(spec.problem), f"UNITS = {spec.model.units}"]
    if loss_figure.one_by_one(training):
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
    if loss_figure.one_by_one(training):
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
    return "EPOCHS" if loss_figure.one_by_one(training) else "EPOCHS * SEQUENCES"


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
