"""What is in sight on a projector's screen, and how labels stand."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

WIDTH, HEIGHT, HEADER = 1280, 720, 60  # px
OpenPage = Callable[..., Page]


def box(element: Locator) -> dict[str, float]:
    place = element.bounding_box()
    assert place
    return dict(place)


def test_on_a_projector_the_replay_is_in_sight_and_labels_in_a_row_share_a_line(open_page: OpenPage) -> None:
    page = open_page("train")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    controls = page.get_by_test_id("controls-Train-curve")
    expect(controls).to_be_visible()
    replay = box(controls)
    assert replay["y"] + replay["height"] <= HEIGHT

    for name in ("Why", "Merge modes"):
        page.get_by_role("link", name=name, exact=True).click()
        controls = page.get_by_test_id(f"controls-{name}-curves")
        expect(controls).to_be_visible()
        replay = box(controls)
        assert replay["y"] + replay["height"] <= HEIGHT, name

    page.get_by_role("link", name="Directions").click()
    curves = page.get_by_test_id("chart-Directions-curves")
    expect(curves.locator(".main-svg").first).to_be_visible()
    controls = page.get_by_test_id("controls-Directions-curves")
    expect(controls).to_be_visible()
    replay = box(controls)
    assert replay["y"] + replay["height"] - box(curves)["y"] <= HEIGHT - HEADER
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    labels = page.locator("[data-testid=stWidgetLabel] p")
    row = [box(labels.get_by_text(name, exact=True)) for name in ("Epochs", "Starts", "Timesteps", "Units")]
    lines = [label["y"] + label["height"] for label in row]
    assert max(lines) - min(lines) <= 1
