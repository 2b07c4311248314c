"""The smallest model that is good enough, and the models that nobody beats, from tables of runs."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.choices import Cell
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.recorded_board import GOAL, STARTS, Place, alike
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from bilstm_core.sweeps import TESTED_ON, Result

OF_STARTS = 2 / 3  # that must reach the goal
OF = ("problem", "direction", "timesteps")  # what a smallest model is the smallest of
MODEL = ("cell", "units", "layers", "merge_mode")


def smallest(runs: pd.DataFrame) -> pd.DataFrame:
    """The model with the fewest parameters of those that reach GOAL, a row for each problem, direction and length.

    runs: a row for each start: the columns of OF and MODEL, parameters, training (what else it was trained with, as of
    `table_of`), seed, exact (share of whole sequences right), tested (fresh sequences that this was counted on)
    Counted are models that were trained alike from three starts or more; two of three must reach it, on TESTED_ON
    sequences or more each. Of models of one size the one that gets more right in its median start is taken.
    Returns OF, MODEL, parameters, training, seed (the lowest that reaches it), starts, reached, exact (of the median).
    """
    by = [*OF, *MODEL, "parameters", "training"]
    counted = runs[runs["tested"] >= TESTED_ON].drop_duplicates([*by, "seed"])
    rows = []
    for key, group in counted.groupby(by, sort=False):
        reached = group[group["exact"] >= GOAL]
        if len(group) >= STARTS and len(reached) >= OF_STARTS * len(group):
            row = dict(zip(by, key, strict=True)) | {"seed": int(reached["seed"].min())}
            rows.append(row | {"starts": len(group), "reached": len(reached), "exact": group["exact"].median()})
    table = pd.DataFrame(rows, columns=[*by, "seed", "starts", "reached", "exact"])
    ordered = table.sort_values(["parameters", "exact"], ascending=[True, False], kind="stable")
    return ordered.drop_duplicates([*OF]).sort_values([*OF], ignore_index=True)


def table_of(results: Mapping[RunSpec, Result], tested: int) -> pd.DataFrame:
    """The runs as `smallest` takes them: those of a problem as it is at first, whatever the network and its training.

    Another threshold is another problem, which may be easier.
    """
    rows = []
    for spec, result in results.items():
        problem, model = spec.problem, spec.model
        if problem != ProblemSpec(name=problem.name, timesteps=problem.timesteps):
            continue
        training = alike(spec).training
        of = problem.name, model.direction, problem.timesteps
        of_model = model.cell, model.units, model.layers, model.merge_mode
        size = parameter_count(problem, model)
        rows.append((*of, *of_model, size, training, spec.training.seed, result.exact, tested))
    return pd.DataFrame(rows, columns=[*OF, *MODEL, "parameters", "training", "seed", "exact", "tested"])


class Smallest(NamedTuple):
    """A model that is the smallest found for a place.

    spec: with the lowest of its seeds; parameters: its number of them; exacts: the share of whole sequences right of
    each start, rising; reached: how many of them reach the goal
    """

    spec: RunSpec
    parameters: int
    exacts: tuple[float, ...]
    reached: int

    @property
    def starts(self) -> int:
        """How many starts it has."""
        return len(self.exacts)


def smallest_of(results: Mapping[RunSpec, Result], tested: int) -> dict[Place, Smallest]:
    """The smallest model of each place, from what is known of runs; none where none is good enough."""
    networks: dict[RunSpec, list[RunSpec]] = {}
    for spec in results:
        networks.setdefault(alike(spec), []).append(spec)
    found = {}
    for row in smallest(table_of(results, tested)).to_dict("records"):
        problem = ProblemSpec(name=row["problem"], timesteps=row["timesteps"])
        model = ModelSpec(direction=row["direction"], **{name: row[name] for name in MODEL})
        specs = networks[RunSpec(problem=problem, model=model, training=row["training"]).canonical()]
        first = min(specs, key=lambda spec: spec.training.seed)
        exacts = tuple(sorted(results[spec].exact for spec in specs))
        found[Place.of(first)] = Smallest(first, row["parameters"], exacts, row["reached"])
    return found


def smaller(found: Mapping[Place, Smallest], than: Mapping[Place, Smallest]) -> dict[Place, Smallest]:
    """Those that have fewer parameters than the other's of the same place, or where the other has none."""
    return {
        place: model for place, model in found.items() if place not in than or model.parameters < than[place].parameters
    }


class Tried(NamedTuple):
    """What was tried for a place.

    units: of each kind of cell, from how many units, rising
    exact: the highest share of whole sequences right of a median start, and spec: whose it is
    """

    units: Mapping[Cell, tuple[int, ...]]
    exact: float
    spec: RunSpec


def tried_of(results: Mapping[RunSpec, Result], found: Mapping[Place, Smallest]) -> dict[Place, Tried]:
    """What was tried for each place, from what is known of runs: of fewer parameters than the model found, if any."""
    networks: dict[RunSpec, list[float]] = {}
    for spec, result in results.items():
        place = Place.of(spec)
        if place not in found or model_size(spec) < found[place].parameters:
            networks.setdefault(alike(spec), []).append(result.exact)
    tried: dict[Place, Tried] = {}
    for spec, exacts in networks.items():
        place, model = Place.of(spec), spec.model
        now = Tried({}, float(np.median(exacts)), spec)
        before = tried.get(place, now)
        units = {*before.units.get(model.cell, ()), model.units}
        best = now if now.exact > before.exact else before
        tried[place] = best._replace(units={**before.units, model.cell: tuple(sorted(units))})
    return tried


def model_size(spec: RunSpec) -> int:
    """The number of parameters of a run's network."""
    return parameter_count(spec.problem, spec.model)


def unbeaten(cost: npt.NDArray[np.number], right: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether no other model costs as little and gets more right, or gets as much right and costs less.

    cost, right: (models,); a model of which either is nan is beaten. Of equals none beats another.
    """
    costs = np.asarray(cost, np.float64)
    cheaper, better = costs[None, :] < costs[:, None], right[None, :] > right[:, None]
    no_dearer, no_worse = costs[None, :] <= costs[:, None], right[None, :] >= right[:, None]
    beaten = ((cheaper & no_worse) | (no_dearer & better)).any(axis=1)
    known: npt.NDArray[np.bool_] = ~(np.isnan(costs) | np.isnan(right))
    return known & ~beaten
