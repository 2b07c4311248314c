"""What a training leaves behind: plain records, and their flat form for the store and between processes.

Nothing here imports TensorFlow.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core import codec, palette, wording
from bilstm_core.card import card, loss_curve
from bilstm_core.downsampling import MAX_STEP_POINTS
from bilstm_core.network.inference import decisions
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.problems import Batch
from bilstm_core.random_streams import Stream, generator
from bilstm_core.specs import ProblemSpec, RunSpec, TrainingSpec

if TYPE_CHECKING:
    import keras

Arrays = dict[str, npt.NDArray[Any]]
Origin = Literal["recorded", "trained", "imported"]

ENGINE_VERSION = 3  # raise it whenever the same spec gives other numbers
N_PROBES = 32
LAST_EPOCHS = 25  # at most, or a tenth of all, whose mean loss and accuracy a run is told by
FEWEST_EPOCHS, MEANS = 100, 50  # epochs from which a small curve has means, and how many


class Snapshots(NamedTuple):
    """Probabilities on the probe sequences at about 40 log-spaced weight updates.

    step: (snapshots,) int64, weight updates done; 0 is the untrained model
    sequences_seen: (snapshots,) int64
    probabilities: (snapshots, N_PROBES, timesteps, outputs) float16
    """

    step: npt.NDArray[np.int64]
    sequences_seen: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float16]


class Timing(NamedTuple):
    """Wall-clock seconds of training and of compiling before it, and how many runs shared them in one program."""

    train_s: float
    compile_s: float
    stacked: int


class Progress(NamedTuple):
    """How far a training is: weight updates done of all, and the losses since the last report.

    sequences_seen, loss, sequences, last: (points,) the mean loss of the sequences between the points, how many those
    are, and the loss of the last weight update
    run: which of the specs given to train_many the losses belong to
    """

    run: int
    steps_done: int
    steps: int
    sequences_seen: npt.NDArray[np.int64]
    loss: npt.NDArray[np.float64]
    sequences: npt.NDArray[np.int64]
    last: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One finished or stopped training.

    spec: canonical. Of a stopped run, still what was asked for
    steps_done: weight updates done; less than spec.training.steps where it was stopped
    history: epoch (from 1), sequences_seen, loss (nats per label), accuracy; a row per finished epoch
    steps: step (from 1), sequences_seen, loss; at most 2,000 rows, lows and highs kept
    means: step, loss (of that weight update), total (of all losses so far, each times its sequences), at the steps of
    downsampling.curve_steps; rows only where neither history nor steps tells every loss, see `means_needed`
    weights: by name, in the order of Keras's model.get_weights()
    optimizer_state: Adam's moments and what an unfinished epoch has added up; empty where it was not kept
    versions: of TensorFlow and Keras
    origin: whether it comes with the program, was trained here, just now or before, or was brought back from a file
    """

    spec: RunSpec
    steps_done: int
    history: pd.DataFrame
    steps: pd.DataFrame
    snapshots: Snapshots
    weights: Arrays
    optimizer_state: Arrays
    timing: Timing
    versions: dict[str, str] = field(default_factory=dict)
    means: pd.DataFrame = field(default_factory=pd.DataFrame)
    origin: Origin = "trained"
    _digest: str = field(default="", init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """What tells this run from all others: a hash of spec, steps done and weights, 32 hex digits.

        The same spec trained on another machine gives other weights in their last digits, and so another digest.
        Of a run that was brought back all goes into it: its curve may be another than that of its spec and weights, and
        must never be taken for theirs.
        Worked out once, and remembered: the weights must not be changed afterwards.
        """
        if not self._digest:
            hashed = hashlib.sha256(json.dumps([codec.encode(self.spec), self.steps_done], sort_keys=True).encode())
            arrays = self.weights
            if self.origin == "imported":
                document, arrays = to_parts(self)
                hashed.update(json.dumps(document, sort_keys=True).encode())
            for name, array in arrays.items():
                hashed.update(f"\n{name} {array.dtype.str} {array.shape}\n".encode())
                hashed.update(np.ascontiguousarray(array).tobytes())
            object.__setattr__(self, "_digest", hashed.hexdigest()[:32])
        return self._digest

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its arrays take, about."""
        return sum(array.nbytes for array in to_parts(self)[1].values())

    @property
    def finished(self) -> bool:
        """Whether all weight updates that were asked for are done."""
        return self.steps_done >= self.spec.training.steps

    @property
    def sequences_seen(self) -> int:
        """Sequences seen, repeats counted."""
        training = self.spec.training
        return int(training.sequences_after(np.array(self.steps_done)))

    def __repr__(self) -> str:
        return f"<Run: {wording.describe(self.spec, self.sequences_seen)}>"

    def _repr_html_(self) -> str:
        """What a notebook shows for it: its curve, what was measured in it, and its spec in words."""
        per_epoch, mean = _means(self.history["sequences_seen"].to_numpy(), self.history["loss"].to_numpy())
        title = wording.describe(self.spec, self.sequences_seen)
        curve = loss_curve(
            self.steps["sequences_seen"].to_numpy(np.float64),
            self.steps["loss"].to_numpy(np.float64),
            per_epoch,
            mean,
            end=self.sequences_seen,
            axis="training loss by sequences seen",
            alt=f"Loss of {title} while it learned",
            colour=palette.on_any(palette.color(self.spec.model.direction, self.spec.model.merge_mode)),
        )
        return card(title[:1].upper() + title[1:], self._facts(), wording.in_words(self.spec), curve)

    def _facts(self) -> dict[str, str]:
        """What was measured while it learnt, by name, and its size and time."""
        problem, last = self.spec.problem, self.history.tail(max(1, min(LAST_EPOCHS, len(self.history) // 10)))
        with_labels = wording.classes(problem) > 0
        over = f"last {len(last)} epochs" if len(last) > 1 else "last epoch"
        facts = {}
        if len(last):
            facts[f"{wording.loss_name(problem)}, {over}"] = f"{last['loss'].mean():.4f}"
            if with_labels:
                facts[f"labels right, {over}"] = f"{last['accuracy'].mean():.1%}"
        if with_labels and self.steps_done in self.snapshots.step[-1:]:
            batch = probes(problem)
            chances = self.snapshots.probabilities[-1].astype(float)
            predicted, _ = decisions(problem.problem.head, chances)
            right = ((predicted == batch.y[..., 0]) | ~batch.mask).all(axis=1).sum()
            facts["whole sequences right"] = f"{right} of {N_PROBES} probes"
        facts["parameters"] = f"{parameter_count(problem, self.spec.model):,}"
        each = f", {self.timing.stacked} side by side" if self.timing.stacked > 1 else ""
        facts["trained in"] = f"{self.timing.train_s / self.timing.stacked:.2g} s{each}"
        return facts

    def model(self) -> "keras.Model":
        """An ordinary compiled Keras model with this run's weights. Imports TensorFlow."""
        from bilstm_core.models import build_model

        model = build_model(
            self.spec.problem,
            self.spec.model,
            learning_rate=self.spec.training.learning_rate,
            seed=self.spec.training.seed,
        )
        model.set_weights(list(self.weights.values()))
        return model


def _means(seen: npt.NDArray[Any], loss: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Mean losses of some 50 stretches of as many epochs, at their ends; none where there are too few epochs."""
    if len(loss) < FEWEST_EPOCHS:
        return np.zeros(0), np.zeros(0)
    ends = np.unique(np.linspace(0, len(loss), MEANS + 1).astype(int))[1:]
    totals = np.cumsum(loss, dtype=np.float64)[ends - 1]
    return seen[ends - 1], np.diff(totals, prepend=0.0) / np.diff(ends, prepend=0)


def means_needed(training: TrainingSpec, steps_done: int) -> bool:
    """Whether a training is too long for `steps` to hold every loss, and its epochs are of several weight updates."""
    return training.steps_per_epoch > 1 and steps_done > MAX_STEP_POINTS


def known_losses(run: Run) -> pd.DataFrame:
    """What a run knows of its losses without choosing by them: every one, or those of `means`.

    Columns: step (from 1), loss (of that weight update), total (of all losses so far, each times its sequences)
    """
    if len(run.means):
        return run.means
    training = run.spec.training
    told_by_epochs = run.steps_done > MAX_STEP_POINTS and training.steps_per_epoch == 1
    table = run.history.rename(columns={"epoch": "step"}) if told_by_epochs else run.steps
    sequences = np.diff(training.sequences_after(table["step"].to_numpy()), prepend=0)
    return table[["step", "loss"]].assign(total=np.cumsum(table["loss"].to_numpy() * sequences))


def probes(problem: ProblemSpec) -> Batch:
    """The 32 fixed sequences that snapshots are taken on; the same for every run of a problem.

    Where fewer are held out, they come again.
    """
    if problem.problem.held_out is not None:
        batch = problem.problem.held_out(N_PROBES, problem.timesteps)
        again = np.arange(N_PROBES) % len(batch.x)
        return Batch(batch.x[again], batch.y[again], batch.mask[again])
    return problem.problem.sample(N_PROBES, problem.timesteps, generator(0, Stream.PROBES), **problem.parameters())


def spec_reached(run: Run) -> RunSpec:
    """What trains to where the run is: of one that was stopped, its finished epochs."""
    if run.finished:
        return run.spec
    return replace(run.spec, training=replace(run.spec.training, epochs=max(1, len(run.history))))


def checkpoint_specs(run: Run, count: int = 10) -> list[RunSpec]:
    """Trainings that are what the run was on its way: the same spec with fewer epochs, log-spaced from one to the last.

    A run is the same up to any epoch, however many follow. The run's own last epoch is counted, and left out.
    """
    training = run.spec.training
    last = run.steps_done // training.steps_per_epoch
    epochs = {round(last ** (place / (count - 1))) for place in range(count)} if last > 1 else set()
    return [replace(run.spec, training=replace(training, epochs=number)) for number in sorted(epochs - {last})]


def installed_versions() -> dict[str, str]:
    """The versions of TensorFlow and Keras as far as they are installed, read without importing them."""
    versions: dict[str, str] = {}
    for package, name in (("keras", "keras"), ("tensorflow-cpu", "tensorflow"), ("tensorflow", "tensorflow")):
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.setdefault(name, metadata.version(package))
    return versions


def to_parts(run: Run) -> tuple[dict[str, Any], Arrays]:
    """A run as (JSON-ready dict, flat dict of arrays)."""
    document = {
        "spec": codec.encode(run.spec),
        "steps_done": run.steps_done,
        "timing": list(run.timing),
        "versions": run.versions,
        "origin": run.origin,
    }
    arrays: Arrays = {}
    for prefix, table in (("history", run.history), ("steps", run.steps), ("means", run.means)):
        arrays |= {f"{prefix}:{name}": table[name].to_numpy() for name in table.columns}
    arrays |= {f"snapshots:{name}": value for name, value in run.snapshots._asdict().items()}
    arrays |= {f"weights:{name}": value for name, value in run.weights.items()}
    arrays |= {f"optimizer_state:{name}": value for name, value in run.optimizer_state.items()}
    return document, arrays


def from_parts(document: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Run:
    """The run that `to_parts` took apart.

    Raises KeyError, TypeError or ValueError if parts are missing or malformed.
    """

    def under(prefix: str) -> Arrays:
        return {name.split(":", 1)[1]: array for name, array in arrays.items() if name.startswith(f"{prefix}:")}

    return Run(
        spec=codec.decode(document["spec"]),
        steps_done=int(document["steps_done"]),
        history=pd.DataFrame(under("history")),
        steps=pd.DataFrame(under("steps")),
        snapshots=Snapshots(**under("snapshots")),
        weights=under("weights"),
        optimizer_state=under("optimizer_state"),
        timing=Timing(*document["timing"]),
        versions=dict(document["versions"]),
        means=pd.DataFrame(under("means")),
        origin=document.get("origin", "trained"),
    )
