"""A class at once: `python -m benchmarks.classroom --people 30`.

Real sessions over Streamlit's websocket, some of them in real Chromium pages, walk the script of a lesson with a few
seconds of thought between two acts. `--collapse N` has N people wait behind one long training while newcomers arrive;
`--plain` walks what there is of the same script on a plain Streamlit app that trains with Keras's `fit`.
It needs the development requirements. What was measured stands in benchmarks/CLASSROOM.md.
"""

import argparse
import asyncio
import contextlib
import json
import random
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil

from benchmarks.visitor import LostError, Visitor
from tests.browser.conftest import CHROMIUM, App

TRAINED, COMPARED = "After 1,000 sequences", "After 250 sequences each"
NEWCOMERS = 10
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SAMPLE_S = 0.5


class Lesson:
    """What was measured: seconds by act, and what went wrong.

    think, arrive: seconds between two acts, on average, and until the last person has come
    """

    def __init__(self, url: str, *, think: float, arrive: float) -> None:
        self.url, self.think, self.arrive = url, think, arrive
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []

    async def pause(self, chance: random.Random) -> None:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * self.think)

    async def timed(self, act: str, *steps: Awaitable[Any]) -> None:
        """Await these one after the other, and note how long they took together."""
        begin = time.monotonic()
        for step in steps:
            await step
        self.seconds[act].append(time.monotonic() - begin)

    async def person(self, number: int, walk: "Callable[[Lesson, int, random.Random], Awaitable[None]]") -> None:
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, self.arrive))
        try:
            await walk(self, number, chance)
        except Exception as error:  # a lesson goes on without one
            self.errors.append(f"person {number}: {type(error).__name__}: {str(error)[:300]}")


async def walk(lesson: Lesson, number: int, chance: random.Random) -> None:
    """A lesson, as one session walks it."""
    async with Visitor(lesson.url) as visitor:
        await lesson.timed("open Train", visitor.open("train"), visitor.until(lambda text: TRAINED in text))
        await lesson.pause(chance)
        await lesson.timed(
            "train the default (recorded)", visitor.press("Train"), visitor.until(lambda text: TRAINED in text)
        )
        await lesson.pause(chance)
        await lesson.timed("change units", visitor.enter("Units", chance.randint(5, 64)), visitor.settled())
        await lesson.timed("change the seed", visitor.enter("Seed", 1_000 + number), visitor.settled())
        await lesson.pause(chance)
        begin = time.monotonic()
        await visitor.press("Train")
        await visitor.settled()
        lesson.seconds["press"].append(time.monotonic() - begin)
        jobs = visitor.jobs()
        await visitor.until(lambda text: not visitor.jobs() and TRAINED in text)
        lesson.seconds["own network: result"].append(time.monotonic() - begin)
        firsts = [visitor.first[job] - begin for job in jobs if job in visitor.first]
        lesson.seconds["own network: first point"].append(min(firsts, default=time.monotonic() - begin))
        await lesson.pause(chance)
        await lesson.timed(
            "edit a value", visitor.slide("Value at timestep", round(chance.random(), 2)), visitor.settled()
        )
        await lesson.pause(chance)
        await lesson.timed("open Directions", visitor.open("directions"), visitor.until(lambda text: COMPARED in text))
        await lesson.pause(chance)
        await lesson.timed("choose starts", visitor.choose("Starts", "3"), visitor.settled())
        await lesson.timed("change units", visitor.enter("Units", chance.randint(5, 64)), visitor.settled())
        await lesson.pause(chance)
        await lesson.timed(
            "own comparison: result",
            visitor.press("Run"),
            visitor.settled(),
            visitor.until(lambda text: not visitor.jobs() and COMPARED in text),
        )
        await lesson.pause(chance)
        await lesson.timed("open Why", visitor.open("why"), visitor.settled())
        await lesson.pause(chance)
        await lesson.timed("guess", visitor.choose("Why does", "It is bigger"), visitor.settled())
        await lesson.pause(chance)
        await lesson.timed(
            "take the future away",
            visitor.press("Take the future away"),
            visitor.until(lambda text: "So " in text or COMPARED in text),
        )
        await lesson.pause(chance)


