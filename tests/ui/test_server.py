"""The server's routes: who hears of a job's progress, what, how often, and until when."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bilstm_core.service.forgetting import QUIET_ALONE_S
from bilstm_core.specs import RunSpec, TrainingSpec
from tests.service.test_queue import ONE, TWO, House, house
from ui import following, server, services, stream, waits, watch

__all__ = ["house"]  # the fixture

ROOT = Path(__file__).parents[2]
LONG = RunSpec(training=TrainingSpec(epochs=1_000))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, **headers: str) -> tuple[int, Any, str]:
    """Status, headers and text of an address."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            body = answer.read()
            return answer.status, answer.headers, "" if "gzip" in str(answer.headers) else body.decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


class Served:
    """The routes in a server of their own, over the job service of a `House`."""

    def __init__(self, house: House) -> None:
        self.house, self.port = house, free_port()
        self.host = f"127.0.0.1:{self.port}"
        config = uvicorn.Config(Starlette(routes=server.routes()), port=self.port, log_level="error")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def end(self) -> None:
        self.server.should_exit = True
        self.thread.join()

    @contextlib.contextmanager
    def connect(self, *names: str, watcher: str = "", origin: str | None = "") -> Iterator[ClientConnection]:
        """A tab's socket that follows these, numbered from 1."""
        origin = f"http://{self.host}" if origin == "" else origin
        with connect(f"ws://{self.host}/live", origin=origin) as client:  # type: ignore[arg-type]
            for number, name in enumerate(names, 1):
                follow(client, name, number, watcher=watcher)
            yield client

    def ask(self, job: str, query: str = "", **headers: str) -> tuple[int, Any, str]:
        return ask(f"http://{self.host}/live/{job}{query}", **headers)

    def progress(self, job: str, *steps: int, of: int = 1_000) -> None:
        run = {"run": 0, "steps_done": steps[-1], "steps": of, "seen": list(steps)}
        losses = [1 / step for step in steps]
        self.house.hear("progress", job, runs=[run | {"loss": losses, "count": [1] * len(steps), "last": losses}])


