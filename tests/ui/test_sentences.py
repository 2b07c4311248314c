"""The measured sentences of the pages, word by word."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import falls
from bilstm_core.analysis.telling import Told
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import MODELS_BY_DIRECTION
from bilstm_core.problems.variable_length import PADDING
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.wording import differing
from tests.test_store import finished
from ui import controls, session, wording
from ui.compare import guess, headline, words
from ui.compare.comparison import Comparison
from ui.compare.resolved import Asked, Shown
from ui.inside import sensitivity
from ui.inside import words as of_inside
from ui.problem import words as of_problem
from ui.problem import worked_sequence
from ui.train import numbers

STYLES = {label: figures.style(model.direction) for label, model in MODELS_BY_DIRECTION.items()}
COMPARED = Comparison(
    page="Directions", models=MODELS_BY_DIRECTION, styles=STYLES, expected=("bidirectional",), guess_from=4_000
)


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A visitor of its own."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


@pytest.mark.parametrize(
    ("model", "timesteps", "training", "problem_name", "words"),
    [
        ({}, 10, {}, "cumulative_sum", "bidirectional, 250 sequences"),
        ({"merge_mode": "sum"}, 10, {"seed": 7}, "cumulative_sum", "bidirectional, sum, 250 sequences, seed 7"),
        ({"direction": "forward", "merge_mode": "sum"}, 10, {}, "cumulative_sum", "forward, 250 sequences"),
        (
            {"direction": "backward", "backward_output": "raw", "cell": "gru", "units": 21, "layers": 2},
            11,
            {"epochs": 500, "sequences_per_epoch": 2, "seed": 1},
            "share_of_total",
            "share of the total, backward, tutorial's order, GRU, 21 units, 2 layers, T=11, 1,000 sequences, seed 1",
        ),
    ],
)
def test_a_run_is_named_by_what_differs_from_the_defaults(
    model: dict[str, Any], timesteps: int, training: dict[str, Any], problem_name: str, words: str
) -> None:
    spec = RunSpec(
        problem=ProblemSpec(name=problem_name, timesteps=timesteps),
        model=ModelSpec(**model),
        training=TrainingSpec(**training),
    )
    title = spec.problem.problem.title.lower()
    assert session.describe(spec) == words.replace("share of the total", title)


def test_runs_of_the_tray_with_one_spec_have_names_of_their_own() -> None:
    names = []
    for _ in range(3):
        names.append(session.free_name(RunSpec()))
        session.tray().append({"key": "", "name": names[-1], "shown": True})
    plain = "bidirectional, 250 sequences"
    assert names == [plain, f"{plain} (2)", f"{plain} (3)"]


@pytest.mark.parametrize(
    ("training", "words"),
    [
        ({}, "1 epoch = 1 fresh sequence = 1 weight update. In all: 250 sequences, 250 updates."),
        (
            {"epochs": 1, "sequences_per_epoch": 2},
            "1 epoch = 2 fresh sequences = 2 weight updates. In all: 2 sequences, 2 updates.",
        ),
        (
            {"epochs": 1_000, "sequences_per_epoch": 3_000, "batch_size": 2, "fresh_data": False},
            "1 epoch = 3,000 sequences = 1,500 weight updates. In all: 3,000,000 sequences, 1,500,000 updates.",
        ),
    ],
)
def test_what_an_epoch_is_stays_true(training: dict[str, Any], words: str) -> None:
    assert controls.amount_of_work(TrainingSpec(**training)) == words


def fell(by: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(falls, "falls_of", lambda _: by)
    return falls.fall_sentence({})


def test_a_loss_that_did_not_move_fell_by_nothing_and_did_not_rise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fell({"a": 0.0}, monkeypatch) == "In the second half, the training loss fell by 0% (a)."
    assert fell({"a": -0.5, "b": -0.25, "c": 0.25}, monkeypatch) == (
        "In the second half, the training loss fell by 25% (c), and rose by 25% (b) and 50% (a)."
    )
    assert fell({"a": -0.5}, monkeypatch) == "In the second half, the training loss rose by 50% (a)."


def test_a_models_fall_is_the_mean_over_its_starts() -> None:
    def run(*losses: float) -> Any:
        return SimpleNamespace(history=pd.DataFrame({"loss": losses}))

    fallen = falls.falls_of({"a": [run(1.0, 0.5), run(1.0, 0.25)], "b": []})
    assert fallen == {"a": pytest.approx(0.625)}


@pytest.mark.parametrize(
    ("epochs", "guessed", "waits"), [(4_000, None, True), (3_999, None, False), (4_000, "forward", False)]
)
def test_a_long_run_waits_for_a_guess(state: dict[str, Any], epochs: int, guessed: str | None, waits: bool) -> None:
    state["Directions.guess"] = guessed
    assert guess.waiting(COMPARED, ComparisonSettings(epochs=epochs)) == (words.GUESS_FIRST if waits else "")
    never = replace(COMPARED, guess_from=0)
    assert guess.waiting(never, ComparisonSettings(epochs=epochs)) == ""


def shown(compared: Comparison = COMPARED, settings: ComparisonSettings | None = None, **changes: Any) -> Shown:
    """What a page shows, none of it trained or evaluated unless `changes` say so."""
    settings = settings or ComparisonSettings()
    parts = {"specs": {}, "runs": {}, "visible": [], "scores": None, "busy": False, **changes}
    return Shown(comparison=compared, settings=settings, chosen=Asked(settings=settings), **parts)


def answer(
    monkeypatch: pytest.MonkeyPatch,
    runs: dict[str, int],
    *,
    switched_on: tuple[str, ...] = ("forward", "bidirectional"),
    busy: bool = False,
    evaluated: bool = True,
    compared: Comparison = COMPARED,
    **settings: Any,
) -> Told:
    """The measured answer, of so many starts of each model; bidirectional has the higher loss."""
    losses = {"forward": 0.1, "backward": 0.6, "bidirectional": 0.4}
    rows = [
        {"label": label, "seed": seed, "loss": loss + 0.001 * (7 * seed % 4)}
        for label, loss in losses.items()
        for seed in range(runs.get(label, 0))
    ]
    every: Any = {label: [None] * runs.get(label, 0) for label in MODELS_BY_DIRECTION}
    page = shown(
        compared,
        ComparisonSettings(**settings),
        runs=every,
        visible=list(switched_on),
        scores=pd.DataFrame(rows, columns=["label", "seed", "loss"]) if evaluated else None,
        busy=busy,
    )

    def above(runs: Any, by_run: pd.DataFrame) -> dict[str, float]:
        assert list(runs) == list(switched_on)
        assert set(by_run["label"]) == set(switched_on)
        return {"forward": 0.1}

    monkeypatch.setattr(headline, "_above_best_possible", above)
    monkeypatch.setattr(headline, "_training", lambda asked: Told("Training 3 runs." if asked is page else ""))
    for module in (falls, guess):
        monkeypatch.setattr(module, "falls_of", lambda runs: dict.fromkeys(runs, 0.5))
    return headline.answer(page)


def test_a_comparison_says_what_is_to_be_done_before_it_can_be_ranked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    all_of = {"forward": 10, "backward": 10, "bidirectional": 10}
    assert answer(monkeypatch, {}) == words.PRESS_TRAIN
    assert answer(monkeypatch, all_of, switched_on=()) == words.NO_CURVE
    assert answer(monkeypatch, {}, busy=True) == Told("Training 3 runs.")
    assert answer(monkeypatch, all_of, busy=True) == Told("Training 3 runs.")
    assert answer(monkeypatch, {"forward": 10, "bidirectional": 3}) == Told(
        "Only 13 of 20 runs are trained. Press **Train** for the rest."
    )
    assert answer(monkeypatch, all_of, evaluated=False) == words.EVALUATING


def test_a_comparison_is_ranked_after_how_many_sequences_and_the_lesson_is_contradicted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = {"forward": 10, "bidirectional": 10}
    told = answer(monkeypatch, runs)
    assert told.answer == (
        "After 250 sequences, forward wins: its loss is 0.300 below bidirectional's, in all 10 runs."
        " The well-known picture has bidirectional lowest; these runs do not."
    )
    assert told.counts.startswith("Forward below bidirectional: 95% interval 0.300 to 0.300.")
    assert "well-known" not in answer(monkeypatch, runs, name="share_of_total").answer


def test_a_long_comparison_tells_what_still_fell_and_from_a_length_on_what_came_of_the_guess(
    monkeypatch: pytest.MonkeyPatch, state: dict[str, Any]
) -> None:
    runs = {"forward": 10, "bidirectional": 10}
    fall = "In the second half, the training loss fell by 50% (forward) and 50% (bidirectional)."
    floors = "Above the best possible: 0.100 (forward)."
    verdict = "You guessed forward. It was still falling; none stopped."
    state["Directions.guess"] = "forward"
    assert fall not in answer(monkeypatch, runs, epochs=250).counts
    for epochs in (251, 3_999, 4_000):
        told = answer(monkeypatch, runs, epochs=epochs)
        assert told.counts.startswith(fall)
        assert told.counts.endswith(floors)
        assert told.answer.endswith(verdict) == (epochs >= 4_000)
    for guess_from, said in ((0, False), (1, True)):
        compared = replace(COMPARED, guess_from=guess_from)
        assert (verdict in answer(monkeypatch, runs, compared=compared, epochs=1_000).answer) == said
    few = answer(monkeypatch, {"forward": 3, "bidirectional": 3}, epochs=4_000, starts=3)
    assert few == Told(
        f"{fall} {verdict}",
        "No ranking yet: three runs are too few (at least 6 needed). So far, forward's loss is 0.300 below "
        f"bidirectional's. Try 10. {floors}",
    )


@pytest.mark.parametrize(
    ("trained", "starts", "said"),
    [
        (1, 1, "Training 1 run of 4; the others are trained already."),
        (0, 1, "Training."),
        (4, 1, "Training 4 runs."),
    ],
)
def test_what_is_trained_is_counted(monkeypatch: pytest.MonkeyPatch, trained: int, starts: int, said: str) -> None:
    models = {label: ModelSpec(units=units) for label, units in zip("abcd", (1, 2, 3, 4), strict=True)}
    compared = Comparison(page="Directions", models=models, styles={})
    specs = {str(n): [RunSpec(training=TrainingSpec(seed=n))] for n in range(4)}
    page = shown(compared, ComparisonSettings(starts=starts), specs=specs)
    view = SimpleNamespace(specs=[None] * trained)
    monkeypatch.setattr(session, "job", lambda page: "one" if page == "Directions" else None)

    def look(job: str) -> Any:
        assert job == "one"
        return view

    monkeypatch.setattr(session, "jobs", lambda: SimpleNamespace(view=look))
    assert headline._training(page) == Told(said)
    if not trained:
        monkeypatch.setattr(session, "job", lambda _: None)
        assert headline._training(page) == Told("Training.")


def test_a_single_run_that_is_all_is_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "job", lambda _: "one")
    monkeypatch.setattr(session, "jobs", lambda: SimpleNamespace(view=lambda _: SimpleNamespace(specs=[RunSpec()])))
    assert headline._training(shown(specs={"a": [RunSpec()], "b": [RunSpec()]})) == Told("Training 1 run.")


def test_seeds_that_follow_one_another_are_one_span() -> None:
    assert wording._seeds([3]) == "seed 3"
    assert wording._seeds([4, 3]) == "seeds 3 to 4"
    assert wording._seeds([9, 3, 4, 5, 7]) == "seeds 3 to 5, 7 and 9"
    assert wording._seeds([3, 9]) == "seeds 3 and 9"


def test_where_a_run_comes_from_names_its_versions_once_and_in_order() -> None:
    first, second = finished(), replace(finished(), versions={"tensorflow": "2.1", "keras": "3.0", "numpy": "9"})
    third = replace(first, versions={"keras": "4.0"})
    assert wording._versions([second, second]) == "Keras 3.0, numpy 9, TensorFlow 2.1"
    assert wording._versions([third, second]) == "Keras 3.0, numpy 9, TensorFlow 2.1; Keras 4.0"


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0, 1, 1], "Here, at timestep **2**; 2 of 3 labels are 1."),
        ([0, 1, 0], "Here, at timesteps **2** and **3**; 1 of 3 labels is 1."),
        ([1, 1, 1], "Never here: 3 of 3 labels are 1."),
    ],
)
def test_where_labels_turn_is_told_with_how_many_are_one(labels: list[int], words: str) -> None:
    rows = pd.DataFrame({"timestep": range(1, len(labels) + 1), "x": 0.5, "expected": labels})
    assert of_problem.flip(ProblemSpec(timesteps=3), rows, None) == words


def flips(name: str, values: list[float], labels: list[int], limits: list[float] | None = None) -> str:
    rows = pd.DataFrame({"timestep": range(1, len(values) + 1), "x": values, "expected": labels})
    problem = ProblemSpec(name=name, timesteps=len(values))
    return of_problem.flip(problem, rows, limits) if limits else worked_sequence.flip_sentence(problem, rows)


def test_why_a_label_turns_is_told_in_the_running_sums_own_numbers() -> None:
    assert flips("cumulative_sum", [0.25, 0.5, 0.75, 0.5], [0, 0, 1, 1]) == (
        "Here, at timestep **3**, where the running sum, 1.50, first reaches 1 (0.25 × 4 timesteps)."
    )
    assert flips("cumulative_sum", [0.25, 0.25, 0.0, 0.25], [0, 0, 0, 0]) == (
        "Never here: the running sum ends at 0.75, short of 1 (0.25 × 4 timesteps)."
    )
    assert flips("reverse_cumulative_sum", [0.25, 0.5, 0.5, 0.25], [1, 1, 0, 0]) == (
        "Here, at timestep **3**, where what is still to come, 0.75, first falls short of 1 (0.25 × 4 timesteps)."
    )
    assert flips("reverse_cumulative_sum", [0.25, 0.0, 0.25, 0.25], [0, 0, 0, 0]) == (
        "Never here: all values together come to 0.75, short of 1 (0.25 × 4 timesteps)."
    )
    assert flips("reverse_cumulative_sum", [0.25], [1]) == (
        "Never here: even the last value, 0.25, reaches 0.25 (0.25 × 1 timestep)."
    )
    assert flips("cosine_from_sine", [0.25, 0.5], [0, 0]) == "No label flips here: each answer is a number."


def test_many_turns_are_counted_and_the_first_is_named() -> None:
    most = of_problem.MOST_TURNS
    assert of_problem.at([2]) == "Here, at timestep **2**"
    assert of_problem.at([]) == "Never here"
    assert of_problem.at(list(range(2, most + 2))).endswith(f" and **{most + 1}**")
    assert of_problem.at(list(range(2, most + 3))) == f"Here, at {most + 1} timesteps, the first at **2**"


def test_the_quarters_of_a_total_are_told_by_the_sums_that_are_passed() -> None:
    text = flips("total_quarters", [0.5, 0.5, 0.5, 0.5], [0, 1, 2, 3])
    assert text == "Here, at timesteps **2**, **3** and **4**, as the running sum passes 0.50, 1.00 and 1.50."
    assert flips("total_quarters", [0.5, 0.5, 0.5, 0.5], [2, 2, 2, 2]) == "Never here: every label is 2."


def test_what_an_output_has_read_is_told_as_a_span() -> None:
    def span(*read: int) -> str:
        return of_inside.span(np.array(read, bool))

    assert span(0, 0) == "padding alone"
    assert span(0, 1, 0) == "value 2 alone"
    assert span(1) == "value 1 alone"
    assert span(1, 1) == "all 2 values"
    assert span(0, 1, 1, 0) == "values 2 to 3"


def test_zeros_that_were_not_read_are_told_from_those_too_small_to_tell() -> None:
    small = "the reaction is too small to tell from zero"
    assert of_inside.zeros(0, 0, 4) == ""
    assert of_inside.zeros(1, 0, 4) == "1 of 4 squares is exactly zero: the value was not read."
    assert of_inside.zeros(1, 1, 4) == (
        f"2 of 4 squares are exactly zero: 1 because the value was not read, 1 because {small}."
    )
    assert of_inside.zeros(0, 1, 4) == f"1 of 4 squares is exactly zero: {small}."


def column(values: list[float]) -> Any:
    """A sequence of one feature: (timesteps, 1)."""
    return np.array(values, np.float32)[:, None]


def reacting(
    monkeypatch: pytest.MonkeyPatch,
    matrix: np.ndarray,
    values: list[float],
    *,
    window: range,
    name: str,
    model: ModelSpec,
) -> str:
    """The sentence on a matrix of reactions of the window's outputs to its values."""
    run: Any = SimpleNamespace(spec=RunSpec(problem=ProblemSpec(name=name, timesteps=len(values)), model=model))
    sequence = column(values)

    def answered(result: Any) -> Any:
        def check(of_run: Any, of_values: Any) -> Any:
            assert of_run is run
            assert of_values is sequence
            return result

        return check

    monkeypatch.setattr(sensitivity, "window", answered(window))
    monkeypatch.setattr(sensitivity, "matrix_of", answered(matrix))
    return sensitivity.sentence(run, sequence)


