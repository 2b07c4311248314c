"""The server as a host starts it: its headers are on all that it serves, and what is off is off."""

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.ui.test_server import OPTIONS, Started, ask, eventually, faulty, start
from ui.hosting import health

__all__ = ["start"]  # the fixture


def test_all_that_a_started_server_serves_has_its_headers_and_the_programs_interface_is_off(
    start: Callable[..., Started],
) -> None:
    served = start("-m", "streamlit", "run", "app.py", *OPTIONS)
    for path in ("", "train", "healthz", "_stcore/health", "assets/nothing", "live/nothing", "static/nothing.js"):
        headers = ask(f"{served.url}/{path}")[1]
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "frame-ancestors 'self'" in headers["Content-Security-Policy"], path
    assert ask(f"{served.url}/status")[0] == 404
    request = urllib.request.Request(
        f"{served.url}/_stcore/agent/interact", b"{}", {"Content-Type": "application/json"}
    )
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    refused.value.close()
    assert refused.value.code in (403, 404)

    def ready() -> bool:
        status, _, text = ask(f"{served.url}/healthz")
        return status == 200 and json.loads(text)["page"] == "ready"

    eventually(ready)


def test_a_server_whose_pages_fail_says_so_though_visitors_see_a_sentence(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    served = start("-m", "streamlit", "run", faulty(tmp_path), *OPTIONS, folder=tmp_path)
    assert ask(f"{served.url}/healthz")[::2] == (503, health.NO_PAGE)
