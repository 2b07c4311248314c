"""Where a training is too much, or would wait, a smaller setting is a button beside the sentence that says so."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.comparison import each_once, specs_of
from bilstm_core.engine import cost
from bilstm_core.limits import Limits
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import MODELS_BY_DIRECTION, MODELS_BY_MERGE_MODE
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.service.test_queue import House, house
from tests.ui.test_reload import merge_page, press, visit
from ui import live, session
from ui.compare import less
from ui.compare.comparison import Comparison

__all__ = ["house"]  # the fixture

PAGE = "Merge modes"


def train_page() -> None:
    from ui import controls
    from ui.train import trainer

    trainer.open_with_recorded("Train")
    trainer.buttons("Train", controls.current_spec("Train"))
    trainer.curve("Train")


def compared() -> None:
    import functools

    from bilstm_core import figures
    from bilstm_core.presets import MODELS_BY_MERGE_MODE
    from ui import live
    from ui.compare import curves, launch
    from ui.compare.comparison import Comparison
    from ui.compare.resolved import resolve

    styles = {label: figures.style("bidirectional") for label in MODELS_BY_MERGE_MODE}
    comparison = Comparison(page="Merge modes", models=MODELS_BY_MERGE_MODE, styles=styles)
    live.address("Merge modes", functools.partial(launch.take_up, comparison))
    shown = resolve(comparison)
    launch.row(shown)
    curves.curves(shown, "")


@pytest.fixture(autouse=True)
def service(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "jobs", lambda: house.jobs)


@pytest.fixture
def others(house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    """What somebody else has under way, so long that whatever is asked for waits; no wait is too short."""
    monkeypatch.setattr(live, "WORTH_LESS_S", 0.0)
    job = house.jobs.submit([RunSpec(model=ModelSpec(units=77), training=TrainingSpec(epochs=9_000))], watcher="you")
    house.turn()
    house.hear("started", job)
    return job


def label(app: AppTest) -> str:
    """What the button with the smaller setting says; empty without one."""
    return next((button.label for button in app.button if button.key.endswith((".less", ".choose_less"))), "")


def at_most(monkeypatch: pytest.MonkeyPatch, specs: list[RunSpec]) -> None:
    """Let one job be as much as these are, and no more."""
    seconds = 1.01 * cost.seconds(specs)
    monkeypatch.setattr(cost, "limits", lambda: replace(Limits(), max_job_s=seconds))


def test_the_most_epochs_and_starts_that_take_a_share_of_the_work_are_found() -> None:
    comparison = Comparison(page=PAGE, models=MODELS_BY_DIRECTION, styles={})
    chosen = ComparisonSettings(epochs=4_000, starts=50)

    def seconds(settings: ComparisonSettings) -> float:
        return cost.seconds(each_once(specs_of(comparison, settings)))

    for share in (0.9, 0.3, 0.05, 0.01):
        found = less.fitting(comparison, chosen, share)
        assert found is not None
        assert seconds(found) <= share * seconds(chosen)
        larger = [
            replace(chosen, epochs=epochs, starts=starts)
            for epochs in comparison.epochs
            for starts in (1, 3, 10, 50)
            if seconds(found) < seconds(replace(chosen, epochs=epochs, starts=starts)) <= share * seconds(chosen)
        ]
        assert larger == []
    assert less.fitting(comparison, chosen, 1e-4) is None
    assert less.fitting(comparison, chosen, 1.0) is None
    assert less.told(replace(chosen, starts=1), chosen) == "1 start"
    assert less.told(replace(chosen, epochs=250, starts=10), chosen) == "250 epochs and 10 starts"


def test_a_comparison_that_is_too_much_has_fewer_starts_on_a_button_which_can_then_be_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = {f"{PAGE}.units": 23, f"{PAGE}.starts": 50}
    comparison = Comparison(page=PAGE, models=MODELS_BY_MERGE_MODE, styles={})
    at_most(monkeypatch, each_once(specs_of(comparison, ComparisonSettings(units=23, starts=10))))
    app = visit(merge_page, **wanted)
    assert any("is the most at once" in text.value for text in app.error)
    assert label(app) == "Choose 10 starts"
    press(app, "Choose 10 starts")
    assert app.session_state[f"{PAGE}.starts"] == 10
    assert not any("is the most at once" in text.value for text in app.error)
    assert label(app) == ""
    press(app, "Train")
    assert app.session_state[f"session.job.{PAGE}"]


def test_a_comparison_whose_networks_are_too_much_for_one_training_is_refused_in_a_sentence() -> None:
    app = visit(merge_page, **{f"{PAGE}.units": 256, f"{PAGE}.timesteps": 200, f"{PAGE}.epochs": 20_000})
    assert not app.exception
    assert ["times the work that is allowed" in text.value for text in app.error] == [True]
    assert label(app) == ""


def test_a_training_that_is_too_much_has_fewer_epochs_on_a_button_which_trains_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visit(train_page, **{"Train.units": 23, "Train.epochs": 20_000, "Train.timesteps": 50, "Train.opened": True})
    at_most(
        monkeypatch,
        [RunSpec(problem=ProblemSpec(timesteps=50), model=ModelSpec(units=23), training=TrainingSpec(epochs=1_200))],
    )
    press(app, "Train")
    assert "is the most at once" in app.error[0].value
    press(app, label(app))
    job = app.session_state["session.job.Train"]
    (spec,) = house.view(job).specs
    assert spec.training.epochs == app.session_state["Train.epochs"] == 1_200
    assert (list(app.error), label(app)) == ([], "")


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    ("page", "start", "name", "wanted"),
    [
        (
            train_page,
            "Train",
            "Train",
            {"Train.units": 23, "Train.epochs": 20_000, "Train.timesteps": 50, "Train.opened": True},
        ),
        (compared, "Train", PAGE, {f"{PAGE}.units": 23, f"{PAGE}.starts": 50, f"{PAGE}.epochs": 1_000}),
    ],
    ids=["train", "compare"],
)
def test_what_waits_can_be_had_sooner_by_a_button_that_asks_for_less_in_its_place(
    house: House, page: Callable[[], None], start: str, name: str, wanted: dict[str, object]
) -> None:
    app = visit(page, **wanted)
    press(app, start)
    waiting = app.session_state[f"session.job.{name}"]
    before = house.view(waiting)
    assert before.ahead
    assert before.short
    house.jobs.leave(waiting, "me")  # the look above has counted
    said = label(app)
    press(app, said)
    instead = app.session_state[f"session.job.{name}"]
    after = house.view(instead)
    assert house.view(waiting).over
    assert not after.over
    assert not after.short, "it is a short one"
    assert cost.seconds(after.specs) < cost.seconds(before.specs)
    assert {spec.model for spec in after.specs} == {spec.model for spec in before.specs}
    epochs = after.specs[0].training.epochs
    assert said == f"Train {epochs:,} epochs" if name == "Train" else said.startswith("Train ")
    assert app.session_state[f"{name}.epochs"] == epochs


@pytest.mark.usefixtures("others")
def test_less_is_offered_for_a_long_wait_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "WORTH_LESS_S", 60.0)
    app = visit(train_page, **{"Train.units": 23, "Train.epochs": 20_000, "Train.timesteps": 50, "Train.opened": True})
    press(app, "Train")
    assert label(app) == ""


def test_what_has_begun_meanwhile_goes_on_though_less_is_asked_for(house: House, others: str) -> None:
    app = visit(train_page, **{"Train.units": 23, "Train.epochs": 20_000, "Train.timesteps": 50, "Train.opened": True})
    press(app, "Train")
    waiting, said = app.session_state["session.job.Train"], label(app)
    house.jobs.leave(others, "you")
    house.finish(f"{others}-0")
    house.turn()
    house.hear("started", waiting)
    press(app, said)
    assert app.session_state["session.job.Train"] == waiting
    assert not house.view(waiting).over
    assert label(app) == ""