HALVES = [0.5] * 10  # their sum reaches a quarter of ten at timestep 5
FORWARD = ModelSpec(direction="forward")


def test_the_output_at_the_flip_is_told_with_what_it_has_read_and_reacts_to_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrix = np.tril(np.ones((10, 10)))
    matrix[4, 1] = 7.0
    sums = {"window": range(10), "name": "cumulative_sum", "model": FORWARD}
    unread = "45 of 100 squares are exactly zero: the value was not read."
    assert reacting(monkeypatch, matrix, HALVES, **sums) == (
        "To what it has read, and to nothing else. Output 5, where the label flips, has read values 1 to 5 and reacts "
        f"most to value **2** (7; the next: 1).\n\n{unread}"
    )
    matrix[4] = 0
    small = "the reaction is too small to tell from zero"
    assert reacting(monkeypatch, matrix, HALVES, **sums) == (
        "Not even to all that it has read. Output 5, where the label flips, has read values 1 to 5 and reacts to none."
        f"\n\n50 of 100 squares are exactly zero: 45 because the value was not read, 5 because {small}."
    )
    assert reacting(monkeypatch, 0 * matrix, HALVES, **sums) == (
        "To nothing: all 100 squares of the matrix are exactly zero."
    )


def test_without_a_flip_the_output_in_the_middle_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.tril(np.ones((10, 10)))
    matrix[5, 3] = 2.0
    text = reacting(monkeypatch, matrix, [0.1] * 10, window=range(10), name="cumulative_sum", model=FORWARD)
    assert (
        "to nothing else. Output 6 has read values 1 to 6 and reacts most to value **4** (2; the next: 1).\n\n" in text
    )


