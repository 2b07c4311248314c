"""What is taken home opens elsewhere: a report without a network, a ZIP in the tray of another visit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS

OpenPage = Callable[..., Page]


def save(page: Page, place: Any, folder: Path) -> Path:
    """Press a button that saves a file, and say where it is."""
    with page.expect_download(timeout=PATIENCE_MS) as download:
        place.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def open_files(page: Page) -> None:
    page.get_by_role("button", name="Files").click()
    expect(page.get_by_test_id("picture-png")).to_be_visible()


def test_a_report_opens_offline_and_its_figure_can_be_hovered(
    open_page: OpenPage, chromium: Browser, tmp_path: Path
) -> None:
    page = open_page("directions?starts=3")
    expect(page.locator(".st-key-answer")).to_contain_text("No ranking yet: ")
    open_files(page)
    report = save(page, page.get_by_role("button", name="Report"), tmp_path)
    picture = save(page, page.get_by_test_id("picture-png"), tmp_path)
    assert picture.name == "directions-loss-curves.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    vector = save(page, page.get_by_test_id("picture-svg"), tmp_path)  # what is open stays open
    assert "coin toss" in vector.read_text(encoding="utf-8")
    away = chromium.new_context(offline=True, viewport={"width": 1000, "height": 800})
    try:
        reader = away.new_page()
        requests: list[str] = []
        reader.on("request", lambda request: requests.append(request.url))
        reader.goto(report.as_uri())
        expect(reader.get_by_role("heading", name="Directions")).to_be_visible()
        figure = reader.locator(".figure").first
        expect(figure.locator(".main-svg").first).to_be_visible()
        expect(figure.locator(".hovertext")).to_have_count(0)
        figure.locator(".nsewdrag").first.hover()
        expect(figure.locator(".hoverlayer")).to_contain_text("bidirectional")
        assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
    finally:
        away.close()


def test_a_zip_of_train_is_brought_back_into_the_tray_of_another_visit(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("train")
    open_files(page)
    bundle = save(page, page.get_by_role("button", name="All as ZIP"), tmp_path)
    other = open_page("train")
    other.get_by_role("button", name="Bring back a file").click()
    other.locator("input[type=file]").set_input_files(bundle)
    expect(other.get_by_text("In the tray now")).to_be_visible()
    expect(other.get_by_role("checkbox", name="forward, 1,000 sequences, from a file")).to_be_checked()
    expect(other.get_by_test_id("chart-Train-curve")).to_contain_text("from a file 0.192")
    expect(page.get_by_role("checkbox", name="forward, 1,000 sequences, from a file")).to_have_count(0)
