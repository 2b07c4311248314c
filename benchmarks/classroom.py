"""A class at work on one app: `python -m benchmarks.classroom --people 30`.

Thirty people arrive within a minute and follow a lesson: they train the default, then units and a seed of their own,
compare directions, edit a value and ask why. Some are real Chromium pages, the others speak Streamlit's protocol. The
app is started here, with a store of its own.

`--collapse 25`: so many wait behind one long training, and ten newcomers arrive one after another.
`--plain`: the lesson once more on a page that trains with Keras while its script runs (plain_app.py), side by side.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from benchmarks import class_diary as acts
from benchmarks import class_in_chromium, class_script
from benchmarks.class_diary import Diary, as_json, table
from benchmarks.class_load import Load
from benchmarks.class_script import Person
from benchmarks.visitor import Visitor
from tests.browser.conftest import App

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
OURS = ("run", "app.py", "--server.address=127.0.0.1")
PLAIN = ("run", "benchmarks/plain_app.py", "--server.address=127.0.0.1")
LONG = {"Timesteps": 100, "Units": 60, "Epochs": 20_000, "Sequences per epoch": 8}  # what the others wait behind
WAITING_EPOCHS = 5_000
NEWCOMERS = 10
LAG_S = 0.1
KEEP_S = 10.0


class Lag:
    """How late this process itself wakes, which no answer of the app is to be blamed for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            start = time.perf_counter()
            await asyncio.sleep(LAG_S)
            self.seconds.append(time.perf_counter() - start - LAG_S)


@asynccontextmanager
async def chromium(wanted: int) -> AsyncIterator[Browser | None]:
    """A browser, if anybody wants one."""
    if not wanted:
        yield None
        return
    async with async_playwright() as playwright:
        with tempfile.TemporaryDirectory(prefix="bilstm-class-") as folder:
            polite = Path(folder) / "chromium"  # people's browsers are on machines of their own
            polite.write_text(f'#!/bin/sh\nexec nice -n 19 {shutil.which("chromium")} "$@"\n')
            polite.chmod(0o700)
            browser = await playwright.chromium.launch(executable_path=str(polite), args=ARGUMENTS)
            yield browser
            await browser.close()


