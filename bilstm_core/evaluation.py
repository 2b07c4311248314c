"""How good a run is on fresh sequences, by inference.py. NumPy only."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.network.inference import activated, decisions, logits
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.problems import Batch
from bilstm_core.random_streams import Stream, generator
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec, RunSpec

EVALUATION_SEED = 0  # one for all runs, so that they are compared on the same sequences
N_EXAMPLES = 100
MOST_SEQUENCES, FEWEST_SEQUENCES = 10_000, N_EXAMPLES  # that a run is evaluated on where nobody names a number
AFFORDABLE = 3e9  # multiply-adds that the evaluation of a run may cost; a page must answer at once
MULTIPLY_ADDS_PER_NS = 15
AFFORDABLE_BESIDE = 1e10  # for all starts of a model in a comparison, which are evaluated beside the pages
TABLES = ("per_timestep", "confusion", "examples")  # of an evaluation
NORMAL_QUANTILE = 1.959963984540054  # of 97.5 %

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Metrics on n_sequences fresh sequences; labels that the mask leaves out count nowhere.

    loss: nats per label (mean squared error for a regression), from logits, so never clipped
    accuracy: share of labels met; exact: share of sequences with every label met; both nan for a regression
    exact_interval: 95 %, Wilson's
    per_timestep: timestep (from 1), loss, accuracy
    confusion: expected, predicted, count
    examples: the first 100 sequences: sequence (from 1), timestep (from 1), x, expected, probability, predicted.
        x is the first feature; probability is that of class 1, of the predicted class where there are more than two,
        or the output of a regression. A binary label is predicted 1 from probability 0.5 on
    """

    loss: float
    accuracy: float
    exact: float
    exact_count: int
    exact_interval: tuple[float, float]
    n_sequences: int
    per_timestep: pd.DataFrame
    confusion: pd.DataFrame
    examples: pd.DataFrame


def evaluate(run: Run, n_sequences: int = 10_000, seed: int = EVALUATION_SEED) -> Evaluation:
    """Evaluate a run on fresh sequences, the same for every run of its problem.

    Raises ValueError if n_sequences is below 1.
    """
    if n_sequences < 1:
        raise ValueError(f"n_sequences must be at least 1, not {n_sequences!r}.")
    problem = run.spec.problem
    batch = evaluation_sequences(problem, n_sequences, seed)
    n_sequences = len(batch.x)
    outputs = logits(problem, run.spec.model, run.weights, batch.x, generator(seed, Stream.NOISE))
    head = problem.problem.head
    expected, mask = batch.y[..., 0], batch.mask
    predicted, probability = predictions(head, outputs)
    labels = np.maximum(mask.sum(axis=0), 1)
    losses = label_losses(head, outputs, expected)
    hits = (predicted == expected) | ~mask
    exact_count = int(hits.all(axis=1).sum())
    with_classes = head != "regression"
    nan = float("nan")
    return Evaluation(
        loss=float(np.sum(losses * mask, dtype=np.float64) / max(mask.sum(), 1)),
        accuracy=float((hits & mask).sum() / max(mask.sum(), 1)) if with_classes else nan,
        exact=exact_count / n_sequences if with_classes else nan,
        exact_count=exact_count,
        exact_interval=wilson_interval(exact_count, n_sequences) if with_classes else (nan, nan),
        n_sequences=n_sequences,
        per_timestep=pd.DataFrame(
            {
                "timestep": np.arange(1, mask.shape[1] + 1),
                "loss": (losses * mask).sum(axis=0, dtype=np.float64) / labels,
                "accuracy": (hits & mask).sum(axis=0) / labels if with_classes else np.full(mask.shape[1], nan),
            }
        ),
        confusion=_confusion(expected[mask], predicted[mask], outputs.shape[-1]) if with_classes else _no_confusion(),
        examples=_examples(batch, predicted, probability),
    )


