"""How small? on sequences of Your data: held-out labels count, the goal follows the best square, and all stays here."""

from collections.abc import Callable
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from bilstm_core.analysis.held_out import base_rate, labels_of, scores
from bilstm_core.datasets import recipe
from bilstm_core.datasets.preparing import Prepared
from bilstm_core.datasets.shipped import SHIPPED
from bilstm_core.evaluation import evaluate
from bilstm_core.page_settings import SWEEPS
from bilstm_core.problems import given
from bilstm_core.settings import FIELDS
from bilstm_core.specs import RunSpec
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.sweeps import Result
from tests.datasets.tables import ready
from tests.test_store import finished
from tests.ui.test_compare_pages import ROOT, told
from tests.ui.test_links import complaints, run, type_
from tests.ui.test_own_data import led, opens_what_is_taken, problem_of, table, warned
from ui import own_data, registry, results, session, state, wording
from ui.sweeps import board, data_words, launch, resolved, squares, taken, words
from ui.sweeps.resolved import Map
from ui.your_data import words as your_data

PAGE = registry.SWEEPS.name


def settings_of(prepared: Any, **changed: Any) -> SweepSettings:
    """What the page opens with on sequences."""
    name = given.hold(prepared.given)
    first: dict[str, Any] = {**own_data.first(name), **own_data.FURTHER[PAGE], "name": name}
    return replace(SWEEPS.first, **{key: first[key] for key in first if hasattr(SWEEPS.first, key)} | changed)


def a_map(prepared: Prepared, right: Any, **changed: Any) -> Map:
    """A map with these shares of labels right in all of its squares; nan where nothing is known."""
    settings = settings_of(prepared, starts=1, **changed)
    shares = np.broadcast_to(np.array(right, float), settings.grid.shape)
    found = {
        specs[0]: Result(0.0, 0.1, 0.5, float(shares[place]))
        for place, specs in settings.grid.cells.items()
        if not np.isnan(shares[place])
    }
    return Map(settings=settings, grid=settings.grid, sequences=10, results=found, pending=[], base=0.5)


def knowing(right: Callable[[RunSpec], float]) -> Callable[..., dict[RunSpec, Any]]:
    """In place of what is known of runs: each has so many labels right."""

    def of(specs: list[RunSpec], *_: object) -> dict[RunSpec, Any]:
        futures: dict[RunSpec, Any] = {spec: results.Future() for spec in specs}
        for spec, future in futures.items():
            future.set_result(Result(0.0, 0.1, 0.5, right(spec)))
        return futures

    return of


def on_page(prepared: Prepared, **changed: Any) -> AppTest:
    """The page, once sequences are chosen on it."""
    problem, settings = problem_of(prepared), settings_of(prepared, **changed)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state[state.OWN_PROBLEMS.key] = [problem]
    app.session_state[state.BEFORE_DATA(PAGE).key] = {"of": problem["name"], "settings": asdict(SWEEPS.first)}
    for key, value in asdict(settings).items():
        app.session_state[f"{PAGE}.{key}"] = value
    app.switch_page("pages/sweeps.py").run()
    return app


def test_the_answer_names_the_fewest_near_the_best_square_and_what_that_is() -> None:
    prepared = ready(table("two"))
    shown = a_map(prepared, [[0.6], [0.81], [0.8], [0.82]])
    assert shown.goal == pytest.approx(0.8)
    counts = resolved.told(shown).counts
    assert resolved.told(shown).answer == (
        "From 30 training sequences, **3 units** are the fewest within 2 points of the best square: 81.0% of held-out "
        "labels right. The best square has 82.0%."
    )
    assert counts == "One start, each tested on the same 10 held-out sequences; 16 squares. Base rate: 50.0%."
    assert "Best possible" not in counts
    near = resolved.told(a_map(prepared, [[0.6], [0.81], [0.75], [0.82]], within=0.01))
    assert near.answer.startswith("From 30 training sequences, **3 units** are the fewest within 1 point")
    assert near.counts.startswith("10 falls short of 81%, by 6.0 points.")


def test_while_no_square_beats_the_base_rate_the_answer_says_so() -> None:
    answer = resolved.told(a_map(ready(table("two")), 0.515)).answer
    assert answer.startswith("Nothing here is 2 points above the base rate")
    assert "**50.0%** of held-out labels right, the best square 51.5%" in answer


def test_a_column_that_comes_near_nowhere_is_told_with_the_most_it_has() -> None:
    right = np.full((4, 4), 0.6)
    right[2, 0] = 0.9
    assert resolved.told(a_map(ready(table("two")), right)).answer == (
        "From 30 training sequences, no units from 1 to 40 come within 2 points of the best square. The most is "
        "**60.0%** of held-out labels right, with 1 unit. The best square has 90.0%."
    )


