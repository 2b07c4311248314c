"""Before a class, and within another page, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import App

LONG_MS = 60_000
GUESS = {"problem": "this sequence's label flip?", "train": "wholly right? under 25% ·"}
LINES = """node => {
  const text = document.createRange()
  text.selectNodeContents(node)
  return new Set([...text.getClientRects()].map(({ top }) => Math.round(top))).size
}"""
END = re.compile(r"\b0\.\d{3}$")  # what stands at a curve's end
KEYS = "Keys: → next page"


def test_a_class_is_led_through_the_pages_by_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("problem?hide=timesteps")
    answer = page.locator(".st-key-answer p")
    expect(answer).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_label("Timesteps", exact=True)).to_be_hidden()
    page.locator(".st-key-view-switch label").click()
    expect(page).to_have_url(re.compile("view=class"), timeout=LONG_MS)
    expect(answer).to_contain_text(GUESS["problem"], timeout=LONG_MS)
    reveal = page.get_by_role("button", name="Reveal", exact=True)
    expect(reveal).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text(KEYS)).to_be_visible(timeout=LONG_MS)  # told once they do something
    label = page.get_by_test_id("chart-Problem-timeline").locator(".bartext").get_by_text(re.compile("^[01]$"))
    expect(label).to_have_count(0)
    page.keyboard.press("r")
    expect(answer).to_contain_text("at timestep", timeout=LONG_MS)
    expect(label.first).to_be_visible(timeout=LONG_MS)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"/train\?.*view=class"), timeout=LONG_MS)
    expect(page).to_have_title("Train · BiLSTM Explorer")
    expect(page.get_by_role("heading", name="Can this model learn it")).to_be_visible(timeout=LONG_MS)
    expect(reveal).to_be_visible(timeout=LONG_MS)
    expect(answer).to_contain_text(GUESS["train"], timeout=LONG_MS)
    box = page.get_by_label("Units", exact=True)
    box.press("r")  # in a box it is a letter
    expect(answer).to_contain_text(GUESS["train"])
    expect(reveal).to_be_visible()


def test_before_a_class_what_edits_and_sets_stands_above_the_bar_and_a_question_takes_one_line(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("inside?view=class")
    page.set_viewport_size({"width": 1280, "height": 720})
    reveal = page.get_by_role("button", name="Reveal", exact=True)
    expect(reveal).to_be_visible(timeout=LONG_MS)

    def ends_above_the_bar(node: Locator) -> None:
        expect(node).to_be_visible(timeout=LONG_MS)
        page.wait_for_timeout(1_000)  # the figure finds its height
        box, bar = node.bounding_box(), page.locator(".st-key-class-bar").bounding_box()
        assert box
        assert bar
        assert box["y"] + box["height"] <= bar["y"]

    reveal.click()
    ends_above_the_bar(page.get_by_role("slider", name="Value at timestep 1"))
    page.goto(page.url.replace("/inside", "/why"))
    ends_above_the_bar(page.get_by_role("button", name="Train", exact=True))
    page.goto(page.url.replace("/why", "/your_data"))
    asked = page.get_by_text("Will the whole sequence be there when you need the answer?")
    expect(asked).to_be_visible(timeout=LONG_MS)
    assert asked.evaluate(LINES) == 1


def test_before_a_class_train_fits_and_tells_nothing_and_every_key_does_its_act(open_page: Callable[..., Page]) -> None:
    page = open_page("train?view=class")
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.get_by_test_id("chart-Train-curve").locator(".main-svg").first).to_be_visible(timeout=LONG_MS)
    expect(page.locator(".st-key-answer p")).to_contain_text(GUESS["train"], timeout=LONG_MS)
    wrong = page.get_by_text(re.compile(r"[0-9]+ of 10 (labels )?wrong"))
    expect(wrong).to_have_count(0)
    bar = page.locator(".st-key-class-bar").bounding_box()
    last = page.locator(".st-key-setting-more").bounding_box()
    assert bar
    assert last
    assert last["y"] + last["height"] <= bar["y"], "all controls of Train are in sight"
    expect(page.get_by_text(KEYS)).to_be_visible(timeout=LONG_MS)
    page.locator("h1").click()
    page.keyboard.press("p")
    pause = page.get_by_test_id("replay-pause").first
    expect(pause).to_be_enabled()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    page.keyboard.press("r")
    expect(wrong).not_to_have_count(0)
    told, counts = (part.bounding_box() for part in page.locator(".st-key-answer p").all())
    assert told
    assert counts
    assert told["y"] + told["height"] <= counts["y"], "what the answer rests on stands below it"
    for key, address in (
        ("PageDown", "directions"),
        ("PageUp", "train"),
        ("ArrowLeft", "problem"),
        ("ArrowRight", "train"),
    ):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(rf"/{address}\?.*view=class"), timeout=LONG_MS)
        expect(page.locator(".st-key-class-bar")).to_have_count(1)
        expect(page.locator(".st-key-answer p").first).to_be_visible(timeout=LONG_MS)


def test_before_a_class_a_click_on_a_choice_keeps_no_key_from_leading_on(open_page: Callable[..., Page]) -> None:
    """A presenter's remote control sends Page Down: it stopped in mid-lecture once a direction had been clicked."""
    page = open_page("train?view=class")
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.get_by_text(KEYS)).to_be_visible(timeout=LONG_MS)

    def choose(group: str, option: str) -> Locator:
        choice = page.get_by_role("radiogroup", name=group).get_by_role("radio", name=option)
        choice.click()
        expect(choice).to_be_checked(timeout=LONG_MS)
        return choice

    def leads_to(key: str, address: str) -> None:
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(rf"/{address}\?.*view=class"), timeout=LONG_MS)
        expect(page.locator(".st-key-answer p").first).to_be_visible(timeout=LONG_MS)

    choose("Direction", "bidirectional")
    leads_to("ArrowRight", "directions")
    choose("Epochs", "4,000")
    leads_to("PageUp", "train")
    page.get_by_label("Units", exact=True).click()
    leads_to("PageDown", "directions")
    chosen = choose("Starts", "3")
    chosen.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")  # for one who goes by keys it stays in the row
    expect(page.get_by_role("radiogroup", name="Starts").get_by_role("radio", name="10")).to_be_focused(timeout=LONG_MS)
    expect(page).to_have_url(re.compile("/directions"))


