"""The lesson leads from page to page, keeps each answer back until there is a guess, and sets the guess beside it."""

import re
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.analysis.ablation import BIGGER
from ui import lesson_texts, looks, registry, state
from ui.compare.words import EVALUATING
from ui.lesson_texts import Answer

ROOT = Path(__file__).parents[2]
ASKING = {title: question.options for title, question in lesson_texts.QUESTIONS.items() if question.options}


SCRIPT = """
import runpy
from ui import lesson, page_links, view

view.dress({name!r}, page_links.of({name!r}))
verdict = lesson.begin({name!r})
runpy.run_path({path!r})
lesson.end({name!r}, verdict)
"""


def visit(page: registry.Page, *, taken: bool = False) -> AppTest:
    """A page as app.py draws it. taken: whether the lesson is taken"""
    app = AppTest.from_string(SCRIPT.format(name=page.name, path=str(ROOT / page.path)), default_timeout=60)
    app.session_state[state.DRESSED.key] = True
    app.session_state[state.LESSON.key] = taken
    app.run()
    assert not app.exception
    return app


def told(app: AppTest) -> list[str]:
    return [line.value for line in app.markdown]


def test_every_page_but_the_overview_has_a_step_of_the_lesson_and_next_leads_through_them_in_order() -> None:
    titles = [page.name for page in registry.PAGES]
    assert list(lesson_texts.QUESTIONS) == titles[1:]
    app = visit(registry.PROBLEM)
    assert not any(looks.GUESS_FIRST in line for line in told(app))
    assert not any(line.startswith("**Lesson") for line in told(app))
    assert app.button(key="foot-next").label == "Next: Train"
    assert visit(registry.PAGES[-1]).button(key="foot-next").label == "Back to the Overview"


def test_the_lesson_starts_on_the_overview_and_asks_on_the_next_page() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    [start] = [button for button in app.button if button.label.startswith("Take the lesson")]
    start.click().run()
    assert app.session_state[state.LESSON.key] is True
    app = visit(registry.PROBLEM, taken=True)
    assert any(line.startswith(f"**Lesson, 1 of {len(registry.PAGES) - 1}.**") for line in told(app))
    assert looks.GUESS_FIRST in told(app)


@pytest.mark.parametrize("page", [page for page in registry.PAGES if page.name in ASKING], ids=lambda page: page.name)
def test_a_guess_uncovers_the_answer_and_stands_beside_what_came_out(page: registry.Page) -> None:
    app = visit(page, taken=True)
    assert looks.GUESS_FIRST in told(app)
    options = ASKING[page.name]
    verdicts = {}
    for option in options:
        app.segmented_control(key=state.LESSON_GUESS(page.name).key).set_value(option).run()
        for _ in range(60):  # a slow machine takes longer to evaluate the runs than a page waits
            if not any("The answer comes with the runs" in line for line in told(app)):
                break
            time.sleep(0.5)
            app.run()
        assert not app.exception
        assert looks.GUESS_FIRST not in told(app)
        [verdict] = [line for line in told(app) if line.startswith("You guessed")]
        assert verdict.startswith(f"You guessed **{option}**.")
        verdicts[option] = verdict
    right = [option for option, verdict in verdicts.items() if " Right. " in verdict]
    assert len(right) == 1, verdicts
    assert all(re.search(r"\d", verdict) for verdict in verdicts.values()), "what came out is a number of the run"
    app.button(key="lesson-end").click().run()
    assert not any(line.startswith("You guessed") for line in told(app))


def test_the_last_page_of_the_lesson_counts_the_guesses_that_were_right() -> None:
    app = visit(registry.YOUR_DATA, taken=True)
    for page, right in ((registry.TRAIN, True), (registry.CELL, False)):
        app.session_state[state.LESSON_RIGHT(page.name).key] = right
    rights = set()
    for option in ASKING[registry.YOUR_DATA.name]:
        app.segmented_control(key=state.LESSON_GUESS(registry.YOUR_DATA.name).key).set_value(option).run()
        [verdict] = [line for line in told(app) if line.startswith("You guessed")]
        right = " Right. " in verdict
        assert f"**{1 + right} of your 3 guesses {'were' if right else 'was'} right.**" in verdict
        rights.add(right)
    assert rights == {True, False}
    assert lesson_texts.tally(1, 1) == ""


def test_before_the_guess_train_does_not_say_that_a_result_is_there() -> None:
    app = visit(registry.TRAIN, taken=True)
    assert looks.GUESS_FIRST in told(app)
    assert not any("Trained already" in line.value for line in [*app.caption, *app.markdown])


