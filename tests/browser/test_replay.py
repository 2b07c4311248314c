"""Replays in a real browser, judged by what it paints."""

import base64
import io
import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from bilstm_core import palette

OpenPage = Callable[..., Page]
Pixels = npt.NDArray[np.int16]
PAGES = {
    "train": ("train", palette.BIDIRECTIONAL, palette.FORWARD),
    "directions": ("directions", palette.FORWARD, palette.BACKWARD, palette.BIDIRECTIONAL),
    "merge_modes": ("merge_modes", palette.BIDIRECTIONAL, palette.SUM, palette.MUL, palette.AVE),
    "why": ("why", palette.FORWARD, palette.BIDIRECTIONAL),
}
SECONDS = 3.0  # of the replay
PAINTED = 30  # frames a second, at least
TRIES = 3  # for that
POINT, FEW = 8, 60  # px of the point at the replay's head, and columns of which a share says little
FEWEST = 0.8  # of the columns left of the replay's head, that must show a curve in its full colour


def seen(page: Page) -> tuple[Page, Locator, Locator]:
    """A page, its chart with a replay, in sight as a whole, and the replay's controls."""
    controls = page.locator("[data-testid^=controls-]:has([data-testid=replay]:visible)").first
    expect(controls).to_be_visible()
    chart = controls.locator("xpath=preceding-sibling::*[@role='img']")
    chart.evaluate("node => node.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(1_500)  # what is worked out beside the figure comes, and moves nothing later
    return page, chart, controls


def plot_box(chart: Locator) -> dict[str, float]:
    """The curves' own panel on the screen, px."""
    box: dict[str, float] = chart.evaluate(
        """node => {
            const { x, y } = node.getBoundingClientRect()
            const { xaxis, yaxis } = node._fullLayout
            const [left, top] = [x + xaxis._offset, y + yaxis._offset]
            return { left, top, width: xaxis._length, height: yaxis._length }
        }"""
    )
    return box


def panel(image: bytes, box: dict[str, float]) -> Pixels:
    """What a picture of the page shows in a box of it."""
    left, top = round(box["left"]), round(box["top"])
    inside = (left, top, left + round(box["width"]), top + round(box["height"]))
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB").crop(inside)).astype(np.int16)


def coloured(area: Pixels, colours: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Which columns hold a pixel near the full colour of one of the curves; a covered one is far paler."""
    whole = [np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], np.int16) for colour in colours]
    columns: npt.NDArray[np.bool_] = np.any(
        [np.abs(area - image).sum(axis=2, dtype=np.int16) < 90 for image in whole], axis=(0, 1)
    )
    return columns


def head(area: Pixels) -> int:
    """The column of the replay's upright line, which is dark from top to bottom."""
    return int((area.sum(axis=2) < 350).mean(axis=0).argmax())


def drawn(chart: Locator) -> str:
    """Everything that is drawn, as SVG; a style that was taken off again is none."""
    svg: str = chart.evaluate(
        """node => [...node.querySelectorAll(".main-svg > :not(.hoverlayer)")].map(part => part.outerHTML).join("")"""
    )
    return svg.replace(' style=""', "")


def cast_of_a_replay(page: Page, controls: Locator) -> list[tuple[float, bytes]]:
    """What the browser paints while a replay of 3 seconds plays, by the seconds since its begin."""
    frames: list[tuple[float, bytes]] = []
    session = page.context.new_cdp_session(page)

    def painted(event: Any) -> None:
        frames.append((event["metadata"]["timestamp"], base64.b64decode(event["data"])))
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", painted)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 2})
    page.wait_for_timeout(300)
    controls.get_by_test_id("replay").evaluate("button => button.click()")  # a mouse would scroll to it
    began = time.time()
    expect(controls.get_by_test_id("replay-pause")).to_be_disabled()
    page.wait_for_timeout(200)
    session.send("Page.stopScreencast")
    session.detach()
    return [(at - began, image) for at, image in frames if 0.3 < at - began < SECONDS - 0.3]


def painted_a_second(chart: Locator, controls: Locator) -> float:
    """In how many of the browser's frames a second the curtain has moved, over a replay of 3 seconds."""
    counted: float = chart.evaluate(
        """(node, button) => new Promise(resolve => {
            const seen = new Set()
            const began = performance.now()
            const look = now => {
                const curtain = node.querySelector(".replay path")
                if (curtain) seen.add(curtain.getAttribute("d"))
                if (curtain || now - began < 1000) requestAnimationFrame(look)
                else resolve(seen.size / 3)
            }
            button.click()
            requestAnimationFrame(look)
        })""",
        controls.get_by_test_id("replay").element_handle(),
    )
    return counted


LONG = ("why", "merge_modes", "directions")  # drawn by the code of the others


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.long] * (name in LONG)) for name in PAGES])
def test_a_curve_stands_up_to_the_replays_head_in_every_painted_frame_and_in_the_end_whole(
    open_page: OpenPage, name: str
) -> None:
    page, chart, controls = seen(open_page(PAGES[name][0]))
    label, scrubber = controls.get_by_test_id("replay-label"), controls.get_by_test_id("replay-scrubber")
    last, finished = label.inner_text(), drawn(chart)
    scrubber.press("Home")
    expect(label).to_have_text(re.compile(r" 0 of "))
    assert drawn(chart) != finished
    scrubber.press("End")
    expect(label).to_have_text(last)
    assert drawn(chart) == finished
    box = plot_box(chart)
    whole = coloured(panel(page.screenshot(), box), PAGES[name][1:])
    assert whole.mean() > FEWEST
    playing: list[tuple[float, Pixels]] = []
    heads: list[int] = [0]
    for _ in range(TRIES):  # others use this machine too, and few frames of a replay may come
        playing = [(at, panel(image, box)) for at, image in cast_of_a_replay(page, controls)]
        heads = [head(image) for _, image in playing] or [0]
        expect(label).to_have_text(last)
        assert drawn(chart) == finished
        if max(heads) - min(heads) > 0.5 * len(whole):
            break
    assert max(heads) - min(heads) > 0.5 * len(whole)
    for place, (at, image) in zip(heads, playing, strict=True):
        left = max(0, place - POINT)
        if left > FEW:
            shown = coloured(image, PAGES[name][1:])[:left]
            assert shown[whole[:left]].mean() > FEWEST, f"at {at:.2f} s"
    rates: list[float] = []
    while len(rates) < TRIES and max(rates, default=0) < PAINTED:  # others use this machine too
        rates.append(painted_a_second(chart, controls))
    assert max(rates) >= PAINTED, rates
