"""Whatever a browser sends for a widget, it is taken as it was sent or refused, and its page stands."""

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from tests.fuzz.examples import examples, many
from tests.ui.test_wire import CLICKS, ROOT, through_the_app, widgets
from ui import wire

pytestmark = [
    pytest.mark.long,  # tests/ui/test_wire.py tries the same with a few values a page
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore:Do not use the `random` module"),  # other threads do, those of the pages before
]

PAGES = sorted(path.name for path in (Path(ROOT) / "pages").glob("*.py"))
FLOATS = some.floats() | some.integers(-5, 300).map(float)
INTEGERS = some.integers(-(2**63), 2**63 - 1) | some.integers(-5, 300)
TEXTS = some.text(max_size=20) | some.sampled_from(["forward", "Forward", "0", "yes", "{", "null", "[]", "NaN"])
JSON = some.recursive(
    some.none() | some.booleans() | FLOATS | INTEGERS | TEXTS,
    lambda of: some.lists(of, max_size=3) | some.dictionaries(TEXTS, of, max_size=3),
    max_leaves=6,
) | some.sampled_from([{"event": "click", "value": value} for value in CLICKS])
VALUES = some.one_of(
    some.tuples(some.sampled_from(["double_value"]), FLOATS),
    some.tuples(some.sampled_from(["int_value"]), INTEGERS),
    some.tuples(some.sampled_from(["bool_value", "trigger_value"]), some.booleans()),
    some.tuples(some.sampled_from(["string_value"]), TEXTS),
    some.tuples(some.sampled_from(["string_array_value"]), some.lists(TEXTS, max_size=4)),
    some.tuples(some.sampled_from(["double_array_value"]), some.lists(FLOATS, max_size=4)),
    some.tuples(some.sampled_from(["int_array_value"]), some.lists(INTEGERS, max_size=4)),
    some.tuples(some.sampled_from(["bytes_value"]), some.binary(max_size=8)),
    some.tuples(some.sampled_from(["json_value", "json_trigger_value"]), JSON.map(json.dumps) | TEXTS),
)


def fill(sent: WidgetState, kind: str, value: Any) -> None:
    if kind.endswith("array_value"):
        getattr(sent, kind).SetInParent()
        getattr(sent, kind).data.extend(value)
    else:
        setattr(sent, kind, value)


def of_page(page: str) -> AppTest:
    visit = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    through_the_app(visit.switch_page(f"pages/{page}"))
    visit.run()
    assert not visit.exception
    return visit


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """What Streamlit knows of the widgets of all pages, by page and place."""
    found: dict[str, Any] = {}
    for page in PAGES:
        metadata = of_page(page).session_state._state._state._new_widget_state.widget_metadata  # type: ignore[attr-defined]
        found |= {f"{page} {place}": each for place, each in enumerate(metadata.values())}
    return found


@many()
@given(data=some.data())
def test_whatever_comes_for_a_widget_is_finite_and_among_its_options_or_refused(
    known: dict[str, Any], data: some.DataObject
) -> None:
    metadata = known[data.draw(some.sampled_from(sorted(known)))]
    kind, value = data.draw(VALUES)
    sent = WidgetState(id="widget")
    fill(sent, kind, value)
    if not wire.fits(sent, metadata):
        return
    if isinstance(value, float):
        assert math.isfinite(value)
    if metadata.formatted_options is not None and kind.startswith("string"):
        assert {value} if isinstance(value, str) else set(value) <= set(metadata.formatted_options)


SENT: list[tuple[str, Any]] = [
    ("double_value", math.nan),
    ("double_value", -1e300),
    ("double_value", 3.0),
    ("int_value", 2**62),
    ("int_value", 1),
    ("bool_value", True),
    ("bool_value", False),
    ("trigger_value", True),
    ("string_value", "\x00<script>![a](//b)"),
    ("string_value", "9" * 5_000),
    ("string_array_value", []),
    ("string_array_value", ["forged"] * 3),
    ("double_array_value", [math.inf, 1.0]),
    ("int_array_value", [-1, 2**62]),
    ("bytes_value", b"\xff"),
    ("json_value", "{"),
    *[("json_trigger_value", json.dumps([{"event": "click", "value": value}])) for value in CLICKS],
]


@pytest.mark.parametrize("page", PAGES)
def test_whatever_comes_for_all_widgets_of_a_page_at_once_the_page_stands(page: str) -> None:
    draw, visit, messages = random.Random(page), of_page(page), 0
    while messages < examples(20) / len(PAGES):
        sent = WidgetStates()
        for name in dict.fromkeys(widgets(visit)):
            if draw.random() < 0.5:
                fill(sent.widgets.add(id=name), *draw.choice(SENT))
        through_the_app(visit)
        visit._run(sent)
        assert not visit.exception, sent
        assert visit.title[0].value.endswith("?"), sent
        messages += max(1, len(sent.widgets))
