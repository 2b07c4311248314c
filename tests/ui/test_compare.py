"""Comparisons are evaluated beside the pages: what a page says until it is there, and on how many sequences."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core import evaluation, figures
from bilstm_core.comparison import specs_of
from bilstm_core.engine import cost
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import MODELS_BY_MERGE_MODE
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from ui import evaluations, scores, session, state
from ui.compare import headline, words
from ui.compare.comparison import Comparison
from ui.compare.resolved import Asked, Shown

DEFAULT = ComparisonSettings()
ALL = 2 * len(MODELS_BY_MERGE_MODE)  # runs of two starts


def page() -> None:
    from bilstm_core import figures
    from bilstm_core.presets import MODELS_BY_MERGE_MODE
    from ui.compare import headline, tables
    from ui.compare.comparison import Comparison
    from ui.compare.resolved import resolve

    models = {label: MODELS_BY_MERGE_MODE[label] for label in ("concat", "sum")}
    styles = {label: figures.style("bidirectional", model.merge_mode) for label, model in models.items()}
    shown = resolve(Comparison(page="Merge modes", models=models, styles=styles))
    headline.headline(shown, "Which?", headline.answer(shown))
    tables.table(shown)


def whole_page() -> None:
    from bilstm_core import figures
    from bilstm_core.presets import MODELS_BY_MERGE_MODE
    from ui.compare import headline, launch, tables
    from ui.compare.comparison import Comparison

    models = {label: MODELS_BY_MERGE_MODE[label] for label in ("concat", "sum")}
    styles = {label: figures.style("bidirectional", model.merge_mode) for label, model in models.items()}
    shown, _ = headline.question(
        Comparison(page="Merge modes", models=models, styles=styles, baseline="concat"), "Which?"
    )
    launch.beside(shown)
    tables.differences_from_baseline(shown)
    tables.table(shown)


@pytest.fixture
def visit() -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["Merge modes.settings"] = asdict(ComparisonSettings(starts=6))
    return app


def test_a_page_does_not_wait_for_evaluations_and_each_run_is_evaluated_once(
    visit: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, asked = threading.Event(), []
    evaluate = scores.evaluate

    def slow(run: Any, n_sequences: int) -> Any:
        if not threading.current_thread().name.startswith("this-test"):  # what other tests' pages asked for
            return evaluate(run, n_sequences)
        go_on.wait(30)
        asked.append(n_sequences)
        return evaluate(run, 200)

    pool = ThreadPoolExecutor(1, thread_name_prefix="this-test")
    monkeypatch.setattr(scores, "_pool", lambda _: pool)
    monkeypatch.setattr(scores, "evaluate", slow)
    monkeypatch.setattr(scores, "_scores", {})
    monkeypatch.setattr(scores, "_recorded", dict)  # as for runs that do not come with the program
    visit.run()
    assert not visit.exception
    assert any(words.EVALUATING.answer in text.value for text in visit.markdown)
    assert not visit.dataframe
    go_on.set()
    monkeypatch.setattr(evaluations, "PATIENCE_S", 30.0)
    for _ in range(2):
        visit.run()
        assert not visit.exception
        assert any(text.value.startswith("After 250 sequences, ") for text in visit.markdown)
        assert list(visit.dataframe[0].value["label"]) == ["concat", "sum"]
    assert asked == [DEFAULT.sequences] * 12


def test_a_page_looks_every_run_up_once_a_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, specs, runs and scores are resolved once, and handed down; of 12 runs 8 are not trained yet."""
    asked: list[RunSpec] = []
    find = session.find

    def count(spec: RunSpec) -> Run | None:
        asked.append(spec)
        return find(spec) if spec.training.seed < 2 else None

    monkeypatch.setattr(session, "find", count)
    visit = AppTest.from_function(whole_page, default_timeout=60)
    visit.session_state["Merge modes.settings"] = asdict(ComparisonSettings(starts=6))
    visit.session_state["Merge modes.starts"] = 6
    visit.run()
    assert not visit.exception
    assert len(asked) == 12
    assert len(set(asked)) == 12


def test_a_small_comparison_is_evaluated_on_as_many_sequences_as_a_single_run() -> None:
    assert DEFAULT.sequences == evaluation.MOST_SEQUENCES


