"""What How small? shows as code, run and held to what the page shows."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from bilstm_core.evaluation import evaluate
from bilstm_core.export import sweep
from bilstm_core.page_settings import SWEEPS
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.training import train_many
from tests.export.programs import code_cells, executed, uncompiled

TINY = replace(
    SWEEPS.first,
    across="layers",
    x_to=2.0,
    y_to=2.0,
    timesteps=3,
    starts=2,
    sequences_per_epoch=5,
    batch_size=2,
    seed=3,
)


@pytest.mark.parametrize(
    "settings",
    [
        TINY,
        pytest.param(
            replace(TINY, across="timesteps", x_from=2.0, x_to=3.0, steps=2, direction="backward", cell="gru"),
            marks=pytest.mark.long,
        ),
        replace(
            TINY, across="sequences", x_from=4.0, x_to=5.0, up="learning_rate", y_from=0.01, y_to=0.02, steps=2,
            name="total_quarters", merge_mode="sum",
        ),
        pytest.param(
            replace(TINY, across="batch_size", x_to=2.0, up="threshold", steps=2, y_to=0.9, name="variable_length"),
            marks=pytest.mark.long,
        ),
    ],
    ids=lambda settings: f"{settings.up} by {settings.across}",
)  # fmt: skip
def test_a_maps_script_reproduces_every_square(settings: SweepSettings) -> None:
    program = sweep.program(settings, question="How small?", tested=40)
    assert max(map(len, program.script().splitlines())) <= 100
    with uncompiled():
        left = executed(program.script())
        specs = list(chain.from_iterable(settings.grid.cells.values()))
        exact = [evaluate(run, 40).exact for run in train_many(specs)]
    np.testing.assert_allclose(left["right"].ravel(), exact, atol=1e-9)
    heat = left["figure"].data[0]
    assert (len(heat.x), len(heat.y)) == (len(settings.grid.x.values), len(settings.grid.y.values))
    assert heat.zmax == 1


def test_the_lines_with_the_core_train_the_same_runs() -> None:
    program = sweep.program(TINY, question="How small?")
    made = program.with_core.replace("runs = train_many(", "asked = dict(specs=")
    specs = list(chain.from_iterable(TINY.grid.cells.values()))
    assert executed(made)["asked"] == {"specs": specs, "mixed": True}


def test_a_notebook_has_the_same_code() -> None:
    program = sweep.program(TINY, question="How small?")
    assert "new_model" in "".join(code_cells(program.notebook()))
