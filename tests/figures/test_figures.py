"""Facts about the figures, read from their data."""

import itertools
import json
import re
import tomllib
from inspect import isfunction
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from bilstm_core import figures, palette
from bilstm_core.choices import MERGE_MODES
from bilstm_core.figures import canvas, curves
from bilstm_core.figures.canvas import frames_of
from bilstm_core.figures.loss_plot import clear_of_lines
from bilstm_core.problems.base import reads

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
MODELS = ["forward", "backward", "bidirectional"]
STYLES = {name: figures.style(name) for name in MODELS}
MERGES = [palette.color("bidirectional", mode) for mode in MERGE_MODES]
HEX = [palette.FORWARD, palette.BACKWARD, *MERGES, palette.WRONG]
MARKS = [palette.BLOCK, palette.DARK_BLOCK, palette.EDGE]
THEMES = {"light": ("#ffffff", {}), "dark": ("#12141c", palette.ON_DARK)}
SIGHT = {  # linear RGB as it is seen; Machado, Oliveira and Fernandes 2009, whole loss of one kind of cone
    "all cones": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
APART = {"all cones": 0.12, "protan": 0.08, "deutan": 0.08, "tritan": 0.065}  # in OKLab, where 0 to 1 is black to white


def losses(labels, seeds=1, n=250, final=0.3):
    rng = np.random.default_rng(0)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "label": label,
                    "seed": seed,
                    "sequences_seen": np.arange(1, n + 1),
                    "updates": np.arange(1, n + 1),
                    "loss": np.linspace(0.69, final, n) + 0.02 * rng.random(n),
                }
            )
            for label, seed in itertools.product(labels, range(seeds))
        ],
        ignore_index=True,
    )


def sequence(timesteps=10, wrong=(), seed=0):
    x = np.random.default_rng(seed).random(timesteps)
    expected = (x.cumsum() >= timesteps / 4).astype(int)
    predicted = expected.copy()
    for timestep in wrong:
        predicted[timestep - 1] = 1 - predicted[timestep - 1]
    probability = np.where(predicted == 1, 0.8, 0.2)
    steps = np.arange(1, timesteps + 1)
    return pd.DataFrame(
        {"timestep": steps, "x": x, "expected": expected, "probability": probability, "predicted": predicted}
    )


def snapshots(labels, timesteps=10, times=(0, 1, 10, 100, 250)):
    return pd.concat(
        [
            sequence(timesteps, wrong=range(1, 4) if at < 100 else ()).assign(label=label, sequences_seen=at)
            for label in labels
            for at in times
        ],
        ignore_index=True,
    )


def trace(figure, name):
    return next(series for series in figure.data if series.name == name)


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(*colours):
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in colours)
    return (high + 0.05) / (low + 0.05)


def oklab(colour, sight=SIGHT["all cones"]):
    cones = [[0.4122215, 0.5363325, 0.0514460], [0.2119035, 0.6806995, 0.1073970], [0.0883025, 0.2817188, 0.6299787]]
    axes = [[0.2104543, 0.7936178, -0.0040720], [1.9779985, -2.4285922, 0.4505937], [0.0259040, 0.7827718, -0.8086758]]
    seen = np.clip(np.array(sight) @ linear(colour), 0, 1)
    return np.array(axes) @ np.cbrt(np.array(cones) @ seen)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("colour", "least"), [*((c, 4.5) for c in HEX), *((c, 3) for c in MARKS)])
def test_data_colours_read_on_light_and_dark(colour, least, theme):
    background, shades = THEMES[theme]
    assert contrast(shades.get(colour, colour), background) >= least


def test_the_themes_backgrounds_are_those_that_contrast_is_measured_on():
    theme = tomllib.loads(CONFIG.read_text())["theme"]
    assert {name: theme[name]["backgroundColor"] for name in THEMES} == {name: THEMES[name][0] for name in THEMES}


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES)
def test_colours_stay_apart_for_every_kind_of_sight(theme, sight):
    seen = [oklab(THEMES[theme][1].get(colour, colour), SIGHT[sight]) for colour in HEX]
    assert min(np.linalg.norm(first - second) for first, second in itertools.combinations(seen, 2)) >= APART[sight]


@pytest.mark.parametrize("colour", [colour for colour in HEX if colour != palette.AVE])
def test_a_colour_keeps_its_hue_on_dark(colour):
    (_, *light), (_, *dark) = oklab(colour), oklab(palette.ON_DARK[colour])
    assert np.dot(light, dark) >= np.cos(np.radians(12)) * np.linalg.norm(light) * np.linalg.norm(dark)


def test_vermilion_is_no_models_colour():
    modes = [figures.color("bidirectional", mode) for mode in MERGE_MODES]
    models = [figures.color("forward"), figures.color("backward"), *modes]
    assert len({*models, figures.WRONG}) == len(models) + 1
    assert figures.color("forward", "sum") == figures.color("forward")


def test_unknown_colours_and_dashes_are_refused_by_name():
    with pytest.raises(ValueError, match="sideways"):
        figures.color("sideways")
    with pytest.raises(ValueError, match="wavy"):
        figures.dash("wavy")


def test_runs_are_smoothed_over_the_last_sequences_before_the_band():
    frame = losses(["forward"], seeds=11, n=60)
    banded = figures.smooth_and_band(frame, window=25)
    wide = frame.pivot(index="sequences_seen", columns="seed", values="loss")
    smoothed = wide.rolling(25, min_periods=1).mean()
    for column, share in (("low", 0.1), ("median", 0.5), ("high", 0.9)):
        np.testing.assert_allclose(banded[column], smoothed.quantile(share, axis=1), atol=1e-12)
    assert (banded["seeds"] == 11).all()


def test_smoothing_counts_sequences_not_rows():
    frame = pd.DataFrame({"label": "a", "seed": 0, "sequences_seen": [10, 20, 30, 34], "loss": [1.0, 2.0, 3.0, 8.0]})
    banded = figures.smooth_and_band(frame, window=14)
    np.testing.assert_allclose(banded["median"], [1, 1.5, 2.5, (3 * 10 + 8 * 4) / 14])


def test_a_stopped_run_leaves_the_band_to_the_others():
    frame = losses(["forward"], seeds=3, n=50)
    frame = frame[(frame["seed"] != 2) | (frame["sequences_seen"] <= 20)]
    banded = figures.smooth_and_band(frame, window=1)
    assert banded["seeds"].tolist() == [3] * 20 + [2] * 30
    assert banded[["low", "median", "high"]].notna().all(axis=None)


