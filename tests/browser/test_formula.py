"""A formula of one's own, from its box to a trained network, in a real browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import enter
from tests.browser.test_problems import choose, drawn
from tests.browser.test_train import LONG_ENOUGH

OpenPage = Callable[..., Page]


def write(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Label 1 where")
    box.fill(text)
    box.press("Enter")


def test_a_formula_is_written_and_a_network_trained_on_it(open_page: OpenPage) -> None:
    page = open_page("problems")
    choose(page, "Your formula: (x[t - 1] > 0.5) == (x[t + 1] > 0.5)")
    drawn(page, "Problems-own")
    write(page, "max(after) > y")
    expect(page.get_by_role("alert")).to_contain_text("'y' at character 14 is not known.")
    expect(page.get_by_text("Is (x[t - 1] > 0.5) == (x[t + 1] > 0.5)?")).to_be_visible()
    write(page, "max(after)>x[t]")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("Is max(after) > x[t]?")).to_be_visible()
    expect(page.get_by_text(re.compile(r"7\d\.\d% of the labels are 1"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"problem=formula%3A\+max%28after%29\+%3E\+x%5Bt%5D"))
    page.get_by_role("button", name="Open on Train").click()
    expect(page.get_by_role("textbox", name="Label 1 where")).to_have_value("max(after) > x[t]")
    enter(page, "Epochs", 1)
    expect(page.get_by_text("In all: 5,000 sequences")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"After [\d,]+ training sequences, this network"))).to_be_visible(
        timeout=LONG_ENOUGH
    )
    for chart in ("Train-curve", "Train-timeline", "Train-wall"):
        drawn(page, chart)
