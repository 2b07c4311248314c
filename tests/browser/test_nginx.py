"""The app under a path of another server, as docs/hosting/nginx.conf has it: pages, trainings as they go, files."""

import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, WebSocket, expect
from websockets.sync.client import connect

from tests.browser.conftest import ROOT, App
from tests.browser.test_train import choose_epochs, finished, train
from tests.ui.test_server import ask, eventually, follow, free_port, hear

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
SITE = ROOT / "docs" / "hosting" / "nginx.conf"
WHOLE = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}}}
"""

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed here: apt-get install nginx")


@pytest.fixture(scope="module")
def behind(start_app: Callable[..., App], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """An nginx before an app, both under /lstm."""
    app = start_app(base="/lstm")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    site = SITE.read_text(encoding="utf-8").replace("listen 80;", f"listen 127.0.0.1:{port};")
    site = site.replace("http://127.0.0.1:8501", f"http://127.0.0.1:{urlsplit(app.url).port}")
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder, site=site))
    log = (folder / "error.log").as_posix()
    with subprocess.Popen([str(NGINX), "-e", log, "-c", str(folder / "nginx.conf"), "-p", str(folder)]) as nginx:
        url = f"http://127.0.0.1:{port}/lstm"

        def up() -> bool:
            assert nginx.poll() is None, Path(log).read_text()
            try:
                return ask(f"{url}/_stcore/health")[0] == 200
            except OSError:
                return False

        eventually(up)
        yield SimpleNamespace(url=url, app=app)
        nginx.terminate()


@pytest.mark.long
def test_a_training_is_watched_as_it_goes_and_its_page_is_reloaded(
    behind: SimpleNamespace, open_page: Callable[..., Page]
) -> None:
    page = open_page("", on=behind)
    told: list[str] = []

    def hear(socket: WebSocket) -> None:
        if re.search(r"/lstm/live$", socket.url):
            socket.on("framereceived", lambda frame: told.append(str(frame)))

    page.on("websocket", hear)
    page.get_by_role("link", name="Train", exact=True).click()
    finished(page, 1_000)
    choose_epochs(page, 4_000)
    train(page)
    finished(page, 4_000)
    assert page.url.startswith(f"{behind.url}/train?")
    assert sum('"runs"' in message for message in told) > 3, "its curve grew, and was not asked for by HTTP"
    page.reload()
    finished(page, 4_000)
    expect(page.get_by_test_id("chart-Train-curve").locator(".main-svg").first).to_be_visible()


def test_health_and_sockets_pass_and_what_is_for_others_does_not(behind: SimpleNamespace) -> None:
    status, headers, _ = ask(f"{behind.url}/healthz")
    assert (status, headers["X-Content-Type-Options"]) == (200, "nosniff")
    with connect(f"{behind.url.replace('http', 'ws')}/live", origin=behind.url.removesuffix("/lstm")) as live:
        follow(live, "0" * 32, 1)
        assert hear(live) == {"of": 1, "lost": True}
    assert [ask(f"{behind.url}/{name}")[0] for name in ("status", "_stcore/metrics")] == [403, 403]
    with urllib.request.urlopen(behind.url) as led:  # without the slash
        assert led.url == f"{behind.url}/"