def test_starts_with_different_rows_are_drawn_straight_between_them():
    frame = pd.DataFrame(
        {"label": "a", "seed": [0, 0, 1, 1, 1], "sequences_seen": [10, 30, 10, 20, 30], "loss": [1.0, 3, 4, 4, 4]}
    )
    banded = figures.smooth_and_band(frame, window=1)
    assert banded["seeds"].tolist() == [2, 2, 2]
    assert banded["median"].tolist() == [2.5, 3.0, 3.5]


def test_a_row_counts_by_its_mean_where_it_has_one():
    frame = pd.DataFrame(
        {"label": "a", "seed": 0, "sequences_seen": [10, 20], "loss": [9.0, 2.0], "mean": [1.0, np.nan]}
    )
    assert figures.smooth_and_band(frame, window=20)["median"].tolist() == [1.0, 1.5]


def test_an_empty_frame_gives_an_empty_figure():
    empty = losses(["forward"]).iloc[:0]
    assert len(figures.loss_curves(empty, STYLES).data) == 0


@pytest.mark.parametrize("log_x", [False, True])
def test_thinning_keeps_the_peaks(log_x):
    x = np.arange(1, 20_001)
    y = np.random.default_rng(0).random(len(x))
    y[[12_345, 17_000]] = 9, -9
    places = figures.thin(x, y, log_x=log_x)
    assert len(places) <= 1_000
    assert {0, 12_345, 17_000, len(x) - 1} <= set(places.tolist())
    assert (np.diff(places) > 0).all()


def test_every_curve_has_at_most_a_thousand_points():
    figure = figures.loss_curves(losses(MODELS, n=5_000), STYLES, log_x=True)
    assert max(len(series.x) for series in figure.data) <= 1_000


def test_end_labels_stay_14_px_apart_and_name_the_final_value():
    figure = figures.loss_curves(losses(MODELS, seeds=3), STYLES, height=400)
    plot = 400 - curves.TOP - curves.BOTTOM
    ends = [note for note in figure.layout.annotations if note.name]
    heights = sorted(note.y / 0.75 * plot for note in ends)
    assert len(ends) == 3
    assert np.diff(heights).min() >= 14
    finals = figures.smooth_and_band(losses(MODELS, seeds=3)).groupby("label")["median"].last()
    for note, label in zip(ends, MODELS, strict=True):
        assert note.text == f"<b>{label} {finals[label]:.3f}</b>"


def test_spread_moves_labels_as_little_as_needed():
    assert canvas.spread([10, 100, 101], apart=16, low=0, high=200) == pytest.approx([10, 92.5, 108.5])
    assert canvas.spread([0, 1, 2], apart=16, low=0, high=200) == pytest.approx([0, 16, 32])
    assert canvas.spread([50, 20], apart=16, low=0, high=200) == [50, 20]


def test_one_run_alone_shows_its_raw_points():
    alone = figures.loss_curves(losses(["forward"]), STYLES)
    np.testing.assert_allclose(trace(alone, "each sequence").y, losses(["forward"])["loss"], atol=1e-4)
    several = figures.loss_curves(losses(MODELS), STYLES)
    assert "each sequence" not in {series.name for series in several.data}


def test_the_band_is_filled_only_where_there_are_several_starts():
    assert "10 to 90% of starts" in {
        series.name for series in figures.loss_curves(losses(MODELS, seeds=3), STYLES).data
    }
    each = figures.loss_curves(losses(MODELS, seeds=3), STYLES, each_run=True)
    assert [series.name for series in each.data] == [name for label in MODELS for name in ("each start", label)]


def test_the_loss_axis_is_linear_and_marks_the_coin_toss():
    layout = figures.loss_curves(losses(MODELS), STYLES, mark=250, log_x=True, x_max=4_000).layout
    assert layout.yaxis.type in (None, "linear")
    assert layout.yaxis.range == (0, 0.75)
    assert layout.xaxis.range == pytest.approx((1, np.log10(4_000)))
    texts = [note.text for note in layout.annotations]
    assert "coin toss 0.69" in texts
    mark = next(note for note in layout.annotations if note.text == curves.TUTORIAL)
    assert mark.x == pytest.approx(np.log10(250))  # Plotly places texts, unlike shapes, by their logarithm
    assert any(shape.x0 == 250 for shape in layout.shapes)


@pytest.mark.parametrize(("sequences", "side"), [(2_000, "right"), (10_000, "right"), (500_000, "left")])
def test_the_note_of_the_tutorials_end_stays_over_a_narrow_plot(sequences: int, side: str):
    layout = figures.curve_and_timeline(losses(MODELS), STYLES, mark=250, log_x=True, x_max=sequences).layout
    assert next(note for note in layout.annotations if note.text == curves.TUTORIAL).xanchor == side


def test_what_is_written_into_a_loss_plot_cuts_no_hole_in_a_curve_behind_it():
    floors = [figures.Floor("best possible", 0.2, STYLES["forward"])]
    notes = figures.loss_curves(losses(MODELS), STYLES, floors=floors).layout.annotations
    written = [note for note in notes if note.xref == "x domain" and note.text and note.x < 1]
    assert {note.text for note in written} == {"best possible 0.200", "coin toss 0.69"}
    assert all(note.bgcolor is None and note.font.shadow for note in written)


def test_axis_titles_name_the_unit_and_the_smoothing():
    layout = figures.loss_curves(losses(MODELS), STYLES, window=50, x="updates").layout
    assert layout.xaxis.title.text == "weight updates"
    assert layout.yaxis.title.text == "training loss (nats per label),<br>mean of the last 50"


@pytest.mark.parametrize("log_x", [False, True])
def test_replay_uncovers_evenly_along_the_axis_as_displayed(log_x):
    figure = figures.loss_curves(losses(MODELS, n=4_000), STYLES, log_x=log_x, replay=True)
    covered = [frame["layout"]["shapes"][-2]["x0"] for frame in frames_of(figure)]
    shares = [1.0 if share is None else share for share in covered]
    assert 45 <= len(shares) <= 62
    assert shares[0] == 0
    assert shares[-1] == 1.0
    assert max(np.diff(shares)) < 0.06
    assert frames_of(figure)[-1]["name"] == "sequence 4,000 of 4,000"
    assert len({frame["name"] for frame in frames_of(figure)}) == len(frames_of(figure))


