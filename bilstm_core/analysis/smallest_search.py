"""The search for the smallest model of a place: which runs are trained next, from those that were."""

import itertools
from collections.abc import Mapping

from bilstm_core.analysis.smallest import OF_STARTS, model_size, smallest_of
from bilstm_core.choices import Cell
from bilstm_core.recorded_board import GOAL, MOST_UNITS, RECIPES, STARTS, Place, alike, starts
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweeps import TESTED_ON, Result

FIRST_UNITS = 4  # up to which they are tried together


def next_units(reached: Mapping[int, bool], most: int) -> list[int]:
    """Which numbers of units are tried next for the fewest that are good enough; none once they are found.

    Doubled ones first, up to `most`, until some are enough; then the middle between these and the most below them that
    are not, until they are neighbors. So fewer may have been left out, and could be enough by chance.
    reached: of each number that was tried, whether it is enough
    """
    enough = min((units for units, good in reached.items() if good), default=None)
    if enough is not None:
        below = max((units for units in reached if units < enough), default=0)
        return [units for units in [(below + enough) // 2] if below < units <= most]
    doubled = [2**power for power in range(most.bit_length())]
    coarse = [units for units in dict.fromkeys([*doubled, most]) if 1 <= units <= most]
    first = [units for units in coarse if units <= FIRST_UNITS and units not in reached]
    return first or [units for units in coarse if units not in reached][:1]


def next_runs(place: Place, results: Mapping[RunSpec, Result]) -> list[RunSpec]:
    """The runs that are trained next in the search for the smallest model of a place; none once it has ended.

    Each recipe in turn, and with it each kind of cell: only what is smaller than the smallest found with the others.
    results: of every run that was trained for the board
    """
    own: dict[tuple[TrainingSpec, str], dict[RunSpec, Result]] = {}
    for spec, result in results.items():
        if Place.of(spec) == place:
            own.setdefault((alike(spec).training, spec.model.cell), {})[spec] = result
    for training, cell, last in ((each.training, cell, each.last) for each in RECIPES for cell in each.cells):
        key = training, cell
        others = itertools.chain.from_iterable(found.items() for tried, found in own.items() if tried != key)
        least = smallest_of(dict(others), TESTED_ON).get(place)
        if last and least:
            continue

        def network(units: int, training: TrainingSpec = training, cell: Cell = cell) -> RunSpec:
            problem = ProblemSpec(name=place.problem, timesteps=place.timesteps)
            model = ModelSpec(direction=place.direction, cell=cell, units=units)
            return RunSpec(problem=problem, model=model, training=training).canonical()

        allowed = [
            units for units in range(1, MOST_UNITS + 1) if not least or model_size(network(units)) < least.parameters
        ]
        tried: dict[int, list[float]] = {}
        for spec, result in own.get(key, {}).items():
            tried.setdefault(spec.model.units, []).append(result.exact)
        reached = {
            units: sum(exact >= GOAL for exact in exacts) >= OF_STARTS * STARTS for units, exacts in tried.items()
        }
        if units := next_units(reached, max(allowed, default=0)):
            return [spec for count in units for spec in starts(network(count))]
    return []
