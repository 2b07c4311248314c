"""A page that is reloaded during a training finds it again, by the job in its address."""

from collections.abc import Callable
from dataclasses import asdict

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.service.test_queue import House, house
from ui import session

__all__ = ["house"]  # the fixture

SPEC = RunSpec(problem=ProblemSpec(timesteps=7), model=ModelSpec(units=3), training=TrainingSpec(epochs=4, seed=5))


def train_page() -> None:
    from ui import live
    from ui.train import trainer

    trainer.open_with_recorded("Train")
    live.panel("Train", lambda _: None, live.keep_finished)


def merge_page() -> None:
    import functools

    from bilstm_core import figures
    from bilstm_core.presets import MODELS_BY_MERGE_MODE
    from ui import live
    from ui.compare import launch
    from ui.compare.comparison import Comparison
    from ui.compare.resolved import resolve

    styles = {label: figures.style("bidirectional") for label in MODELS_BY_MERGE_MODE}
    comparison = Comparison(page="Merge modes", models=MODELS_BY_MERGE_MODE, styles=styles)
    live.address("Merge modes", functools.partial(launch.take_up, comparison))
    launch.row(resolve(comparison))
    live.panel("Merge modes", lambda _: None, live.keep_finished)


def why_page() -> None:
    from ui import live
    from ui.compare import launch
    from ui.why import presses

    launch.row(presses.page())
    live.panel("Why", lambda _: None, live.keep_finished)


@pytest.fixture(autouse=True)
def service(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "jobs", lambda: house.jobs)


def visit(page: Callable[[], None], job: str = "", **state: object) -> AppTest:
    """A new session on a page, whose address names a job."""
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    if job:
        app.query_params["job"] = job
    app.run()
    assert not app.exception
    return app


def address(app: AppTest) -> str:
    """The job that the address names, which AppTest gives as a text or as a list of one."""
    job = app.query_params.get("job", "")
    return job if isinstance(job, str) else job[0]


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_a_reloaded_train_page_has_the_job_and_the_settings_it_was_asked_for_with(house: House) -> None:
    job = house.jobs.submit([SPEC], watcher="the session before")
    app = visit(train_page, job)
    assert app.session_state["session.job.Train"] == job
    assert [app.session_state[f"Train.{name}"] for name in ("timesteps", "units", "epochs", "seed")] == [7, 3, 4, 5]
    assert address(app) == job


def test_the_session_left_behind_watches_no_more_so_that_stop_stops(house: House) -> None:
    job = house.jobs.submit([SPEC], watcher="the session before")
    app = visit(train_page, job)
    assert house.jobs.stop(job, app.session_state["session.watcher"])


def test_another_session_that_looks_on_is_counted_again(house: House) -> None:
    job = house.jobs.submit([SPEC], watcher="you")
    app = visit(train_page, job)
    house.jobs.view(job, "you")
    assert not house.jobs.stop(job, app.session_state["session.watcher"])
    assert not house.view(job).over


def test_of_a_job_that_has_ended_meanwhile_the_run_is_there_and_the_address_is_plain_again(house: House) -> None:
    job = house.jobs.submit([SPEC], watcher="the session before")
    house.turn()
    house.hear("started", job)
    house.finish(f"{job}-0", SPEC)
    house.turn()
    app = visit(train_page, job)
    assert app.session_state["session.job.Train"] is None
    assert len(app.session_state["session.latest"]) == 1
    app.run()
    assert not address(app)
    assert app.session_state["session.job.Train"] is None, "its own address is not taken up again"


def test_a_job_that_nobody_knows_any_more_is_told_in_a_sentence() -> None:
    app = visit(train_page, "0" * 32)
    assert [text.value.partition(".")[0] for text in app.error] == [
        "The training that this link names is no longer known"
    ]
    assert not address(app)


def test_a_job_of_another_page_is_left_to_it(house: House) -> None:
    job = house.jobs.submit([SPEC, SPEC], watcher="you", about={"page": "Directions", "settings": {}})
    for page, name in ((train_page, "Train"), (merge_page, "Merge modes")):
        app = visit(page, job)
        assert f"session.job.{name}" not in app.session_state
        assert not address(app)


def test_a_reloaded_comparison_has_its_settings_again() -> None:
    wanted = {"timesteps": 12, "units": 6, "starts": 3, "name": "share_of_total"}
    app = visit(merge_page, **{f"Merge modes.{name}": value for name, value in wanted.items()})
    press(app, "Train")
    job = app.session_state["session.job.Merge modes"]
    assert address(app) == job
    again = visit(merge_page, job)
    assert again.session_state["session.job.Merge modes"] == job
    assert again.session_state["Merge modes.settings"] == asdict(ComparisonSettings()) | wanted
    assert {name: again.session_state[f"Merge modes.{name}"] for name in wanted} == wanted
    assert [button.label for button in again.button if button.key == "Merge modes.stop" and not button.disabled]


def test_a_reloaded_why_has_the_changes_tried_so_far_and_the_guess() -> None:
    settings = asdict(ComparisonSettings(units=9, starts=1))
    app = visit(why_page, **{"Why.settings": settings, "Why.guess": "It is bigger"})
    press(app, "Take the future away")
    job = app.session_state["session.job.Why"]
    again = visit(why_page, job)
    carried = [again.session_state[f"Why.{name}"] for name in ("stage", "guess", "settings")]
    assert carried == [1, "It is bigger", settings]
    assert again.session_state["session.job.Why"] == job
