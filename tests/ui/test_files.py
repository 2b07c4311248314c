"""Files on every page that has results: each is what the page shows, and nothing is made before it is asked for."""

import html
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.evaluation import evaluate
from bilstm_core.files.bundle import read_bundle
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.questions import TITLES
from tests.ui.test_compare_pages import told, visit
from ui import files, scores, session
from ui.compare import taken
from ui.compare.words import EVALUATING

COMPARING = ("directions", "merge_modes", "why")
Saved = dict[str, Callable[[], bytes]]


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> Saved:
    """What the buttons of an open popover would save, by label."""
    monkeypatch.setattr(scores, "evaluate", lambda run, _: evaluate(run, 200))  # it takes most of the time
    for cache in ("_scores", "_evaluations"):
        monkeypatch.setattr(scores, cache, {})
    buttons: Saved = {}
    monkeypatch.setattr(files, "_button", lambda *of: buttons.update({of[1]: of[2]}))
    return buttons


def ready(page: str, **opened: object) -> AppTest:
    app = visit(page, **opened)
    for _ in range(60):  # a slow machine takes longer to evaluate them than a page waits
        if EVALUATING.answer not in told(app) and taken.NOT_YET not in told(app):
            return app
        app.run()
    raise AssertionError(told(app))


def read(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(
    ("page", "title", "runs", "tables"),
    [
        ("directions", "Directions", 12, {"results", "starts", "curves", "labels-right-at-each-timestep"}),
        pytest.param(
            "merge_modes", "Merge modes", 12, {"results", "loss-minus-that-of-concat"}, marks=pytest.mark.long
        ),
        pytest.param("why", "Why", 6, {"results", "loss-minus-that-of-forward"}, marks=pytest.mark.long),
        ("train", "Train", 1, {"on-fresh-sequences", "epochs", "curves", "confusion-matrix"}),
        ("problems", "Problems", 9, {"nine-cells", "losses"}),
        ("inside", "Inside", 1, {"the-sequence", "sensitivity", "hidden-states"}),
    ],
)
def test_all_that_a_page_shows_is_in_its_zip(page: str, title: str, runs: int, tables: set[str], saved: Saved) -> None:
    few = {f"{title}__settings": asdict(ComparisonSettings(starts=3))} if page in COMPARING else {}
    app = ready(page, **{f"{title}__files": True}, **few)
    data = saved["All as ZIP"]()
    members = read(data)
    assert tables <= {name.split("/")[1].removesuffix(".csv") for name in members if name.endswith(".csv")}
    manifest = json.loads(members["manifest.json"])
    assert manifest["runs_left_out"] == 0
    assert len(manifest["runs"]) == len(read_bundle(data)) == runs
    text = members["report.html"].decode()
    assert f"<h1>{TITLES[page]}</h1>" in text
    assert "What may be said" in text
    chosen = {box.label: box.value for box in app.selectbox}
    table = pd.read_csv(io.BytesIO(saved["CSV"]()), encoding="utf-8-sig")
    same = pd.read_parquet(io.BytesIO(saved["Parquet"]()))
    assert list(table) == list(same)
    assert len(table) == len(same)
    assert chosen["Table"]
    assert f"<title>{chosen['Figure']}</title>" in saved["HTML"]().decode()
    assert saved["Report"]().decode() == text
    assert ("Write .keras" in [button.label for button in app.button]) == (page in ("train", "inside"))


def test_the_sentences_of_a_report_are_those_of_the_page(saved: Saved) -> None:
    few = asdict(ComparisonSettings(starts=6))
    app = ready("why", Why__files=True, Why__stage=2, Why__guess="Something else", Why__settings=few)
    text = html.unescape(saved["Report"]().decode()).replace("<strong>", "**").replace("</strong>", "**")
    told = next(line.value for line in app.markdown if "What came out so far" in line.value)
    every = [line.removeprefix("- ").replace("**", "") for line in told.splitlines() if line.startswith("- ")]
    assert len(every) == 2
    assert all(sentence in text.replace("**", "") for sentence in every)
    assert "You guess" not in text


def test_nothing_is_put_together_before_the_button_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered: list[Any] = []
    monkeypatch.setattr(files, "_gathered", lambda *of: gathered.append(of[0]) or of[2]())
    app = ready("train")
    assert gathered == []
    assert "CSV" not in [box.label for box in app.selectbox]
    ready("train", Train__files=True)
    assert gathered == ["Train"]


def model_file() -> None:
    from bilstm_core.presets import DEFAULT_PRESET, PRESETS
    from bilstm_core.store import read_recorded
    from ui import files

    run = read_recorded(PRESETS[DEFAULT_PRESET])
    assert run is not None
    files._model("Train", run)


def test_a_keras_file_is_asked_for_and_what_keeps_it_is_said(monkeypatch: pytest.MonkeyPatch, saved: Saved) -> None:
    answers: list[Any] = ["Keras could not build the model: it is away. Ask again.", b"PK"]
    asked: list[str] = []
    service = SimpleNamespace(
        ask_model_file=lambda run: asked.append(run.digest) or "one", answer=lambda _: answers[len(asked) - 1]
    )
    monkeypatch.setattr(session, "jobs", lambda: service)
    app = AppTest.from_function(model_file, default_timeout=60).run()
    app.button[0].click().run()
    assert "it is away" in told(app)
    assert saved == {}
    app.button[0].click().run()
    assert saved["Save .keras"]() == b"PK"
    assert not app.button


def test_a_network_fed_noise_has_no_keras_file_and_says_why(saved: Saved) -> None:
    def page() -> None:
        from bilstm_core.presets import WHY_MORE
        from bilstm_core.specs import RunSpec
        from tests.files.samples import untrained
        from ui import files

        files._model("Train", untrained(RunSpec(model=WHY_MORE.model)))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert "fed noise" in told(app)
    assert not app.button
    assert saved == {}


def test_more_runs_than_a_zip_takes_are_left_out_of_it_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, saved: Saved
) -> None:
    monkeypatch.setattr(files, "MOST_OF_RUNS", 1)
    app = ready("train", Train__files=True)
    assert "too large for it" in told(app)
    assert json.loads(read(saved["All as ZIP"]())["manifest.json"])["runs"] == []
