"""The page Why under settings that not all its presses can be trained with."""

import time
from dataclasses import asdict
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.evaluation import evaluate
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings
from bilstm_core.store import Store
from ui import evaluations, scores, session
from ui.compare.words import EVALUATING

WIDE = asdict(ComparisonSettings(units=256, timesteps=200, starts=1))  # 250 epochs are allowed, 4,000 are not


def page() -> None:
    from ui.why import presses

    presses.page()


def long_run() -> None:
    from ui.why import presses

    presses._long_run()
    presses.page()


def at_the_end(script) -> AppTest:
    visit = AppTest.from_function(script, default_timeout=60)
    visit.session_state["Why.settings"] = dict(WIDE)
    visit.session_state["Why.guess"] = "It is bigger"
    visit.session_state["Why.stage"] = 5
    return visit.run()


def test_a_long_run_that_is_not_allowed_locks_its_button_and_says_why() -> None:
    visit = at_the_end(page)
    assert not visit.exception
    assert visit.button(key="Why.long").disabled
    assert any("times the work that is allowed" in text.value for text in visit.error)


def test_a_long_run_that_is_not_allowed_changes_nothing_on_the_page() -> None:
    visit = at_the_end(long_run)
    assert not visit.exception
    assert visit.session_state["Why.settings"]["epochs"] == TUTORIAL_EPOCHS
    assert visit.session_state["Why.settings"] == WIDE


def test_a_match_that_units_end_before_is_named_on_the_button() -> None:
    visit = AppTest.from_function(page, default_timeout=60)
    visit.session_state["Why.settings"] = dict(WIDE)
    visit.session_state["Why.guess"] = "It is bigger"
    visit.session_state["Why.stage"] = 1
    assert visit.run().button(key="Why.press").label == "Give forward 256 units"


def test_other_settings_can_be_run_from_beside_the_presses() -> None:
    visit = AppTest.from_function(page, default_timeout=60)
    visit.session_state["Why.guess"] = "It is bigger"
    assert "Why.train_these" not in [button.key for button in visit.run().button]
    visit.session_state["Why.units"] = 7
    assert not visit.run().button(key="Why.train_these").disabled


def test_a_guess_is_judged_when_more_is_known_of_it_and_not_at_every_press() -> None:
    visit = AppTest.from_function(page, default_timeout=60)
    visit.session_state["Why.guess"] = "It is bigger"
    judged = []
    for stage in range(6):
        visit.session_state["Why.stage"] = stage
        for _ in range(100):
            if not any(EVALUATING.answer in text.value for text in visit.run().markdown):
                break
            time.sleep(0.2)
        judged.append(any("You guessed" in text.value for text in visit.markdown))
    assert judged == [False, False, True, False, False, True], "with forward as large, and once all is tried"


def trained_without_a_store() -> None:
    """The page after its job has ended: every run was taken in, and none could be stored."""
    import streamlit as st

    from bilstm_core.comparison import specs_of, tried
    from tests.test_store import finished
    from ui import session
    from ui.why import presses

    if "trained" not in st.session_state:
        settings = presses.shown_settings("Why")
        specs = specs_of(presses.comparison(settings, tried(settings)), settings)
        every = [spec for group in specs.values() for spec in group]
        for spec in every:
            session.keep(finished(spec), resumable=False)
        st.session_state["trained"] = len(every)
    presses.page()


def test_fifty_starts_are_complete_where_the_store_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    store = Store(tmp_path / "file" / "runs", tmp_path / "recorded")
    monkeypatch.setattr(session, "store", lambda: store)
    monkeypatch.setattr(scores, "evaluate", lambda run, _: evaluate(run, 2))
    monkeypatch.setattr(evaluations, "PATIENCE_S", 60.0)
    visit = AppTest.from_function(trained_without_a_store, default_timeout=120)
    visit.session_state["Why.settings"] = asdict(ComparisonSettings(starts=50))
    visit.session_state["Why.guess"] = "It is bigger"
    visit.session_state["Why.stage"] = 5
    visit.run()
    assert not visit.exception
    assert visit.session_state["trained"] == 350
    told = " ".join(text.value for text in visit.markdown)
    assert "Press **Train**" not in told
    assert "50 runs" in told


def elsewhere_page() -> None:
    import streamlit as st

    from bilstm_core.comparison import elsewhere
    from tests.test_store import finished
    from ui import session
    from ui.why import elsewhere as shown_elsewhere
    from ui.why import presses

    shown = presses.page()
    if st.session_state.get("train elsewhere"):
        for specs in elsewhere(shown.settings).values():
            for spec in (spec for group in specs.values() for spec in group):
                session.keep(finished(spec), resumable=False)
    shown_elsewhere.panel(shown)


def test_what_is_left_is_tried_elsewhere_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluations, "PATIENCE_S", 60.0)
    visit = AppTest.from_function(elsewhere_page, default_timeout=120)
    visit.session_state["Why.settings"] = asdict(ComparisonSettings(starts=1, units=3))
    visit.session_state["Why.guess"] = "It is bigger"
    visit.session_state["Why.stage"] = 5
    visit.run()
    assert not visit.exception
    assert not visit.button(key="Why.elsewhere").disabled
    visit.session_state["train elsewhere"] = True
    visit.run()
    assert not visit.exception
    (table,) = (frame.value for frame in visit.dataframe)
    assert table[""].tolist() == [
        "T=10, learning rate 0.0005",
        "T=10, learning rate 0.003",
        "T=20, learning rate 0.001",
    ]
    assert list(table.columns[1:]) == ["bidirectional", "no future", "told t/T", "told one-hot"]
