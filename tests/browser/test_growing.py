"""What a browser makes of a job's stream, beside what Python makes of the same points."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from bilstm_core import figures, palette
from bilstm_core.analysis import frames
from bilstm_core.downsampling import Curve
from bilstm_core.figures import canvas
from bilstm_core.figures.smoothing import smooth_and_band, thin, trailing_mean
from bilstm_core.service.curve import no_points
from bilstm_core.service.curve import thin as thinned
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train
from ui.chart import component
from ui.watch import line

SCRIPT = (Path(__file__).parents[2] / "ui" / "chart" / "growing.js").read_text(encoding="utf-8")
WHOLE = component._script().replace("export default function", "function drawn")
CLOSE = 1e-6
DOTS = 250
AT_THE_END = 3


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.add_script_tag(content=SCRIPT)
    yield page
    page.close()


def spec(epochs: int, seed: int = 0, **more: int) -> RunSpec:
    return RunSpec(training=TrainingSpec(epochs=epochs, seed=seed, **more))


def tiny(epochs: int) -> RunSpec:
    small = spec(epochs)
    return replace(small, problem=ProblemSpec(timesteps=3), model=ModelSpec(direction="forward", units=2))


def losses(asked: RunSpec, upto: int) -> tuple[np.ndarray, ...]:
    """Every weight update's sequences seen, loss, sequences and loss, of a run that has come so far."""
    training = asked.training
    rng = np.random.default_rng(training.seed)
    each = [min(training.batch_size, training.sequences_per_epoch)] * training.steps_per_epoch
    each[-1] = training.sequences_per_epoch - sum(each[:-1])
    seen = np.cumsum(each * training.epochs)[:upto]
    loss = 0.7 * np.exp(-np.arange(upto) / (0.3 * training.steps)) + rng.gamma(2, 0.03, upto)
    return seen, loss, np.diff(seen, prepend=0), loss


