"""Classes all day: `python -m benchmarks.soak --minutes 60`.

People come one after another, follow a class's script with a seed of their own, and leave; somebody else takes the
place. A line every so often: the memory, threads, open files and sockets of the app's process, and of those that
train. What is held must level off: at the end, the growth over the second half of the time.
"""

import argparse
import asyncio
import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import psutil

from benchmarks import class_script
from benchmarks.class_diary import Diary
from benchmarks.class_script import Person
from benchmarks.classroom import measured
from tests.browser.conftest import App

THINK_S = 2.0
UNITS, STEP = 250, 97  # so many different units, large and small by turns; then their comparisons are stored already


KINDS = ("MB", "threads", "files", "sockets")
Held = dict[str, float]  # what the app's process holds at a moment, and those that train together


def held(app: App) -> Held:
    """What is held now: by the app, and by the keepers and their workers together."""
    own, *children = app.processes()
    each = []
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker is renewed
            each.append(_of_process(child))
    sides = {"app": [_of_process(own)], "training": each}
    told = {f"{side} {kind}": sum(one[kind] for one in some) for side, some in sides.items() for kind in KINDS}
    return told | {"processes that train": len(each)}


def _of_process(process: psutil.Process) -> Held:
    sockets = len(process.net_connections(kind="all"))
    amounts = (process.memory_info().rss / 1e6, process.num_threads(), process.num_fds(), sockets)
    return dict(zip(KINDS, amounts, strict=True))


async def soak(app: App, minutes: float, people: int, every_s: float, patience_s: float) -> tuple[list[Held], Diary]:
    """Have so many people at a time follow the script until the time is over, then let them end; what was held."""
    diary, begun = Diary(), time.perf_counter()
    numbers = itertools.count()
    moments: list[Held] = []

    async def place() -> None:
        while time.perf_counter() - begun < 60 * minutes:
            number = next(numbers)
            person = Newcomer(number * STEP % UNITS, diary, begun, THINK_S, patience_s, serial=number)
            await class_script.follow(person, app.url)

    async def look() -> None:
        while True:
            await asyncio.sleep(every_s)
            moments.append(await asyncio.to_thread(held, app))
            print(_line((time.perf_counter() - begun) / 60, diary.left, moments[-1]), flush=True)

    print(" | ".join(["minutes", "people so far", *held(app)]))
    looking = asyncio.create_task(look())
    await asyncio.gather(*(place() for _ in range(people)))
    looking.cancel()
    await asyncio.sleep(5)
    moments.append(held(app))
    print(_line((time.perf_counter() - begun) / 60, diary.left, moments[-1]), "| all have left")
    return moments, diary


@dataclass(slots=True)
class Newcomer(Person):
    """One of many people over a long time. serial: which; nobody else has their seed"""

    serial: int = 0

    @property
    def seed(self) -> int:
        return 1_000 + self.serial


def _line(minutes: float, people: int, moment: Held) -> str:
    return " | ".join([f"{minutes:.1f}", str(people), *(f"{value:.0f}" for value in moment.values())])


def growth(moments: Sequence[Held]) -> Iterator[str]:
    """How much more is held in the last quarter than in the third, in the mean, of each thing."""
    quarter = max(1, len(moments) // 4)
    third, last = moments[-2 * quarter : -quarter], moments[-quarter:]
    for name in last[-1]:
        before, after = (sum(moment[name] for moment in part) / len(part) for part in (third, last))
        yield f"{name}: {before:.0f} in the third quarter, {after:.0f} in the last"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the curve, what grew, and what people read that they should not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--people", type=int, default=8, help="at a time")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between two looks")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds until an answer counts as lost")
    parser.add_argument("--head-start", type=float, default=20.0, help="seconds from the app's start to the first")
    options = parser.parse_args(arguments)
    work = partial(
        soak,
        minutes=options.minutes,
        people=options.people,
        every_s=options.every,
        patience_s=options.patience,
    )
    (moments, diary), wrong = measured(work, options.head_start)
    print(*growth(moments[:-1]), sep="\n")
    errors = [error for error in diary.errors if diary.left < UNITS or error[1] != class_script.OTHER_RUNS]
    lost = Counter(waited.act for waited in diary.waited if waited.seconds is None)
    told = f"answers lost {lost.total()}, errors read {len(errors)}, in the log {len(wrong)}"
    print(f"{diary.left} people came to the end; {told}")
    for act, times in lost.items():
        print(f"- lost: {act}, {times}")
    for number, error in errors[:10]:
        print(f"- person {number}: {error[:200]}")
    for line in wrong[:10]:
        print(f"- log: {line[:200]}")


if __name__ == "__main__":
    main()