@pytest.mark.parametrize("gap", [0.002, 0.01, 0.05])
def test_labels_of_best_possible_lines_close_to_each_other_do_not_overlap(gap):
    floors = [figures.Floor(f"best possible, {label}", 0.2 + gap * n, STYLES[label]) for n, label in enumerate(MODELS)]
    for height, drawn in (
        (440 - 46 - 58, figures.loss_curves(losses(MODELS), STYLES, floors=floors)),
        (240, figures.curve_and_timeline(losses(MODELS), STYLES, floors=floors, curve_height=240)),
    ):
        places = sorted(note.y for note in drawn.layout.annotations if "best possible" in note.text)
        assert len(places) == len(MODELS)
        assert min(np.diff(places)) * height / 0.75 >= 19 - 1e-6, "px from one text to the next"


def test_no_text_over_a_best_possible_line_is_struck_through_by_the_line_of_another():
    for values in ([0.204, 0.214], [0.1, 0.11, 0.3], [0.0, 0.2, 0.205, 0.21], [0.72, 0.74]):
        placed = clear_of_lines(values, tall=0.06, high=0.69)
        assert max(placed) <= 0.69
        assert min(np.diff(sorted(placed))) >= 0.06 - 1e-9
        if max(values) < 0.5:
            assert not [(place, line) for place in placed for line in values if place + 1e-9 < line < place + 0.06]
    assert clear_of_lines([0.4, 0.1], tall=0.06, high=0.69) == [0.4, 0.1], "one with room stands on its own line"


def test_a_name_at_a_lines_end_is_what_follows_its_comma_where_all_of_it_is_too_long():
    assert curves.short("backward, tutorial's order") == "tutorial's order"
    assert curves.short("forward, wider") == "forward, wider"
    assert curves.short("bidirectional, sum, 20 units, T=10") == "bidirectional, sum, 20…"


def test_a_line_told_by_its_dashes_alone_has_them_at_its_end():
    styles = {"bidirectional": STYLES["bidirectional"], "no future": STYLES["bidirectional"]._replace(dash="dot")}
    figure = figures.loss_curves(losses([*styles]), styles)
    notes = {note.text: note.name for note in figure.layout.annotations if note.text and "<b>" in note.text}
    (of_dashed,) = [text for text in notes if "no future" in text]
    (of_solid,) = [text for text in notes if "bidirectional" in text]
    assert of_dashed.startswith("<b>┅ no future 0.")
    assert notes[of_dashed].startswith("<b>┅ 0.")
    assert "┅" not in of_solid + notes[of_solid]


def test_before_any_replay_the_final_state_is_shown():
    figure = figures.loss_curves(losses(MODELS), STYLES, replay=True)
    cover = figure.layout.shapes[-2]
    assert cover.x0 == cover.x1 == 1
    assert cover.opacity == 0.85
    assert cover.fillcolor == palette.PAPER


def test_replay_moves_the_probe_with_the_curve():
    figure = figures.curve_and_timeline(losses(MODELS), STYLES, snapshots(MODELS))
    moving = frames_of(figure)[0]["traces"]
    assert [figure.data[i].name for i in moving] == ["stems", "right", "wrong"] * 3
    for frame in frames_of(figure):
        at = int(frame["name"].split()[1])
        wrong = [frame["data"][i] for i in (2, 5, 8)]
        assert [len(series["x"]) for series in wrong] == [3 if at < 100 else 0] * 3


def test_while_the_answer_is_covered_no_probe_row_says_how_many_are_wrong():
    for counted in (True, False):
        figure = figures.curve_and_timeline(losses(MODELS), STYLES, snapshots(MODELS), counted=counted)
        assert ("of 10 wrong" in figure.to_json()) == counted


def test_while_the_answer_is_covered_no_number_ranks_the_curves_and_none_is_seen_before_its_time():
    ends = dict.fromkeys(STYLES, 0.2)
    for counted in (True, False):
        drawn = figures.curve_and_timeline(losses(MODELS), STYLES, snapshots(MODELS), ends=ends, counted=counted)
        layout = drawn.layout
        names = [note.text for note in layout.annotations if any(label in note.text for label in STYLES)]
        assert any(re.search(r"\d\.\d{3}", name) for name in names) == counted
        assert any("sequences" in note.text for note in layout.annotations) == counted, "the heading of the numbers"
        *guides, cover, _ = [shape for shape in layout.shapes if shape.type != "circle"]
        assert len(layout.shapes) == len(guides) + 2 + (len(ends) if counted else 0)
        assert cover.opacity == (0.85 if counted else 1)
        assert {guide.layer for guide in guides} == {"below" if counted else "above"}, "seen through the curtain"
        assert (layout.hovermode is False) == (not counted)
    for frame in frames_of(drawn):
        assert not any(re.search(r"\d\.\d{3}", note.get("text", "")) for note in frame["layout"]["annotations"])


def test_probe_rows_are_optional():
    assert len(figures.curve_and_timeline(losses(MODELS), STYLES).data) == 3


def test_wrong_timesteps_are_exactly_those_in_vermilion():
    frame = sequence(wrong=(3, 7))
    figure = figures.timeline(frame, 2.5, figures.color("forward"))
    crosses = trace(figure, "wrong")
    assert list(crosses.x) == [3, 7]
    assert crosses.marker.color == figures.WRONG
    frames = [shape for shape in figure.layout.shapes if shape.name == "wrong"]
    assert [(shape.x0, shape.x1) for shape in frames] == [(2.5, 3.5), (6.5, 7.5)]
    assert {shape.line.color for shape in frames} == {figures.WRONG}
    assert any(note.text == "<b>2 of 10 wrong</b>" for note in figure.layout.annotations)
    assert "of 10" not in figures.timeline(frame, 2.5, counted=False).to_json(), "while the answer is covered"
    assert sorted([*trace(figure, "right").x, *crosses.x]) == list(range(1, 11))
    flawless = figures.timeline(sequence(), 2.5, figures.color("forward")).to_json()
    assert json.loads(flawless)["layout"]["annotations"][-1]["text"] == "<b>0 of 10 wrong</b>"
    marked = [s for s in json.loads(flawless)["layout"]["shapes"] if s["name"] == "wrong"]
    assert marked == []


