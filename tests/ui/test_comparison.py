from dataclasses import replace

import pytest

from bilstm_core import figures
from bilstm_core.analysis.parameter_matching import matched_units
from bilstm_core.presets import DIRECTIONS
from bilstm_core.specs import ProblemSpec
from ui.compare import guess
from ui.compare.comparison import Comparison, ComparisonSettings, affordable_starts, specs_of

COMPARISON = Comparison(
    page="test", models=DIRECTIONS, styles={label: figures.style("forward") for label in DIRECTIONS}
)


def test_the_same_units_for_all_or_as_many_as_match_the_parameters() -> None:
    settings = ComparisonSettings()
    plain, fair = specs_of(COMPARISON, settings), specs_of(COMPARISON, ComparisonSettings(fair=True))
    assert {spec.model.units for group in plain.values() for spec in group} == {20}
    matched = matched_units(settings.problem, DIRECTIONS["forward"], settings.reference)
    assert {spec.model.units for spec in fair["forward"]} == {matched}
    assert {spec.model.units for spec in fair["bidirectional"]} == {20}


def test_the_problem_chosen_is_that_of_every_run() -> None:
    specs = specs_of(COMPARISON, ComparisonSettings(name="share_of_total", timesteps=7))
    assert {spec.problem for group in specs.values() for spec in group} == {
        ProblemSpec(name="share_of_total", timesteps=7)
    }


def test_models_of_one_start_see_the_same_data() -> None:
    specs = specs_of(COMPARISON, ComparisonSettings(seed=7, starts=3))
    assert [[spec.training.seed for spec in group] for group in specs.values()] == [[7, 8, 9]] * len(DIRECTIONS)


def test_a_long_run_gets_fewer_starts_and_a_short_one_those_asked_for() -> None:
    short, long = (ComparisonSettings(starts=50, epochs=epochs) for epochs in (250, 20_000))
    assert affordable_starts(COMPARISON, short) == short.starts
    assert 1 <= affordable_starts(COMPARISON, long) < long.starts


def test_the_second_half_of_a_long_run_is_told_from_most_to_least(monkeypatch: pytest.MonkeyPatch) -> None:
    falls = {"a": 0.1, "b": 0.3, "c": -0.02}
    monkeypatch.setattr(guess, "falls_of", lambda _: falls)
    assert (
        guess.fall_sentence({})
        == "in the second half of the run b's training loss fell by 30%, a's by 10% and c's training loss rose by 2%."
    )


def test_the_specs_of_the_same_settings_are_made_once() -> None:
    settings = ComparisonSettings(starts=50)
    assert specs_of(COMPARISON, settings) is specs_of(COMPARISON, replace(settings))
    assert specs_of(COMPARISON, settings) != specs_of(COMPARISON, replace(settings, seed=1))