def in_a_browser(browser: Any) -> Callable[[Lesson, int, random.Random], Awaitable[None]]:
    """The same lesson in a Chromium page, as far as a person must see it."""

    async def walk_browser(lesson: Lesson, _: int, chance: random.Random) -> None:
        context = await browser.new_context(viewport={"width": 1280, "height": 720})
        context.set_default_timeout(120_000)
        page = await context.new_page()

        async def says(words: str) -> None:
            await page.wait_for_function(
                "words => document.querySelector('.st-key-answer')?.textContent.includes(words)", arg=words
            )

        async def number_box(label: str, value: int) -> None:
            box = page.get_by_label(label, exact=True)
            await box.fill(str(value))
            await box.press("Enter")

        await lesson.timed("browser: open Train", page.goto(f"{lesson.url}/train"), says(TRAINED))
        await lesson.pause(chance)
        await number_box("Units", chance.randint(5, 64))
        await page.get_by_text("Figure and numbers are of other settings").wait_for()
        await lesson.pause(chance)
        train = page.get_by_role("button", name="Train", exact=True)
        done = page.get_by_text(re.compile("^(Trained|Stored)"))
        await lesson.timed("browser: own network: result", train.click(), done.wait_for())
        await lesson.pause(chance)
        await lesson.timed("browser: open Directions", page.goto(f"{lesson.url}/directions"), says(COMPARED))
        await lesson.pause(chance)
        await page.get_by_role("radiogroup", name="Starts").get_by_text("3", exact=True).click()
        await number_box("Units", chance.randint(5, 64))
        await lesson.pause(chance)
        run = page.get_by_role("button", name="Run", exact=True)
        await lesson.timed("browser: own comparison: result", run.click(), says(f"{COMPARED}: 3 starts"))
        await lesson.pause(chance)
        await context.close()

    return walk_browser


