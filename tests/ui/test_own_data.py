"""Sequences of Your data on other pages: shown like any problem, left again, and nobody else's."""

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from bilstm_core import page_settings
from bilstm_core.comparison import DIRECTIONS, MERGE_MODES, Compared, specs_of
from bilstm_core.datasets import recipe
from bilstm_core.datasets.preparing import Prepared
from bilstm_core.datasets.shipped import SHIPPED
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import PRESETS
from bilstm_core.problems import given
from bilstm_core.settings import FIELDS, RunSettings
from bilstm_core.specs import ProblemSpec, RunSpec
from tests.datasets.tables import long_table, ready
from tests.test_store import finished
from tests.ui.test_compare_pages import ROOT, told, visit
from tests.ui.test_links import complaints, run, type_
from ui import controls, own_data, registry, run_cache, session, share, state, wording
from ui.compare import words
from ui.train import words as train_words
from ui.your_data import parts
from ui.your_data import words as your_data

PAGE, TRAIN = registry.DIRECTIONS.name, registry.TRAIN.name
TITLE = "mine.csv"


def table(kind: str) -> pd.DataFrame:
    """Forty sequences of one kind."""
    frame = long_table(sequences=40)
    if kind == "classes":
        return frame.assign(label=pd.cut(frame["x"], 3, labels=["low", "middle", "high"]).astype(str))
    if kind == "numbers":
        return frame.assign(label=frame["x"].rolling(2, min_periods=1).mean())
    if kind == "whole":
        return frame.assign(label=np.where(frame["sequence"] % 2, "odd", "even"))
    return frame[(frame["t"] <= 3) | (frame["sequence"] % 2 == 0)] if kind == "uneven" else frame


def problem_of(prepared: Prepared, data: str = "own") -> dict[str, Any]:
    """What Your data hands over of sequences."""
    return {
        "name": given.hold(prepared.given),
        "data": data,
        "title": TITLE,
        "classes": [*prepared.classes],
        "texts": own_data.texts(prepared),
        "whole": prepared.sequences.whole,
    }


def directions(prepared: Prepared, page: str = PAGE, compared: Compared = DIRECTIONS) -> AppTest:
    """A page that compares, once sequences are chosen on it, and untrained networks of them are there."""
    told_ = problem_of(prepared)
    settings = {"name": told_["name"], "timesteps": prepared.given.timesteps, "epochs": recipe.EPOCHS, "starts": 3}
    for group in specs_of(compared, ComparisonSettings(**settings)).values():
        for spec in group:
            run_cache.put(finished(spec), session._key(spec, spec.training.steps))
    entries = {state.OWN_PROBLEMS.key: [told_], f"{page}.name": told_["name"], state.SETTINGS(page).key: settings}
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in entries.items():
        app.session_state[key] = value
    app.switch_page(registry.PAGES[registry.place_of(page)].path).run()
    for _ in range(20):  # it is evaluated beside the page
        if words.EVALUATING_DATA.answer not in told(app):
            break
        app.run()
    return app


def led(data: str, label: str, page: registry.Page, **settings: Any) -> AppTest:
    """The page that Your data's button of this label opens, with a set of the program. settings: of Your data"""
    app = visit("your_data", **{"Your data__data": data, **{f"Your data__{name}": settings[name] for name in settings}})
    [button] = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception
    assert app.title[0].value == page.question
    return app


def opens_what_is_taken(app: AppTest, page: str) -> str:
    """What a page says with its code, its files and its share open: no code names sequences, which stay."""
    for name in ("code", "files", "share"):
        app.session_state[f"{page}.{name}"] = True
    app.run()
    assert not app.exception
    said = told(app)
    assert wording.NO_DATA_CODE in said
    assert wording.DATA_STAYS in said
    assert not app.code or all("given_" not in code.value for code in app.code)
    return said


def warned(app: AppTest) -> list[str]:
    return [warning.value for warning in app.warning]


def on_train(prepared: Prepared) -> AppTest:
    """The page Train, with an untrained network of sequences that Your data has opened there."""
    told_ = problem_of(prepared)
    settings = RunSettings(name=told_["name"], **own_first(told_["name"]))
    run_ = finished(settings.spec)
    run_cache.put(run_, session._key(settings.spec, settings.spec.training.steps))
    entries = {state.OWN_PROBLEMS.key: [told_], state.LINKED(TRAIN).key: state.OPENED_LINK}
    entries |= {f"{TRAIN}.{each.name}": getattr(settings, each.name) for each in fields(settings)}
    entries[state.BEFORE_DATA(TRAIN).key] = {"of": told_["name"], "settings": own_data.at_first(TRAIN)}
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in entries.items():
        app.session_state[key] = value
    app.switch_page("pages/train.py").run()
    for _ in range(20):  # it is evaluated beside the page
        if train_words.EVALUATING_DATA not in told(app):
            break
        app.run()
    return app