def test_a_dot_outside_its_shade_is_a_wrong_dot():
    figure = figures.timeline(sequence(wrong=(2,)), 2.5)
    shade = next(series for series in figure.data if series.type == "bar" and series.name is None)
    low = dict(zip(shade.x, shade.base, strict=True))
    inside = {t: low[t] <= p <= low[t] + 0.5 for name in ("right", "wrong") for t, p in
              zip(trace(figure, name).x, trace(figure, name).y, strict=True)}  # fmt: skip
    assert [t for t, yes in inside.items() if not yes] == [2]


def test_blocks_stand_on_the_sum_so_far_and_the_crossing_one_is_darker():
    frame = sequence()
    blocks = trace(figures.timeline(frame, 2.5), "values")
    np.testing.assert_allclose(
        np.asarray(blocks.base, dtype=float) + np.asarray(blocks.y), frame["x"].cumsum(), atol=2e-4
    )
    flip = int(frame.loc[frame["expected"] == 1, "timestep"].min())
    assert [t for t, c in zip(blocks.x, blocks.marker.color, strict=True) if c == palette.DARK_BLOCK] == [flip]


def test_digits_go_past_15_timesteps():
    assert list(trace(figures.timeline(sequence(15), 3.75), "expected").text) == [
        str(label) for label in sequence(15)["expected"]
    ]
    assert trace(figures.timeline(sequence(16), 4), "expected").text is None


def test_without_a_model_the_timeline_has_no_predictions():
    figure = figures.timeline(sequence()[["timestep", "x", "expected"]], 2.5)
    assert [series.name for series in figure.data] == ["values", "expected"]
    assert figures.WRONG not in figure.to_json()


def test_what_is_not_told_yet_is_not_in_the_figure_and_its_place_is_kept():
    table = sequence()[["timestep", "x", "expected"]]
    told, asked = (figures.timeline(table, 2.5, told=each) for each in (True, False))
    assert len(set(trace(told, "values").marker.color)) == 2
    assert set(trace(asked, "values").marker.color) == {palette.BLOCK}
    assert "Expected" in told.layout.meta["says"]
    assert "Expected" not in asked.layout.meta["says"]
    blank = asked.data[1]
    assert (blank.text, blank.customdata, blank.marker.color) == (None, None, palette.ZERO)
    assert blank.base == told.data[1].base
    assert asked.layout.yaxis2.domain == told.layout.yaxis2.domain


def test_a_narrow_screen_shows_a_long_sequence_around_its_flip():
    frame = sequence(100)
    flip = int(frame.loc[frame["expected"] == 1, "timestep"].min())
    first, last = figures.timeline(frame, 25).layout.meta["narrow"]["xaxis"]["range"]
    assert last - first == 20
    assert first < flip < last
    assert "xaxis" not in figures.timeline(sequence(40), 10).layout.meta["narrow"]


@pytest.mark.parametrize(("flip", "window"), [(1, (1, 20)), (50, (40, 59)), (95, (81, 100)), (None, (1, 20))])
def test_the_window_lies_around_the_flip(flip, window):
    expected = np.zeros(100, dtype=int)
    if flip:
        expected[flip - 1 :] = 1
    assert figures.around_flip(expected) == window


def test_the_wall_is_sorted_by_the_flip_and_marks_every_mistake():
    frame = pd.concat([sequence(wrong=(4,) if n % 3 == 0 else (), seed=n).assign(sequence=n) for n in range(1, 101)])
    cells = trace(figures.wall(frame, palette.FORWARD), "cells")
    state, numbers = np.asarray(cells.z), np.asarray(cells.customdata)[:, 0]
    assert [int(n) for n, row in zip(numbers, state, strict=True) if (row == 2).any()] == [
        n for n in numbers if n % 3 == 0
    ]
    turns = [int(frame[(frame["sequence"] == n) & (frame["expected"] == 1)]["timestep"].min()) for n in numbers]
    assert turns == sorted(turns)
    assert cells.colorscale[-1][1] == figures.WRONG


@pytest.mark.parametrize(
    ("labels", "order"),
    [
        ([[0, 0, 1], [0, 1, 1]], "by when the label flips"),
        ([[1, 1, 0], [1, 0, 0]], "by when the label flips"),
        ([[0, 1, 2], [0, 0, 1]], "by when the label flips"),
        ([[0, 1, 0], [0, 1, 1]], "by their labels"),
        ([[0, 0, 0], [1, 1, 1]], "by their labels"),
    ],
)
def test_only_where_labels_turn_one_way_the_wall_says_that_their_flip_orders_it(labels, order):
    rows = [
        {"sequence": number, "timestep": step, "expected": label, "predicted": label}
        for number, line in enumerate(labels, start=1)
        for step, label in enumerate(line, start=1)
    ]
    figure = figures.wall(pd.DataFrame(rows), palette.FORWARD, classes=max(2, np.max(labels) + 1))
    assert figure.layout.yaxis.title.text == f"2 sequences, {order}"
    lines = [each for each in figure.data if each.name == "label flips"]
    assert bool(lines) == (order.endswith("flips") and np.max(labels) == 1)


def test_reading_grid_fills_what_has_been_read():
    views = {"forward": np.tril, "backward": np.triu, "bidirectional": lambda all_: all_}
    figure = figures.reading_grid(5, [(view, view) for view in [*views, "backward_raw"]])
    for view, cut in views.items():
        np.testing.assert_array_equal(trace(figure, view).z, cut(np.ones((5, 5), dtype=int)))
    raw = np.asarray(trace(figure, "backward_raw").z)
    np.testing.assert_array_equal(raw, np.asarray(trace(figure, "backward").z)[::-1])
    assert raw.sum(axis=1).tolist() == [1, 2, 3, 4, 5]  # output t has read the last t values
    assert raw[0].tolist() == [0, 0, 0, 0, 1]
    for view in [*views, "backward_raw"]:
        np.testing.assert_array_equal(trace(figure, view).z, reads(view, 5))


def test_backward_meets_the_outline_only_on_the_diagonal():
    decides = np.tril(np.ones((6, 6), dtype=bool))
    read = np.asarray(trace(figures.reading_grid(6, [("one", "backward")]), "one").z, dtype=bool)
    np.testing.assert_array_equal(read & decides, np.eye(6, dtype=bool))


