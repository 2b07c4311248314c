"""A run that comes back from a file: checked in all that pages and other sessions rely on."""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bilstm_core import codec, run_format
from bilstm_core.downsampling import MAX_STEP_POINTS
from bilstm_core.files.archive import Archive
from bilstm_core.network.initial_weights import shapes
from bilstm_core.runs import Arrays, Run, from_parts, means_needed, to_parts
from bilstm_core.specs import RunSpec

MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError, MemoryError)
MAX_VERSIONS, LONGEST_VERSION = 10, 40


def written(run: Run, *, weights: bool = True) -> tuple[bytes, str]:
    """A run in the store's format, without Adam's state, and the digest that `checked` wants to see again.

    weights: whether they are written; where not, whoever reads it adds them
    Raises ValueError, with a sentence, for a run that would be refused when it is brought back.
    """
    plain = replace(run, origin="trained", optimizer_state={})
    check(plain)
    document, arrays = to_parts(plain)
    if not weights:
        arrays = {name: array for name, array in arrays.items() if not name.startswith("weights:")}
    buffer = io.BytesIO()
    run_format.write(buffer, {**document, "digest": plain.digest}, arrays, compressed=True)
    return buffer.getvalue(), plain.digest


def check(run: Run) -> None:
    """Raises ValueError, with a sentence, for a run that would be refused when it is brought back."""
    reason = next(_flaws(run), "")
    if reason:
        raise ValueError(f"This run cannot be saved: {reason}.")


def parts_of(data: bytes) -> tuple[dict[str, Any], Arrays]:
    """The parts of a run in the store's format, of bytes that anybody may have written.

    Raises ValueError, with a sentence.
    """
    archive = Archive(data)
    members = [_bytes(archive.read(f"{name}.npy")) for name in run_format.MEMBERS]
    try:
        return run_format.parse(*members)
    except MALFORMED:
        raise ValueError(
            "A run in the file is damaged, or was changed. Save it again, and bring it unchanged."
        ) from None


def checked(document: Mapping[str, Any], arrays: Arrays, digest: object) -> Run:
    """The run of these parts, as one that was brought back, without Adam's state: it is not trained further.

    digest: that of the run that was written; a file that has other weights than those it speaks of is refused.
    Raises ValueError, with a sentence.
    """
    arrays = {name: array for name, array in arrays.items() if not name.startswith("optimizer_state:")}
    spec_of(document)
    try:
        run = from_parts({**document, "origin": "trained"}, arrays)
        reason = next(_flaws(run), "")
    except MALFORMED:
        reason = "a part of it is missing, or of another kind"
    if reason:
        raise ValueError(f"A run in the file cannot be shown: {reason}.")
    if run.digest != digest:
        raise ValueError(
            "A run in the file has other weights, or another training, than the file says. It was changed after it was"
            " saved; bring it as it was saved."
        )
    return replace(run, origin="imported")


def spec_of(document: Mapping[str, Any]) -> RunSpec:
    """The spec in a run's document. Raises ValueError, with a sentence."""
    try:
        flat = document["spec"]
        if not all(type(value) is str for value in flat.values()):
            raise TypeError("a setting is no text")
        return codec.decode(flat)
    except MALFORMED as error:
        why = f": {error}" if isinstance(error, ValueError) else "."
        raise ValueError(f"The settings of a run in the file cannot be read{why}") from None


def document_of(data: bytes, name: str) -> dict[str, Any]:
    """A JSON object. Raises ValueError, with a sentence that names the member."""
    try:
        document = json.loads(data)
    except MALFORMED:
        document = None
    if not isinstance(document, dict):
        raise ValueError(f"{name} cannot be read: the file is damaged, or was not saved by this program.")
    return document


def _bytes(member: bytes) -> bytes:
    """What an .npy file of bytes holds; its header is never believed, for NumPy would make room for what it says."""
    stream = io.BytesIO(member)
    try:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError
        shape, _, kind = np.lib.format.read_array_header_1_0(stream)
        content = stream.read()
        if kind != np.uint8 or shape != (len(content),):
            raise ValueError
    except MALFORMED:
        raise ValueError("A run in the file is damaged: its parts are not what they say.") from None
    return content


def _flaws(run: Run) -> Iterator[str]:
    """Why a run of these parts is not one that this program has made; each is looked for once those before are not."""
    training, problem = run.spec.training, run.spec.problem
    if not problem.problem.kept:
        yield "it was trained on sequences that somebody brought, which are in no file"
    if not 0 < run.steps_done <= training.steps:
        yield f"{run.steps_done:,} weight updates are no training of {training.steps:,}"
    expected = shapes(problem, run.spec.model)
    if {name: array.shape for name, array in run.weights.items()} != expected or list(run.weights) != list(expected):
        yield "its weights have other shapes than its settings say"
    if any(array.dtype != np.float32 or not np.isfinite(array).all() for array in run.weights.values()):
        yield "its weights are not finite numbers"
    yield from _curve_flaws(run)
    snapshots = run.snapshots
    if not run_format.snapshots_fit(snapshots, problem) or not np.isfinite(snapshots.probabilities).all():
        yield "its answers while it learned do not fit its problem"
    if not _climbs(snapshots.step, 0, run.steps_done) or not _climbs(snapshots.sequences_seen, 0, training.sequences):
        yield "its answers while it learned are not in order"
    texts = [*run.versions, *run.versions.values()]
    if len(run.versions) > MAX_VERSIONS or not all(_short(text) for text in texts):
        yield "its versions are no short texts"
    *seconds, stacked = run.timing
    if not all(type(number) in (int, float) and 0 <= number < 1e9 for number in seconds):
        yield "its seconds are no numbers"
    if type(stacked) is not int or not 0 < stacked < 1e6:
        yield "the number of runs that shared its program is none"


def _curve_flaws(run: Run) -> Iterator[str]:
    training, history, steps = run.spec.training, run.history, run.steps
    epochs = run.steps_done // training.steps_per_epoch
    if list(history.columns) != run_format.HISTORY or len(history) != epochs:
        yield "it has not one row for each epoch"
    number = np.arange(1, epochs + 1)
    if (history["epoch"] != number).any() or (history["sequences_seen"] != number * training.sequences_per_epoch).any():
        yield "its epochs are not counted from 1"
    if list(steps.columns) != run_format.STEPS or not 0 < len(steps) <= MAX_STEP_POINTS:
        yield "its curve has too few points, or too many"
    if not _climbs(steps["step"], 1, run.steps_done) or not _climbs(steps["sequences_seen"], 1, training.sequences):
        yield "the points of its curve are not in order"
    if means_needed(training, run.steps_done) and not len(run.means):
        yield "an earlier version of this program saved it, without the means of its curve. Train it again"
    if not run_format.means_fit(run):
        yield "the means of its curve do not fit its training"
    if not (np.isfinite(history["loss"]).all() and np.isfinite(steps["loss"]).all()):
        yield "its losses are not finite numbers"
    if run.spec.problem.problem.head != "regression" and not history["accuracy"].between(0, 1).all():
        yield "its accuracies are no shares"


def _climbs(values: Any, first: int, last: int) -> bool:
    """Whether whole numbers rise from at least `first` to at most `last`."""
    numbers = np.asarray(values)
    within = numbers.dtype.kind == "i" and bool(((first <= numbers) & (numbers <= last)).all())
    return within and bool((np.diff(numbers) > 0).all())


def _short(text: object) -> bool:
    return type(text) is str and len(text) <= LONGEST_VERSION and text.isprintable() and not set(text) & set("<>&*[]`")
