"""The Train page in a real browser, with real training."""

import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bilstm_core import palette
from tests.browser.conftest import App, enter
from ui.train.words import TRAINED_ALREADY

OpenPage = Callable[..., Page]
LONG_ENOUGH = 90_000  # ms: TensorFlow's import and a first compile on a busy machine


def choose_epochs(page: Page, epochs: int) -> None:
    enter(page, "Epochs", epochs)
    expect(page.get_by_text(f"In all: {epochs:,} sequence")).to_be_visible()


def make_it_long(page: Page, timesteps: int) -> None:
    """20,000 epochs of many timesteps: long enough to be stopped, or killed, in the middle."""
    enter(page, "Timesteps", timesteps)
    choose_epochs(page, 20_000)


def train(page: Page) -> None:
    page.get_by_role("button", name="Train", exact=True).click()


def finished(page: Page, sequences: int) -> None:
    expect(page.get_by_text(f"After {sequences:,} training sequences, this network")).to_be_visible(timeout=LONG_ENOUGH)


def test_recorded_results_open_the_page_and_on_a_projector_directions_are_in_one_row(open_page: OpenPage) -> None:
    page = open_page("train")
    page.set_viewport_size({"width": 1280, "height": 720})
    finished(page, 1_000)
    expect(page.get_by_text(re.compile(r"Recorded on \d+ \w+ \d+: seed 0"))).to_be_visible()
    expect(page.get_by_test_id("chart-Train-curve").locator(".main-svg").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Fresh sequence \d+: [1-9]\d* of 10 labels wrong"))).to_be_visible()
    group = page.get_by_role("radiogroup", name="Direction")
    expect(group.get_by_role("radio")).to_have_count(3)
    boxes = [radio.bounding_box() for radio in group.get_by_role("radio").all()]
    assert len({box["y"] for box in boxes if box}) == 1
    assert group.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_from_the_problem_to_a_timeline_trained_live(open_page: OpenPage) -> None:
    page = open_page("problem")
    expect(page.get_by_text("at timestep 4, where the running sum")).to_be_visible()
    page.get_by_role("button", name="Train a model on it").click()
    finished(page, 1_000)
    page.get_by_role("radiogroup", name="Direction").get_by_text("bidirectional", exact=True).click()
    choose_epochs(page, 300)
    train(page)
    finished(page, 300)
    expect(page.get_by_text(re.compile(r"(Trained|Stored on .*): seed 0"))).to_be_visible()
    expect(page.get_by_test_id("chart-Train-timeline").locator(".main-svg").first).to_be_visible()


def test_a_growing_curve_is_never_taken_off_the_page_and_stop_and_train_further_work(open_page: OpenPage) -> None:
    page = open_page("train")
    finished(page, 1_000)
    node = page.get_by_test_id("chart-Train-curve")
    expect(node.locator(".main-svg").first).to_be_visible()
    node.evaluate("node => { node.dataset.mine = 'yes' }")
    before = int(node.get_attribute("data-updates") or 0)
    answer, numbers, figure = (page.locator(f".st-key-{name}") for name in ("answer", "numbers", "figure"))
    place = figure.bounding_box()
    make_it_long(page, 190)
    expect(answer).to_have_css("opacity", "0.4")  # of other settings than the controls
    train(page)
    expect(page.get_by_text(re.compile(r"of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    expect(answer).to_have_css("opacity", "1")
    expect(numbers).to_have_css("opacity", "0.4")  # of the run before
    during = figure.bounding_box()
    assert place
    assert during
    assert during["y"] == pytest.approx(place["y"], abs=2)
    words = page.get_by_test_id("progress-Train-curve").bounding_box()
    label = node.locator(".annotation").get_by_text("training").first.bounding_box()
    assert words
    assert label
    assert words["x"] + words["width"] <= label["x"], "the bar ends before what stands at the curves' ends"
    page.wait_for_function(
        "([id, before]) => Number(document.querySelector(`[data-testid='${id}']`).dataset.updates) >= before + 3",
        arg=["chart-Train-curve", before],
        timeout=LONG_ENOUGH,
    )
    growing = node.locator(f"path.sketch[stroke='{palette.FORWARD}']")
    first = growing.get_attribute("d")
    page.wait_for_function("([node, d]) => node.getAttribute('d') !== d", arg=[growing.element_handle(), first])
    across = [float(point.split(",")[0]) for point in re.split("[ML]", growing.get_attribute("d") or "")[1:]]
    assert across == sorted(across)
    assert len(across) > 10
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    further = page.get_by_role("button", name="Train further")
    expect(further).to_be_visible(timeout=LONG_ENOUGH)
    expect(numbers).to_have_css("opacity", "1")
    assert node.get_attribute("data-mine") == "yes"
    assert node.get_attribute("data-plots") == "1"
    expect(node.locator(".sketch")).to_have_count(0)
    assert node.evaluate("node => [...node.querySelectorAll('.trace')].every(part => !part.style.visibility)")
    reached = answered(page)
    assert 0 < reached < 20_000
    further.click()
    page.wait_for_function(
        "reached => Number((document.body.innerText.match(/([\\d,]+) of 20,000 weight updates/) ?? ['', '0'])[1]"
        ".replaceAll(',', '')) > reached",
        arg=reached,
        timeout=LONG_ENOUGH,
    )
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    page.wait_for_function(
        "before => Number((document.body.innerText.match(/After ([\\d,]+) training sequences/) ?? ['', '0'])[1]"
        ".replaceAll(',', '')) > before",
        arg=reached,
        timeout=LONG_ENOUGH,
    )
    assert node.get_attribute("data-mine") == "yes"


def answered(page: Page) -> int:
    text = page.get_by_text(re.compile(r"After [\d,]+ training sequences?, this network")).inner_text()
    match = re.search(r"After ([\d,]+)", text)
    assert match
    return int(match.group(1).replace(",", ""))


def test_replay_moves_curve_and_labels_together_and_next_mistake_shows_a_mistake(open_page: OpenPage) -> None:
    page = open_page("train")
    finished(page, 1_000)
    controls = page.get_by_test_id("controls-Train-curve")
    label = controls.get_by_test_id("replay-label")
    expect(label).to_have_text("sequence 1,000 of 1,000")
    controls.get_by_test_id("replay").click()
    expect(label).not_to_have_text("sequence 1,000 of 1,000")
    expect(label).to_have_text("sequence 1,000 of 1,000")
    scrubber = controls.get_by_test_id("replay-scrubber")
    scrubber.focus()
    scrubber.press("Home")
    expect(label).to_have_text("sequence 0 of 1,000")
    title = page.get_by_text(re.compile(r"Fresh sequence \d+: \d+ of 10 labels wrong"))
    before = title.inner_text()
    page.get_by_role("button", name="Next mistake").click()
    expect(title).not_to_have_text(before)
    expect(title).not_to_have_text(re.compile(": 0 of 10"))


def test_an_edited_sequence_is_answered_at_once_and_a_bad_one_refused_in_place(open_page: OpenPage) -> None:
    page = open_page("train")
    finished(page, 1_000)
    page.get_by_text("Type or paste a sequence").click()
    box = page.get_by_label(re.compile("10 values, each at least 0"))
    box.fill("0.9 0.9 0.9 0 0 0 0 0 0 1.5")
    box.press("Control+Enter")
    page.get_by_role("button", name="Use these values").click()
    expect(page.get_by_text("Value 10 must be at least 0 and less than 1, not 1.5.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Fresh sequence \d+:"))).to_be_visible()
    box.fill("0.9 0.9 0.9 0 0 0 0 0 0 0")
    box.press("Control+Enter")
    page.get_by_role("button", name="Use these values").click()
    expect(page.get_by_text(re.compile(r"Your sequence: \d+ of 10 labels wrong"))).to_be_visible()
    expect(page.get_by_text("Value 10 must be")).to_have_count(0)
    page.get_by_role("button", name="Undo edits").click()
    expect(page.get_by_text(re.compile(r"Fresh sequence \d+:"))).to_be_visible()


def test_the_tray_lays_runs_over_one_another(open_page: OpenPage) -> None:
    page = open_page("train")
    finished(page, 1_000)
    page.get_by_role("button", name="Keep this run").click()
    box = page.get_by_role("checkbox", name="forward, 1,000 sequences")
    expect(box).to_be_checked()
    page.get_by_role("radiogroup", name="Direction").get_by_text("bidirectional", exact=True).click()
    train(page)
    curve = page.get_by_test_id("chart-Train-curve")
    expect(curve).to_contain_text(re.compile(r"forward 0\.\d{3}bidirectional 0\.\d{3}"))  # what both say is left out
    expect(curve).to_contain_text("bidirectional: probability of 1")
    page.get_by_test_id("stCheckbox").get_by_text("forward, 1,000 sequences", exact=True).click()
    expect(curve).not_to_contain_text("forward 0.")
    expect(curve).to_contain_text(re.compile(r"bidirectional 0\.\d{3}"))


def test_a_setting_that_cannot_be_gets_a_sentence_as_it_is_written_and_nothing_is_lost(open_page: OpenPage) -> None:
    page = open_page("train")
    finished(page, 1_000)
    box = page.get_by_label("Timesteps", exact=True)
    expect(box).to_have_value("10")
    for text, read in (("500", "500"), ("1e9", "1,000,000,000"), ("10.5", "10.5")):
        box.fill(text)
        box.press("Enter")
        expect(page.get_by_text(f"Timesteps must be a whole number from 1 to 200, not {read}.")).to_be_visible()
        expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
        finished(page, 1_000)
    box.fill("1e1")
    box.press("Enter")
    expect(page.get_by_text("Timesteps must be a whole number")).to_have_count(0)
    expect(box).to_have_value("10")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    finished(page, 1_000)


def test_changes_made_faster_than_the_page_answers_are_all_kept(open_page: OpenPage) -> None:
    page = open_page("train")
    finished(page, 1_000)
    page.get_by_role("radiogroup", name="Direction").get_by_text("bidirectional", exact=True).click()
    for label, value in (("Units", "7"), ("Epochs", "144")):
        enter(page, label, value)
    expect(page.get_by_text("In all: 144 sequences")).to_be_visible()
    expect(page.get_by_label("Units", exact=True)).to_have_value("7")
    expect(page.get_by_role("radio", name="bidirectional")).to_be_checked()


@pytest.mark.long
def test_a_second_visit_is_served_from_the_store_after_a_restart_too_and_no_process_outlives_a_killed_app(
    open_page: OpenPage, start_app: Callable[..., App], app: App
) -> None:
    page = open_page("train")
    finished(page, 1_000)
    choose_epochs(page, 120)
    train(page)
    finished(page, 120)
    later = start_app(app.store)
    page = open_page("train", on=later)
    finished(page, 1_000)
    choose_epochs(page, 120)
    train(page)
    finished(page, 120)
    expect(page.get_by_text(re.compile("Stored on .*: seed 0"))).to_be_visible()
    expect(page.get_by_text(TRAINED_ALREADY)).to_be_visible()
    expect(page.get_by_role("button", name="Train again")).to_be_visible()
    page.get_by_role("button", name="New seed").click()
    page.get_by_text("More settings", exact=True).click()
    expect(page.get_by_label("Seed (start)", exact=True)).to_have_value("1")
    assert later.survivors(signal.SIGKILL, 10) == []


@pytest.mark.long
def test_a_worker_killed_in_mid_run_costs_nobody_the_page(open_page: OpenPage, app: App) -> None:
    page = open_page("train")
    finished(page, 1_000)
    make_it_long(page, 150)
    train(page)
    expect(page.get_by_text(re.compile(r"of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    app.worker().kill()
    expect(
        page.get_by_text("The training process stopped. It was started again, and so was this training.")
    ).to_be_visible(timeout=LONG_ENOUGH)
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible(timeout=LONG_ENOUGH)
    choose_epochs(page, 130)
    train(page)
    finished(page, 130)


def test_six_quick_clicks_begin_one_training_that_a_reload_finds_and_its_visitor_can_stop(open_page: OpenPage) -> None:
    page = open_page("train")
    finished(page, 1_000)
    enter(page, "Units", "64")
    make_it_long(page, 189)
    box = page.get_by_role("button", name="Train", exact=True).bounding_box()
    assert box
    for _ in range(6):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=10)
        page.wait_for_timeout(150)
    expect(page.get_by_text(re.compile(r"of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    page.wait_for_timeout(1_000)
    expect(page.get_by_text(re.compile(r"of 20,000 weight updates"))).to_be_visible()
    stop = page.get_by_role("button", name="Stop", exact=True)
    place = stop.bounding_box()
    assert place
    assert place["x"] >= box["x"] + box["width"] or place["y"] >= box["y"] + box["height"]
    expect(page).to_have_url(re.compile(r"\?timesteps=189&.*&job=[0-9a-f]{32}$"))
    page.reload()
    expect(page.get_by_text(re.compile(r"[1-9][\d,]* of 20,000 weight updates"))).to_be_visible(timeout=LONG_ENOUGH)
    expect(page.get_by_label("Timesteps", exact=True)).to_have_value("189")
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Train further")).to_be_visible(timeout=LONG_ENOUGH)
    assert 0 < answered(page) < 20_000
    expect(page).to_have_url(re.compile(r"/train\?timesteps=189&(?!.*job=).*units=64"))
