"""How many pages are open at once, and a page that says so when there are too many.

A page is open as long as its socket is. Whoever was given a page is let in with its socket, even if others came
meanwhile; past that, sockets are refused, too. This module imports little: a server answers nobody before it.
"""

from html import escape

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bilstm_core.limits import limits

SLACK = 10  # sockets of pages that were handed out while there was still room
SOCKETS_A_PAGE = 2  # Streamlit's, and the one that tells of what the page follows
AGAIN_S = 10  # after which the page that says so asks anew by itself
CLOSED = 1013  # the socket may be tried again later
FULL = "The app is full ({people:,} {noun}). Try again in a minute."
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="{again}"><title>BiLSTM Explorer</title>
<style>body {{ color-scheme: light dark; font: 1.25rem/1.5 sans-serif; margin: 20vh auto;
  max-width: 30rem; padding: 1rem; text-align: center }}</style></head>
<body><p>{sentence}</p><p>This page looks again by itself.</p></body></html>
"""


class Visits:
    """What is open now."""

    def __init__(self) -> None:
        self.pages = 0
        self.sockets = 0


VISITS = Visits()  # of this server


class Door:
    """ASGI middleware that lets in as many as there is room for.

    people: pages at once; by default those of the limits
    """

    def __init__(self, app: ASGIApp, people: int | None = None, visits: Visits = VISITS) -> None:
        self.app = app
        self._people = limits().people if people is None else people
        self._visits = visits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http" and self._visits.pages >= self._people and _asks_for_a_page(scope):
            sentence = FULL.format(people=self._people, noun="person" if self._people == 1 else "people")
            content = PAGE.format(sentence=escape(sentence), again=AGAIN_S)
            headers = {"Retry-After": "60", "Cache-Control": "no-store"}
            await HTMLResponse(content, 503, headers=headers)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        most, visits = self._people + SLACK, self._visits
        page = scope["path"].endswith("/_stcore/stream")
        if visits.sockets >= SOCKETS_A_PAGE * most or (page and visits.pages >= most):
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": CLOSED})
            return
        visits.sockets += 1
        visits.pages += page
        try:
            await self.app(scope, receive, send)
        finally:
            visits.sockets -= 1
            visits.pages -= page


def _asks_for_a_page(scope: Scope) -> bool:
    """Whether a browser is led to an address, and not to a file that is saved from a page that is open."""
    accepts = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return scope["method"] == "GET" and b"text/html" in accepts and "/media/" not in scope["path"]