class Load:
    """The app's processes while a lesson goes on."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._process = psutil.Process(app.process.pid)
        self.share = self.worker_share = 0.0
        self.app_bytes = self.worker_bytes = 0

    async def watch(self) -> None:
        """Until it is cancelled."""
        begin, spent = time.monotonic(), sum(self._process.cpu_times()[:2])
        worked: dict[int, float] = {}
        started: dict[int, float] = {}
        while True:
            await asyncio.sleep(SAMPLE_S)
            self.share = (sum(self._process.cpu_times()[:2]) - spent) / (time.monotonic() - begin)
            self.app_bytes = max(self.app_bytes, self._process.memory_info().rss)
            for child in self._process.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    self.worker_bytes = max(self.worker_bytes, child.memory_info().rss)
                    worked[child.pid] = sum(child.cpu_times()[:2])
                    started.setdefault(child.pid, worked[child.pid])
            self.worker_share = sum(worked[pid] - started[pid] for pid in worked) / (time.monotonic() - begin)


async def ready(url: str) -> None:
    """Wait until the worker is: an own network is trained at once."""
    async with Visitor(url) as visitor:
        await visitor.open("train", "epochs=250")
        await visitor.until(lambda text: "After 250 sequences" in text, 300)


async def a_class(app: App, people: int, browsers: int, *, think: float, arrive: float) -> tuple[Lesson, Load]:
    """A lesson of so many people, some of them in browsers."""
    from playwright.async_api import async_playwright

    await ready(app.url)
    lesson, load = Lesson(app.url, think=think, arrive=arrive), Load(app)
    polite = Path(tempfile.mkdtemp(prefix="bilstm-class-")) / "chromium"  # in a class it has a machine of its own
    polite.write_text(f'#!/bin/sh\nexec nice -n 19 {CHROMIUM} "$@"\n')
    polite.chmod(0o700)
    watching = asyncio.create_task(load.watch())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(polite), args=ARGUMENTS)
        seen = in_a_browser(browser)
        await asyncio.gather(*(lesson.person(number, seen if number < browsers else walk) for number in range(people)))
        await browser.close()
    watching.cancel()
    return lesson, load


async def collapse(app: App, waiting: int) -> Lesson:
    """So many people wait behind one long training, each with a network of his own; newcomers open and train."""
    await ready(app.url)
    lesson = Lesson(app.url, think=0, arrive=0)
    people = [Visitor(app.url) for _ in range(waiting + 1)]
    try:
        for number, visitor in enumerate(people):
            await visitor.__aenter__()
            query = (
                "epochs=20000&units=100&timesteps=50"
                if number == 0
                else f"epochs=20000&units=64&timesteps=30&seed={number}"
            )
            await visitor.open("train", query)
        for visitor in people:
            await visitor.until(lambda _, visitor=visitor: bool(visitor.jobs()), 120)  # type: ignore[misc]
        for number in range(NEWCOMERS):
            async with Visitor(app.url) as newcomer:
                await lesson.timed(
                    "newcomer: open Train", newcomer.open("train"), newcomer.until(lambda text: TRAINED in text)
                )
                await newcomer.enter("Seed", 5_000 + number)
                await newcomer.settled()
                await lesson.timed(
                    "newcomer: own seed, result",
                    newcomer.press("Train"),
                    newcomer.settled(),
                    newcomer.until(lambda text, newcomer=newcomer: not newcomer.jobs() and TRAINED in text),  # type: ignore[misc]
                )
    except LostError as error:
        lesson.errors.append(str(error))
    finally:
        await asyncio.gather(*(visitor.__aexit__() for visitor in people), return_exceptions=True)
    return lesson


def table(lesson: Lesson) -> str:
    """Median, 95th percentile and worst of each act."""
    rows = ["| act | times | median s | p95 s | worst s |", "|---|---|---|---|---|"]
    for act, seconds in lesson.seconds.items():
        high = percentile(seconds, 0.95)
        rows.append(f"| {act} | {len(seconds)} | {statistics.median(seconds):.2f} | {high:.2f} | {max(seconds):.2f} |")
    return "\n".join(rows)


def percentile(values: list[float], share: float) -> float:
    """The least value that at least this share of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1_000) * len(ordered) // 1_000) - 1))]


def main() -> None:
    """Print the table, what went wrong, and what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--browsers", type=int, default=5)
    parser.add_argument("--think", type=float, default=3.0)
    parser.add_argument("--arrive", type=float, default=60.0)
    parser.add_argument("--collapse", type=int, default=0)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bilstm-class-") as folder:
        app = App(Path(folder) / "store", Path(folder) / "log.txt")
        try:
            if asked.collapse:
                lesson = asyncio.run(collapse(app, asked.collapse))
                cost = ""
            else:
                lesson, load = asyncio.run(
                    a_class(
                        app, asked.people, min(asked.browsers, asked.people), think=asked.think, arrive=asked.arrive
                    )
                )
                cost = (
                    f"App: {load.share:.2f} of a core on average, {load.app_bytes / 1e6:,.0f} MB at most."
                    f" Its children: {load.worker_share:.2f} of a core, {load.worker_bytes / 1e6:,.0f} MB at most."
                )
            faults = [line for line in app.log.read_text().splitlines() if "Traceback" in line or "Error" in line]
        finally:
            app.end()
    print(table(lesson))
    print(f"\n{len(lesson.errors)} errors. {len(faults)} lines of faults in the app's log. {cost}")
    for line in [*lesson.errors, *faults[:10]]:
        print(f"- {line}")
    if asked.json:
        asked.json.write_text(json.dumps({"seconds": lesson.seconds, "errors": lesson.errors}))


if __name__ == "__main__":
    main()
