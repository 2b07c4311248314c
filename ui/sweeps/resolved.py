"""What the map shows and what Train would train: worked out once a rerun, and handed down."""

import bisect
import functools
import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from bilstm_core.analysis import held_out
from bilstm_core.analysis.statistics import error_of_medians
from bilstm_core.analysis.telling import Told
from bilstm_core.bayes import view_of
from bilstm_core.engine import mixing
from bilstm_core.evaluation import AFFORDABLE_BESIDE, evaluation_size
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.page_settings import SWEEPS
from bilstm_core.problems import given
from bilstm_core.specs import ProblemSpec, RunSpec
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.sweeps import (
    TESTED_ON,
    Axis,
    Grid,
    Place,
    Result,
    Segment,
    Shares,
    boundary,
    estimated,
    next_places,
    sides,
)
from ui import best_possible, derivation, lesson_texts, live, own_data, registry, session, state
from ui import results as known
from ui.lesson_texts import Answer
from ui.settings import PageSettings, write
from ui.sweeps import data_words, words


class SweepPage(PageSettings[SweepSettings]):
    """The settings of the page, as its widgets stand."""

    def fill(self, settings: SweepSettings) -> None:
        """Set the page to these settings; only from a callback, or before its widgets are drawn."""
        own_data.filled(self.page, settings.name)
        write(self.page, settings)


SETTINGS = SweepPage(page=registry.SWEEPS.name, first=SWEEPS.first, choices=SWEEPS.choices)
PATIENCE_S = 0.3  # for what the store has, before the page is drawn without
WAVE_S = 20.0  # of training and testing in one job, by estimate: what comes next is chosen anew after it
TESTING_PACE = 1.5e10  # multiply-adds a second, of a test on fresh sequences
CORES = 2  # that train and test, of the machine that mixing's estimates are of
COMPILE_S = 1.4  # of a program, there
OF_POSITION = ("timesteps", "threshold")  # the settings that change what is best possible
LOWEST = 0.01  # of a goal, which has colors below it


