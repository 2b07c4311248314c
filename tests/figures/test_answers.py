"""Facts about the figures of problems with several labels, with numbers for answers, and with padding."""

import numpy as np
import pandas as pd
import pytest

from bilstm_core import figures, palette
from bilstm_core.figures.canvas import frames_of
from tests.figures.test_figures import sequence, trace


def quarters(wrong: tuple[int, ...] = ()) -> pd.DataFrame:
    x = np.full(8, 0.5)
    expected = (4 * x.cumsum() / x.sum()).astype(int).clip(max=3)
    predicted = expected.copy()
    for timestep in wrong:
        predicted[timestep - 1] = (predicted[timestep - 1] + 1) % 4
    steps = np.arange(1, 9)
    return pd.DataFrame(
        {"timestep": steps, "x": x, "expected": expected, "predicted": predicted, "probability": np.full(8, 0.7)}
    )


def wave(error: float = 0.1) -> pd.DataFrame:
    angle = np.arange(1, 9) / 2
    answer = np.cos(angle) + error
    return pd.DataFrame(
        {
            "timestep": np.arange(1, 9),
            "x": np.sin(angle),
            "expected": np.cos(angle),
            "predicted": answer,
            "probability": answer,
        }
    )


def notes(figure):
    return [note.text for note in figure.layout.annotations]


def test_each_label_has_its_own_shade_and_digit():
    cells = trace(figures.timeline(quarters(), [1, 2, 3], classes=4), "expected")
    assert list(cells.text) == [str(label) for label in quarters()["expected"]]
    by_label = dict(zip(cells.text, cells.marker.color, strict=True))
    assert len(set(by_label.values())) == 4
    assert (by_label["0"], by_label["3"]) == (palette.ZERO, palette.ONE)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("classes", [2, 4, 7, 50])
def test_the_louder_a_label_the_further_its_shade_is_from_the_page_in_either_theme(classes, theme):
    """In the dark theme label 0 was white: the quietest label glared."""
    page, shades = {"light": ("#FFFFFF", {}), "dark": ("#12141C", palette.ON_DARK)}[theme]
    shown = [shades.get(shade, shade) for shade in palette.class_shades(classes)]
    from_page = [abs(int(shade[3:5], 16) - int(page[3:5], 16)) for shade in shown]
    assert from_page == sorted(set(from_page))
    assert from_page[0] < 32
    assert from_page[-1] > 160


def test_with_several_labels_a_dot_is_wrong_where_the_answer_is_however_sure():
    figure = figures.timeline(quarters(wrong=(2, 5)), [1, 2, 3], figures.color("forward"), classes=4)
    assert list(trace(figure, "wrong").x) == [2, 5]
    assert set(trace(figure, "wrong").y) == {0.7}
    assert "<b>2 of 8 wrong</b>" in notes(figure)


def test_every_limit_is_a_line_and_what_crosses_one_is_darker():
    figure = figures.timeline(quarters(), [1.1, 2.1, 3.1], classes=4)
    lines = [shape.y0 for shape in figure.layout.shapes if shape.name == "threshold"]
    assert lines == [1.1, 2.1, 3.1]
    blocks = trace(figure, "values")
    assert [t for t, c in zip(blocks.x, blocks.marker.color, strict=True) if c == palette.DARK_BLOCK] == [3, 5, 7]


def test_a_sum_from_the_end_falls():
    blocks = trace(figures.timeline(sequence(), 2.5, from_end=True), "values")
    tops = np.asarray(blocks.base, float) + np.asarray(blocks.y)
    np.testing.assert_allclose(tops, sequence()["x"][::-1].cumsum()[::-1], atol=2e-4)


def test_without_a_limit_values_stand_side_by_side_and_no_line_is_drawn():
    figure = figures.timeline(sequence(), None)
    assert not any(np.asarray(trace(figure, "values").base))
    assert not [shape for shape in figure.layout.shapes if shape.name == "threshold"]


def test_a_regression_shows_two_curves_and_nothing_wrong():
    figure = figures.timeline(wave(), None, classes=0)
    np.testing.assert_allclose(trace(figure, "expected").y, wave()["expected"], atol=1e-4)
    np.testing.assert_allclose(trace(figure, "stems").y, wave()["probability"], atol=1e-3)
    assert len(trace(figure, "wrong").x) == 0
    assert "<b>squared error<br>0.010</b>" in notes(figure)
    assert not [shape for shape in figure.layout.shapes if shape.name == "wrong"]
    assert figure.layout.yaxis.range[0] < wave()["x"].min()


def test_padding_is_marked_and_has_no_cells():
    figure = figures.timeline(sequence(6), 1.5, timesteps=10)
    padding = next(shape for shape in figure.layout.shapes if shape.name == "padding")
    assert (padding.x0, padding.x1) == (6.5, 10.5)
    assert max(trace(figure, "expected").x) == 6
    assert figure.layout.xaxis.range[1] > 10


