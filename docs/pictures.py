"""Takes the README's pictures of a freshly started app: `make pictures`; or some: `python -m docs.pictures why`."""

import io
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.find import browser as find_browser

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
PICTURES = {
    "overview": ("", 1440, 900, "light"),
    "problem": ("problem", 1440, 900, "light"),
    "train": ("train", 1440, 1400, "light"),
    "directions": ("directions", 1440, 900, "light"),
    "why": ("why", 1440, 900, "light"),
    "problems": ("problems", 1440, 1500, "light"),
    "merge_modes": ("merge_modes", 1440, 900, "dark"),
    "class": ("train?view=class", 1280, 720, "light"),
    "inside": ("inside", 1440, 1500, "light"),
    "sweeps": ("sweeps", 1440, 900, "light"),
    "your_data": ("your_data", 1440, 900, "light"),
    "phone": ("directions", 390, 844, "dark"),
}
REPORT = ("report", 1000, 1320)  # of Directions, as it is downloaded
RACE = ("race", 1280, 1010)  # the replay of Directions, as it moves
LONGEST_MS = 180_000  # that anything is waited for, on a busy machine
FRAME_MS, LAST_MS = 80, 2_500  # how long each moment of it is shown, and its end
PRESSED = {"why": ("Something else", "Take the future away", "Give forward as many parameters")}  # before the picture


def main() -> None:
    """Start the app on a free port, visit the pages, and write a PNG of each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.headless=true", f"--server.port={port}"]
    app = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address=127.0.0.1", *options], cwd=ROOT
    )
    try:
        for _ in range(500):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        take(f"http://127.0.0.1:{port}", sys.argv[1:] or [*PICTURES, REPORT[0], RACE[0]])
    finally:
        app.terminate()
        app.wait(10)


def take(url: str, names: Sequence[str]) -> None:
    """Photograph pages of the app at `url`, a report, and a race."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name in (name for name in names if name in PICTURES):
            path, width, height, scheme = PICTURES[name]
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page.set_default_timeout(LONGEST_MS)
            page.goto(f"{url}/{path}")
            page.locator(".main-svg, [data-testid=overview-network] svg").last.wait_for()
            for text in PRESSED.get(name, ()):
                page.get_by_text(text, exact=True).click()
            page.wait_for_timeout(3_000)
            page.get_by_test_id("stStatusWidget").wait_for(state="hidden")  # the page is at rest
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        if REPORT[0] in names:
            _take_report(browser, url)
        if RACE[0] in names:
            _take_race(browser, url)
        browser.close()


def _take_report(browser: Browser, url: str) -> None:
    name, width, height = REPORT
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(LONGEST_MS)
    page.goto(f"{url}/directions")
    page.get_by_text("in all 10 runs.").first.wait_for()
    page.get_by_role("button", name="Files").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report").click()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / download.value.suggested_filename
        download.value.save_as(report)
        page.goto(report.as_uri())
        page.locator(".main-svg").first.wait_for()
        page.wait_for_timeout(1_000)
        page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


def _take_race(browser: Browser, url: str) -> None:
    name, width, height = RACE
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(LONGEST_MS)
    page.goto(f"{url}/directions")
    scrubber = page.get_by_test_id("replay-scrubber").first
    scrubber.wait_for()
    page.wait_for_timeout(3_000)
    shots = []
    for moment in range(int(scrubber.get_attribute("max") or 0) + 1):
        scrubber.evaluate("(node, at) => { node.value = at; node.dispatchEvent(new Event('input')) }", moment)
        shots.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    page.close()
    durations = [FRAME_MS] * (len(shots) - 1) + [LAST_MS]
    first, *others = shots
    first.save(
        FOLDER / f"{name}.webp", save_all=True, append_images=others, duration=durations, loop=0, quality=75, method=2
    )


if __name__ == "__main__":
    main()