@dataclass(frozen=True, kw_only=True)
class Map:
    """A grid and what is known of its squares.

    sequences: fresh ones, or held-out ones, that each run is tested on
    beside: the small maps, by name
    news: `results.news` before any of them was asked for
    base: of sequences that somebody brought, the share of labels that the base rate gets right
    leader: the highest share that a small map has
    """

    settings: SweepSettings
    grid: Grid
    sequences: int
    results: Mapping[RunSpec, Result]
    pending: Sequence[RunSpec]
    beside: Mapping[str, "Map"] = field(default_factory=dict)
    news: int = 0
    base: float = np.nan
    leader: float = np.nan

    @cached_property
    def top(self) -> float:
        """The share of the best square, of the small maps, too; nan where none is measured."""
        known = [share for share in (*self.right.ravel().tolist(), self.leader) if not np.isnan(share)]
        return max(known, default=np.nan)

    @property
    def goal(self) -> float:
        """Where the boundary is drawn: a share, or on sequences that somebody brought so far below the best square."""
        if not self.grid.of_data:
            return self.settings.goal
        return max(LOWEST, (1.0 if np.isnan(self.top) else self.top) - self.settings.within)

    @cached_property
    def right(self) -> Shares:
        """What counts of each square, as `Grid.rights` has it, nan where it is not measured."""
        return self.grid.rights(self.results)

    @cached_property
    def filled(self) -> Shares:
        """The same with estimates: of the starts that are known, and from squares nearby where none is."""
        return estimated(self.grid.rights_so_far(self.results))

    @property
    def measured(self) -> int:
        """How many squares are measured."""
        return int((~np.isnan(self.right)).sum())

    @property
    def squares(self) -> int:
        """How many there are."""
        return self.right.size

    @cached_property
    def boundary(self) -> list[tuple[Segment, bool]]:
        """The lines between squares on either side of the goal, and whether both of these are measured."""
        lines = boundary(self.filled, self.goal)
        return [(line, not any(np.isnan(self.right[place]) for place in sides(line))) for line in lines]

    @property
    def all_measured(self) -> tuple[int, int]:
        """How many squares are measured, and how many there are, with those of the small maps."""
        others = [other for other in self.beside.values() if other.grid.cells != self.grid.cells]
        maps = [self, *others]
        return sum(each.measured for each in maps), sum(each.squares for each in maps)

    @property
    def awaits(self) -> bool:
        """Whether results that are stored here are still in test."""
        return bool(self.pending) or any(other.pending for other in self.beside.values())

    @cached_property
    def missing(self) -> list[RunSpec]:
        """The runs that have yet to be trained, with those of the small maps."""
        others = [other.own_missing for other in self.beside.values()]
        return list(dict.fromkeys(itertools.chain(self.own_missing, *others)))

    @cached_property
    def own_missing(self) -> list[RunSpec]:
        """Those of the map itself."""
        awaited = set(self.pending)
        every = itertools.chain.from_iterable(self.grid.cells.values())
        return [spec for spec in every if spec not in self.results and spec not in awaited]

    @property
    def seconds(self) -> float:
        """About how long these take to train and test, with all that may have to be compiled first."""
        return compiling(self.missing) + seconds(self.missing, self.sequences)

    @cached_property
    def possible(self) -> Shares:
        """The best possible share of each square, nan while it is not known."""
        table = np.full(self.grid.shape, np.nan)
        known: dict[tuple[ProblemSpec, str], float] = {}
        for place, (spec, *_) in self.grid.cells.items():
            key = spec.problem, view_of(spec.model)
            if key not in known:
                risk = best_possible.best_possible(spec.problem, spec.model)
                known[key] = risk.exact if risk else np.nan
            table[place] = known[key]
        return table

    def wave(self) -> list[RunSpec]:
        """The runs that are trained next, as one job; none once all are trained. The small maps come last."""
        if not self.own_missing:
            return next((wave for other in self.beside.values() if (wave := other.wave())), [])
        left = set(self.own_missing)
        chosen = [spec for place in next_places(self.right, self.goal) for spec in self.grid.cells[place]]
        specs = [spec for spec in chosen if spec in left] or self.own_missing  # what was chosen may be in test already
        fitting = bisect.bisect_right(
            range(1, len(specs) + 1), WAVE_S, key=lambda count: seconds(specs[:count], self.sequences)
        )
        return specs[: max(1, fitting)]

    @property
    def best(self) -> list[float]:
        """The best possible share of each column; none where it is not known of all, or differs within a column."""
        if self.grid.y.setting in OF_POSITION or np.isnan(self.possible).any():
            return []
        return [float(share) for share in self.possible[0]]

    @cached_property
    def opened(self) -> Place | None:
        """The square that is open, if the map has it."""
        chosen = state.SQUARE(SETTINGS.page).get()
        columns, rows = ([float(value) for value in axis.values] for axis in (self.grid.x, self.grid.y))
        if chosen is None or chosen[0] not in columns or chosen[1] not in rows:
            return None
        return rows.index(chosen[1]), columns.index(chosen[0])

    @property
    def column(self) -> int:
        """The column that the answer is about: that of the open square.

        While none is open it is the one nearest to the setting that the page has for all squares.
        """
        return self.opened[1] if self.opened else self._nearest(self.grid.x)

    @property
    def row(self) -> int:
        """The row of the same kind."""
        return self.opened[0] if self.opened else self._nearest(self.grid.y)

    def _nearest(self, axis: Axis) -> int:
        name = "sequences_per_epoch" if axis.setting == "sequences" else axis.setting
        wanted = float(getattr(self.settings, name))
        return int(np.argmin([abs(float(value) - wanted) for value in axis.values]))


def resolve(settings: SweepSettings, patience_s: float = PATIENCE_S) -> Map:
    """The map of these settings as far as it is known; ValueError, with a sentence, where they are not allowed."""
    news = known.news()
    beside = {name: resolve(other, patience_s=0.0) for name, other in settings.family.items()}
    grid = grid_of(settings)
    specs = list(itertools.chain.from_iterable(grid.cells.values()))
    sequences = min(TESTED_ON, *(evaluation_size(spec, AFFORDABLE_BESIDE) for spec in (specs[0], specs[-1])))
    asked = known.of(specs, sequences, session.store())
    if grid.of_data and _judged(asked, sequences):
        asked = known.of(specs, sequences, session.store())
    awaited = wait(asked.values(), patience_s).not_done
    pending = [spec for spec, future in asked.items() if future in awaited]
    results = {spec: result for spec, future in asked.items() if future not in awaited and (result := future.result())}
    shown = Map(
        settings=settings,
        grid=grid,
        sequences=sequences,
        results=results,
        pending=pending,
        beside=beside,
        news=news,
        base=_base_rate(grid.base.problem.name) if grid.of_data else np.nan,
    )
    if not (grid.of_data and beside):  # no other square counts
        return shown
    leader = max((top for each in (shown, *beside.values()) if not np.isnan(top := each.top)), default=np.nan)
    small = {name: replace(other, leader=leader) for name, other in beside.items()}
    return replace(shown, leader=leader, beside=small)


def _judged(asked: Mapping[RunSpec, known.Known], sequences: int) -> bool:
    """Have what this visit has trained of sequences that somebody brought tested, which no store has; whether any is"""
    unknown = [spec for spec, future in asked.items() if future.done() and future.result() is None]
    runs = [run for spec in unknown if (run := session.find(spec))]
    for run in runs:
        known.judge(run, sequences)
    return bool(runs)


