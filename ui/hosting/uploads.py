"""What browsers may send as files: Streamlit bounds each one, and keeps them in memory; here all together are bounded.

This module imports little: a server answers nobody before it.
"""

import re

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bilstm_core.limits import limits

AT_ONCE = 3  # files of the largest size that lie in memory at once, of all visits together
MEGABYTE = 2**20  # as Streamlit counts them
UNKNOWN = "Say how long the file is: the Content-Length is missing."
LARGE = "The file is larger than {} MB, which is the most that is taken."
MANY = "Too many files are being brought back. Try again in a minute."


class Uploads:
    """ASGI middleware. most: MB of one file; by default that of the limits"""

    def __init__(self, app: ASGIApp, most: int | None = None) -> None:
        self.app = app
        self._most = limits().upload_mb if most is None else most
        self._coming = 0  # bytes that are on their way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("PUT", "POST") or "/upload_file/" not in scope["path"]:
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        refusal = self._refusal(length)
        if refusal:
            await refusal(scope, receive, send)
            return
        self._coming += int(length)
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming -= int(length)

    def _refusal(self, length: str) -> Response | None:
        if not re.fullmatch("[0-9]{1,15}", length):
            return PlainTextResponse(UNKNOWN, 411)
        if int(length) > (self._most + 1) * MEGABYTE:  # with what stands around it
            return PlainTextResponse(LARGE.format(self._most), 413)
        if held() + self._coming + int(length) > AT_ONCE * (self._most + 1) * MEGABYTE:
            return PlainTextResponse(MANY, 503, headers={"Retry-After": "60"})
        return None


def held() -> int:
    """Bytes of the files that Streamlit keeps for all visits."""
    from streamlit import runtime

    if not runtime.exists():
        return 0
    storage = getattr(runtime.get_instance().uploaded_file_mgr, "file_storage", {})
    return sum(len(file.data) for files in list(storage.values()) for file in list(files.values()))
