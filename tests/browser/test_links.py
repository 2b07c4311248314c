"""Links in a real browser: what one asks for is shown, trained if need be, and stays there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import App, enter

LINKS = {  # of each page one that asks for something, and what is said once it is there
    "": ("direction=backward&reversed=yes", "Output t has read"),
    "problem": ("problem=reverse_cumulative_sum&timesteps=8&seed=3", "at timestep|Never here"),
    "train": (
        "units=9&epochs=300&direction=bidirectional&merge=sum&seed=4&sequence=5&at=3&tab=accuracy-by-timestep"
        "&run=direction.backward~units.6~epochs.200~name.Back",
        "After 300 training sequences, this network",
    ),
    "directions": ("units=6&starts=1&curves=forward.bidirectional", "No ranking yet: one run is too few"),
    "why": ("stage=1&guess=it-is-bigger", "Without the future, "),
    "problems": ("problem=cumulative_sum&direction=forward&sequence=7", "sequences wholly right"),
    "merge_modes": ("drawn=mul&curves=sum.mul", "After 250 sequences, "),
    "cell": ("sequence=4&unit=7&at=3&line=f", "It keeps and adds"),
    "inside": ("cell=gru&direction=backward&tab=gates-of-a-unit&unit=7", "output|Output"),
}
STILL = 3  # looks, half a second apart, that find nothing new
TAKEN = re.compile(r"Stored on [^:]*|Trained:?")  # where a run comes from, now and after the restart
TRAINED = ("train", "directions")  # that show what nobody has trained before


def opened(context: BrowserContext, on: App, *paths: str) -> dict[str, Page]:
    """The links to these pages, each in a tab, once each says what it was asked for."""
    tabs = {path: context.new_page() for path in paths}
    for path, tab in tabs.items():
        tab.goto(f"{on.url}/{path}?{LINKS[path][0]}", wait_until="commit")
    for path, tab in tabs.items():
        expect(tab.locator(".st-key-answer")).to_contain_text(re.compile(LINKS[path][1]), timeout=240_000)
    return tabs


def lines(tab: Page) -> list[str]:
    text = tab.get_by_test_id("stMainBlockContainer").inner_text()
    return [TAKEN.sub("", line) for line in text.splitlines() if line.strip()]


def shown(context: BrowserContext, on: App, *paths: str) -> dict[str, list[str]]:
    """What each page says of its link, line by line, once none says anything new."""
    tabs = opened(context, on, *paths)
    texts: dict[str, list[str]] = {}
    same = 0
    for _ in range(120):
        now = {path: lines(tab) for path, tab in tabs.items()}
        same = same + 1 if now == texts and "The best possible is being computed." not in str(now) else 0
        texts = now
        if same == STILL:
            break
        next(iter(tabs.values())).wait_for_timeout(500)
    for path, tab in tabs.items():
        assert tab.url == f"{on.url}/{path}?{LINKS[path][0]}"
        assert tab.get_by_test_id("stAlert").count() == 0
    return texts


@pytest.mark.timeout(900)
@pytest.mark.parametrize("paths", [("train", "directions"), pytest.param(tuple(LINKS), marks=pytest.mark.long)])
def test_a_link_restores_its_page_in_another_browser_and_another_process(
    app: App, start_app: Callable[..., App], chromium: Browser, paths: tuple[str, ...]
) -> None:
    """What has to be trained is trained before: a page says whether runs were there when they were asked for."""
    with chromium.new_context(viewport={"width": 1440, "height": 900}) as context:
        opened(context, app, *TRAINED)
    texts = []
    for served in (app, start_app(app.store)):
        with chromium.new_context(viewport={"width": 1440, "height": 900}) as context:
            texts.append(shown(context, served, *paths))
    for path in paths:
        assert texts[0][path] == texts[1][path]


def test_the_address_follows_the_page_and_the_page_its_address(open_page: Callable[..., Page]) -> None:
    page = open_page("train")
    answer = page.locator(".st-key-answer")
    expect(answer).to_contain_text("After 1,000 training sequences, this network")
    enter(page, "Units", 11)
    expect(page).to_have_url(re.compile(r"/train\?units=11$"))
    page.go_back()
    expect(page.get_by_label("Units", exact=True)).to_have_value("20")
    page.go_forward()
    expect(page.get_by_label("Units", exact=True)).to_have_value("11")
    expect(answer).to_contain_text("After 1,000 training sequences, this network")
    expect(page).to_have_url(re.compile(r"/train\?units=11$"))
    page.reload()
    expect(page.get_by_label("Units", exact=True)).to_have_value("11")
    expect(answer).to_contain_text("After 1,000 training sequences, this network")


def test_what_is_not_allowed_is_said_and_the_page_is_as_at_first(open_page: Callable[..., Page]) -> None:
    page = open_page("train?units=0&merge=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&mail=1")
    expect(page.get_by_text("Units must be a whole number from 1 to 256, not 0.")).to_be_visible()
    expect(page.get_by_text("not '<img src=x onerror=alert(1)>'.")).to_be_visible()
    expect(page.locator(".st-key-answer")).to_contain_text("After 1,000 training sequences, this network")
    expect(page).to_have_url(re.compile(r"/train\?mail=1$"))
    expect(page.get_by_label("Units", exact=True)).to_have_value("20")
    assert page.locator("img[src=x]").count() == 0


def test_a_training_adds_nothing_to_the_history(open_page: Callable[..., Page]) -> None:
    """Back once after it: the settings of before."""
    page = open_page("train")
    answer = page.locator(".st-key-answer")
    expect(answer).to_contain_text("After 1,000 training sequences, this network", timeout=240_000)
    enter(page, "Timesteps", 189)  # so that it is still trained once Stop is pressed
    expect(page).to_have_url(re.compile(r"timesteps=189"))
    entries = page.evaluate("history.length")
    enter(page, "Epochs", 20_000)  # long enough to stand in the address
    expect(page).to_have_url(re.compile(r"timesteps=189&epochs=20000"))
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page).to_have_url(re.compile(r"job="), timeout=240_000)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page).not_to_have_url(re.compile(r"job="), timeout=60_000)
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
    page.wait_for_timeout(1_000)  # what was learnt is evaluated, and the page has run once more
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?timesteps=189$"))
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("1000")
    expect(page.get_by_label("Timesteps", exact=True)).to_have_value("189")
