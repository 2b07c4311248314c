"""How often the app's script runs: once for what a person does, once for what is then ready, and never for waiting."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import App, enter
from tests.browser.test_train import LONG_ENOUGH, choose_epochs, finished, make_it_long, train


class Visit:
    """A page in a browser, and what Streamlit has sent for it. runs: of the script or a part; timed: that repeat."""

    def __init__(self, context: BrowserContext) -> None:
        self.runs = self.timed = 0
        self.page = context.new_page()
        self.page.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        if "_stcore/stream" in socket.url:
            socket.on("framereceived", self._note)

    def _note(self, payload: Any) -> None:
        kind = ForwardMsg.FromString(payload).WhichOneof("type")
        self.runs += kind == "new_session"
        self.timed += kind == "auto_rerun"

    def rest(self, seconds: float) -> int:
        """Touch nothing for so long. Returns how often the script has run meanwhile."""
        before = self.runs
        self.page.wait_for_timeout(1_000 * seconds)
        return self.runs - before

    def settle(self) -> None:
        """Wait until the script has not run for two seconds."""
        end = time.monotonic() + 60
        while self.rest(2):
            assert time.monotonic() < end, "the script runs on and on"


@pytest.fixture
def visit(context: BrowserContext) -> Iterator[Visit]:
    visit = Visit(context)
    yield visit
    visit.page.close()


def test_a_page_that_nobody_touches_causes_no_run_whether_or_not_the_worker_is_ready(
    visit: Visit, start_app: Callable[..., App]
) -> None:
    fresh = start_app()
    visit.page.goto(fresh.url)
    expect(visit.page.get_by_test_id("overview-network")).to_be_visible()
    visit.page.wait_for_timeout(6_000)  # the notices have come, by one more run; TensorFlow is being imported
    visit.settle()
    assert visit.runs <= 2
    assert visit.rest(5) == 0
    visit.page.goto(f"{fresh.url}/train")
    finished(visit.page, 1_000)
    choose_epochs(visit.page, 40)
    train(visit.page)
    finished(visit.page, 40)  # the worker is ready now
    visit.settle()
    assert visit.rest(5) == 0
    assert visit.timed == 0


def test_a_training_that_is_watched_causes_a_run_by_its_press_and_one_by_its_end(visit: Visit, app: App) -> None:
    visit.page.goto(f"{app.url}/train")
    finished(visit.page, 1_000)
    make_it_long(visit.page, 160)
    visit.settle()
    before = visit.runs
    train(visit.page)
    expect(visit.page.get_by_text(re.compile("of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    assert visit.runs - before == 1
    finished(visit.page, 20_000)
    visit.settle()
    assert visit.runs - before == 2
    assert visit.timed == 0


def test_an_awaited_summary_causes_a_run_by_its_press_and_one_as_it_is_there(visit: Visit, app: App) -> None:
    visit.page.goto(f"{app.url}/train")
    finished(visit.page, 1_000)
    enter(visit.page, "Units", 23)
    visit.page.get_by_role("tab", name="Model").click()
    visit.settle()
    before = visit.runs
    visit.page.get_by_role("button", name="Ask Keras for model.summary()").click()
    expect(visit.page.get_by_text("Total params")).to_be_visible(timeout=LONG_ENOUGH)
    visit.settle()
    assert visit.runs - before <= 2
    assert visit.timed == 0


def percent(page: Page) -> int:
    said = page.locator(".bilstm-waits p").text_content()
    number = re.match(r"Train: (\d+)% trained\. The result waits there\.", str(said))
    return int(number[1]) if number else -1


def test_another_pages_training_goes_on_and_says_how_far_it_is_without_a_run(visit: Visit, app: App) -> None:
    page = visit.page
    page.goto(f"{app.url}/train")
    finished(page, 1_000)
    make_it_long(page, 170)
    train(page)
    expect(page.get_by_text(re.compile("of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    page.get_by_role("link", name="Overview").first.click()
    expect(page.locator(".bilstm-waits p")).to_be_visible()
    before, runs = percent(page), visit.runs
    page.wait_for_function(
        "before => parseInt(document.querySelector('.bilstm-waits p').textContent.slice(7)) > before", arg=before
    )
    expect(page.get_by_text("Train: 100% trained. The result waits there.")).to_be_visible(timeout=LONG_ENOUGH)
    assert visit.runs == runs
    page.get_by_role("link", name="Train").first.click()
    finished(page, 20_000)
    expect(page.locator(".bilstm-waits p")).to_have_count(0)
    assert visit.timed == 0
