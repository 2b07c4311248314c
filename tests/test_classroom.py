"""The class of benchmarks/classroom.py: its table, and the page that a visitor puts together without a browser."""

import json

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import class_diary
from benchmarks.class_diary import CHANGE, RESULT, Diary, Spent, Waited, share_below, summary, table
from benchmarks.class_script import Person
from benchmarks.classroom import faults
from benchmarks.drawn_page import EARLY, FRAGMENT, SUCCESS, DrawnPage, awaited


def begin(page: DrawnPage, *fragments: str) -> None:
    message = ForwardMsg()
    message.new_session.main_script_hash = "main"
    message.new_session.config.max_cached_message_age = 2
    message.metadata.run.fragment_ids.extend(fragments)
    page.take(message)


def end(page: DrawnPage, status: int = SUCCESS) -> None:
    page.take(ForwardMsg(script_finished=status))  # type: ignore[arg-type]


def markdown(*place: int, body: str, fragment: str = "", hash_: str = "") -> ForwardMsg:
    message = ForwardMsg(hash=hash_)
    message.metadata.delta_path.extend(place)
    message.metadata.cacheable = bool(hash_)
    message.delta.new_element.markdown.body = body
    message.delta.fragment_id = fragment
    return message


def number(*place: int, default: float, value: float | None = None, script: str = "page") -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(place)
    message.metadata.active_script_hash = script
    box = message.delta.new_element.number_input
    box.id, box.label, box.default, box.data_type = f"id-{script}", "Units", default, box.FLOAT
    if value is not None:
        box.value, box.set_value = value, True
    return message


def test_what_a_run_does_not_draw_again_goes_at_its_end() -> None:
    page = DrawnPage()
    begin(page)
    for place in (0, 1):
        page.take(markdown(0, place, body=f"text {place}"))
    end(page)
    begin(page)
    page.take(markdown(0, 0, body="new"))
    assert page.texts() == ["new", "text 1"]
    end(page, EARLY)
    assert page.texts() == ["new", "text 1"]
    begin(page)
    page.take(markdown(0, 0, body="newer"))
    end(page)
    assert page.texts() == ["newer"]


def test_a_fragments_run_takes_off_nothing_outside_it() -> None:
    page = DrawnPage()
    begin(page)
    page.take(markdown(0, 0, body="outside"))
    for place in (1, 2):
        page.take(markdown(0, place, body=f"inside {place}", fragment="f"))
    end(page)
    begin(page, "f")
    page.take(markdown(0, 1, body="again", fragment="f"))
    end(page, FRAGMENT)
    assert page.texts() == ["outside", "again"]


def test_a_message_that_was_sent_once_is_drawn_from_its_hash_until_it_is_too_old() -> None:
    page = DrawnPage()
    begin(page)
    page.take(markdown(0, 0, body="a large figure", hash_="h"))
    end(page)
    begin(page)
    reference = ForwardMsg(ref_hash="h")
    reference.metadata.delta_path.extend((0, 5))
    page.take(reference)
    end(page)
    assert page.texts() == ["a large figure"]
    assert page.cached() == ["h"]
    for _ in range(4):
        begin(page)
        end(page)
    assert page.cached() == []


def test_a_widget_has_its_default_until_the_app_sets_it_and_goes_with_its_page() -> None:
    page = DrawnPage()
    begin(page)
    page.take(number(0, 0, default=20.0))
    page.take(number(0, 1, default=1.0, script="main"))
    end(page)
    assert page.values["id-page"].double_value == 20.0
    assert list(page.lasting()) == ["id-main"]
    begin(page)
    page.take(number(0, 0, default=20.0, value=30.0))
    assert page.find("number_input", "Units").drawn.value == 30.0
    end(page)
    assert [state.double_value for state in page.values.values()] == [30.0]
    with pytest.raises(LookupError, match="no button 'Train'; it has none"):
        page.find("button", "Train")


def test_a_component_listens_to_its_job_to_results_and_to_other_pages_jobs() -> None:
    live = {"live": {"job": "a", "watcher": "w", "polled": False}}
    asked = {"asked": json.dumps({"waits": ["b"], "watcher": "w", "jobs": [{"job": "c"}]})}
    assert awaited(live) == {"a": ("over", "w")}
    assert awaited(asked) == {"b": ("ready", "w"), "c": ("", "w")}
    assert awaited({"figure": "{}", "live": None}) == {}


def test_the_95th_percentile_is_the_nearest_rank() -> None:
    assert share_below(range(1, 101), 0.95) == 95
    assert share_below(range(1, 31), 0.95) == 29
    assert share_below([7.0], 0.95) == 7.0
    assert summary([3.0, 1.0, 2.0]) == {"median": 2.0, "p95": 3.0, "worst": 3.0}
    assert summary([]) is None


def test_the_table_has_each_act_with_what_was_lost_and_pages_beside_the_protocol() -> None:
    diary = Diary(
        [
            Waited(CHANGE, 0, True, 1.0, 0.5),
            Waited(CHANGE, 1, False, 1.0, 1.5),
            Waited(RESULT, 1, False, 2.0, None),
        ]
    )
    lines = table({"ours": diary, "theirs": Diary()}).splitlines()
    assert lines[0] == "| act | ours | in Chromium | lost | theirs | in Chromium | lost |"
    assert lines[2:] == [
        "| change units | 1.00 / 1.50 / 1.50 | 0.50 / 0.50 / 0.50 |  | - | - |  |",
        "| own units and seed: result | - | - | 1 | - | - |  |",
    ]
    assert [late.person for late in diary.slow()] == [1]
    told = class_diary.as_json(diary)
    assert told["lost"] == {RESULT: 1}
    assert json.loads(json.dumps(told)) == told


def test_the_seconds_of_a_result_are_told_apart_by_what_the_job_was_doing() -> None:
    stages = [
        (1.0, "waiting"),
        (3.0, "compiling"),
        (4.0, "training"),
        (4.5, "waiting"),
        (6.0, "training"),
        (7.0, "over"),
    ]
    spent = class_diary.spent(RESULT, 1, 0.75, stages, 7.25)
    assert spent == Spent(RESULT, 1, asked=0.25, waiting=3.5, compiling=1.0, training=1.5, shown=0.25)
    (row,) = class_diary.where(Diary(spent=[spent])).splitlines()[2:]
    assert row.startswith("| own units and seed: result | 0.25 (at most 0.25) | 3.50 (at most 3.50) |")
    assert class_diary.where(Diary()) == ""


def test_each_persons_units_are_nobody_elses_and_no_recorded_runs() -> None:
    units = [Person(number, Diary(), 0.0).units for number in range(60)]
    assert len(set(units)) == 60
    assert 20 not in units


def test_faults_are_the_lines_of_a_log_that_say_so() -> None:
    log = "  URL: http://127.0.0.1:1\nTraceback (most recent call last):\n  File ...\nValueError: no\n"
    assert faults(log) == ["Traceback (most recent call last):", "ValueError: no"]
