"""Why on sequences of Your data: held-out ones are tested, what makes no sense is left out, and all stays here."""

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from bilstm_core.comparison import specs_of, tried, uneven, why
from bilstm_core.datasets import recipe
from bilstm_core.datasets.preparing import Prepared
from bilstm_core.datasets.shipped import SHIPPED
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings, WhySettings
from bilstm_core.presets import FRACTION, ONE_HOT, WHY_STEPS
from bilstm_core.problems import given
from bilstm_core.settings import FIELDS
from bilstm_core.specs import RunSpec
from tests.datasets.tables import ready
from tests.test_store import finished
from tests.ui.test_compare_pages import ROOT, told
from tests.ui.test_links import complaints, run, type_
from tests.ui.test_own_data import led, opens_what_is_taken, problem_of, table, warned
from ui import own_data, registry, run_cache, session, state, wording
from ui.compare import words as shared
from ui.compare.resolved import chosen_settings
from ui.why import words
from ui.your_data import words as your_data

PAGE = registry.WHY.name


def settings_of(prepared: Prepared, **changed: Any) -> WhySettings:
    """What the page shows of sequences."""
    first: dict[str, Any] = {"timesteps": prepared.given.timesteps, "epochs": recipe.EPOCHS, "starts": 10, "units": 3}
    return WhySettings(**first | {"name": given.hold(prepared.given)} | changed)


def on_page(prepared: Prepared, stage: int = len(WHY_STEPS)) -> AppTest:
    """The page, once so many changes were tried on untrained networks of sequences."""
    problem, settings = problem_of(prepared), settings_of(prepared, stage=stage)
    for group in specs_of(why(settings, tried(settings)), settings.of_runs).values():
        for spec in group:
            run_cache.put(finished(spec), session._key(spec, spec.training.steps))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    shown = settings.of_runs
    entries: dict[str, Any] = {
        state.OWN_PROBLEMS.key: [problem],
        state.SETTINGS(PAGE).key: {name: getattr(shown, name) for name in ComparisonSettings.__dataclass_fields__},
        state.BEFORE_DATA(PAGE).key: {"of": problem["name"], "settings": {"timesteps": 10, "starts": 10, "stage": 0}},
        state.GUESS(PAGE).key: "It is bigger",
    }
    entries |= {f"{PAGE}.{name}": getattr(settings, name) for name in ("name", "timesteps", "starts", "units", "stage")}
    for key, value in entries.items():
        app.session_state[key] = value
    app.switch_page("pages/why.py").run()
    for _ in range(40):  # it is evaluated beside the page
        if shared.EVALUATING_DATA.answer not in told(app):
            break
        app.run()
    return app


@pytest.mark.parametrize("data", SHIPPED)
def test_a_set_is_asked_about_as_your_data_trains_it(data: str, asked: list[RunSpec]) -> None:
    app = led(data, your_data.WHY, registry.WHY, units=7, epochs=15)
    own = own_data.shipped(data)[1].given
    every = recipe.specs_of(own, units=7, epochs=15)
    assert {*every["forward"], *every["bidirectional"]} <= {*asked}, "what was trained on Your data is found again"
    assert len(asked) == 20
    held_out = int(own.held_out.sum())
    assert wording.fixed_by_data(len(own.lengths) - held_out, held_out, whole=False) in told(app)
    assert own.uneven
    assert words.NO_FRACTION in told(app)
    assert app.number_input(key=f"{PAGE}.timesteps").disabled


@pytest.mark.parametrize("kind", ["two", "classes", "numbers", "whole", "uneven"])
def test_labels_of_every_kind_are_explained_on_what_is_held_out(kind: str) -> None:
    prepared = ready(table(kind))
    app = on_page(prepared)
    assert not app.exception
    page = told(app).replace(wording.NO_BEST, "")
    assert "fresh" not in page
    assert "est possible" not in page
    assert words.ALL_TRIED in page
    assert words.ELSEWHERE not in page
    assert "long run" not in page
    assert (words.NO_FRACTION in page) == (kind == "uneven")
    trained = int((~prepared.given.held_out).sum())
    assert f"after {trained * recipe.EPOCHS:,} sequences" in page
    [results] = [frame.value for frame in app.dataframe if "parameters" in frame.value]
    assert {"best", "excess"}.isdisjoint(results)
    assert (FRACTION in set(results["label"])) == (kind != "uneven")
    assert ONE_HOT in set(results["label"])


def test_before_anything_is_tried_the_lead_is_told_on_held_out_sequences() -> None:
    page = told(on_page(ready(table("two")), stage=0))
    assert "After 600 sequences," in page
    assert words.GUESS_FIRST not in page, "untrained networks have no gain"
    assert "fresh" not in page
    assert "1 of 5" in page
    assert "1 of 4" in told(on_page(ready(table("uneven")), stage=0))


def test_only_sequences_of_different_lengths_are_uneven_and_those_that_are_gone_are_not() -> None:
    prepared = ready(table("uneven"))
    settings = settings_of(prepared)
    assert uneven(settings)
    assert not uneven(settings_of(ready(table("two"))))
    assert not uneven(WhySettings())
    given.forget(settings.name)
    assert not uneven(settings)


def test_sequences_that_are_gone_are_told_of_and_the_page_is_as_at_first() -> None:
    prepared = ready(table("uneven"))
    app = on_page(prepared)
    given.forget(prepared.given.name)
    app.run()
    assert not app.exception
    assert wording.DATA_GONE in warned(app)
    assert app.session_state[f"{PAGE}.name"] == FIELDS["name"].default
    assert app.session_state[state.SETTINGS(PAGE).key]["epochs"] == TUTORIAL_EPOCHS


def test_what_is_taken_home_has_no_run_and_code_and_share_say_that_the_data_stay() -> None:
    page = opens_what_is_taken(on_page(ready(table("two")), stage=1), PAGE)
    assert wording.files(0, too_many=False) in page


@pytest.mark.usefixtures("bar")
def test_another_problem_is_trained_as_usual_again() -> None:
    own_data.offer("own", "mine.csv", ready(table("two")))
    [name] = own_data.names()
    state.field(PAGE, "name").set(name)
    own_data.settle(PAGE)
    chosen = chosen_settings(PAGE)
    assert (chosen.name, chosen.epochs, chosen.starts) == (name, recipe.EPOCHS, 10)
    own_data.opened(PAGE, name, units=4, epochs=30)
    assert (chosen_settings(PAGE).epochs, chosen_settings(PAGE).units) == (30, 4)
    state.field(PAGE, "name").set("share_of_total")
    own_data.settle(PAGE)
    assert chosen_settings(PAGE).epochs == TUTORIAL_EPOCHS
    assert state.field(PAGE, "timesteps").get() == ComparisonSettings().timesteps


@pytest.mark.usefixtures("bar")
def test_a_link_names_a_set_of_the_program_and_what_differs_from_how_it_is_trained() -> None:
    said = {"problem": "occupancy", "epochs": "80", "starts": "3", "units": "9", "stage": "2"}
    type_(**said)
    run(PAGE)
    assert complaints() == []
    assert state.SETTINGS(PAGE).get()["epochs"] == 80
    type_(problem="occupancy")
    run(PAGE)
    assert state.SETTINGS(PAGE).get()["epochs"] == recipe.EPOCHS
    assert state.field(PAGE, "starts").get() == 10
    assert {name: text for name, (text,) in st.query_params.items()} == {"problem": "occupancy"}
    type_()
    run(PAGE)
    own_data.settle(PAGE)
    assert state.SETTINGS(PAGE).get()["epochs"] == TUTORIAL_EPOCHS
    assert st.query_params == {}
