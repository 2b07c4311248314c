"""Middleware without a server: what an app behind it is asked, and what comes back."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

Message = MutableMapping[str, Any]


def scope(kind: str = "http", path: str = "/train", *, query: str = "", **headers: str) -> Scope:
    return {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()],
    }


async def answering(_: Scope, __: Receive, send: Send) -> None:
    """An app that answers everything."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"own")]})
    await send({"type": "http.response.body", "body": b"the page"})


def ask(app: ASGIApp, asked: Scope) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer."""
    sent: list[Message] = []
    asyncio.run(talk(app, asked, sent))
    start = next(message for message in sent if message["type"] == "http.response.start")
    text = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, text.decode()


async def talk(
    app: ASGIApp, asked: Scope, sent: list[Message], receive: Callable[[], Awaitable[Message]] | None = None
) -> None:
    async def connect() -> Message:
        return {"type": "websocket.connect" if asked["type"] == "websocket" else "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(asked, receive or connect, send)
