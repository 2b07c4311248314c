"""The smallest model that is good enough, and the models that nobody beats."""

import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis.smallest import smallest, unbeaten
from bilstm_core.sweeps import TESTED_ON


def runs(units: int, exacts: list[float], **changed: object) -> list[dict[str, object]]:
    row = {
        "problem": "cumulative_sum", "direction": "forward", "timesteps": 10, "cell": "lstm", "layers": 1,
        "merge_mode": "concat", "training": "", "tested": TESTED_ON,
    }  # fmt: skip
    return [
        {**row, "units": units, "parameters": 10 * units, "seed": seed, "exact": exact, **changed}
        for seed, exact in enumerate(exacts)
    ]


def test_the_fewest_parameters_win_among_models_that_reach_the_goal_in_two_of_three_starts() -> None:
    table = smallest(
        pd.DataFrame(
            [
                *runs(2, [0.99, 0.5, 0.98]),
                *runs(3, [0.5, 0.99, 1.0]),
                *runs(5, [1.0, 1.0, 1.0]),
                *runs(9, [0.995] * 3, direction="backward"),
            ]
        )
    )
    assert table[["direction", "units", "seed", "reached", "starts"]].to_numpy().tolist() == [
        ["backward", 9, 0, 3, 3],
        ["forward", 3, 1, 2, 3],
    ]


@pytest.mark.parametrize(
    "rows",
    [
        runs(1, [1.0, 1.0]),
        runs(1, [1.0, 1.0, 1.0], tested=TESTED_ON - 1),
        [row | {"seed": 0} for row in runs(1, [1.0, 1.0, 1.0])],
        [*runs(1, [1.0, 1.0]), *runs(1, [1.0], training="longer")],
        runs(1, [1.0] * 6 + [0.5] * 4),
    ],
    ids=["two starts", "too few sequences", "one start thrice", "two trainings", "six of ten"],
)
def test_what_does_not_count_is_no_smallest_model(rows: list[dict[str, object]]) -> None:
    assert smallest(pd.DataFrame(rows)).empty


def test_of_models_of_one_size_the_better_one_is_taken() -> None:
    rows = [*runs(4, [0.99] * 3), *runs(4, [0.999] * 3, cell="gru")]
    assert smallest(pd.DataFrame(rows))["cell"].tolist() == ["gru"]


def test_a_model_is_beaten_by_one_that_is_no_dearer_and_better_or_no_worse_and_cheaper() -> None:
    cost = np.array([1.0, 2.0, 2.0, 3.0, 3.0, np.nan])
    right = np.array([0.5, 0.7, 0.6, 0.7, 0.9, 1.0])
    assert unbeaten(cost, right).tolist() == [True, True, False, False, True, False]
    assert unbeaten(np.array([1, 1]), np.array([0.5, 0.5])).all()
