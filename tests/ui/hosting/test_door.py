"""As many come in as there is room for, and the others are told so."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Receive, Scope, Send

from tests.ui.hosting.asgi import Message, answering, ask, scope, talk
from ui.hosting.door import CLOSED, SLACK, SOCKETS_A_PAGE, Door, Visits

STREAM = "/lab/_stcore/stream"
BROWSER = "text/html,application/xhtml+xml"


def full(people: int) -> Door:
    visits = Visits()
    visits.pages = people
    return Door(answering, people, visits)


def test_a_page_of_a_full_app_says_so_and_looks_again() -> None:
    status, headers, text = ask(full(30), scope(accept=BROWSER))
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "60", "no-store")
    assert "<p>The app is full (30 people). Try again in a minute.</p>" in text
    assert 'http-equiv="refresh"' in text


def test_with_one_place_left_a_page_is_shown() -> None:
    door = full(30)
    door._visits.pages = 29
    assert ask(door, scope(accept=BROWSER))[::2] == (200, "the page")


@pytest.mark.parametrize(
    "asked",
    [
        scope(path="/healthz", accept="*/*"),
        scope(path="/static/js/index.js", accept="*/*"),
        scope(path="/media/report.html", accept=BROWSER),
        {**scope(path="/_stcore/upload_file/x", accept=BROWSER), "method": "PUT"},
    ],
)
def test_whoever_is_in_still_gets_all_that_a_page_asks_for(asked: Scope) -> None:
    assert ask(full(30), asked)[0] == 200


class Room:
    """An app whose sockets stay open until they are let go."""

    def __init__(self, people: int) -> None:
        self.visits, self.leave = Visits(), asyncio.Event()
        self.door = Door(self.stay, people, self.visits)
        self.tasks: list[asyncio.Task[None]] = []

    async def stay(self, _: Scope, __: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await self.leave.wait()

    async def come(self, path: str) -> Message:
        """What the next socket is told first."""
        sent: list[Message] = []
        self.tasks.append(asyncio.create_task(talk(self.door, scope("websocket", path), sent)))
        while not sent:
            await asyncio.sleep(0)
        return sent[0]


def in_a_room(people: int, visit: Callable[[Room], Awaitable[None]]) -> None:
    async def run() -> None:
        room = Room(people)
        await visit(room)
        room.leave.set()
        await asyncio.gather(*room.tasks)
        assert (room.visits.pages, room.visits.sockets) == (0, 0), "whoever has left makes room"

    asyncio.run(run())


def test_whoever_was_given_a_page_is_let_in_and_past_that_sockets_are_refused() -> None:
    async def visit(room: Room) -> None:
        for _ in range(2 + SLACK):
            assert (await room.come(STREAM))["type"] == "websocket.accept"
        assert await room.come(STREAM) == {"type": "websocket.close", "code": CLOSED}
        assert room.visits.pages == 2 + SLACK
        assert (await room.come("/live/job"))["type"] == "websocket.accept"

    in_a_room(2, visit)


def test_other_sockets_are_bounded_by_the_pages_that_could_hold_them() -> None:
    async def visit(room: Room) -> None:
        for _ in range(SOCKETS_A_PAGE * (1 + SLACK)):
            assert (await room.come("/live/job"))["type"] == "websocket.accept"
        assert (await room.come("/live/job"))["code"] == CLOSED
        assert room.visits.pages == 0

    in_a_room(1, visit)


def test_a_socket_that_fails_makes_room() -> None:
    async def fail(*_: object) -> None:
        raise ConnectionError("gone")

    async def run() -> None:
        visits = Visits()
        with pytest.raises(ConnectionError, match="gone"):
            await talk(Door(fail, 1, visits), scope("websocket", STREAM), [])
        assert (visits.pages, visits.sockets) == (0, 0)

    asyncio.run(run())
