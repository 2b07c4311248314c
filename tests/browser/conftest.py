"""A real Chromium on a real app: one app process for all, a store of its own, and watched requests."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.find import MISSING, browser

ROOT = Path(__file__).parents[2]
PLAIN = """from streamlit.web import bootstrap
options = {{"server_headless": True, "server_address": "127.0.0.1", "server_port": {port}}}
bootstrap.load_config_options(options)
bootstrap.run("app.py", False, [], {{}})
"""
CHROMIUM = browser()
PATIENCE_MS = 60_000  # with a page, on a machine that does much else
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(600))


class App:
    """A running app: its address and its processes.

    command: what streamlit is asked to do
    plain: in its place, as a host starts it that runs app.py as a plain script, without the server in it
    base: the path that the pages are under
    """

    def __init__(
        self,
        store: Path,
        log: Path,
        *,
        command: Sequence[str] = ("run", "app.py", "--server.address=127.0.0.1"),
        plain: bool = False,
        base: str = "",
        **environment: str,
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}{base}"
        self.store, self.log = store, log
        started = ["-m", "streamlit", *command, "--server.headless=true", f"--server.port={port}"]
        if base:
            started.append(f"--server.baseUrlPath={base}")
        if plain:
            started = ["-c", PLAIN.format(port=port)]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, *started],
                cwd=ROOT,
                env={**os.environ, "BILSTM_STORE": str(store), "PYTHONPATH": str(ROOT), **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_healthy()

    def _wait_until_healthy(self) -> None:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise AssertionError(f"the app did not start: {self.log.read_text()}")

    def processes(self) -> list[psutil.Process]:
        """The app's process and all its children."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def worker(self) -> psutil.Process:
        """The process that trains: the largest of the children."""
        return max(self.processes()[1:], key=lambda process: process.memory_info().rss)

    def survivors(self, how: signal.Signals, seconds: float) -> list[psutil.Process]:
        """End the app with this signal; those of its worker's processes that are there after so long."""
        for _ in range(150):
            if len(self.processes()) > 2:
                break
            time.sleep(0.1)
        family = self.processes()
        assert len(family) > 2
        self.process.send_signal(how)
        self.process.wait(seconds)
        return list(psutil.wait_procs(family[1:], timeout=seconds)[1])

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@pytest.fixture(scope="package")
def start_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., App]]:
    """Starts apps, each with a new store unless one is given, and ends them all."""
    apps: list[App] = []

    def start(store: Path | None = None, **how: Any) -> App:
        folder = tmp_path_factory.mktemp("app")
        apps.append(App(store or folder / "store", folder / "log.txt", **how))
        return apps[-1]

    yield start
    for app in apps:
        app.end()


@pytest.fixture(scope="package")
def app(start_app: Callable[..., App]) -> App:
    """The app that most tests share."""
    return start_app()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, MISSING
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One visitor's browser: scripts that were loaded once come from its cache, as they do for people."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def violations() -> list[str]:
    """What the browser has refused to a test's pages, as their Content-Security-Policy says."""
    return []


@pytest.fixture
def open_page(context: BrowserContext, app: App, violations: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens a path of the app in a new visit.

    Fails the test if another host is asked, a traceback is shown, or the page wants what its own policy forbids.
    """
    pages: list[Page] = []
    strangers: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            violations.append(message.text)

    def note(request: Any) -> None:
        if (
            urlparse(request.url).scheme in ("http", "https", "ws", "wss")
            and urlparse(request.url).hostname != "127.0.0.1"
        ):
            strangers.append(request.url)

    def open_(path: str = "", *, on: App = app) -> Page:
        page = context.new_page()
        page.on("request", note)
        page.on("console", hear)
        page.goto(f"{on.url}/{path}")
        pages.append(page)
        return page

    yield open_
    for page in pages:
        assert page.get_by_test_id("stException").count() == 0
        assert page.get_by_text("The browser sent a value that").count() == 0  # ours sends none that is refused
        page.close()
    assert strangers == []
    assert violations == []


def apart(doing: Coroutine[Any, Any, None], seconds: float) -> None:
    """Run this to its end, in a thread of its own: Playwright has a loop in the tests'."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asyncio.wait_for(doing, seconds)).result()


def enter(page: Page, label: str, value: object) -> None:
    """Type a value into a box, and press Enter."""
    box = page.get_by_label(label, exact=True)
    box.fill(str(value))
    box.press("Enter")


def choose_starts(page: Page, starts: int) -> None:
    """Choose a number of starts, and wait until the page has taken it."""
    group = page.get_by_role("radiogroup", name="Starts")
    group.get_by_text(str(starts), exact=True).click()
    expect(group.get_by_role("radio", name=str(starts), exact=True)).to_be_checked()
