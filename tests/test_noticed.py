"""What was once changed without a test that failed: each of these tests fails if that change comes back."""

from concurrent.futures import Future
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from bilstm_core import evaluation, figures
from bilstm_core.analysis import falls
from bilstm_core.analysis.ablation import gain
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import MODELS_BY_DIRECTION, NO_FUTURE
from bilstm_core.problems import BayesRisk
from bilstm_core.service.job_record import Job
from bilstm_core.service.parts import parts_of
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.test_store import finished
from ui import best_possible, session
from ui.chart import plotly_script
from ui.compare import guess, headline, launch, tables, words
from ui.compare.comparison import Comparison
from ui.compare.resolved import Asked, Shown, chosen_settings
from ui.train import tray

STYLES = {label: figures.style(model.direction) for label, model in MODELS_BY_DIRECTION.items()}
COMPARED = Comparison(page="Directions", models=MODELS_BY_DIRECTION, styles=STYLES, guess_from=4_000)
SPECS = {label: RunSpec(model=MODELS_BY_DIRECTION[label]) for label in ("forward", "backward", "bidirectional")}


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A visitor of its own."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


@pytest.mark.parametrize(
    ("guessed", "falls", "said"),
    [
        ("forward", {"forward": 0.01, "backward": 0.4}, "You guessed forward. Right: it stopped."),
        (
            "forward",
            {"forward": 0.01, "backward": 0.02},
            "You guessed forward. Right: it stopped, and so did backward.",
        ),
        ("forward", {"forward": 0.4, "backward": 0.02}, "You guessed forward. It was still falling; backward stopped."),
        ("forward", {"forward": 0.4, "backward": 0.3}, "You guessed forward. It was still falling; none stopped."),
        (words.NONE, {"forward": 0.4, "backward": 0.3}, "You guessed none of them. Right."),
        (words.NONE, {"forward": 0.4, "backward": -0.1}, "You guessed none of them. Backward did."),
        ("forward", {"forward": guess.STOPPED}, "You guessed forward. It was still falling; none stopped."),
        (None, {"forward": 0.4}, ""),
        ("forward", {}, ""),
    ],
)
def test_a_guess_is_right_where_its_curve_fell_by_less_than_a_tenth(
    monkeypatch: pytest.MonkeyPatch, state: dict[str, Any], guessed: str | None, falls: dict[str, float], said: str
) -> None:
    state["Directions.guess"] = guessed
    monkeypatch.setattr(guess, "falls_of", lambda _: falls)
    assert guess.verdict(COMPARED, {}) == said


def risk(loss: float) -> BayesRisk:
    nothing = np.full(10, np.nan)
    values = {"loss": loss, "per_timestep_loss": nothing, "per_timestep_accuracy": nothing}
    return BayesRisk(**{name: values.get(name, 0.0) for name in BayesRisk.__dataclass_fields__})  # type: ignore[arg-type]


def with_floors(monkeypatch: pytest.MonkeyPatch, losses: dict[str, float | None]) -> None:
    """The best possible of each direction; None where it is not known yet."""

    def future(problem: ProblemSpec, model: ModelSpec) -> Future[BayesRisk]:
        assert problem == ProblemSpec()
        answer: Future[BayesRisk] = Future()
        loss = losses[model.direction]
        if loss is not None:
            answer.set_result(risk(loss))
        return answer

    monkeypatch.setattr(best_possible, "_future", future)


def test_excess_loss_is_what_a_loss_lies_above_the_best_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    with_floors(monkeypatch, {"forward": 0.2, "bidirectional": 0.05, "backward": None})
    runs = {label: [finished(spec)] for label, spec in SPECS.items()}
    by_run = pd.DataFrame({"label": list(SPECS), "seed": 0, "loss": [0.23, 0.4, 0.051], "accuracy": 0.9, "exact": 0.5})
    best = best_possible.losses_of(SPECS)
    table = tables._summary("these", best, runs, by_run).set_index("label")
    assert table["excess"]["forward"] == pytest.approx(0.03)
    assert table["excess"]["bidirectional"] == pytest.approx(0.001)
    assert np.isnan(table["excess"]["backward"])
    gaps = headline._above_best_possible(runs, by_run)
    assert gaps == {"forward": pytest.approx(0.03), "bidirectional": pytest.approx(0.001)}
    assert words.above_best_possible(gaps) == "Above the best possible: 0.030 (forward) and 0.001 (bidirectional)."
    with_floors(monkeypatch, dict.fromkeys(SPECS, 0.0004))
    assert headline._above_best_possible(runs, by_run) == {}, "they would be the losses once more"
    with_floors(monkeypatch, dict.fromkeys(SPECS))
    assert headline._above_best_possible(runs, by_run) == {}
    assert words.above_best_possible({}) == ""


def test_floors_nearer_than_a_line_is_wide_are_one_line_with_all_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    styles = {label: figures.style(label) for label in SPECS}
    with_floors(monkeypatch, {"forward": 0.2, "backward": 0.201, "bidirectional": 0.05})
    assert [(floor.label, floor.value, floor.style) for floor in best_possible.of(SPECS, styles)] == [
        ("best possible, forward and backward", 0.2, styles["forward"]),
        ("best possible, bidirectional", 0.05, styles["bidirectional"]),
    ]
    with_floors(monkeypatch, {"forward": 0.2, "backward": 0.2, "bidirectional": 0.2})
    assert [floor.label for floor in best_possible.of(SPECS, styles)] == ["best possible"]
    with_floors(monkeypatch, {"forward": 0.2, "backward": None, "bidirectional": float("nan")})
    assert [floor.label for floor in best_possible.of(SPECS, styles)] == ["best possible, forward"]