@pytest.fixture
def served(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(services, "jobs", lambda: house.jobs)
    served = Served(house)
    yield served
    served.end()


def say(client: ClientConnection, **message: Any) -> None:
    with contextlib.suppress(ConnectionClosed):
        client.send(json.dumps(message))


def follow(client: ClientConnection, name: str, number: int, *, watcher: str = "", version: int = 0) -> None:
    say(client, **{"follow": name, "as": number, "watcher": watcher, "version": version})


def hear(client: ClientConnection) -> dict[str, Any]:
    return json.loads(client.recv(timeout=10))  # type: ignore[no-any-return]


def hear_until(client: ClientConnection, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    while not wanted(message := hear(client)):
        pass
    return message


def close_code(client: ClientConnection) -> int:
    """Why the server closed; what it still says is passed over."""
    while True:
        try:
            client.recv(timeout=10)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_progress_arrives_as_it_is_made_until_the_job_ends(served: Served) -> None:
    job = served.house.begin([LONG])
    with served.connect(job) as client:
        first = hear(client)
        assert (first["state"], first["over"], first["share"], first["runs"]) == ("running", False, 0.0, [])
        assert first["text"].startswith("Compiling")
        served.progress(job, 1, 2, 3)
        message = hear_until(client, lambda message: message["runs"] != [])
        losses = [1, 1 / 2, round(1 / 3, watch.DIGITS)]
        curve = {"run": 0, "from": 0, "seen": [1, 2, 3], "loss": losses, "last": losses}
        assert (message["runs"], message["share"]) == ([curve], 0.003)
        assert message["text"].startswith("3 of 1,000 weight updates")
        served.progress(job, 4)
        message = hear_until(client, lambda message: message["runs"] != [])
        assert message["runs"] == [{"run": 0, "from": 3, "seen": [4], "loss": [0.25], "last": [0.25]}], "what is new"
        assert message["version"] > first["version"]
        served.house.finish(f"{job}-0", LONG)
        served.house.turn()
        last = hear_until(client, lambda message: message["over"])
        assert (last["state"], last["share"], last["left_s"]) == ("done", 1.0, 0.0)
        with pytest.raises(TimeoutError):
            client.recv(timeout=0.2)
        eventually(lambda: not stream._streams[job]._names)


def test_who_comes_later_is_told_everything_first(served: Served) -> None:
    job = served.house.begin([LONG])
    with served.connect(job) as early:
        served.progress(job, 1, 2)
        hear_until(early, lambda message: message["runs"] != [])
        with served.connect(job) as late:
            (run,) = hear(late)["runs"]
            assert (run["from"], run["seen"]) == (0, [1, 2])


def test_a_training_that_begins_again_takes_its_curve_back(served: Served) -> None:
    job = served.house.begin([LONG])
    with served.connect(job) as client:
        served.progress(job, 1, 2)
        hear_until(client, lambda message: message["runs"] != [])
        served.house.hear("started", job)
        message = hear_until(client, lambda message: message["runs"] != [])
        assert message["runs"] == [{"run": 0, "from": 0, "seen": [], "loss": [], "last": []}]
        assert message["text"].startswith("The training process stopped")


def test_one_that_waits_hears_of_the_queue_without_a_word_of_its_own_job(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_S", 0.2)
    ahead = served.house.begin([ONE])
    waiting = served.house.jobs.submit([TWO], watcher="me")
    with served.connect(waiting) as client:
        assert "another training" in hear(client)["text"]
        served.house.finish(f"{ahead}-0", ONE)
        served.house.turn()
        assert hear_until(client, lambda message: "another" not in message["text"])["state"] == "queued"


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://[", None])
def test_another_sites_page_and_one_that_names_none_hear_nothing(served: Served, origin: str | None) -> None:
    job = served.house.begin([LONG])
    with served.connect(job, origin=origin) as client:
        assert close_code(client) == following.FOREIGN
    assert served.house.view(job).watchers == 1
    if origin:
        assert served.ask(job, Origin=origin)[0] == 403


def test_nobody_hears_of_an_unknown_job(served: Served) -> None:
    with served.connect("0" * 32) as client:
        assert hear(client) == {"of": 1, "lost": True}
    assert served.ask("0" * 32)[0] == 404
    assert stream._streams["0" * 32].ended


def test_where_sockets_are_refused_the_whole_is_asked_for_and_nothing_told_twice(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_S", 30.0)
    job = served.house.begin([LONG])
    served.progress(job, 1, 2)
    status, headers, text = served.ask(job)
    message = json.loads(text)
    assert (status, headers["Cache-Control"], message["runs"][0]["seen"]) == (200, "no-store", [1, 2])
    assert served.ask(job, f"?version={message['version']}")[::2] == (204, "")
    served.progress(job, 3)
    eventually(lambda: served.ask(job, f"?version={message['version']}")[0] == 200)
    (run,) = json.loads(served.ask(job, f"?version={message['version']}")[2])["runs"]
    assert (run["from"], run["seen"]) == (0, [1, 2, 3])


def test_a_job_is_put_into_words_once_for_all_who_follow_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "TICK_S", 30.0)
    written: list[str] = []
    dumps = json.dumps
    monkeypatch.setattr(stream.json, "dumps", lambda *told, **how: written.append("") or dumps(*told, **how))
    job = served.house.begin([LONG])
    with contextlib.ExitStack() as visits:
        clients = [visits.enter_context(served.connect(job)) for _ in range(5)]
        for client in clients:
            hear(client)
        before = len(written)
        served.progress(job, 1)
        assert len({client.recv(timeout=10) for client in clients}) == 1
        assert len(written) - before == 1


def test_messages_come_at_most_fourteen_times_a_second(served: Served) -> None:
    job = served.house.begin([LONG])
    with served.connect(job) as client:
        hear(client)
        end, told, step = time.monotonic() + 1.0, 0, 0
        while time.monotonic() < end:
            served.progress(job, step := step + 1)
            try:
                client.recv(timeout=0.002)
                told += 1
            except TimeoutError:
                pass
        assert step > 3 * told
        assert 2 <= told <= 14


def test_a_socket_counts_as_a_watcher_and_leaves_as_it_closes(served: Served) -> None:
    job = served.house.begin([LONG])
    with served.connect(job) as client:
        hear(client)
        served.house.jobs.leave(job, "me")
        record = served.house.jobs._jobs[job]
        assert (record.state, len(record.watchers)) == ("running", 1)
    eventually(lambda: record.over)
    assert "no page was watching" in record.message


def test_a_socket_of_a_sessions_name_is_no_other_watcher_and_its_end_no_leaving(served: Served) -> None:
    job = served.house.begin([LONG], learnt=True)
    record = served.house.jobs._jobs[job]
    with served.connect(job, watcher="me") as client:
        hear(client)
        assert list(record.watchers) == ["me"]
    eventually(lambda: not stream._streams[job]._names)
    assert (record.state, list(record.watchers)) == ("running", ["me"])
    with served.connect(job, watcher="me") as client:
        hear(client)
        assert served.house.jobs.stop(job, "me"), "it would not stop for another visitor's sake"


def test_an_open_socket_keeps_a_job_at_work_and_without_it_the_job_stands_still(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_S", 0.1)
    now = time.monotonic
    passed = 0.0
    monkeypatch.setattr("bilstm_core.service.jobs.time", SimpleNamespace(monotonic=lambda: now() + passed))
    monkeypatch.setattr("bilstm_core.service.dispatcher.time", SimpleNamespace(monotonic=lambda: now() + passed))
    job = served.house.begin([LONG])
    record = served.house.jobs._jobs[job]
    with served.connect(job, watcher="me") as client:
        hear(client)
        passed = QUIET_ALONE_S + 1
        eventually(lambda: now() + passed - record.watchers["me"] < QUIET_ALONE_S)
        served.house.turn()
        assert not record.over
    eventually(lambda: not stream._streams[job]._names)
    passed += QUIET_ALONE_S + 1
    served.house.turn()
    assert not record.watchers
    assert not record.over


def test_a_question_over_http_is_a_sign_of_life_of_the_watcher_that_it_names(served: Served) -> None:
    job = served.house.begin([LONG])
    record = served.house.jobs._jobs[job]
    served.ask(job)
    assert list(record.watchers) == ["me"]
    served.ask(job, "?watcher=you")
    assert list(record.watchers) == ["me", "you"]


def test_a_stream_that_nobody_follows_any_more_ends_and_forgets(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_S", 0.1)
    monkeypatch.setattr(stream, "LINGER_S", 0.2)
    job = served.house.begin([LONG])
    with served.connect(job, watcher="me") as client:
        hear(client)
        time.sleep(0.5)
        assert not stream._streams[job].ended
    record = served.house.jobs._jobs[job]
    eventually(lambda: stream._streams[job].ended and not record.listeners)
    with served.connect(job, watcher="me") as client:
        assert hear(client)["state"] == "running", "another is begun"


def test_what_a_page_waits_for_is_said_once_it_is_ready_and_not_before(served: Served) -> None:
    there = threading.Event()
    name = waits.offer(there.is_set)
    with served.connect(name) as client:
        with pytest.raises(TimeoutError):
            client.recv(timeout=0.4)
        assert served.ask(name)[::2] == (204, "")
        there.set()
        assert hear(client) == {"of": 1, "version": 1, "over": True}
    status, headers, text = served.ask(name)
    assert (status, headers["Cache-Control"], json.loads(text)["over"]) == (200, "no-store", True)
    with served.connect(name, origin="http://elsewhere.example") as client:
        assert close_code(client) == following.FOREIGN


def test_who_leaves_while_something_is_awaited_is_asked_for_no_more(served: Served) -> None:
    asked: list[float] = []
    with served.connect(waits.offer(lambda: bool(asked.append(time.monotonic())))):
        eventually(lambda: len(asked) > 2)
    time.sleep(2 * following.LOOK_S)
    before = len(asked)
    time.sleep(5 * following.LOOK_S)
    assert len(asked) == before


class Reader:
    """A socket whose reader says what it is to follow, takes in one message, and the next ones once it is let to."""

    def __init__(self, *names: str) -> None:
        self.says = [
            json.dumps({"follow": name, "as": number, "watcher": "slow", "version": 0})
            for number, name in enumerate(names, 1)
        ]
        self.told: list[dict[str, Any]] = []
        self.code = 0
        self.ready = asyncio.Event()
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self.says:
            return {"type": "websocket.receive", "text": self.says.pop(0)}
        await self.gone.wait()
        return {"type": "websocket.disconnect"}

    async def send_text(self, text: str) -> None:
        self.told.append(json.loads(text))
        await self.ready.wait()

    async def close(self, code: int) -> None:
        self.code = code

    async def wait_until_told(self, messages: int) -> None:
        while len(self.told) < messages:
            await asyncio.sleep(0.01)

    def seen(self, number: int) -> list[int]:
        """The weight updates of the curve that this one was told of."""
        known: list[int] = []
        for message in self.told:
            if message["of"] == number:
                for run in message["runs"]:
                    known[run["from"] :] = run["seen"]
        return known


def report(house: House, job: str, step: int) -> None:
    points = {"seen": [step], "loss": [1 / step], "count": [1], "last": [1 / step]}
    run = {"run": 0, "steps_done": step, "steps": 1_000, **points}
    house.hear("progress", job, runs=[run])


def test_a_slow_reader_gets_the_latest_and_nothing_is_kept_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "jobs", lambda: house.jobs)
    monkeypatch.setattr(stream, "REST_S", 0.001)
    job = house.begin([LONG])

    async def visit() -> tuple[Reader, int]:
        reader, versions = Reader(job), set()
        serving = asyncio.create_task(following.TabSocket(reader).serve())  # type: ignore[arg-type]
        await reader.wait_until_told(1)
        followed = stream._streams[job]
        for step in range(1, 101):
            report(house, job, step)
            await asyncio.sleep(0.01)
            versions.add(followed.latest.version if followed.latest else 0)
        held = [thing for thing in vars(followed).values() if isinstance(thing, stream.Snapshot)]
        assert held == [followed.latest]
        assert len(held[0]._texts) <= 1
        reader.ready.set()
        await reader.wait_until_told(2)
        house.jobs.stop(job)
        house.finish(f"{job}-0", LONG)
        house.turn()
        while not reader.told[-1]["over"]:
            await asyncio.sleep(0.01)
        reader.gone.set()
        await asyncio.wait_for(serving, 10)
        return reader, len(versions)

    reader, versions = asyncio.run(visit())
    assert versions > 20
    assert len(reader.told) <= 5
    assert reader.code == 0, "it is not closed for being slow"
    assert reader.seen(1) == list(range(1, 101)), "nothing is missing of the curve"


def test_who_waits_for_a_turn_while_a_reader_is_slow_says_then_what_is_newest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "jobs", lambda: house.jobs)
    monkeypatch.setattr(stream, "REST_S", 0.001)
    job = house.begin([LONG])

    async def visit() -> Reader:
        reader = Reader(job, "0" * 32, job)
        serving = asyncio.create_task(following.TabSocket(reader).serve())  # type: ignore[arg-type]
        await reader.wait_until_told(1)
        for step in range(1, 51):
            report(house, job, step)
            await asyncio.sleep(0.01)
        assert len(reader.told) == 1
        reader.ready.set()
        while not reader.seen(1) == reader.seen(3) == list(range(1, 51)):
            await asyncio.sleep(0.01)
        reader.gone.set()
        await asyncio.wait_for(serving, 10)
        return reader

    reader = asyncio.run(visit())
    assert sorted(message["of"] for message in reader.told[:3]) == [1, 2, 3], "each has waited for one of each other"
    assert len(reader.told) <= 6


def test_a_reader_that_takes_nothing_in_is_closed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "jobs", lambda: house.jobs)
    monkeypatch.setattr(following, "PATIENCE_S", 0.1)
    job = house.begin([LONG])

    async def visit() -> Reader:
        reader = Reader(job, job)
        await asyncio.wait_for(following.TabSocket(reader).serve(), 10)  # type: ignore[arg-type]
        return reader

    reader = asyncio.run(visit())
    assert reader.code == following.SLOW
    assert len(reader.told) == 1


def test_one_socket_tells_of_two_jobs_and_of_what_is_awaited_and_what_ends_ends_alone(served: Served) -> None:
    there = threading.Event()
    first, second = served.house.begin([LONG]), served.house.jobs.submit([TWO], watcher="me")
    last: dict[int, dict[str, Any]] = {}  # message of each number

    with served.connect(first, waits.offer(there.is_set), "0" * 32, second, watcher="me") as client:

        def hear_all_until(holds: Callable[[], bool]) -> None:
            while not holds():
                message = hear(client)
                last[message["of"]] = message

        hear_all_until(lambda: set(last) == {1, 3, 4})
        assert last[3] == {"of": 3, "lost": True}
        assert "another training" in last[4]["text"]
        there.set()
        hear_all_until(lambda: 2 in last)
        served.house.finish(f"{first}-0", LONG)
        served.house.turn()
        hear_all_until(lambda: last[1]["over"] and "another" not in last[4]["text"])
        assert stream._streams[second]._names == {"me": 1}
        say(client, leave=4)
        eventually(lambda: not stream._streams[second]._names)
        follow(client, second, 5)
        hear_all_until(lambda: 5 in last)
    assert sorted(last) == [1, 2, 3, 4, 5]


def test_who_comes_back_is_told_of_what_stands_only_if_it_is_another_than_he_knows(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_S", 30.0)
    job = served.house.begin([LONG])
    served.progress(job, 1, 2)
    with served.connect(job) as client:
        version = hear_until(client, lambda message: message["runs"] != [])["version"]
    with served.connect() as client:
        follow(client, job, 1, version=version)
        with pytest.raises(TimeoutError):
            client.recv(timeout=0.3)
        served.progress(job, 3)
        (run,) = hear(client)["runs"]
        assert (run["from"], run["seen"]) == (0, [1, 2, 3])


FOLLOW = {"follow": "0" * 32, "as": 1, "watcher": "me", "version": 0}
GARBAGE = [
    "",
    "live",
    "[" * 200,
    "[]",
    "null",
    b"\x00\xff",
    "{}",
    '{"leave": "1"}',
    '{"follow": 1, "as": 1, "watcher": "", "version": 0}',
    *[json.dumps(FOLLOW | {key: wrong}) for key, wrong in (("as", 0), ("as", 1.5), ("version", None), ("watcher", []))],
    json.dumps(FOLLOW | {"follow": "0" * 1_000}),
    json.dumps(FOLLOW | {"watcher": "x" * 65}),
    '{"as": 1}' * 2,
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_whoever_says_what_no_browser_of_ours_says_is_closed(
    served: Served, garbage: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with served.connect() as client:
        client.send(garbage)
        assert close_code(client) == following.GARBLED
    assert caplog.records == []
    assert served.ask("0" * 32)[0] == 404, "the server goes on"


def test_a_number_is_used_once_and_what_is_not_followed_can_be_left(served: Served) -> None:
    with served.connect("0" * 32) as client:
        hear(client)
        say(client, leave=1)
        say(client, leave=7)
        follow(client, "0" * 32, 2)
        assert hear(client) == {"of": 2, "lost": True}
        follow(client, "0" * 32, 2)
        assert close_code(client) == following.GARBLED


def test_more_than_a_tab_can_follow_is_as_if_it_were_not_known(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST", 2)
    there = threading.Event()
    name = waits.offer(there.is_set)
    with served.connect(name, name, name) as client:
        assert hear(client) == {"of": 3, "lost": True}
        say(client, leave=1)
        follow(client, name, 4)
        follow(client, "0" * 32, 5)
        assert hear(client) == {"of": 5, "lost": True}, "what was said before is done"
        there.set()
        assert {hear(client)["of"] for _ in range(2)} == {2, 4}


def test_a_fault_in_what_is_awaited_is_noted_and_the_rest_is_told(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with served.connect(waits.offer(lambda: bool(1 / 0)), waits.offer(lambda: True)) as client:
        messages = sorted((hear(client) for _ in range(2)), key=lambda message: message["of"])
    assert messages == [{"of": 1, "lost": True}, {"of": 2, "version": 1, "over": True}]
    (record,) = caplog.records
    assert "ZeroDivisionError" in str(record.exc_info)


def test_a_service_that_holds_its_lock_does_not_hold_up_the_server(served: Served) -> None:
    job = served.house.begin([LONG])
    with served.connect(job) as client:
        hear(client)
        with served.house.jobs._lock:
            assert ask(f"http://{served.host}/assets/nothing.js")[0] == 404
            with served.connect("0" * 32) as other, pytest.raises(TimeoutError):
                other.recv(timeout=0.2)


@pytest.mark.parametrize(("base", "under"), [("", ""), ("/", ""), ("lab/bilstm", "/lab/bilstm"), ("/lab/", "/lab")])
def test_the_routes_lie_under_the_path_that_the_pages_lie_under(
    monkeypatch: pytest.MonkeyPatch, base: str, under: str
) -> None:
    monkeypatch.setattr("streamlit.get_option", {"server.baseUrlPath": base}.__getitem__)
    paths = [route.path for route in server.routes()]  # type: ignore[attr-defined]
    names = ["live", "live/{name}", "assets/{name}", "healthz", "status"]
    assert paths == [f"{under}/{name}" for name in names]


def test_plotly_is_served_compressed_and_for_good(served: Served, tmp_path: Path, monkeypatch: Any) -> None:
    from ui.chart import plotly_script

    assert plotly_script.ensure(tmp_path) == ""
    monkeypatch.setattr(server, "STATIC", tmp_path)
    (packed,) = tmp_path.glob("plotly.*.min.js.gz")
    status, headers, _ = ask(f"http://{served.host}/assets/{packed.name.removesuffix('.gz')}")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Type"].startswith("text/javascript")
    (tmp_path / "secret.gz").write_text("secret")
    for name in ("secret", "..%2fsecret", packed.name):
        assert ask(f"http://{served.host}/assets/{name}")[0] == 404


class Started:
    """A server of Streamlit's, started by a command of Python's."""

    def __init__(self, command: list[str], log: Path, folder: Path) -> None:
        port = free_port()
        self.host, self.url = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}"
        command = [word.replace("PORT", str(port)) for word in command]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command], cwd=folder, env=environment, stdout=output, stderr=output
            )
        try:
            self._wait_until_healthy(log)
        except AssertionError:
            self.end()
            raise

    def _wait_until_healthy(self, log: Path) -> None:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                if ask(f"{self.url}/_stcore/health")[0] == 200:
                    return
            assert self.process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)

    def end(self) -> None:
        self.process.kill()  # a worker that is starting holds up a milder end; what it has started ends by itself
        self.process.wait(20)

    def page(self, name: str) -> list[ForwardMsg]:
        """All that a visitor's browser is sent for a page."""
        address = f"ws://{self.host}/_stcore/stream"
        with connect(address, subprotocols=["streamlit"], max_size=None) as client:  # type: ignore[list-item]
            message = BackMsg()
            message.rerun_script.page_name = name
            message.rerun_script.query_string = ""
            client.send(message.SerializeToString())
            messages = []
            while True:
                messages.append(ForwardMsg.FromString(client.recv(timeout=60)))  # type: ignore[arg-type]
                if messages[-1].WhichOneof("type") == "script_finished":
                    return messages


def elements(messages: list[ForwardMsg]) -> list[tuple[str, str]]:
    """Each element of a page, in the order of their places, with its words if it is one of words."""
    drawn = {}
    for message in messages:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            kind = str(element.WhichOneof("type"))
            words = element.markdown.body if kind == "markdown" else ""
            drawn[tuple(message.metadata.delta_path)] = (kind, words)
    return [drawn[place] for place in sorted(drawn)]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    servers: list[Started] = []

    def begin(*command: str, folder: Path = ROOT) -> Started:
        servers.append(Started(list(command), tmp_path / f"{len(servers)}.log", folder))
        return servers[-1]

    yield begin
    for server_ in servers:
        server_.end()


OPTIONS = ("--server.headless=true", "--server.address=127.0.0.1", "--server.port=PORT")
PLAIN = (
    "from streamlit.web import bootstrap\n"
    "bootstrap.load_config_options({'server_headless': True, 'server_address': '127.0.0.1', 'server_port': PORT})\n"
    "bootstrap.run('app.py', False, [], {})\n"
)


@pytest.mark.long
def test_a_host_that_runs_a_plain_script_has_the_same_pages_and_no_live_route(start: Callable[..., Started]) -> None:
    served, plain = start("-m", "streamlit", "run", "app.py", *OPTIONS), start("-c", PLAIN)
    unknown = [ask(f"{host.url}/live/nothing") for host in (served, plain)]
    assert (unknown[0][0], unknown[0][2]) == (404, "There is no such training.")
    assert unknown[1][2] != unknown[0][2]
    for page in ("", "problem", "train"):
        for _ in range(20):  # what a new server has yet to evaluate stands on no page
            ours, theirs = elements(served.page(page)), elements(plain.page(page))
            if ours == theirs:
                break
            time.sleep(0.5)
        assert ("exception", "") not in ours
        assert len(ours) > 5
        assert ours == theirs, page


def faulty(folder: Path) -> str:
    """An app whose page fails, with our server: the name of its file in the folder."""
    (folder / "faulty.py").write_text(
        "import streamlit as st\n"
        "from ui import server\n"
        "if __name__ == '__main__':\n"
        "    st.write(1 / 0)\n"
        "else:\n"
        "    app = st.App(__file__, routes=server.routes(), on_script_error=server.on_script_error)\n"
    )
    return "faulty.py"


def test_a_fault_of_a_page_is_told_in_a_sentence_and_without_a_traceback(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    drawn = start("-m", "streamlit", "run", faulty(tmp_path), *OPTIONS, folder=tmp_path).page("")
    alerts = [message.delta.new_element.alert.body for message in drawn if message.delta.new_element.alert.body]
    assert alerts == [server.FAULT]
    assert "exception" not in [kind for kind, _ in elements(drawn)]