def evaluation_size(spec: RunSpec, affordable: float = AFFORDABLE) -> int:
    """How many fresh sequences can be evaluated for so many multiply-adds, within MOST and FEWEST_SEQUENCES.

    Where their number is fixed, no more than are held out.
    """
    timesteps = spec.problem.timesteps
    labels = MULTIPLY_ADDS_PER_NS * spec.problem.problem.label_ns(timesteps)
    cost = timesteps * (parameter_count(spec.problem, spec.model) + 200) + labels
    size = int(min(MOST_SEQUENCES, max(FEWEST_SEQUENCES, affordable // cost)))
    fixed = spec.problem.problem.fixed
    return min(size, fixed().held_out) if fixed else size


def to_parts(evaluation: Evaluation, *, examples: bool = True) -> dict[str, Any]:
    """An evaluation as plain numbers and flat dicts of arrays, for another process. examples: with these, the bulk"""
    tables = [name for name in TABLES if examples or name != "examples"]
    flat = {each.name: getattr(evaluation, each.name) for each in fields(Evaluation) if each.name not in TABLES}
    return flat | {
        name: {column: values.to_numpy() for column, values in getattr(evaluation, name).items()} for name in tables
    }


def from_parts(flat: Mapping[str, Any]) -> Evaluation:
    """The evaluation that `to_parts` took apart; without examples where it left them out."""
    return Evaluation(**{**flat, **{name: pd.DataFrame(flat.get(name, {})) for name in TABLES}})


def evaluation_sequences(problem: ProblemSpec, n_sequences: int, seed: int = EVALUATION_SEED) -> Batch:
    """The fresh sequences that runs of a problem are evaluated on; of a fixed number, at most all that are held out."""
    if problem.problem.held_out is not None:
        return problem.problem.held_out(n_sequences, problem.timesteps)
    rng = generator(seed, Stream.EVALUATION)
    return problem.problem.sample(n_sequences, problem.timesteps, rng, **problem.parameters())


def predictions(head: str, outputs: Array) -> tuple[Array, Array]:
    """(predicted, probability), each (sequences, timesteps), of outputs before the head's activation."""
    return decisions(head, activated(head, outputs))


def label_losses(head: str, outputs: Array, expected: Array) -> Array:
    """The loss of every label, (sequences, timesteps), in nats, or squared for a regression."""
    if head == "categorical":
        highest = outputs.max(axis=-1, keepdims=True)
        total = highest[..., 0] + np.log(np.exp(outputs - highest).sum(axis=-1))
        chosen: Array = total - np.take_along_axis(outputs, expected[..., None], axis=-1)[..., 0]
        return chosen
    output = outputs[..., 0]
    if head == "regression":
        return np.square(np.subtract(output, expected))
    losses: Array = np.maximum(output, 0) - output * (expected > 0) + np.log1p(np.exp(-np.abs(output)))
    return losses


def wilson_interval(count: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share, of which `count` in `n` were seen (Wilson, 1927)."""
    share, z = count / n, NORMAL_QUANTILE
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # exact where nothing or everything was seen: there the two terms differ by a rounding error alone
    return 0.0 if count == 0 else max(0.0, middle - half), 1.0 if count == n else min(1.0, middle + half)


def _confusion(expected: Array, predicted: Array, outputs: int) -> pd.DataFrame:
    classes = max(outputs, 2)
    counts = np.bincount(expected * classes + predicted, minlength=classes**2)
    each = np.arange(classes**2)
    return pd.DataFrame({"expected": each // classes, "predicted": each % classes, "count": counts})


def _no_confusion() -> pd.DataFrame:
    return pd.DataFrame({name: np.zeros(0, np.int64) for name in ("expected", "predicted", "count")})


def _examples(batch: Batch, predicted: Array, probability: Array) -> pd.DataFrame:
    """A row for each label that counts, of the first sequences."""
    mask = batch.mask[:N_EXAMPLES]
    sequence, timestep = np.nonzero(mask)
    return pd.DataFrame(
        {
            "sequence": sequence + 1,
            "timestep": timestep + 1,
            "x": batch.x[:N_EXAMPLES, :, 0][mask],
            "expected": batch.y[:N_EXAMPLES, :, 0][mask],
            "probability": probability[:N_EXAMPLES][mask],
            "predicted": predicted[:N_EXAMPLES][mask],
        }
    )
