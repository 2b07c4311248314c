"""Whatever comes over the wire for a widget, its page stands, and says what was refused."""

import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
TRAIN = "Can this model learn it, and where does it still err?"
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
Forge = Callable[[WidgetState], None]


def _string(state: WidgetState) -> None:
    state.string_value = "forged"


def _strings(state: WidgetState) -> None:
    state.string_array_value.data.extend(["forged", "twice"])


def _no_strings(state: WidgetState) -> None:
    state.string_array_value.SetInParent()


def _not_a_number(state: WidgetState) -> None:
    state.double_value = math.nan


def _infinity(state: WidgetState) -> None:
    state.double_value = math.inf


def _out_of_range(state: WidgetState) -> None:
    state.double_value = -1e300


def _half(state: WidgetState) -> None:
    state.double_value = 2.5


def _numbers(state: WidgetState) -> None:
    state.double_array_value.data.extend([math.nan])


def _far_number(state: WidgetState) -> None:
    state.double_array_value.data.extend([7.0])


def _whole_numbers(state: WidgetState) -> None:
    state.int_array_value.data.extend([99])


def _bytes(state: WidgetState) -> None:
    state.bytes_value = b"\x80"


def _words(state: WidgetState) -> None:
    state.json_value = json.dumps({"click": "forged"})


def _no_json(state: WidgetState) -> None:
    state.json_trigger_value = "{"


def _click(value: object, event: str = "click") -> Forge:
    def forge(state: WidgetState) -> None:
        state.json_trigger_value = json.dumps([{"event": event, "value": value}])

    return forge


DRAGS = [
    "forged",
    7,
    [],
    {},
    {"timestep": "1", "value": 0.5},
    {"timestep": 1, "value": "0.5"},
    {"timestep": 1.5, "value": 0.5},
    {"timestep": 1, "value": 1.0},
    {"timestep": 1, "value": -0.1},
    {"timestep": 0, "value": 0.5},
    {"timestep": 10**6, "value": 0.5},
    {"timestep": True, "value": 0.5},
]


CLICKS = [
    "forged",
    7,
    [],
    {},
    {"curve": 0, "x": "forged", "y": 0, "customdata": "forged"},
    {"curve": 0, "x": 1e300, "y": 0, "customdata": 1e300},
    {"curve": 0, "x": -5, "y": 0, "customdata": -5},
    {"curve": 0, "x": [1], "y": 0, "customdata": [[1], {}]},
    {"curve": 0, "x": {"a": 1}, "y": 0, "customdata": {}},
    {"curve": 0, "x": True, "y": 0, "customdata": [5_000]},
    {"curve": 0, "x": "3", "y": 0, "customdata": []},
    {"curve": 0, "x": None, "y": 0, "customdata": ["forged", "forged"]},
]
FORGERIES: list[Forge] = [
    _string,
    _strings,
    _no_strings,
    _not_a_number,
    _infinity,
    _out_of_range,
    _half,
    _numbers,
    _far_number,
    _whole_numbers,
    _bytes,
    _words,
    _no_json,
    *map(_click, CLICKS),
]


@pytest.fixture(scope="module")
def visit() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def send(visit: AppTest, forged: Mapping[str, Forge]) -> None:
    """Have the browser send a forged value for each of these widgets, by their ids."""
    sent = WidgetStates()
    for widget_id, forge in forged.items():
        forge(sent.widgets.add(id=widget_id))
    through_the_app(visit)
    visit._run(sent)


def through_the_app(visit: AppTest) -> None:
    """Have the next run pass through app.py, as in a server; a test's run of a page would not."""
    if "session.dressed" in visit.session_state:
        del visit.session_state["session.dressed"]


def refusals(visit: AppTest) -> list[str]:
    """What the page says of refused values."""
    return [line.value for line in visit.error if "cannot have" in line.value]


def widgets(visit: AppTest) -> Iterator[str]:
    """The ids of all widgets of the page; a chart's click comes under an id of its own."""
    for part in visit.get("bidi_component"):
        yield events(part.proto.id)
    for node in visit.main:
        proto = getattr(node, "proto", None)
        if getattr(proto, "id", "").startswith("$$ID"):
            yield proto.id


def events(component_id: str) -> str:
    """The id under which a component's clicks come."""
    return f"$$STREAMLIT_INTERNAL_KEY_{component_id}__events"


def settings(visit: AppTest, forged: Collection[Forge]) -> dict[str, object]:
    """What the page's widgets hold, but for those in which a person may write what is forged."""
    free: set[str] = set()
    if {_half, _out_of_range} & {*forged}:
        free |= {"number_input"}
    if _string in forged:
        free |= {"text_area", "text_input"}
    return {
        node.key: node.value
        for node in visit.main
        if hasattr(node, "value")
        and getattr(node, "key", None)
        and node.type not in free
        and not (_no_strings in forged and node.key.endswith(".visible"))  # all curves may be switched off
        and not ("number_input" in free and node.key.startswith("Train.preset"))  # which names what the numbers are
    }


