"""What every answer tells the browser that it may do: run the app's own scripts, ask nobody else, frame what may be.

This module imports little: a server answers nobody before it.
"""

import base64
import hashlib
import re
from urllib.parse import parse_qs

from starlette.datastructures import Headers as Received
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bilstm_core.limits import limits
from ui.hosting.arrival import SCRIPT, streamlit_static

OURSELVES = "'self'"
# Of Streamlit's frontend: it writes its styles into the page, runs the scripts of components from blobs, opens some
# pictures and fonts from data, and nothing of it that the app uses evaluates text or needs WebAssembly.
DIRECTIVES = {
    "default-src": "'self'",
    "script-src": "'self' blob: {inline}",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' {sockets}",
    "media-src": "'none'",
    "object-src": "'none'",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Headers:
    """ASGI middleware that adds the headers to every answer.

    ancestors: the addresses whose pages may frame any page of the app; empty: any, but only `?embed=true`
    """

    def __init__(self, app: ASGIApp, ancestors: str | None = None) -> None:
        self.app = app
        self._inline = inline_hashes()
        self._ancestors = limits().frame_ancestors if ancestors is None else ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        policy = self.policy(scope["query_string"].decode("latin-1"), Received(scope=scope).get("host", ""))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"  # a link holds what somebody has set
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def policy(self, query: str, host: str = "") -> str:
        """The Content-Security-Policy of an answer.

        query, host: that was asked with. Older Safaris take 'self' for no sockets: so they are named by the host
        """
        sockets = f"ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
        embedded = parse_qs(query).get("embed", [""])[-1].lower() == "true"
        filled = {name: sources.format(inline=self._inline, sockets=sockets) for name, sources in DIRECTIVES.items()}
        directives = [f"{name} {sources}".strip() for name, sources in filled.items()]
        if self._ancestors or not embedded:  # without a word of it anybody may, from a file of slides, too
            directives.append(f"frame-ancestors {self._ancestors or OURSELVES}")
        return "; ".join(directives)


def inline_hashes() -> str:
    """The hashes of the scripts that stand in Streamlit's own page and of the app's in it, as a policy names them."""
    page = streamlit_static() / "index.html"
    try:
        scripts = [*INLINE_SCRIPT.findall(page.read_text(encoding="utf-8")), SCRIPT]
    except OSError:
        return ""
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
