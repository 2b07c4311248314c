"""A class's script for one person over the protocol: what they do one after another, and how long each answer takes."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from benchmarks import class_diary as acts
from benchmarks.class_diary import Diary, Waited
from benchmarks.drawn_page import DrawnPage
from benchmarks.visitor import Visitor
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.specs import ModelSpec, ProblemSpec

RECORDED_UNITS = 20
BIDIRECTIONAL_GUESS = "Why does bidirectional learn faster? Your guess:"
OTHER_RUNS = "Directions shows other runs than those that were asked for"
GUESS, PRESS = "It is bigger", "Take the future away"


@dataclass(slots=True)
class Person:
    """One who follows the script: their number, where they write down what they waited for, and how patient they are.

    think_s: the mean time between an answer and what they do next; begun: when the class began
    """

    number: int
    diary: Diary
    begun: float
    think_s: float = 4.0
    patience_s: float = 300.0
    browser: bool = False
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.number)

    @property
    def units(self) -> int:
        """Units that nobody else has chosen, and no recorded run has."""
        units = 6 + self.number
        return units + (units >= RECORDED_UNITS)

    @property
    def seed(self) -> int:
        return 1_000 + self.number

    @property
    def parameters(self) -> str:
        """What Train says of the network with these units, and of no other."""
        count = parameter_count(ProblemSpec(), ModelSpec(direction="forward", units=self.units))
        return f"{count:,}"

    async def think(self) -> None:
        """Read, and decide."""
        await asyncio.sleep(self.think_s * self._random.uniform(0.5, 1.5))

    def note(self, act: str, start: float, end: float | None) -> None:
        """Write down an act; end: None where no answer came."""
        seconds = None if end is None else end - start
        self.diary.waited.append(Waited(act, self.number, self.browser, start - self.begun, seconds))

    async def wait(self, act: str, start: float, answer: Awaitable[float]) -> bool:
        """Wait for an answer and write down how long; whether it came."""
        try:
            end = await asyncio.wait_for(answer, self.patience_s)
        except TimeoutError:
            self.note(act, start, None)
            return False
        self.note(act, start, end)
        return True


async def follow(person: Person, url: str) -> None:
    """The script over the protocol, from the arrival to the end."""
    await _walk(person, url, _train, _directions, _edit, _why)


async def follow_plain(person: Person, url: str) -> None:
    """The script on the plain page, as far as it goes."""
    await _walk(person, url, _plain)


async def _walk(person: Person, url: str, *scenes: Callable[[Person, Visitor], Awaitable[None]]) -> None:
    """Play the scenes one after another in a tab, and write down what came of it."""
    visitor = Visitor(url)
    try:
        for scene in scenes:
            await scene(person, visitor)
        person.diary.left += 1
    except (LookupError, OSError) as error:
        visitor.errors.append(f"stopped: {error}")
    finally:
        person.diary.errors += [(person.number, error) for error in visitor.errors]
        person.diary.reruns.append(visitor.page.runs)
        person.diary.received.append(visitor.received)
        await visitor.close()


async def _changed(person: Person, act: str, visitor: Visitor, doing: Awaitable[None]) -> bool:
    start = time.perf_counter()
    await doing
    came = await person.wait(act, start, visitor.settled())
    await person.think()
    return came


async def _train(person: Person, visitor: Visitor) -> None:
    await _changed(person, acts.OPEN, visitor, visitor.open("train"))
    await _changed(person, acts.DEFAULT, visitor, visitor.press("Train"))
    await _changed(person, acts.CHANGE, visitor, visitor.set("Units", person.units))
    await _changed(person, acts.CHANGE, visitor, visitor.set("Seed (start)", person.seed))
    start = time.perf_counter()
    result = visitor.says(rf"Parameters: \*\*{person.parameters}\*\*")
    await visitor.press("Train")
    if await person.wait(acts.RESULT, start, result):
        first = next((at for at in visitor.first_point.values() if at > start), None)
        person.note(acts.FIRST, start, min(first or result.result(), result.result()))
        _where(person, acts.RESULT, visitor, start, result.result())
    await visitor.settled()
    await person.think()


def _where(person: Person, act: str, visitor: Visitor, start: float, end: float) -> None:
    for stages in visitor.stages.values():
        if stages[0][0] > start and stages[-1][1] == "over":
            person.diary.spent.append(acts.spent(act, person.number, start, stages, end))


async def _directions(person: Person, visitor: Visitor) -> None:
    await _changed(person, acts.DIRECTIONS, visitor, visitor.go("Directions"))
    await _changed(person, acts.DIRECTIONS_CHANGE, visitor, visitor.set("Units", person.units))
    await _changed(person, acts.DIRECTIONS_CHANGE, visitor, visitor.set("Starts", "3", "button_group"))
    start = time.perf_counter()
    result = visitor.says("too few to rank the models")
    await visitor.press("Train")
    if await person.wait(acts.THREE, start, result):
        _where(person, acts.THREE, visitor, start, result.result())
        await visitor.settled()
        if not any("Trained just now." in text for text in visitor.page.texts()):
            visitor.errors.append(OTHER_RUNS)
    await person.think()


async def _edit(person: Person, visitor: Visitor) -> None:
    await _changed(person, acts.BACK, visitor, visitor.go("Train"))
    for value in (0.5, 0.25):
        await _changed(person, acts.EDIT, visitor, visitor.set("Value at timestep 1", value, "slider"))
    if not any("Your sequence" in text for text in visitor.page.texts()):
        visitor.errors.append("the edited sequence is not shown")


async def _why(person: Person, visitor: Visitor) -> None:
    await _changed(person, acts.WHY, visitor, visitor.go("Why"))
    await _changed(person, acts.GUESS, visitor, visitor.set(BIDIRECTIONAL_GUESS, GUESS, "button_group"))
    start = time.perf_counter()
    await visitor.press(PRESS)
    await person.wait(acts.PRESS, start, visitor.until(_answered))
    await person.think()


def _answered(page: DrawnPage) -> bool:
    return not any(text.startswith(("Training", "Trained. ", "Press **")) for text in page.texts())


async def _plain(person: Person, visitor: Visitor) -> None:
    await _changed(person, acts.OPEN, visitor, visitor.open())
    await _trained(person, acts.DEFAULT, visitor, "Train", "After 1,000 sequences")
    await _changed(person, acts.CHANGE, visitor, visitor.set("Units", person.units))
    await _changed(person, acts.CHANGE, visitor, visitor.set("Seed", person.seed))
    await _trained(person, acts.RESULT, visitor, "Train", f"with {person.units} units")
    await _changed(person, acts.DIRECTIONS_CHANGE, visitor, visitor.set("Starts", 3))
    await _trained(person, acts.THREE, visitor, "Compare directions", "Compared 3 starts")


async def _trained(person: Person, act: str, visitor: Visitor, button: str, words: str) -> None:
    start = time.perf_counter()
    result = visitor.says(words)
    await visitor.press(button)
    await person.wait(act, start, result)
    await person.think()
