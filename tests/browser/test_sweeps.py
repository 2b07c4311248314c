"""How small?, in a real browser: a map is trained to its end, stopped on the way and gone on with."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

LONG_ENOUGH = 240_000  # ms, on a machine that does much else

OpenPage = Callable[..., Page]


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def test_a_map_fills_is_stopped_and_goes_on_to_its_end(open_page: OpenPage) -> None:
    page = open_page("sweeps?steps=4&starts=1&x-to=8&y-to=6&sequences=60&goal=0.5&timesteps=4")
    expect(page.get_by_text("Run trains 16 networks, about 1 s.")).to_be_visible()
    chart = page.get_by_test_id("chart-Sweeps-map")
    expect(chart.locator(".main-svg").first).to_be_visible()
    plots = chart.get_attribute("data-plots")
    run(page)
    expect(page.get_by_text("The map is complete.")).to_be_visible(timeout=LONG_ENOUGH)
    expect(page.get_by_text(re.compile(r"^At 4 timesteps, .* in 50% of new sequences\."))).to_be_visible()
    expect(page.get_by_text("16 squares.")).to_be_visible()
    assert chart.get_attribute("data-plots") == plots, "it was never taken off the page"
    assert chart.get_attribute("aria-label") or page.locator("[aria-label*='16 of 16 squares are measured']").count()


def test_what_was_trained_before_a_stop_is_not_trained_again(open_page: OpenPage) -> None:
    page = open_page("sweeps?x=learning_rate&steps=8&y-to=8&starts=1&timesteps=4&sequences=10000&seed=4")
    expect(page.get_by_text("Run trains 64 networks")).to_be_visible()
    run(page)
    some = page.get_by_text(re.compile(r"[1-9]\d* of 64 squares measured"))
    expect(some.first).to_be_visible(timeout=LONG_ENOUGH)
    page.get_by_role("button", name="Stop", exact=True).click()
    left = page.get_by_text(re.compile(r"Run goes on: \d+ networks? to train"))
    expect(left).to_be_visible(timeout=LONG_ENOUGH)
    networks = int(re.findall(r"\d+", left.inner_text())[0])
    assert networks < 64
    page.reload()
    expect(left).to_be_visible(timeout=LONG_ENOUGH)
    assert int(re.findall(r"\d+", left.inner_text())[0]) <= networks
    run(page)
    expect(page.get_by_text("The map is complete.")).to_be_visible(timeout=LONG_ENOUGH)


def test_the_page_opens_with_a_recorded_map_that_answers(open_page: OpenPage) -> None:
    page = open_page("sweeps")
    expect(page.get_by_text("The map is complete.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^At 10 timesteps, .* in 90% of new sequences\."))).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()


def test_small_maps_are_trained_with_the_map_and_stand_below_it(open_page: OpenPage) -> None:
    page = open_page("sweeps?steps=4&starts=1&x-to=8&y-to=6&sequences=60&goal=0.5&timesteps=4&beside=direction&seed=2")
    expect(page.get_by_text("Run trains 48 networks")).to_be_visible()
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