def test_why_asks_for_the_guess_itself_and_the_lesson_says_what_came_of_it_once_it_was_tried() -> None:
    app = visit(registry.WHY, taken=True)
    guess = app.segmented_control(key=state.GUESS(registry.WHY.name).key)
    assert not any(line.startswith("You guessed") for line in told(app))
    guess.set_value(BIGGER).run()
    meanwhile = f"You guessed **{BIGGER}**. Press one change at a time to find out."
    said = [meanwhile]
    for _ in range(2):
        app.button(key=state.widget(registry.WHY.name, "press")).click().run()
        for _ in range(120):  # a slow machine takes longer to evaluate the runs than a page waits
            if not any(EVALUATING.answer in line for line in told(app)):
                break
            time.sleep(0.5)
            app.run()
        [line] = [line for line in told(app) if "You guessed" in line]
        said.append(line)
    assert said == [meanwhile] * 2 + [
        f"You guessed **{BIGGER}**. Not quite. Size explains only part of the gain (14%)."
    ]
    assert app.button(key="lesson-next").label == "Next: Need both?"


@pytest.mark.parametrize(
    ("kind", "came"),
    [
        ("enough", "Right. So."),
        ("nothing", "Not quite. So."),
        ("part", "Not quite. So."),
        ("open", "These runs don't settle it."),
    ],
)
def test_what_came_of_a_guess_of_why(kind: str, came: str) -> None:
    answer = lesson_texts.explains(BIGGER, kind, ["So."])
    assert lesson_texts.verdict(BIGGER, answer) == f"You guessed **{BIGGER}**. {came}"


def test_what_is_said_follows_what_is_measured() -> None:
    turns = lesson_texts.turning([0.1, 0.2, 0.7, 1.0], 1.0)
    assert turns.right == ("3",)
    of_all = "Over all sequences it flips most often at timestep 3, in 50% of them; the one below is a single sequence."
    assert turns.sentence.startswith(of_all), "the page's own answer is of that one"
    assert [lesson_texts.wholly_right(share, 0.9).right[0] for share in (0.0, 0.25, 0.6, 1.0)] == [
        "under 25%",
        "25 to 50%",
        "50 to 75%",
        "over 75%",
    ]
    assert lesson_texts.lowest({"forward": 0.3, "bidirectional": 0.2}, 250).right == ("bidirectional",)
    open_ = lesson_texts.lowest({"forward": 0.062, "bidirectional": 0.063}, 4_000, ["forward", "bidirectional"])
    assert lesson_texts.verdict("forward", open_) == (
        "You guessed **forward**. After 4,000 sequences it can't be told which is lowest "
        "(forward 0.062, bidirectional 0.063)."
    )
    assert "next page" not in lesson_texts.lowest({"forward": 0.1, "bidirectional": 0.2}, 250).sentence
    assert lesson_texts.slowest({"sum": 0.3, "mul": 0.5}, 250).right == ("mul",)
    assert lesson_texts.slowest({"sum": 0.6, "mul": 0.5}, 250).sentence == (
        "After 250 sequences sum's loss is 0.600, mul's 0.500."
    )
    assert lesson_texts.slowest({"sum": 0.3, "ave": 0.35, "mul": 0.5}, 250).sentence == (
        "After 250 sequences mul's loss is 0.500, the others' 0.300 to 0.350. A likely reason: two small numbers "
        "multiplied are smaller still."
    )
    ways = [("forward", "backward"), (0.5, 1.0), (1.0, 0.5)]
    assert lesson_texts.cannot(dict(zip(ways[0], (0.5, 0.4), strict=True))).right == ("both of these",)
    assert lesson_texts.cannot(dict(zip(ways[0], ways[1], strict=True))).right == ("forward alone",)
    assert lesson_texts.cannot(dict(zip(ways[0], ways[2], strict=True))).right == ("backward alone",)
    assert lesson_texts.cannot(dict.fromkeys(ways[0], 1.0)).right == ("none",)
    assert [lesson_texts.largest_step(steps, 2).right[0] for steps in ([5, 1, 1], [1, 5, 1], [1, 1, 5])] == [
        *lesson_texts.MOMENTS
    ]
    assert lesson_texts.reacts([[True, False], [True, True]]).right == ("its own and earlier ones",)
    assert lesson_texts.reacts([[False, True], [True, False]]).right == ()
    assert lesson_texts.reacts([[True, False], [True, True]]).sentence == (
        "3 of 4 squares are not zero: an output reacts to what it has read, and to nothing else."
    )
    every = lesson_texts.reacts([[True, True], [True, True]])
    assert every == lesson_texts.Answer(("all of them",), "All of them: all 4 squares are not zero.")
    units = (1, 2, 4, 8, 20)
    assert [lesson_texts.enough(units, [0.1] * few + [0.95] * (5 - few), 0.9).right[0] for few in range(5)] == [
        "1 or 2", "1 or 2", "3 to 5", "6 to 10", "more than 10",
    ]  # fmt: skip
    assert lesson_texts.enough(units, [0.1] * 5, 0.9).right == ()
    assert lesson_texts.verdict("sum", Answer(("mul",), "It is mul.")) == "You guessed **sum**. Not quite. It is mul."
