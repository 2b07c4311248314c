"""What a training leaves behind: plain records, and their flat form for the store and between processes.

Nothing here imports TensorFlow.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core import codec
from bilstm_core.problems import Batch
from bilstm_core.random_streams import Stream, generator
from bilstm_core.specs import ProblemSpec, RunSpec

if TYPE_CHECKING:
    import keras

Arrays = dict[str, npt.NDArray[Any]]
Origin = Literal["recorded", "trained"]

ENGINE_VERSION = 2  # raise it whenever the same spec gives other numbers
N_PROBES = 32


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

    sequences_seen, loss, updates: (points,) means over the weight updates between the points, and how many those are
    run: which of the specs given to train_many the losses belong to
    """

    run: int
    steps_done: int
    steps: int
    sequences_seen: npt.NDArray[np.int64]
    loss: npt.NDArray[np.float64]
    updates: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One finished or stopped training.

    spec: canonical. Of a stopped run, still what was asked for
    steps_done: weight updates done; less than spec.training.steps where it was stopped
    history: epoch (from 1), sequences_seen, loss (nats per label), accuracy; a row per finished epoch
    steps: step (from 1), sequences_seen, loss; at most 2,000 rows, lows and highs kept
    weights: by name, in the order of Keras's model.get_weights()
    optimizer_state: Adam's moments and what an unfinished epoch has added up; empty where it was not kept
    versions: of TensorFlow and Keras
    origin: whether it comes with the program, or was trained here, just now or before
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
    origin: Origin = "trained"
    _digest: str = field(default="", init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """What tells this run from all others: a hash of spec, steps done and weights, 32 hex digits.

        The same spec trained on another machine gives other weights in their last digits, and so another digest.
        Worked out once, and remembered: the weights must not be changed afterwards.
        """
        if not self._digest:
            hashed = hashlib.sha256(json.dumps([codec.encode(self.spec), self.steps_done], sort_keys=True).encode())
            for name, array in self.weights.items():
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
        epochs, further = divmod(self.steps_done, training.steps_per_epoch)
        return epochs * training.sequences_per_epoch + further * training.batch_size

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


def probes(problem: ProblemSpec) -> Batch:
    """The 32 fixed sequences that snapshots are taken on; the same for every run of a problem."""
    return problem.problem.sample(N_PROBES, problem.timesteps, generator(0, Stream.PROBES), **problem.parameters())


def checkpoint_specs(run: Run, count: int = 10) -> list[RunSpec]:
    """Trainings that are what the run was on its way: the same spec with fewer epochs, log-spaced from one to the last.

    A run is the same up to any epoch, however many follow. The run's own last epoch is counted, and left out.
    """
    training = run.spec.training
    last = run.steps_done // training.steps_per_epoch
    epochs = {round(last ** (place / (count - 1))) for place in range(count)} if last > 1 else set()
    return [replace(run.spec, training=replace(training, epochs=number)) for number in sorted(epochs - {last})]


def installed_versions() -> dict[str, str]:
    """The versions of TensorFlow and Keras, read without importing them."""
    versions = {"keras": metadata.version("keras")}
    for name in ("tensorflow-cpu", "tensorflow"):
        try:
            versions["tensorflow"] = metadata.version(name)
            break
        except metadata.PackageNotFoundError:
            continue
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
    for prefix, table in (("history", run.history), ("steps", run.steps)):
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
        origin=document.get("origin", "trained"),
    )
