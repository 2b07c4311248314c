"""A run as a file: an npz of three arrays of bytes, a JSON document, every array end to end, and a checksum.

Nothing in it is ever unpickled.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from bilstm_core import codec
from bilstm_core.downsampling import MAX_STEP_POINTS, curve_steps
from bilstm_core.network.initial_weights import shapes
from bilstm_core.runs import N_PROBES, Arrays, Run, Snapshots, means_needed
from bilstm_core.specs import ProblemSpec, RunSpec

FORMAT = 1
KINDS = ("<f2", "<f4", "<f8", "<i8", "<i4", "|b1")
MEMBERS = ("document", "data", "checksum")
HISTORY = ["epoch", "sequences_seen", "loss", "accuracy"]  # columns of a run's tables, as `training.train` makes them
STEPS = ["step", "sequences_seen", "loss"]
MEANS = ["step", "loss", "total"]


def write(
    file: IO[bytes], document: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]], *, compressed: bool
) -> None:
    """Write the parts of a run, as runs.to_parts takes it apart."""
    index, pieces = [], []
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        index.append([name, plain.dtype.str, list(array.shape)])
        pieces.append(plain.tobytes())
    text = json.dumps({"run": document, "arrays": index}, sort_keys=True).encode()
    data = b"".join(pieces)
    contents = (text, data, hashlib.sha256(text + data).digest())
    save: Callable[..., None] = np.savez_compressed if compressed else np.savez
    save(file, **{name: np.frombuffer(content, np.uint8) for name, content in zip(MEMBERS, contents, strict=True)})


def parse(text: bytes, data: bytes, checksum: bytes) -> tuple[dict[str, Any], Arrays]:
    """The parts that were written, from the file's three members in the order of MEMBERS.

    Raises KeyError, TypeError or ValueError if they are not whole, or not what `write` writes.
    """
    if hashlib.sha256(text + data).digest() != checksum:
        raise ValueError("the checksum does not fit")
    content = json.loads(text)
    arrays: Arrays = {}
    place = 0
    for name, kind, shape in content["arrays"]:
        if kind not in KINDS or any(size < 0 for size in shape):
            raise ValueError(f"{name} is not an array of numbers")
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(data, kind, count, place).reshape(shape).copy()
        place += count * np.dtype(kind).itemsize
    return dict(content["run"]), arrays


def fits(run: Run, spec: RunSpec) -> bool:
    """Whether a finished run is one of this spec, with every array of the shape it must have."""
    spec = spec.canonical()
    problem, training = spec.problem, spec.training
    stored_shapes = {name: array.shape for name, array in run.weights.items()}
    return (
        codec.encode(run.spec) == codec.encode(spec)  # after a hot reload equal specs are of different classes
        and run.steps_done == training.steps
        and stored_shapes == shapes(problem, spec.model)
        and list(run.history.columns) == HISTORY
        and len(run.history) == training.epochs
        and list(run.steps.columns) == STEPS
        and 0 < len(run.steps) <= MAX_STEP_POINTS
        and means_fit(run)
        and snapshots_fit(run.snapshots, problem)
        and all(_finite(array) for part in (run.weights, run.optimizer_state) for array in part.values())
    )


def snapshots_fit(snapshots: Snapshots, problem: ProblemSpec) -> bool:
    """Whether snapshots have the shapes that they must have for a problem."""
    count = len(snapshots.step)
    shape = (count, N_PROBES, problem.timesteps, problem.problem.outputs)
    return snapshots.sequences_seen.shape == (count,) and snapshots.probabilities.shape == shape


def means_fit(run: Run) -> bool:
    """Whether a run has the means that it must have, finite, and no others."""
    means = run.means
    if not means_needed(run.spec.training, run.steps_done):
        return not len(means)
    return (
        list(means.columns) == MEANS
        and np.array_equal(means["step"], curve_steps(run.steps_done))
        and all(_finite(means[name].to_numpy()) for name in MEANS)
    )


def _finite(array: npt.NDArray[Any]) -> bool:
    return bool(np.isfinite(array).all())
