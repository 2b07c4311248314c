"""A file that is brought back on Train: its runs are in the tray, and a bad one ends in a sentence."""

from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from bilstm_core.files.archive import MAX_FILE
from bilstm_core.files.bundle import write_bundle
from bilstm_core.limits import Limits
from bilstm_core.runs import Run
from tests.files.samples import SPEC, findings, members, seeds, untrained, zipped
from tests.ui.test_compare_pages import told, visit
from ui import evaluations, session, state, tray_links, uploads
from ui.train import brought, tray, words


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session of its own, outside a page."""
    monkeypatch.setattr(st, "session_state", {})


def imported(run: Run) -> Run:
    return replace(run, origin="imported")


def bring(app: AppTest, data: bytes, name: str = "runs.zip") -> AppTest:
    app.file_uploader[0].upload(name, data, "application/zip").run()
    assert not app.exception
    return app


def test_a_zip_joins_the_tray_and_a_bad_file_leaves_the_page_as_it_was() -> None:
    app = visit("train", Train__bring=True)
    run = untrained(replace(SPEC, training=replace(SPEC.training, seed=77)))
    data = write_bundle(findings(), [run])
    before = [box.label for box in app.checkbox]
    contents = members(data)
    bad = {
        "no ZIP": b"hello",
        "not what the ZIP's manifest": zipped(contents | {"script.py": b"import os"}),
        "in both the ZIP and its manifest": zipped(contents | {"a.txt": b""}),
        "a member named": zipped(contents | {"../../etc/x![a](b)": b""}),
    }
    for reason, forged in bad.items():
        bring(app, forged)
        assert "This file can't be brought back" in told(app)
        assert reason in told(app).replace("\\", "")
        assert "![a](b)" not in told(app)
        assert [box.label for box in app.checkbox] == before
    bring(app, data)
    assert [entry["name"] for entry in app.session_state["session.tray"]] == [
        f"{session.describe(run.spec)}, from a file"
    ]
    bring(app, data)
    assert "in the tray already" in told(app)
    assert f"{MAX_FILE // 10**6} MB" in app.file_uploader[0].label


@pytest.mark.usefixtures("visitor")
def test_of_many_starts_the_first_of_each_model_joins_the_tray() -> None:
    runs = [imported(run) for run in reversed(seeds(8))]
    forward = imported(untrained(replace(SPEC, model=replace(SPEC.model, direction="forward"))))
    sentence = brought.keep([*runs, forward])
    kept = [session.recall(entry["key"]) for entry in session.tray()]
    assert [(run.spec.model.direction, run.spec.training.seed) for run in kept if run] == [
        ("bidirectional", 0),
        ("forward", 0),
    ]
    assert "9 runs" in sentence
    assert [run.origin for run in kept if run] == ["imported", "imported"]


@pytest.mark.usefixtures("visitor")
def test_no_page_and_no_link_takes_a_run_of_a_file_for_one_that_it_trained() -> None:
    run = imported(untrained())
    brought.keep([run])
    assert session.find(run.spec) is None
    assert session.shown_run("Train") is None
    assert tray_links.link().get() == ()
    assert tray.specs() == []
    assert "Brought back from a file" in evaluations.origin(run)
    assert "Brought back from a file" in evaluations.origin_of([run])


def test_whoever_has_filled_the_tray_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (session, tray):
        monkeypatch.setattr(module, "limits", lambda: Limits(tray_runs=1))
    app = visit("train")
    (keep,) = (button for button in app.button if button.label == "Keep this run")
    assert not keep.disabled
    keep.click().run()
    assert words.tray_full(1) in [line.value for line in app.caption]
    assert len(app.session_state["session.tray"]) == 1


class Upload:
    """A file as Streamlit hands it on."""

    def __init__(self, size: int) -> None:
        self.size = size

    def getvalue(self) -> bytes:
        raise AssertionError("it is not read")


def test_a_file_that_is_larger_than_is_taken_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="MB") as caught:
        uploads.content(Upload(brought.MEGABYTES * 10**6 + 100_000), brought._taking("Train"))
    assert str(caught.value) == f"It has {brought.MEGABYTES}.1 MB; at most {brought.MEGABYTES} MB are taken."


@pytest.mark.usefixtures("visitor")
def test_a_full_tray_keeps_what_it_has() -> None:
    state.TRAY.set([{"key": f"{number}", "name": f"{number}", "shown": True} for number in range(tray_links.MOST)])
    session.add_to_tray(untrained())
    assert len(session.tray()) == tray_links.MOST


@pytest.mark.usefixtures("visitor")
def test_a_full_tray_takes_no_more() -> None:
    state.TRAY.set([{"key": f"{number}", "name": f"{number}", "shown": True} for number in range(tray_links.MOST)])
    with pytest.raises(ValueError, match=r"has room for 0\."):
        brought.keep([imported(untrained())])
    assert len(session.tray()) == tray_links.MOST
