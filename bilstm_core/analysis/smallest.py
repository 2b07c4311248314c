"""The smallest model that is good enough, and the models that nobody beats, from tables of runs."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.sweeps import TESTED_ON

GOAL = 0.99  # of whole sequences right
FEWEST_STARTS = 3
OF_STARTS = 2 / 3  # that must reach it
OF = ("problem", "direction", "timesteps")  # what a smallest model is the smallest of
MODEL = ("cell", "units", "layers", "merge_mode")


def smallest(runs: pd.DataFrame) -> pd.DataFrame:
    """The model with the fewest parameters of those that reach GOAL, a row for each problem, direction and length.

    runs: a row for each start: the columns of OF and MODEL, parameters, training (what else it was trained with, as
    text), seed, exact (share of whole sequences right), tested (fresh sequences that this was counted on)
    Counted are models that were trained alike from three starts or more; two of three must reach it, on TESTED_ON
    sequences or more each. Of models of one size the one that gets more right in its median start is taken.
    Returns OF, MODEL, parameters, training, seed (the lowest that reaches it), starts, reached, exact (of the median).
    """
    by = [*OF, *MODEL, "parameters", "training"]
    counted = runs[runs["tested"] >= TESTED_ON].drop_duplicates([*by, "seed"])
    rows = []
    for key, group in counted.groupby(by, sort=False):
        reached = group[group["exact"] >= GOAL]
        if len(group) >= FEWEST_STARTS and len(reached) >= OF_STARTS * len(group):
            row = dict(zip(by, key, strict=True)) | {"seed": int(reached["seed"].min())}
            rows.append(row | {"starts": len(group), "reached": len(reached), "exact": group["exact"].median()})
    table = pd.DataFrame(rows, columns=[*by, "seed", "starts", "reached", "exact"])
    ordered = table.sort_values(["parameters", "exact"], ascending=[True, False], kind="stable")
    return ordered.drop_duplicates([*OF]).sort_values([*OF], ignore_index=True)


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
