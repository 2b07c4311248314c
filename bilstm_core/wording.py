"""A spec in words, and what a problem's answers and losses are called."""

from typing import Any

import numpy as np

from bilstm_core import codec
from bilstm_core.problems import formula
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec

SQUARED = "mean squared error"
HIGHEST_ERROR = 1.2  # of the axis of a regression, as a multiple of what a guess of the mean loses
CELL_NAMES = {"lstm": "LSTM", "gru": "GRU", "rnn": "simple RNN"}
SECOND_BRANCH_NAMES = {
    "backward": "both branches read the values",
    "backward_constant": "backward branch fed a constant",
    "backward_noise": "backward branch fed noise",
    "forward_constant": "second forward branch fed a constant",
}
NAMES = tuple(codec.SHORT.values())  # of the settings
POSITION_NAMES = {"none": "not told the time", "fraction": "told t/T", "one_hot": "told the timestep, one-hot"}


def classes(problem: ProblemSpec) -> int:
    """How many labels there are; 0 for a regression."""
    declared = problem.problem
    return 0 if declared.head == "regression" else max(declared.outputs, 2)


def loss_name(problem: ProblemSpec) -> str:
    """What the loss is, with its unit."""
    return "loss (nats per label)" if classes(problem) else f"loss ({SQUARED})"


def loss_axis(problem: ProblemSpec) -> dict[str, Any]:
    """What a loss curve needs to know of a problem: name, height, and the loss of a guess among the labels."""
    count = classes(problem)
    if count == 0:
        return {"loss": loss_name(problem), "y_max": HIGHEST_ERROR * problem.problem.guess_loss, "coin_toss": None}
    if count == 2:
        return {"loss": loss_name(problem)}
    guess = float(np.log(count))
    return {"loss": loss_name(problem), "y_max": round(1.08 * guess, 2), "coin_toss": guess}


def describe(spec: RunSpec, seen: int | None = None, *, cell: bool = False) -> str:
    """A short name for a run: direction, what differs from the defaults, and how many sequences it was asked to see.

    seen: how many it has seen, where it may have been stopped; cell: whether an LSTM, too, is named
    """
    model, training = spec.model, spec.training
    words: list[str] = [model.direction]
    if spec.problem.name != ProblemSpec().name:
        words.insert(0, spec.problem.problem.title.lower())
    if model.direction == "bidirectional" and model.merge_mode != "concat":
        words.append(model.merge_mode)
    if model.backward_output == "raw":
        words.append("tutorial's order")
    if cell or model.cell != "lstm":
        words.append(model.cell.upper())
    if model.units != ModelSpec().units:
        words.append(f"{model.units} units")
    if model.layers > 1:
        words.append(f"{model.layers} layers")
    if spec.problem.timesteps != 10:
        words.append(f"T={spec.problem.timesteps}")
    stopped = "" if seen in (None, training.sequences) else f"{seen:,} of "
    words.append(f"{stopped}{training.sequences:,} sequences")
    if training.seed:
        words.append(f"seed {training.seed}")
    return ", ".join(words)


def settings_in_words(spec: RunSpec) -> dict[str, str]:
    """Every setting that applies, in words of its own: by its short name (`codec.SHORT`), in the order of the specs."""
    spec = spec.canonical()
    problem, model, training = spec.problem, spec.model, spec.training
    both, backward = model.direction == "bidirectional", model.direction == "backward"
    words = {
        "problem": problem.name if formula.is_formula(problem.name) else problem.problem.title.lower(),
        "t": f"{counted(problem.timesteps, 'timestep')}",
        "threshold": f"threshold {problem.threshold:g}" if "threshold" in problem.problem.parameters else "",
        "direction": model.direction,
        "cell": CELL_NAMES[model.cell],
        "units": counted(model.units, "unit"),
        "layers": counted(model.layers, "layer"),
        "merge": model.merge_mode if both else "",
        "order": {"raw": "tutorial's order", "aligned": "aligned"}[model.backward_output] if backward else "",
        "branch": SECOND_BRANCH_NAMES[model.second_branch] if both else "",
        "position": POSITION_NAMES[model.position],
        "epochs": counted(training.epochs, "epoch"),
        "per_epoch": f"{counted(training.sequences_per_epoch, 'sequence')} an epoch",
        "batch": f"batches of {training.batch_size:,}",
        "fresh": "fresh sequences every epoch" if training.fresh_data else "the same sequences every epoch",
        "rate": f"learning rate {training.learning_rate:g}",
        "seed": f"seed {training.seed}",
    }
    return {name: words[name] for name in NAMES if words[name]}


def differing(spec: RunSpec, other: RunSpec) -> list[str]:
    """The settings of a spec, in words of its own, that another has not so."""
    theirs = settings_in_words(other)
    return [text for name, text in settings_in_words(spec).items() if text != theirs.get(name)]


def in_words(spec: RunSpec) -> str:
    """The whole spec in three sentences: problem, model, training. The seldom changed is told only where it is."""
    words, usual = settings_in_words(spec), settings_in_words(RunSpec())
    seldom = {"layers", "branch", "position", "batch"}
    told = {name: text for name, text in words.items() if name not in seldom or text != usual.get(name)}
    parts: dict[str, list[str]] = {}
    for path, name in codec.SHORT.items():
        if name in told:
            parts.setdefault(path.partition(".")[0], []).append(told[name])
    sentences = [", ".join(part) for part in parts.values()]
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)


def counted(number: int, thing: str) -> str:
    """A number of things."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
