from dataclasses import replace

import pytest

from bilstm_core.analysis.parameter_matching import match, matched_units
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.specs import ModelSpec, ProblemSpec

PROBLEM = ProblemSpec()
REFERENCE = ModelSpec()
FORWARD = ModelSpec(direction="forward")


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("position", ["none", "one_hot"])
@pytest.mark.parametrize("units", [1, 20, 50])
def test_no_other_number_of_units_comes_nearer(cell: str, position: str, units: int) -> None:
    reference = ModelSpec(units=units, cell=cell)  # type: ignore[arg-type]
    model = ModelSpec(direction="forward", cell=cell, position=position)  # type: ignore[arg-type]
    wanted = parameter_count(PROBLEM, reference)
    units = matched_units(PROBLEM, model, reference)
    distances = [abs(parameter_count(PROBLEM, replace(model, units=n)) - wanted) for n in range(1, 101)]
    assert distances[units - 1] == min(distances)


def test_a_model_matches_itself() -> None:
    assert matched_units(PROBLEM, REFERENCE, REFERENCE) == REFERENCE.units


def test_one_direction_needs_more_units_than_two() -> None:
    assert matched_units(PROBLEM, FORWARD, REFERENCE) > REFERENCE.units


def test_merging_by_sum_needs_no_more_units_than_concat_less_one() -> None:
    assert abs(matched_units(PROBLEM, ModelSpec(merge_mode="sum"), REFERENCE) - REFERENCE.units) <= 1


def test_the_units_stay_within_what_is_allowed() -> None:
    assert matched_units(PROBLEM, FORWARD, ModelSpec(units=256)) == 256
    assert matched_units(PROBLEM, ModelSpec(layers=3), ModelSpec(direction="forward", units=1)) == 1


@pytest.mark.parametrize(
    ("units", "close", "at_most"), [(1, False, False), (20, True, False), (200, False, True), (256, False, True)]
)
def test_a_match_that_misses_by_more_than_a_twentieth_is_none(units: int, close: bool, at_most: bool) -> None:
    nearest = match(PROBLEM, FORWARD, ModelSpec(units=units))
    assert (nearest.close, nearest.at_most) == (close, at_most)
    assert nearest.wanted == parameter_count(PROBLEM, ModelSpec(units=units))
    assert nearest.parameters == parameter_count(PROBLEM, replace(FORWARD, units=nearest.units))
