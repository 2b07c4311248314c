"""A formula of one's own on the pages: typed, refused, begun with, and taken along by links."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.problems import formula
from bilstm_core.problems.formula import named
from bilstm_core.problems.formula.examples import EXAMPLES
from bilstm_core.settings import FIELDS, RunSettings
from bilstm_core.specs import ProblemSpec, RunSpec
from bilstm_core.wording import in_words
from tests.fuzz.examples import is_sentence
from ui import formulas, live, registry, state, tray_links, wording
from ui.problem import words as problem_words
from ui.problems import words

ROOT = Path(__file__).parents[2]
NEIGHBORS = named("x[t - 1] + x[t + 1] > 1")
OFFERING = ["problem", "train", "directions", "why", "problems", "merge_modes", "sweeps"]


def page(name: str, problem: str) -> AppTest:
    """A page on which the problem of a formula, written before, has been chosen."""
    visit = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    visit.session_state[state.FORMULAS.key] = [problem]
    shown(visit.run().switch_page(f"pages/{name}.py").run())
    return shown(problem_box(visit).select(problem).run())


def shown(visit: AppTest) -> AppTest:
    assert not visit.exception
    return visit


def boxes(visit: AppTest) -> list[str]:
    return [str(box.value) for box in visit.text_input if box.label == wording.FORMULA]


def typed(visit: AppTest, text: str) -> AppTest:
    (box,) = (box for box in visit.text_input if box.label == wording.FORMULA)
    return shown(box.set_value(text).run())


def problem_box(visit: AppTest) -> Any:
    (box,) = (box for box in visit.selectbox if box.label == "Problem")
    return box


@pytest.mark.parametrize("name", OFFERING)
def test_a_page_that_has_a_formula_offers_it_and_the_box_for_another(name: str) -> None:
    visit = page(name, NEIGHBORS)
    assert problem_box(visit).value == NEIGHBORS
    assert boxes(visit) == ["x[t - 1] + x[t + 1] > 1"]
    assert not [error.value for error in visit.error]


def test_a_formula_that_was_written_is_offered_on_every_page() -> None:
    visit = typed(page("train", formulas.FIRST), "max(after)>x[t]")
    for name in OFFERING:
        offered = problem_box(shown(visit.switch_page(f"pages/{name}.py").run())).options
        assert "Your formula: max(after) > x[t]" in offered


def test_what_is_no_formula_is_said_and_the_page_stays_as_it_was() -> None:
    visit = typed(page("problems", NEIGHBORS), "max(after) > y")
    (error,) = visit.error
    assert "is not known" in error.value
    assert error.value.endswith("The page is as it was\\.")
    assert boxes(visit) == ["max(after) > y"]
    assert problem_box(visit).value == NEIGHBORS
    visit = typed(visit, "max(after) > x[t]")
    assert not visit.error
    assert boxes(visit) == ["max(after) > x[t]"]


def test_another_problem_takes_the_box_and_what_was_said_in_it_away() -> None:
    visit = typed(page("train", NEIGHBORS), "nothing")
    assert visit.error
    visit = shown(problem_box(visit).select("cumulative_sum").run())
    assert not visit.error
    assert not boxes(visit)
    visit = shown(problem_box(visit).select(NEIGHBORS).run())
    assert boxes(visit) == ["x[t - 1] + x[t + 1] > 1"]


@pytest.mark.parametrize(("text", "label"), [("x[t] > 1", 0), ("x[t] < 1", 1), ("x[12] > 0.5", 0)])
def test_a_label_that_is_always_the_same_is_a_sentence(text: str, label: int) -> None:
    visit = page("problem", named(text))
    assert wording.always(label, 1_000, 10) in [each.value for each in visit.warning]
    assert formulas.only_label(named(text), 20) == (None if "12" in text else label)


def test_of_a_formula_the_share_of_ones_is_counted() -> None:
    visit = page("problems", NEIGHBORS)
    assert not visit.warning
    assert any("of the labels are 1, counted on 20,000 fresh sequences" in each.value for each in visit.markdown)


def test_an_example_is_begun_with() -> None:
    visit = page("problems", NEIGHBORS)
    for example in EXAMPLES[1:3]:
        (button,) = (each for each in visit.button if each.label.startswith(example.name))
        visit = shown(button.click().run())
        assert boxes(visit) == [example.text]


def test_directions_is_opened_with_the_formula_and_trains_it(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[set[str]] = []
    monkeypatch.setattr(live, "start", lambda _, specs, **__: started.append({spec.problem.name for spec in specs}))
    visit = page("problems", NEIGHBORS)
    (button,) = (each for each in visit.button if each.label == words.COMPARE)
    visit = shown(button.click().run())
    assert visit.title[0].value == registry.DIRECTIONS.question
    assert problem_box(visit).value == NEIGHBORS
    assert started == [{NEIGHBORS}]


def test_all_three_directions_of_a_formula_are_trained_by_one_press_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(
        live, "start", lambda _, specs, **__: started.append([str(spec.model.direction) for spec in specs])
    )
    visit = page("problems", NEIGHBORS)
    assert visit.markdown[0].value.startswith(words.TRAIN_OWN)
    assert "When both decide, only bidirectional learns it" in visit.markdown[0].value
    shown(visit.button(key="Problems.all_three").click().run())
    assert started == [["forward", "backward", "bidirectional"]]


@pytest.mark.parametrize(("text", "label"), [("x[t] > 2", 0), ("x[t] < 2", 1)])
def test_of_a_formula_with_one_label_it_is_said_that_there_is_nothing_to_learn_and_nothing_is_trained(
    text: str, label: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "start", lambda *_, **__: pytest.fail("it is trained"))
    visit = page("problems", named(text))
    assert visit.markdown[0].value.startswith(words.constant(label))
    assert not any("can know every label" in each.value or "labels are 1" in each.value for each in visit.markdown)
    for key in ("all_three", "live", "new_seed"):
        assert visit.button(key=f"Problems.{key}").disabled
    assert not any(each.label == words.COMPARE for each in visit.button)
    assert not visit.info, "nor is a press on Train asked for"
    visit.session_state[state.LINKED("Problems").key] = state.OPENED_LINK
    shown(visit.run())


def test_a_control_that_a_link_hides_has_no_box() -> None:
    visit = page("train", NEIGHBORS)
    visit.session_state[state.HIDDEN.key] = ["problem"]
    assert not boxes(shown(visit.run()))


def test_a_kept_run_of_a_formula_goes_through_a_link() -> None:
    spec = RunSpec(problem=ProblemSpec(name=NEIGHBORS)).canonical()
    word = tray_links.word(spec, "Neighbors")
    assert "problem.formula: x[t - 1] + x[t + 1] > 1" in word
    again = tray_links.parse(word)
    assert again["spec"]["problem"] == NEIGHBORS
    assert again["name"] == "Neighbors"


def test_a_setting_takes_every_spelling_and_gives_one() -> None:
    declared = FIELDS["name"]
    assert declared.parse("formula:x[t-1]+x[t+1]>1") == NEIGHBORS
    assert declared.complaint(NEIGHBORS) == ""
    said = declared.complaint("formula:foo")
    assert said.startswith("Problem is a formula that can't be read. 'foo' at character 1")
    assert is_sentence(said)
    assert "must be one of" in declared.complaint("nothing")
    assert RunSettings(name="formula:x[t-1]+x[t+1]>1").spec.problem.name == NEIGHBORS


def test_a_run_is_told_with_its_formula() -> None:
    assert in_words(RunSpec(problem=ProblemSpec(name=NEIGHBORS))).startswith(
        "Formula: x[t - 1] + x[t + 1] > 1, 10 timesteps."
    )


def test_what_a_formula_is_called_and_what_its_text_says_of_it() -> None:
    assert formulas.word(NEIGHBORS) == words.choice(NEIGHBORS) == "Your formula: x[t - 1] + x[t + 1] > 1"
    assert formulas.word("cumulative_sum") == "Cumulative sum"
    assert words.opened(NEIGHBORS, "forward") == "**Your formula, forward.** Is x[t - 1] + x[t + 1] > 1?"
    both, past = ProblemSpec(name=NEIGHBORS), ProblemSpec(name=named("x[t - 1] > 0.5"))
    assert problem_words.known_to(both) == problem_words.BOTH_STAND
    assert problem_words.known_to(past) == problem_words.KNOWN_TO["forward"]
    assert problem_words.known_to(ProblemSpec()) == problem_words.KNOWN_TO["forward"]
    assert problem_words.known_to(ProblemSpec(name="share_of_total")) == problem_words.KNOWN_TO["bidirectional"]
    assert set(words.STANDS) == {"forward", "backward", "bidirectional"}
    assert wording.outlined(both) == ("changed the label in at least one of 2,000 sequences in which it was drawn anew")
    assert words.ones(0.4, 20_000) == "**40.0%** of the labels are 1, counted on 20,000 fresh sequences."
    assert problem_words.counted_on(7_246) == "Counted on 7,246 fresh sequences."
    slow = ProblemSpec(name=named("count(all > x[t]) > 5"), timesteps=200)
    assert wording.outlined(slow) == "changed the label in at least one of 36 sequences in which it was drawn anew"
    assert words.example(*EXAMPLES[1]) == "Is a larger one still to come? `max(after) > x[t]`"
    assert formula.is_formula(formulas.FIRST)
