"""The board of the smallest models that comes with the program: every network that was tried for it, in one small file.

A network is tried from STARTS starts, each tested on fresh sequences. A board that another engine has trained is as if
it were not there.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from bilstm_core import codec
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.choices import DIRECTIONS, Cell, Direction
from bilstm_core.problems import PROBLEMS
from bilstm_core.runs import ENGINE_VERSION
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweeps import TESTED_ON, Result

FILE = Path(__file__).resolve().parent / "recorded" / "board.json"
GOAL = 0.99  # of whole sequences right
STARTS = 3
TIMESTEPS = (2, 3, 5, 10)
MOST_UNITS = 12  # that are tried


class Recipe(NamedTuple):
    """How networks are trained for the board: those of these cells, in order.

    last: only where no recipe before it has found a model
    """

    training: TrainingSpec
    cells: tuple[Cell, ...]
    last: bool = False


_ONCE = TrainingSpec(epochs=1, sequences_per_epoch=100_000, batch_size=2, learning_rate=1e-3)  # as a map can train them
RECIPES = (
    Recipe(_ONCE, ("rnn", "lstm")),
    Recipe(replace(_ONCE, learning_rate=3e-3), ("lstm",), last=True),
)
UNREADABLE = (OSError, KeyError, TypeError, ValueError, AttributeError)  # the last: a list where a table should be


class Place(NamedTuple):
    """A place of the board: what a model is the smallest for."""

    problem: str
    direction: Direction
    timesteps: int

    @classmethod
    def of(cls, spec: RunSpec) -> "Place":
        """The place that a run is of."""
        return cls(spec.problem.name, spec.model.direction, spec.problem.timesteps)

    @property
    def best(self) -> float:
        """The share of whole sequences that the best possible model of this direction, label by label, gets right."""
        view = view_of(ModelSpec(direction=self.direction))
        return bayes_risk(ProblemSpec(name=self.problem, timesteps=self.timesteps), view).exact


def places() -> list[Place]:
    """Every place of the board; problems whose answers are numbers have none, for no answer is simply right."""
    return [
        Place(name, direction, timesteps)
        for name, problem in PROBLEMS.items()
        if problem.head != "regression"
        for direction in DIRECTIONS
        for timesteps in TIMESTEPS
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is known of every run of every network that was tried.

    sequences: fresh ones that each run was tested on; day: when that was, as "2026-11-27"; digests: of each run, its
    first 16 hex digits; versions: of the packages that trained them; best: of each place, as of `Place.best`
    """

    sequences: int = TESTED_ON
    day: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[RunSpec, Result] = field(default_factory=dict)
    digests: Mapping[RunSpec, str] = field(default_factory=dict)
    best: Mapping[Place, float] = field(default_factory=dict)

    def possible(self, place: Place) -> bool:
        """Whether the best possible model of this direction, label by label, reaches the goal."""
        return self.best.get(place, 1.0) >= GOAL


def alike(spec: RunSpec) -> RunSpec:
    """The spec that stands for all starts of a network."""
    return replace(spec, training=replace(spec.training, seed=0))


def starts(spec: RunSpec, count: int = STARTS) -> tuple[RunSpec, ...]:
    """The starts of a network, from the seed of its spec on."""
    first = spec.training.seed
    return tuple(
        replace(spec, training=replace(spec.training, seed=first + start)).canonical() for start in range(count)
    )


def write(board: Board, path: Path = FILE) -> None:
    """Write a board in place of the one that was there, which stays whole if this is broken off. Raises OSError."""
    networks: dict[RunSpec, list[RunSpec]] = {}
    for spec in board.results:
        networks.setdefault(alike(spec), []).append(spec)
    first = codec.encode(RunSpec())
    lines = []
    for network, specs in networks.items():
        results = [board.results[spec] for spec in specs]
        line = {
            "spec": {name: text for name, text in codec.encode(network).items() if text != first[name]},
            "seed": [spec.training.seed for spec in specs],
            "right": [round(result.exact * board.sequences) for result in results],
            "loss": [float(f"{result.loss:.6g}") for result in results],
            "train_s": [float(f"{result.train_s:.3g}") for result in results],
            "digest": [board.digests[spec][:16] for spec in specs],
        }
        lines.append(json.dumps(line))
    header: dict[str, Any] = {
        "engine": ENGINE_VERSION,
        "day": board.day,
        "versions": board.versions,
        "sequences": board.sequences,
    }
    header["best"] = [[*place, float(f"{share:.6g}")] for place, share in board.best.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    body = ",\n".join(lines)
    beside = path.with_suffix(".part")
    beside.write_text(f'{json.dumps(header)[:-1]}, "networks": [\n{body}\n]}}\n', encoding="utf-8")
    beside.replace(path)


def read(path: Path = FILE) -> Board:
    """The board of a file; an empty one of a file that is damaged, or of another engine."""
    try:
        return read_whole(path)
    except UNREADABLE:
        return Board()


def read_whole(path: Path) -> Board:
    """The board of a file; an empty one where there is none, or one of another engine.

    Raises one of UNREADABLE where it is damaged.
    """
    if not path.exists():
        return Board()
    held = json.loads(path.read_text(encoding="utf-8"))
    return Board() if held["engine"] != ENGINE_VERSION else _read(held)


def _read(held: Mapping[str, Any]) -> Board:
    """Raises one of UNREADABLE where it is no board."""
    sequences = int(held["sequences"])
    results, digests = {}, {}
    for line in held["networks"]:
        network = codec.decode(line["spec"])
        columns = (line[name] for name in ("seed", "right", "loss", "train_s", "digest"))
        for seed, right, loss, train_s, digest in zip(*columns, strict=True):
            spec = replace(network, training=replace(network.training, seed=seed))
            results[spec] = Result(int(right) / sequences, float(loss), float(train_s))
            digests[spec] = str(digest)
    return Board(
        sequences=sequences,
        day=date.fromisoformat(held["day"]).isoformat(),
        versions=dict(held["versions"]),
        results=results,
        digests=digests,
        best={Place(*place): float(share) for *place, share in held["best"]},
    )


@functools.lru_cache(maxsize=1)
def recorded() -> Board:
    """The board that comes with the program."""
    return read()
