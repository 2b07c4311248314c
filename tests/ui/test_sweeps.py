"""How small?: what the page says of a map, what Train trains next, and how a sweep goes on and ends."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from bilstm_core.engine import mixing
from bilstm_core.page_settings import EXTENSIONS, SWEEPS
from bilstm_core.specs import RunSpec
from bilstm_core.sweep_settings import BESIDE, SweepSettings
from bilstm_core.sweeps import Result
from ui import controls, live, session, state
from ui.sweeps import beside, fronts, launch, opened, resolved, squares, taken, words
from ui.sweeps.resolved import Map

ROOT = Path(__file__).parents[2]
PAGE = launch.PAGE
SMALL = replace(SWEEPS.first, steps=4, starts=1, x_to=40.0)  # units 1, 3, 10, 40 up; timesteps 2, 15, 27, 40 across


def a_map(settings: SweepSettings = SMALL, right: Any = None, pending: Any = ()) -> Map:
    """A map with these shares, nan where nothing is known."""
    grid = settings.grid
    table = np.full(grid.shape, np.nan) if right is None else np.array(right, float)
    found = {
        spec: Result(table[place], 0.1, 0.5)
        for place, specs in grid.cells.items()
        for spec in specs
        if not np.isnan(table[place])
    }
    return Map(settings=settings, grid=grid, sequences=10_000, results=found, pending=list(pending))


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[RunSpec, Result | None]]:
    """What is known of runs; nothing of all others. No job is under way."""
    known: dict[RunSpec, Result | None] = {}

    def of(specs: list[RunSpec], *_: object) -> dict[RunSpec, Future[Result | None]]:
        futures = {}
        for spec in specs:
            futures[spec] = Future()
            futures[spec].set_result(known.get(spec))
        return futures

    monkeypatch.setattr(resolved.known, "of", of)
    monkeypatch.setattr(st, "session_state", {})
    return known


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[RunSpec]]:
    """The jobs that were submitted."""
    jobs: list[list[RunSpec]] = []

    def start(page: str, specs: list[RunSpec], *, mixed: bool, **_: object) -> None:
        assert mixed, "a program for each shape would take longer to compile than all trainings together"
        jobs.append(specs)
        state.JOB(page).set(str(len(jobs)))

    monkeypatch.setattr(live, "start", start)
    monkeypatch.setattr(session, "set_job", lambda page, job: state.JOB(page).set(job))
    return jobs


def test_the_answer_names_the_fewest_units_that_reach_the_goal_where_the_page_has_its_timesteps() -> None:
    shown = a_map(replace(SMALL, timesteps=15), [[0.1, 0.2, 0, 0], [0, 0.95, 0, 0], [0, 0.9, 0, 0], [0, 1, 0, 0]])
    assert resolved.told(shown).answer == (
        "At 15 timesteps, **3 units** are the fewest that get every label right in 90% of new sequences."
    )
    assert "16 squares." in resolved.told(shown).counts


def test_while_smaller_ones_are_not_measured_the_answer_holds_so_far() -> None:
    nan = np.nan
    shown = a_map(SMALL, [[nan, nan, 0, 0], [0, nan, 0, 0], [0, 0.9, 0, 0], [0, nan, 0, 0]])
    assert resolved.told(shown).answer == (
        "So far, at 15 timesteps, **10 units** get every label right in 90% of new sequences."
    )
    assert "12 of 16 squares measured" in resolved.told(shown).counts
    between = a_map(SMALL, [[nan, 0.2, 0, 0], [0, nan, 0, 0], [0, 0.9, 0, 0], [0, nan, 0, 0]])
    assert resolved.told(between).answer.endswith("in 90% of new sequences, 1 unit not.")


def test_larger_models_that_fall_short_are_named_beside_the_smallest_that_does_not() -> None:
    shown = a_map(SMALL, [[0, 0.95, 0, 0], [0, 0.8, 0, 0], [0, 0.9, 0, 0], [0, 0.7, 0, 0]])
    assert resolved.told(shown).answer == (
        "At 15 timesteps, **1 unit** is the fewest that gets every label right in 90% of new sequences."
    )
    assert resolved.told(shown).counts.startswith("3 and 40 fall short of 90%, by 20.0 points at most. One start")
    all_others = a_map(SMALL, [[0, 0.95, 0, 0], [0, 0.8, 0, 0], [0, 0.1, 0, 0], [0, 0.7, 0, 0]])
    assert "3, 10 and 40 fall short of 90%, by 80.0 points" in resolved.told(all_others).counts
    one = a_map(SMALL, [[0, 0.95, 0, 0], [0, 1, 0, 0], [0, 0.9, 0, 0], [0, 0.7, 0, 0]])
    assert resolved.told(one).counts.startswith("40 falls short of 90%, by 20.0 points. ")


@pytest.mark.parametrize(("lowest", "within"), [(0.89, True), (0.7, False)])
def test_larger_models_that_fall_short_by_more_than_starts_differ_leave_it_unsettled(
    lowest: float, within: bool
) -> None:
    shown = a_map(replace(SMALL, starts=3), [[0, 0.95, 0, 0], [0, 0.89, 0, 0], [0, 0.9, 0, 0], [0, lowest, 0, 0]])
    for specs in shown.grid.cells.values():
        for spec, more in zip(specs, (-0.03, 0.0, 0.03), strict=True):
            shown.results[spec] = shown.results[spec]._replace(exact=shown.results[spec].exact + more)  # type: ignore[index]
    told = resolved.told(shown)
    if within:
        assert told.answer.endswith("**1 unit** is the fewest that gets every label right in 90% of new sequences.")
        assert told.counts.startswith(
            "3 and 40 fall short of 90%, by 1.0 points at most: chance, which is about 2.2 points with 3 starts. "
        )
    else:
        assert told.answer == (
            "At 15 timesteps it is **not settled**: 1 unit gets every label right in 90% of new sequences, but 3 and "
            "40 fall short, by 20.0 points at most."
        )
        assert told.counts.startswith("Median of 3 starts")


def test_where_none_is_enough_the_answer_says_how_near_they_come() -> None:
    assert resolved.told(a_map(SMALL, np.full((4, 4), 0.42))).answer == (
        "At 15 timesteps, no units from 1 to 40 get every label right in **90%** of new sequences. "
        "The most is 42%, with 1 unit."
    )


def test_longest_sequences_are_asked_for_where_timesteps_grow_upward() -> None:
    settings = replace(SMALL, across="units", up="timesteps", x_to=None, y_to=40.0, units=3)
    shown = a_map(settings, [[0, 1, 0, 0], [0, 0.95, 0, 0], [0, 0.4, 0, 0], [0, 0.2, 0, 0]])
    assert resolved.told(shown).answer == (
        "With 3 units, **15 timesteps** are the most with every label right in 90% of new sequences."
    )


def test_of_other_settings_the_best_is_named() -> None:
    settings = replace(SMALL, up="learning_rate")
    shown = a_map(settings, [[0, 0.3, 0, 0], [0, 0.95, 0, 0], [0, 0.96, 0, 0], [0, 0.2, 0, 0]])
    assert resolved.told(shown).answer == (
        "At 15 timesteps, a learning rate of 0.01 does best: every label right in **96%** of new sequences."
    )


@pytest.mark.usefixtures("known")
def test_with_nothing_known_the_page_asks_for_a_press_or_says_that_it_is_measuring() -> None:
    assert resolved.told(a_map()) == words.PRESS_TRAIN
    state.JOB(PAGE).set("job")
    assert "15 timesteps" in resolved.told(a_map()).answer


def test_a_wave_is_of_the_runs_that_are_missing_and_of_no_more_than_is_worth_waiting_for() -> None:
    settings = replace(SWEEPS.first, starts=3)
    shown = a_map(settings)
    wave = shown.wave()
    assert set(wave) <= set(shown.missing)
    assert resolved.seconds(wave, 10_000) <= resolved.WAVE_S + resolved.seconds(shown.missing[-3:], 10_000)
    corner = shown.grid.cells[0, 0]
    assert set(corner) <= set(wave), "the coarse lattice first"
    awaited = replace_pending(shown, corner)
    assert not set(corner) & set(awaited.wave()), "what is in test is not trained again"


def replace_pending(shown: Map, pending: Any) -> Map:
    return a_map(shown.settings, pending=pending)


def test_what_has_to_be_compiled_is_part_of_the_cost_before_the_press() -> None:
    shown = a_map()
    programs = len(mixing.programs_of(shown.missing))
    assert programs > 1
    trained = mixing.seconds(shown.missing)
    assert shown.seconds == pytest.approx(
        programs * resolved.COMPILE_S + resolved.seconds(shown.missing, shown.sequences)
    )
    assert resolved.seconds(shown.missing, 1) == pytest.approx(trained), "tests go on beside the training"
    assert resolved.seconds(shown.missing, 1_000_000) > 2 * trained


def test_a_map_whose_runs_are_all_trained_has_no_wave() -> None:
    assert a_map(SMALL, np.ones((4, 4))).wave() == []


def test_estimates_are_told_from_measured_squares_in_the_table() -> None:
    right = np.full((4, 4), np.nan)
    right[0, 0] = 0.8
    table = squares.table(a_map(SMALL, right)).set_index(["y", "x"])
    assert table.loc[("1", "2"), "measured"]
    assert "whole sequences right: 80.0%" in table.loc[("1", "2"), "about"]
    assert not table.loc[("3", "2"), "measured"]
    assert "not measured yet" in table.loc[("3", "2"), "about"]
    assert table["right"].notna().sum() == 4, "nothing is said of what is far from all that is measured"


def test_the_boundary_is_sure_between_measured_squares_alone() -> None:
    right = np.full((4, 4), np.nan)
    right[0] = [1, 1, 0, 0]
    right[3] = [1, 1, 1, 0]
    sure = [line for line, measured in a_map(SMALL, right).boundary if measured]
    assert sure == [(1.5, -0.5, 1.5, 0.5), (2.5, 2.5, 2.5, 3.5)]


def test_a_run_goes_on_wave_by_wave_until_all_is_trained(
    known: dict[RunSpec, Result | None], started: list[list[RunSpec]]
) -> None:
    launch.SETTINGS.fill(replace(SMALL, steps=8))
    launch.run()
    launch.run()
    launch.go_on()
    assert len(started) == 1, "one at a time, whatever is pressed"
    while live.active(PAGE):
        place = len(started)
        for spec in started[-1]:
            known[spec] = Result(1.0 if spec.problem.timesteps < 20 else 0.0, 0.1, 0.1)
        state.JOB(PAGE).set(None)
        launch.done(SimpleNamespace(state="done", runs=[], sequences=10_000))
        launch.go_on()
        assert len(started) in (place, place + 1)
    assert len(started) > 2, "coarse, along the boundary, the rest"
    trained = [spec for job in started for spec in job]
    assert len(trained) == len(set(trained)) == 64
    assert state.SWEEP(PAGE).get() is None


def test_small_maps_are_trained_after_the_map_and_each_square_once(
    known: dict[RunSpec, Result | None], started: list[list[RunSpec]]
) -> None:
    launch.SETTINGS.fill(replace(SMALL, beside="direction"))
    shown = launch.resolved()
    assert isinstance(shown, Map)
    assert list(shown.beside) == ["forward", "backward", "bidirectional"]
    assert shown.all_measured == (0, 48), "the map itself is one of them"
    assert launch.note(shown).startswith("48 networks to train")
    launch.run()
    while live.active(PAGE):
        for spec in started[-1]:
            known[spec] = Result(0.5, 0.1, 0.1)
        state.JOB(PAGE).set(None)
        launch.go_on()
    trained = [spec for job in started for spec in job]
    assert len(trained) == len(set(trained)) == 48
    assert [spec.model.direction for spec in trained[:16]] == ["bidirectional"] * 16
    complete = launch.resolved()
    assert isinstance(complete, Map)
    assert launch.note(complete) == words.ALL_COMPLETE
    drawn = beside.figure(complete)
    assert [trace.name for trace in drawn.data if trace.type == "heatmap"] == list(shown.beside)
    offered = taken.offer(complete)
    assert not isinstance(offered, str)
    assert [drawing.title for drawing in offered.gather().drawings] == ["Map", "Small maps"]


@pytest.mark.usefixtures("known")
def test_what_comes_while_the_page_is_drawn_makes_it_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, conditions = iter(range(100)), []
    monkeypatch.setattr(resolved.known, "news", lambda: next(numbers))
    monkeypatch.setattr(launch.waits, "again_when", conditions.append)
    monkeypatch.setattr(launch, "NEWS_S", -1.0)
    launch.SETTINGS.fill(SMALL)
    shown = launch.resolved()
    assert isinstance(shown, Map)
    launch.again_with_news(shown)
    assert conditions == [], "nothing is awaited"
    launch.again_with_news(replace(shown, pending=shown.missing[:1]))
    [there] = conditions
    assert there()


@pytest.mark.usefixtures("known")
def test_a_sweep_that_is_stopped_or_has_failed_does_not_go_on_by_itself(started: list[list[RunSpec]]) -> None:
    launch.SETTINGS.fill(SMALL)
    for ended in ("stopped", "failed"):
        launch.run()
        jobs = len(started)
        state.JOB(PAGE).set(None)
        launch.done(SimpleNamespace(state=ended, runs=[], sequences=10_000))
        launch.go_on()
        assert len(started) == jobs


@pytest.mark.usefixtures("known")
def test_a_job_that_is_refused_ends_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "start", lambda *_, **__: None)
    launch.SETTINGS.fill(SMALL)
    launch.run()
    assert state.SWEEP(PAGE).get() is None


@pytest.mark.usefixtures("known")
def test_a_job_is_taken_up_with_its_settings_and_one_of_another_page_is_not() -> None:
    assert not launch.take_up(SimpleNamespace(about={"page": "Train"}))
    settings = replace(SMALL, direction="forward")
    assert launch.take_up(SimpleNamespace(about={"page": PAGE, "settings": asdict(settings), "whole": True}))
    assert launch.SETTINGS.read() == settings


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"up": "timesteps"}, "two different settings"),
        ({"y_to": 300.0}, "Vertical axis: units must be a whole number from 1 to 256, not 300"),
        ({"x_from": 50.0}, "Horizontal axis: The lowest value must be below the highest, not 50 and 40"),
        ({"x_to": 2.5}, "Horizontal axis: timesteps must be a whole number"),
        ({"name": "cosine_from_sine"}, "are numbers"),
        ({"units": 0, "up": "layers"}, "units must be a whole number"),
        ({"sequences_per_epoch": 100_000, "x_to": 200.0, "y_to": 256.0}, "are too many for this network"),
    ],
)
def test_settings_that_make_no_map_get_a_sentence_and_train_nothing(
    changed: dict[str, Any], sentence: str, started: list[list[RunSpec]]
) -> None:
    launch.SETTINGS.fill(replace(SMALL, **changed))
    told = launch.resolved()
    assert isinstance(told, str)
    assert sentence in told
    launch.run()
    assert started == []


@pytest.mark.usefixtures("known", "started")
def test_the_cost_is_told_before_the_press_and_how_far_it_is_afterward() -> None:
    launch.SETTINGS.fill(SMALL)
    shown = a_map()
    assert launch.note(shown).startswith("16 networks to train, about ")
    assert launch.under_way(shown) == ""
    launch.run()
    about = f"0 of 16 squares measured, about {launch.rounded(shown.seconds)} left."
    assert launch.under_way(shown) == about
    assert launch.under_way(a_map(replace(SMALL, goal=0.5, timesteps=40))) == about
    assert launch.under_way(a_map(replace(SMALL, direction="forward"))) == words.OTHER_SWEEP
    right = np.full((4, 4), np.nan)
    right[0] = 0.5
    assert launch.note(a_map(SMALL, right)).startswith("12 networks left to train, about ")
    assert launch.note(a_map(SMALL, np.ones((4, 4)))) == words.COMPLETE


def test_a_press_opens_a_square_and_what_is_no_square_is_refused(known: dict[RunSpec, Result | None]) -> None:
    assert known == {}
    shown = a_map(SMALL, np.ones((4, 4)))
    assert opened.choose(shown, {"x": 1.0, "customdata": ["15", "3"]})
    assert a_map(SMALL, np.ones((4, 4))).opened == (1, 1)
    assert not opened.choose(shown, {"x": 1.0, "customdata": ["15", "4"]})
    assert not opened.choose(shown, {"x": 1.0, "customdata": []})
    assert a_map(SMALL, np.ones((4, 4))).opened == (1, 1)
    assert a_map(replace(SMALL, steps=8)).opened is None, "another map has no such square"


@pytest.mark.usefixtures("known")
def test_the_answer_is_about_the_column_of_the_open_square() -> None:
    right = np.full((4, 4), 0.95)
    assert "At 15 timesteps" in resolved.told(a_map(SMALL, right)).answer
    state.SQUARE(PAGE).set([40.0, 10.0])
    assert "At 40 timesteps" in resolved.told(a_map(SMALL, right)).answer


@pytest.mark.usefixtures("known")
def test_a_square_alone_is_trained_without_the_rest_and_taken_up_so(started: list[list[RunSpec]]) -> None:
    shown = a_map()
    square = list(shown.grid.cells[1, 1])
    launch.train_square(shown, square)
    assert started == [square]
    state.JOB(PAGE).set(None)
    launch.done(SimpleNamespace(state="done", runs=[], sequences=10_000))
    launch.go_on()
    assert started == [square]
    about = {"page": PAGE, "settings": asdict(SMALL), "whole": False}
    assert launch.take_up(SimpleNamespace(about=about))
    assert state.SWEEP(PAGE).get() is None


def test_rivals_have_the_sequences_of_the_answer() -> None:
    right = np.arange(16).reshape(4, 4) / 16
    table = fronts.rivals(a_map(replace(SMALL, timesteps=15), right))
    assert table["name"].tolist() == ["1 unit", "3 units", "10 units", "40 units"]
    assert table["right"].tolist() == right[:, 1].tolist()
    assert table["parameters"].is_monotonic_increasing
    everywhere = fronts.rivals(a_map(replace(SMALL, across="learning_rate", x_to=None), right))
    assert len(everywhere) == 16
    assert everywhere["name"][1] == "1 unit, a learning rate of 0.001"
    assert fronts.rivals(a_map(replace(SMALL, up="threshold"), right)).empty


@pytest.mark.usefixtures("known")
def test_the_map_is_taken_home_as_far_as_it_is_measured() -> None:
    right = np.full((4, 4), np.nan)
    right[0] = 0.5
    offered = taken.offer(a_map(SMALL, right))
    assert not isinstance(offered, str)
    found = offered.gather()
    [table] = found.tables
    assert table.frame[["units", "timesteps", "exact"]].to_numpy().tolist() == [
        [1, 2, 0.5], [1, 15, 0.5], [1, 27, 0.5], [1, 40, 0.5],
    ]  # fmt: skip
    assert found.sentences[0].startswith("So far, at 15 timesteps")
    empty = taken.offer(a_map())
    assert not isinstance(empty, str)
    assert empty.gather().tables[0].frame.empty
    state.JOB(PAGE).set("job")
    assert taken.offer(a_map(SMALL, right)) == words.NO_FILES
    assert taken.offer("Choose two different settings to vary.") == "Choose two different settings to vary."


def test_the_books_extensions_are_presets_each_of_which_is_a_map_that_can_be_trained() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page("pages/sweeps.py").run()

    def box() -> Selectbox:
        (found,) = (each for each in app.selectbox if each.label == "Preset")
        return found

    assert box().value == "The book: size against length", "what the page opens with"
    for name, settings in EXTENSIONS.items():
        box().set_value(name).run()
        assert not app.exception
        assert not app.error
        assert box().value == name
        assert any(words.beside(BESIDE.word(settings.beside)) in each.value for each in app.header) == (
            settings.beside != "none"
        )
        assert set(settings.grid.cells)
    app.selectbox(key="Sweeps.goal").set_value(0.5).run()
    assert box().value == controls.OWN


def test_a_press_on_a_small_map_makes_it_the_large_one_with_its_square_open(known: dict[RunSpec, Any]) -> None:
    assert known == {}
    settings = replace(SMALL, beside="direction")
    launch.SETTINGS.fill(settings)
    shown = launch.resolved()
    assert isinstance(shown, Map)
    heat = next(trace for trace in beside.figure(shown).data if trace.name == "backward")
    pressed = heat.customdata[2][1]
    assert beside.choose(shown, {"x": 1.0, "customdata": list(pressed)})
    after = launch.resolved()
    assert isinstance(after, Map)
    assert after.settings == replace(settings, direction="backward")
    assert list(after.beside) == list(shown.beside), "the small maps stay"
    assert after.opened == (2, 1)
    for wrong in (["15", "3"], ["15", "3", "sideways"], ["15", "4", "forward"], []):
        assert not beside.choose(shown, {"x": 1.0, "customdata": wrong})
    assert launch.resolved() == after


@pytest.mark.usefixtures("known", "started")
def test_what_is_left_goes_by_the_estimate_at_first_and_ever_more_by_what_was_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launch, "rounded", str)
    shown = a_map()
    begun = {"settings": asdict(SMALL), "began": 0.0, "seconds": shown.seconds + 90.0}

    def left(now: float, done: float) -> float:
        monkeypatch.setattr("ui.sweeps.launch.time.time", lambda: now)
        return float(launch._left(shown, {**begun, "seconds": shown.seconds + done})) / shown.seconds

    assert left(0.0, 0.0) == 1.0
    assert left(5.0, 0.0) == pytest.approx(1.5)  # 10 s of the estimate count as if they had been measured
    assert left(180.0, 90.0) == pytest.approx((180 + 0.2 * (shown.seconds + 90)) / (90 + 0.2 * (shown.seconds + 90)))
    whole = a_map(SMALL, np.full((4, 4), 0.5))
    assert launch._left(whole, begun) == ""


@pytest.mark.usefixtures("known", "started")
def test_a_map_that_is_trained_among_the_small_ones_is_no_other_map() -> None:
    launch.SETTINGS.fill(replace(SMALL, beside="direction"))
    launch.run()
    launch.SETTINGS.fill(replace(SMALL, beside="direction", direction="forward"))
    shown = launch.resolved()
    assert isinstance(shown, Map)
    assert launch.under_way(shown).startswith("0 of 48 squares measured, about ")