def stream(runs: dict[int, tuple[RunSpec, int]]) -> tuple[list[dict[str, Any]], dict[int, Curve]]:
    """A job's messages, as the server sends them, and the curves that they end with."""
    messages, curves = [], {}
    for place, (asked, upto) in runs.items():
        points = losses(asked, upto)
        before: Curve = no_points()
        for end in sorted({1, upto // 3, upto // 2 + 1, upto}):
            now = thinned(*(part[:end] for part in points), training=asked.training)
            both = min(len(before[0]), len(now[0]))
            same = np.all([old[:both] == new[:both] for old, new in zip(before, now, strict=True)], axis=0)
            start = both if same.all() else int(np.argmin(same))
            seen, loss, _, last = (part[start:].tolist() for part in now)
            messages.append({"runs": [{"run": place, "from": start, "seen": seen, "loss": loss, "last": last}]})
            before = now
        curves[place] = before
    return messages, curves


def in_browser(page: Page, grows: dict[str, Any], messages: list[dict[str, Any]], **axis: Any) -> dict[str, Any]:
    axis = {"x": "sequences_seen", "log_x": False, "window": 25, "dots": DOTS} | axis
    return page.evaluate(  # type: ignore[no-any-return]
        """([line, messages, axis]) => {
            const runs = {}
            for (const message of messages) takeIn(runs, message)
            return grown(line, runs, axis)
        }""",
        [grows, messages, axis],
    )


def close(drawn: list[float | None], wanted: Any) -> None:
    assert np.allclose(np.array(drawn, float), np.asarray(wanted, float), atol=CLOSE, rtol=0, equal_nan=True)


LENGTHS = {
    "each update": (300, {}),
    "thinned": (9_000, {}),
    "batches": (40, {"sequences_per_epoch": 70, "batch_size": 32}),
}


@pytest.mark.parametrize("window", [1, 25, 500])
@pytest.mark.parametrize("log_x", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("x", ["sequences_seen", "updates"])
def test_one_run_grows_in_the_browser_as_in_python(page: Page, x: Any, length: str, log_x: bool, window: int) -> None:
    epochs, more = LENGTHS[length]
    asked = spec(epochs, **more)
    messages, curves = stream({0: (asked, asked.training.steps)})
    drawn = in_browser(page, line("one", {0: asked}, x=x), messages, x=x, log_x=log_x, window=window)
    table = frames.growing_losses("one", asked, curves[0])
    wanted = smooth_and_band(table, window)
    close(drawn["whole"]["x"], wanted[x])
    close(drawn["whole"]["median"], wanted["median"])
    indices = thin(wanted[x].to_numpy(), wanted["median"].to_numpy(), log_x=log_x)
    close(drawn["parts"]["line"]["x"], wanted[x].iloc[indices])
    close(drawn["parts"]["line"]["y"], wanted["median"].iloc[indices])
    indices = thin(table[x].to_numpy(), table["loss"].to_numpy(), log_x=log_x, points=DOTS)
    close(drawn["parts"]["dots"]["x"], table[x].iloc[indices])
    close(drawn["parts"]["dots"]["y"], table["loss"].iloc[indices])
    assert drawn["parts"]["band"]["x"] == []


@pytest.mark.parametrize("log_x", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_what_a_growing_curve_shows_its_finished_one_shows(page: Page, share: float, length: str, log_x: bool) -> None:
    """All but the points at its end, whose stretch may have lower and higher ones to come."""
    epochs, more = LENGTHS[length]
    asked = spec(epochs, **more)

    def shown(upto: int) -> dict[str, list[tuple[float, float]]]:
        messages, _ = stream({0: (asked, upto)})
        parts = in_browser(page, line("one", {0: asked}), messages, log_x=log_x)["parts"]
        return {name: list(zip(parts[name]["x"], parts[name]["y"], strict=True)) for name in ("line", "dots")}

    whole, growing = shown(asked.training.steps), shown(round(asked.training.steps * share))
    for name, points in growing.items():
        assert len(points) > 20
        assert set(points[:-AT_THE_END]) <= set(whole[name])


def test_a_run_that_goes_on_is_one_curve_with_what_it_goes_on_from(page: Page) -> None:
    asked, earlier = spec(9_000), train(tiny(4_001))
    assert frames.ends_between(asked, frames.learnt(asked, earlier))
    news = tuple(part[4_001:] for part in losses(asked, 6_000))
    curve = thinned(*news, training=asked.training)
    seen, loss, _, last = (part.tolist() for part in curve)
    messages = [{"runs": [{"run": 0, "from": 0, "seen": seen, "loss": loss, "last": last}]}]
    drawn = in_browser(page, line("one", {0: asked}, earlier=earlier), messages)
    wanted = smooth_and_band(frames.growing_losses("one", asked, curve, earlier))
    close(drawn["whole"]["x"], wanted["sequences_seen"])
    close(drawn["whole"]["median"], wanted["median"])


@pytest.mark.parametrize("log_x", [False, True], ids=["linear", "log"])
@pytest.mark.parametrize("epochs", [300, 9_000])
def test_several_starts_grow_in_the_browser_as_in_python(page: Page, epochs: int, log_x: bool) -> None:
    specs = {place: spec(epochs, place) for place in range(5)}
    reach = dict.fromkeys(specs, epochs)
    messages, curves = stream({place: (specs[place], reach[place]) for place in specs})
    drawn = in_browser(page, line("five", specs), messages, log_x=log_x)
    wanted = smooth_and_band(
        pd.concat([frames.growing_losses("five", specs[place], curve) for place, curve in curves.items()])
    )
    for part in ("median", "low", "high"):
        close(drawn["whole"][part], wanted[part])
    indices = thin(wanted["sequences_seen"].to_numpy(), wanted["median"].to_numpy(), log_x=log_x)
    edges = pd.concat([wanted["high"].iloc[indices], wanted["low"].iloc[indices][::-1]])
    close(drawn["parts"]["band"]["y"], edges)
    first = frames.growing_losses("five", specs[0], curves[0])
    indices = thin(first["sequences_seen"].to_numpy(), smoothed := trailing_mean(first, 25), log_x=log_x, points=800)
    close(drawn["parts"]["runs"]["y"][: len(indices)], smoothed[indices])


def test_names_at_the_lines_ends_are_kept_apart_as_in_python(page: Page) -> None:
    rng = np.random.default_rng(0)
    for size in (1, 2, 5, 7):
        positions = rng.uniform(0, 120, size).tolist()
        placed = page.evaluate("p => spread(p, 16, 8, 252)", positions)
        assert np.allclose(placed, canvas.spread(positions, apart=16, low=8, high=252))


def test_the_page_fills_a_base_figure_as_python_would_have_drawn_it(page: Page) -> None:
    specs = {"forward": {0: spec(300)}, "backward": {1: spec(300, 1)}}
    styles = {label: figures.style(label) for label in specs}
    messages, curves = stream({0: (specs["forward"][0], 280), 1: (specs["backward"][1], 120)})
    shared: dict[str, Any] = {"x_max": 300, "replay": False}
    base = figures.curve_and_timeline(frames.losses({}), styles, growing=dict.fromkeys(specs, 1), **shared)
    table = pd.concat(
        [
            frames.growing_losses("forward", specs["forward"][0], curves[0]),
            frames.growing_losses("backward", specs["backward"][1], curves[1]),
        ]
    )
    wanted = json.loads(figures.curve_and_timeline(table, styles, **shared).to_json())["layout"]
    lines = [line(label, runs) for label, runs in specs.items()]
    filled = page.evaluate(
        """([base, lines, messages]) => {
            const runs = {}
            for (const message of messages) takeIn(runs, message)
            return grow(base, lines, runs, false)
        }""",
        [json.loads(base.to_json()), lines, messages],
    )["layout"]
    for part, places in (("annotations", ("text", "name", "x", "y")), ("shapes", ("x0", "x1", "opacity"))):
        for drawn, right in zip(filled[part], wanted[part], strict=True):
            for place in places:
                if isinstance(right.get(place), float):
                    assert drawn[place] == pytest.approx(right[place], abs=CLOSE)
                else:
                    assert drawn.get(place) == right.get(place)


def test_a_line_without_points_yet_has_its_name_in_the_legend(page: Page) -> None:
    specs = {"forward": {0: spec(300)}, "backward": {1: spec(300, 1)}}
    styles = {label: figures.style(label) for label in specs}
    base = figures.curve_and_timeline(
        frames.losses({}), styles, growing=dict.fromkeys(specs, 2), x_max=300, replay=False
    )
    messages, _ = stream({0: (specs["forward"][0], 280)})
    drawn = page.evaluate(
        """([base, lines, messages]) => {
            const runs = {}
            for (const message of messages) takeIn(runs, message)
            return grow(base, lines, runs, true).data.filter(trace => trace.meta.part === "line").map(trace => trace.x)
        }""",
        [json.loads(base.to_json()), [line(label, runs) for label, runs in specs.items()], messages],
    )
    assert len(drawn[0]) > 1
    assert drawn[1] == [None]


def test_a_curve_that_begins_anew_takes_the_place_of_what_was_there(page: Page) -> None:
    messages = [
        {"runs": [{"run": 0, "from": 0, "seen": [1, 2, 3], "loss": [0.3, 0.2, 0.1], "last": [0.3, 0.2, 0.1]}]},
        {"runs": [{"run": 0, "from": 0, "seen": [1], "loss": [0.7], "last": [0.7]}]},
        {"runs": [{"run": 0, "from": 1, "seen": [4], "loss": [None], "last": [0.5]}]},
    ]
    told = page.evaluate(
        "messages => { const runs = {}; for (const m of messages) takeIn(runs, m); return runs }", messages
    )
    assert told == {"0": {"seen": [1, 4], "loss": [0.7, None], "last": [0.7, 0.5]}}


def test_on_dark_every_colour_of_the_palette_has_its_other_shade(chromium: Browser) -> None:
    page = chromium.new_page()
    page.add_script_tag(content=WHOLE)
    for light, dark in palette.ON_DARK.items():
        text = json.dumps([light, palette.faint(light, 0.35), palette.EDGE, palette.INK])
        wanted = [dark, palette.faint(dark, 0.35), palette.EDGE, palette.INK]
        assert json.loads(page.evaluate("onDark", text)) == wanted
    page.close()
