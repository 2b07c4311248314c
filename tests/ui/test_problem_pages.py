"""Every problem is usable on every page, without a browser and without TensorFlow in the page's process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bilstm_core.problems import PROBLEMS

ROOT = Path(__file__).parents[2]
VISIT = """
import json, sys
from streamlit.testing.v1 import AppTest
from bilstm_core.problems import PROBLEMS

def seen(visit):
    assert not visit.exception, visit.exception
    widgets = [*visit.number_input, *visit.slider, *visit.selectbox, *visit.button, *visit.text_area]
    return {
        "title": visit.title[0].value,
        "text": [widget.value for widget in [*visit.markdown, *visit.caption]],
        "metric": [widget.label for widget in visit.metric],
        "widgets": [widget.label for widget in widgets],
        "columns": [list(widget.value.columns) for widget in visit.dataframe],
        "figures": len(visit.get("bidi_component")),
    }

pages = {}
visit = AppTest.from_file("app.py", default_timeout=60).run()
for name in PROBLEMS:
    visit.switch_page("pages/problem.py").run()
    visit.selectbox("Problem.name").set_value(name).run()
    pages[name] = {"Problem": seen(visit)}
    visit.switch_page("pages/problems.py").run()
    visit.selectbox("Problems.name").set_value(name).run()
    pages[name]["Problems"] = seen(visit)
    visit.button("Problems.open").click().run()
    pages[name]["Train"] = seen(visit)
    visit.switch_page("pages/inside.py").run()
    visit.toggle("Inside.of_train").set_value(True).run()
    pages[name]["Inside"] = seen(visit)
assert not [name for name in ("tensorflow", "keras") if name in sys.modules]
print("FOUND", json.dumps(pages))
"""

Seen = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What each page shows of each problem, with the recorded run of both directions."""
    visit = subprocess.run(
        [sys.executable, "-c", VISIT],
        cwd=ROOT,
        env={**os.environ, "BILSTM_STORE": str(tmp_path_factory.mktemp("store"))},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert visit.returncode == 0, visit.stderr[-3000:]
    pages: dict[str, Seen] = json.loads(visit.stdout.rpartition("FOUND ")[2])
    return pages


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_page_answers_its_question(pages: dict[str, Seen], name: str) -> None:
    for page, seen in pages[name].items():
        assert seen["title"].endswith("?"), page
        assert seen["figures"] >= (1 if page == "Problem" else 3), page
    headline = pages[name]["Train"]["text"][0]
    assert headline.startswith("After 100,000 training sequences, this network")


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_regression_counts_no_labels_and_all_others_do(pages: dict[str, Seen], name: str) -> None:
    train, regression = pages[name]["Train"], PROBLEMS[name].head == "regression"
    assert ("Mean squared error" in train["metric"]) == regression
    assert ("Whole sequence right" in train["metric"]) != regression
    assert ("Next mistake" in train["widgets"]) != regression
    assert train["columns"][0][-1] == ("Mean squared error" if regression else "Result")


@pytest.mark.parametrize("name", PROBLEMS)
def test_values_can_be_edited_where_they_decide_the_labels(pages: dict[str, Seen], name: str) -> None:
    editable = PROBLEMS[name].labels is not None
    for page in ("Problem", "Problems", "Train", "Inside"):
        assert ("Edit timestep" in pages[name][page]["widgets"]) == editable, page


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_threshold_is_asked_for_where_there_is_one(pages: dict[str, Seen], name: str) -> None:
    has_threshold = "threshold" in PROBLEMS[name].parameters
    for page in ("Problem", "Train"):
        assert ("Threshold (share of timesteps)" in pages[name][page]["widgets"]) == has_threshold, page