def test_a_larger_comparison_is_evaluated_on_fewer_but_never_on_too_few() -> None:
    sizes = [
        ComparisonSettings(**larger).sequences
        for larger in ({"starts": 50}, {"starts": 50, "timesteps": 100}, {"timesteps": 200, "units": 256})
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] < evaluation.MOST_SEQUENCES
    assert sizes[-1] == evaluation.FEWEST_SEQUENCES


@pytest.mark.parametrize(
    ("trained", "said"),
    [
        (ALL, f"Training {ALL // 2} models × 2 starts: {ALL} runs."),
        (3, f"Training 3 runs of {ALL}; the others are trained already."),
    ],
)
def test_what_is_trained_is_what_the_job_trains(monkeypatch: pytest.MonkeyPatch, trained: int, said: str) -> None:
    shown = Comparison(page="Merge modes", models=MODELS_BY_MERGE_MODE, styles={})
    settings = ComparisonSettings(starts=2)
    every = [spec for group in specs_of(shown, settings).values() for spec in group]
    service = SimpleNamespace(view=lambda _: SimpleNamespace(specs=every[:trained]))
    monkeypatch.setattr(session, "job", lambda _: "one")
    monkeypatch.setattr(session, "jobs", lambda: service)
    stored: Any = {label: [None, None] for label in MODELS_BY_MERGE_MODE}  # those that were there before Train again
    page = Shown(
        comparison=shown,
        settings=settings,
        specs=specs_of(shown, settings),
        runs=stored,
        visible=list(MODELS_BY_MERGE_MODE),
        scores=None,
        chosen=Asked(settings=settings),
        busy=True,
    )
    assert headline.answer(page) == (said, "")


def controls_page() -> None:
    import streamlit as st

    from bilstm_core import figures
    from bilstm_core.presets import MODELS_BY_MERGE_MODE
    from ui.compare import launch
    from ui.compare.comparison import Comparison
    from ui.compare.resolved import resolve

    styles = {label: figures.style("bidirectional", model.merge_mode) for label, model in MODELS_BY_MERGE_MODE.items()}
    shown = resolve(Comparison(page="Merge modes", models=MODELS_BY_MERGE_MODE, styles=styles))
    launch.row(shown)
    st.caption(launch.note(shown))


def controls_with(**settings: int) -> AppTest:
    """A visit to `controls_page` whose widgets hold these settings."""
    visit = AppTest.from_function(controls_page, default_timeout=60)
    for name, value in {**settings, "name": DEFAULT.name}.items():
        visit.session_state[f"Merge modes.{name}"] = value
    visit.run()
    assert not visit.exception
    return visit


def test_while_the_answer_is_covered_it_is_said_that_there_is_one_and_which_keys_show_it() -> None:
    visit = controls_with()
    for covered, from_store, said in (
        (False, True, words.TRAINED_ALREADY),
        (True, True, words.ALREADY_COVERED),
        (False, False, words.TRAINED_NOW),
        (True, False, words.NOW_COVERED),
    ):
        visit.session_state[state.CLASS.key] = visit.session_state[state.COVERED.key] = covered
        visit.session_state[state.FROM_STORE("Merge modes").key] = from_store
        visit.run()
        assert visit.caption[-1].value == said


def test_a_comparison_that_would_hold_everybody_up_is_refused_in_a_sentence_before_it_is_asked_for() -> None:
    visit = controls_with(timesteps=200, units=256, starts=50)
    assert any("minutes of training, and 15 minutes is the most at once" in text.value for text in visit.error)
    (run,) = (button for button in visit.button if button.label == "Train")
    assert run.disabled


def test_what_a_page_offers_is_what_the_core_reckons() -> None:
    visit = controls_with(timesteps=200, units=128, starts=50)
    styles = {label: figures.style("bidirectional") for label in MODELS_BY_MERGE_MODE}
    shown = Comparison(page="Merge modes", models=MODELS_BY_MERGE_MODE, styles=styles)
    settings = ComparisonSettings(timesteps=200, units=128, starts=50)
    needed = cost.seconds([spec for group in specs_of(shown, settings).values() for spec in group])
    assert any(f"about {needed / 60:.0f} min of training" in text.value for text in visit.caption)
