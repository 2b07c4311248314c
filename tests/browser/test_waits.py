"""How often the app's script runs: once for what a person does, once for what is then ready, and never for waiting."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import App, enter
from tests.browser.test_train import LONG_ENOUGH, choose_epochs, finished, make_it_long, train
from ui.train import words

GROWN = "updates => document.querySelector('[data-testid=chart-Train-curve]').dataset.reached > updates"
# Whether the page's answer has ever been this sentence
SEES = """sentence => {
  window.seen = false
  const look = () => {
    window.seen ||= document.querySelector('.st-key-answer')?.textContent.includes(sentence) ?? false
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
}"""


class Visit:
    """A page in a browser, and what Streamlit has sent for it.

    runs: of the script or a part; timed: those that are to be repeated, each with the seconds between
    """

    def __init__(self, context: BrowserContext) -> None:
        self.runs = 0
        self.timed: list[float] = []
        self._live: list[WebSocket] = []
        self.page = context.new_page()
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        if "_stcore/stream" in socket.url:
            socket.on("framereceived", self._note)
        elif socket.url.endswith("/live"):
            self._live.append(socket)

    def sockets(self) -> int:
        """How many are open over which it is told of what it waits for."""
        return sum(not socket.is_closed() for socket in self._live)

    def _note(self, payload: Any) -> None:
        message = ForwardMsg.FromString(payload)
        kind = message.WhichOneof("type")
        self.runs += kind == "new_session"
        if kind == "auto_rerun":
            self.timed.append(message.auto_rerun.interval)

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


@pytest.mark.long
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
    assert visit.timed == []


def test_a_training_that_is_watched_causes_a_run_by_its_press_and_one_by_its_end(visit: Visit, app: App) -> None:
    visit.page.goto(f"{app.url}/train")
    finished(visit.page, 1_000)
    make_it_long(visit.page, 160)
    visit.settle()
    before = visit.runs
    visit.page.evaluate(SEES, words.EVALUATING)
    train(visit.page)
    expect(visit.page.get_by_text(re.compile("of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    assert visit.runs - before == 1
    finished(visit.page, 20_000)
    visit.settle()
    evaluated_later = visit.page.evaluate("() => window.seen")  # on a slow machine; the page is drawn before
    assert visit.runs - before == 2 + evaluated_later
    assert visit.timed == []


@pytest.mark.long
def test_a_curve_goes_on_growing_though_its_socket_breaks_without_a_run(visit: Visit, app: App) -> None:
    opened: list[WebSocketRoute] = []

    def forward(socket: WebSocketRoute) -> None:
        opened.append(socket)
        socket.connect_to_server()

    visit.page.route_web_socket(re.compile("/live$"), forward)
    visit.page.goto(f"{app.url}/train")
    finished(visit.page, 1_000)
    make_it_long(visit.page, 167)
    visit.settle()
    before = visit.runs
    train(visit.page)
    visit.page.wait_for_function(GROWN, arg=0, timeout=LONG_ENOUGH)
    sockets = len(opened)
    reached = int(str(visit.page.get_by_test_id("chart-Train-curve").get_attribute("data-reached")))
    opened[-1].close(code=1012, reason="the server is restarting")
    visit.page.wait_for_function(GROWN, arg=reached + 1_000)  # more than was on its way
    assert len(opened) == sockets + 1
    assert visit.runs - before == 1
    stop(visit.page)


@pytest.mark.long
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
    assert visit.timed == []


def stop(page: Page) -> None:
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Train further")).to_be_visible(timeout=LONG_ENOUGH)


def percent(page: Page) -> int:
    sentence = page.locator(".bilstm-waits p").text_content()
    number = re.match(r"Train: (\d+)% trained\. The result waits there\.", str(sentence))
    return int(number[1]) if number else -1


@pytest.mark.long
def test_another_pages_training_goes_on_and_says_how_far_it_is_without_a_run(visit: Visit, app: App) -> None:
    page = visit.page
    page.goto(f"{app.url}/train")
    finished(page, 1_000)
    make_it_long(page, 170)
    train(page)
    expect(page.get_by_text(re.compile("of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    page.get_by_role("link", name="Overview").first.click()
    expect(page.locator(".bilstm-waits p")).to_be_visible()
    assert visit.sockets() == 1
    before, runs = percent(page), visit.runs
    page.wait_for_function(
        "before => parseInt(document.querySelector('.bilstm-waits p').textContent.slice(7)) > before", arg=before
    )
    expect(page.get_by_text("Train: 100% trained. The result waits there.")).to_be_visible(timeout=LONG_ENOUGH)
    assert visit.runs == runs
    for _ in range(40):  # the run is tested yet, on a machine that does much else
        visit.page.wait_for_timeout(500)
        if visit.sockets() == 0:
            break
    assert visit.sockets() == 0, "there is nothing to hear any more"
    assert visit.runs == runs
    page.get_by_role("link", name="Train").first.click()
    finished(page, 20_000)
    expect(page.locator(".bilstm-waits p")).to_have_count(0)
    assert visit.timed == []


@pytest.mark.long
def test_where_the_server_tells_nothing_a_fragment_asks_once_a_second_and_the_page_is_the_same(
    visit: Visit, start_app: Callable[..., App]
) -> None:
    plain = start_app(plain=True)
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.goto(f"{plain.url}/train")
    curve = visit.page.get_by_test_id("chart-Train-curve")
    expect(curve.locator(".main-svg").first).to_be_visible(timeout=60_000)
    scripts = [url.removeprefix(f"{plain.url}/") for url in asked if "/plotly." in url]
    assert [script.rpartition("/")[0] for script in scripts] == ["assets", "app/static"]  # one in vain
    finished(visit.page, 1_000)
    make_it_long(visit.page, 165)
    visit.settle()
    visit.timed.clear()
    train(visit.page)
    expect(visit.page.get_by_text(re.compile("of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    assert 1 <= visit.rest(3) <= 4
    assert set(visit.timed) == {1.0}  # s
    stop(visit.page)
    visit.settle()
