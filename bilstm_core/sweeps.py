"""Sweeps: one run with two of its settings varied over a grid, and which of its cells are trained first.

Tables over a grid have the shape (rows, columns): a row for each value of y, a column for each value of x. A cell that
is not measured yet is nan in them.
"""

import functools
import itertools
import math
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.problems import Problem
from bilstm_core.specs import RunSpec, SettingError

GOAL = 0.9  # of whole sequences right, where the boundary is drawn at first
TESTED_ON = 10_000  # fresh sequences, for each run
COARSE = 4  # about how many cells each way are trained first
NEAREST = 4  # measured cells that an estimate is made of
PART_OF_ALL = 10  # of the training sequences that somebody brought, the fewest that are taken at first are a tenth

Spacing = Literal["even", "growing", "ratio"]
Place = tuple[int, int]  # of a cell: its row and its column
Shares = npt.NDArray[np.float64]
Segment = tuple[float, float, float, float]  # of a line: x0, y0, x1, y1; cell (0, 0) is around 0, 0


class Result(NamedTuple):
    """What is known of a run, on fresh sequences, or on those of somebody's own that are held out.

    exact: share of whole sequences right; loss; train_s: seconds; accuracy: share of labels right, where it is known
    """

    exact: float
    loss: float
    train_s: float
    accuracy: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """A setting that can be varied.

    low, high: between which at first
    spacing: even steps; growing ones, of 1 at first; or the same ratio from one to the next
    put: a run with another value of it
    """

    low: float
    high: float
    spacing: Spacing
    put: Callable[[RunSpec, Any], RunSpec]

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return isinstance(self.low, int)


def _in(part: str, name: str) -> Callable[[RunSpec, Any], RunSpec]:
    def put(spec: RunSpec, value: Any) -> RunSpec:
        return replace(spec, **{part: replace(getattr(spec, part), **{name: value})})

    return put


def _sequences(spec: RunSpec, value: int) -> RunSpec:
    """Drawn sequences are seen once each; of those that somebody brought the first ones, in as many rounds as ever."""
    fixed, epochs = spec.problem.problem.fixed, 1
    if fixed:
        epochs, there = spec.training.epochs, fixed().training
        if value > there:
            raise SettingError("sequences_per_epoch", f"must be at most {there:,}, as many as there are to learn from.")
    return replace(spec, training=replace(spec.training, epochs=epochs, sequences_per_epoch=value))


SWEPT: Mapping[str, Swept] = {
    "units": Swept(low=1, high=40, spacing="growing", put=_in("model", "units")),
    "timesteps": Swept(low=2, high=24, spacing="even", put=_in("problem", "timesteps")),
    "layers": Swept(low=1, high=3, spacing="even", put=_in("model", "layers")),
    "batch_size": Swept(low=1, high=50, spacing="growing", put=_in("training", "batch_size")),
    "learning_rate": Swept(low=1e-4, high=1e-1, spacing="ratio", put=_in("training", "learning_rate")),
    "sequences": Swept(low=100, high=10_000, spacing="ratio", put=_sequences),
    "threshold": Swept(low=0.05, high=0.95, spacing="even", put=_in("problem", "threshold")),
}