def test_of_a_part_of_the_matrix_what_is_shown_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.tril(np.ones((4, 4)))
    matrix[2, 1] = 2.0
    text = reacting(monkeypatch, matrix, HALVES, window=range(2, 6), name="cumulative_sum", model=FORWARD)
    assert text == (
        "To what it has read, and to nothing else. Output 5, where the label flips, has read values 1 to 5 and, of "
        "those shown, reacts most to value **4** (2; the next: 1).\n\n"
        "6 of 16 squares are exactly zero: the value was not read."
    )


def test_how_much_of_the_reaction_is_to_values_that_decide_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.tril(np.ones((10, 10))) + np.triu(np.full((10, 10), 2.0), 1)
    both = {"name": "cumulative_sum", "model": ModelSpec()}
    share = 90 / 145
    text = reacting(monkeypatch, matrix, HALVES, window=range(10), **both)
    assert text == (
        "To every value. Output 5, where the label flips, has read all 10 values and reacts most to value **6**."
        f"\n\n{share:.0%} of the reactions, added up, are to values that do not decide the output's label."
    )
    corner = reacting(monkeypatch, matrix[3:6, 3:6], HALVES, window=range(3, 6), **both)
    assert corner.endswith("\n\n50% of the reactions, added up, are to values that do not decide the output's label.")


