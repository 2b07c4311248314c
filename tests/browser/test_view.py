"""Before a class, and within another page, in a real browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import App

LONG_MS = 60_000


def test_a_class_is_led_through_the_pages_by_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("problem?hide=timesteps")
    answer = page.locator(".st-key-answer p")
    expect(answer).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_label("Timesteps", exact=True)).to_be_hidden()
    page.locator(".st-key-view-switch label").click()
    expect(page).to_have_url(re.compile("view=class"), timeout=LONG_MS)
    expect(answer).to_be_hidden(timeout=LONG_MS)
    reveal = page.get_by_role("button", name="Reveal", exact=True)
    expect(reveal).to_be_visible(timeout=LONG_MS)
    page.keyboard.press("r")
    expect(answer).to_be_visible(timeout=LONG_MS)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"/train\?.*view=class"), timeout=LONG_MS)
    expect(page.get_by_role("heading", name="Can this model learn it")).to_be_visible(timeout=LONG_MS)
    expect(reveal).to_be_visible(timeout=LONG_MS)
    expect(answer.first).to_be_hidden(timeout=LONG_MS)
    box = page.get_by_label("Units", exact=True)
    box.press("r")  # in a box it is a letter
    expect(answer.first).to_be_hidden()
    expect(reveal).to_be_visible()


def test_a_figure_in_another_page_stands_with_its_controls_alone(open_page: Callable[..., Page], app: App) -> None:
    page = open_page("_stcore/health")  # a page without a script of the app's
    page.set_content(f'<iframe src="{app.url}/problem?timesteps=8&embed=true" width="900" height="600"></iframe>')
    inside = page.frame_locator("iframe")
    expect(inside.get_by_test_id("chart-Problem-timeline")).to_be_visible(timeout=LONG_MS)
    expect(inside.get_by_label("Timesteps", exact=True)).to_have_value("8", timeout=LONG_MS)
    link = inside.get_by_role("link", name="Open in BiLSTM Explorer")
    expect(link).to_have_attribute("href", f"{app.url}/problem?timesteps=8", timeout=LONG_MS)
    for gone in (inside.locator("h1"), inside.locator(".st-key-answer p"), inside.get_by_text("Class mode")):
        expect(gone).to_be_hidden()