def stands(visit: AppTest, forged: Mapping[str, Forge]) -> None:
    """Send these, and see that the page stands, keeps its settings and says that it refused something."""
    before = settings(visit, forged.values())
    send(visit, forged)
    assert not visit.exception, (forged, visit.exception)
    assert visit.title[0].value.endswith("?")
    after = settings(visit, forged.values())
    assert {key: after.get(key, value) for key, value in before.items()} == before
    assert refusals(visit), forged


@pytest.mark.parametrize("forge", FORGERIES)
def test_train_stands_keeps_its_settings_and_says_so_whatever_comes_for_its_widgets(
    visit: AppTest, forge: Forge
) -> None:
    if not visit.title or visit.title[0].value != TRAIN:
        through_the_app(visit.switch_page("pages/train.py"))
        visit.run()
    stands(visit, dict.fromkeys(widgets(visit), forge))


@pytest.mark.parametrize("page", [page for page in PAGES if page != "train.py"])
def test_every_page_stands_keeps_its_settings_and_says_so_whatever_comes_for_its_widgets(
    visit: AppTest, page: str
) -> None:
    """In five rounds, in each of which every widget gets another forgery."""
    through_the_app(visit.switch_page(f"pages/{page}"))
    known = [*dict.fromkeys(widgets(visit.run()))]
    assert known
    for turn in range(5):
        stands(visit, {name: FORGERIES[(place + 5 * turn) % len(FORGERIES)] for place, name in enumerate(known)})


@pytest.mark.parametrize("page", ["problem.py", "train.py", "problems.py", "inside.py"])
def test_a_forged_click_chooses_nothing_and_is_refused_in_a_sentence(visit: AppTest, page: str) -> None:
    visit.switch_page(f"pages/{page}").run()
    charts = [
        part.proto for part in visit.get("bidi_component") if json.loads(part.proto.json or "{}").get("clickable")
    ]
    assert charts
    for chart in charts:
        for value in CLICKS:
            send(visit, {events(chart.id): _click(value)})
            assert not visit.exception, value
            assert refusals(visit), value


@pytest.mark.parametrize("page", ["problem.py", "train.py", "inside.py"])
def test_a_block_that_is_dragged_has_its_value_and_a_forged_drag_changes_nothing(visit: AppTest, page: str) -> None:
    visit.switch_page(f"pages/{page}").run()

    def chart() -> Any:
        [found] = [
            part.proto for part in visit.get("bidi_component") if json.loads(part.proto.json or "{}").get("draggable")
        ]
        return found

    name = page.removesuffix(".py").capitalize()
    for value in DRAGS:
        send(visit, {events(chart().id): _click(value, "drag")})
        assert not visit.exception, value
        assert refusals(visit), value
        assert f"{name}.edit" not in visit.session_state
    send(visit, {events(chart().id): _click({"timestep": 3, "value": 0.25}, "drag")})
    assert not visit.exception
    assert not refusals(visit)
    assert visit.session_state[f"{name}.edit"]["values"][2] == 0.25
    [slider] = [slider for slider in visit.slider if slider.label == "Value at timestep 3"]
    assert slider.value == 0.25


def test_a_value_that_a_widget_can_have_is_taken_and_no_sentence_is_said(visit: AppTest) -> None:
    visit.switch_page("pages/train.py").run()
    for kind, number in (("double_value", 30.0), ("int_value", 31)):
        sent = WidgetStates()
        state = sent.widgets.add(id=visit.number_input(key="Train.epochs").proto.id)
        setattr(state, kind, number)
        visit._run(sent)
        assert visit.number_input(key="Train.epochs").value == number
        assert not refusals(visit)


def test_a_value_that_arrives_before_its_widget_was_ever_drawn_is_checked_when_it_is_drawn() -> None:
    first = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    first.switch_page("pages/train.py").run()
    sent = WidgetStates()
    _string(sent.widgets.add(id=first.number_input(key="Train.epochs").proto.id))
    later = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/train.py")
    later._run(sent)
    assert not later.exception
    assert later.number_input(key="Train.epochs").value == 1_000


def test_a_question_that_is_not_answered_yet_may_be_sent_without_an_answer(visit: AppTest) -> None:
    through_the_app(visit.switch_page("pages/why.py"))
    visit.run()
    (question,) = (node for node in visit.main if getattr(node, "key", "") == "Why.guess")
    send(visit, {question.proto.id: _no_strings})
    assert not visit.exception
    assert not refusals(visit)
    question.set_value("Something else").run()
    send(visit, {question.proto.id: _no_strings})
    assert not visit.exception
    assert refusals(visit)
    assert visit.session_state["Why.guess"] == "Something else"
