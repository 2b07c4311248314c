"""Models are compared from the same starts on the same data, each with the units that the settings give it."""

from dataclasses import replace

from bilstm_core.analysis.parameter_matching import matched_units
from bilstm_core.comparison import DIRECTIONS, IN_THE_LONG_RUN, specs_of, tried, why
from bilstm_core.page_settings import ComparisonSettings, WhySettings
from bilstm_core.presets import MODELS_BY_DIRECTION, WHY_FIRST, WHY_MORE, WHY_STEPS, WIDER
from bilstm_core.specs import ProblemSpec


def test_the_same_units_for_all_or_as_many_as_match_the_parameters() -> None:
    settings = ComparisonSettings()
    plain, fair = specs_of(DIRECTIONS, settings), specs_of(DIRECTIONS, ComparisonSettings(fair=True))
    assert {spec.model.units for group in plain.values() for spec in group} == {20}
    matched = matched_units(settings.problem, MODELS_BY_DIRECTION["forward"], settings.reference)
    assert {spec.model.units for spec in fair["forward"]} == {matched}
    assert {spec.model.units for spec in fair["bidirectional"]} == {20}


def test_the_problem_chosen_is_that_of_every_run() -> None:
    specs = specs_of(DIRECTIONS, ComparisonSettings(name="share_of_total", timesteps=7))
    assert {spec.problem for group in specs.values() for spec in group} == {
        ProblemSpec(name="share_of_total", timesteps=7)
    }


def test_models_of_one_start_see_the_same_data() -> None:
    specs = specs_of(DIRECTIONS, ComparisonSettings(seed=7, starts=3))
    assert [[spec.training.seed for spec in group] for group in specs.values()] == [[7, 8, 9]] * len(
        MODELS_BY_DIRECTION
    )


def test_the_specs_of_the_same_settings_are_made_once() -> None:
    settings = ComparisonSettings(starts=50)
    assert specs_of(DIRECTIONS, settings) is specs_of(DIRECTIONS, replace(settings))
    assert specs_of(DIRECTIONS, settings) != specs_of(DIRECTIONS, replace(settings, seed=1))


def test_why_compares_what_was_tried_and_the_long_run_follows_three() -> None:
    settings = WhySettings(stage=2, noise=True)
    assert list(why(settings, tried(settings)).models) == [
        *WHY_FIRST,
        *(step.label for step in WHY_STEPS[:2]),
        WHY_MORE.label,
    ]
    long = replace(settings, epochs=4_000)
    assert set(why(long, tried(long)).models) == set(IN_THE_LONG_RUN)


def test_giving_as_many_parameters_changes_nothing_where_all_have_as_many() -> None:
    labels = [step.label for step in tried(WhySettings(stage=3, fair=True))]
    assert WIDER not in labels
    assert len(labels) == 2
