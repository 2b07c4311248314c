"""A job's progress as the server's routes tell it: looked at and written out once for all who follow it."""

import asyncio
import contextlib
import itertools
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bilstm_core.downsampling import Curve
from bilstm_core.service.job_view import JobView
from bilstm_core.service.jobs import Jobs
from ui import live
from ui.watch import changes

REST_S = 0.085  # between two messages: more than ten a second reach a browser, and nobody sees more than that
TICK_S = 1.0  # and at the latest then: a queue, and the time that is left, change without a word of the job's
LINGER_S = 10.0  # after the last question over HTTP, until nobody is taken to follow

_versions = itertools.count(1)  # of all jobs, so that none comes twice for one whose stream was begun anew


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A job as it stood at one moment. told: what a message says of it, besides its curves, JSON-ready"""

    version: int
    told: dict[str, Any]
    curves: dict[int, Curve]
    _texts: dict[int, str] = field(default_factory=dict)  # by the version that they tell what is new since

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return bool(self.told["over"])

    def news(self, before: "Snapshot | None" = None) -> str:
        """The message for somebody who knows what stood before, written once for all who do; whole for the others."""
        known = before.version if before else 0
        if known not in self._texts:
            self.write(before, changes(before.curves if before else {}, self.curves))
        return self._texts[known]

    def write(self, before: "Snapshot | None", runs: list[dict[str, Any]]) -> None:
        """Write the message out for those who know what stood before. runs: what has changed since, from `changes`"""
        text = json.dumps({"version": self.version, **self.told, "runs": runs}, allow_nan=False)
        self._texts[before.version if before else 0] = text


def _told(view: JobView, service: Jobs) -> dict[str, Any]:
    return {
        "state": view.state,
        "over": view.over,
        "text": view.message if view.over else live.standing(view, service),
        "share": view.steps_done / view.steps,
        "left_s": view.remaining_s,
    }


class Stream:
    """One job's progress for all who follow it, as long as anybody does. It belongs to the event loop.

    The service is only ever asked in another thread: the loop never waits for its lock. Whoever follows holds the
    snapshot that it was told last, and is told next what has become of it by then: what comes between is left out.
    """

    def __init__(self, service: Jobs, job: str) -> None:
        self.service, self.job = service, job
        self.latest: Snapshot | None = None
        self.ended = False  # nothing more will come: the job is over, unknown, or not followed any more
        self._names: Counter[str] = Counter()  # of watchers, each with how many sockets it has open
        self._asked = asyncio.get_running_loop().time()
        self._stirred = asyncio.Event()
        self._next = asyncio.Event()
        self._task = asyncio.create_task(self._follow())

    @contextlib.asynccontextmanager
    async def watching(self, name: str) -> Any:
        """Count a watcher meanwhile."""
        self._names[name] += 1
        try:
            await asyncio.to_thread(self.service.watch, self.job, name)
            yield
        finally:
            self._names[name] -= 1
            self._names += Counter()  # without those that have none
            self._asked = asyncio.get_running_loop().time()

    def ask(self) -> None:
        """Follow the job for a while, for somebody who asks again and again."""
        self._asked = asyncio.get_running_loop().time()

    async def after(self, version: int) -> Snapshot | None:
        """What stands now, if it is not this version; else what stands next. None once nothing more will come."""
        while (self.latest is None or self.latest.version == version) and not self.ended:
            await self._next.wait()
        return self.latest if self.latest and self.latest.version != version else None

    async def _follow(self) -> None:
        loop = asyncio.get_running_loop()

        def stir() -> None:
            with contextlib.suppress(RuntimeError):  # the server is ending, and its loop is closed
                loop.call_soon_threadsafe(self._stirred.set)

        forget: Callable[[], None] = await asyncio.to_thread(self.service.listen, self.job, stir)
        try:
            while not self.ended:
                self._stirred.clear()
                self._publish(await asyncio.to_thread(self._look, list(self._names)))
                if not self.ended:
                    await asyncio.sleep(REST_S)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._stirred.wait(), TICK_S - REST_S)
        finally:
            self.ended = True
            self._next.set()
            await asyncio.to_thread(forget)

    def _look(self, names: list[str]) -> Snapshot | None:
        """The job as it stands, and a sign of life of its watchers; None for an unknown one."""
        self.service.watch(self.job, *names)
        view = self.service.view(self.job)
        if view is None:
            return None
        told, before = _told(view, self.service), self.latest
        runs = changes(before.curves if before else {}, view.curves)
        if before and told == before.told and not runs:
            return before
        snapshot = Snapshot(next(_versions), told, view.curves)
        snapshot.write(before, runs)  # here, where it keeps nobody waiting
        return snapshot

    def _publish(self, snapshot: Snapshot | None) -> None:
        idle = not self._names and asyncio.get_running_loop().time() - self._asked > LINGER_S
        self.ended = snapshot is None or snapshot.over or idle
        if snapshot is not self.latest or self.ended:
            self.latest = snapshot or self.latest
            told, self._next = self._next, asyncio.Event()
            told.set()


_streams: dict[str, Stream] = {}


def follow(service: Jobs, job: str) -> Stream:
    """The stream of a job, begun unless it runs."""
    stream = _streams.get(job)
    if stream is None or stream.ended or stream.service is not service:
        for ended in [name for name, stream in _streams.items() if stream.ended]:
            del _streams[ended]
        stream = _streams[job] = Stream(service, job)
    return stream
