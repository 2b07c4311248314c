"""What stands around a curve that grows on Train: what stands around it in the end."""

from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.service.test_queue import House, house
from ui import best_possible, session, state
from ui.train import trainer, words

__all__ = ["house"]  # the fixture

SPEC = RunSpec(problem=ProblemSpec(timesteps=7), model=ModelSpec(units=3), training=TrainingSpec(epochs=4, seed=5))


def page() -> None:
    from ui.train import trainer

    trainer.open_with_recorded("Train")
    trainer.curve("Train")


def test_a_curve_that_grows_has_the_axes_and_guides_of_the_finished_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[go.Figure] = []
    draw = trainer.figures.curve_and_timeline

    def keep(*parts: Any, **more: Any) -> go.Figure:
        drawn.append(draw(*parts, **more))
        return drawn[-1]

    monkeypatch.setattr(session, "jobs", lambda: house.jobs)
    monkeypatch.setattr(trainer.figures, "curve_and_timeline", keep)
    best_possible._future(SPEC.problem, SPEC.model).result(timeout=60)
    job = house.begin([SPEC], learnt=True)
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["job"] = job
    app.run()
    house.finish(f"{job}-0", SPEC)
    house.turn()
    app.run()
    assert not app.exception
    growing, finished = drawn[0], drawn[-1]
    assert growing.layout.meta["growing"]
    assert not (finished.layout.meta or {}).get("growing")
    for part in ("xaxis", "yaxis", "margin", "height", "yaxis2"):
        assert growing.layout[part] == finished.layout[part]
    guides = [[shape.to_plotly_json() for shape in figure.layout.shapes[:-2]] for figure in (growing, finished)]
    assert guides[0] == guides[1]
    assert len(guides[0]) > 1, "the coin toss and the best possible"


def test_a_run_without_snapshots_keeps_its_strip_and_says_that_it_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[go.Figure] = []
    draw = trainer.figures.curve_and_timeline

    def keep(*parts: Any, **more: Any) -> go.Figure:
        drawn.append(draw(*parts, **more))
        return drawn[-1]

    monkeypatch.setattr(trainer.figures, "curve_and_timeline", keep)
    trainer.cached.clear()
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["Train.direction"], app.session_state["Train.seed"] = "bidirectional", 1
    app.session_state[state.LINKED("Train").key] = state.OPENED_LINK
    app.run()
    assert not app.exception
    run = session.recall(app.session_state[state.SHOWN("Train").key])
    assert run
    assert run.spec.training.seed == 1
    assert not len(run.snapshots.step), "it is recorded for a comparison"
    assert drawn[-1].layout.yaxis2.domain
    assert any(words.STANDS_STILL in caption.value for caption in app.caption)
