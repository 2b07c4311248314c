"""The board of the smallest models on How small?: what is recorded, what a visitor's maps find, and one place of it."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import streamlit as st

from bilstm_core.analysis.smallest import smallest_of, tried_of
from bilstm_core.page_settings import SWEEPS
from bilstm_core.recorded_board import GOAL, STARTS, Board, Place, starts
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.sweeps import TESTED_ON, Result
from tests.ui.test_sweeps import a_map
from ui import live, page_links, state
from ui.sweeps import board, words
from ui.sweeps.launch import PAGE
from ui.sweeps.resolved import SETTINGS, Map

FOUND = Place("cumulative_sum", "forward", 5)
NONE = Place("cumulative_sum", "forward", 10)
IMPOSSIBLE = Place("cumulative_sum", "backward", 5)
MAP = SweepSettings(
    starts=3, steps=4, x_from=5.0, x_to=10.0, y_from=1.0, y_to=4.0, direction="forward", sequences_per_epoch=1_000,
    batch_size=10, learning_rate=1e-2, timesteps=5,
)  # fmt: skip


def network(timesteps: int, units: int, **training: Any) -> RunSpec:
    recipe = TrainingSpec(epochs=1, sequences_per_epoch=100_000, batch_size=10, learning_rate=3e-3, **training)
    return RunSpec(
        problem=ProblemSpec(timesteps=timesteps), model=ModelSpec(direction="forward", units=units), training=recipe
    ).canonical()


def results(spec: RunSpec, *exacts: float) -> dict[RunSpec, Result]:
    return {each: Result(exact, 0.1, 0.5) for each, exact in zip(starts(spec, len(exacts)), exacts, strict=True)}


@pytest.fixture(autouse=True)
def recorded(monkeypatch: pytest.MonkeyPatch) -> Board:
    """A small board, in place of the recorded one."""
    held = Board(
        day="2026-11-27",
        results={
            **results(network(5, 2), 0.5, 0.99, 0.98),
            **results(network(5, 3), 0.991, 0.97, 0.993),
            **results(network(10, 2), 0.95, 0.9, 0.92),
            **results(network(10, 1), 0.8, 0.9, 0.92),
        },
        best={FOUND: 1.0, NONE: 1.0, IMPOSSIBLE: 0.31},
    )
    found = smallest_of(held.results, held.sequences)
    known = held, found, tried_of(held.results, found)
    monkeypatch.setattr(board, "known", lambda: known)
    monkeypatch.setattr(board, "recorded_results", dict)
    monkeypatch.setattr(st, "session_state", {})
    return held


def filled(settings: SweepSettings, share: dict[tuple[int, int], float]) -> Map:
    """A map in which all squares are wrong but these, by their units and timesteps."""
    grid = settings.grid
    right = np.zeros(grid.shape)
    for (units, timesteps), value in share.items():
        right[grid.y.values.index(units), grid.x.values.index(timesteps)] = value
    return a_map(settings, right)


def test_every_place_says_what_is_recorded_that_nothing_is_or_that_no_model_can() -> None:
    table = board.table({}, {5, 10}).set_index(["direction", "length"])
    assert table.loc[("forward", "5 timesteps"), ["kind", "text"]].tolist() == ["found", "3 units · 64 · 99.1%"]
    assert table.loc[("forward", "10 timesteps"), ["kind", "text"]].tolist() == ["none", "none of 1 and 2 units"]
    about = table["about"]
    assert about["forward", "10 timesteps"].endswith("not enough: LSTMs of 1 and 2 units<br>the most: 92.0%")
    assert about["backward", "5 timesteps"].endswith("not tried: the best, label by label, is 31.0%")
    assert table.loc[("backward", "5 timesteps"), ["kind", "text"]].tolist() == ["impossible", "best possible 31%"]
    assert not table["own"].any()


def test_what_a_map_finds_that_is_smaller_stands_beside_the_recorded_and_is_kept() -> None:
    board.keep_found(filled(MAP, {(1, 5): 0.995, (2, 5): 1.0, (4, 10): 0.99}))
    own = board.yours()
    assert {place: model.spec.model.units for place, model in own.items()} == {FOUND: 1, NONE: 4}
    assert own[FOUND].exacts == (0.995,) * 3
    board.keep_found(filled(replace(MAP, batch_size=20), {(2, 5): 1.0, (3, 10): 1.0}))
    own = board.yours()
    assert {place: model.spec.model.units for place, model in own.items()} == {FOUND: 1, NONE: 3}, "the smaller stays"
    table = board.table(own, {5, 10}).set_index(["direction", "length"])
    assert table.loc[("forward", "5 timesteps"), "text"].startswith("<b>1 unit · ")
    assert table["own"].tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("settings", "share"),
    [
        (MAP, {(4, 5): 1.0}),
        (MAP, {(3, 5): 1.0}),
        (MAP, {(1, 5): GOAL - 1e-4}),
        (replace(MAP, starts=1), {(1, 5): 1.0}),
        (replace(MAP, threshold=0.9), {(1, 5): 1.0}),
        (replace(MAP, direction="backward", threshold=0.9), {(1, 5): 1.0}),
        (MAP, {(1, 7): 1.0}),
    ],
    ids=["larger", "as large", "not good enough", "one start", "easier", "easier backward", "a length it has not"],
)
def test_what_is_no_smaller_model_of_a_place_is_not_put_there(
    settings: SweepSettings, share: dict[tuple[int, int], float]
) -> None:
    board.keep_found(filled(settings, share))
    assert board.yours() == {}


def test_what_is_recorded_or_was_tested_on_few_sequences_is_nobodys_find(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = filled(MAP, {(1, 5): 1.0})
    board.keep_found(replace(shown, sequences=TESTED_ON - 1))
    assert board.yours() == {}
    monkeypatch.setattr(board, "recorded_results", lambda: dict.fromkeys((spec, 10_000) for spec in shown.results))
    board.keep_found(shown)
    assert board.yours() == {}


def test_small_maps_count_too() -> None:
    small = filled(MAP, {(1, 5): 1.0})
    board.keep_found(replace(filled(replace(MAP, direction="bidirectional"), {}), beside={"forward": small}))
    assert set(board.yours()) == {FOUND}


def short_of(shown: Map, good: int, known: int) -> Map:
    """The map of ten starts of which so many are known, and the first of these are good."""
    specs = shown.grid.cells[0, 0]
    results = {spec: Result(1.0 if start < good else 0.5, 0.1, 0.5) for start, spec in enumerate(specs[:known])}
    return replace(shown, results=results)


def test_a_square_counts_once_all_of_its_starts_are_known() -> None:
    ten = filled(replace(MAP, starts=10), {})
    assert (ten.grid.y.values[0], ten.grid.x.values[0]) == (1, 5)
    for known in range(3, 10):
        board.keep_found(short_of(ten, good=3, known=known))
        assert board.yours() == {}, "three are good, and others are not trained yet"
    board.keep_found(short_of(ten, good=3, known=10))
    assert board.yours() == {}
    board.keep_found(short_of(ten, good=7, known=10))
    assert (board.yours()[FOUND].starts, board.yours()[FOUND].reached) == (10, 7)


def test_what_more_starts_say_of_a_model_that_was_found_takes_its_place() -> None:
    three = filled(MAP, {(1, 5): 1.0})
    ten = filled(replace(MAP, starts=10), {})
    assert set(ten.grid.cells[0, 0]) > set(three.grid.cells[0, 0])
    board.keep_found(three)
    assert board.yours()[FOUND].starts == 3
    board.keep_found(short_of(ten, good=3, known=9))
    assert board.yours()[FOUND].starts == 3
    board.keep_found(short_of(ten, good=3, known=10))
    assert board.yours() == {}
    board.keep_found(three)
    board.keep_found(short_of(ten, good=8, known=10))
    assert (board.yours()[FOUND].starts, board.yours()[FOUND].reached) == (10, 8)


def test_the_board_has_the_lengths_of_which_something_is_known_and_that_of_the_open_place(recorded: Board) -> None:
    for timesteps in (2, 3):
        for direction in ("forward", "backward"):
            recorded.best[Place("cumulative_sum", direction, timesteps)] = 1.0
    assert board.lengths(None) == {5, 10}
    assert set(board.figure({}, None).data[0].meta["names_across"]) == {"5 timesteps", "10 timesteps"}
    state.PLACE(PAGE).set(["cumulative_sum", "backward", 3])
    assert board.lengths(board.opened()) == {3, 5, 10}
    state.PLACE(PAGE).drop()
    board.keep_found(filled(replace(MAP, timesteps=2, x_from=2.0, x_to=5.0), {(1, 2): 1.0}))
    assert board.lengths(None) == {2, 5, 10}


def test_the_board_opens_on_a_place_that_has_a_model() -> None:
    for direction, timesteps in (("backward", 5), ("forward", 10), ("bidirectional", 30), ("forward", None)):
        SETTINGS.fill(replace(SWEEPS.first, direction=direction, timesteps=timesteps))
        assert board.opened() == FOUND
    board.keep_found(filled(MAP, {(4, 10): 0.99}))
    SETTINGS.fill(replace(SWEEPS.first, direction="forward", timesteps=9))
    assert board.opened() == NONE, "this visitor has found one there"


@pytest.mark.parametrize("count", [3, 10])
def test_a_model_has_a_link_to_a_map_with_its_square_open(count: int) -> None:
    found = smallest_of(results(network(5, 3, seed=7), *[0.995] * count), TESTED_ON)[FOUND]
    path, _, query = board.link_of(found).partition("?")
    assert path == "sweeps"
    links = {link.name: link for link in page_links.of(PAGE)}
    for name, text in parse_qsl(query):
        links[name].put((text,))
    assert SETTINGS.read() == board.settings_of(found)
    grid = SETTINGS.read().grid
    x, y = state.SQUARE(PAGE).get() or (0, 0)
    cell = grid.cells[grid.y.values.index(y), grid.x.values.index(x)]
    assert cell == starts(found.spec, count)
    assert found.spec.model.units - 1 in grid.y.values


def test_a_model_can_be_run_again_from_all_its_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: list[Any] = []
    monkeypatch.setattr(live, "start", lambda _, specs, **about: jobs.append((specs, about)))
    found = board.known()[1][FOUND]
    board.run_again(found)
    [(specs, about)] = jobs
    assert specs == starts(found.spec, STARTS)
    assert (about["sequences"], about["mixed"], about["about"]["whole"]) == (TESTED_ON, True, False)
    assert state.SQUARE(PAGE).get() == [5.0, 3.0]
    assert SETTINGS.read() == board.settings_of(found)


def test_a_press_opens_a_place_and_what_is_none_is_refused() -> None:
    SETTINGS.fill(replace(SWEEPS.first, direction="forward", timesteps=12))
    assert board.opened() == FOUND, "the nearest to the page's settings that has a model"
    assert board.choose({"x": 0.0, "customdata": ["cumulative_sum", "backward", "5"]})
    assert board.opened() == IMPOSSIBLE
    for wrong in ([], ["cumulative_sum", "backward", "6"], ["cumulative_sum", "backward"], ["", "", ""]):
        assert not board.choose({"x": 0.0, "customdata": wrong})
    assert board.opened() == IMPOSSIBLE
    state.PLACE(PAGE).set(["cumulative_sum", "sideways", 5])
    assert board.opened() == FOUND


def test_the_sentences_of_a_place_have_its_numbers() -> None:
    _, best, tried = board.known()
    assert words.smallest(best[FOUND], tried[FOUND], GOAL) == (
        "The smallest that is recorded has **3 units** and 64 parameters. Whole sequences right: 97.0%, 99.1% and "
        "99.3%; 2 of 3 starts reach 99%. Trained on 100,000 sequences in batches of 10, at a learning rate of 0.003. "
        "Smaller ones that were tried fall short: LSTMs of 2 units."
    )
    assert words.none_found(tried[NONE], GOAL) == (
        "Nothing that is recorded reaches 99%, of LSTMs of 1 and 2 units. The most is 92.0%, with 2 units."
    )
    alike = tried[NONE]._replace(units={"rnn": (1, 4), "lstm": (1, 4)})
    assert "of simple RNNs and LSTMs of 1 and 4 units." in words.none_found(alike, GOAL)
    assert words.none_in_short(alike).text == "none of 1 and 4 units"
    apart = tried[NONE]._replace(units={"rnn": (1,), "lstm": (1, 2, 4)})
    assert "of simple RNNs of 1 unit, and LSTMs of 1, 2 and 4 units." in words.none_found(apart, GOAL)
    assert words.impossible("forward", 0.875, GOAL) == (
        "Nothing was tried here: reading forward, the best, label by label, is 87.5%, below 99%."
    )
    assert words.yours(best[FOUND], first=False, goal=GOAL).startswith("Yours is smaller: it has **3 units**")
    assert words.yours(best[FOUND], first=True, goal=GOAL).startswith("Yours is the first: it has **3 units**")
