"""How small?, in a real browser: a map is trained to its end, stopped on the way and gone on with."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bilstm_core.recorded_board import Board, Place, starts, write
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from bilstm_core.sweeps import Result
from tests.browser.conftest import ROOT, App
from ui.your_data import words as your_data

LONG_ENOUGH = 240_000  # ms, on a machine that does much else

OpenPage = Callable[..., Page]


def run(page: Page) -> None:
    page.get_by_role("button", name="Train", exact=True).click()


def test_a_map_fills_is_stopped_and_goes_on_to_its_end(open_page: OpenPage) -> None:
    page = open_page("sweeps?steps=4&starts=1&x-to=8&y-to=6&sequences=60&goal=0.5&timesteps=4")
    expect(page.get_by_text("16 networks to train, about 1 s.")).to_be_visible()
    chart = page.get_by_test_id("chart-Sweeps-map")
    expect(chart.locator(".main-svg").first).to_be_visible()
    plots = chart.get_attribute("data-plots")
    run(page)
    expect(page.get_by_text("The map is complete.")).to_be_visible(timeout=LONG_ENOUGH)
    expect(page.get_by_text(re.compile(r"^At 4 timesteps, .* in 50% of new sequences\."))).to_be_visible()
    expect(page.get_by_text("16 squares.")).to_be_visible()
    assert chart.get_attribute("data-plots") == plots, "it was never taken off the page"
    assert chart.get_attribute("aria-label") or page.locator("[aria-label*='16 of 16 squares are measured']").count()


@pytest.mark.long
def test_what_was_trained_before_a_stop_is_not_trained_again(open_page: OpenPage) -> None:
    page = open_page("sweeps?x=learning_rate&steps=8&y-to=8&starts=1&timesteps=4&sequences=10000&seed=4")
    expect(page.get_by_text("64 networks to train")).to_be_visible()
    run(page)
    some = page.get_by_text(re.compile(r"[1-9]\d* of 64 squares measured"))
    expect(some.first).to_be_visible(timeout=LONG_ENOUGH)
    page.get_by_role("button", name="Stop", exact=True).click()
    left = page.get_by_text(re.compile(r"\d+ networks? left to train"))
    expect(left).to_be_visible(timeout=LONG_ENOUGH)
    networks = int(re.findall(r"\d+", left.inner_text())[0])
    assert networks < 64
    page.reload()
    expect(left).to_be_visible(timeout=LONG_ENOUGH)
    assert int(re.findall(r"\d+", left.inner_text())[0]) <= networks
    run(page)
    expect(page.get_by_text("The map is complete.")).to_be_visible(timeout=LONG_ENOUGH)


def test_a_set_of_your_data_is_mapped_by_a_link_that_names_it(open_page: OpenPage) -> None:
    page = open_page("your_data?data=occupancy")
    page.get_by_role("button", name=your_data.SWEEPS).click()
    expect(page.get_by_text("48 networks to train")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sweeps\?problem=occupancy"))
    page = open_page("sweeps?problem=occupancy&starts=1&x-from=4&x-to=20&y-to=3")
    run(page)
    expect(page.get_by_text("The map is complete.")).to_be_visible(timeout=LONG_ENOUGH)
    expect(page.locator(".st-key-answer")).to_contain_text("held-out labels right")
    expect(page.locator(".st-key-answer")).to_contain_text("each tested on the same 46 held-out sequences")
    page.reload()
    expect(page.get_by_text("The map is complete.")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()


def test_the_page_opens_with_a_recorded_map_that_answers(open_page: OpenPage) -> None:
    page = open_page("sweeps")
    expect(page.get_by_text("The map is complete.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^At 10 timesteps, .* in 90% of new sequences\."))).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()


@pytest.mark.long
def test_small_maps_are_trained_with_the_map_and_stand_below_it(open_page: OpenPage) -> None:
    page = open_page("sweeps?steps=4&starts=1&x-to=8&y-to=6&sequences=60&goal=0.5&timesteps=4&beside=direction&seed=2")
    expect(page.get_by_text("48 networks to train")).to_be_visible()
    run(page)
    expect(page.get_by_text("All maps are complete.")).to_be_visible(timeout=LONG_ENOUGH)
    small = page.get_by_test_id("chart-Sweeps-beside")
    for name in ("forward", "backward", "bidirectional"):
        expect(small.get_by_text(name, exact=True)).to_be_visible()
    small.locator(".nsewdrag").first.click()  # that of forward
    expect(page.get_by_test_id("chart-Sweeps-square").locator(".main-svg").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]direction=forward&.*square="))


def test_a_square_of_a_map_opens_its_curve_and_its_sequences(open_page: OpenPage) -> None:
    page = open_page("sweeps?steps=4&starts=1&x-to=8&y-to=6&sequences=60&goal=0.5&timesteps=4&seed=3&square=8_6")
    run(page)
    expect(page.get_by_text("The map is complete.")).to_be_visible(timeout=LONG_ENOUGH)
    expect(page.get_by_test_id("chart-Sweeps-square").locator(".main-svg").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"^100 fresh sequences: \d+ wholly right"))).to_be_visible()


OTHER_BOARD = """from pathlib import Path
from bilstm_core import recorded_board
recorded_board.read.__defaults__ = (Path({path!r}),)
"""


@pytest.fixture
def thin_board(start_app: Callable[..., App], tmp_path: Path) -> App:
    """An app whose recorded board has one model, far larger than it need be, for a single timestep."""
    spec = RunSpec(problem=ProblemSpec(timesteps=1), model=ModelSpec(direction="forward", units=12)).canonical()
    results = {each: Result(0.995, 0.1, 0.5) for each in starts(spec)}
    place = Place("cumulative_sum", "forward", 1)
    board = Board(day="2026-11-27", results=results, digests=dict.fromkeys(results, "0" * 16), best={place: 1.0})
    write(board, tmp_path / "board.json")
    (tmp_path / "sitecustomize.py").write_text(OTHER_BOARD.format(path=str(tmp_path / "board.json")))
    return start_app(PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")


@pytest.mark.long
def test_a_smaller_model_that_a_map_finds_stands_beside_the_recorded_one_and_can_be_run_again(
    thin_board: App, open_page: OpenPage
) -> None:
    page = open_page("sweeps?direction=forward&timesteps=1&x-from=1&x-to=2&y-from=1&y-to=2&steps=4", on=thin_board)
    expect(page.get_by_text("The smallest that is recorded has 12 units")).to_be_visible()
    board = page.get_by_test_id("chart-Sweeps-board")
    expect(board.get_by_text(re.compile(r"^12 units · "))).to_be_visible()
    run(page)
    yours = page.get_by_text(re.compile(r"^Yours is smaller: it has 1 unit and \d+ parameters\."))
    expect(yours).to_be_visible(timeout=LONG_ENOUGH)
    expect(board.get_by_text(re.compile(r"^1 unit · "))).to_be_visible()
    expect(page.get_by_text("The smallest that is recorded has 12 units")).to_be_visible()
    expect(page.get_by_text("The map is complete.")).to_be_visible(timeout=LONG_ENOUGH)
    link = yours.get_by_role("link", name="Its link").get_attribute("href")
    page.get_by_role("button", name="Train again").first.click()
    expect(page.get_by_test_id("chart-Sweeps-square").locator(".main-svg").first).to_be_visible(timeout=LONG_ENOUGH)
    expect(page.get_by_text("1 timestep, 1 unit", exact=True)).to_be_visible()
    expect(yours).to_be_visible()
    other = open_page(str(link), on=thin_board)
    expect(other.get_by_text("1 timestep, 1 unit", exact=True)).to_be_visible()
    expect(other.get_by_text(re.compile(r"^Whole sequences right: .* of 3 starts\."))).to_be_visible()


def test_the_recorded_board_says_of_each_place_what_was_found_or_what_is_possible(open_page: OpenPage) -> None:
    page = open_page("sweeps?board=cumulative-sum-backward-10")
    expect(page.get_by_text("Nothing was tried here: reading backward, the best, label by label, is")).to_be_visible()
    board = page.get_by_test_id("chart-Sweeps-board")
    expect(board.get_by_text(re.compile(r"^best possible \d+%")).first).to_be_visible()
    board.locator(".nsewdrag").click(position={"x": 20, "y": 40})  # forward, of the first length
    expect(page).to_have_url(re.compile(r"board=cumulative-sum-forward-2"))
    expect(page.get_by_role("strong").filter(has_text="Cumulative sum, forward, 2 timesteps")).to_be_visible()
