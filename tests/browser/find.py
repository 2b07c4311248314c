"""Where the tests' browser is; run as a program, it installs one where there is none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)
MISSING = "The tests need a browser, and none could be installed: install Chromium or Chrome, then run make test again."
DOWNLOAD_S = 300
APT_S = 600

Run = Callable[[Sequence[str], float], bool]


def playwrights_own() -> str:
    """Where Playwright keeps the Chromium that it installs, whether it is there or not."""
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def browser() -> str:
    """The path of a Chromium or Chrome, or ""."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return next((path for path in (*USUAL_PLACES, playwrights_own()) if Path(path).exists()), "")


def succeeds(command: Sequence[str], seconds: float) -> bool:
    """Whether a command ends well within that time."""
    try:
        return subprocess.run(command, timeout=seconds, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def root_prefix(run: Run = succeeds) -> list[str] | None:
    """What goes before a command that needs root: nothing for root, sudo where it asks no password, else None."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and run(["sudo", "-n", "true"], 10) else None


def install(run: Run = succeeds) -> str:
    """Install a Chromium, Playwright's or else Debian's. Returns its path, or "" where neither could be had."""
    run([sys.executable, "-m", "playwright", "install", "chromium"], DOWNLOAD_S)
    if path := browser():
        return path
    if shutil.which("apt-get") and (prefix := root_prefix(run)) is not None:
        run([*prefix, "apt-get", "update", "--quiet=2"], APT_S)
        run([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q=2", "chromium"], APT_S)
    return browser()


if __name__ == "__main__":
    if not (browser() or install()):
        sys.exit(MISSING)