def test_confusion_counts_and_colours():
    frame = pd.DataFrame({"expected": [0, 0, 1], "predicted": [0, 1, 1], "count": [90, 10, 50]})
    figure = figures.confusion(frame)
    assert [note.text for note in figure.layout.annotations] == [
        "<b>90</b><br>90.0%", "<b>10</b><br>10.0%", "<b>0</b><br>0.0%", "<b>50</b><br>100.0%",
    ]  # fmt: skip
    assert np.isnan(np.diag(np.asarray(trace(figure, "wrong").z))).all()


def test_confusion_of_many_classes_keeps_their_order_and_has_its_numbers_in_the_table_alone():
    names = ["ten", "nine", "eight", "seven", "six", "a very long name of a class"]
    frame = pd.DataFrame({"expected": names, "predicted": names[::-1], "count": range(6)})
    figure = figures.confusion(frame, order=names)
    assert not figure.layout.annotations
    assert [*trace(figure, "right").x] == names
    assert figure.layout.yaxis.ticktext[-1] == "a very long n…"
    assert np.asarray(trace(figure, "wrong").customdata)[1, 4] == 1


def test_share_of_ones_is_darker_where_the_guess_is_one():
    ones = pd.DataFrame({"timestep": [1, 2, 3], "label": 1, "share": [0.0, 0.4, 0.9]})
    zeros = ones.assign(label=0, share=1 - ones["share"])
    bars = figures.label_shares(pd.concat([zeros, ones])).data[0]
    assert list(bars.marker.color) == [palette.BLOCK, palette.BLOCK, palette.DARK_BLOCK]
    np.testing.assert_allclose(np.asarray(bars.customdata)[:, 0], [1.0, 0.6, 0.9])


def intervals(label, middle, low, high):
    return pd.DataFrame({"label": [label], "middle": [middle], "low": [low], "high": [high], "seen": [f"{middle:.3f}"]})


def test_paired_differences_show_every_start_and_a_zero_line():
    frame = pd.DataFrame({"label": "backward", "seed": range(10), "difference": np.linspace(-0.1, 0.3, 10)})
    figure = figures.paired_differences(frame, STYLES, intervals=intervals("backward", 0.1, 0.02, 0.18))
    np.testing.assert_allclose(figure.data[0].x, frame["difference"], atol=1e-6)
    low, mean, high = figure.data[1].x
    assert (low, mean, high) == (0.02, 0.1, 0.18)
    assert figure.layout.xaxis.zeroline
    assert not figure.layout.shapes  # a second line at zero


def test_a_mean_hides_nothing_of_a_short_interval():
    frame = pd.DataFrame({"label": "backward", "seed": range(3), "difference": [0.1, 0.2, 0.3]})
    mean = figures.paired_differences(frame, STYLES, intervals=intervals("backward", 0.2, 0.19, 0.21)).data[1].marker
    assert mean.symbol == "line-ns"
    assert max(mean.line.width) <= 3


def test_given_intervals_are_drawn_as_they_are():
    frame = pd.DataFrame({"label": "backward", "seed": range(3), "difference": [0.1, 0.2, 0.3]})
    given = pd.concat([intervals("forward", 0, 0, 0), intervals("backward", 0.21, -0.9, 0.4)])
    figure = figures.paired_differences(frame, STYLES, intervals=given)
    assert list(trace(figure, "backward: mean").x) == [-0.9, 0.21, 0.4]
    assert figure.layout.xaxis.range[0] < -0.9
    assert figure.layout.xaxis.title.text == "difference in loss (nats per label)"


def test_ceilings_are_dashed_in_the_colour_of_their_model():
    frame = pd.DataFrame(
        {
            "label": ["forward"] * 2 + ["backward"] * 2 + ["bidirectional"] * 2,
            "timestep": [1, 2] * 3,
            "accuracy": [0.9, 1.0] * 3,
            "ceiling": [1.0, 1.0, 0.95, 1.0, np.nan, np.nan],
        }
    )
    figure = figures.accuracy_by_timestep(frame, STYLES)
    dashed = [series for series in figure.data if series.line.dash == "dash"]
    assert [series.name for series in dashed] == ["forward: best possible", "backward: best possible"]
    assert [series.line.color for series in dashed] == [palette.FORWARD, palette.BACKWARD]
    assert list(dashed[1].y) == [0.95, 1.0]
    assert figure.layout.xaxis.title.text == "timestep (dashed: best possible)"
    without = figures.accuracy_by_timestep(frame.drop(columns="ceiling"), STYLES)
    assert len(without.data) == 3
    assert without.layout.xaxis.title.text == "timestep"


def nine(**changes):
    best = {("past", "backward"): 0.2, ("future", "forward"): 0.2, ("both", "forward"): 0.1, ("both", "backward"): 0.1}
    return pd.DataFrame(
        [
            {
                "decides": f"{row} decides",
                "direction": name,
                "exact": 0.9,
                "best": best.get((row, name), 1.0),
                **changes,
            }
            for row in ("past", "future", "both")
            for name in MODELS
        ]
    )


def test_cells_that_no_model_can_always_get_right_are_hatched():
    figure = figures.three_by_three(nine())
    cells = {(series.x[i], series.base[i]): tuple(series.customdata[i]) for series in figure.data[:3] for i in range(3)}
    hatched = trace(figure, "hatched")
    assert hatched.marker.pattern.shape == "/"
    small = [note.y for note in figure.layout.annotations if (note.text or "").startswith("best, label by label")]
    ends = {base + tall for base, tall in zip(hatched.base, hatched.y, strict=True)}
    assert len(small) == len(ends) + 1 == 4, "of the last row there are two"
    assert max(end % 1 for end in ends) < min(y % 1 for y in small) - 0.1, "no line goes through what is written small"
    assert {cells[place] for place in zip(hatched.x, hatched.base, strict=True)} == {
        ("past decides", "backward"), ("future decides", "forward"),
        ("both decides", "forward"), ("both decides", "backward"),
    }  # fmt: skip


def test_a_best_possible_that_is_not_known_is_said_to_be_and_hatches_nothing():
    figure = figures.three_by_three(nine().assign(best=np.nan))
    texts = [note.text for note in figure.layout.annotations]
    assert texts.count("best possible not known") == 9
    assert not [text for text in texts if "–" in text]
    assert len(trace(figure, "hatched").x) == 0


def test_the_chosen_cell_of_the_nine_is_outlined():
    assert figures.three_by_three(nine()).layout.shapes == ()
    outline = figures.three_by_three(nine(), chosen=("future decides", "bidirectional")).layout.shapes[0]
    assert (outline.x0 + outline.x1) / 2 == 2
    assert (outline.y0 + outline.y1) / 2 == 1


