"""What keeps people out: axe-core finds nothing of it on any page, and a training is told to those who hear a page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, App, choose_starts, enter
from ui import registry

LOOK = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] })
  const messages = ({ any, all, none }) => any.concat(all, none).map(check => check.message)
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(node => [id, impact, node.target.join(" "), node.html.slice(0, 200), ...messages(node)].join("\\n")))
}"""
AGAIN = 3  # looks at what has a fault
STILL = '[data-testid="stApp"][data-test-script-state="notRunning"]:not(:has([data-stale="true"]))'


def found(page: Page) -> list[str]:
    """Each fault that axe-core finds on the page, and finds again: what is drawn anew is faint for a moment."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(f"{AXE_SCRIPT}; 0")  # not as an element: the page's policy lets none in
    faults: list[str] = page.evaluate(LOOK)
    for _ in range(AGAIN):
        if faults:
            page.wait_for_timeout(1_000)
            faults = [fault for fault in page.evaluate(LOOK) if fault in faults]
    return faults


def at_rest(page: Page, address: str) -> None:
    """Open a page, and wait until all of it stands."""
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("now tested on fresh sequences")).to_have_count(0)
    page.locator(STILL).wait_for()
    page.wait_for_timeout(500)  # what fades in has done so


@pytest.fixture(params=["light", pytest.param("dark", marks=pytest.mark.long)])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme=request.param)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_pages_at_rest_have_no_fault(page: Page, app: App) -> None:
    for entry in registry.PAGES:
        at_rest(page, f"{app.url}/{Path(entry.path).stem}")
        assert found(page) == [], "\n".join([entry.title, *found(page)])


@pytest.mark.long
@pytest.mark.parametrize("name", ["train", "directions"])
def test_pages_have_no_fault_while_they_train_and_after(page: Page, app: App, name: str) -> None:
    dark: bool = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")  # what was trained in the light
    at_rest(page, f"{app.url}/{name}")
    if name == "train":
        enter(page, "Units", 173 + dark)
        enter(page, "Epochs", 20_000)
        page.get_by_role("button", name="Train", exact=True).click()
    else:
        enter(page, "Units", 71 + dark)
        choose_starts(page, 3)
        page.get_by_role("button", name="Train", exact=True).click()
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_enabled()
    assert found(page) == []
    if name == "train":
        page.wait_for_timeout(3_000)
        assert found(page) == []
        stop.click()
    expect(stop).to_be_disabled()
    page.locator(STILL).wait_for()
    page.wait_for_timeout(500)
    assert found(page) == []


HEARD = """() => {
  window.heard = []
  new MutationObserver(() => {
    for (const place of document.querySelectorAll(".stMain [aria-live=polite]")) {
      const text = place.textContent.trim()
      if (text && !heard.includes(text)) heard.push(text)
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true })
}"""


def test_a_training_is_told_by_quarters_then_its_end_and_the_answer(open_page: Callable[..., Page]) -> None:
    page = open_page("train")
    answer = page.locator(".st-key-answer[aria-live=polite]")
    expect(answer).to_contain_text("After ")
    page.evaluate(HEARD)
    enter(page, "Units", 47)
    enter(page, "Epochs", 20_000)
    page.get_by_role("button", name="Train", exact=True).click()
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_enabled()
    expect(stop).to_be_disabled()
    expect(answer).to_contain_text("After 20,000")
    expect(page.get_by_test_id("spoken-Train-curve")).to_have_text("The training is over.")
    heard: list[str] = page.evaluate("heard")
    told = [text for text in heard if text.endswith("% trained") or text == "The training is over."]
    assert told == ["25% trained", "50% trained", "75% trained", "The training is over."]
    assert any(text.startswith("After 20,000") for text in heard)