def test_before_a_class_the_race_waits_at_its_start_and_nothing_ranks_it_before_reveal(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("directions?view=class")
    page.set_viewport_size({"width": 1280, "height": 720})
    chart = page.get_by_test_id("chart-Directions-curves")
    names = chart.locator(".annotation, .replay").get_by_text(re.compile("^bidirectional"))
    position = page.get_by_test_id("controls-Directions-curves").get_by_test_id("replay-label")
    expect(position).to_have_text("sequence 0 of 250", timeout=LONG_MS)
    expect(page.locator(".st-key-answer")).to_contain_text("forward · backward · bidirectional")
    curtain = chart.locator(".replay path").first
    expect(curtain).to_have_attribute("opacity", "1")
    expect(page.get_by_text(KEYS)).to_be_visible(timeout=LONG_MS)
    page.locator("h1").click()
    page.keyboard.press("p")
    expect(position).to_have_text("sequence 250 of 250", timeout=LONG_MS)
    expect(chart.locator(".replay")).to_have_count(0)
    expect(names.first).to_have_text("bidirectional")
    expect(chart.get_by_text(END)).to_have_count(0)
    expect(chart.get_by_text("best possible")).to_have_count(0)  # it tells, too
    page.keyboard.press("r")
    expect(names.first).to_have_text(re.compile(r"^bidirectional 0\.\d{3}$"), timeout=LONG_MS)
    expect(position).to_have_text("sequence 250 of 250")


def _bottom(node: Locator) -> float:
    expect(node).to_be_visible(timeout=LONG_MS)
    box = node.bounding_box()
    assert box
    return box["y"] + box["height"]


def test_before_a_class_curves_are_taller_than_a_readers_under_two_lines_of_answer_and_above_the_bar(
    open_page: Callable[..., Page],
) -> None:
    """Less than a quarter of a projector was curves: all around them was larger than a reader's."""

    def height() -> float:
        area = page.locator(".st-key-figure .nsewdrag").first
        expect(area).to_be_attached(timeout=LONG_MS)
        page.wait_for_timeout(1_500)  # the figure finds its height
        box = area.bounding_box()
        assert box
        return box["height"]

    for path, asked in (("directions", ""), ("merge_modes", ""), ("why", "guess=it-sees-the-future&stage=5")):
        page = open_page(f"{path}?{asked}")
        page.set_viewport_size({"width": 1280, "height": 720})
        readers = height()
        page = open_page(f"{path}?{asked}&view=class")
        page.set_viewport_size({"width": 1280, "height": 720})
        expect(page.get_by_text(KEYS)).to_be_visible(timeout=LONG_MS)
        page.locator("h1").click()
        page.keyboard.press("r")
        answer = page.locator(".st-key-answer p").first
        expect(answer).not_to_contain_text("Your guess?", timeout=LONG_MS)
        assert height() > readers, path
        bar = page.locator(".st-key-class-bar").bounding_box()
        assert bar
        assert _bottom(page.get_by_test_id("replay-scrubber").first) < bar["y"], path
        assert _bottom(page.locator(".st-key-figure .xtitle")) <= _bottom(page.locator(".st-key-figure .plot")), path
        told = answer.locator("..").bounding_box()
        line = answer.evaluate("node => parseFloat(getComputedStyle(node).lineHeight)")
        assert told
        assert told["height"] <= 2 * line + 1, path


def test_with_details_before_a_class_no_row_of_choices_breaks_in_two(open_page: Callable[..., Page]) -> None:
    """The form of Train fell apart: what fits in a wide column alone was laid out in a narrow one."""
    for path, groups in (("train", ("Direction",)), ("directions", ("Epochs", "Starts"))):
        page = open_page(f"{path}?view=class")
        page.set_viewport_size({"width": 1280, "height": 720})
        expect(page.get_by_text(KEYS)).to_be_visible(timeout=LONG_MS)
        page.get_by_role("button", name="Reveal", exact=True).click()
        page.locator(".st-key-class-bar").get_by_text("Details").click()
        expect(page.get_by_role("button", name="Share", exact=True)).to_be_visible(timeout=LONG_MS)
        for name in groups:
            group = page.get_by_role("radiogroup", name=name)
            boxes = [radio.bounding_box() for radio in group.get_by_role("radio").all()]
            assert len({box["y"] for box in boxes if box}) == 1, (path, name)
        labels = page.locator(".st-key-controls [data-testid=stWidgetLabel] p:visible").all()
        assert labels
        assert {label.evaluate(LINES) for label in labels} == {1}, "no label breaks in two"


@pytest.mark.long
def test_a_figure_in_another_page_stands_with_its_controls_alone(open_page: Callable[..., Page], app: App) -> None:
    page = open_page()
    frame = f'<iframe src="{app.url}/problem?timesteps=8&embed=true" width="900" height="600"></iframe>'
    page.route("**/article", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto(f"{app.url}/article")
    inside = page.frame_locator("iframe")
    expect(inside.get_by_test_id("chart-Problem-timeline")).to_be_visible(timeout=LONG_MS)
    expect(inside.get_by_label("Timesteps", exact=True)).to_have_value("8", timeout=LONG_MS)
    link = inside.get_by_role("link", name="Open in BiLSTM Explorer")
    expect(link).to_have_js_property("href", f"{app.url}/problem?timesteps=8", timeout=LONG_MS)
    for gone in (inside.locator("h1"), inside.locator(".st-key-answer p"), inside.get_by_text("Class mode")):
        expect(gone).to_be_hidden()


@pytest.mark.long
def test_within_a_narrow_page_no_control_and_no_text_of_a_figure_is_cut(open_page: Callable[..., Page]) -> None:
    page = open_page("inside?embed=true")
    page.set_viewport_size({"width": 900, "height": 600})
    expect(page.locator(".bilstm-chart .annotation").first).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("empty: exactly 0")).to_be_visible()
    cut = """() => [...document.querySelectorAll(".bilstm-chart")].flatMap(chart => {
      const room = chart.getBoundingClientRect()
      return [...chart.querySelectorAll(".annotation text")].filter(text => {
        const { left, right } = text.getBoundingClientRect()
        return right > room.right + 1 || left < room.left - 1
      }).map(text => text.textContent)
    })"""
    page.wait_for_function(f"({cut})().length === 0")
    first = page.get_by_role("radio", name="forward", exact=True).first.locator("..").bounding_box()
    assert first
    assert first["x"] >= 0