@pytest.mark.parametrize(("exact", "said"), [(0.104, False), (0.106, True), (0.2, True)])
def test_how_a_share_can_lie_above_the_best_possible_is_said_where_it_is_seen_to(exact, said):
    figure = figures.three_by_three(nine().query("direction == 'forward' and best == 0.1").assign(exact=exact))
    note = figure.layout.annotations[-1].text
    assert ("not quite the most that whole sequences can reach" in note) == said


def test_a_loss_on_fresh_sequences_has_a_mark_of_its_own_at_its_height_and_none_lies_under_another():
    ends = dict(zip(MODELS, (0.343, 0.345, 0.204), strict=True))
    figure = figures.curve_and_timeline(losses(MODELS), STYLES, ends=ends)
    marks = {shape.name.removesuffix(" on others"): shape for shape in figure.layout.shapes if shape.type == "circle"}
    assert {label: mark.yanchor for label, mark in marks.items()} == ends
    assert {label: mark.fillcolor for label, mark in marks.items()} == {label: STYLES[label].color for label in ends}
    places = [(mark.x0, mark.yanchor > 0.3) for mark in marks.values()]
    assert len(set(places)) == 3, "two as high stand side by side"
    notes = {note.text.split()[0].removeprefix("<b>"): note for note in figure.layout.annotations}
    for label, mark in marks.items():
        assert notes[label].y == pytest.approx(ends[label], abs=0.03)
        assert notes[label].xshift > mark.x1
    alone = figures.curve_and_timeline(losses(MODELS), STYLES)
    assert not [shape for shape in alone.layout.shapes if shape.type == "circle"], "the curves' own values need none"


def test_what_the_numbers_at_the_ends_are_is_written_above_them():
    def heading(**more):
        return figures.curve_and_timeline(losses(MODELS), STYLES, **more).layout.annotations

    assert [note.text for note in heading() if note.name == "training<br>loss"] == ["training<br>loss"]
    ends = dict.fromkeys(MODELS, 0.2)
    marked = "● fresh<br>loss"
    assert [note.text for note in heading(ends=ends) if note.name == marked] == ["● loss, fresh<br>sequences"]
    assert not [note for note in heading(ends={}) if note.name in ("training<br>loss", marked)]


@pytest.mark.parametrize(("exact", "text"), [(1.0, "100%"), (0.9996, "99.9%"), (0.214, "21%"), (np.nan, "–")])
def test_a_share_that_is_not_all_is_never_said_to_be(exact, text):
    texts = [note.text for note in figures.three_by_three(nine(exact=exact)).layout.annotations]
    assert texts.count(f"<b>{text}</b>") == 9
    assert texts.count("best possible 100%") == 5


def test_sensitivity_leaves_exact_zeros_empty_and_shares_one_scale():
    small = np.tril(np.full((4, 4), 1e-9))
    large = np.triu(np.full((4, 4), 0.5))
    figure = figures.sensitivity([("forward", "forward", small), ("backward", "backward", large)])
    cells = np.asarray(trace(figure, "forward").z, dtype=float)
    np.testing.assert_array_equal(np.isnan(cells), small == 0)
    assert cells[0, 0] == pytest.approx(-9)
    assert figure.layout.coloraxis.cmax == pytest.approx(np.log10(0.5))
    assert {series.coloraxis for series in figure.data if series.type == "heatmap"} == {"coloraxis"}
    borders = [series for series in figure.data if series.name == "empty"]
    assert [sum(x is None for x in series.x) for series in borders] == [6, 6]
    assert any("change of probability by change of value" in note.text for note in figure.layout.annotations)


def test_sensitivity_lies_as_the_reading_grid():
    models = [(view, view) for view in ("forward", "backward_raw")]
    grid = figures.reading_grid(5, models)
    matrix = figures.sensitivity([(*model, np.ones((5, 5))) for model in models])
    for axis in ("xaxis", "yaxis", "xaxis2", "yaxis2"):
        assert matrix.layout[axis].range == grid.layout[axis].range
        assert matrix.layout[axis].title.text == grid.layout[axis].title.text


def test_a_piece_of_a_matrix_keeps_its_timesteps():
    figure = figures.sensitivity([("forward", "forward", np.tril(np.ones((3, 3))))], first=7)
    assert list(trace(figure, "forward").x) == [7, 8, 9]
    assert figure.layout.xaxis.range == (6.4, 9.6)
    assert figure.layout.yaxis.range == (9.6, 6.4)
    corners = [x for x in trace(figure, "empty").x if x is not None]
    assert 7.5 < min(corners) < max(corners) < 9.5


def moments():
    growing = [np.tril(np.full((4, 4), size)) for size in (1e-3, 0.1, 10.0)]
    names = ("untrained", "after 5 of 10 sequences", "after all 10 sequences")
    states = np.linspace(-1, 1, 8).reshape(2, 4)
    return [figures.Moment(name, grown, states * grown.max() / 10) for name, grown in zip(names, growing, strict=True)]


def test_checkpoints_move_matrix_and_states_together_on_fixed_scales():
    figure = figures.checkpoints(moments(), ["3", "5"], palette.FORWARD, unit="change")
    assert [frame["name"] for frame in frames_of(figure)] == [moment.name for moment in moments()]
    assert figure.layout.coloraxis.cmax == pytest.approx(1)
    for frame, moment in zip(frames_of(figure), moments(), strict=True):
        matrix, states = frame["data"]
        drawn = np.array(matrix["z"], np.float64)
        np.testing.assert_allclose(10 ** drawn[np.tril_indices(4)], moment.matrix.max())
        assert np.isnan(drawn[np.triu_indices(4, 1)]).all()
        np.testing.assert_allclose(states["z"], moment.states, atol=1e-4)
        assert [figure.data[place].type for place in frame["traces"]] == ["heatmap", "heatmap"]
    np.testing.assert_array_equal(figure.data[0].z, np.array(frames_of(figure)[-1]["data"][0]["z"], np.float64))
    assert list(figure.layout.yaxis2.ticktext) == ["3", "5"]


def hidden(timesteps=6, units=(3, 5)):
    return pd.DataFrame(
        [
            {"panel": panel, "unit": unit, "timestep": t, "value": np.sin(unit * t)}
            for panel in ("forward", "backward", "merged")
            for unit in units
            for t in range(timesteps, 0, -1)
        ]
    )


