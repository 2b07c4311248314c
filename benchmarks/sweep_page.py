"""`python -m benchmarks.sweep_page`: when a map's first squares are drawn after a press on Train, in a real Chromium.

How small? as it opens, from seeds that nobody has trained: 432 networks of 1 to 40 units at 2 to 24 timesteps, each on
10,000 sequences. First with a worker that stands ready and has never compiled a program, then with a warm one. The
click and every frame are looked at in the page. `--write` puts what it prints into RESULTS.md.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.page import ARGUMENTS, VIEW
from benchmarks.sweep import FIRST_WITHIN_S, write
from bilstm_core.wording import counted
from tests.browser.conftest import App

ROUNDS = 3
HEADING = "## A sweep on its page"
WAIT_MS = 300_000
# From a click on Train: when the page says that it trains, and when a square is first drawn, in seconds; how many then
FIRST = """() => new Promise(done => {
  const chart = () => document.querySelector("[data-testid='chart-Sweeps-map']")
  const finite = row => Array.from(row).filter(value => Number.isFinite(value)).length
  const squares = () => Array.from(chart()?._fullData?.[0]?.z ?? []).reduce((sum, row) => sum + finite(row), 0)
  const button = [...document.querySelectorAll('button')].find(each => each.innerText.trim().endsWith('Train'))
  const start = performance.now()
  const seen = {}
  button.click()
  const look = () => {
    const now = (performance.now() - start) / 1000
    if (document.querySelector("[data-testid='progress-Sweeps-map']:not([hidden])")) seen.answer ??= now
    if (squares()) done({ ...seen, first: now, squares: squares() })
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})"""


def ready(app: App) -> None:
    """Wait until the worker can train."""
    for _ in range(600):
        with urllib.request.urlopen(f"{app.url}/status", timeout=10) as answer:
            if json.load(answer)["worker"] == "ready":
                return
        time.sleep(0.2)
    raise RuntimeError("the worker did not start")


def measure(browser: Browser, app: App, seed: int) -> dict[str, Any]:
    """Open the page for a seed, press Train, and stop once squares are there."""
    context = browser.new_context(viewport=VIEW)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{app.url}/sweeps?seed={seed}")
    page.get_by_text("432 networks to train").wait_for()
    page.locator("[data-testid='chart-Sweeps-map'] .main-svg").first.wait_for()
    ready(app)
    page.wait_for_timeout(3_000)  # the page stands, and nothing is under way
    found: dict[str, Any] = page.evaluate(FIRST)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("left to train").wait_for()
    context.close()
    return found


def machine(load: float, cores: int) -> str:
    """What the measurement shared. load: in the mean of the minute before it began"""
    busy = "that were busy with much else" if load > cores else "with little else to do"
    return f"on {counted(cores, 'core')} {busy} (a load of {load:.0f})"


def section(cold: dict[str, Any], warm: list[dict[str, Any]], load: float) -> str:
    """What was measured, as a section of RESULTS.md. load: the machine's, in the mean of the minute before"""
    middle = statistics.median(each["first"] for each in warm)
    met = "met" if middle <= FIRST_WITHIN_S else "NOT met"
    rows = [("never compiled before", cold), *((f"warm, round {place}", each) for place, each in enumerate(warm, 1))]
    lines = [
        f"| {name} | {each.get('answer', each['first']):.2f} s | {each['first']:.1f} s | {each['squares']} |"
        for name, each in rows
    ]
    return "\n".join(
        [
            HEADING,
            "",
            "`python -m benchmarks.sweep_page`: from the click on Train to the first frame with measured squares, in",
            "Chromium, of the map that How small? opens with, from other seeds. Wanted, warm, within",
            f"{FIRST_WITHIN_S:.0f} s: {met}, {middle:.1f} s in the median, {machine(load, os.cpu_count() or 1)}.",
            "",
            "| | progress shown | first squares drawn | squares then |",
            "|---|---|---|---|",
            *lines,
        ]
    )


def main() -> None:
    """Measure, print, and write if asked to."""
    load, *_ = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        app = App(Path(folder) / "store", Path(folder) / "log.txt", BILSTM_STATUS="1")
        cold, *warm = [measure(browser, app, 1_000 * (place + 1)) for place in range(ROUNDS + 1)]
        app.end()
        browser.close()
    text = section(cold, warm, load)
    if "--write" in sys.argv:
        write(text, HEADING)
    print(text)


if __name__ == "__main__":
    main()