def test_the_line_follows_the_best_square_as_far_as_it_is_measured() -> None:
    nan = np.nan
    shown = a_map(ready(table("two")), [[0.6, 0.6, 0.6, 0.6], [0.7] * 4, [0.7] * 4, [nan] * 4])
    assert shown.goal == pytest.approx(0.68)
    assert len(shown.boundary) == 4
    more = a_map(ready(table("two")), [[0.6, 0.6, 0.6, 0.6], [0.7] * 4, [0.7] * 4, [0.9] * 4])
    assert {line[1] for line, _ in more.boundary} == {2.5}
    assert a_map(ready(table("two")), nan).goal == pytest.approx(0.98), "a share that has colors below it"
    assert shown.wave(), "what comes next is chosen by it"


def test_a_figure_and_its_sentences_are_of_held_out_labels() -> None:
    shown = a_map(ready(table("two")), [[0.6], [0.81], [0.8], [0.82]])
    figure = squares.figure(shown)
    assert figure.layout.coloraxis.colorbar.title.text == "held-out<br>labels<br>right"
    assert data_words.LABELS in {note.name for note in figure.layout.annotations}, "which a phone shows"
    assert "held-out labels right: 60.0%" in squares.table(shown)["about"][0]
    assert squares.legend(shown) == "The line: where models come within 2 points of the best square."
    assert "of held-out labels right" in figure.layout.meta["says"]


