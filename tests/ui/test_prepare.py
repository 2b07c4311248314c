"""Each page tells the job service what a press of its button would train, so that it can be compiled before."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.presets import MODELS_BY_MERGE_MODE
from bilstm_core.specs import RunSpec
from tests.service.test_queue import House, house
from tests.ui.test_reload import merge_page, visit
from ui import session

__all__ = ["house"]  # the fixture


def train_page() -> None:
    from ui import controls
    from ui.train import trainer

    trainer.open_with_recorded("Train")
    trainer.buttons("Train", controls.current_spec("Train"))


def inside_page() -> None:
    from ui.inside import subject

    settings, go = subject.model_controls("Inside")
    subject.training("Inside", subject.spec_of(settings), subject.chosen_run("Inside", settings), go)


def problems_page() -> None:
    from ui.problems import grid, opened

    opened.buttons("Problems", grid.SETTINGS.read().cell)


@pytest.fixture(autouse=True)
def service(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "jobs", lambda: house.jobs)


def wished(house: House) -> list[RunSpec]:
    return [spec for wish in house.jobs._preparation.wishes.values() for spec in wish.specs]


def is_pressed(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


PAGES = [
    (train_page, "Train", {"Train.units": 23, "Train.opened": True}),
    (inside_page, "Train", {"Inside.cell": "gru", "Inside.direction": "backward", "Inside.epochs": 4_000}),
    (problems_page, "Train", {"Problems.seeds": {"share_of_total": 77}}),
    (merge_page, "Train", {"Merge modes.units": 23, "Merge modes.starts": 3}),
]


@pytest.mark.parametrize(("page", "label", "entries"), PAGES, ids=[page.__name__ for page, _, _ in PAGES])
def test_what_a_press_would_train_is_wished_for_before_it_and_no_more_after(
    house: House, page: Callable[[], None], label: str, entries: dict[str, object]
) -> None:
    app = visit(page, **entries)
    before = wished(house)
    assert before
    is_pressed(app, label)
    (job,) = house.jobs._jobs.values()
    assert list(job.specs) == before
    assert wished(house) == []
    assert len(before) == {merge_page: 3 * len(MODELS_BY_MERGE_MODE), problems_page: 3}.get(page, 1)
    assert len({spec.training.seed for spec in before}) == (3 if page is merge_page else 1)


@pytest.mark.parametrize("page", [train_page, problems_page, merge_page, inside_page])
def test_nothing_is_wished_for_where_the_runs_are_there(house: House, page: Callable[[], None]) -> None:
    visit(page)
    assert wished(house) == []