def _base_rate(name: str) -> float:
    """The share of held-out labels right of whoever always names the commonest label of the training sequences."""
    own = given.held(name)
    labels = held_out.labels_of(own)
    return float(held_out.scores(held_out.base_rate(own, labels), labels)[0])


@functools.lru_cache(maxsize=32)
def grid_of(settings: SweepSettings) -> Grid:
    """The grid of settings, made once."""
    return settings.grid


def seconds(specs: Sequence[RunSpec], sequences: int) -> float:
    """About how long these take as one job: to train, and meanwhile to test on so many sequences each."""
    trained = mixing.seconds(specs)
    tested = sum(_testing(spec) for spec in specs) * sequences / TESTING_PACE
    return max(trained, (trained + tested) / CORES)


def compiling(specs: Sequence[RunSpec]) -> float:
    """About how long it takes to compile what trains these, if none of it is compiled yet."""
    return COMPILE_S * len(mixing.programs_of(specs))


@functools.lru_cache(maxsize=30_000)
def _testing(spec: RunSpec) -> float:
    """Multiply-adds for a sequence."""
    return spec.problem.timesteps * (parameter_count(spec.problem, spec.model) + 200.0)


def told(shown: Map) -> Told:
    """The answer to the page's question, from the squares that are measured."""
    column, goal = shown.column, shown.goal
    right = shown.right[:, column]
    known = ~np.isnan(right)
    if not known.any():
        busy = live.active(SETTINGS.page) or shown.pending
        across = shown.grid.x
        return words.measuring(across.setting, across.values[column]) if busy else words.PRESS_TRAIN
    up, values = shown.grid.y.setting, shown.grid.y.values
    reached = [row for row in np.flatnonzero(known) if right[row] >= goal]
    row = (reached[-1] if up == "timesteps" else reached[0]) if reached else None
    spoken_of = known
    if row is not None and up in (*words.FEWEST, "timesteps"):
        spoken_of = known[row:] if up == "timesteps" else known[: row + 1]
    before = [i for i in np.flatnonzero(known) if row is not None and i < row]
    beyond = [i for i in np.flatnonzero(known) if row is not None and i > row and right[i] < goal]
    top = int(np.nanargmax(right))
    best_row = top if row is None else int(row)
    found = words.Column(
        setting=shown.grid.x.setting,
        value=shown.grid.x.values[column],
        up=up,
        values=values,
        reached=None if row is None else values[row],
        whole=bool(spoken_of.all()),
        most=(float(right[top]), values[top]),
        below=values[before[-1]] if before else None,
        short=[values[i] for i in beyond],
        gap=float(goal - min(right[beyond])) if beyond else 0.0,
        starts=shown.grid.starts,
        chance=error_of_medians(
            [
                [shown.grid.right(shown.results[spec]) for spec in shown.grid.cells[int(i), column]]
                for i in np.flatnonzero(known)
            ]
        ),
    )
    if shown.grid.of_data:
        rests = data_words.rests_on(shown.measured, shown.squares, shown.grid.starts, shown.sequences, shown.base)
        named = float(right[best_row])
        scale = data_words.Scale(shown.base, shown.top, shown.settings.within)
        return data_words.answer(found, named, scale, rests)
    rests = words.rests_on(
        shown.measured, shown.squares, shown.grid.starts, shown.sequences, float(shown.possible[best_row, column])
    )
    return words.answer(found, goal, rests)


def enough(shown: Map | str) -> Answer | None:
    """How many units are enough, for the lesson; None where the map is another, or not measured there."""
    if not isinstance(shown, Map) or (shown.grid.x.setting, shown.grid.y.setting) != ("timesteps", "units"):
        return None
    if lesson_texts.AT_TIMESTEPS not in shown.grid.x.values:
        return None
    shares = shown.right[:, shown.grid.x.values.index(lesson_texts.AT_TIMESTEPS)]
    if np.isnan(shares).any():
        return None
    return lesson_texts.enough(shown.grid.y.values, shares.tolist(), shown.settings.goal)


def of_data(shown: Map | str) -> list[RunSpec]:
    """A run of a map of sequences that somebody brought, which says what whoever opens a link to it sees."""
    return [shown.grid.base] if isinstance(shown, Map) and shown.grid.of_data else []


def computed(shown: Map | str) -> str:
    """How what the map measures is computed."""
    return data_words.COMPUTED if of_data(shown) else derivation.LOSS


def right_of(shown: Map) -> str:
    """What the shares of a map are of."""
    return data_words.LABELS if shown.grid.of_data else words.WHOLE


def problem(shown: Map | str) -> ProblemSpec | None:
    """The problem of a map, if there is one."""
    return shown.grid.base.problem if isinstance(shown, Map) else None
