"""Given: sequences that somebody brought, as a problem like the others. They stay in memory.

A name such as given_4_categorical_3_<digest> says all that a network and its program depend on: how many features,
which head, how many outputs. So specs and programs need no sequences. Whoever trains or evaluates needs them at hand:
`hold` puts them there for this process, and the last that were used stay, as far as MOST_BYTES goes.

Sequences are padded with zeros to the timesteps that a spec has. Where they are of different lengths, each timestep has
one more feature, which is 1 where the timestep is real.
"""

import functools
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Head, Problem, TrainingRows, View

NAME = re.compile(
    r"given_(?P<features>[1-9]\d{0,3})_(?P<head>binary|categorical|regression)_(?P<outputs>[1-9]\d{0,2})"
    r"_(?P<digest>[0-9a-f]{32})"
)
MOST_BYTES = 200_000_000  # of sequences that a process holds
MOST_NUMBERS = 15_000_000  # of the padded features of one data set
ABSENT = "These sequences are not in memory any more, and they are kept nowhere else: bring the file again."

_lock = threading.Lock()
_held: "OrderedDict[str, Given]" = OrderedDict()


class AbsentError(ValueError):
    """The sequences of a name are not held by this process."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Given:
    """Labelled sequences of any lengths, ready to be trained on, one after the other.

    x: (rows, features) float32, scaled
    y: (rows,) int64 for classes, float32 for numbers; 0 where there is no label
    weight: (rows,) float32, how much each label counts in a training; 0 where there is none
    lengths: (sequences,) int64, at least 1
    held_out: (sequences,) bool, which ones nothing is trained on; some are, and some are not
    """

    head: Head
    outputs: int
    x: npt.NDArray[np.float32]
    y: npt.NDArray[Any]
    weight: npt.NDArray[np.float32]
    lengths: npt.NDArray[np.int64]
    held_out: npt.NDArray[np.bool_]
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def timesteps(self) -> int:
        """Of the longest sequence."""
        return int(self.lengths.max())

    @property
    def uneven(self) -> bool:
        """Whether the sequences are of different lengths."""
        return bool((self.lengths != self.lengths[0]).any())

    @property
    def features(self) -> int:
        """That a network reads at each timestep."""
        return int(self.x.shape[1]) + self.uneven

    @property
    def nbytes(self) -> int:
        """Bytes of memory, with what is padded."""
        made = sum(part.nbytes for parts in self._made.values() if isinstance(parts, tuple) for part in parts)
        return int(made + sum(part.nbytes for part in (self.x, self.y, self.weight, self.lengths, self.held_out)))

    @property
    def name(self) -> str:
        """The problem's name."""
        if "name" not in self._made:
            hashed = hashlib.sha256(f"{self.head} {self.outputs}".encode())
            for part in (self.x, self.y, self.weight, self.lengths, self.held_out):
                hashed.update(f"\n{part.dtype.str} {part.shape}\n".encode())
                hashed.update(np.ascontiguousarray(part).tobytes())
            self._made["name"] = f"given_{self.features}_{self.head}_{self.outputs}_{hashed.hexdigest()[:32]}"
        return str(self._made["name"])

    def padded(self, held_out: bool, timesteps: int) -> TrainingRows:
        """The sequences of one part, in their order; made once. Raises ValueError if one is longer than `timesteps`."""
        key = (held_out, timesteps)
        if key not in self._made:
            self._made[key] = self._pad(self.held_out == held_out, timesteps)
        parts: TrainingRows = self._made[key]
        return parts

    def _pad(self, chosen: npt.NDArray[np.bool_], timesteps: int) -> TrainingRows:
        if self.timesteps > timesteps:
            raise ValueError(f"The longest sequence has {self.timesteps} timesteps, more than {timesteps}.")
        rows = np.repeat(chosen, self.lengths)
        lengths = self.lengths[chosen]
        sequence = np.repeat(np.arange(len(lengths)), lengths)
        timestep = np.arange(len(sequence)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        x = np.zeros((len(lengths), timesteps, self.features), np.float32)
        x[sequence, timestep, : self.x.shape[1]] = self.x[rows]
        if self.uneven:
            x[sequence, timestep, -1] = 1
        kind: type[Any] = np.int32 if self.head == "categorical" else np.float32
        y: npt.NDArray[Any] = np.zeros((len(lengths), timesteps), kind)
        y[sequence, timestep] = self.y[rows]
        weight = np.zeros((len(lengths), timesteps), np.float32)
        weight[sequence, timestep] = self.weight[rows]
        return TrainingRows(x, y, weight)


def is_given(name: object) -> bool:
    """Whether a problem's name is one of sequences that somebody brought, here or elsewhere."""
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def hold(given: Given) -> str:
    """Keep sequences at hand in this process, and get the name of their problem; those used longest ago may go."""
    with _lock:
        _held[given.name] = given
        _held.move_to_end(given.name)
        while len(_held) > 1 and sum(each.nbytes for each in _held.values()) > MOST_BYTES:
            _held.popitem(last=False)
    return given.name


def held(name: str) -> Given:
    """The sequences of a name. Raises AbsentError, with a sentence, if they are not at hand."""
    with _lock:
        if name not in _held:
            raise AbsentError(ABSENT)
        _held.move_to_end(name)
        return _held[name]


def forget(name: str) -> None:
    """Let go of the sequences of a name."""
    with _lock:
        _held.pop(name, None)


def to_parts(given: Given) -> dict[str, Any]:
    """Plain values and arrays, for another process."""
    return {each.name: getattr(given, each.name) for each in fields(Given) if each.init}


def from_parts(parts: Mapping[str, Any]) -> Given:
    """The sequences that `to_parts` took apart."""
    return Given(**parts)


@contextmanager
def lent(parts: Mapping[str, Any] | None) -> Iterator[None]:
    """Have sequences at hand for as long as it lasts. parts: as of `to_parts`, or none"""
    name = hold(from_parts(parts)) if parts else ""
    try:
        yield
    finally:
        forget(name)


@functools.lru_cache(maxsize=64)
def problem_of(name: str) -> Problem:
    """The problem of a name. Its sequences are looked for when they are asked for."""
    told = NAME.fullmatch(name)
    if told is None:
        raise ValueError(f"{name!r} is not a name of sequences that somebody brought.")
    head: Any = told["head"]

    def sample(n: int, timesteps: int, rng: np.random.Generator) -> Batch:
        rows = held(name).padded(False, timesteps)
        return _batch(rows, rng.integers(0, len(rows.x), n), head == "regression")

    def training(start: int, stop: int, timesteps: int) -> TrainingRows:
        rows = held(name).padded(False, timesteps)
        if stop <= len(rows.x):
            return TrainingRows(rows.x[start:stop], rows.y[start:stop], rows.weight[start:stop])
        again = np.arange(start, stop) % len(rows.x)
        return TrainingRows(rows.x[again], rows.y[again], rows.weight[again])

    def held_out(most: int, timesteps: int) -> Batch:
        rows = held(name).padded(True, timesteps)
        return _batch(rows, np.arange(min(most, len(rows.x))), head == "regression")

    return Problem(
        name=name,
        title="Your data",
        question="What is the label, in the sequences that were brought?",
        solved_by="bidirectional",
        sample=sample,
        risk=_unknown,
        padded=True,
        features=int(told["features"]),
        head=head,
        outputs=int(told["outputs"]),
        training=training,
        held_out=held_out,
    )


def _batch(rows: TrainingRows, chosen: npt.NDArray[np.int64], regression: bool) -> Batch:
    y: npt.NDArray[Any] = rows.y[chosen][..., None]
    return Batch(rows.x[chosen], y if regression else y.astype(np.int64), rows.weight[chosen] > 0)


def _unknown(timesteps: int, view: View) -> BayesRisk:  # noqa: ARG001 -- as `Problem.risk` is asked
    """Nobody knows the best possible on what was measured somewhere."""
    unknown = np.full(timesteps, np.nan)
    nan = float("nan")
    return BayesRisk(loss=nan, accuracy=nan, exact=nan, per_timestep_loss=unknown, per_timestep_accuracy=unknown)
