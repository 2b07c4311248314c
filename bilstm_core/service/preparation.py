"""Which programs the worker compiles before a training needs them, and which ones it has.

A page wishes for the programs of its settings as they now stand, so that a press of its button finds them compiled. A
wish counts once it has stood for a moment, and only while nothing is trained and nothing waits. Nobody may be there any
more to press, so what is compiled ahead is bounded in number, whatever is wished for. Neither `distributed` nor
TensorFlow is imported with this module.
"""

import contextlib
import importlib
import uuid
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bilstm_core import codec
from bilstm_core.engine.program_keys import MAX_PROGRAMS, ProgramKey, programs_of
from bilstm_core.specs import RunSpec

STOOD_S = 0.5  # without a change, before a wish counts: a slider passes many settings on its way
FORGOTTEN_S = 90.0  # since its page last made it: nobody may look at it any more
UNUSED, UNUSED_S = 8, 120.0  # programs compiled ahead in that time that no training has used: each takes 1 to 2 s


@dataclass(slots=True, kw_only=True)
class Wish:
    """The runs that a page would ask for. since: when it was first made as it is; heard: when it was last made."""

    specs: tuple[RunSpec, ...]
    since: float
    heard: float
    programs: dict[ProgramKey, RunSpec] = field(default_factory=dict)  # once they are needed


class Task(NamedTuple):
    """A program that the worker compiles ahead, with the key of Dask's task and its future."""

    key: str
    program: ProgramKey
    future: Any


@dataclass(slots=True)
class Preparation:
    """The wishes of all watchers and the programs of one worker. `now` is of time.monotonic()."""

    wishes: dict[str, Wish] = field(default_factory=dict)
    task: Task | None = None
    compiled: dict[ProgramKey, None] = field(default_factory=dict)  # as the worker keeps them, those used last last
    unused: dict[ProgramKey, float] = field(default_factory=dict)  # compiled ahead, and when
    refused: dict[ProgramKey, None] = field(default_factory=dict)  # that could not be compiled, or killed the worker

    def wish(self, watcher: str, specs: Sequence[RunSpec], now: float) -> None:
        """Replace what this watcher wished for; no specs withdraw it."""
        before, wanted = self.wishes.pop(watcher, None), tuple(specs)
        if wanted and before is not None and before.specs == wanted:
            before.heard = now
            self.wishes[watcher] = before
        elif wanted:
            self.wishes[watcher] = Wish(specs=wanted, since=now, heard=now)

    def next(self, now: float) -> tuple[ProgramKey, RunSpec] | None:
        """The program to compile now, with a spec that uses it: every wish's first goes before any wish's second."""
        self.wishes = {name: wish for name, wish in self.wishes.items() if now - wish.heard < FORGOTTEN_S}
        self.unused = {program: made for program, made in self.unused.items() if now - made < UNUSED_S}
        standing = [wish for wish in self.wishes.values() if now - wish.since >= STOOD_S]
        if len(self.unused) >= UNUSED:
            return None
        for wish in standing:
            wish.programs = wish.programs or programs_of(wish.specs)
        missing = [
            (place, wish.since, program, spec)
            for wish in standing
            for place, (program, spec) in enumerate(wish.programs.items())
            if program not in self.compiled and program not in self.refused
        ]
        return min(missing, key=lambda entry: entry[:2])[2:] if missing else None

    def stands_in(self, now: float) -> float | None:
        """Seconds until the next wish has stood for long enough; None if all have, or there are none."""
        return min((left for wish in self.wishes.values() if (left := wish.since + STOOD_S - now) > 0), default=None)

    def send(
        self,
        client: Any,
        program: ProgramKey,
        spec: RunSpec,
        source: str,
        hear: Callable[[str, float | None], None],
    ) -> None:
        """Have the worker compile a program that trains this spec.

        source: the app's fingerprint
        hear: called in a thread of Dask's, with what `take` takes in
        """
        worker = importlib.import_module("bilstm_core.service.worker")
        key = f"prepare-{uuid.uuid4().hex}"
        arguments = (codec.encode(spec), program.stack, source)
        try:
            future = client.submit(
                worker.prepare_job, *arguments, key=key, priority=-1, resources={"TRAIN": 1}, pure=False
            )
        except Exception:
            self._refuse(program)
            raise

        def ended(done: Any) -> None:
            seconds = None
            with contextlib.suppress(Exception, CancelledError):
                if done.status == "finished":
                    seconds = float(done.result(timeout=10))
            hear(key, seconds)

        self.task = Task(key, program, future)
        future.add_done_callback(ended)

    def take(self, key: str, seconds: float | None, now: float) -> bool:
        """Take in the end of a task, and return whether the worker has compiled anything.

        seconds: that it took, 0 for a program that the worker had; None where it failed
        """
        if self.task is None or self.task.key != key:  # of a worker that is lost
            return False
        program, self.task = self.task.program, None
        if seconds is None:
            self._refuse(program)
            return False
        _put_last(self.compiled, program)
        if seconds:
            self.unused[program] = now
        return bool(seconds)

    def has(self, programs: Iterable[ProgramKey]) -> bool:
        """Whether the worker has all of these."""
        return set(programs) <= self.compiled.keys()

    def used(self, programs: Iterable[ProgramKey]) -> None:
        """A training is about to use these."""
        for program in programs:
            self.unused.pop(program, None)

    def trained(self, programs: Iterable[ProgramKey]) -> None:
        """The worker has trained with these, and so has them."""
        for program in programs:
            _put_last(self.compiled, program)

    def lose(self) -> None:
        """The worker is gone, and its programs with it. What it died of may be what it was compiling."""
        self.compiled.clear()
        self.unused.clear()
        if self.task is not None:
            self._refuse(self.task.program)
            self.task.future.release()  # or Dask would give it to the next worker
            self.task = None

    def _refuse(self, program: ProgramKey) -> None:
        """Never compile it ahead again: a training that needs it will tell what is wrong with it."""
        _put_last(self.refused, program)


def _put_last(programs: dict[ProgramKey, None], program: ProgramKey) -> None:
    """Keep a program last, and no more than a worker keeps."""
    programs.pop(program, None)
    programs[program] = None
    if len(programs) > MAX_PROGRAMS:
        del programs[next(iter(programs))]
