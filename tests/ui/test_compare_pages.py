"""The comparing pages and Train say what they do, and leave no gap where nothing is known."""

import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core import codec, figures
from bilstm_core.comparison import specs_of
from bilstm_core.network.inference import probabilities
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import MODELS_BY_DIRECTION, trained_long_enough
from bilstm_core.runs import probes
from ui.compare import words
from ui.compare.comparison import Comparison, runs_of
from ui.compare.curves import _only_the_end, _probes

ROOT = Path(__file__).parents[2]


def visit(page: str, **state: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in state.items():
        app.session_state[key.replace("__", ".")] = value
    app.run()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    return " ".join(line.value for kind in (app.markdown, app.caption, app.error, app.header) for line in kind)


def test_every_model_of_the_same_number_of_parameters_has_its_row_of_probabilities() -> None:
    models = {label: MODELS_BY_DIRECTION[label] for label in ("forward", "bidirectional")}
    comparison = Comparison(page="test", models=models, styles=dict.fromkeys(models, figures.style("forward")))
    runs = runs_of(specs_of(comparison, ComparisonSettings(fair=True)))
    rows = _probes(runs, list(runs), runs["forward"][0].spec.problem)
    assert set(rows["label"]) == set(models)
    run = runs["forward"][0]
    last = rows[(rows["label"] == "forward") & (rows["sequences_seen"] == run.sequences_seen)].sort_values("timestep")
    answers = probabilities(run.spec.problem, run.spec.model, run.weights, probes(run.spec.problem).x)
    np.testing.assert_allclose(last["probability"], answers[0, :, 0], atol=1e-3)
    assert _only_the_end(runs) == ["forward"]
    assert not _only_the_end({"bidirectional": runs["bidirectional"]})


def test_choosing_long_runs_says_that_it_lowers_the_starts_and_takes_it_back() -> None:
    app = visit("directions", Directions__starts=50)
    app.button_group(key="Directions.epochs").set_value(20_000).run()
    starts = app.session_state["Directions.starts"]
    assert starts < 50
    assert words.lowered(50, starts) in told(app)
    app.button_group(key="Directions.epochs").set_value(250).run()
    assert app.session_state["Directions.starts"] == 50
    assert "fewer starts" not in told(app)


def test_starts_chosen_at_once_with_long_runs_stay_as_they_were_chosen() -> None:
    app = visit("directions")
    app.button_group(key="Directions.epochs").set_value(20_000)
    app.button_group(key="Directions.starts").set_value(50).run()
    assert app.session_state["Directions.starts"] == 50
    assert "fewer starts" not in told(app)


@pytest.mark.parametrize(("problem", "has_labels"), [("cosine_from_sine", False), ("share_of_total", True)])
def test_only_a_problem_with_labels_has_a_tab_for_their_confusion(problem: str, has_labels: bool) -> None:
    app = visit("train", Train__wanted=codec.encode(trained_long_enough(problem, "bidirectional")))
    assert ("Confusion matrix" in [tab.label for tab in app.tabs]) == has_labels
    assert "Model summary" in [tab.label for tab in app.tabs]


def test_the_wins_of_three_starts_have_no_columns_of_nothing() -> None:
    app = visit("directions", Directions__starts=3)
    app.button(key="Directions.train").click().run()
    for _ in range(60):  # a slow machine takes longer to evaluate them than a page waits
        if not any(words.EVALUATING.answer in text.value for text in app.markdown):
            break
        time.sleep(0.5)
        app.run()
    wins = next(table.value for table in app.dataframe if "Wins" in table.value)
    assert set(wins["Wins"].str.slice(-4)) == {"of 3"}
    assert not wins.isna().any(axis=None)
    assert set(wins["Starts needed"]) == {"train 6 or more"}
