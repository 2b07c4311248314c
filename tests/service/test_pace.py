"""Estimates follow what was measured."""

from dataclasses import replace

import pytest

from bilstm_core.engine import cost
from bilstm_core.runs import Timing
from bilstm_core.service.pace import COMPILE_S, Pace
from bilstm_core.specs import RunSpec, TrainingSpec
from tests.test_store import finished

SPECS = [RunSpec(training=TrainingSpec(epochs=10_000, seed=seed)) for seed in range(3)]


def test_on_a_slower_machine_the_estimate_is_within_half_after_a_few_trainings() -> None:
    pace, estimated = Pace(), cost.seconds(SPECS)
    runs = [
        replace(finished(SPECS[0]), spec=spec, timing=Timing(train_s=3 * estimated, compile_s=0.0, stacked=3))
        for spec in SPECS
    ]
    for _ in range(4):
        pace.measure(runs, 3 * estimated + 0.4, estimated)
    assert 2 < pace.factor < 3
    for _ in range(30):
        pace.measure(runs, 3 * estimated + 0.4, estimated)
    assert pace.factor == pytest.approx(3, rel=1e-3)
    assert pace.task_s == pytest.approx(0.4, rel=1e-3)


def test_a_training_of_a_moment_says_nothing_of_the_machine_but_a_compile_does() -> None:
    pace = Pace()
    short = RunSpec(training=TrainingSpec(epochs=2))
    pace.measure(
        [replace(finished(short), timing=Timing(train_s=4.0, compile_s=5.0, stacked=1))], 9.0, cost.seconds([short])
    )
    assert pace.factor == 1
    assert COMPILE_S < pace.compile_s < 5
    before = pace.compile_s
    pace.measure_compile(0.0)
    assert pace.compile_s == before
