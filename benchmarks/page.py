"""What a visitor waits for, in a real Chromium: the first page, and a trained model after a click on Train.

`python -m benchmarks.page` starts an app of its own with an empty store. It needs the development requirements.
"""

import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import App


def until_shown(page: Page, epochs: int) -> float:
    """Seconds from a click on Train to the trained model's answer on the page."""
    box = page.get_by_label("Epochs", exact=True)
    box.fill(str(epochs))
    box.press("Enter")
    page.get_by_text(f"In all: {epochs:,} sequences").wait_for()
    page.wait_for_timeout(1_500)
    start = time.perf_counter()
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_text(f"After {epochs:,} sequences it labels").wait_for(timeout=120_000)
    return time.perf_counter() - start


def main() -> None:
    """Print seconds and megabytes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        start = time.perf_counter()
        app = App(Path(folder) / "store", Path(folder) / "log.txt")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{app.url}/train")
        page.get_by_text("After 1,000 sequences it labels").wait_for(timeout=60_000)
        print(f"start of the app to a readable Train page: {time.perf_counter() - start:.1f} s")
        page.locator("[data-testid='chart-Train-curve'] .main-svg").first.wait_for(timeout=60_000)
        print(f"start of the app to its chart drawn: {time.perf_counter() - start:.1f} s")
        print(f"click to trained and shown, 260 epochs, TensorFlow still loading: {until_shown(page, 260):.1f} s")
        page.wait_for_timeout(20_000)
        for epochs in (251, 252, 253):
            print(f"click to trained and shown, {epochs} epochs, warm: {until_shown(page, epochs):.2f} s")
        for process in app.processes():
            print(f"{process.memory_info().rss / 1e6:6.0f} MB  {' '.join(process.cmdline())[-70:]}")
        app.end()
        browser.close()


if __name__ == "__main__":
    main()
