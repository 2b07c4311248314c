"""What a visitor waits for, in a real Chromium: `python -m benchmarks.page`, written to benchmarks/PAGE.md.

It starts apps of its own with empty stores, and `streamlit hello` beside them. It needs the development requirements.
Times on the page are read in the page: a click is stamped by its own event, and every frame is looked at.
"""

import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.timing import shown
from bilstm_core.runs import installed_versions
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.browser.conftest import App

RESULTS = Path(__file__).parent / "PAGE.md"
ROUNDS = 3
TOLD_S = 0.1  # between two messages of a job's stream
LONG = RunSpec(  # a run that is watched while it grows
    problem=ProblemSpec(timesteps=100),
    model=ModelSpec(direction="bidirectional", units=50),
    training=TrainingSpec(epochs=10_000),
)
VIEW = {"width": 1440, "height": 900}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CHART = "[data-testid='chart-Train-curve']"
# From a click on a button of this name: when the chart first draws points that it had not drawn before, when the
# curve reaches `end` sequences, when the answer names them; how often the chart was drawn anew, and on how many nodes.
WATCH = """([name, end, chart]) => {
  const node = () => document.querySelector(chart)
  const last = () => Math.max(Number(node()?.dataset.reached ?? 0), ...(node()?._fullData ?? [])
    .filter(d => d.mode === 'lines' && d.x?.length && d.xaxis === 'x').map(d => d.x[d.x.length - 1]))
  const drawn = () => JSON.stringify([node()?.dataset.updates, node()?.dataset.plots])
  const seen = { nodes: new Set([node()]), updates: [] }
  window.watched = seen
  const button = [...document.querySelectorAll('button')].find(b => b.innerText.trim().endsWith(name))
  button.addEventListener('click', () => {
    const start = performance.now()
    let before = drawn()
    const look = () => {
      const now = performance.now() - start
      if (drawn() !== before) {
        before = drawn()
        seen.nodes.add(node())
        if (last() > 0) seen.updates.push(now)
      }
      if (seen.updates.length) seen.first ??= now
      if (last() >= end && seen.updates.length) seen.whole ??= now
      const answer = document.querySelector('.st-key-answer')?.textContent ?? '' // innerText would lay the page out
      if (answer.includes(`After ${end.toLocaleString('en')} training sequences`)) seen.answer ??= now
      if (!(seen.answer && seen.whole) && now < 120000) requestAnimationFrame(look)
      else seen.done = true
    }
    requestAnimationFrame(look)
  }, { once: true })
}"""
# The first frame in which something of this selector has a place on the page
APPEARS = """chosen => {
  const look = now => {
    const box = document.querySelector(chosen)?.getBoundingClientRect()
    if (box?.width && box.height) window.appeared = now
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}"""
WATCHED = "() => ({ ...window.watched, nodes: window.watched.nodes.size })"


def set_number(page: Page, label: str, value: int) -> None:
    """Type a number into a box."""
    box = page.get_by_label(label, exact=True)
    box.fill(str(value))
    box.press("Enter")


def train(page: Page, *, epochs: int, button: str = "Train", wait_ms: int = 1_500) -> dict[str, float]:
    """Press Train for so many epochs; seconds of the first point, the whole curve and the answer, updates, nodes.

    wait_ms: from the last change to the press
    """
    set_number(page, "Epochs", epochs)
    page.get_by_text(f"In all: {epochs:,} sequences").wait_for()
    page.wait_for_timeout(wait_ms)
    page.evaluate(WATCH, [button, epochs, CHART])
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_function("() => window.watched.done", timeout=150_000)
    watched = page.evaluate(WATCHED)
    return {
        "first": watched["first"] / 1e3,
        "whole": watched["whole"] / 1e3,
        "answer": watched["answer"] / 1e3,
        "a second": (len(watched["updates"]) - 1) / max(1e-3, (watched["whole"] - watched["first"]) / 1e3),
        "nodes": watched["nodes"],
    }


