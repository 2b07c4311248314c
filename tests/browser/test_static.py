"""Plotly's way to the browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Response, expect

from tests.browser.conftest import App

SCRIPTS = """performance.getEntriesByType('resource')
    .filter(({ name }) => /plotly\\.[0-9a-f]+\\.min\\.js/.test(name)).map(entry => entry.transferSize)"""


def responses(context: BrowserContext) -> list[Response]:
    """What comes for Plotly's script from now on."""
    came: list[Response] = []
    context.on("response", lambda response: came.append(response) if "/plotly." in response.url else None)
    return came


@pytest.mark.parametrize("base", ["", pytest.param("/lab/bilstm", marks=pytest.mark.long)])
def test_plotly_comes_compressed_once_and_a_second_visit_asks_nobody_for_it(
    start_app: Callable[..., App], request: pytest.FixtureRequest, chromium: Browser, base: str
) -> None:
    served: App = start_app(base=base) if base else request.getfixturevalue("app")
    context = chromium.new_context()
    came = responses(context)
    for visit in ("first", "second"):
        page = context.new_page()
        page.goto(f"{served.url}/train")
        expect(page.get_by_test_id("chart-Train-curve").locator(".main-svg").first).to_be_visible(timeout=60_000)
        (transferred,) = page.evaluate(SCRIPTS)  # bytes; to ask whether a copy is still right would take some, too
        assert 1_000_000 < transferred < 2_000_000 if visit == "first" else transferred == 0
        page.close()
    assert re.fullmatch(rf"{served.url}/assets/plotly\.[0-9a-f]{{16}}\.min\.js", came[0].url)
    assert {response.url for response in came} == {came[0].url}
    assert came[0].headers["content-encoding"] == "gzip"
    assert came[0].headers["cache-control"] == "public, max-age=31536000, immutable"
    if base:
        answer = context.request.get(f"{served.url}/live/nothing")
        assert (answer.status, answer.text()) == (404, "There is no such training.")
    context.close()
