"""Given: sequences that somebody brought, as a problem like the others. They stay in memory.

A name such as given_4_categorical_3_<digest> says all that a network and its program depend on: how many features,
which head, how many outputs. So specs and programs need no sequences. Whoever trains or evaluates needs them at hand:
`hold` puts them there for this process, and the last that were used stay, as far as MOST_BYTES goes.

Sequences are padded with zeros to the timesteps that a spec has. Where they are of different lengths, each timestep has
one more feature, which is 1 where the timestep is real.

A name that ends in _late<k> is of the same sequences, whose labels are asked for k timesteps later: output t + k tells
of timestep t, so that whatever reads forward has k timesteps of the future. Then all are padded by k.
"""

import functools
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core.problems.base import Batch, BayesRisk, Fixed, Head, Problem, TrainingRows, View

NAME = re.compile(
    r"given_(?P<features>[1-9]\d{0,3})_(?P<head>binary|categorical|regression)_(?P<outputs>[1-9]\d{0,2})"
    r"_(?P<digest>[0-9a-f]{32})(_late(?P<late>[1-9]\d{0,2}))?"
)
MOST_BYTES = 200_000_000  # of sequences that a process holds
MOST_NUMBERS = 15_000_000  # of the padded features of one data set
ABSENT = "These sequences are not in memory any more, and they are kept nowhere else: bring the file again."

_lock = threading.RLock()  # of what is held, and of what each of them has made, which every visitor's thread adds to
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
    late: timesteps that the label of each comes after it
    """

    head: Head
    outputs: int
    x: npt.NDArray[np.float32]
    y: npt.NDArray[Any]
    weight: npt.NDArray[np.float32]
    lengths: npt.NDArray[np.int64]
    held_out: npt.NDArray[np.bool_]
    late: int = 0
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def timesteps(self) -> int:
        """Of the longest sequence, with those after its end in which labels still come."""
        return int(self.lengths.max()) + self.late

    @property
    def uneven(self) -> bool:
        """Whether some timesteps are padding."""
        return self.late > 0 or bool((self.lengths != self.lengths[0]).any())

    @property
    def features(self) -> int:
        """That a network reads at each timestep."""
        return int(self.x.shape[1]) + self.uneven

    @property
    def nbytes(self) -> int:
        """Bytes of memory, with what is padded."""
        with _lock:
            return self._padded_bytes + sum(part.nbytes for part in self._parts)

    @property
    def _parts(self) -> tuple[npt.NDArray[Any], ...]:
        return self.x, self.y, self.weight, self.lengths, self.held_out

    @property
    def _padded_bytes(self) -> int:
        rows = sum(part.nbytes for made in self._made.values() if isinstance(made, TrainingRows) for part in made)
        return rows + sum(made._padded_bytes for made in self._made.values() if isinstance(made, Given))

    @property
    def digest(self) -> str:
        """Of the sequences, however late their labels come."""
        if "digest" not in self._made:
            hashed = hashlib.sha256(f"{self.head} {self.outputs}".encode())
            for part in self._parts:
                hashed.update(f"\n{part.dtype.str} {part.shape}\n".encode())
                hashed.update(np.ascontiguousarray(part).tobytes())
            self._keep("digest", hashed.hexdigest()[:32])
        return str(self._made["digest"])

    @property
    def name(self) -> str:
        """The problem's name."""
        late = f"_late{self.late}" if self.late else ""
        return f"given_{self.features}_{self.head}_{self.outputs}_{self.digest}{late}"

    def delayed(self, late: int) -> "Given":
        """The same sequences, whose labels come so many timesteps late; of the same arrays.

        The last that was asked for is kept, with what it has padded, and no other.
        """
        if late == self.late:
            return self
        with _lock:
            made: Given | None = self._made.get("delayed")
            if made is None or made.late != late:
                made = replace(self, late=late)
                made._keep("digest", self.digest)
                self._made["delayed"] = made
            return made

    def padded(self, held_out: bool, timesteps: int) -> TrainingRows:
        """The sequences of one part, in their order; made once. Raises ValueError if one is longer than `timesteps`."""
        key = (held_out, timesteps)
        if key not in self._made:
            self._keep(key, self._pad(self.held_out == held_out, timesteps))
        parts: TrainingRows = self._made[key]
        return parts

    def _keep(self, key: Any, made: Any) -> None:
        """Have it at hand; what another thread has made meanwhile stays."""
        with _lock:
            self._made.setdefault(key, made)

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
        y[sequence, timestep + self.late] = self.y[rows]
        weight = np.zeros((len(lengths), timesteps), np.float32)
        weight[sequence, timestep + self.late] = self.weight[rows]
        return TrainingRows(x, y, weight)


