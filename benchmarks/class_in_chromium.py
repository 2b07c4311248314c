"""A class's script for one person in a real Chromium. Times are read in the page, from the event to the frame."""

import re
import time
from collections.abc import Awaitable

from playwright.async_api import Browser, Error, Page, ViewportSize

from benchmarks import class_diary as acts
from benchmarks.class_script import GUESS, PRESS, Person

VIEW: ViewportSize = {"width": 1280, "height": 800}
# When the server last said something. A run whose messages come all at once passes without the page saying that it
# runs: it has run, then, once it is answered and nothing more has come for a while.
COUNT = """() => {
  const heard = { last: undefined }
  window.heard = heard
  const send = WebSocket.prototype.send
  const watched = new WeakSet()
  WebSocket.prototype.send = function (...message) {
    if (this.url.endsWith("/_stcore/stream") && !watched.has(this)) {
      watched.add(this)
      this.addEventListener("message", () => (heard.last = performance.now()))
    }
    return send.apply(this, message)
  }
}"""
# From the next press of a key or a button: when the script has run, when a text of the page fits a pattern, and when
# the curve on Train has its first point. `where`: whose text it is; without a pattern, only the run is waited for.
WATCH = """([where, pattern, not]) => {
  const app = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState
  const text = () => [...document.querySelectorAll(where)].map(box => box.textContent).join(" ")
  const [wanted, unwanted] = [new RegExp(pattern), not && new RegExp(not)]
  const seen = { ran: false, start: undefined }
  const STILL_MS = 100
  window.waited = seen
  const look = () => {
    if (window.waited !== seen) return
    const now = performance.now()
    if (app() === "running" || app() === "rerunRequested") seen.ran = true
    if (heard.last > seen.start && now - heard.last > STILL_MS) seen.ran = true
    if (document.querySelector("[data-testid=chart-Train-curve]")?.dataset.reached > 0) seen.first ??= now
    const still = seen.ran && app() === "notRunning"
    const there = seen.ran && (!pattern || wanted.test(text())) && !(not && unwanted.test(text()))
    if (there && (still || (pattern && !not))) {
      seen.done = now
      seen.first ??= now
    } else requestAnimationFrame(look)
  }
  const begin = () => {
    if (seen.start !== undefined) return
    seen.start = performance.now()
    look()
  }
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, begin, { capture: true, once: true })
  new MutationObserver(() => {
    if (seen.start !== undefined && app() !== "notRunning") seen.ran = true
  }).observe(document.querySelector("[data-testid=stApp]"), { attributes: true })
}"""
READY = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
OPENED = f"() => ({READY})() && document.querySelector('[data-testid=chart-Train-curve] .main-svg')"
ANSWER = ".st-key-answer"
NONE_YET = "^Training|now tested|Press Train|Only "


class BrowserPerson:
    """One tab of a person; each act is a press, and what is waited for after it."""

    def __init__(self, person: Person, page: Page) -> None:
        self.person, self.page = person, page

    async def act(
        self,
        name: str,
        press: Awaitable[object],
        where: str = "body",
        pattern: str = "",
        *,
        first: str = "",
        no: str = "",
    ) -> bool:
        """Do something and write down how long the page took; whether an answer came.

        where, pattern: whose text, and what it says then; no: what it says while it is no answer yet
        first: the name of the act that ends with the curve's first point
        """
        person, page = self.person, self.page
        await page.evaluate(WATCH, [where, pattern, no])
        begun = time.perf_counter()
        await press
        try:
            await page.wait_for_function("() => window.waited.done", timeout=1e3 * person.patience_s)
        except Error:
            person.note(name, begun, None)
            await person.think()
            return False
        times = await page.evaluate("() => window.waited")
        person.note(name, begun, begun + (times["done"] - times["start"]) / 1e3)
        if first:
            person.note(first, begun, begun + (times["first"] - times["start"]) / 1e3)
        await person.think()
        return True

    async def open(self, url: str) -> None:
        """The first page, with its chart."""
        begun = time.perf_counter()
        await self.page.goto(f"{url}/train")
        await self.page.wait_for_function(OPENED, timeout=1e3 * self.person.patience_s)
        self.person.note(acts.OPEN, begun, time.perf_counter())
        await self.person.think()

    async def enter(self, name: str, label: str, value: int) -> None:
        """Type a number into a box."""
        box = self.page.get_by_label(label, exact=True)
        await box.evaluate("(box, value) => { box.focus(); box.select() }", value)
        await box.fill(str(value))
        await self.act(name, box.press("Enter"))

    def button(self, label: str) -> Awaitable[object]:
        return self.page.get_by_role("button", name=label, exact=True).click()

    def chosen(self, group: str, option: str) -> Awaitable[object]:
        return self.page.get_by_role("radiogroup", name=group).get_by_text(option, exact=True).click()

    def link(self, page: str) -> Awaitable[object]:
        return self.page.get_by_role("link", name=page, exact=True).click()


async def follow(person: Person, browser: Browser, url: str) -> None:
    """The script in a context of its own, from the arrival to the end."""
    context = await browser.new_context(viewport=VIEW)
    context.set_default_timeout(60_000)
    await context.add_init_script(f"({COUNT})()")
    page = await context.new_page()
    tab = BrowserPerson(person, page)
    page.on("pageerror", lambda error: person.diary.errors.append((person.number, f"in the page: {error}")))
    try:
        await _script(tab, url)
        person.diary.left += 1
    except Error as error:
        person.diary.errors.append((person.number, f"stopped: {error.message.splitlines()[0]}"))
    finally:
        await _alerts(person, page)
        await context.close()


async def _alerts(person: Person, page: Page) -> None:
    for kind in ("stException", "stAlert"):
        texts = await page.get_by_test_id(kind).all_inner_texts()
        person.diary.errors += [(person.number, text) for text in texts]


async def _script(tab: BrowserPerson, url: str) -> None:
    person, page = tab.person, tab.page
    await tab.open(url)
    await tab.act(acts.DEFAULT, tab.button("Train"))
    await page.get_by_text("More settings", exact=True).first.click()
    await tab.enter(acts.CHANGE, "Units", person.units)
    await tab.enter(acts.CHANGE, "Seed (start)", person.seed)
    own = rf"Parameters:\s*{re.escape(person.parameters)}\b"
    await tab.act(acts.RESULT, tab.button("Train"), ".st-key-aside", own, first=acts.FIRST)
    await _alerts(person, page)
    await tab.act(acts.DIRECTIONS, tab.link("Directions"), ANSWER, "After 250", no=NONE_YET)
    await tab.enter(acts.DIRECTIONS_CHANGE, "Units", person.units)
    await tab.act(acts.DIRECTIONS_CHANGE, tab.chosen("Starts", "3"))
    await tab.act(acts.THREE, tab.button("Train"), ANSWER, "too few to rank", no=NONE_YET)
    await _alerts(person, page)
    await tab.act(acts.BACK, tab.link("Train"))
    slider = page.get_by_role("slider", name="Value at timestep 1")
    for _ in range(2):
        await slider.focus()
        await tab.act(acts.EDIT, slider.press("ArrowLeft"))
    await tab.act(acts.WHY, tab.link("Why"), ANSWER, "After 250", no=NONE_YET)
    await tab.act(acts.GUESS, tab.chosen("Why does bidirectional learn faster? Your guess:", GUESS))
    await tab.act(acts.PRESS, tab.button(PRESS), ANSWER, ".", no=NONE_YET)
