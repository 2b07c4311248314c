"""Your data, in a browser: a small file is brought, trained to the end and answered; a bad one changes nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.datasets.tables import csv, long_table
from ui.your_data import words

OpenPage = Callable[..., Page]


def bring(page: Page, data: bytes, name: str = "mine.csv") -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})


def test_a_file_is_brought_trained_and_answered_and_a_bad_one_changes_nothing(open_page: OpenPage) -> None:
    page = open_page("your_data")
    answer = page.locator(".st-key-answer")
    expect(answer).to_contain_text("Both ways help here")
    expect(page.get_by_test_id("chart-Your data-standing")).to_contain_text("bidirectional")
    page.get_by_role("button", name="Your file").click()
    bring(page, csv(long_table(sequences=80, seed=3)))
    expect(page.get_by_text("80 sequences of 5 timesteps").first).to_be_visible()
    expect(answer).to_contain_text("Press Train")
    bring(page, b"a,b,c\n1,2,3\n1,2\n", "bad.csv")
    expect(page.get_by_text("The page shows what it showed before.").first).to_be_visible()
    expect(answer).to_contain_text("Press Train")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(answer).to_contain_text("of held-out labels right", timeout=240_000)
    expect(answer).to_contain_text("forward")
    expect(answer).to_contain_text("regression")
    expect(page.get_by_text("Trained here: 3 starts")).to_be_visible()
    page.get_by_role("radiogroup", name="Will the whole sequence").get_by_text("no", exact=True).click()
    expect(answer).to_contain_text("From the past alone")
    chart = page.get_by_test_id("chart-Your data-standing")
    expect(chart).to_contain_text("uses the future")
    expect(page.get_by_text("Press Train")).to_have_count(0)
    page.get_by_role("radiogroup", name="Look-ahead").get_by_text("2", exact=True).click()
    expect(answer).to_contain_text("Press Train")
    expect(chart).to_contain_text("forward 2 steps late")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(answer).to_contain_text("2 steps late against at once", timeout=240_000)
    assert "whole=no&ahead=2" in page.url
    page.get_by_role("button", name=words.INSIDE).click()
    expect(page.get_by_role("heading", name="Held-out sequence 1", exact=True)).to_be_visible()
    expect(page.get_by_text("Trained on mine.csv: 20 units")).to_be_visible()
    page.get_by_role("link", name="Your data").click()
    expect(answer).to_contain_text("2 steps late against at once")
    page.reload()  # the file was in the memory of that visit
    expect(page.get_by_text("Bring the file again")).to_be_visible()


def test_while_it_is_trained_again_the_points_of_the_training_before_are_dimmed(open_page: OpenPage) -> None:
    page = open_page("your_data")
    expect(page.locator(".st-key-answer")).to_contain_text("Both ways help here")
    points = page.locator(".st-key-Your-data-standing")
    expect(points).to_have_css("opacity", "1")
    page.get_by_role("button", name="Train again").click()
    expect(points).to_have_css("opacity", "0.4")
    page.get_by_role("button", name="Stop").click()
    expect(points).to_have_css("opacity", "1", timeout=60_000)


def test_a_set_that_comes_with_the_program_is_compared_on_directions_by_a_link_that_names_it(
    open_page: OpenPage,
) -> None:
    page = open_page("your_data")
    chart = page.get_by_test_id("chart-Your data-standing")
    expect(chart).to_contain_text("bidirectional")
    screen = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})  # a phone has the answer and the whole chart at once
    expect(page.get_by_role("button", name="Your file")).not_to_be_visible()
    page.wait_for_function(
        "document.querySelector('[data-testid=\"chart-Your data-standing\"]').getBoundingClientRect().bottom <= 844"
    )
    page.get_by_text("Settings", exact=True).click()
    expect(page.get_by_role("button", name="Your file")).to_be_visible()
    page.set_viewport_size(screen)
    page = open_page("your_data?data=occupancy&epochs=1&units=4")
    page.get_by_role("button", name=words.DIRECTIONS).click()
    expect(page.get_by_text("Your data: Sensors of an office. Trained just now.")).to_be_visible(timeout=240_000)
    expect(page.locator(".st-key-answer")).to_contain_text("Whole sequences right")
    expect(page.get_by_role("spinbutton", name="Timesteps")).to_be_disabled()
    expect(page).to_have_url(re.compile("problem=occupancy&epochs=1&starts=10&units=4"))
    page.reload()
    expect(page.get_by_text("Your data: Sensors of an office")).to_be_visible()
    expect(page.get_by_role("radio", name="1", exact=True).first).to_be_checked()


def test_a_set_that_comes_with_the_program_is_asked_about_on_why(open_page: OpenPage) -> None:
    page = open_page("your_data?data=occupancy&epochs=1&units=2")
    page.get_by_role("button", name=words.WHY).click()
    expect(page).to_have_url(re.compile("/why\\?problem=occupancy&epochs=1"))
    answer = page.locator(".st-key-answer")
    expect(answer).to_contain_text("After 136 sequences", timeout=240_000)
    page.get_by_text("It sees the future").click()
    page.get_by_role("button", name="Take the future away").click()
    expect(page.get_by_text("What came out so far, after 136 sequences")).to_be_visible(timeout=240_000)
    expect(page.get_by_text("Your data: Sensors of an office. Trained just now.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("What came out so far, after 136 sequences")).to_be_visible()


@pytest.mark.long
def test_each_tab_opens_and_shows_what_it_says(open_page: OpenPage) -> None:
    page = open_page("your_data")
    expect(page.locator(".st-key-answer")).to_contain_text("Both ways help here")
    shows = {
        words.TABS[0]: page.get_by_text(words.FIRST_START),
        words.TABS[1]: page.get_by_test_id("chart-Your data-confusion"),
        words.TABS[2]: page.get_by_test_id("chart-Your data-by-timestep"),
    }
    for name, shown in [*shows.items(), *reversed(shows.items())]:
        page.get_by_role("tab", name=name).click()
        expect(shown).to_be_visible()
        assert [other.count() for other in shows.values() if other is not shown] == [0, 0]
    page.get_by_role("button", name=words.NEXT_MISTAKE).click()
    expect(page).to_have_url(re.compile("sequence="))
    page.get_by_role("tab", name=words.TABS[1]).click()
    network = page.get_by_role("radiogroup", name=words.NETWORK)
    network.get_by_text("forward", exact=True).click()
    expect(page).to_have_url(re.compile("network=forward"))
    page.reload()
    expect(network.get_by_role("radio", name="forward", exact=True)).to_be_checked()


@pytest.mark.long
def test_sequences_of_one_label_each_are_brought_trained_and_listed(open_page: OpenPage) -> None:
    table = long_table(sequences=80, seed=3)
    mean = table.groupby("sequence")["x"].transform("mean")
    page = open_page("your_data")
    page.get_by_role("button", name="Your file").click()
    bring(page, csv(table.assign(label=mean.gt(0.5).map({True: "high", False: "low"}))))
    expect(page.get_by_text("80 sequences of 5 timesteps").first).to_be_visible()
    page.keyboard.press("Escape")
    answer = page.locator(".st-key-answer")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(answer).to_contain_text("held-out sequences", timeout=240_000)
    expect(page.get_by_test_id("chart-Your data-standing")).to_contain_text("held-out sequences right")
    expect(page.get_by_text(words.FIRST_START)).to_be_visible()
    assert [tab.inner_text() for tab in page.get_by_role("tab").all()] == [*words.TABS[:2]]
    page.get_by_role("tab", name=words.TABS[1]).click()
    expect(page.get_by_test_id("chart-Your data-confusion")).to_be_visible()
    page.get_by_role("radiogroup", name="Will the whole sequence").get_by_text("no", exact=True).click()
    expect(page.get_by_text(words.WHOLE_IS_READ)).to_be_visible()
