"""How a browser listens to a job: over a socket that breaks, without sockets, and out of sight."""

import re
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocket, WebSocketRoute
from starlette.routing import Route

from tests.service.test_queue import TWO, house
from tests.ui.test_server import LONG, Served, eventually, served
from ui import server, stream, waits

__all__ = ["house", "served"]  # the fixtures

CHART = Path(__file__).parents[2] / "ui" / "chart"
SCRIPTS = [
    (CHART / name).read_text(encoding="utf-8").replace("export default function (", "function mount(")
    for name in ("growing.js", "listen.js", "../waits.js")
]
FAST = 20  # times as fast as it is do the page's timers run, where the test says so
QUICK_TIMERS = f"""
    window.delays = []
    const setSlowTimeout = window.setTimeout
    window.setTimeout = (what, ms) => {{ delays.push(ms); return setSlowTimeout(what, ms / {FAST}) }}
"""
LISTEN = """job => {
    Object.assign(window, { runs: {}, messages: [], ends: [] })
    const told = message => { messages.push(message); takeIn(runs, message) }
    window.leave = listen(job, "me", { told, lost: () => ends.push("lost"), deaf: () => ends.push("deaf") })
}"""
REACHED = "updates => JSON.stringify(runs[0]?.seen) === JSON.stringify(updates)"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


def visit(page: Page, served: Served) -> None:
    page.goto(f"http://{served.host}/nothing")
    for script in SCRIPTS:
        page.add_script_tag(content=script)


def listen(page: Page, served: Served, job: str) -> None:
    visit(page, served)
    page.evaluate(LISTEN, job)


def sockets(job: str) -> int:
    """How many of the page's follow this, as its server counts them."""
    return stream._streams[job]._names["me"]


def test_a_socket_that_breaks_comes_back_by_itself_and_the_curve_goes_on(page: Page, served: Served) -> None:
    opened: list[WebSocketRoute] = []

    def forward(socket: WebSocketRoute) -> None:
        opened.append(socket)
        socket.connect_to_server()

    page.route_web_socket(re.compile("/live$"), forward)
    job = served.house.begin([LONG])
    listen(page, served, job)
    served.progress(job, 1, 2)
    page.wait_for_function(REACHED, arg=[1, 2])
    for update in (3, 4):
        opened[-1].close(code=1012, reason="the server is restarting")
        served.progress(job, update)
        page.wait_for_function(REACHED, arg=list(range(1, update + 1)))
    assert len(opened) == 3
    assert page.evaluate("ends") == []


COMPONENTS = """async source => {
    const load = () => import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))
    window.components = [await load(), await load()]
    Object.assign(window, { told: {}, ends: [], leave: {} })
    window.follow = (component, name) => {
        const count = () => { told[name] = (told[name] ?? 0) + 1 }
        const deaf = () => ends.push(["deaf", name])
        const lost = () => ends.push(["lost", name])
        leave[name] = components[component].listen(name, "me", { told: count, lost, deaf })
    }
}"""


def test_two_components_that_wait_for_two_jobs_and_an_evaluation_share_one_socket(page: Page, served: Served) -> None:
    opened: list[WebSocket] = []
    page.on("websocket", lambda socket: opened.extend([socket]))
    first, second = served.house.begin([LONG]), served.house.jobs.submit([TWO], watcher="me")
    there = threading.Event()
    awaited, unknown = waits.offer(there.is_set), "0" * 32
    page.goto(f"http://{served.host}/nothing")
    page.evaluate(COMPONENTS, f"{(CHART / 'listen.js').read_text(encoding='utf-8')}\nexport {{ listen }}")
    for component, name in enumerate((first, second, awaited, unknown)):
        page.evaluate("([component, name]) => follow(component, name)", [component % 2, name])
    page.wait_for_function("([first, second]) => told[first] && told[second] && ends.length", arg=[first, second])
    assert page.evaluate("ends") == [["lost", unknown]]
    there.set()
    page.wait_for_function("name => told[name] === 1", arg=awaited)
    page.evaluate("name => leave[name]()", first)
    eventually(lambda: sockets(first) == 0)
    assert sockets(second) == 1
    before = page.evaluate("name => told[name]", second)
    served.house.jobs.stop(second, "me")
    page.wait_for_function("([name, before]) => told[name] > before", arg=[second, before])
    assert len(opened) == 1
    eventually(lambda: page.evaluate("1") == 1 and opened[0].is_closed())  # with nothing to hear it is closed
    page.evaluate("name => follow(0, name)", first)
    eventually(lambda: page.evaluate("1") == 1 and sockets(first) == 1)
    assert len(opened) == 2
    assert page.evaluate("ends") == [["lost", unknown]]