def usual_ends(setting: str, problem: Problem) -> tuple[Any, Any]:
    """Between which values a setting is varied at first; training sequences that somebody brought up to all of them."""
    if setting == "sequences" and problem.fixed:
        there = problem.fixed().training
        return max(1, there // PART_OF_ALL), there
    return SWEPT[setting].low, SWEPT[setting].high


def spaced(setting: str, low: float, high: float, count: int) -> tuple[Any, ...]:
    """At most `count` values of a setting from low to high, both among them, spaced as it is varied.

    Raises ValueError, with a sentence, where low is not below high.
    """
    swept = SWEPT[setting]
    if not low < high:
        raise ValueError(f"The lowest value must be below the highest, not {low:g} and {high:g}.")
    if swept.spacing == "growing":
        return _growing(int(low), int(high), count)
    space = np.geomspace if swept.spacing == "ratio" else np.linspace
    values = [low, *(_rounded(float(value), swept) for value in space(low, high, count)[1:-1]), high]
    return tuple(dict.fromkeys(int(value) if swept.whole else float(value) for value in values))


def _rounded(value: float, swept: Swept) -> float:
    if swept.spacing == "ratio":
        return float(f"{value:.2g}")
    return round(value) if swept.whole else round(value, 2)


def _growing(low: int, high: int, count: int) -> tuple[int, ...]:
    """Steps of 1 at first, then as much larger as takes `count` values from low to high."""

    def values(ratio: float) -> list[int]:
        found = [low]
        while len(found) < count:
            found.append(max(found[-1] + 1, round(found[-1] * ratio)))
        return found

    if high - low < count:
        return tuple(range(low, high + 1))
    least, most = 1.0, float(high)
    for _ in range(50):
        middle = (least + most) / 2
        least, most = (middle, most) if values(middle)[-1] < high else (least, middle)
    return (*values(least)[:-1], high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A setting of SWEPT, and the values that it takes, rising."""

    setting: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A run, and what is varied of it across (x) and up (y); a cell is trained from so many starts.

    Raises ValueError, with a sentence, for one setting that is varied twice, for a threshold where there is none, for
    timesteps that the data decide, for a problem whose answers are numbers, of which none is simply right, and for a
    run that is not allowed.
    """

    base: RunSpec
    x: Axis
    y: Axis
    starts: int = 3

    def __post_init__(self) -> None:
        problem = self.base.problem.problem
        if self.x.setting == self.y.setting:
            raise ValueError("Choose two different settings to vary.")
        if problem.head == "regression":
            raise ValueError(f"The answers of {problem.title} are numbers. Choose a problem with labels.")
        if "threshold" in (self.x.setting, self.y.setting) and "threshold" not in problem.parameters:
            raise ValueError(f"{problem.title} has no threshold. Vary another setting, or choose another problem.")
        if problem.fixed and "timesteps" in (self.x.setting, self.y.setting):
            raise ValueError("How many timesteps there are the data decide. Vary another setting.")
        _cells(self)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.y.values), len(self.x.values)

    @property
    def cells(self) -> Mapping[Place, tuple[RunSpec, ...]]:
        """The runs of every cell, one for each start."""
        return _cells(self)

    def rights(self, results: Mapping[RunSpec, Result]) -> Shares:
        """What counts of each cell: that of its median start; nan while a start is missing."""
        return self.measured(results, self.right)

    def right(self, result: Result) -> float:
        """What counts of a run: the share of whole sequences right, or of single labels in what somebody brought.

        Labels that were measured somewhere are noisy: of a long sequence hardly ever all are right.
        """
        return result.accuracy if self.of_data else result.exact

    @property
    def of_data(self) -> bool:
        """Whether the sequences are some that somebody brought."""
        return self.base.problem.problem.fixed is not None

    def rights_so_far(self, results: Mapping[RunSpec, Result]) -> Shares:
        """As `rights`, of the starts that are known; nan where none is."""
        return self.measured(results, self.right, starts=1)

    def measured(
        self, results: Mapping[RunSpec, Result], value: Callable[[Result], float], starts: int | None = None
    ) -> Shares:
        """A value of each cell's runs, of their median. starts: that must be known, all by default"""
        table = np.full(self.shape, np.nan)
        for place, specs in self.cells.items():
            known = [value(results[spec]) for spec in specs if spec in results]
            if len(known) >= (starts or self.starts):
                table[place] = statistics.median(known)
        return table

    def parameters(self) -> npt.NDArray[np.int64]:
        """How many parameters the model of each cell has."""
        return _parameters(self)


@functools.lru_cache(maxsize=32)  # a page asks for all of them in every run
def _cells(grid: Grid) -> Mapping[Place, tuple[RunSpec, ...]]:
    across, up = SWEPT[grid.x.setting], SWEPT[grid.y.setting]
    first = grid.base.training.seed
    cells = {}
    for (row, y), (column, x) in itertools.product(enumerate(grid.y.values), enumerate(grid.x.values)):
        spec = up.put(across.put(grid.base, x), y)
        cells[row, column] = tuple(
            replace(spec, training=replace(spec.training, seed=(first + start) % 2**31)).canonical()
            for start in range(grid.starts)
        )
    return cells


@functools.lru_cache(maxsize=32)
def _parameters(grid: Grid) -> npt.NDArray[np.int64]:
    counts = np.zeros(grid.shape, np.int64)
    for place, (spec, *_) in grid.cells.items():
        counts[place] = parameter_count(spec.problem, spec.model)
    return counts


def next_places(right: Shares, goal: float = GOAL) -> list[Place]:
    """The cells that are trained next; none once all are measured.

    First a coarse lattice over the whole grid. Then cells of finer and finer ones, wherever the measured cells around
    them lie on both sides of the goal, so that the boundary shows early. At last all others, coarser lattices first.
    """
    stride = first = _coarse(right)
    missing = [place for wider in (4, 2, 1) for place in _missing(right, wider * first)]
    while not missing and stride > 1:
        reach, stride = stride, stride // 2
        missing = [place for place in _missing(right, stride) if _in_doubt(right, place, reach, goal)]
    if not missing:
        missing = [place for place in _missing(right, 1) if _in_doubt(right, place, 1, goal)]
    if missing:
        return list(dict.fromkeys(missing))
    strides = [first >> step for step in range(first.bit_length())]
    return list(dict.fromkeys(place for stride in strides for place in _missing(right, stride)))


def _coarse(right: Shares) -> int:
    """From one cell that is trained first to the next, each way."""
    return int(2 ** max(0, math.ceil(math.log2(max(right.shape) / COARSE))))


def _missing(right: Shares, stride: int) -> list[Place]:
    """The cells of a lattice, the last row and column among them, that are not measured."""
    rows, columns = ([*range(0, size - 1, stride), size - 1] for size in right.shape)
    return [place for place in itertools.product(rows, columns) if np.isnan(right[place])]


def _in_doubt(right: Shares, place: Place, reach: int, goal: float) -> bool:
    row, column = place
    around = right[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1]
    known = around[~np.isnan(around)]
    return bool(known.size) and bool((known >= goal).any() != (known >= goal).all())


def estimated(right: Shares) -> Shares:
    """The grid with each missing cell as its nearest measured ones have it, nearer ones more.

    Of one that is farther from all of them than the cells that are trained first are from one another, nothing is said.
    """
    known = np.argwhere(~np.isnan(right))
    filled = right.copy()
    if not len(known):
        return filled
    for place in map(tuple, np.argwhere(np.isnan(right))):
        if np.abs(known - place).max(axis=1).min() > _coarse(right):
            continue
        squares = ((known - place) ** 2).sum(axis=1).astype(np.float64)
        nearest = np.argsort(squares, kind="stable")[:NEAREST]
        weights = 1.0 / squares[nearest]
        filled[place] = float(np.average(right[tuple(known[nearest].T)], weights=weights))
    return filled


def boundary(right: Shares, goal: float = GOAL) -> list[Segment]:
    """The lines between cells that reach a goal and cells that don't; none beside a cell of which nothing is said.

    right: as of `estimated`
    """
    reached, said = right >= goal, ~np.isnan(right)
    across = np.argwhere((reached[:, 1:] != reached[:, :-1]) & said[:, 1:] & said[:, :-1])
    upward = np.argwhere((reached[1:] != reached[:-1]) & said[1:] & said[:-1])
    return [
        *((column + 0.5, row - 0.5, column + 0.5, row + 0.5) for row, column in across.tolist()),
        *((column - 0.5, row + 0.5, column + 0.5, row + 0.5) for row, column in upward.tolist()),
    ]


def sides(segment: Segment) -> tuple[Place, Place]:
    """The two cells that a line of `boundary` lies between."""
    x0, y0, x1, y1 = segment
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    if x0 == x1:
        return (int(y), int(x - 0.5)), (int(y), int(x + 0.5))
    return (int(y - 0.5), int(x)), (int(y + 0.5), int(x))
