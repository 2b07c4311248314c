"""What a notebook shows for a run."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from bilstm_core.card import POINTS, card, loss_curve
from bilstm_core.choices import DIRECTIONS, MERGE_MODES
from bilstm_core.palette import color, on_any
from bilstm_core.presets import DEFAULT_PRESET, EVERY_PROBLEM, PRESETS
from bilstm_core.runs import Run, probes
from bilstm_core.store import read_recorded

HOSTILE = '<script>alert("1")</script>&'


class Text(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, _: object) -> None:
        self.tags.add(tag)


def recorded(name: str = DEFAULT_PRESET) -> Run:
    run = read_recorded(PRESETS[name])
    assert run is not None
    return run


def curve(x: np.ndarray, loss: np.ndarray, **more: object) -> str:
    settings = {"end": 9, "axis": HOSTILE, "alt": HOSTILE, "colour": "#2563EB"} | more
    return loss_curve(x, loss, np.zeros(0), np.zeros(0), **settings)


def points(svg: str) -> list[tuple[float, float]]:
    path = ET.fromstring(svg).find(".//{*}path").get("d")
    return [(float(a), float(b)) for a, b in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


def test_a_run_shows_what_was_measured_in_it() -> None:
    run = recorded()
    shown = Text(run._repr_html_())
    words = " ".join(shown.words)
    last = run.history.tail(25)
    batch = probes(run.spec.problem)
    right = ((run.snapshots.probabilities[-1, ..., 0] >= 0.5) == batch.y[..., 0]).all(axis=1).sum()
    for expected in (
        "Forward, 1,000 sequences",
        f"{last['loss'].mean():.4f}",
        f"{last['accuracy'].mean():.1%}",
        f"{right} of 32 probes",
        "1,781",
        "Cumulative sum, 10 timesteps, threshold 0.25.",
    ):
        assert expected in words, expected
    assert 'fill="currentColor"' in run._repr_html_()
    assert shown.tags <= {"div", "svg", "g", "path", "text", "line"}
    assert repr(run) == "<Run: forward, 1,000 sequences>"


def test_a_run_that_keeps_no_snapshots_says_nothing_of_whole_sequences() -> None:
    run = recorded()
    nothing = run.snapshots._replace(step=run.snapshots.step[:0])
    assert "whole sequences" not in replace(run, snapshots=nothing)._repr_html_()
    earlier = run.snapshots._replace(step=run.snapshots.step[:3], probabilities=run.snapshots.probabilities[:3])
    assert "whole sequences" not in replace(run, snapshots=earlier)._repr_html_()


def test_a_run_of_waves_has_no_labels_that_are_right() -> None:
    run = read_recorded(next(spec for spec in EVERY_PROBLEM if spec.problem.name == "cosine_from_sine"))
    assert run is not None
    assert "mean squared error" in run._repr_html_()
    assert "right" not in run._repr_html_()


def test_a_run_that_was_stopped_before_it_began_shows_itself() -> None:
    run = recorded()
    stopped = replace(run, steps_done=0, history=run.history[:0], steps=run.steps[:0])
    shown = stopped._repr_html_()
    assert "0 of 1,000 sequences" in shown
    assert "<svg" not in shown


def test_no_text_is_taken_for_html() -> None:
    assert Text(card(HOSTILE, {HOSTILE: HOSTILE}, HOSTILE)).tags == {"div"}
    drawn = curve(np.arange(1, 4.0), np.array([0.7, 0.6, 0.5]), colour='"><script>')
    assert Text(drawn).tags == {"svg", "g", "path", "text", "line"}
    assert ET.fromstring(drawn).get("aria-label") == HOSTILE


def test_a_curve_falls_from_left_to_right_as_its_losses_do() -> None:
    places = points(curve(np.arange(1, 10.0), np.linspace(1, 0, 9)))
    across, down = zip(*places, strict=True)
    assert list(across) == sorted(across)
    assert list(down) == sorted(down)
    assert (down[0], down[-1]) == (10, 120)


def test_many_points_become_few_and_the_highest_stays() -> None:
    loss = np.full(20_000, 0.5)
    loss[12_345] = 1.0
    places = points(curve(np.arange(20_000.0), loss, end=20_000))
    assert len(places) <= POINTS + 2
    assert min(down for _, down in places) == 10


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_is_a_gap(bad: float) -> None:
    path = ET.fromstring(curve(np.arange(1, 6.0), np.array([0.7, 0.6, bad, 0.5, 0.4]))).find(".//{*}path").get("d")
    assert (path.count("M"), path.count("L")) == (2, 2)
    assert curve(np.arange(1, 3.0), np.array([bad, bad])) == ""


@pytest.mark.parametrize("colour", sorted({*map(color, DIRECTIONS), *(color("bidirectional", m) for m in MERGE_MODES)}))
@pytest.mark.parametrize("page", ["#FFFFFF", "#111111"])
def test_a_curve_is_seen_on_light_and_on_dark(colour: str, page: str) -> None:
    light, dark = sorted((luminance(on_any(colour)), luminance(page)))
    assert (dark + 0.05) / (light + 0.05) >= 3


def luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
