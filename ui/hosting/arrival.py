"""What Streamlit's page is given before anything is drawn on it: the app's styles, and what shows it once it stands.

Streamlit itself loads them with the page's elements, which are drawn before and then move; and it asks for the scripts
of some elements only once the first of them comes, and shows nothing meanwhile: every page of the app has those. A host
that runs app.py as a plain script has all of it as late as that. This module imports little: a server answers nobody
before it.
"""

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from starlette.datastructures import Headers as Received
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HERE = Path(__file__).parent
SCRIPT = "".join((_HERE / name).read_text(encoding="utf-8") for name in ("arriving.js", "menu.js"))
STYLE = "".join(path.read_text(encoding="utf-8") for path in (_HERE.parent / "page.css", _HERE / "arriving.css"))
LATE = ("Html", "BidiComponent", "Button", "ButtonGroup", "Checkbox")  # of Streamlit's frontend: every page has them
IMPORT = re.compile(r'\b(?:from|import)"\./([\w.-]+\.js)"')
START = b"<body>"  # after Streamlit's own styles, over which the app's win, and before a view's
CONDITIONS = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"range")


class Arrival:
    """ASGI middleware that writes styles and script into the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        early = "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in late_scripts())
        self._inserted = f"<style>{STYLE}</style><script>{SCRIPT}</script>{early}".encode()

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


def streamlit_static() -> Path:
    """The folder of Streamlit's own page, without an import of Streamlit; of nothing where there is none."""
    spec = find_spec("streamlit")
    return Path(str(spec.origin)).parent / "static" if spec else Path()


def late_scripts() -> Sequence[str]:
    """The files of LATE with what they import, but not what Streamlit's page names itself; none if there are none."""
    static = streamlit_static()
    try:
        page = (static / "index.html").read_text(encoding="utf-8")
        scripts = static / "static" / "js"
        wanted = [path.name for part in LATE for path in scripts.glob(f"{part}.*.js")]
        for name in wanted:  # which grows meanwhile
            imported = IMPORT.findall((scripts / name).read_text(encoding="utf-8"))
            wanted += [each for each in dict.fromkeys(imported) if each not in wanted and each not in page]
    except OSError:
        return ()
    return wanted