def is_given(name: object) -> bool:
    """Whether a problem's name is one of sequences that somebody brought, here or elsewhere."""
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def late_of(name: str) -> int:
    """How many timesteps late the labels of a name come. Raises ValueError for another name."""
    return int(_told(name)["late"] or 0)


def _told(name: str) -> re.Match[str]:
    told = NAME.fullmatch(name)
    if told is None:
        raise ValueError(f"{name!r} is not a name of sequences that somebody brought.")
    return told


def hold(given: Given) -> str:
    """Keep sequences at hand in this process, and get the name of their problem; those used longest ago may go.

    They are at hand however late their labels are asked for.
    """
    with _lock:
        _held[given.digest] = given.delayed(0)
        _held.move_to_end(given.digest)
        while len(_held) > 1 and sum(each.nbytes for each in _held.values()) > MOST_BYTES:
            _held.popitem(last=False)
    return given.name


def held(name: str) -> Given:
    """The sequences of a name. Raises AbsentError, with a sentence, if they are not at hand."""
    told = _told(name)
    with _lock:
        if told["digest"] not in _held:
            raise AbsentError(ABSENT)
        _held.move_to_end(told["digest"])
        return _held[told["digest"]].delayed(int(told["late"] or 0))


def forget(name: str) -> None:
    """Let go of the sequences of a name."""
    with _lock:
        _held.pop(_told(name)["digest"], None)


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
        if name:
            forget(name)


@functools.lru_cache(maxsize=64)
def problem_of(name: str) -> Problem:
    """The problem of a name. Its sequences are looked for when they are asked for."""
    told = _told(name)
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

    def fixed() -> Fixed:
        own = held(name)
        count = int(own.held_out.sum())
        return Fixed(own.timesteps, len(own.lengths) - count, count, own.uneven)

    return Problem(
        name=name,
        title="Your data",
        question="What is the label, in the sequences that were brought?",
        solved_by="bidirectional",
        sample=sample,
        risk=_unknown,
        padded=True,
        decides=_nobody_knows,
        features=int(told["features"]),
        head=head,
        outputs=int(told["outputs"]),
        training=training,
        held_out=held_out,
        fixed=fixed,
        kept=False,
        guess_loss=1.0,  # labels that are numbers are scaled
    )


def _batch(rows: TrainingRows, chosen: npt.NDArray[np.int64], regression: bool) -> Batch:
    y: npt.NDArray[Any] = rows.y[chosen][..., None]
    return Batch(rows.x[chosen], y if regression else y.astype(np.int64), rows.weight[chosen] > 0)


def _nobody_knows(timesteps: int) -> None:
    """Which values decide a label that was given with its sequence."""


def _unknown(timesteps: int, view: View) -> BayesRisk:  # noqa: ARG001 -- as `Problem.risk` is asked
    """Nobody knows the best possible on what was measured somewhere."""
    unknown = np.full(timesteps, np.nan)
    nan = float("nan")
    return BayesRisk(loss=nan, accuracy=nan, exact=nan, per_timestep_loss=unknown, per_timestep_accuracy=unknown)
