"""Every answer says what the browser may do; the browser's own tests say that nothing more is needed."""

import hashlib
from base64 import b64encode

import pytest

from tests.ui.hosting.asgi import answering, ask, scope
from ui.hosting import headers
from ui.hosting.headers import Headers


def directives(policy: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_every_answer_has_them_and_keeps_its_own() -> None:
    status, sent, text = ask(Headers(answering), scope())
    assert (status, text, sent["x-frame-options"]) == (200, "the page", "own")
    assert (sent["x-content-type-options"], sent["referrer-policy"]) == ("nosniff", "same-origin")
    assert directives(sent["content-security-policy"]).keys() == {*headers.DIRECTIVES, "frame-ancestors"}


def test_no_other_host_no_evaluation_and_no_inline_script_but_streamlits_own_is_allowed() -> None:
    policy = Headers(answering, "").policy("")
    assert not {"http:", "https:", "ws:", "wss:", "*", "'unsafe-eval'", "'wasm-unsafe-eval'"} & {*policy.split()}
    script = directives(policy)["script-src"]
    assert "'unsafe-inline'" not in script
    own = b"\n      window.prerenderReady = false\n    "
    assert f"'sha256-{b64encode(hashlib.sha256(own).digest()).decode()}'" in script


@pytest.mark.parametrize(
    ("host", "sockets"),
    [
        ("lstm.example.org", "'self' ws://lstm.example.org wss://lstm.example.org"),
        ("127.0.0.1:8501", "'self' ws://127.0.0.1:8501 wss://127.0.0.1:8501"),
        ("evil.example; script-src *", "'self'"),
        ("evil.example wss://other.example", "'self'"),
        ("[::1]:8501", "'self'"),
        ("", "'self'"),
    ],
)
def test_sockets_of_the_host_that_was_asked_are_named_for_browsers_that_want_that(host: str, sockets: str) -> None:
    sent = ask(Headers(answering), scope(host=host))[1]
    assert directives(sent["content-security-policy"])["connect-src"] == sockets


@pytest.mark.parametrize(
    ("ancestors", "query", "framed_by"),
    [
        ("", "", "'self'"),
        ("", "units=5", "'self'"),
        ("", "units=5&embed=true", None),  # anybody
        ("", "embed=TRUE", None),
        ("", "embed=true&embed=false", "'self'"),
        ("", "embed=false", "'self'"),
        ("https://moodle.example.org", "", "https://moodle.example.org"),
        ("https://moodle.example.org", "embed=true", "https://moodle.example.org"),
        ("'none'", "embed=true", "'none'"),
    ],
)
def test_who_may_frame_a_page(ancestors: str, query: str, framed_by: str | None) -> None:
    sent = ask(Headers(answering, ancestors), scope(query=query))[1]
    assert directives(sent["content-security-policy"]).get("frame-ancestors") == framed_by
