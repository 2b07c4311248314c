"""The socket over which a tab is told of all that its page follows, as ui/chart/listen.js holds it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

PATIENCE_S = 300.0  # with a handshake, as a browser has it
BACK_S, LAST_BACK_S = 0.5, 5.0  # after it broke: the first wait, which doubles up to the last
REST_S = 1.0  # with nothing to hear, until it is closed


class LiveSocket:
    """One tab's, open while it follows anything.

    url, origin: of the app; failed: called with a sentence where no socket is to be had
    """

    def __init__(self, url: str, origin: Any, failed: Callable[[str], None]) -> None:
        self._url, self._origin, self._failed = f"ws{url[4:]}/live", origin, failed
        self._last = 0
        self._followed: dict[int, tuple[dict[str, Any], asyncio.Queue[dict[str, Any]]]] = {}
        self._socket: ClientConnection | None = None  # once it knows all that is followed
        self._holding: asyncio.Task[None] | None = None

    async def told(self, name: str, watcher: str) -> AsyncGenerator[dict[str, Any]]:
        """What the server tells of a name until it is over, or not known any more."""
        self._last += 1
        number, messages = self._last, asyncio.Queue[dict[str, Any]]()
        follow = {"follow": name, "as": number, "watcher": watcher, "version": 0}
        self._followed[number] = follow, messages
        ended = False
        try:
            if self._holding is None:
                self._holding = asyncio.create_task(self._hold())
            await self._say(follow)
            while not ended:
                message = await messages.get()
                ended = message.get("lost", False) or message["over"]
                if not message.get("lost"):
                    yield message
        finally:
            del self._followed[number]
            asyncio.get_running_loop().call_later(REST_S, self._rest)
            if not ended:
                await self._say({"leave": number})

    async def close(self) -> None:
        """Leave everything."""
        if self._holding:
            self._holding.cancel()
            await asyncio.gather(self._holding, return_exceptions=True)

    async def _say(self, message: dict[str, Any]) -> None:
        if self._socket:
            with contextlib.suppress(ConnectionClosed):  # it comes back, and says it then
                await self._socket.send(json.dumps(message))

    def _rest(self) -> None:
        if self._holding and not self._followed:
            self._holding.cancel()
            self._holding = None

    async def _hold(self) -> None:
        wait = BACK_S
        while True:
            try:
                async with connect(self._url, origin=self._origin, max_size=None, open_timeout=PATIENCE_S) as socket:
                    said = 0
                    while later := [number for number in self._followed if number > said]:
                        said = later[0]
                        await socket.send(json.dumps(self._followed[said][0]))
                    self._socket = socket
                    async for text in socket:
                        wait = BACK_S
                        message = json.loads(text)
                        if message["of"] in self._followed:
                            self._followed[message["of"]][1].put_nowait(message)
            except ConnectionClosed:
                pass
            except (OSError, InvalidHandshake) as error:
                self._failed(f"no socket for what a page follows: {error}")
            finally:
                self._socket = None
            await asyncio.sleep(wait)
            wait = min(2 * wait, LAST_BACK_S)
