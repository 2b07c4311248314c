"""Whether pages fit a screen and stand still, in a real Chromium: `python -m benchmarks.layout`, into LAYOUT.md.

`python -m benchmarks.layout train inside --at 1280x720 --at 390x844` looks at some pages and sizes and only prints.
It starts an app of its own with an empty store. It needs the development requirements.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks.in_page import BOTTOM_OF_AXIS, MISFITS, SHIFTS, STANDS
from tests.browser.conftest import App

Theme = Literal["light", "dark"]
Press = Callable[[Page, int, bool], None]

RESULTS = Path(__file__).parent / "LAYOUT.md"
WANTED_CLS = 0.1
SIZES = ((1280, 720), (1440, 900), (1920, 1080), (1024, 768), (390, 844))
THEMES: tuple[Theme, ...] = ("light", "dark")
ZOOMED = (640, 360)  # 1280 by 720 at 200 % zoom
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE = 640  # px; narrower pages hide settings behind a switch
WAIT_MS = 120_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is looked at of a page.

    path: in its address; chart: the key of its main figure; act: what its main button says
    prepare: what is chosen before the press, given a number that no other visit has, and whether on a phone
    """

    path: str
    chart: str
    act: str
    prepare: Press | None = None


def _type(page: Page, label: str, value: int) -> None:
    box = page.get_by_label(label, exact=True)
    box.fill(str(value))
    box.press("Enter")
    page.wait_for_timeout(500)


def _settings(page: Page) -> None:
    page.locator(".st-key-phone-settings label").last.click()
    page.wait_for_timeout(500)


def _units(page: Page, number: int, phone: bool) -> None:
    if phone:
        _settings(page)
    _type(page, "Units", number)
    if phone:
        _settings(page)


def _few_epochs(page: Page, number: int, _phone: bool) -> None:
    _type(page, "Units", number)
    _type(page, "Epochs", 2)


def _guess(page: Page, _number: int, _phone: bool) -> None:
    page.get_by_role("radio", name="It sees the future").locator("xpath=..").click()
    page.get_by_role("button", name="Take the future away").wait_for()