def test_words_stand_at_their_timesteps_and_names_in_their_squares_beside_a_strip_of_padding():
    rows = sequence(6)
    words = ["from", "the", "<b>", "a-very-long-word", "this", ":"]
    figure = figures.timeline(rows, None, timesteps=20, words=words, names=["NOUN", "X&Y"])
    told = {note.text: note for note in figure.layout.annotations}
    assert [told[f"<b>{word}</b>"].x for word in ("from", "the", "&lt;b&gt;", "a-very-long…", "this", ":")] == [
        1, 2, 3, 4, 5, 6,
    ]  # fmt: skip
    padding = next(shape for shape in figure.layout.shapes if shape.name == "padding")
    assert (padding.x0, padding.x1) == (6.5, 7.5)
    assert "padding, 14 timesteps" in told
    assert max(figure.layout.xaxis.tickvals) == 6
    assert not trace(figure, "values").visible
    assert set(trace(figure, "expected").text) <= {"NOUN", "X&amp;Y"}
    for others in (words[:5], [*words, "more"], []):
        plain = figures.timeline(rows, None, timesteps=20, words=others, names=["PROPN", "SEVEN-C"])
        assert not figures.words_fit(others, 6)
        assert trace(plain, "values").visible is None
        assert next(shape for shape in plain.layout.shapes if shape.name == "padding").x1 == 20.5
        assert set(trace(plain, "expected").text) <= {"0", "1"}, "too long for a square: it is the number"


def test_a_matrix_names_its_timesteps_by_their_words():
    matrix = np.eye(3)
    model = [("forward", "forward", matrix)]
    plain = figures.sensitivity(model, first=4)
    figure = figures.sensitivity(model, first=4, words=["dogs", "bark", "<i>"])
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert list(axis.tickvals) == [4, 5, 6]
        assert list(axis.ticktext) == ["dogs", "bark", "&lt;i&gt;"]
    assert figure.layout.height > plain.layout.height
    too_few = figures.sensitivity(model, first=4, words=["dogs", "bark"])
    assert too_few.layout.yaxis.ticktext == plain.layout.yaxis.ticktext


def test_a_probe_of_several_labels_or_of_numbers_replays_too():
    style = {"forward": figures.style("forward")}
    losses = pd.DataFrame({"label": "forward", "seed": 0, "sequences_seen": [1, 2, 3], "loss": [0.5, 0.4, 0.3]})
    for rows, classes, wrong in ((quarters(wrong=(1,)), 4, 1), (wave(), 0, 0)):
        probes = pd.concat([rows.assign(label="forward", sequences_seen=seen) for seen in (0, 3)])
        figure = figures.curve_and_timeline(losses, style, probes, classes=classes, loss="loss of this kind")
        assert figure.layout.yaxis.title.text == "training loss of this kind,<br>mean of the last 25"
        assert len(trace(figure, "wrong").x) == wrong
        assert len(frames_of(figure)[0]["data"]) == 3


@pytest.mark.parametrize(("loss", "words"), [(np.log(2), "coin toss 0.69"), (np.log(4), "guess among 4 1.39")])
def test_a_blind_guess_is_named_by_the_number_of_labels(loss: float, words: str):
    table = pd.DataFrame({"label": "forward", "seed": 0, "sequences_seen": [1, 2], "loss": [0.5, 0.4]})
    figure = figures.loss_curves(table, {"forward": figures.style("forward")}, coin_toss=float(loss), y_max=1.5)
    assert words in notes(figure)


def test_the_wall_of_several_labels_shows_each_and_marks_mistakes():
    frame = pd.concat([quarters(wrong=(4,) if n % 2 else ()).assign(sequence=n) for n in range(1, 7)])
    cells = trace(figures.wall(frame, palette.FORWARD, classes=4), "cells")
    assert set(np.unique(cells.z)) == {0, 1, 2, 3, 4}
    assert [(row == 4).sum() for row in np.asarray(cells.z)] == [int(n) % 2 for n in np.asarray(cells.customdata)[:, 0]]
    assert cells.colorscale[-1][1] == figures.WRONG


def test_the_wall_leaves_padding_empty():
    frame = pd.concat([sequence(10, seed=n).assign(sequence=n)[: 5 + n] for n in range(1, 6)])
    cells = trace(figures.wall(frame, palette.FORWARD), "cells")
    numbers = np.asarray(cells.customdata)[:, 0]
    assert [np.isnan(row).sum() for row in np.asarray(cells.z, float)] == [5 - n for n in numbers]


def test_the_wall_of_a_regression_is_sorted_by_the_error():
    frame = pd.concat([wave(error).assign(sequence=n) for n, error in enumerate((0.3, 0.1, 0.2), start=1)])
    cells = trace(figures.wall(frame, palette.FORWARD, classes=0), "cells")
    assert list(np.asarray(cells.customdata)[:, 0]) == [2, 3, 1]
    np.testing.assert_allclose(np.asarray(cells.z)[0], 0.1, atol=1e-3)


def test_the_shares_of_all_labels_stand_on_each_other():
    steps = [1, 2]
    frame = pd.concat([pd.DataFrame({"timestep": steps, "label": n, "share": [0.5, 0.25]}) for n in range(3)])
    bars = figures.label_shares(frame).data
    assert [list(bar.base) for bar in bars] == [[0, 0], [0.5, 0.25], [1.0, 0.5]]
