"""The app's processes: readable while TensorFlow warms, loopback only, and gone when the app is."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, enter

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def fresh(start_app: Callable[..., App]) -> Iterator[App]:
    """An app that has just been started, for tests here alone; the last of them ends it."""
    app = start_app()
    yield app
    app.end()


def test_pages_are_readable_while_tensorflow_warms(open_page: OpenPage, fresh: App) -> None:
    started = time.monotonic()
    page = open_page("train", on=fresh)
    expect(page.get_by_text("After 1,000 training sequences, this network")).to_be_visible()
    expect(page.get_by_role("link", name="Directions")).to_be_visible()
    expect(page.get_by_test_id("chart-Train-curve").locator(".main-svg").first).to_be_visible()
    page.get_by_role("radiogroup", name="Direction").get_by_text("bidirectional", exact=True).click()
    enter(page, "Epochs", "140")
    page.get_by_role("button", name="Train", exact=True).click()
    waiting = re.compile("Getting ready: TensorFlow is loading|Compiling this network|of 140 weight updates|After 140")
    expect(page.get_by_text(waiting).first).to_be_visible()
    print(f"readable and waiting for TensorFlow after {time.monotonic() - started:.1f} s")
    expect(page.get_by_text("After 140 training sequences, this network")).to_be_visible(timeout=90_000)


def test_settings_that_have_stood_for_a_moment_are_trained_without_compiling(open_page: OpenPage, fresh: App) -> None:
    page = open_page("train", on=fresh)
    expect(page.get_by_text("After 1,000 training sequences, this network")).to_be_visible()
    for units, epochs in ((23, 142), (24, 143), (25, 144)):  # on a busy machine the worker may be late
        enter(page, "Units", str(units))
        enter(page, "Epochs", str(epochs))
        expect(page.get_by_text(f"In all: {epochs} sequences")).to_be_visible()
        page.wait_for_timeout(1_000)
        for _ in range(20):
            worker = fresh.worker() if len(fresh.processes()) > 1 else psutil.Process()
            loaded = worker.memory_info().rss > 350_000_000 and worker.pid != os.getpid()
            if worker.cpu_percent(interval=1) < 20 and loaded:  # neither warming nor compiling any more
                break
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_text(f"After {epochs} training sequences, this network")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("Trained in")).to_have_count(1)  # once what stood before is gone
        if page.get_by_text("compiled in").count() == 0:
            return
    raise AssertionError("each of three networks was compiled after the press")


@pytest.mark.long
def test_a_page_that_nobody_touches_costs_the_app_next_to_nothing(open_page: OpenPage, app: App) -> None:
    page = open_page("train")
    expect(page.get_by_text(re.compile(r"After [\d,]+ training sequences, this network"))).to_be_visible()
    page.wait_for_timeout(1_000)
    process = psutil.Process(app.process.pid)

    def seconds() -> float:
        times = process.cpu_times()
        return float(times.user + times.system)

    before = seconds()
    page.wait_for_timeout(3_000)
    assert seconds() - before < 0.4  # a folder of 7,000 others that is watched for changes takes all of it


def listening(app: App) -> list[tuple[str, Any]]:
    """The app's listening sockets: the process's name and the address. Processes may end meanwhile."""
    sockets = []
    for process in app.processes():
        with suppress(psutil.NoSuchProcess):
            sockets += [
                (process.name(), connection.laddr)
                for connection in process.net_connections(kind="inet")
                if connection.status == psutil.CONN_LISTEN
            ]
    return sockets


def test_every_listening_socket_is_on_the_loopback(open_page: OpenPage, app: App) -> None:
    page = open_page("train")
    expect(page.get_by_text(re.compile(r"After [\d,]+ training sequences, this network"))).to_be_visible()
    deadline = time.monotonic() + 60
    while len(where := listening(app)) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(where) >= 2
    assert [socket for socket in where if socket[1].ip not in ("127.0.0.1", "::1")] == []


def test_no_process_outlives_an_app_that_is_ended(fresh: App) -> None:
    assert fresh.survivors(signal.SIGTERM, 5) == []
