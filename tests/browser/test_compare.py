"""Directions and Merge modes in a real browser, with real training."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import choose_starts, enter

OpenPage = Callable[..., Page]
GAP = 16.5  # px between two parts of a page, by which a run of the page on a busy machine may move it for a moment


def test_recorded_starts_open_the_page_and_download_as_csv_and_the_grid_knows_the_tutorials_order(
    open_page: OpenPage,
) -> None:
    page = open_page("directions")
    expect(page.get_by_text("in all 10 runs.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table as CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    assert text.startswith("label,starts,units,parameters,loss,best,excess,accuracy,exact,train_s")
    assert len(text.splitlines()) == 5
    grid = page.get_by_test_id("chart-directions-grid")
    expect(grid.locator(".main-svg").first).to_be_visible()
    before = grid.inner_html()
    page.get_by_text("Tutorial's order (output reversed)").click()
    page.wait_for_function(
        "before => document.querySelector('[data-testid=\"chart-directions-grid\"]').innerHTML !== before", arg=before
    )


@pytest.mark.long
def test_the_long_run_waits_for_a_guess_and_says_what_came_of_it(open_page: OpenPage) -> None:
    page = open_page("directions")
    for label, value in (("Timesteps", "2"), ("Units", "2")):
        enter(page, label, value)
    chart = page.get_by_test_id("chart-Directions-curves")
    expect(chart.locator(".main-svg").first).to_be_visible()
    before = chart.bounding_box()
    page.get_by_role("radiogroup", name="Epochs").get_by_text("20,000").click()
    run = page.get_by_role("button", name="Train", exact=True)
    expect(run).to_be_disabled()
    expect(page.get_by_role("radiogroup", name="Which curve will stop falling")).to_be_visible()
    assert chart.bounding_box() == before  # the question costs no height
    page.get_by_role("radiogroup", name="Starts").get_by_text("1", exact=True).click()
    page.get_by_role("radiogroup", name="Which curve will stop falling").get_by_text("none of them").click()
    expect(run).to_be_enabled()
    run.click()
    expect(page.get_by_text("You guessed none of them")).to_be_visible(timeout=100_000)
    expect(page.get_by_text("In the second half, the training loss")).to_be_visible()
    expect(chart).to_contain_text("the tutorial stops here")


def test_why_adds_a_curve_and_a_sentence_a_press_after_a_guess(open_page: OpenPage) -> None:
    page = open_page("why")
    page.set_viewport_size({"width": 1280, "height": 720})
    curves, press = page.get_by_test_id("chart-Why-curves"), page.get_by_role("button", name="Take the future away")
    expect(curves).to_contain_text("bidirectional")
    expect(press).to_have_count(0)
    page.get_by_text("Each start").click()
    page.wait_for_timeout(500)
    page.get_by_text("Something else").click()
    expect(press).to_be_visible()
    expect(page.get_by_text("Why does bidirectional learn faster?")).to_have_count(0)
    page.wait_for_timeout(500)  # the page stands
    place = curves.bounding_box()
    press.click()
    expect(curves).to_contain_text("no future")
    expect(page.get_by_test_id("chart-Why-differences")).to_contain_text("no future")
    answer = page.locator(".st-key-answer")
    expect(answer).to_contain_text(re.compile(r"Without the future, .*forward's.*95% interval ", re.DOTALL))
    page.get_by_role("button", name="Give forward as many parameters").click()
    expect(answer).to_contain_text(re.compile("Size explains (the whole|only part of the|none of the) gain"))
    expect(page.get_by_text("You guessed \u201cSomething else\u201d.")).to_be_visible()
    page.wait_for_timeout(500)
    assert curves.bounding_box() == place  # the verdict pushes nothing down
    page.get_by_role("button", name="Start again").click()
    expect(curves).not_to_contain_text("no future")


@pytest.mark.long
def test_a_fair_race_gives_all_models_as_many_parameters_as_units_allow(open_page: OpenPage) -> None:
    page = open_page("directions")
    expect(page.get_by_text("Not quite a fair race")).to_be_visible()
    for label, value in (("Timesteps", "2"), ("Units", "2")):
        enter(page, label, value)
    page.get_by_role("radiogroup", name="Starts").get_by_text("1", exact=True).click()
    page.get_by_text("number of parameters", exact=True).click()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("As near as whole units allow")).to_be_visible(timeout=100_000)
    expect(page.get_by_text("Not quite a fair race")).to_have_count(0)


@pytest.mark.long
def test_six_quick_clicks_begin_one_comparison_that_a_reload_finds_with_its_settings(open_page: OpenPage) -> None:
    page = open_page("merge_modes")
    expect(page.get_by_text(re.compile(r"After 250 sequences, "))).to_be_visible()
    for label, value in (("Units", "100"), ("Timesteps", "150")):
        enter(page, label, value)
        expect(page.get_by_text("Press Train for these")).to_be_visible()
    choose_starts(page, 50)
    run = page.get_by_role("button", name="Train", exact=True)
    expect(run).to_be_enabled()
    box = run.bounding_box()
    assert box
    for _ in range(6):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=10)
        page.wait_for_timeout(150)
    expect(page.get_by_text(re.compile(r"of 50,000 weight updates"))).to_be_visible(timeout=90_000)
    expect(page).to_have_url(re.compile(r"\?starts=50&timesteps=150&units=100&job=[0-9a-f]{32}$"))
    page.reload()
    expect(page.get_by_text(re.compile(r"of 50,000 weight updates"))).to_be_visible(timeout=90_000)
    expect(page.get_by_label("Units", exact=True)).to_have_value("100")
    expect(page.get_by_label("Timesteps", exact=True)).to_have_value("150")
    starts = page.get_by_role("radiogroup", name="Starts")
    expect(starts.get_by_role("radio", name="50", exact=True)).to_be_checked()
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"Only \d+ of 200 runs are trained|Press Train to find out"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"/merge_modes\?starts=50&timesteps=150&units=100$"))


@pytest.mark.long
def test_starts_chosen_right_after_units_are_never_lost(open_page: OpenPage) -> None:
    page = open_page("merge_modes")
    units, starts = page.get_by_label("Units", exact=True), page.get_by_role("radiogroup", name="Starts")
    expect(units).to_have_value("20")
    for turn in range(8):
        choice = ("1", "3", "10", "50")[turn % 4]
        units.fill(str(30 + turn))
        units.press("Enter")
        starts.get_by_text(choice, exact=True).click()
        page.wait_for_timeout(80 * turn)  # later and later in the run of the page that it meets
        expect(starts.get_by_role("radio", name=choice, exact=True)).to_be_checked()
    expect(page.get_by_text("The figure shows other settings.")).to_be_visible()
    page.wait_for_timeout(1_000)
    expect(starts.get_by_role("radio", name="50", exact=True)).to_be_checked()
    expect(units).to_have_value("37")


@pytest.mark.long
def test_three_starts_are_trained_in_a_plot_that_stands_where_the_finished_one_does(open_page: OpenPage) -> None:
    page = open_page("directions")
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.get_by_text(re.compile(r"After 250 sequences, "))).to_be_visible()
    expect(page.get_by_test_id("replay").first).to_be_visible()
    chart = page.get_by_test_id(re.compile("chart-.*-curves"))
    enter(page, "Units", "7")
    expect(page.get_by_text("Press Train for these")).to_be_visible()
    choose_starts(page, 3)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_enabled()
    chart.evaluate(
        """node => {
            window.boxes = new Set()
            const look = () => {
                const { x, y, width, height } = node.getBoundingClientRect()
                const { xaxis, yaxis, xaxis2 } = node._fullLayout
                const panels = [xaxis, yaxis, xaxis2].flatMap(axis => [axis._offset, axis._length])
                window.boxes.add(JSON.stringify([x, y + window.scrollY, width, height, ...panels]))
                requestAnimationFrame(look)
            }
            look()
        }"""
    )
    growing = chart.get_attribute("data-updates")
    expect(page.get_by_text("No ranking yet: three runs are too few")).to_be_visible(timeout=90_000)
    expect(page.get_by_test_id("replay").first).to_be_visible()
    page.wait_for_timeout(500)
    assert chart.get_attribute("data-updates") != growing
    boxes = np.array([json.loads(box) for box in page.evaluate("[...window.boxes]")])
    assert np.ptp(np.delete(boxes, 1, axis=1), axis=0).max() < 0.01  # only the texts above may move it
    assert np.ptp(boxes[:, 1]) < GAP
    for label in ("forward", "backward", "bidirectional"):
        expect(chart).to_contain_text(label)
    expect(page.get_by_text("Wins by pair")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "start"),
    [("train", "Train"), ("directions", "Train"), pytest.param("merge_modes", "Train", marks=pytest.mark.long)],
)
def test_on_a_phone_start_stop_and_settings_stand_in_one_row_over_the_figure(
    open_page: OpenPage, path: str, start: str
) -> None:
    page = open_page(path)
    page.set_viewport_size({"width": 390, "height": 844})
    chart = page.get_by_test_id(re.compile("chart-.*-curve"))
    expect(chart.locator(".main-svg").first).to_be_visible()
    buttons = [page.get_by_role("button", name=name, exact=True) for name in (start, "Stop")]
    places = (*buttons, page.get_by_text("Settings", exact=True), chart)
    boxes: list[Any] = []
    for _ in range(20):  # until the page stands: the answer grows once all starts are evaluated
        before, boxes = boxes, [locator.bounding_box() for locator in places]
        if boxes == before:
            break
        page.wait_for_timeout(1_000)
    first, *beside, figure = [box for box in boxes if box]
    middles = [box["y"] + box["height"] / 2 for box in (first, *beside)]
    assert np.ptp(middles) < 4
    assert first["x"] < beside[0]["x"] < beside[1]["x"]
    assert beside[1]["x"] + beside[1]["width"] <= 390
    assert first["y"] + first["height"] < figure["y"] < 844
    units = page.get_by_label("Units", exact=True)
    expect(units).to_be_hidden()
    page.get_by_text("Settings", exact=True).click()
    expect(units).to_be_visible()
    page.wait_for_timeout(500)
    opened, moved = units.bounding_box(), chart.bounding_box()
    assert opened
    assert moved
    assert first["y"] < opened["y"] < moved["y"]


def test_on_a_phone_it_is_said_that_a_table_goes_on_and_its_columns_are_named_by_themselves(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("directions")
    said = page.get_by_text("Swipe the table: it goes on to the right.")
    expect(said).to_have_count(2)
    expect(said.first).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(said.first).to_be_visible()
    expect(said.last).to_be_visible()
    expect(page.locator("[data-testid=stDataFrame] th").get_by_text("Above best possible")).to_have_count(1)