def of(name: str) -> Any:
    return SimpleNamespace(spec=RunSpec(problem=ProblemSpec(name=name)))


def test_labels_of_real_timesteps_alone_can_turn() -> None:
    short = column([0.5] * 7 + [PADDING] * 3)
    assert sensitivity._labels(of("variable_length").spec.problem, short).tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert sensitivity.flip(of("variable_length"), short) == 5
    assert sensitivity.flip(of("cumulative_sum"), column(HALVES)) == 5
    soon = ProblemSpec(threshold=0.1)
    assert sensitivity._labels(soon, column(HALVES)).tolist() == [0] + [1] * 9
    assert sensitivity._labels(of("cumulative_sum").spec.problem, column([PADDING] * 10)).shape == (10,)


def test_answers_that_hang_on_more_than_the_values_never_turn() -> None:
    wave = of("cosine_from_sine")
    labels = sensitivity._labels(wave.spec.problem, column(HALVES))
    assert wave.spec.problem.problem.labels is None
    assert labels.tolist() == [0] * 10
    assert labels.dtype == np.int64
    assert sensitivity.flip(wave, column(HALVES)) is None


def test_a_day_is_told_with_its_months_name() -> None:
    assert wording.on_day(date(2026, 2, 3)) == " on 3 February 2026"
    assert wording.on_day(None) == ""