def own_first(name: str) -> dict[str, Any]:
    """What Train is set to with sequences."""
    return {setting: value for setting, value in own_data.first(name).items() if setting != "starts"}


def numbers(app: AppTest) -> dict[str, tuple[float, bool]]:
    return {box.label: (box.value, box.disabled) for box in app.number_input}


@pytest.mark.parametrize("data", SHIPPED)
def test_a_set_is_compared_on_directions_as_your_data_trains_it(data: str, asked: list[RunSpec]) -> None:
    app = led(data, your_data.DIRECTIONS, registry.DIRECTIONS, units=7)
    own = own_data.shipped(data)[1].given
    trained = {spec for group in recipe.specs_of(own, units=7, epochs=recipe.EPOCHS).values() for spec in group}
    assert trained <= set(asked), "what was trained on Your data is found again"
    assert {spec.problem.name for spec in asked} == {own.name}
    assert numbers(app)[FIELDS["timesteps"].label] == (own.timesteps, True)
    held_out = int(own.held_out.sum())
    assert wording.fixed_by_data(len(own.lengths) - held_out, held_out, whole=False) in told(app)


@pytest.mark.parametrize(("seconds", "starts"), [(9.0, 10), (11.0, 3)])
def test_merge_modes_open_from_your_data_with_ten_starts_where_these_take_little_and_else_with_three(
    seconds: float, starts: int, asked: list[RunSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.cost, "seconds", lambda specs: seconds if len(specs) > 30 else 0.0)
    app = led("occupancy", your_data.MERGE_MODES, registry.MERGE_MODES, units=7)
    assert {spec.training.seed for spec in asked} == {*range(starts)}
    assert {spec.model.merge_mode for spec in asked} == {*MERGE_MODES.models}
    assert {spec.model.units for spec in asked} == {7}
    assert app.session_state[f"{registry.MERGE_MODES.name}.starts"] == starts


def test_what_is_trained_already_counts_nothing_for_how_many_starts_a_page_begins_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared = ready(table("classes"))
    settings = ComparisonSettings(
        name=given.hold(prepared.given), timesteps=prepared.given.timesteps, epochs=recipe.EPOCHS
    )
    monkeypatch.setattr(parts.cost, "seconds", lambda specs: 1.0 * len(specs))
    monkeypatch.setattr(session, "find", lambda _: None)
    assert parts.starts_there(PAGE, settings) == 3
    monkeypatch.setattr(session, "find", lambda spec: None if spec.model.direction == "forward" else spec)
    assert parts.starts_there(PAGE, settings) == 10


@pytest.mark.parametrize("kind", ["two", "classes", "numbers", "whole", "uneven"])
def test_labels_of_every_kind_are_compared_on_what_is_held_out(kind: str) -> None:
    prepared = ready(table(kind))
    app = directions(prepared)
    assert not app.exception
    page = told(app)
    assert "No ranking yet: three runs are too few" in page
    assert "held-out sequences" in page
    assert "fresh" not in page
    assert "best possible" not in page.lower().replace(wording.NO_BEST.lower(), "")
    assert ("one label" in page) == (kind == "whole")
    [results] = [frame.value for frame in app.dataframe if "parameters" in frame.value]
    assert {"best", "excess"}.isdisjoint(results)
    assert ("exact" in results) == (kind != "numbers")
    assert set(results["label"]) == {*DIRECTIONS.models}


@pytest.mark.parametrize("kind", ["two", "classes", "numbers", "whole", "uneven"])
def test_a_network_of_labels_of_every_kind_stands_on_train_with_what_is_held_out(kind: str) -> None:
    prepared = ready(table(kind))
    app = on_train(prepared)
    assert not app.exception
    page = told(app)
    held_out = int(prepared.given.held_out.sum())
    what = "labels scaled" if kind == "numbers" else "of held-out labels right"
    assert what in page
    assert "fresh" not in page
    assert "Best possible" not in page
    assert f"**{held_out} held-out sequences: " in page
    assert "**Held-out sequence " in page
    assert wording.FIXED not in page
    assert ("one label" in page) == (kind == "whole")
    assert next(tab.label for tab in app.tabs) == train_words.TABS[-1]
    ten = app.dataframe[0].value
    if prepared.classes:
        named = {word for text in ten["Expected"] for word in text.split()}
        assert named <= {*prepared.classes}
        assert ("0 is " in page) == (max(map(len, prepared.classes)) > 6)
    assert numbers(app)[FIELDS["sequences_per_epoch"].label] == (len(prepared.given.lengths) - held_out, True)
    assert app.toggle(key=f"{TRAIN}.fresh_data").disabled
    app.button(key=f"{TRAIN}.next").click().run()
    assert not app.exception


def test_a_network_of_data_joins_the_tray_and_no_link(asked: list[RunSpec]) -> None:
    app = on_train(ready(table("two")))
    app.button(key=f"{TRAIN}.keep").click().run()
    app.session_state[f"{TRAIN}.code"] = True
    app.session_state[f"{TRAIN}.files"] = True
    app.run()
    assert not app.exception
    assert len(app.session_state[state.TRAY.key]) == 1
    page = told(app)
    assert wording.NO_DATA_CODE in page
    assert wording.files(0, too_many=False) in page
    assert wording.MODEL not in page
    assert "given_" not in str(app.query_params)
    assert "run" not in app.query_params
    app.selectbox(key=f"{TRAIN}.name").set_value("cumulative_sum").run()
    assert not app.exception
    first = page_settings.TRAIN.first
    assert numbers(app)[FIELDS["timesteps"].label] == (first.timesteps, False)
    assert app.session_state[f"{TRAIN}.fresh_data"] is first.fresh_data
    assert not asked


def test_a_preset_takes_train_off_the_data_with_its_own_settings() -> None:
    app = on_train(ready(table("two")))
    name = [*PRESETS][-1]
    box = next(box for box in app.selectbox if box.label == "Preset")
    box.set_value(name).run()
    assert not app.exception
    assert app.session_state[f"{TRAIN}.epochs"] == PRESETS[name].training.epochs
    assert app.session_state[f"{TRAIN}.timesteps"] == PRESETS[name].problem.timesteps
    assert not app.number_input(key=f"{TRAIN}.timesteps").disabled


def test_train_says_that_the_sequences_of_its_network_are_gone_and_opens_as_at_first() -> None:
    prepared = ready(table("two"))
    app = on_train(prepared)
    given.forget(prepared.given.name)
    app.run()
    assert not app.exception
    assert wording.DATA_GONE in warned(app)
    assert app.session_state[f"{TRAIN}.name"] == FIELDS["name"].default
    assert session.spec_of(app.session_state[state.SHOWN(TRAIN).key]).problem.name == FIELDS["name"].default


def test_a_look_ahead_stays_on_your_data_and_it_says_so() -> None:
    app = visit("your_data", **{"Your data__available": False, "Your data__ahead": 2})
    assert your_data.AT_ONCE in told(app)
    assert your_data.AT_ONCE not in told(visit("your_data"))


def test_merge_modes_are_compared_on_what_is_held_out() -> None:
    app = directions(ready(table("classes")), registry.MERGE_MODES.name, MERGE_MODES)
    assert not app.exception
    page = told(app)
    assert "held-out sequences" in page
    assert "fresh" not in page
    [results] = [frame.value for frame in app.dataframe if "parameters" in frame.value]
    assert set(results["label"]) == {*MERGE_MODES.models}


def test_another_problem_brings_the_page_back_as_it_was_and_the_data_are_still_there(asked: list[RunSpec]) -> None:
    prepared = ready(long_table(sequences=20))
    told_ = problem_of(prepared)
    entries = {state.OWN_PROBLEMS.key: [told_], f"{PAGE}.timesteps": 7, f"{PAGE}.epochs": 4_000, f"{PAGE}.starts": 1}
    app = visit("directions", **{key.replace(".", "__"): value for key, value in entries.items()})
    problem = app.selectbox(key=f"{PAGE}.name")
    problem.set_value(told_["name"]).run()
    assert not app.exception
    assert numbers(app)[FIELDS["timesteps"].label] == (5, True)
    assert app.session_state[f"{PAGE}.epochs"] == recipe.EPOCHS
    app.selectbox(key=f"{PAGE}.name").set_value("share_of_total").run()
    assert not app.exception
    assert numbers(app)[FIELDS["timesteps"].label] == (7, False)
    assert (app.session_state[f"{PAGE}.epochs"], app.session_state[f"{PAGE}.starts"]) == (4_000, 1)
    assert wording.own_problem(TITLE) in app.selectbox(key=f"{PAGE}.name").options
    app.selectbox(key=f"{PAGE}.name").set_value(told_["name"]).run()
    app.button(key=f"{PAGE}.train").click().run()
    assert {spec.problem for spec in asked} == {ProblemSpec(name=told_["name"], timesteps=5)}


def test_sequences_that_are_gone_are_told_of_and_the_page_is_as_at_first() -> None:
    prepared = ready(table("two"))
    app = directions(prepared)
    given.forget(prepared.given.name)
    app.run()
    assert not app.exception
    assert wording.DATA_GONE in warned(app)
    assert app.session_state[f"{PAGE}.name"] == FIELDS["name"].default
    assert state.SETTINGS(PAGE).key in app.session_state
    assert app.session_state[state.SETTINGS(PAGE).key]["name"] == FIELDS["name"].default
    app.run()
    assert wording.DATA_GONE in warned(app), "until another problem is chosen"
    app.selectbox(key=f"{PAGE}.name").set_value("share_of_total").run()
    assert wording.DATA_GONE not in warned(app)


def test_another_visit_sees_nothing_of_them_whatever_names_them() -> None:
    prepared = ready(table("two"))
    name = given.hold(prepared.given)
    settings = {"name": name, "timesteps": 5, "epochs": recipe.EPOCHS, "starts": 3}
    app = visit("directions", **{f"{PAGE}__name": name, state.SETTINGS(PAGE).key.replace(".", "__"): settings})
    assert not app.exception
    assert app.session_state[f"{PAGE}.name"] == FIELDS["name"].default
    assert wording.DATA_GONE in warned(app)
    assert wording.own_problem(TITLE) not in app.selectbox(key=f"{PAGE}.name").options


def test_what_is_taken_home_has_no_run_and_what_is_shared_says_that_the_data_stay() -> None:
    page = opens_what_is_taken(directions(ready(table("two"))), PAGE)
    assert wording.files(0, too_many=False) in page


@pytest.mark.usefixtures("bar")
def test_a_link_names_a_set_that_comes_with_the_program_and_what_differs_from_how_it_is_trained() -> None:
    said = {"problem": "occupancy", "epochs": "80", "starts": "10", "units": "9"}
    type_(**said)
    run(PAGE)
    assert complaints() == []
    assert {name: text for name, (text,) in st.query_params.items()} == said
    own = own_data.shipped("occupancy")[1].given
    own_data.settle(PAGE)
    assert state.field(PAGE, "name").get() == own.name
    assert state.field(PAGE, "timesteps").get() == own.timesteps
    type_(problem="occupancy", timesteps="3")
    run(PAGE)
    assert state.field(PAGE, "timesteps").get() == own.timesteps, "which the data decide"
    assert {name: text for name, (text,) in st.query_params.items()} == {"problem": "occupancy"}
    assert state.field(PAGE, "epochs").get() == recipe.EPOCHS
    type_()
    run(PAGE)
    own_data.settle(PAGE)
    assert state.field(PAGE, "epochs").get() == ComparisonSettings().epochs
    assert state.field(PAGE, "timesteps").get() == ComparisonSettings().timesteps


def test_a_link_to_a_file_says_elsewhere_that_its_sequences_are_not_there(bar: dict[str, Any]) -> None:
    prepared = ready(table("two"))
    own_data.opened(PAGE, own_data.offer("own", TITLE, prepared))
    run(PAGE)
    assert {name: text for name, (text,) in st.query_params.items()} == {"problem": "own"}
    bar.clear()
    type_(problem="own")
    run(PAGE)
    assert complaints() == [f"{FIELDS['name'].label} {wording.DATA_ELSEWHERE}"]
    assert st.query_params == {}
    type_(problem=prepared.given.name)
    run(PAGE)
    assert len(complaints()) == 1, "nor is a problem of sequences found by its name"


@pytest.mark.usefixtures("bar")
def test_what_a_link_is_refused_for_is_not_told_of_twice() -> None:
    state.DATA_GONE(PAGE).set(True)  # as a training that the link names has it
    controls.data_note(PAGE)
    assert state.DATA_GONE(PAGE).get()
    type_(problem="own")
    run(PAGE)
    assert len(complaints()) == 1
    controls.data_note(PAGE)
    assert not state.DATA_GONE(PAGE).get()


@pytest.mark.usefixtures("bar")
@pytest.mark.parametrize("page", own_data.TAKEN)
def test_an_address_is_read_and_written_though_the_sequences_that_it_names_are_gone(page: str) -> None:
    prepared = ready(long_table(sequences=24))
    own_data.opened(page, own_data.offer("own", TITLE, prepared))
    given.forget(prepared.given.name)
    type_(problem="own", units="9", epochs="30", timesteps="4")
    run(page)
    own_data.settle(page)
    assert state.DATA_GONE(page).get()
    assert state.field(page, "name").get() == FIELDS["name"].default
    run(page)
    assert "problem" not in st.query_params


@pytest.mark.usefixtures("bar")
def test_only_a_link_to_a_set_of_the_program_is_told_to_train_what_is_missing() -> None:
    own_data.offer("own", TITLE, ready(table("two")))
    [mine] = own_data.names()
    theirs = own_data.offer_shipped("occupancy")
    for name, kept in ((mine, False), (theirs, True)):
        spec = RunSpec(problem=ProblemSpec(name=name, timesteps=given.held(name).timesteps))
        assert (share.waiting([spec]) != wording.DATA_STAYS) == kept