def test_runs_of_the_tray_that_share_a_colour_differ_by_dash_shown_or_not() -> None:
    specs = [RunSpec(training=TrainingSpec(epochs=30, seed=seed)) for seed in range(7)]
    session.tray().extend(
        {"key": session._key(spec, 30), "name": f"run {seed}", "shown": seed != 1} for seed, spec in enumerate(specs)
    )
    drawn = {f"run {seed}": spec for seed, spec in enumerate(specs) if seed != 1}
    styles = tray.styles(drawn)
    assert [style.dash for style in styles.values()] == [
        "solid",
        "dashdot",
        "longdash",
        "longdashdot",
        tray.DASHES[5],
        "solid",
    ]
    assert len({style.color for style in styles.values()}) == 1
    other = tray.styles({**drawn, "forward": SPECS["forward"]})["forward"]
    assert other == figures.style("forward")


@pytest.mark.parametrize("name", ["units", "epochs", "starts", "timesteps", "fair", "name"])
def test_the_seed_is_the_recorded_one_again_once_another_setting_changes(state: dict[str, Any], name: str) -> None:
    shown = ComparisonSettings(seed=30)
    state["Directions.settings"] = asdict(shown)
    assert chosen_settings("Directions") == shown
    value = {"fair": True, "name": "share_of_total"}.get(name, 3)
    state[f"Directions.{name}"] = value
    assert chosen_settings("Directions") == replace(shown, seed=0, **{name: value})


def test_new_seeds_follow_those_of_the_figure(monkeypatch: pytest.MonkeyPatch, state: dict[str, Any]) -> None:
    started: list[int] = []
    state["Directions.settings"] = asdict(ComparisonSettings(seed=30, starts=3))
    monkeypatch.setattr(launch, "start", lambda _, settings, **__: started.append(settings.seed))
    launch.run(COMPARED, again=True, new_seeds=True)
    assert started == [33]


@pytest.mark.parametrize(("starts", "enough"), [(5, False), (6, True)])
def test_of_too_few_starts_it_is_said_first_that_they_rank_nothing(
    monkeypatch: pytest.MonkeyPatch, starts: int, enough: bool
) -> None:
    losses = {"forward": 0.4, "bidirectional": 0.1}
    by_run = pd.DataFrame(
        [
            {"label": label, "seed": seed, "loss": loss + 0.001 * (7 * seed % 4)}
            for label, loss in losses.items()
            for seed in range(starts)
        ]
    )
    monkeypatch.setattr(headline, "_above_best_possible", lambda *_: {})
    monkeypatch.setattr(falls, "falls_of", lambda _: {"forward": 0.0, "bidirectional": 0.5})
    runs: Any = {label: [None] * starts for label in losses}
    settings = ComparisonSettings(starts=starts, epochs=1_000)
    shown = Shown(
        comparison=COMPARED,
        settings=settings,
        specs={},
        runs=runs,
        visible=list(losses),
        scores=by_run,
        chosen=Asked(settings=settings),
        busy=False,
    )
    answer, counts = headline.answer(shown)
    fell = "In the second half, the training loss fell by 50% (bidirectional) and 0% (forward)."
    few = "No ranking yet: five runs are too few (at least 6 needed)."
    assert answer.startswith("After 1,000 sequences, bidirectional wins: " if enough else few)
    assert counts.startswith(fell)


@pytest.mark.parametrize(
    ("share", "kind"),
    [(0.95, "enough"), (0.85, "part"), (0.75, "part"), (0.25, "part"), (0.15, "part"), (0.05, "nothing")],
)
def test_a_tenth_of_the_gain_is_what_may_be_neglected_and_no_more(share: float, kind: str) -> None:
    rng = np.random.default_rng(3)
    means = {"forward": 0.4, "bidirectional": 0.3, NO_FUTURE: 0.4 - 0.1 * share}
    rows = [
        {"label": label, "seed": seed, "loss": loss}
        for label, mean in means.items()
        for seed, loss in enumerate(rng.normal(mean, 0.001, 20))
    ]
    result = gain(pd.DataFrame(rows), NO_FUTURE)
    assert result is not None
    assert result.kind == kind


def test_what_remains_is_not_told_before_a_second_has_been_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    specs = (RunSpec(),)
    job = Job(id="job", specs=specs, resume=None, parts=parts_of(specs))
    job.start(0)
    told = []
    for at, steps_done in ((100.0, 50), (100.75, 100), (101.5, 150)):
        now = at
        points = {"seen": [steps_done], "loss": [0.5], "count": [50], "last": [0.5]}
        job.report(0, [{"run": 0, "steps_done": steps_done, **points}])
        told.append(job.view().remaining_s)
    assert told == [None, None, pytest.approx(1.5)]


def test_a_plotly_that_was_not_wholly_written_is_not_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A file of that name is whole, for what is written to it goes into another first."""

    def compress(*_: Any, **__: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plotly_script.gzip, "compress", compress)
    sentence = plotly_script.ensure(tmp_path)
    assert sentence.startswith("The charts can't be drawn: ")
    assert "No space left on device" in sentence
    assert not list(tmp_path.glob("plotly.*"))
    monkeypatch.undo()
    assert plotly_script.ensure(tmp_path) == ""
    assert len(list(tmp_path.glob("plotly.*"))) == 1


def test_a_run_is_evaluated_on_as_many_sequences_as_its_cost_allows_but_never_on_too_few() -> None:
    assert evaluation.evaluation_size(SPECS["forward"]) == evaluation.MOST_SEQUENCES
    assert evaluation.evaluation_size(SPECS["forward"], 0.0) == evaluation.FEWEST_SEQUENCES
