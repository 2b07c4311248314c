"""What a training is reckoned to cost, and how seeds are put side by side."""

import re
import time
from dataclasses import replace
from typing import Any

import pytest

from bilstm_core.choices import MERGE_MODES, Cell, Direction
from bilstm_core.engine import cost
from bilstm_core.service.parts import parts_of
from bilstm_core.specs import MAX_WORK, ModelSpec, ProblemSpec, RunSpec, TrainingSpec


def spec(timesteps: int = 10, units: int = 20, batch: int = 1, seed: int = 0, **model: Any) -> RunSpec:
    return RunSpec(
        problem=ProblemSpec(timesteps=timesteps),
        model=ModelSpec(units=units, **model),
        training=TrainingSpec(epochs=250, batch_size=batch, sequences_per_epoch=batch, seed=seed),
    )


def starts(count: int, **settings: Any) -> list[RunSpec]:
    return [spec(seed=seed, **settings) for seed in range(count)]


def test_small_networks_go_side_by_side_and_large_ones_one_after_the_other() -> None:
    assert list(cost.stacks(spec(), 50)) == [(32, 32), (18, 32)]
    assert list(cost.stacks(spec(timesteps=200), 10)) == [(8, 8), (2, 4)]
    assert list(cost.stacks(spec(timesteps=200, units=256), 3)) == [(1, 1)] * 3


def test_a_lone_branch_never_waits_alone_where_others_could_go_with_it() -> None:
    assert list(cost.stacks(spec(units=256, direction="forward"), 6)) == [(4, 4), (2, 4)]
    assert list(cost.stacks(spec(units=256, direction="forward"), 1)) == [(1, 1)]
    assert list(cost.stacks(spec(timesteps=200, units=256, batch=10, direction="forward"), 2)) == [(1, 1)] * 2


def test_deeper_models_and_repeated_data_are_stacked_less_wide() -> None:
    assert cost.stack_width(spec(units=30, layers=3), 32) < cost.stack_width(spec(units=30), 32)
    training = TrainingSpec(epochs=1, sequences_per_epoch=100_000, fresh_data=False)
    assert cost.stack_width(replace(spec(), training=training), 32) < cost.stack_width(spec(), 32)


@pytest.mark.parametrize("direction", ["forward", "bidirectional"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_no_stack_holds_more_than_fits_beside_a_warm_worker(cell: Cell, direction: Direction) -> None:
    """A warm worker has 0.85 GB and is bound to 1.36; what a stack takes is some ten times its weights."""
    for timesteps in (1, 10, 50, 200):
        for units in (1, 20, 50, 100, 256):
            for layers in (1, 3):
                asked = spec(timesteps, units, cell=cell, direction=direction, layers=layers)
                assert cost.stack_memory(asked, 50) < 0.4e9


def test_every_seed_is_in_one_part_and_long_parts_are_split_at_their_stacks() -> None:
    large = starts(50, timesteps=200, units=256)
    parts = parts_of(large)
    assert [place for part in parts for place in part.places] == list(range(50))
    assert all(len(part.places) == 1 for part in parts)
    assert [part.places for part in parts_of(starts(50))] == [tuple(range(50))]


def test_parts_of_a_shape_between_hold_as_many_stacks_as_are_soon_done() -> None:
    between = starts(50, timesteps=50, units=100)
    seconds = 250 * cost.step_seconds(between[0], 1)
    sizes = [len(part.places) for part in parts_of(between)]
    assert len(set(sizes[:-1])) == 1
    assert sizes[0] == int(cost.PART_S / seconds) > 1


def test_two_trainings_cost_what_each_costs() -> None:
    first, second = starts(3), starts(3, direction="forward")
    assert cost.seconds([*first, *second]) == pytest.approx(cost.seconds(first) + cost.seconds(second))


def test_what_is_too_much_for_one_job_is_said_in_a_sentence() -> None:
    cost.check(starts(50, timesteps=200, units=64))
    too_much = [spec for merge in MERGE_MODES for spec in starts(200, timesteps=200, units=256, merge_mode=merge)]
    with pytest.raises(ValueError, match=r"about \d+ minutes of training, and 15 minutes is the most at once") as told:
        cost.check(too_much)
    minutes = re.search(r"about (\d+) minutes", str(told.value))
    assert minutes
    assert int(minutes[1]) == round(cost.seconds(too_much) / 60)
    assert str(told.value).endswith("Or choose fewer starts, units or timesteps.")
    one_start = [spec(timesteps=200, units=256, merge_mode=merge) for merge in MERGE_MODES]
    longest = [replace(each, training=TrainingSpec(epochs=int(MAX_WORK / each.work()) * 250)) for each in one_start]
    with pytest.raises(ValueError, match=r"Or choose fewer units or timesteps\.$"):
        cost.check(longest, others_wait=True)


def test_no_single_training_that_a_spec_allows_is_too_much_for_a_job() -> None:
    for timesteps in (1, 10, 200):
        for units in (1, 20, 64, 128, 256):
            for direction in ("forward", "bidirectional"):
                for sequences in (1, 100, 1_000):
                    longest = spec(timesteps, units, direction=direction)
                    training = TrainingSpec(epochs=1, sequences_per_epoch=sequences)
                    epochs = min(20_000, int(MAX_WORK / replace(longest, training=training).work()))
                    cost.check([replace(longest, training=replace(training, epochs=epochs))])


def test_reckoning_a_comparison_takes_no_time() -> None:
    specs = [spec for merge in MERGE_MODES for spec in starts(50, merge_mode=merge)]
    begin = time.perf_counter()
    cost.seconds(specs)
    assert time.perf_counter() - begin < 0.1