def test_small_maps_share_the_best_square(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    prepared = ready(table("two"))
    settings = settings_of(prepared, starts=1, beside="direction")
    best = settings.family["forward"].grid.cells[0, 0][0]

    monkeypatch.setattr(resolved.known, "of", knowing(lambda spec: 0.9 if spec == best else 0.6))
    shown = resolved.resolve(settings)
    assert {each.goal for each in (shown, *shown.beside.values())} == {0.88}
    assert {place for place, right in np.ndenumerate(shown.right) if right >= shown.goal} == set()
    assert settings_of(prepared, beside="name").family == {}


def test_the_base_rate_is_that_of_your_data() -> None:
    prepared = ready(table("classes"))
    labels = labels_of(prepared.given)
    right = float(scores(base_rate(prepared.given, labels), labels)[0])
    assert resolved._base_rate(given.hold(prepared.given)) == right
    assert 0.2 < right < 0.6


@pytest.mark.parametrize("data", SHIPPED)
def test_a_set_is_mapped_as_your_data_trains_it(data: str, asked: list[RunSpec]) -> None:
    app = led(data, your_data.SWEEPS, registry.SWEEPS, units=10)
    own = own_data.shipped(data)[1].given
    page, held_out = told(app), int(own.held_out.sum())
    assert wording.fixed_by_data(len(own.lengths) - held_out, held_out, whole=False) in page
    assert data_words.rounds(recipe.EPOCHS, varied=True) in page
    assert app.number_input(key=f"{PAGE}.timesteps").disabled
    assert not {"timesteps", "threshold"} & {*app.selectbox(key=f"{PAGE}.across").options}
    assert "48 networks to train" in page
    assert not asked, "a map is trained once that is asked for"
    app.button(key=f"{PAGE}.train").click().run()
    trained = {*recipe.specs_of(own, units=10, epochs=recipe.EPOCHS)["bidirectional"]}
    grid = settings_of(SimpleNamespace(given=own), units=10).grid
    assert trained == {*grid.cells[2, 3]}, "what was trained on Your data is found again"
    assert {spec.training.epochs for spec in asked} == {recipe.EPOCHS}
    assert max(spec.training.sequences_per_epoch for spec in asked) == len(own.lengths) - held_out


@pytest.mark.parametrize("kind", ["two", "classes", "whole", "uneven"])
def test_labels_of_every_kind_are_mapped_on_what_is_held_out(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolved.known, "of", knowing(lambda spec: 0.9 + spec.model.units / 1_000))
    monkeypatch.setattr(board, "draw", lambda _: None)  # which is of the program's problems alone
    app = on_page(ready(table(kind)))
    assert not app.exception
    answer = next(text.value for text in app.markdown if "best square" in text.value)
    assert "training sequences, **40 units** are the fewest within 2 points of the best square: 94.0%" in answer
    page = told(app).replace(wording.NO_BEST, "")
    assert "fresh" not in page
    assert "new sequences" not in page
    assert "hole sequences" not in page
    assert "Best possible" not in page
    assert ("one label" in page) == (kind == "whole")
    assert words.COMPLETE in page


def test_labels_that_are_numbers_are_refused_in_a_sentence_and_nothing_leads_there() -> None:
    app = on_page(ready(table("numbers")))
    assert not app.exception
    assert "are numbers. Choose a problem with labels." in told(app)
    assert app.button(key=f"{PAGE}.train").disabled


def test_sequences_that_are_gone_end_the_sweep_and_the_page_is_as_at_first(asked: list[RunSpec]) -> None:
    prepared = ready(table("two"))
    app = on_page(prepared)
    app.session_state[state.SWEEP(PAGE).key] = {"settings": asdict(settings_of(prepared)), "began": 0.0, "runs": 48}
    given.forget(prepared.given.name)
    app.run()
    assert not app.exception
    assert not asked
    assert wording.DATA_GONE in warned(app)
    assert state.SWEEP(PAGE).key not in app.session_state
    assert app.session_state[f"{PAGE}.name"] == FIELDS["name"].default
    assert app.session_state[f"{PAGE}.across"] == SWEEPS.first.across
    assert app.session_state[f"{PAGE}.x_to"] == SWEEPS.first.x_to


def test_a_job_on_sequences_that_are_gone_is_not_taken_up(bar: dict[str, Any]) -> None:
    prepared = ready(table("two"))
    settings = asdict(settings_of(prepared))
    given.forget(prepared.given.name)
    assert not launch.take_up(SimpleNamespace(about={"page": PAGE, "settings": settings, "whole": True}))
    assert state.DATA_GONE(PAGE).get()
    assert state.SWEEP(PAGE).key not in bar


@pytest.mark.usefixtures("bar")
def test_what_data_cannot_be_mapped_by_is_refused_in_a_sentence() -> None:
    prepared = ready(table("two"))
    for changed, sentence in (
        ({"across": "timesteps"}, "How many timesteps there are the data decide."),
        ({"across": "threshold"}, "has no threshold"),
        ({"x_to": 31.0}, "Horizontal axis: training sequences must be at most 30"),
    ):
        launch.SETTINGS.fill(settings_of(prepared, **changed))
        refused = launch.resolved()
        assert isinstance(refused, str)
        assert sentence in refused


@pytest.mark.usefixtures("bar")
def test_a_link_names_a_set_of_the_program_and_what_differs_from_how_it_is_mapped() -> None:
    said = {"problem": "occupancy", "x": "layers", "y": "learning_rate", "steps": "8", "starts": "1", "within": "0.05"}
    type_(**said)
    run(PAGE)
    assert complaints() == []
    assert {name: text for name, (text,) in st.query_params.items()} == said
    own = own_data.shipped("occupancy")[1].given
    launch.settle()
    settings = launch.SETTINGS.read()
    assert (settings.name, settings.across, settings.timesteps) == (own.name, "layers", own.timesteps)
    type_(problem="occupancy", beside="name", timesteps="3")
    run(PAGE)
    launch.settle()
    settings = launch.SETTINGS.read()
    assert (settings.across, settings.steps, settings.beside) == ("sequences", 4, "none")
    assert settings.timesteps == own.timesteps
    type_()
    run(PAGE)
    launch.settle()
    assert launch.SETTINGS.read() == SWEEPS.first


@pytest.mark.usefixtures("bar")
def test_what_a_visit_has_trained_is_tested_and_found_on_the_map() -> None:
    settings = settings_of(ready(table("two")), starts=1)
    trained = finished(settings.grid.cells[0, 3][0])
    session.keep(trained, resumable=False)
    for _ in range(100):
        shown = resolved.resolve(settings, patience_s=5.0)
        if shown.measured:
            break
    assert shown.right[0, 3] == evaluate(trained).accuracy
    assert shown.measured == 1
    assert trained.spec not in shown.missing


@pytest.mark.usefixtures("bar")
def test_no_file_and_no_code_has_a_network_of_theirs_and_the_board_takes_none() -> None:
    shown = a_map(ready(table("two")), [[0.6], [0.81], [0.8], [0.82]])
    offered = taken.offer(shown)
    assert not isinstance(offered, str)
    assert offered.program is None
    found = offered.gather()
    assert found.specs == {}
    [squares_] = found.tables
    assert {"exact", "best_exact"}.isdisjoint(squares_.frame.columns)
    assert sorted({*squares_.frame["accuracy"]}) == [0.6, 0.8, 0.81, 0.82]
    board.keep_found(replace(shown, sequences=10_000))
    assert board.yours() == {}


def test_code_and_share_say_that_the_data_stay() -> None:
    opens_what_is_taken(on_page(ready(table("two"))), PAGE)


def test_a_preset_takes_the_page_off_the_data() -> None:
    app = on_page(ready(table("two")))
    box = next(box for box in app.selectbox if box.label == "Preset")
    box.set_value("The book: merge modes").run()
    assert not app.exception
    assert app.session_state[f"{PAGE}.name"] == FIELDS["name"].default
    assert app.session_state[f"{PAGE}.beside"] == "merge_mode"
    assert wording.DATA_GONE not in warned(app)


def test_where_larger_ones_fall_far_short_the_answer_is_not_settled() -> None:
    prepared = ready(table("two"))
    settings = settings_of(prepared, starts=3)
    rows = {1: 0.6, 3: 0.81, 10: 0.7, 40: 0.82}
    found = {
        spec: Result(0.0, 0.1, 0.5, rows[spec.model.units] + 0.001 * spec.training.seed)
        for specs in settings.grid.cells.values()
        for spec in specs
    }
    shown = Map(settings=settings, grid=settings.grid, sequences=10, results=found, pending=[], base=0.5)
    assert resolved.told(shown).answer == (
        "From 30 training sequences it is **not settled**: 3 units are within 2 points of the best square, but 10 "
        "falls short, by 10.0 points. The best square has 82.1%."
    )
