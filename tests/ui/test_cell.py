"""The page Cell: what it says is the run's, and every line of every timestep can be stepped to."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.figures.cell import plain
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.store import read_recorded
from ui import state
from ui.cell import sentences, subject
from ui.cell.subject import LINES

ROOT = Path(__file__).parents[2]
PAGE = "Cell"


def visit() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.switch_page("pages/cell.py").run()
    assert not app.exception
    return app


def panel(app: AppTest) -> str:
    [text] = [element.proto.body for element in app.get("html") if "cell-lines" in element.proto.body]
    return text


def marked(app: AppTest) -> str:
    [line] = re.findall(r"<li aria-current=step><code>(.*?)</code>", panel(app), re.DOTALL)
    return line


def press(app: AppTest, name: str) -> None:
    app.button(key=f"{PAGE}.{name}").click().run()
    assert not app.exception


def test_while_the_answer_is_covered_the_panel_does_not_tell_it() -> None:
    app = visit()
    app.session_state[state.COVERED.key] = True
    app.run()
    assert "Timestep 1, line 1 of 7." in panel(app)
    app.session_state[state.COVERED.key] = False
    app.run()
    assert marked(app) == "c = f * c + i * g"
    assert "Timestep 4, line 6 of 7." in panel(app)


def test_it_opens_where_the_label_turns_and_steps_through_the_lines_there_and_back() -> None:
    app = visit()
    answer = next(line.value for line in app.markdown if line.value.startswith("It keeps and adds."))
    assert "At timestep **4** the running sum passes 2.5, and unit 3 keeps" in answer
    assert marked(app) == "c = f * c + i * g"
    press(app, "step")
    assert marked(app) == "h = o * np.tanh(c)"
    press(app, "step")
    assert marked(app).startswith("z_i, z_f")
    assert "Timestep 5, line 1 of 7" in panel(app)
    for _ in range(3):
        press(app, "back")
    assert marked(app).startswith("o = sigmoid")
    assert "Timestep 4, line 5 of 7" in panel(app)
    app.slider[0].set_value(1).run()
    assert "Timestep 1, line 5 of 7" in panel(app)
    press(app, "next")
    assert any("Fresh sequence 1" in line.value for line in app.caption)


def test_what_is_filled_in_is_what_the_run_computes_and_its_rounded_numbers_add_up() -> None:
    run = read_recorded(PRESETS[DEFAULT_PRESET])
    assert run
    walk = subject.walk("nobody", run)
    assert walk.flip == 4
    step = walk.steps[3]
    said = sentences.answer(walk.steps, walk.flip, 2.5, walk.unit)
    assert f"from {plain(step.c_before)} to {plain(step.c)}" in said
    for line in LINES:
        assert sentences.at_work(step, line, 20)
        for row in sentences.filled_in(step, line):
            left, _, result = row.partition(" = ")[2].rpartition(" = ")
            reckoned = left.replace("−", "-").replace("×", "*").replace("sigmoid", "s").replace("tanh", "th")
            value = eval(reckoned, {"s": sigmoid, "th": tanh})
            assert value == pytest.approx(float(result.replace("−", "-")), abs=0.004), row


def sigmoid(z: float) -> float:
    return 1 / (1 + 2.718281828459045**-z)


def tanh(z: float) -> float:
    return 2 * sigmoid(2 * z) - 1


def test_a_sequence_that_never_turns_is_spoken_of_at_its_largest_step() -> None:
    run = read_recorded(PRESETS[DEFAULT_PRESET])
    assert run
    walk = subject.walk("nobody", run)
    said = sentences.answer(walk.steps, None, 2.5, walk.unit)
    largest = max(walk.steps, key=lambda step: abs(step.c - step.c_before))
    assert f"At timestep **{largest.timestep}** unit {walk.unit} keeps" in said


@pytest.mark.parametrize(
    ("flip", "said"),
    [
        (8, " 9, after the label flips: by +0.63. "),
        (9, " 9, where the label flips: by +0.63. "),
        (10, " 9, before the label flips: by +0.63. "),
        (None, " 9: by +0.63. "),
    ],
)
def test_beneath_the_answer_stands_where_the_state_changes_most_in_the_words_of_the_guess(
    flip: int | None, said: str
) -> None:
    run = read_recorded(PRESETS[DEFAULT_PRESET])
    assert run
    walk = subject.walk("nobody", run)
    largest = max(walk.steps, key=lambda step: abs(step.c - step.c_before))
    assert (largest.timestep, round(largest.c - largest.c_before, 2)) == (9, 0.63)
    told = f"{sentences.most(walk.steps, flip)} {sentences.follows(-0.5)}"
    assert (
        told == f"The cell state changes most at timestep{said}The hidden state's correlation with the label is −0.50."
    )


@pytest.mark.parametrize("asked", [state.CLASS, state.LESSON])
def test_where_it_was_asked_for_where_the_state_changes_most_the_answer_and_the_figure_are_of_that(
    asked: state.Entry[bool],
) -> None:
    app = visit()
    app.session_state[asked.key] = app.session_state[state.COVERED.key] = True
    app.run()
    assert "Timestep 1, line 1 of 7." in panel(app)
    app.session_state[state.COVERED.key] = False
    app.run()
    answer, _, counts = next(
        line.value for line in app.markdown if line.value.startswith("The cell state changes")
    ).partition("\n\n")
    assert answer == "The cell state changes most at timestep 9, after the label flips: by +0.63."
    assert counts == "The hidden state's correlation with the label is +0.89.", "of no other timestep"
    assert "Timestep 9, line 6 of 7." in panel(app)
    assert marked(app) == "c = f * c + i * g"


def test_nothing_of_the_answer_is_in_the_list_of_units() -> None:
    app = visit()
    assert len(app.selectbox[0].options) == 20
    assert not [option for option in app.selectbox[0].options if not option.isdigit()]