def _cell(page: Page, number: int, phone: bool) -> None:
    if phone:
        _settings(page)
    cell, direction = ("GRU", "RNN")[number % 2], ("forward", "backward", "bidirectional")[number // 2 % 3]
    for group, choice in (("Cell", cell), ("Direction", direction), ("Epochs", ("250", "4,000")[number // 6 % 2])):
        page.get_by_role("radiogroup", name=group).get_by_text(choice, exact=True).click()
        page.wait_for_timeout(700)
    page.get_by_role("button", name="Train", exact=True).wait_for()
    if phone:
        _settings(page)


def _few_squares(page: Page, number: int, _phone: bool) -> None:
    # the page opens with a map that is complete: another one is asked for by its address
    page.goto(f"{page.url.partition('?')[0]}?steps=4&sequences=1000&seed={1_000 * number}")
    page.get_by_text("48 networks to train").wait_for()


VISITS = (
    Visit(path="", chart="overview-network", act="Start: see the problem"),
    Visit(path="problem", chart="Problem-timeline", act="New sequence"),
    Visit(path="train", chart="Train-curve", act="Train", prepare=_units),
    Visit(path="directions", chart="Directions-curves", act="Train", prepare=_units),
    Visit(path="why", chart="Why-curves", act="Take the future away", prepare=_guess),
    Visit(path="problems", chart="Problems-nine", act="New seed"),
    Visit(path="merge_modes", chart="Merge modes-curves", act="Train", prepare=_units),
    Visit(path="cell", chart="Cell-cell", act="Step"),
    Visit(path="inside", chart="Inside-sensitivity", act="Train", prepare=_cell),
    Visit(path="sweeps", chart="Sweeps-map", act="Train", prepare=_few_squares),
    Visit(path="your_data", chart="Your data-standing", act="Train", prepare=_few_epochs),
)


def worst_window(entries: Sequence[dict[str, Any]]) -> float:
    """The largest sum of shifts within 5 s and less than 1 s from each other."""
    worst = total = 0.0
    first = last = float("-inf")
    for entry in entries:
        if entry["at"] - last > 1_000 or entry["at"] - first > 5_000:
            total, first = 0.0, entry["at"]
        total, last = total + entry["value"], entry["at"]
        worst = max(worst, total)
    return worst


def _taken(page: Page) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = page.evaluate("() => window.shifts.entries.splice(0)")
    return entries


def _until_it_stands(page: Page) -> None:
    page.wait_for_function(STANDS, timeout=WAIT_MS)


def look(
    browser: Browser, url: str, visit: Visit, size: tuple[int, int], theme: Theme, *, number: int, pictures: Path | None
) -> dict[str, Any]:
    """Open a page at a size, and press its main button; what moved, what is cut, and what is on the first screen."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=width < PHONE, color_scheme=theme
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.add_init_script(f"({SHIFTS})()")
    page.goto(f"{url}/{visit.path}")
    _until_it_stands(page)
    loading = _taken(page)
    found: dict[str, Any] = {"load": worst_window(loading), "load_moved": loading, **page.evaluate(MISFITS)}
    found["axis"] = page.evaluate(BOTTOM_OF_AXIS, visit.chart)
    name = f"{visit.path or 'overview'}-{width}x{height}-{theme}"
    if pictures:
        page.screenshot(path=pictures / f"{name}.png")
    try:
        if visit.prepare:
            visit.prepare(page, number, width < PHONE)
        _until_it_stands(page)
        button = page.locator(".stMain").get_by_role("button", name=visit.act, exact=True).first
        page.evaluate("() => document.querySelector('.stMain').scrollTo(0, 0)")
        box = button.bounding_box()
        found["button"] = box["y"] + box["height"] if box else None
        button.scroll_into_view_if_needed()
        page.wait_for_timeout(600)  # what the choice before has moved is not of the press
        _taken(page)
        if visit.path:
            button.click()
            page.wait_for_timeout(400)
            found["growing"] = page.evaluate(BOTTOM_OF_AXIS, visit.chart)
            if pictures:
                page.screenshot(path=pictures / f"{name}-pressed.png")
            _until_it_stands(page)
            pressing = _taken(page)
            found |= {"press": worst_window(pressing), "press_moved": pressing}
            after = page.evaluate(MISFITS)
            for what in ("cut", "steps"):
                found[what] += [words for words in after[what] if words not in found[what]]
            found["sideways"] = max(found["sideways"], after["sideways"])
            if pictures:
                page.screenshot(path=pictures / f"{name}-after.png")
    except PlaywrightError as error:
        found["failed"] = str(error).splitlines()[0]
    context.close()
    return found


def worse(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What was found of a page twice, as the worse of both."""
    joined = {**one, **other}
    for what in one.keys() & other.keys():
        if isinstance(one[what], list):
            joined[what] = one[what] + [each for each in other[what] if each not in one[what]]
        elif None in (one[what], other[what]):
            joined[what] = None
        else:
            joined[what] = max(one[what], other[what])
    return joined


def _edge(bottom: float | None, height: int) -> str:
    if bottom is None:
        return "not there"
    return f"{bottom:.0f}" + ("" if bottom <= height else " **below**")


def _shift(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if value < WANTED_CLS else f"**{value:.3f}**"


def row(visit: Visit, size: tuple[int, int], found: dict[str, Any]) -> str:
    """One line of the table of a size."""
    cells = [
        visit.path or "overview",
        _shift(found["load"]),
        _shift(found.get("press")),
        f"**{found['sideways']:.0f} px**" if found["sideways"] else "no",
        _edge(found.get("button"), size[1]),
        _edge(found["axis"], size[1]),
        "; ".join(found["cut"]) or "nothing",
        "; ".join([*found["steps"], *([f"FAILED {found['failed']}"] if "failed" in found else [])]) or "nothing",
    ]
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


HEAD = """| page | shift, loading | shift, pressing | sideways | button ends | x axis ends | cut | in steps |
|---|---|---|---|---|---|---|---|"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("pages", nargs="*", help="paths, or overview; all by default")
    parser.add_argument("--at", action="append", default=[], help="a size, as 1280x720")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of what was looked at")
    parser.add_argument("--moved", action="store_true", help="print what moved")
    asked = parser.parse_args()
    sizes = [tuple(map(int, size.split("x"))) for size in asked.at] or [*SIZES, ZOOMED]
    visits = [visit for visit in VISITS if not asked.pages or (visit.path or "overview") in asked.pages]
    if asked.pictures:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Pages that fit",
        "",
        "Written by `python -m benchmarks.layout`: every page in Chromium, opened with an empty cache, and its main",
        "button pressed until the result stands; in light and dark, of which the worse is told. Shift: the browser's",
        "cumulative layout shift, here with what moves within half a second of the press, too; wanted below "
        f"{WANTED_CLS}.",
        "Ends: px from the top of the screen, **below** if one must scroll. Cut: texts longer than their place.",
        "In steps: controls and labels that break into rows. 640x360 is a projector's screen at 200% zoom, where only",
        "scrolling sideways counts.",
    ]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        app = App(Path(folder) / "store", Path(folder) / "log.txt")
        for place, (width, height) in enumerate(sizes):
            lines += ["", f"## {width} x {height}", "", HEAD]
            print(f"\n{width} x {height}\n{HEAD}", flush=True)
            for visit in visits:
                twice = [
                    look(
                        browser,
                        app.url,
                        visit,
                        (width, height),
                        theme,
                        number=6 + len(THEMES) * place + turn,
                        pictures=asked.pictures,
                    )
                    for turn, theme in enumerate(THEMES)
                ]
                found = worse(*twice)
                lines.append(row(visit, (width, height), found))
                print(lines[-1], flush=True)
                if asked.moved:
                    for when in ("load_moved", "press_moved"):
                        for entry in found.get(when, []):
                            if entry["value"] > 0.005:
                                print("   ", when, json.dumps(entry), flush=True)
        app.end()
        browser.close()
    if not asked.pages and not asked.at:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
