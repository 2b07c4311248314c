"""The Overview: the picture lights what an output has read, and the page goes on to be a full one."""

import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

SCRIPTS = """() => performance.getEntriesByType("resource")
    .map(entry => entry.name.split("/").pop()).filter(name => name.endsWith(".js"))"""


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def test_every_script_of_the_first_page_is_asked_for_with_it(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Class mode")).to_be_visible()
    with urllib.request.urlopen(urllib.request.Request(page.url, headers={"Accept": "text/html"}), timeout=30) as came:
        first = came.read().decode()
    scripts = page.evaluate(SCRIPTS)
    assert len(scripts) > 20
    assert [name for name in scripts if name not in first] == []


def lit(page: Page, kind: str) -> list[str]:
    return page.get_by_test_id("overview-network").locator(f".{kind}.lit text").all_text_contents()


def test_pointing_at_an_output_lights_the_values_that_it_has_read(page: Page) -> None:
    page.get_by_role("radiogroup", name="Direction").get_by_text("forward", exact=True).click()
    expect(page.get_by_text("those before it")).to_be_visible()
    picture = page.get_by_test_id("overview-network")
    picture.locator("[data-output='2']").hover()
    expect(page.get_by_test_id("has-read")).to_have_text("output 2 has read values 1 to 2")
    assert (lit(page, "value"), lit(page, "output")) == (["1", "2"], ["2"])
    page.get_by_role("slider", name="Output").fill("4")
    expect(page.get_by_test_id("has-read")).to_have_text("output 4 has read values 1 to 4")
    assert lit(page, "value") == ["1", "2", "3", "4"]


def test_on_a_phone_the_ways_on_stand_on_the_first_screen_above_the_picture(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    top = page.get_by_test_id("overview-network").bounding_box()
    assert top
    for name in ("Start: see the problem", "Take the lesson: guess, then see"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["y"] + box["height"] <= top["y"]
    direction = page.get_by_role("radiogroup", name="Direction").bounding_box()
    assert direction
    assert direction["y"] >= top["y"] + top["height"], "the other controls stand below, as on every page"


def test_a_class_follows_the_arrows_of_an_output_before_they_are_lit(page: Page) -> None:
    page.locator(".st-key-view-switch label").click()
    expect(page.locator(".st-key-answer")).to_contain_text("Which values reach output 3?")
    expect(page.get_by_test_id("has-read")).to_be_hidden()
    expect(page.get_by_test_id("overview-network").locator(".lit")).to_have_count(1)
    assert lit(page, "output") == ["3"]
    page.get_by_role("button", name="Reveal", exact=True).click()
    expect(page.get_by_test_id("has-read")).to_have_text("output 3 has read values 1 to 5")
    assert lit(page, "value") == ["1", "2", "3", "4", "5"]


def test_the_chosen_output_stays_when_the_direction_changes(page: Page) -> None:
    page.get_by_role("slider", name="Output").fill("5")
    page.get_by_role("radiogroup", name="Direction").get_by_text("backward", exact=True).click()
    expect(page.get_by_test_id("has-read")).to_have_text("output 5 has read value 5")
    page.get_by_text("Tutorial's order").click()
    expect(page.get_by_test_id("has-read")).to_have_text("output 5 has read values 1 to 5")


def test_every_part_of_the_picture_is_inside_it(page: Page) -> None:
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        picture = page.get_by_test_id("overview-network").bounding_box()
        assert picture is not None
        for part in page.get_by_test_id("overview-network").locator("circle, rect").all():
            box = part.bounding_box()
            assert box is not None
            assert box["x"] >= picture["x"] - 4
            assert box["x"] + box["width"] <= picture["x"] + picture["width"] + 4


def test_a_link_from_the_overview_reaches_a_chart(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Start: see the problem")).click()
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
