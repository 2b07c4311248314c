"""Pages stand still while they are loaded, and on a phone their figure, button and answer share the first screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.in_page import BOTTOM_OF_AXIS, SHIFTS
from benchmarks.layout import VISITS, WANTED_CLS, worst_window
from tests.browser.conftest import PATIENCE_MS, App, enter
from ui import registry
from ui.train.words import TRAINED_ALREADY

RIGHTMOST = """node => {
  const text = document.createRange()
  text.selectNodeContents(node)
  return Math.max(...[...text.getClientRects()].map(({ right }) => right))
}"""


@pytest.fixture
def phone(chromium: Browser) -> Callable[[], Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(f"({SHIFTS})()")
    return context.new_page


def test_on_a_phone_the_settings_open_beneath_their_switch(phone: Callable[[], Page], app: App) -> None:
    page = phone()
    page.goto(f"{app.url}/inside")
    switch = page.locator(".st-key-phone-settings label").last
    expect(page.get_by_test_id("chart-Inside-sensitivity").locator(".main-svg").first).to_be_visible()
    before = switch.bounding_box()
    switch.click()
    group = page.get_by_role("radiogroup", name="Direction")
    expect(group).to_be_visible()
    after, opened = switch.bounding_box(), group.bounding_box()
    assert before
    assert after
    assert opened
    assert after["y"] == before["y"]
    assert after["y"] < opened["y"]
    page.context.close()


def test_on_a_phone_a_press_of_train_closes_the_settings_and_brings_the_curve_into_sight(
    phone: Callable[[], Page], app: App
) -> None:
    page = phone()
    page.goto(f"{app.url}/train")
    curve = page.get_by_test_id("chart-Train-curve")
    expect(curve.locator(".main-svg").first).to_be_visible()
    page.locator(".st-key-phone-settings label").last.click()
    units = page.get_by_label("Units", exact=True)
    expect(units).to_be_visible()
    assert page.evaluate(BOTTOM_OF_AXIS, "Train-curve") > 844
    page.get_by_role("button", name="Train", exact=True).click()
    expect(units).to_be_hidden()
    expect(page.get_by_text(TRAINED_ALREADY)).to_be_in_viewport()
    assert page.evaluate(BOTTOM_OF_AXIS, "Train-curve") <= 844
    page.context.close()


def test_what_differs_is_named_beside_what_the_curves_ends_are(chromium: Browser, app: App) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{app.url}/train")
    expect(page.get_by_test_id("chart-Train-curve").locator(".main-svg").first).to_be_visible()
    for label, value in (("Units", 33), ("Epochs", 2_000), ("Timesteps", 12), ("Units", 34)):
        enter(page, label, value)
    expect(page.get_by_text("of other settings: 10 timesteps, 20 units, 1,000 epochs. Press Train.")).to_be_visible()
    note = page.locator(".st-key-status p").evaluate(RIGHTMOST)
    ends = page.get_by_test_id("chart-Train-curve").locator(".annotation").filter(has_text="training").bounding_box()
    assert ends
    assert note < ends["x"]
    context.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)], ids=["projector", "phone"])
def test_a_race_can_be_replayed_from_the_first_screen(chromium: Browser, app: App, width: int, height: int) -> None:
    """On Directions the replay was below the screen's edge: its rows of answers stand above it."""
    context = chromium.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    for path, key in (("train", "Train-curve"), ("directions", "Directions-curves")):
        page.goto(f"{app.url}/{path}")
        expect(page.get_by_test_id(f"chart-{key}").locator(".main-svg").first).to_be_visible()
        controls = page.get_by_test_id(f"controls-{key}")
        expect(controls).to_be_visible()
        box = controls.bounding_box()
        assert box
        assert box["y"] + box["height"] <= height, path
        controls.get_by_test_id("replay").click()
        expect(controls.get_by_test_id("replay-pause")).to_be_enabled()
    context.close()


@pytest.mark.long
def test_on_a_tablet_no_row_of_choices_is_cut_or_breaks_in_two(chromium: Browser, app: App) -> None:
    context = chromium.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    for path, groups in {
        "": ("Direction", "Merge mode"),
        "train": ("Direction",),
        "directions": ("Epochs", "Starts"),
        "inside": ("Direction", "Merge mode", "Cell", "Epochs"),
    }.items():
        page.goto(f"{app.url}/{path}")
        for name in groups:
            group = page.get_by_role("radiogroup", name=name)
            expect(group).to_be_visible()
            boxes = [radio.bounding_box() for radio in group.get_by_role("radio").all()]
            assert len({box["y"] for box in boxes if box}) == 1, (path, name)
            assert group.evaluate("node => node.scrollWidth <= node.clientWidth"), (path, name)
    context.close()


def test_the_benchmark_visits_every_page_in_order() -> None:
    assert [f"pages/{visit.path or 'overview'}.py" for visit in VISITS] == [page.path for page in registry.PAGES]


def test_on_a_phone_pages_stand_still_with_figure_button_and_answer_in_sight_and_the_menu_closes(
    phone: Callable[[], Page], app: App
) -> None:
    page = phone()
    for path, chart, act in (
        ("train", "Train-curve", "Train"),
        ("problem", "Problem-timeline", "New sequence"),
        ("directions", "Directions-curves", "Train"),
        ("inside", "Inside-sensitivity", "Train"),
    ):
        page.goto(f"{app.url}/{path}")
        button = page.get_by_role("button", name=act, exact=True)
        expect(button).to_be_visible()
        expect(page.get_by_test_id(f"chart-{chart}").locator(".main-svg").first).to_be_visible()
        page.wait_for_timeout(500)
        assert worst_window(page.evaluate("() => window.shifts.entries")) < WANTED_CLS, path
        for box in (button.bounding_box(), page.locator(".st-key-answer").bounding_box()):
            assert box
            assert box["y"] + box["height"] <= 844, path
        replay = page.get_by_test_id(f"controls-{chart}")
        edge = replay.bounding_box() if replay.is_visible() else None  # it stands over what of the figure is lower
        assert page.evaluate(BOTTOM_OF_AXIS, chart) <= (edge["y"] if edge else 844), path
    menu = page.get_by_test_id("stExpandSidebarButton")
    assert menu.evaluate("node => getComputedStyle(node, '::after').content") == '"Menu"'
    menu.click()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Inside").click()
    expect(page.get_by_role("heading", name="What does each output react to?")).to_be_visible()
    expect(menu).to_be_visible()  # it is, where the menu is closed
    page.context.close()
