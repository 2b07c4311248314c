"""Inside in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

OpenPage = Callable[..., Page]
LONG_ENOUGH = 90_000  # ms: TensorFlow's import and a first compile on a busy machine


def drawn(page: Page, name: str, timeout: float = 20_000) -> Locator:
    figure = page.get_by_test_id(f"chart-Inside-{name}")
    expect(figure.locator(".main-svg").first).to_be_visible(timeout=timeout)
    return figure


def numbers(figure: Locator) -> list[list[float]]:
    values: list[list[float]] = figure.evaluate(
        "node => Array.from(node._fullData[0].customdata, row => Array.from(row))"
    )
    return values


def test_an_edited_value_changes_the_matrix_and_zeros_stay_where_forward_has_not_read(open_page: OpenPage) -> None:
    page = open_page("inside")
    expect(page.get_by_text("To every value. Output 6, where the label flips,")).to_be_visible()
    page.get_by_role("radiogroup", name="Direction").get_by_text("forward", exact=True).click()
    expect(page.get_by_text("45 of 100 squares are exactly zero")).to_be_visible()
    page.get_by_role("radio", name="What it has read").click()
    drawn(page, "grid")
    page.get_by_role("radio", name="What it reacts to").click()
    figure = drawn(page, "sensitivity")
    before = numbers(figure)
    updates = figure.get_attribute("data-updates")
    slider = page.get_by_role("slider", name="Value at timestep 1")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_role("heading", name="Your sequence", exact=True)).to_be_visible()
    expect(figure).not_to_have_attribute("data-updates", str(updates))
    after = numbers(figure)
    assert after != before
    for row in range(10):
        assert all((value == 0) == (column > row) for column, value in enumerate(after[row]))


@pytest.mark.long
def test_every_tab_draws_and_checkpoints_are_trained_on_demand(open_page: OpenPage) -> None:
    page = open_page("inside")
    for part in ("forward", "backward", "merged"):
        drawn(page, f"states-{part}")
    page.get_by_role("tab", name="Gates of a unit").click()
    assert "forget gate" in drawn(page, "gates").evaluate("node => node.data.map(trace => trace.name)")
    page.get_by_role("tab", name="The merge").click()
    drawn(page, "merge")
    expect(page.get_by_text("This model was trained with concat")).to_be_visible()
    page.get_by_role("tab", name="As it learned").click()
    page.get_by_role("button", name="Train 9 checkpoints").click()
    drawn(page, "checkpoints", LONG_ENOUGH)
    controls = page.get_by_test_id("controls-Inside-checkpoints")
    expect(controls.get_by_test_id("replay-label")).to_have_text(re.compile("after all 1,000 sequences"))
    before = numbers(page.get_by_test_id("chart-Inside-checkpoints"))
    controls.get_by_test_id("replay-scrubber").fill("0")
    expect(controls.get_by_test_id("replay-label")).to_have_text("untrained")
    page.wait_for_function(
        "before => JSON.stringify(before) !== JSON.stringify(Array.from(document.querySelector("
        "'[data-testid=\"chart-Inside-checkpoints\"]')._fullData[0].customdata, row => Array.from(row)))",
        arg=before,
    )


def test_on_a_projector_every_choice_is_in_one_row_none_is_cut_and_the_timeline_in_sight(open_page: OpenPage) -> None:
    page = open_page("inside")
    page.set_viewport_size({"width": 1280, "height": 720})
    for name, options in (("Direction", 3), ("Merge mode", 4), ("Cell", 3), ("Epochs", 3)):
        group = page.get_by_role("radiogroup", name=name)
        expect(group.get_by_role("radio")).to_have_count(options)
        boxes = [radio.bounding_box() for radio in group.get_by_role("radio").all()]
        assert len({box["y"] for box in boxes if box}) == 1, name
        assert group.evaluate("node => node.scrollWidth <= node.clientWidth"), name
    words = page.get_by_text("The run on Train").bounding_box()
    assert words
    assert words["height"] < 30  # one line
    axis_in_sight(page, "Inside")


def test_on_a_projector_the_problems_timeline_is_in_sight_with_its_axis(open_page: OpenPage) -> None:
    page = open_page("problem")
    page.set_viewport_size({"width": 1280, "height": 720})
    axis_in_sight(page, "Problem")


def axis_in_sight(page: Page, name: str) -> None:
    figure = page.get_by_test_id(f"chart-{name}-timeline")
    title = figure.locator(".g-xtitle text, .g-x2title text, .g-x3title text").last
    expect(title).to_have_text("timestep")
    expect(title).to_be_in_viewport(ratio=1)
