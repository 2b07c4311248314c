"""Plotly's way to the browser."""

import re

from playwright.sync_api import Browser, Response, expect

from tests.browser.conftest import App


def test_plotly_comes_compressed_once_and_a_second_visit_does_not_ask_for_it(app: App, chromium: Browser) -> None:
    context = chromium.new_context()
    asked: list[Response] = []
    context.on("response", lambda response: asked.append(response) if "/static/plotly." in response.url else None)
    for visit in ("first", "second"):
        page = context.new_page()
        page.goto(f"{app.url}/train")
        expect(page.get_by_test_id("chart-Train-curve").locator(".main-svg").first).to_be_visible()
        transferred = page.evaluate(
            "performance.getEntriesByType('resource')"
            ".filter(entry => entry.name.includes('/static/plotly.')).map(entry => entry.transferSize)"
        )
        assert len(transferred) == 1
        assert (transferred[0] > 1_000_000) == (visit == "first"), transferred
        page.close()
    assert re.search(r"/plotly\.[0-9a-f]{16}\.min\.js\.gz$", asked[0].url)
    assert asked[0].headers.get("content-encoding") is None
    assert asked[0].headers["content-type"] == "application/gzip"
    context.close()
