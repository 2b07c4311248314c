"""A chart's data as a table, one key away."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_t_on_a_chart_opens_its_numbers_which_wait_for_reveal_before_a_class(open_page: Callable[..., Page]) -> None:
    page = open_page("problem")
    drawn = page.locator("[data-testid^='chart-'][data-plots]").first
    expect(drawn).to_be_visible()
    chart = page.locator(".bilstm-chart", has=drawn).first
    offer = chart.locator("button.tabled")
    offer.focus()
    page.keyboard.press("t")
    dialog = chart.get_by_role("dialog")
    expect(dialog).to_be_visible()
    values = drawn.evaluate("node => Array.from(node._fullData[0].y)")
    cells = dialog.locator("tbody tr > td:nth-child(2)").all_inner_texts()
    assert [float(cell) for cell in cells] == values
    told = drawn.get_attribute("aria-label")
    assert told is not None
    assert told in dialog.inner_text()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(offer).to_be_focused()
    page.goto(page.url.split("?")[0] + "?view=class")
    expect(page.get_by_role("button", name="Reveal")).to_be_visible()
    expect(drawn).to_be_visible()
    expect(offer).to_be_hidden()
    assert "Expected: " in told
    assert "Expected: " not in (drawn.get_attribute("aria-label") or "Expected: ")
    page.get_by_role("button", name="Reveal").click()
    expect(offer).to_have_css("visibility", "visible")
    expect(drawn).to_have_attribute("aria-label", told)