def first_page(browser: Browser, command: Sequence[str], ready: str) -> float:
    """Seconds from the start of a server to the frame that shows what is `ready`, in a new browser."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.time()
        app = App(Path(folder) / "store", Path(folder) / "log.txt", command=command)
        context = browser.new_context(viewport=VIEW)
        page = context.new_page()
        page.add_init_script(f"({APPEARS})({json.dumps(ready)})")
        page.goto(app.url)
        page.wait_for_function("() => window.appeared", timeout=120_000)
        spent = float(page.evaluate("() => performance.timeOrigin + window.appeared")) / 1e3 - start
        context.close()
        app.end()
    return spent


def starts(browser: Browser) -> list[str]:
    """Our first page beside Streamlit's own, in turns: title beside title, and our picture."""
    titles, pictures, hello = [], [], []
    for _ in range(ROUNDS):
        titles.append(first_page(browser, ["run", "app.py"], "h1"))
        pictures.append(first_page(browser, ["run", "app.py"], "[data-testid=overview-network] circle"))
        hello.append(first_page(browser, ["hello"], "h1"))
    title, picture = (statistics.median(spent) / statistics.median(hello) for spent in (titles, pictures))
    return [
        f"| start to the first page's title, new browser | {shown(titles)} | |",
        f"| start to the first page with its picture drawn, new browser | {shown(pictures)} | |",
        f"| `streamlit hello`: start to its first page's title | {shown(hello)} | |",
        f"| our title over hello's | {title:.2f}x | at most 1.2x |",
        f"| our picture over hello's title | {picture:.2f}x | |",
    ]


def blinks(page: Page) -> list[str]:
    """From a click on Train, in an app whose worker is warm."""
    warm = [train(page, epochs=250 + number) for number in range(1, 6)]
    cold, prepared = [], []
    for others, wait_ms, sizes in ((cold, 0, (17, 18, 19)), (prepared, 2_000, (21, 22, 23))):
        for units in sizes:
            set_number(page, "Units", units)
            others.append(train(page, epochs=250, wait_ms=wait_ms))
    set_number(page, "Units", 20)
    rows = [
        ("click to first loss point, warm", [press["first"] for press in warm], "at most 0.5 s"),
        ("click to the whole curve of 251 to 255 epochs, warm", [press["whole"] for press in warm], "at most 1 s"),
        ("click to the answer on 10,000 fresh sequences, warm", [press["answer"] for press in warm], ""),
        (
            "click to first loss point, settings never compiled before, pressed at once",
            [press["first"] for press in cold],
            "at most 2.5 s",
        ),
        (
            "the same, pressed 2 s after the last change",
            [press["first"] for press in prepared],
            "at most 0.5 s",
        ),
    ]
    return [f"| {what} | {shown(values)} | {wanted} |" for what, values, wanted in rows]


def live(page: Page) -> list[str]:
    """A long run: updates a second, and what being watched in a browser on the same cores costs it."""
    page.get_by_role("radiogroup", name="Direction").get_by_text("bidirectional", exact=True).click()
    for label, value in (("Timesteps", LONG.problem.timesteps), ("Units", LONG.model.units)):
        set_number(page, label, value)
        page.wait_for_timeout(1_500)
    presses = [train(page, epochs=LONG.training.epochs + number) for number in range(ROUNDS)]  # the first one compiles
    rates = [press["a second"] for press in presses]
    watched, alone = [], []
    for number in range(ROUNDS):
        for others, away in ((watched, False), (alone, True)):
            epochs = LONG.training.epochs + 10 + 2 * number + away
            set_number(page, "Epochs", epochs)
            page.get_by_text(f"In all: {epochs:,} sequences").wait_for()
            page.wait_for_timeout(1_500)
            page.get_by_role("button", name="Train", exact=True).click()
            if away:
                page.wait_for_timeout(400)
                page.get_by_role("link", name="Overview").click()
                page.wait_for_timeout(round(2_000 * watched[-1]) + 4_000)
                page.get_by_role("link", name="Train").click()
            page.get_by_text(f"After {epochs:,} training sequences").wait_for(timeout=60_000)
            others.append(trained_s(page))
    return [
        f"| updates of the growing curve a second | {statistics.median(rates):.1f} ({min(rates):.1f} to"
        f" {max(rates):.1f}) | at least 10 |",
        f"| DOM nodes that drew it | {max(int(press['nodes']) for press in presses)} | 1 |",
        *_costs("browser on the same two cores", watched, alone),
    ]


