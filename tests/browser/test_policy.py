"""What the browser itself forbids: `open_page` fails each test of the browser whose page wants more than that."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import App
from tests.browser.test_files import save
from ui import registry

OpenPage = Callable[..., Page]
SLIPPED_IN = """() => {
    const script = document.createElement("script")
    script.textContent = "window.slippedIn = true"
    document.head.append(script)
    return window.slippedIn ?? false
}"""
ASK = "address => fetch(address).then(() => 'answered', () => 'refused')"


@pytest.mark.parametrize(
    "pages", [registry.PAGES[:1] + registry.PAGES[-1:], pytest.param(registry.PAGES, marks=pytest.mark.long)]
)
def test_a_page_keeps_to_its_policy_with_all_that_it_opens_and_saves(
    open_page: OpenPage, tmp_path: Path, pages: Sequence[registry.Page]
) -> None:
    page = open_page()
    for of in pages:
        page.get_by_role("link", name=of.title, exact=True).click()
        expect(page.get_by_role("heading", name=of.question)).to_be_visible()
        if of.title != "Overview":
            expect(page.locator("[data-testid^=chart-] .main-svg").first).to_be_visible()
        for name in ("Code", "Share"):
            page.get_by_role("button", name=name, exact=True).click()
            expect(page.locator("[data-testid=stPopoverBody] :is(code, img)").first).to_be_visible()
            page.keyboard.press("Escape")
            expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    page.get_by_role("button", name="Files").click()  # on the last, Inside
    for place in (page.get_by_test_id("picture-png"), page.get_by_role("button", name="All as ZIP")):
        assert save(page, place, tmp_path).stat().st_size > 1_000


def test_no_script_that_is_slipped_in_runs_and_no_other_host_is_asked(
    open_page: OpenPage, violations: list[str]
) -> None:
    page = open_page("problem")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate(SLIPPED_IN) is False
    assert page.evaluate(ASK, "http://127.0.0.1:9/") == "refused"
    assert page.evaluate(ASK, page.url) == "answered"
    assert any("inline script" in violation for violation in violations)
    assert any("127.0.0.1:9" in violation for violation in violations)
    violations.clear()


def test_another_sites_page_may_frame_what_is_made_for_it_and_nothing_else(context: BrowserContext, app: App) -> None:
    page = context.new_page()  # of no site, so of another one
    frames = {"embedded": "problem?embed=true", "whole": "problem"}
    page.set_content(
        "".join(f'<iframe name="{name}" src="{app.url}/{path}"></iframe>' for name, path in frames.items())
    )
    expect(page.frame_locator("[name=embedded]").get_by_test_id("chart-Problem-timeline")).to_be_visible()
    whole = next(frame for frame in page.frames if frame.name == "whole")
    assert whole.url.startswith("chrome-error:")
    page.close()