async def lesson(app: App, options: argparse.Namespace, *, plain: bool) -> tuple[Diary, dict[str, Any]]:
    """The whole class, from the first arrival until the last has left."""
    diary, lag = Diary(), Lag()
    in_chromium = 0 if plain else min(options.chromium, options.people)
    async with chromium(in_chromium) as browser:
        with Load(app.process.pid) as load:
            watching = [asyncio.create_task(lag.watch())]
            if options.json:
                watching.append(asyncio.create_task(_keep(options.json, diary)))
            begun = time.perf_counter()

            async def attend(number: int) -> None:
                with_browser = browser is not None and number % max(1, options.people // in_chromium) == 0
                with_browser = with_browser and number // max(1, options.people // in_chromium) < in_chromium
                person = Person(number, diary, begun, options.think, options.patience, browser=with_browser)
                await asyncio.sleep(options.arrive * number / options.people)
                if plain:
                    await class_script.follow_plain(person, app.url)
                elif with_browser and browser:
                    await class_in_chromium.follow(person, browser, app.url)
                else:
                    await class_script.follow(person, app.url)

            await asyncio.gather(*(attend(number) for number in range(options.people)))
            for task in watching:
                task.cancel()
    return diary, load.told() | {"client_lag": acts.summary(lag.seconds)}


async def _keep(file: Path, diary: Diary) -> None:
    """Write the diary out again and again, until cancelled: a class that is broken off leaves what it has measured."""
    while True:
        await asyncio.sleep(KEEP_S)
        file.write_text(json.dumps({"so far": as_json(diary)}), encoding="utf-8")


async def _asking(url: str, wanted: dict[str, int]) -> Visitor:
    """A visitor who has opened Train and set what is wanted, and has not pressed yet."""
    visitor = Visitor(url)
    await visitor.open("train")
    await visitor.settled()
    for label, value in wanted.items():
        await visitor.set(label, value)
        await visitor.settled()
    return visitor


async def collapse(app: App, options: argparse.Namespace) -> dict[str, Any]:
    """What newcomers wait for while many wait behind a long training."""
    people = [Person(number, Diary(), 0.0) for number in range(options.collapse)]
    wishes = [LONG | {"Epochs": WAITING_EPOCHS, "Seed (start)": person.seed} for person in people]  # none short
    waiting = [await _asking(app.url, wanted) for wanted in (LONG, *wishes)]
    for visitor in waiting:  # the long one first
        await visitor.press("Train")
        await visitor.settled()
    before = [bool(visitor.job()) for visitor in waiting]
    first, default = [], []
    with Load(app.process.pid) as load:
        for _ in range(NEWCOMERS):
            visitor, start = Visitor(app.url), time.perf_counter()
            await visitor.open("train")
            first.append(await asyncio.wait_for(visitor.settled(), options.patience) - start)
            start = time.perf_counter()
            await visitor.press("Train")
            default.append(await asyncio.wait_for(visitor.settled(), options.patience) - start)
            await asyncio.sleep(1.0)
            await visitor.close()
    after = [bool(visitor.job()) for visitor in waiting]
    errors = [error for visitor in waiting for error in visitor.errors]
    messages = sum(visitor.messages for visitor in waiting)
    await asyncio.gather(*(visitor.close() for visitor in waiting))
    told: dict[str, Any] = {"waiting": sum(before[1:]), "still_waiting": sum(after[1:]), "long_at_work": after[0]}
    told |= {"messages": messages, "errors": errors, "first_page_s": first, "default_s": default}
    told |= {"first_page": acts.summary(first), "default": acts.summary(default)}
    return told | {"load": load.told()}


def measured(
    work: Any, head_start: float, command: Sequence[str] = OURS, *, keep_log: Path | None = None
) -> tuple[Any, list[str]]:
    """What comes of work on an app of its own, and the faults in the app's log.

    head_start: seconds from the app's start to the work's; command: what streamlit is asked to do
    keep_log: where the app's log is copied to
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        app = App(Path(folder) / "store", log, command=command)
        try:
            time.sleep(head_start)
            return asyncio.run(work(app)), faults(log.read_text())
        finally:
            app.end()
            if keep_log:
                shutil.copy(log, keep_log)


def faults(log: str) -> list[str]:
    """The lines of a log that say that something went wrong."""
    words = ("Traceback", "ERROR", "CRITICAL", "Error:", "Exception:")
    return [line.strip() for line in log.splitlines() if any(word in line for word in words)]


def report(title: str, diary: Diary, load: dict[str, Any], wrong: Sequence[str], people: int) -> str:
    """What stands below the table."""
    reruns = f"{sum(diary.reruns)} reruns" + (f", {sum(diary.received) / 1e6:.1f} MB" if diary.received else "")
    lines = [
        f"\n**{title}**: {diary.left} of {people} came to the end; {reruns} over the protocol; {load['seconds']} s."
    ]
    for role, used in load["processes"].items():
        sizes = f"{used['mean_mb']} MB in the mean, {used['peak_mb']} MB at most"
        lines.append(f"- {role}: {used['core_share']:.0%} of a core ({used['processor_s']:.0f} s), {sizes}")
    lines.append(f"- app, keeper and worker together: {load['together_mb']} MB at most")
    lines.append(f"- what else ran on the machine: {load['others']:.0%} of a core")
    lag = load["client_lag"] or {"p95": 0.0, "worst": 0.0}
    lines.append(f"- the machine was {load['machine_busy']:.0%} busy; load {os.getloadavg()[1]:.1f} over five minutes")
    lines.append(f"- the visitors' own process woke late by {lag['p95']:.2f} s (p95), {lag['worst']:.2f} s at worst")
    lines.append(f"- errors that people read: {len(diary.errors)}; in the app's log: {len(wrong)}")
    lines += [f"    - person {number}: {error[:200]}" for number, error in diary.errors]
    lines += [f"    - log: {line[:200]}" for line in wrong[:20]]
    slow = diary.slow()
    lines.append(f"- answers above {acts.SLOW_S:.0f} s: {len(slow)}")
    lines += [f"    - {late.act}, person {late.person}, at {late.at:.0f} s: {late.seconds:.1f} s" for late in slow[:12]]
    return "\n".join([*lines, "", acts.where(diary)])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classroom", description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--chromium", type=int, default=5, help="how many of them are real pages")
    parser.add_argument("--think", type=float, default=4.0, help="mean seconds between an answer and the next act")
    parser.add_argument("--arrive", type=float, default=60.0, help="seconds in which all arrive")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds until an answer counts as lost")
    parser.add_argument("--head-start", type=float, default=30.0, help="seconds from the app's start to the class's")
    parser.add_argument("--collapse", type=int, default=0, metavar="N", help="N people wait behind a long training")
    parser.add_argument("--plain", action="store_true", help="the plain page as well")
    parser.add_argument(
        "--flags", default="", help="of streamlit run besides, as in --flags=--server.fileWatcherType=none"
    )
    parser.add_argument("--json", type=Path, help="where all of it is written to")
    parser.add_argument("--log", type=Path, help="where the app's log is copied to")
    options = parser.parse_args(arguments)
    if options.collapse:
        told, wrong = _measured(lambda app: collapse(app, options), options)
        told["log"] = wrong
        print(json.dumps(told, indent=2))
    else:
        told = _lessons(options)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


def _measured(work: Any, options: argparse.Namespace, command: Sequence[str] = OURS) -> tuple[Any, list[str]]:
    return measured(work, options.head_start, (*command, *options.flags.split()), keep_log=options.log)


def _lessons(options: argparse.Namespace) -> dict[str, Any]:
    kinds = {"explorer": OURS} | ({"plain Keras page": PLAIN} if options.plain else {})
    diaries: dict[str, Diary] = {}
    told: dict[str, Any] = {}
    reports = []
    for title, command in kinds.items():
        plain = command == PLAIN
        (diary, load), wrong = _measured(lambda app, plain=plain: lesson(app, options, plain=plain), options, command)
        diaries[title] = diary
        told[title] = as_json(diary) | {"load": load, "log": wrong}
        reports.append(report(title, diary, load, wrong, options.people))
    print(f"Median / p95 / worst, in seconds; {options.people} people, think {options.think:g} s.\n")
    print(table(diaries), *reports, sep="\n")
    sys.stdout.flush()
    return told


if __name__ == "__main__":
    main()
