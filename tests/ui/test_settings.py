"""Every setting is declared once; widgets, checks and the records that pages hold follow."""

from dataclasses import fields, replace
from typing import Any

import pytest
import streamlit as st

from bilstm_core.presets import PRESETS
from bilstm_core.specs import CHOICES, ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from ui.compare.comparison import ComparisonSettings
from ui.settings import FIELDS, Field, ProblemSettings, RunSettings, read, settings_of_run, write

RECORDS = [RunSettings, ProblemSettings, ComparisonSettings]


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_of_a_record_is_declared_and_has_the_declared_default(record: type[Any]) -> None:
    for held in fields(record):
        assert held.metadata["field"] is FIELDS[held.name]
        assert held.default == FIELDS[held.name].default


def test_no_two_settings_have_the_same_name_in_a_link_or_the_same_label() -> None:
    for names in ([declared.link for declared in FIELDS.values()], [declared.label for declared in FIELDS.values()]):
        assert len(set(names)) == len(names)
    assert all(declared.link.isidentifier() and declared.link.islower() for declared in FIELDS.values())


@pytest.mark.parametrize("declared", FIELDS.values(), ids=list(FIELDS))
def test_a_setting_takes_its_default_and_every_choice_and_complains_of_what_it_cannot_be(declared: Field) -> None:
    for value in (declared.default, *declared.choices):
        assert declared.complaint(value) == ""
    assert declared.complaint("no such thing").startswith(declared.name)


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
    assert ComparisonSettings().problem == ProblemSpec(timesteps=10)
    assert ComparisonSettings().reference == ModelSpec()
    assert ComparisonSettings().epochs == TrainingSpec().epochs


def test_what_widgets_hold_is_read_as_a_record_and_checked_where_a_spec_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state: dict[str, Any] = {"Train.units": 7.0, "Inside.epochs": 1_000}
    monkeypatch.setattr(st, "session_state", state)
    assert read("Train", RunSettings()) == RunSettings(units=7)
    state["Train.units"] = 7.5
    settings = read("Train", RunSettings())
    assert settings.units == 7.5
    with pytest.raises(ValueError, match="units must be a whole number"):
        settings.spec  # noqa: B018
    write("Train", replace(settings, units=9))
    assert read("Train", RunSettings()).units == 9
