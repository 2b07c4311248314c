"""A block of the figure is dragged by mouse, by keys and by a finger."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS, App

FINGERS_HEIGHT = 44  # px that a finger finds


def blocks(page: Page) -> Locator:
    handles = page.get_by_test_id("handles-Problem-timeline").get_by_role("slider")
    expect(handles).to_have_count(10)
    return handles


def middle(handle: Locator) -> tuple[float, float]:
    box = handle.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def value(handle: Locator) -> float:
    return float(handle.get_attribute("aria-valuenow") or "nan")


def taken(page: Page, timestep: int, handle: Locator) -> None:
    """The page has taken the dragged value: its own slider has it, and there is something to undo."""
    expect(page.get_by_role("button", name="Undo edits")).to_be_enabled()
    expect(page.get_by_text(f"Value at timestep {timestep}", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stSliderThumbValue")).to_have_text(f"{value(handle):.3f}")


def test_a_block_follows_mouse_and_keys_and_shows_the_value_that_it_has_now(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("problem")
    handle = blocks(page).nth(2)
    before = value(handle)
    x, y = middle(handle)
    page.mouse.move(x, y)
    hover = page.get_by_test_id("chart-Problem-timeline").locator(".hovertext")
    expect(hover).to_have_count(1)
    page.mouse.down()
    page.mouse.move(x, y + 10, steps=2)
    page.mouse.move(x, y + 20, steps=2)
    expect(hover).to_have_count(0)  # it would tell the value of before
    assert value(handle) < before
    assert handle.evaluate("node => getComputedStyle(node, '::after').content") == f'"{value(handle):.3f}"'
    page.mouse.up()
    taken(page, 3, handle)

    last = blocks(page).nth(9)
    before = value(last)
    last.focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowUp")
    assert value(last) == pytest.approx(before + 0.11, abs=0.0015)
    taken(page, 10, last)


def test_a_finger_finds_a_block_and_drags_it(chromium: Browser, app: App) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{app.url}/problem")
    handle = blocks(page).nth(2)
    box = handle.bounding_box()
    assert box
    assert box["height"] >= FINGERS_HEIGHT
    before = value(handle)
    x, y = middle(handle)
    finger = context.new_cdp_session(page)
    for kind, down in (("touchStart", 0), ("touchMove", 10), ("touchMove", 25)):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y + down}]})
    assert value(handle) < before
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    taken(page, 3, handle)
    context.close()
