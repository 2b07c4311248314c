"""Before a class, and within another page: what is covered, what is gone, and that links keep it."""

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.ui.test_lesson import SCRIPT
from tests.ui.test_links import Bar
from ui import address, lesson_texts, links, live, looks, page_links, registry, state, view

ROOT = Path(__file__).parents[2]
NAMES_OF_PAGES = [page.name for page in registry.PAGES]


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", session)
    monkeypatch.setattr(st, "query_params", Bar())


def open_link(page: str, **parameters: str) -> None:
    st.query_params.from_dict({name: [text] for name, text in parameters.items()})
    address.begin(page, page_links.of(page))
    address.end(page)


@pytest.mark.usefixtures("visit")
def test_the_view_stays_from_page_to_page_and_stands_in_every_link() -> None:
    open_link("Train", view="class", hide="units,merge")
    for page in NAMES_OF_PAGES:
        open_link(page)  # the navigation drops all parameters
        assert state.CLASS.get()
        assert address.link(page).endswith("?view=class&hide=units,merge")


@pytest.mark.usefixtures("visit")
def test_a_button_that_leads_to_another_page_changes_nothing_of_it() -> None:
    open_link("Why", view="class")
    state.field("Train", "units").set(33)
    words = {name: text for name, (text,) in address.spelt(page_links.of("Train")).items()}
    assert words == {"units": "33", "view": "class"}
    open_link("Train", **words)
    assert state.LINKED("Train").get() == "", "nothing was asked for, so nothing is trained"
    assert st.query_params == {"units": ["33"], "view": ["class"]}


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"view": "glass"}, "view: must be class, not 'glass'."),
        ({"hide": "units,<b>"}, "hide: must be names of controls"),
    ],
)
@pytest.mark.usefixtures("visit")
def test_what_a_link_cannot_say_of_the_view_is_named(parameters: dict[str, str], sentence: str) -> None:
    open_link("Train", units="9", **parameters)
    [complaint] = state.COMPLAINTS.get()["sentences"]
    assert complaint.startswith(sentence)
    assert st.query_params == {"units": ["9"]}


@pytest.mark.usefixtures("visit")
def test_an_answer_is_covered_until_it_is_revealed_and_again_once_a_setting_changes() -> None:
    parameters = page_links.of("Train")
    assert not view.covered("Train", parameters)
    state.CLASS.set(True)
    assert view.covered("Train", parameters)
    state.REVEALED.set(view.asked("Train", parameters))
    assert not view.covered("Train", parameters)
    assert view.covered("Directions", page_links.of("Directions"))
    state.SMOOTHING("Train").set(100)
    assert not view.covered("Train", parameters), "another look at the same answer"
    state.field("Train", "units").set(9)
    assert view.covered("Train", parameters)


@pytest.mark.usefixtures("visit")
def test_what_a_question_begins_with_is_not_covered_and_what_each_press_comes_to_is() -> None:
    parameters = page_links.of("Why")
    state.CLASS.set(True)
    assert not view.covered("Why", parameters)
    for stage in (1, 2):
        state.field("Why", "stage").set(stage)
        assert view.covered("Why", parameters), "each press anew"
        state.REVEALED.set(view.asked("Why", parameters))
        assert not view.covered("Why", parameters)


def test_every_look_is_the_name_of_a_parameter() -> None:
    assert {link.name for page in NAMES_OF_PAGES for link in page_links.of(page)} >= state.LOOKS


def test_hidden_controls_are_those_of_the_page_by_their_names_in_links() -> None:
    style = view.hidden_style(page_links.of("Merge modes"), ["units", "merge", "seed"])
    assert ".st-key-Merge-modes-units" in style
    assert "Train" not in style
    assert view.hidden_style(page_links.of("Overview"), ["units"]) == ""
    assert view.hidden_style(page_links.of("Train"), []) == ""


def test_the_light_page_has_the_same_links_as_the_others() -> None:
    assert (
        {"view", "hide"} <= {link.name for link in links.looks()} <= {link.name for link in page_links.of("Overview")}
    )


def said(visit: AppTest) -> list[str]:
    return [each.value for each in visit.markdown]


def styles(visit: AppTest) -> str:
    return "".join(each.proto.body for each in visit.get("html"))


def opened(revealed: list[Any] | None = None, **parameters: str) -> AppTest:
    """The first page, as a link opens it. revealed: what the session has revealed before"""
    visit = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    for name, text in parameters.items():
        visit.query_params[name] = text
    visit.session_state[state.REVEALED.key] = revealed
    visit.run()
    assert not visit.exception
    return visit