def test_hidden_states_are_units_by_timesteps_on_one_scale_around_zero():
    colours = {"forward": palette.FORWARD, "merged": palette.BIDIRECTIONAL}
    figure = figures.hidden_states(hidden(), colours, flip=4)
    assert [series.name for series in figure.data] == ["forward", "merged"]
    np.testing.assert_allclose(figure.data[0].z, [[np.sin(u * t) for t in range(1, 7)] for u in (3, 5)], atol=1e-4)
    scale = figure.layout.coloraxis
    assert (scale.cmin, scale.cmax) == (-1, 1)
    assert scale.colorscale[1] == (0.5, palette.PAPER)
    assert list(figure.layout.yaxis.ticktext) == ["3", "5"]
    flip = next(shape for shape in figure.layout.shapes if shape.name == "flip")
    assert flip.x0 == flip.x1 == 3.5
    assert figures.hidden_states(hidden(), colours).layout.shapes == ()


def test_gates_lie_between_0_and_1_and_each_axis_has_its_name():
    t = np.arange(1, 7)
    frame = pd.DataFrame({"timestep": t, "cell": 2.5 * np.sin(t), "candidate": np.cos(t), "input": 0.5, "forget": 0.9})
    figure = figures.gates(frame, palette.FORWARD, flip=3)
    assert [series.name for series in figure.data] == ["input gate", "forget gate", "candidate", "cell state"]
    axes = [figure.layout[f"yaxis{n}"] for n in ("", 2, 3, 4)]
    assert [axis.title.text for axis in axes] == ["input<br>gate", "forget<br>gate", "candidate", "cell<br>state"]
    assert [(axis.tickvals[0], axis.tickvals[-1]) for axis in axes] == [(0, 1), (0, 1), (-1, 1), (-3, 3)]
    assert {series.line.color for series in figure.data} == {palette.FORWARD}


def test_merge_steps_reckon_what_each_merge_gives():
    figure = figures.merge_steps(0.5, -0.25)
    reckoned = {series.name: list(series.customdata) for series in figure.data}
    assert reckoned == {
        "forward": [0.5], "backward": [-0.25], "sum": [0.25], "mul": [-0.125], "ave": [0.125], "concat": [0.5, -0.25],
    }  # fmt: skip
    texts = " ".join(note.text for note in figure.layout.annotations)
    assert "0.50 + (−0.25) =" in texts
    assert "(0.50 + (−0.25)) / 2 =" in texts


@pytest.mark.parametrize("mode", MERGE_MODES)
def test_the_merge_drawing_shows_how_many_numbers_come_out(mode):
    assert len(trace(figures.merge_drawing(mode), "merged").x) == (8 if mode == "concat" else 4)


@pytest.mark.parametrize("mode", MERGE_MODES)
def test_no_line_of_the_merge_drawing_is_wider_than_its_column_on_a_projector(mode):
    for note in figures.merge_drawing(mode).layout.annotations:
        for line in re.sub("</?b>", "", note.text).split("<br>"):
            assert len(line) * 8 < 320, line  # some 8 px a letter; the column is 334 px wide at 1280


CELL_NUMBERS = {
    **{f"z_{gate}": 0.25 for gate in "ifgo"},
    **dict.fromkeys("ifo", 0.5),
    **{"g": -0.4, "x": 0.3, "h_before": 0.1, "c_before": -0.2, "c": 1.0, "h": 0.4},
}

EVERY_FIGURE = {
    "loss_curves": lambda: figures.loss_curves(losses(MODELS, seeds=2), STYLES, replay=True),
    "curve_and_timeline": lambda: figures.curve_and_timeline(losses(MODELS), STYLES, snapshots(MODELS)),
    "cell": lambda: figures.cell(CELL_NUMBERS, ["z", "i"], "i"),
    "timeline": lambda: figures.timeline(sequence(wrong=(2,)), 2.5),
    "starts_strip": lambda: figures.starts_strip({0: 0.21, 1: 0.5}, 0, figures.style("forward"), shares=True),
    "front": lambda: figures.front(
        pd.DataFrame({"name": ["1 unit", "2 units"], "cost": [10, 20], "right": [0.5, 0.9], "unbeaten": True}),
        cost="parameters",
        color=palette.FORWARD,
        goal=0.9,
    ),
    "board": lambda: figures.board(
        pd.DataFrame(
            [
                (
                    "Cumulative sum",
                    direction,
                    5,
                    "5 timesteps",
                    kind,
                    "2 units · 35 · 99.4%",
                    "2 units",
                    "",
                    ["a"],
                    False,
                )
                for direction, kind in zip(MODELS, ("found", "impossible", "none"), strict=True)
            ],
            columns=["problem", "direction", "timesteps", "length", "kind", "text", "short", "about", "key", "own"],
        )
    ),
    "small_maps": lambda: figures.small_maps(
        {
            name: pd.DataFrame({"x": ["2", "4"], "y": "1", "right": [0.9, 0.5], "measured": [True, False], "about": ""})
            for name in MODELS
        },
        {name: [((0.5, -0.5, 0.5, 0.5), False)] for name in MODELS},
        across="timesteps",
        up="units",
        goal=0.9,
    ),
    "sweep_map": lambda: figures.sweep_map(
        pd.DataFrame({"x": ["2", "4"], "y": ["1", "1"], "right": [0.9, 0.5], "measured": [True, False], "about": ""}),
        across="timesteps",
        up="units",
        goal=0.9,
        best=[1.0, 1.0],
    ),
    "wall": lambda: figures.wall(sequence().assign(sequence=1), palette.FORWARD),
    "reading_grid": lambda: figures.reading_grid(10, [("forward", "forward")]),
    "accuracy_by_timestep": lambda: figures.accuracy_by_timestep(
        pd.DataFrame({"label": "forward", "timestep": [1, 2], "accuracy": [0.9, 1.0]}), STYLES
    ),
    "paired_differences": lambda: figures.paired_differences(
        pd.DataFrame({"label": "backward", "seed": [0, 1], "difference": [0.1, 0.2]}),
        STYLES,
        intervals=intervals("backward", 0.15, 0.1, 0.2),
    ),
    "three_by_three": lambda: figures.three_by_three(nine()),
    "sensitivity": lambda: figures.sensitivity([("forward", "forward", np.tril(np.ones((4, 4))))]),
    "checkpoints": lambda: figures.checkpoints(moments(), ["3", "5"], palette.FORWARD, unit="change"),
    "hidden_states": lambda: figures.hidden_states(hidden(), {"forward": palette.FORWARD}, flip=2),
    "gates": lambda: figures.gates(pd.DataFrame({"timestep": [1, 2], "input": 0.5}), palette.FORWARD),
    "confusion": lambda: figures.confusion(
        pd.DataFrame({"expected": [0, 0, 1], "predicted": [0, 1, 1], "count": [8, 2, 10]})
    ),
    "error_by_timestep": lambda: figures.error_by_timestep(
        pd.DataFrame({"label": "forward", "timestep": [1, 2], "loss": [0.5, 0.25]}), STYLES
    ),
    "numbers_told": lambda: figures.numbers_told(
        pd.DataFrame({"label": ["forward"] * 2, "timestep": [1, 2], "value": [0.5, 0.25]}),
        {"forward": figures.style("forward")},
    ),
    "standing": lambda: figures.standing(
        pd.DataFrame({"label": ["forward"], "middle": [0.9], "low": [0.8], "high": [0.95], "scores": [[0.88, 0.92]]}),
        {each: figures.style(each) for each in ("forward", "backward")},
        shares=True,
        title="held-out labels right (%)",
        unavailable=["backward"],
    ),
    "labeled": lambda: figures.labeled(np.array([[0.2, 0.9], [0.4, 0.1]]), np.array([[0, 1], [1, 0]])),
    "label_shares": lambda: figures.label_shares(pd.DataFrame({"timestep": [1, 1], "label": [0, 1], "share": [1, 0]})),
    "merge_drawing": lambda: figures.merge_drawing("sum"),
    "merge_steps": lambda: figures.merge_steps(0.5, 0.25),
}


