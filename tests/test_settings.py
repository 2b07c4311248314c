"""Every setting is declared once; widgets, checks, options and records follow."""

import pytest

from bilstm_core.presets import PRESETS
from bilstm_core.settings import FIELDS, Field, ProblemSettings, RunSettings, settings_of_run
from bilstm_core.specs import CHOICES, ProblemSpec, RunSpec


def test_no_two_settings_have_the_same_name_in_a_link_or_the_same_label() -> None:
    for names in ([declared.link for declared in FIELDS.values()], [declared.label for declared in FIELDS.values()]):
        assert len(set(names)) == len(names)
    assert all(declared.link.isidentifier() and declared.link.islower() for declared in FIELDS.values())


@pytest.mark.parametrize("declared", FIELDS.values(), ids=list(FIELDS))
def test_a_setting_takes_its_default_and_every_choice_and_complains_of_what_it_cannot_be(declared: Field) -> None:
    for value in (declared.default, *declared.choices):
        assert declared.complaint(value) == ""
    assert declared.complaint("no such thing").startswith(f"{declared.label} must be ")


def test_choices_are_the_specs_own() -> None:
    assert {name: FIELDS[name].choices for name in FIELDS if name in CHOICES} == {
        name: CHOICES[name] for name in ("direction", "backward_output", "cell", "merge_mode")
    }


@pytest.mark.parametrize("name", PRESETS)
def test_the_settings_of_a_run_are_its_spec_again(name: str) -> None:
    assert settings_of_run(PRESETS[name]).spec == PRESETS[name].canonical()


def test_settings_that_nobody_has_set_are_the_default_specs() -> None:
    assert RunSettings().spec == RunSpec().canonical()
    assert ProblemSettings().spec == ProblemSpec()