def test_a_visit_in_class_is_covered_and_its_hidden_control_keeps_its_value() -> None:
    visit = opened(view="class", hide="direction", direction="forward")
    assert lesson_texts.to_a_class("Overview") in said(visit)
    assert ".st-key-Overview-direction" in styles(visit)
    assert not any("those before it" in sentence for sentence in said(visit)), "what is covered is not sent"
    assert [visit.button(key=f"class-{name}").disabled for name in ("previous", "next")] == [True, False]


def test_a_visit_whose_answer_was_revealed_shows_it_and_one_of_a_reader_has_no_bar() -> None:
    shown = opened(["Overview", ["direction", "forward"]], view="class", hide="direction", direction="forward")
    assert lesson_texts.to_a_class("Overview") not in said(shown)
    assert any("those before it" in sentence for sentence in said(shown)), "the page goes by what is hidden"
    visit = opened(hide="direction")
    assert lesson_texts.to_a_class("Overview") not in said(visit)
    assert ".st-key-Overview-direction" in styles(visit), "what is hidden is hidden in every view"
    assert not [button for button in visit.button if (button.key or "").startswith("class-")]


def before_class(page: registry.Page, *, lesson: bool = False, **entries: Any) -> AppTest:
    """A page as a class first sees it. lesson: whether the lesson is taken besides; entries: of the page's state"""
    visit = AppTest.from_string(SCRIPT.format(name=page.name, path=str(ROOT / page.path)), default_timeout=60)
    visit.session_state[state.DRESSED.key] = True
    visit.session_state[state.CLASS.key] = True
    visit.session_state[state.LESSON.key] = lesson
    for name, value in entries.items():
        visit.session_state[state.field(page.name, name).key] = value
    visit.run()
    assert not visit.exception
    return visit


@pytest.mark.parametrize("page", [registry.TRAIN, registry.DIRECTIONS], ids=lambda page: page.name)
def test_in_place_of_a_covered_answer_a_class_is_asked_for_its_guess(page: registry.Page) -> None:
    question = lesson_texts.QUESTIONS[page.name]
    asked = lesson_texts.to_a_class(page.name)
    assert question.text in asked
    assert all(option in asked for option in question.options)
    visit = before_class(page)
    assert asked in said(visit)
    assert looks.COVERED in said(before_class(page, lesson=True)), "the lesson asks itself, above"
    visit.session_state[state.REVEALED.key] = view.asked(page.name, page_links.of(page.name))
    why = lesson_texts.to_a_class(registry.WHY.name)
    assert "what the runs say and how they end" in why.lower(), "before a press Why asks itself, and nothing is covered"
    assert "Reveal (R)" in why, "how it comes back"
    assert "output 3" in lesson_texts.to_a_class(registry.OVERVIEW.name)
    assert "this sequence" in lesson_texts.to_a_class(registry.PROBLEM.name), "what Reveal says is of this one"


@pytest.mark.parametrize(
    ("stage", "now"), [(1, "the backward branch is fed a constant"), (4, "forward is told the time as t/T")]
)
def test_a_class_is_asked_about_the_change_that_is_shown_and_not_about_the_next_one(stage: int, now: str) -> None:
    """Beside a button that names what comes next, the room read the wrong experiment."""
    visit = before_class(registry.WHY, guess="It sees the future", stage=stage)
    (asked,) = [sentence for sentence in said(visit) if "Where will its curve go?" in sentence]
    assert asked.startswith(f"**Now:** {now}.")
    assert "Reveal (R)" in asked


def test_a_figure_that_is_the_answer_is_covered_with_it_and_one_that_asks_or_waits_is_not() -> None:
    covering = view._style("covered_figure")
    assert covering in styles(before_class(registry.PROBLEMS))
    assert covering not in styles(before_class(registry.DIRECTIONS))
    shown = {page for page, question in lesson_texts.QUESTIONS.items() if question.before_class}
    assert shown == {"Problem", "Train", "Directions", "Why", "Merge modes", "Cell"}


@pytest.mark.usefixtures("visit")
def test_a_replay_waits_where_its_end_tells_what_is_covered_unless_the_class_has_just_seen_it_learn() -> None:
    assert not live.waits("Train")
    state.COVERED.set(True)
    assert live.waits("Train")
    state.FROM_STORE("Train").set(False)
    assert not live.waits("Train")