@pytest.fixture
def without_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has no route for sockets, as behind a proxy that carries none."""
    routes = [route for route in server.routes() if isinstance(route, Route)]
    monkeypatch.setattr(server, "routes", lambda: routes)


@pytest.mark.usefixtures("without_sockets")
def test_where_sockets_are_refused_the_server_is_asked_ever_more_slowly(served: Served, page: Page) -> None:
    tried: list[str] = []
    page.on("websocket", lambda socket: tried.append(socket.url))
    page.add_init_script(QUICK_TIMERS)
    job = served.house.begin([LONG])
    served.progress(job, 1, 2)
    listen(page, served, job)
    page.wait_for_function(REACHED, arg=[1, 2])
    page.wait_for_function("delays.filter(ms => ms === 2000).length === 3")
    served.progress(job, 3)
    page.wait_for_function(REACHED, arg=[1, 2, 3])
    delays = page.evaluate("delays")
    assert delays[:4] == pytest.approx([200, 250, 312.5, 390.625])
    assert all(after == pytest.approx(min(1.25 * before, 2_000)) for before, after in pairwise(delays))
    versions = page.evaluate("messages.map(({ version }) => version)")
    assert versions == sorted(set(versions)), "nothing is told twice"
    assert len(tried) == 1
    assert page.evaluate("ends") == []


def test_a_tab_out_of_sight_closes_its_socket_and_opens_one_as_it_is_looked_at_again(
    page: Page, served: Served
) -> None:
    turn = """away => {
        Object.defineProperty(document, "hidden", { value: away, configurable: true })
        document.dispatchEvent(new Event("visibilitychange"))
    }"""
    questions = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/live/')).length"
    job = served.house.begin([LONG])
    listen(page, served, job)
    served.progress(job, 1)
    page.wait_for_function(REACHED, arg=[1])
    assert sockets(job) == 1
    page.evaluate(turn, True)
    eventually(lambda: sockets(job) == 0)
    page.wait_for_function(f"{questions} === 1")  # it still says that it waits
    served.progress(job, 2)
    page.wait_for_timeout(500)
    assert page.evaluate("runs[0].seen") == [1]
    page.evaluate(turn, False)
    page.wait_for_function(REACHED, arg=[1, 2])
    assert sockets(job) == 1
    assert page.evaluate(questions) == 1
    assert list(served.house.jobs._jobs[job].watchers) == ["me"]


def test_what_is_ready_is_reported_once_though_the_component_is_mounted_anew_before_the_page_asks_for_less(
    page: Page, served: Served
) -> None:
    mount = """asked => {
        window.reports ??= []
        window.unmount?.()
        const setTriggerValue = (event, name) => reports.push([event, name])
        const parentElement = document.body.appendChild(document.createElement("div"))
        window.unmount = mount({ parentElement, setTriggerValue, data: { asked: JSON.stringify(asked) } })
    }"""
    first, second = (waits.offer(lambda: True) for _ in range(2))
    visit(page, served)
    page.evaluate(mount, {"waits": [first], "watcher": "me", "jobs": []})
    page.wait_for_function("reports.length")
    page.evaluate(mount, {"waits": [first], "watcher": "me", "jobs": []})
    page.evaluate(mount, {"waits": [first, second], "watcher": "me", "jobs": []})
    page.wait_for_function("reports.length > 1")
    page.wait_for_timeout(300)
    assert page.evaluate("reports") == [["ready", first], ["ready", second]]
