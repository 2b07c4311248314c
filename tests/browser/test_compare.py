"""Directions and Merge modes in a real browser, with real training."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("directions", ["forward", "backward", "bidirectional"]),
        ("merge_modes", ["concat", "sum", "mul", "ave"]),
    ],
)
def test_three_starts_are_trained_and_compared(open_page: OpenPage, path: str, labels: list[str]) -> None:
    page = open_page(path)
    expect(page.get_by_text(re.compile(r"After 250 sequences each: "))).to_be_visible()
    units = page.get_by_label("Units", exact=True)
    units.fill("6")
    units.press("Enter")
    page.get_by_role("radiogroup", name="Starts").get_by_text("3", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    curves = page.get_by_test_id(re.compile("chart-.*-curves"))
    expect(page.get_by_text("3 starts cannot rank them: 6 are the fewest that can.")).to_be_visible(timeout=90_000)
    for label in labels:
        expect(curves).to_contain_text(label)
    expect(page.get_by_text("Wins by pair")).to_be_visible()


def test_recorded_starts_open_the_page_and_download_as_csv(open_page: OpenPage) -> None:
    page = open_page("directions")
    expect(page.get_by_text(re.compile(r"95 % interval .* \d+ of 10 starts"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table as CSV").click()
    text = download.value.path().read_text()
    assert text.startswith("label,starts,units,parameters,loss,best,excess,accuracy,exact,train_s")
    assert len(text.splitlines()) == 5


def test_the_reading_grid_switches_to_the_tutorials_order(open_page: OpenPage) -> None:
    page = open_page("directions")
    grid = page.get_by_test_id("chart-directions-grid")
    expect(grid.locator(".main-svg").first).to_be_visible()
    before = grid.inner_html()
    page.get_by_text("Tutorial's order (output reversed)").click()
    page.wait_for_function(
        "before => document.querySelector('[data-testid=\"chart-directions-grid\"]').innerHTML !== before", arg=before
    )