def served() -> list[str]:
    """The same run, asked after and written out as often as the app does it, without a browser and Streamlit."""
    service = Jobs()
    try:
        return _costs("no browser, no Streamlit", *_with_and_without(service))
    finally:
        service.close()


def _with_and_without(service: Jobs) -> tuple[list[float], list[float]]:
    watched, alone = [], []
    while service.state in ("starting", "warming"):
        time.sleep(0.5)
    for number in range(2 * ROUNDS + 1):
        spec = replace(LONG, training=replace(LONG.training, seed=number))
        job = service.submit([spec], watcher="benchmark")
        every = TOLD_S if number % 2 else 1.0
        while (view := service.view(job, "benchmark")) and not view.over:
            looked = time.perf_counter()
            if every == TOLD_S and 0 in view.curves:
                json.dumps([points.tolist() for points in view.curves[0]])
            time.sleep(max(0.0, every - (time.perf_counter() - looked)))
        run = view.runs[0] if view else None
        if run is None:
            raise RuntimeError(f"the training failed: {view.message if view else 'its job is lost'}")
        if number:  # the first one compiles
            (watched if number % 2 else alone).append(run.timing.train_s)
    return watched, alone


def _costs(how: str, watched: Sequence[float], alone: Sequence[float]) -> list[str]:
    cost = statistics.median(watched) / statistics.median(alone) - 1
    what = f"{LONG.training.epochs:,} epochs of T={LONG.problem.timesteps}, {LONG.model.units} units, both ways"
    return [
        f"| {what}, watched, {how} | {shown(watched)} | |",
        f"| the same, not watched | {shown(alone)} | |",
        f"| cost of being watched, {how} | {cost:+.1%} | at most 5% |",
    ]


def trained_s(page: Page) -> float:
    """The seconds of training that the page's caption names."""
    text = page.get_by_text("s of training").inner_text()
    return float(text.split(" s of training")[0].split()[-1])


def memory(page: Page, app: App) -> list[str]:
    """Megabytes after every page was looked at."""
    for link in page.get_by_test_id("stTopNavLink").all_inner_texts():
        page.get_by_role("link", name=link.split("\n")[-1], exact=True).click()
        page.wait_for_timeout(2_500)
    sizes = {" ".join(process.cmdline()): process.memory_info().rss / 1e6 for process in app.processes()}
    names = {"streamlit": "app", "dask_worker": "worker's keeper", "resource_tracker": "resource tracker"}
    rows = [
        f"| memory of the {next((name for part, name in names.items() if part in line), 'worker')} | {size:.0f} MB | |"
        for line, size in sizes.items()
    ]
    return [*rows, f"| memory in all, after the tour | {sum(sizes.values()):.0f} MB | at most 1,300 MB |"]


def main() -> None:
    """Measure, print and write the table."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(installed_versions().items()))
    lines = ["# Results of `python -m benchmarks.page`", "", f"2 cores; {versions}; headless Chromium, {VIEW['width']}"]
    lines[-1] += f" by {VIEW['height']}. Median (least to most) of {ROUNDS} or more."
    lines += ["", "| what | measured | wanted |", "|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        lines += starts(browser)
        app = App(Path(folder) / "store", Path(folder) / "log.txt")
        page = browser.new_page(viewport=VIEW)
        page.goto(f"{app.url}/train")
        page.locator(f"{CHART} .main-svg").first.wait_for(timeout=60_000)
        early = train(page, epochs=260)
        lines.append(
            f"| click to first loss point, app just started, TensorFlow still loading | {early['first']:.1f} s | |"
        )
        page.wait_for_timeout(20_000)
        lines += blinks(page)
        lines += live(page)
        lines += memory(page, app)
        app.end()
        browser.close()
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.environ["BILSTM_STORE"] = folder
        lines += served()
    print("\n".join(lines))
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