def test_a_reading_grid_says_how_often_a_label_changed_where_that_was_measured():
    changes = np.array([[0.25, 0.0], [0.0005, 1.0]])
    grid = figures.reading_grid(2, [("forward", "forward")], decides=changes > 0, changes=changes)
    assert [*map(list, grid.data[0].text)] == [
        [
            "has read value 1, which alone changed its label in 25.00% of sequences",
            "has not read value 2, which never changed its label",
        ],
        [
            "has read value 1, which alone changed its label in 0.05% of sequences",
            "has read value 2, which alone changed its label in 100.00% of sequences",
        ],
    ]
    plain = figures.reading_grid(2, [("forward", "forward")], decides=changes > 0.1).data[0].text
    assert plain[0][1] == "has not read value 2, which does not decide its label"
    assert plain[0][0] == "has read value 1, which decides its label"


def test_a_reading_grid_says_only_what_was_read_where_nobody_knows_what_decides():
    grid = figures.reading_grid(2, [("forward", "forward")])
    assert [*map(list, grid.data[0].text)] == [
        ["has read value 1", "has not read value 2"],
        ["has read value 1", "has read value 2"],
    ]
    assert [each.name for each in grid.data] == ["forward"], "nothing is outlined"
    assert "decide" not in grid.layout.meta["says"]


def test_labels_stand_under_their_values_and_the_first_sequence_alone_is_on_a_phone():
    x, labels = np.array([[0.2, 0.9, 0.5], [0.4, 0.1, 0.3]]), np.array([[0, 1, 1], [0, 0, 0]])
    figure = figures.labeled(x, labels)
    values, under = figure.data[::2], figure.data[1::2]
    for place in range(2):
        np.testing.assert_array_equal(values[place].y, x[place])
        assert [*under[place].text] == [*map(str, labels[place])]
        np.testing.assert_array_equal(under[place].x, values[place].x)
        shades = palette.class_shades(2)
        assert [*under[place].marker.color] == [shades[label] for label in labels[place]]
    low, high = figure.layout.meta["narrow"]["xaxis"]["range"]
    assert [low < at < high for bars in values for at in bars.x] == [True] * 3 + [False] * 3
    assert canvas.says(figure) == "Sequence 1: label 1 at timesteps 2 to 3. Sequence 2: every label is 0."


def test_every_figure_has_an_example_here():
    """Any function that makes a figure, by what it says that it returns."""
    functions = {name: made for name in figures.__all__ if isfunction(made := getattr(figures, name))}
    assert {name for name, made in functions.items() if made.__annotations__["return"] is go.Figure} == {*EVERY_FIGURE}


WITH_MISTAKES = {"confusion", "curve_and_timeline", "timeline", "wall"}


@pytest.mark.parametrize("name", sorted(set(EVERY_FIGURE) - WITH_MISTAKES))
def test_figures_without_mistakes_are_without_vermilion(name):
    assert figures.WRONG not in EVERY_FIGURE[name]().to_json()


@pytest.mark.parametrize("name", EVERY_FIGURE)
def test_no_text_is_smaller_than_14_px_and_axes_stay_put(name):
    def sizes(part):
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("font", "tickfont", "textfont") and isinstance(value.get("size"), int | float):
                    yield value["size"]
                yield from sizes(value)
        elif isinstance(part, list):
            for value in part:
                yield from sizes(value)

    figure = json.loads(EVERY_FIGURE[name]().to_json())
    assert min(sizes(figure)) >= 14
    axes = [axis for key, axis in figure["layout"].items() if key[1:5] == "axis"]
    assert axes
    assert all(axis["fixedrange"] for axis in axes)
    assert figure["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"


def test_a_cell_shows_what_is_worked_out_and_asks_for_the_rest():
    figure = figures.cell(CELL_NUMBERS, ["z", "i"], "i")
    texts = [note.text for note in figure.layout.annotations]
    assert "<b>i</b><br>0.500" in texts
    assert [f"<b>{name}</b><br>?" in texts for name in ("f", "g", "o", "c", "h")] == [True] * 5
    levels = {shape.name for shape in figure.layout.shapes if str(shape.name).startswith("level")}
    assert levels == {"level i", "level h_before", "level c_before"}
    [box] = [shape for shape in figure.layout.shapes if shape.name == "box i"]
    assert (box.line.color, box.line.width) == (palette.FORWARD, 4)


@pytest.mark.parametrize("name", EVERY_FIGURE)
def test_every_figure_says_in_words_what_is_seen_in_it(name):
    says = canvas.says(EVERY_FIGURE[name]())
    assert re.search(r"\d", says)
    assert says.endswith(".")
    assert "nan" not in says
    assert "<" not in says
