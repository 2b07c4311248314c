"""A replay's frames: applied one over the other, as the browser does, they lead back to the finished figure."""

import base64
import copy
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.figures.canvas import frames_of
from bilstm_core.specs import ProblemSpec
from tests.figures.test_figures import MODELS, STYLES, losses, snapshots

WITH_FRAMES = {
    "curves": lambda: figures.loss_curves(losses(MODELS), STYLES, replay=True),
    "long": lambda: figures.loss_curves(losses(MODELS, n=4_000), STYLES, log_x=True, mark=250, replay=True),
    "one": lambda: figures.curve_and_timeline(losses(["forward"]), STYLES, improving(["forward"])),
    "three": lambda: figures.curve_and_timeline(losses(MODELS), STYLES, improving(MODELS)),
    "regression": lambda: figures.curve_and_timeline(losses(MODELS), STYLES, improving(MODELS), classes=0),
}


def improving(labels: list[str]) -> pd.DataFrame:
    """Snapshots that end with one label wrong, each with probabilities of its own."""
    frame = snapshots(labels)
    last = frame["sequences_seen"] == 250
    frame.loc[last & (frame["timestep"] == 2), "probability"] = 1 - frame["expected"]
    frame["probability"] = frame["probability"] * (0.9 + 0.0001 * frame["sequences_seen"])
    return frame


def _plain(value: Any) -> Any:
    if isinstance(value, dict) and "bdata" in value:
        return _plain(np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]))
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def _laid_over(below: Any, above: Any) -> Any:
    if isinstance(above, dict):
        return {**below, **{name: _laid_over(below.get(name, {}), part) for name, part in above.items()}}
    return above


def _apply(figure: dict[str, Any], frame: dict[str, Any]) -> None:
    for place, part in zip(frame.get("traces", []), frame.get("data", []), strict=True):
        figure["data"][place] = _laid_over(figure["data"][place], part)
    for name, items in frame["layout"].items():
        shown = figure["layout"][name]
        figure["layout"][name] = [_laid_over(*pair) for pair in zip(shown, items, strict=True)]


def _parts(figure: go.Figure) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    whole = _plain(figure.to_plotly_json())
    del whole["layout"]["meta"]["frames"]
    return {"data": whole["data"], "layout": whole["layout"]}, frames_of(figure)


@pytest.mark.parametrize("name", WITH_FRAMES)
def test_the_frames_in_order_lead_back_to_the_finished_figure(name):
    finished, moments = _parts(WITH_FRAMES[name]())
    shown = copy.deepcopy(finished)
    for frame in moments[:-1]:
        _apply(shown, frame)
    assert shown != finished
    _apply(shown, moments[-1])
    assert shown == finished


@pytest.mark.parametrize("name", WITH_FRAMES)
def test_plotly_knows_all_that_a_frame_says(name):
    frames = frames_of(WITH_FRAMES[name]())
    checked = go.Figure(frames=frames).frames
    assert [frame.name for frame in checked] == [frame["name"] for frame in frames]


@pytest.mark.parametrize("name", WITH_FRAMES)
def test_a_frame_shows_the_same_whatever_was_shown_before(name):
    finished, moments = _parts(WITH_FRAMES[name]())
    middle = moments[len(moments) // 2]
    straight = copy.deepcopy(finished)
    _apply(straight, middle)
    after_all = copy.deepcopy(finished)
    for frame in [*moments, middle]:
        _apply(after_all, frame)
    assert after_all == straight


@pytest.mark.parametrize("labels", [["forward"], MODELS])
def test_a_growing_plot_has_the_finished_ones_panels_and_axes(labels):
    styles = {label: STYLES[label] for label in labels}
    problem = ProblemSpec()
    waiting = pd.concat([frames.unanswered(problem, 0).assign(label=label) for label in labels])
    early = losses(labels[:1]).head(40)
    growing = figures.curve_and_timeline(early, styles, waiting, x_max=250, replay=False).layout
    finished = figures.curve_and_timeline(losses(labels), styles, snapshots(labels)).layout
    assert growing.height == finished.height
    assert growing.margin == finished.margin
    assert growing.meta["narrow"] == finished.meta["narrow"]
    for axis in ["xaxis", "xaxis2", "yaxis", *(f"yaxis{number + 2}" for number in range(len(labels)))]:
        assert growing[axis] == finished[axis]


def test_a_probe_that_has_no_answer_yet_is_judged_neither_right_nor_wrong():
    waiting = frames.unanswered(ProblemSpec(), 0).assign(label="forward")
    figure = figures.curve_and_timeline(losses(["forward"]).head(9), STYLES, waiting, x_max=250, replay=False)
    assert not any("wrong" in note.text for note in figure.layout.annotations)
    assert not frames_of(figure)


def test_the_growing_figure_is_as_tall_as_the_finished_one() -> None:
    for labels in (["forward"], MODELS):
        styles = {label: STYLES[label] for label in labels}
        finished = figures.curve_and_timeline(losses(labels), styles, improving(labels))
        unanswered = pd.concat([frames.unanswered(ProblemSpec(), 0).assign(label=label) for label in labels])
        growing = figures.curve_and_timeline(
            losses(labels).iloc[:0], styles, unanswered, growing=dict.fromkeys(labels, 1), x_max=250, replay=False
        )
        assert growing.layout.height == finished.layout.height
        assert growing.layout.meta["narrow"]["height"] == finished.layout.meta["narrow"]["height"]
