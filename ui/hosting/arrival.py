"""What Streamlit's page is given before anything is drawn on it: the app's styles, and what shows it once it stands.

Streamlit itself loads them with the page's elements, which are drawn before and then move. A host that runs app.py as a
plain script has them as late as that. This module imports little: a server answers nobody before it.
"""

from pathlib import Path

from starlette.datastructures import Headers as Received
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HERE = Path(__file__).parent
SCRIPT = "".join((_HERE / name).read_text(encoding="utf-8") for name in ("arriving.js", "menu.js"))
STYLE = "".join(path.read_text(encoding="utf-8") for path in (_HERE.parent / "page.css", _HERE / "arriving.css"))
START = b"<body>"  # after Streamlit's own styles, over which the app's win, and before a view's
CONDITIONS = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"range")


class Arrival:
    """ASGI middleware that writes styles and script into the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._inserted = f"<style>{STYLE}</style><script>{SCRIPT}</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Received(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in CONDITIONS]
        start: Message | None = None
        body = b""

        async def write(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                received = MutableHeaders(scope=message)
                if received.get("content-type", "").startswith("text/html"):
                    for name in ("content-length", "etag", "last-modified"):
                        del received[name]
                    start = message
                    return
            elif start and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                whole = body.replace(START, START + self._inserted, 1)
                MutableHeaders(scope=start)["content-length"] = str(len(whole))
                await send(start)
                await send({"type": "http.response.body", "body": whole})
                return
            await send(message)

        await self.app({**scope, "headers": headers}, receive, write)