def test_a_single_label_does_not_turn() -> None:
    assert flips("total_quarters", [0.5], [2]) == "Never here: every label is 2."


def test_two_limits_are_both_named_and_one_without_a_parameter_is_named_in_hundredths() -> None:
    assert flips("total_quarters", [0.5, 0.25], [0, 1], [0.5, 1.25]) == (
        "Here, at timestep **2**, as the running sum passes 0.50 and 1.25."
    )
    text = flips("share_of_total", [0.5, 0.5], [0, 1], [0.875])
    assert text == "Here, at timestep **2**, where the running sum, 1.00, first reaches 0.88."


def test_what_differs_between_two_runs_is_named_as_the_first_one_has_it_and_a_formula_is_cut() -> None:
    shown = RunSpec(model=ModelSpec(merge_mode="sum", units=7), training=TrainingSpec(learning_rate=0.002))
    assert differing(shown, RunSpec()) == ["7 units", "sum", "learning rate 0.002"]
    assert differing(RunSpec(), RunSpec(model=ModelSpec(direction="forward"))) == [
        "bidirectional", "concat", "both branches read the values",
    ]  # fmt: skip
    assert differing(shown, shown) == []
    long = RunSpec(problem=ProblemSpec(name="formula: x[t] + max(after) + min(before) + sum(all) > 3"))
    (named,) = numbers.differs(SimpleNamespace(spec=long), RunSpec(problem=ProblemSpec(name="share_of_total")))
    assert named.startswith("formula\\: x\\[t\\]")
    assert named.endswith(" …")
    assert len(named.replace("\\", "")) <= numbers.LONGEST


def test_a_run_that_was_stopped_is_named_by_what_it_has_seen() -> None:
    assert session.describe(RunSpec(), 100) == "bidirectional, 100 of 250 sequences"
    assert session.describe(RunSpec(), 250) == "bidirectional, 250 sequences"
    assert session.free_name(RunSpec(), 1) == "bidirectional, 1 of 250 sequences"
