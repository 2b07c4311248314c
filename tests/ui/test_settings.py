"""A page holds its settings as a record, which is read from its widgets and fills them."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from bilstm_core.page_settings import (
    BY_PATH,
    CellSettings,
    ComparisonSettings,
    DataSettings,
    InsideSettings,
    WhySettings,
)
from bilstm_core.settings import FIELDS, ProblemSettings, RunSettings
from bilstm_core.specs import ModelSpec, ProblemSpec, TrainingSpec
from ui import page_links, registry, state
from ui.compare import launch, resolved
from ui.compare.comparison import Comparison
from ui.inside import subject
from ui.problem import worked_sequence
from ui.problems import grid
from ui.settings import PageSettings, read, write
from ui.train import trainer
from ui.why import presses
from ui.your_data import subject as your_data

RECORDS = [RunSettings, ProblemSettings, ComparisonSettings, WhySettings, InsideSettings, CellSettings, DataSettings]
COMPARED = Comparison(page="Merge modes", models={}, styles={})
PAGES: list[tuple[PageSettings[Any], dict[str, Any]]] = [
    (trainer.SETTINGS, {"units": 40, "merge_mode": "sum", "seed": 7}),
    (worked_sequence.SETTINGS, {"name": "share_of_total", "timesteps": 12, "seed": 3}),
    (
        subject.SETTINGS,
        {"direction": "backward", "backward_output": "raw", "epochs": 4_000, "of_train": True, "of_data": True},
    ),
    (grid.SETTINGS, {"name": "cumulative_sum", "direction": "forward", "seed": 77}),
    (launch.settings_of(COMPARED), {"units": 9, "starts": 3, "epochs": 4_000, "fair": True, "seed": 30}),
    (your_data.SETTINGS, {"data": "occupancy", "available": False, "ahead": 3, "units": 9, "epochs": 5}),
    (presses.SETTINGS, {"units": 9, "starts": 1, "epochs": 4_000, "stage": 3, "noise": True, "seed": 30}),
]


@pytest.mark.parametrize("record", RECORDS)
def test_every_field_of_a_record_is_declared_and_has_the_declared_default(record: type[Any]) -> None:
    for held in fields(record):
        assert held.metadata["field"] is FIELDS[held.name]
        assert held.default == FIELDS[held.name].default


def test_a_comparison_that_nobody_has_set_is_of_the_default_specs() -> None:
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


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    session: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", session)
    return session


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(("page", "values"), PAGES, ids=[page.page for page, _ in PAGES])
def test_a_page_that_is_filled_has_these_settings_and_what_is_not_set_is_as_at_first(
    page: PageSettings[Any], values: dict[str, Any]
) -> None:
    assert page.read() == page.first
    settings = replace(page.first, **values)
    assert settings != page.first
    page.fill(settings)
    assert page.read() == settings


@pytest.mark.parametrize(("page", "values"), PAGES, ids=[page.page for page, _ in PAGES])
def test_a_page_knows_its_fields_by_name_and_what_each_can_be_there(
    page: PageSettings[Any], values: dict[str, Any]
) -> None:
    declared = {each.name: each for each in page.fields}
    assert list(declared) == [held.name for held in fields(page.first)]
    for name, value in values.items():
        assert declared[name].complaint(value) == ""
    for name, held in declared.items():
        assert held.complaint(getattr(page.first, name)) == ""


def test_a_choice_that_another_page_has_is_none_of_this_page() -> None:
    (epochs,) = (declared for declared in subject.SETTINGS.fields if declared.name == "epochs")
    assert epochs.complaint(300) == "Epochs must be one of 250, 1000, 4000, not 300."
    assert FIELDS["epochs"].complaint(300) == ""


@pytest.mark.usefixtures("session")
def test_a_comparison_that_is_filled_shows_the_runs_of_its_settings() -> None:
    settings = ComparisonSettings(units=9, seed=30)
    launch.settings_of(COMPARED).fill(settings)
    assert resolved.shown_settings("Merge modes") == settings


@pytest.mark.usefixtures("session")
def test_the_epochs_that_a_page_decides_itself_go_to_no_widget() -> None:
    presses.SETTINGS.fill(replace(presses.SETTINGS.first, epochs=presses.LONG_EPOCHS))
    assert not state.field("Why", "epochs").is_set()
    assert presses.shown_settings("Why").epochs == presses.LONG_EPOCHS


@pytest.mark.usefixtures("session")
def test_another_cell_keeps_its_start_when_one_is_opened() -> None:
    grid.set_seed("Problems", ("cumulative_sum", "backward"), 5)
    grid.SETTINGS.fill(CellSettings(name="share_of_total", direction="forward", seed=77))
    assert grid.seed_of("Problems", ("cumulative_sum", "backward")) == 5
    assert grid.SETTINGS.read().seed == 77


@pytest.mark.parametrize(
    ("settings", "spec"),
    [
        (InsideSettings(direction="backward", backward_output="raw", merge_mode="sum"), {"backward_output": "raw"}),
        (InsideSettings(direction="bidirectional", backward_output="raw", merge_mode="sum"), {"merge_mode": "sum"}),
        (InsideSettings(direction="forward", backward_output="raw", merge_mode="sum"), {}),
    ],
)
def test_inside_asks_for_what_the_direction_has(settings: InsideSettings, spec: dict[str, Any]) -> None:
    assert settings.spec.model == ModelSpec(direction=settings.direction, **spec)


@pytest.mark.parametrize("page", registry.PAGES[1:], ids=lambda page: page.name)
def test_what_a_link_sets_is_what_the_core_says_of_the_page(page: registry.Page) -> None:
    offered = BY_PATH.get(Path(page.path).stem)  # none where no run is set, but looked into
    declared = {each.link for each in offered.fields} if offered else set()
    assert declared <= {link.name for link in page_links.of(page.name)}
