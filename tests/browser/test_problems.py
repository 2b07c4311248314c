"""Every problem of the registry on the Train page, and the nine cells of Problems, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from bilstm_core.problems import PROBLEMS
from tests.browser.conftest import enter
from tests.browser.test_train import LONG_ENOUGH, finished

OpenPage = Callable[..., Page]


def choose(page: Page, title: str) -> None:
    page.get_by_role("combobox", name="Problem").click()
    page.get_by_role("option", name=title, exact=True).click()


def assert_under(lower: Locator, upper: Locator) -> None:
    below, above = lower.bounding_box(), upper.bounding_box()
    assert below
    assert above
    assert above["y"] + above["height"] <= below["y"] < above["y"] + above["height"] + 60


def drawn(page: Page, chart: str) -> None:
    expect(page.get_by_test_id(f"chart-{chart}").locator(".main-svg").first).to_be_visible()


@pytest.mark.long
def test_every_problem_trains_evaluates_and_draws(open_page: OpenPage) -> None:
    page = open_page("train")
    finished(page, 1_000)
    enter(page, "Timesteps", 5)
    enter(page, "Units", 4)
    for place, problem in enumerate(PROBLEMS.values()):
        epochs = 20 + place
        choose(page, problem.title)
        enter(page, "Epochs", epochs)
        expect(page.get_by_text(f"In all: {epochs} sequences")).to_be_visible()
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_text(f"After {epochs} training sequences, this network")).to_be_visible(timeout=LONG_ENOUGH)
        result = "mean squared error" if problem.head == "regression" else r"\d of [3-5] labels wrong"
        expect(page.get_by_text(re.compile(rf"Fresh sequence \d+: {result}"))).to_be_visible()
        for chart in ("Train-curve", "Train-timeline", "Train-wall"):
            drawn(page, chart)
        cells = page.get_by_test_id("chart-Train-timeline").get_by_text("predicted", exact=True)
        expect(cells).to_have_count(0 if problem.head == "regression" else 1)


def test_on_a_phone_it_is_said_under_the_grid_which_cell_is_open(open_page: OpenPage) -> None:
    page = open_page("problems")
    page.set_viewport_size({"width": 390, "height": 844})
    said = page.get_by_text("Open: both decide, bidirectional. What it has read, its loss and its")
    expect(said).to_be_visible()
    assert_under(said, page.get_by_test_id("chart-Problems-nine"))
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(said).to_be_hidden()


def test_a_cell_opens_its_reading_and_its_run_and_can_be_trained_anew(open_page: OpenPage) -> None:
    page = open_page("problems")
    expect(page.get_by_text("When both decide, only bidirectional learns it")).to_be_visible()
    expect(page.get_by_text("Both decide, bidirectional.", exact=True)).to_be_visible()
    cells = page.get_by_test_id("chart-Problems-nine")
    expect(cells.get_by_text("best, label by label, 38%").first).to_be_visible(timeout=LONG_ENOUGH)
    plot = cells.locator(".nsewdrag").first
    box = plot.bounding_box()
    assert box
    plot.click(position={"x": box["width"] / 2, "y": box["height"] / 6})
    expect(page.get_by_text("Past decides, backward.", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"Whole sequence right: 3\d(\.\d)?%"))).to_be_visible()
    for chart in ("Problems-reading", "Problems-curve", "Problems-timeline", "Problems-wall"):
        drawn(page, chart)
    page.get_by_role("button", name="New seed").click()
    expect(page.get_by_test_id("progress-Problems.progress")).to_be_visible()
    assert_under(page.get_by_test_id("progress-Problems.progress"), page.get_by_role("button", name="New seed"))
    expect(page.get_by_text("3 of 9 trained here")).to_be_visible(timeout=LONG_ENOUGH)
    expect(page.get_by_test_id("stMain")).to_contain_text("from seed 0 (other rows: 1 and 0)")
    expect(page.get_by_text(re.compile(r"Whole sequence right: [34]\d(\.\d)?%"))).to_be_visible()
