"""What the controls make of a spec."""

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core import figure_inputs
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.specs import MAX_WORK, WHOLE_NUMBERS, ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.test_store import finished
from ui import controls, session
from ui.train import trainer

MOST = WHOLE_NUMBERS["epochs"][1]
LARGE = RunSpec(problem=ProblemSpec(timesteps=200), model=ModelSpec(units=256), training=TrainingSpec(epochs=2_000))


def trained(epochs: int) -> RunSpec:
    return RunSpec(training=TrainingSpec(epochs=epochs)).canonical()


@pytest.mark.parametrize(("epochs", "longer"), [(1, 2), (250, 500), (10_000, MOST), (15_000, MOST), (MOST - 1, MOST)])
def test_a_longer_run_has_twice_the_epochs_or_the_most_that_is_allowed(epochs: int, longer: int) -> None:
    further = controls.longer(trained(epochs))
    assert further == trained(longer)


def test_the_longest_run_has_no_longer_one() -> None:
    assert controls.longer(trained(MOST)) is None


def test_a_large_network_goes_on_to_the_most_work_that_is_allowed() -> None:
    further = controls.longer(LARGE)
    assert further is not None
    assert LARGE.training.epochs < further.training.epochs < 2 * LARGE.training.epochs
    an_epoch = further.work() / further.training.epochs
    assert MAX_WORK - an_epoch < further.work() <= MAX_WORK
    assert controls.longer(further) is None


def test_why_a_longer_run_is_not_twice_as_long_is_said() -> None:
    assert controls.longer_note(trained(250), trained(500)) == ""
    assert controls.longer_note(trained(15_000), trained(MOST)) == "To 20,000 epochs, the most that is allowed."
    further = controls.longer(LARGE)
    assert further is not None
    assert controls.longer_note(LARGE, further).endswith(" for this network and these sequences.")


def buttons() -> None:
    from ui import controls
    from ui.train import trainer

    trainer.again("Train", controls.settings_of("Train"))


@pytest.mark.parametrize(("epochs", "longer", "note"), [(15_000, MOST, True), (250, 500, False), (MOST, None, False)])
def test_train_further_goes_on_to_the_most_that_is_allowed_and_says_so(
    monkeypatch: pytest.MonkeyPatch, epochs: int, longer: int | None, note: bool
) -> None:
    started: list[RunSpec] = []

    run = finished(trained(epochs))
    monkeypatch.setattr(trainer.session, "shown_run", lambda _: run)
    monkeypatch.setattr(trainer.live, "start", lambda _, specs, **__: started.extend(specs))
    monkeypatch.setattr(session, "job", lambda _: None)
    visit = AppTest.from_function(buttons, default_timeout=30).run()
    assert not visit.exception
    assert any("20,000 epochs, the most" in text.value for text in visit.caption) == note
    further = [button for button in visit.button if button.key == "Train.further"]
    assert bool(further) == bool(longer)
    if longer:
        further[0].click().run()
        assert not visit.exception
        assert started == [trained(longer)]
        assert visit.session_state["Train.epochs"] == longer


def test_what_is_handed_to_a_page_is_for_that_page_and_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls.state.st, "session_state", {})
    controls.hand_over("Train", trained(MOST))
    assert controls.handed_over("Inside") is None
    assert controls.handed_over("Train") == trained(MOST)
    assert controls.handed_over("Train") is None


def test_the_settings_of_a_page_that_was_not_opened_yet_are_those_it_opens_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = {"Train.units": 7.0}
    monkeypatch.setattr(controls.state.st, "session_state", state)
    assert controls.settings_of("Train") == PRESETS[DEFAULT_PRESET]
    state["Train.opened"] = True
    assert controls.settings_of("Train").model.units == 7


def test_a_curve_of_more_than_a_thousand_sequences_is_on_a_log_axis_with_a_mark_where_the_tutorial_stops() -> None:
    short, long = (figure_inputs.run_axis(ProblemSpec(), total, "sequences_seen") for total in (1_000, 1_001))
    assert "log_x" not in short
    assert (long["log_x"], long["mark"]) == (True, 250)
    updates = figure_inputs.run_axis(ProblemSpec(), 1_001, "updates")
    assert (updates["log_x"], updates["mark"]) == (True, None)  # of updates the tutorial may have had fewer
