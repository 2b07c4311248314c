"""What the Inside page says, and how much of a matrix it can afford."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from bilstm_core import codec, figures
from bilstm_core.datasets import recipe
from bilstm_core.network import introspection
from bilstm_core.network.initial_weights import initial_weights
from bilstm_core.network.introspection import cost
from bilstm_core.presets import INSIDE
from bilstm_core.problems import given
from bilstm_core.problems.formula import named
from bilstm_core.problems.variable_length import PADDING
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from bilstm_core.store import read_recorded
from tests.datasets.tables import long_table, ready
from tests.test_runs import run_of
from ui import run_cache, session, state, wording
from ui.chart import component
from ui.inside import sensitivity, words

VALUES = np.linspace(0.1, 0.9, 10, dtype=np.float32)[:, None]


def untrained(model: ModelSpec, timesteps: int = 10, problem: str = "cumulative_sum") -> Run:
    spec = RunSpec(problem=ProblemSpec(name=problem, timesteps=timesteps), model=model).canonical()
    run = run_of(spec, spec.training.steps)
    run.weights.update(initial_weights(spec.problem, model, 0))
    return run


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (ModelSpec(units=3, direction="forward"), "has read values 1 to 7 and"),
        (ModelSpec(units=3, direction="backward", cell="gru"), "has read values 7 to 10 and"),
        (ModelSpec(units=3, direction="backward", backward_output="raw"), "has read values 4 to 10 and"),
    ],
)
def test_one_direction_is_said_to_leave_squares_exactly_zero(model: ModelSpec, words: str) -> None:
    sentence = sensitivity.sentence(untrained(model), VALUES)
    assert sentence.startswith("To what it has read, and to nothing else. Output 7, where the label flips,")
    assert words in sentence
    assert "\n\n45 of 100 squares are exactly zero" in sentence


def test_both_directions_leave_none_and_spend_some_of_their_reaction_elsewhere() -> None:
    sentence = sensitivity.sentence(untrained(ModelSpec(units=3)), VALUES)
    assert "has read all 10 values" in sentence
    assert sentence.startswith("To every value. ")
    assert "zero" not in sentence
    assert "of the reactions, added up, are to values that do not decide the output's label" in sentence


def test_of_a_formula_it_is_said_what_never_changed_a_label_and_not_that_it_decides_none() -> None:
    run = untrained(ModelSpec(units=3), problem=named("x[t - 1] + x[t + 1] > 1"))
    sentence = sensitivity.sentence(run, VALUES)
    assert "are to values that never changed the output's label when drawn anew." in sentence
    assert "decide" not in sentence
    assert words.grid_alt(run.spec.problem) == (
        "Which values each output has read, and which changed its label when drawn anew."
    )


def test_a_dead_network_is_said_to_react_to_nothing() -> None:
    run = untrained(ModelSpec(units=2))
    run.weights["head/kernel"] = 0 * run.weights["head/kernel"]
    assert "To nothing: all 100 squares" in sensitivity.sentence(run, VALUES)


def test_a_reaction_too_small_for_its_number_is_not_called_unread() -> None:
    values = np.random.default_rng(0).random((200, 1), dtype=np.float32)
    sentence = sensitivity.sentence(untrained(ModelSpec(units=4, cell="gru"), 200), values)
    assert "has read all 200 values" in sentence
    assert sentence.startswith("Not even to all that it has read. ")
    assert "squares are exactly zero: the reaction is too small to tell from zero." in sentence
    sentence = sensitivity.sentence(untrained(ModelSpec(units=4, cell="gru", direction="forward"), 200), values)
    assert "squares are exactly zero: 19,900 because the value was not read, " in sentence


def padded(*values: float) -> np.ndarray:
    return np.array([*values, *[PADDING] * (10 - len(values))], np.float32)[:, None]


def test_padding_is_no_label_and_no_value_of_a_matrix() -> None:
    """At seven of ten timesteps the sum has reached 2.5 since the fifth, and what follows has no label."""
    run = untrained(ModelSpec(units=3), problem="variable_length")
    values = padded(0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6)
    assert sensitivity.flip(run, values) == 5
    assert sensitivity.flip(run, padded(0.1, 0.1, 0.1, 0.1, 0.1)) is None
    assert sensitivity.flip(run, padded(0.99, 0.99, 0.99, 0.1, 0.1)) == 3
    assert sensitivity.window(run, values) == range(7)
    assert sensitivity.matrix_of(run, values).shape == (7, 7)
    assert "Output 5, where the label flips, has read all 7 values and reacts most" in sensitivity.sentence(run, values)


def test_an_output_that_has_read_padding_only_is_said_to_react_to_no_value() -> None:
    raw = ModelSpec(units=3, direction="backward", backward_output="raw")
    sentence = sensitivity.sentence(untrained(raw, problem="variable_length"), padded(0.99, 0.99, 0.99, 0.1, 0.1, 0.1))
    assert "Output 3, where the label flips, has read padding alone and reacts to none." in sentence


@pytest.mark.parametrize(
    ("problem", "unit"), [("cumulative_sum", "log-odds"), ("total_quarters", "logits"), ("cosine_from_sine", "output")]
)
def test_the_matrix_is_in_the_unit_of_the_problems_output(problem: str, unit: str) -> None:
    assert sensitivity.unit_of(untrained(ModelSpec(units=2), problem=problem)) == f"change of {unit} by change of value"


def test_a_wave_is_not_said_to_need_every_value() -> None:
    assert wording.outlined(ProblemSpec(name="cosine_from_sine")).endswith("any 3 neighbors give it")
    assert wording.outlined(ProblemSpec()) == "decides the label"


def test_a_run_stopped_in_its_first_epoch_is_not_said_to_have_one() -> None:
    assert "was stopped in its first epoch" in words.no_checkpoint(4, 5)
    assert "has done a single epoch" in words.no_checkpoint(5, 5)


def test_a_large_network_shows_the_stretch_around_the_flip_that_can_be_afforded() -> None:
    values = np.full((200, 1), 0.5, np.float32)  # the sum reaches 50 at timestep 100
    small, large = untrained(ModelSpec(units=20), 200), untrained(ModelSpec(units=64, layers=2), 200)
    assert sensitivity.window(small, values) == range(200)
    part = sensitivity.window(large, values)
    assert sensitivity.FEWEST < len(part) < 200
    assert 99 in part
    assert cost(large.spec.problem, large.spec.model, len(part)) <= sensitivity.AFFORDABLE
    assert len(sensitivity.window(large, values, 4)) <= len(part) / 4


def test_every_model_that_inside_opens_with_is_recorded() -> None:
    assert [spec for spec in INSIDE if read_recorded(spec) is None] == []


def page() -> None:
    import runpy

    runpy.run_path("pages/inside.py")


def test_the_output_and_the_value_that_the_answer_names_are_framed_in_the_matrix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[go.Figure] = []
    draw = figures.sensitivity
    monkeypatch.setattr(figures, "sensitivity", lambda *args, **more: (drawn.append(draw(*args, **more)), drawn[-1])[1])
    component.cached.clear()
    answer = visitor().markdown[0].value
    shapes = {shape.name: shape for shape in drawn[-1].layout.shapes}
    assert f"Output {(shapes['output'].y0 + shapes['output'].y1) / 2:g}, where the label flips," in answer
    assert f"most to value **{(shapes['most'].x0 + shapes['most'].x1) / 2:g}**" in answer


def test_why_nothing_can_be_trained_is_said_and_what_is_not_trained_names_its_cell() -> None:
    visit = visitor()
    assert (
        "Trained already: bidirectional, LSTM, 1,000 sequences. To train another, change a setting."
        in visit.caption[0].value
    )
    visit.session_state["Inside.cell"], visit.session_state["Inside.merge_mode"] = "gru", "mul"
    visit.session_state["Inside.epochs"] = 4_000
    visit.run()
    assert visit.caption[0].value.endswith(
        "Not trained yet: bidirectional, mul, GRU, 4,000 sequences."
        " The figures show bidirectional, LSTM, 1,000 sequences."
    )


def edit(visit: AppTest, values: Sequence[float]) -> AppTest:
    visit.session_state["Inside.edit"] = {"sequence": "cumulative_sum-10-0.25-1", "values": list(values)}
    return visit.run()


def visitor() -> AppTest:
    visit = AppTest.from_function(page, default_timeout=60)
    visit.session_state["session.dressed"] = True
    return visit.run()


@pytest.mark.parametrize("kind", ["classes", "numbers", "uneven", "several features"])
def test_the_networks_of_your_data_are_looked_into_on_the_sequences_that_were_held_out(kind: str) -> None:
    frame = long_table(sequences=24)
    if kind == "classes":
        frame["label"] = np.floor(frame["x"] * 4).astype(int)
    elif kind == "numbers":
        frame["label"] = frame["x"] * 7 + 0.5
    elif kind == "several features":
        frame["y"] = frame["x"] ** 2
    else:
        frame = frame.drop(index=frame.index[::7])
    own = ready(frame).given
    specs = {label: each[0] for label, each in recipe.specs_of(own, units=3, epochs=1).items()}
    for spec in specs.values():
        run = run_of(spec, spec.training.steps)
        run.weights.clear()
        run.weights.update(initial_weights(spec.problem, spec.model, 0))
        run_cache.put(run, session._key(spec, spec.training.steps))
    visit = visitor()
    visit.session_state[state.OWN_NETWORKS.key] = {
        "title": "mine.csv",
        "classes": [] if kind == "numbers" else [*"abcd"] if kind == "classes" else ["a", "b"],
        "texts": ["one", "two", "three", "four", "five"],
        "networks": {label: codec.encode(spec) for label, spec in specs.items()},
    }
    visit.session_state["Inside.of_data"] = True
    visit.session_state["Inside.sequence"] = 5
    for direction, said in (("bidirectional", "To every value."), ("forward", "To what it has read")):
        visit.session_state["Inside.direction"] = direction
        visit.run()
        assert not visit.exception
        assert visit.markdown[0].value.startswith(said)
        assert "do not decide" not in visit.markdown[0].value
        assert wording.sequence_of_data([], "five") in [caption.value for caption in visit.caption]
        more = ": " if kind == "numbers" else "**"  # the figure counts labels that are wrong
        assert any(header.value.startswith(f"**Held-out sequence 5{more}") for header in visit.header)
    for tab in words.TABS:
        visit.session_state["Inside.tab"] = tab
        visit.run()
        assert not visit.exception
    given.forget(own.name)
    visit.run()
    assert not visit.exception, "the sequences are gone: the page shows what it opens with"
    assert "Not trained yet" in visit.caption[0].value


def test_what_is_shown_of_one_data_set_is_never_told_of_with_the_texts_of_another() -> None:
    """The networks of the second are not at hand, those of the first are, and the page has shown them."""
    first, second = (ready(long_table(seed=seed)).given for seed in (0, 1))
    run = untrained_of(first, ModelSpec(units=3))
    run_cache.put(run, session._key(run.spec, run.spec.training.steps))
    other = replace(run.spec, problem=ProblemSpec(name=given.hold(second), timesteps=5)).canonical()
    visit = visitor()
    visit.session_state["Inside.of_data"] = True
    for spec, text in ((run.spec, "of the first"), (other, "of the second")):
        visit.session_state[state.OWN_NETWORKS.key] = {
            "title": "mine.csv",
            "classes": [],
            "texts": [text] * 12,
            "networks": {"bidirectional": codec.encode(spec)},
        }
        visit.run()
        assert not visit.exception
        captions = [caption.value for caption in visit.caption]
        assert any("of the first" in each for each in captions) == (spec is run.spec)
        assert not any("of the second" in each for each in captions)
    assert not any(header.value.startswith("**Held-out sequence") for header in visit.header)
    assert any("Not trained yet" in each for each in captions)


def test_the_words_of_a_sequence_stand_along_the_matrix_over_the_timeline_and_in_the_answer() -> None:
    own = ready(long_table(sequences=24)).given
    run = untrained_of(own, ModelSpec(units=3))
    run_cache.put(run, session._key(run.spec, run.spec.training.steps))
    visit = visitor()
    visit.session_state[state.OWN_NETWORKS.key] = {
        "title": "mine.csv",
        "classes": ["no", "yes"],
        "texts": ["a · *b* · c · d · e"] * 12,
        "networks": {"bidirectional": codec.encode(run.spec)},
    }
    visit.session_state["Inside.of_data"] = True
    visit.run()
    assert not visit.exception
    assert re.search(r"^To every value\. Output 3 \(c\) has read all 5 values", visit.markdown[0].value)
    assert not any("first feature" in caption.value for caption in visit.caption), "words stand there, and no bars"
    assert not any("a · " in caption.value for caption in visit.caption)
    for texts in (["a · b"] * 12, []):  # not a word for each timestep
        visit.session_state[state.OWN_NETWORKS.key]["texts"] = texts
        visit.run()
        assert not visit.exception
        assert "Output 3 has read" in visit.markdown[0].value
        assert any("first feature" in caption.value for caption in visit.caption)


def test_inside_moves_every_feature_but_the_one_that_says_where_padding_begins() -> None:
    even, uneven = long_table(), long_table().drop(index=[3, 4])
    assert [
        sensitivity.movable(ProblemSpec(name=given.hold(ready(frame).given), timesteps=5)) for frame in (even, uneven)
    ] == [1, 1]


def wide(features: int, timesteps: int = 200) -> given.Given:
    """Ten sequences of so many features, of which some are held out."""
    rows = np.random.default_rng(0).random((10 * timesteps, features), dtype=np.float32)
    return given.Given(
        head="categorical",
        outputs=3,
        x=rows,
        y=np.arange(len(rows)) % 3,
        weight=np.ones(len(rows), np.float32),
        lengths=np.full(10, timesteps),
        held_out=np.arange(10) % 2 == 1,
    )


def untrained_of(own: given.Given, model: ModelSpec) -> Run:
    spec = RunSpec(problem=ProblemSpec(name=given.hold(own), timesteps=own.timesteps), model=model).canonical()
    run = run_of(spec, spec.training.steps)
    run.weights.clear()
    run.weights.update(initial_weights(spec.problem, model, 0))
    return run


@pytest.mark.parametrize(
    ("features", "model"),
    [
        (256, ModelSpec(units=20)),
        (256, ModelSpec(units=128)),
        (256, ModelSpec(units=1, direction="forward")),
        (20, ModelSpec(units=64)),
    ],
)
@pytest.mark.parametrize("matrices", [1, 7])
def test_a_matrix_of_many_features_takes_no_longer_and_no_more_than_one_of_one(
    features: int, model: ModelSpec, matrices: int
) -> None:
    own = wide(features)
    run, values = untrained_of(own, model), own.x[:200]
    part, moved, problem = sensitivity.window(run, values, matrices), sensitivity.moved(run, matrices), run.spec.problem
    assert len(part) >= sensitivity.FEWEST
    assert 1 <= moved <= features
    assert matrices * cost(problem, model, len(part), moved) <= max(
        sensitivity.AFFORDABLE, matrices * cost(problem, model, sensitivity.FEWEST)
    )
    assert introspection.memory(problem, model, len(part), moved) <= sensitivity.MOST_BYTES


def test_your_data_with_as_many_features_as_are_taken_are_looked_into_and_what_is_left_out_is_said() -> None:
    run = untrained_of(wide(256), ModelSpec(units=20))
    run_cache.put(run, session._key(run.spec, run.spec.training.steps))
    visit = visitor()
    visit.session_state[state.OWN_NETWORKS.key] = {
        "title": "mine.csv",
        "classes": ["a", "b", "c"],
        "texts": [],
        "networks": {"bidirectional": codec.encode(run.spec)},
    }
    visit.session_state["Inside.of_data"] = True
    visit.run()
    assert not visit.exception
    captions = [caption.value for caption in visit.caption]
    moved = sensitivity.moved(run)
    assert any(f"Of the 256 features of a timestep, the first {moved} alone are moved" in each for each in captions)
    assert any("The matrix shows timesteps 1 to 5 of 200, no more:" in each for each in captions)
    assert visit.markdown[0].value.startswith("To every value. Output 3 has read all 200 values")


def figures_made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one for each figure that is made and written out."""
    made: list[object] = []
    written = component.drawn
    monkeypatch.setattr(component, "drawn", lambda figure: (made.append(figure), written(figure))[1])
    return made


def test_one_visitors_edits_take_no_other_visitors_figures_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    component.cached.clear()
    first, other = visitor(), visitor()
    assert not first.exception
    for number in range(25):  # five figures each
        assert not edit(other, [number / 25] * 10).exception
    made = figures_made(monkeypatch)
    first.run()
    assert made == []


def test_an_edit_is_drawn_anew_and_the_same_edit_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = edit(visitor(), [0.1] * 10)
    made = figures_made(monkeypatch)
    edit(visit, [0.2] * 10)
    assert len(made) == 5  # timeline, sensitivity and the states of three parts; not the reading grid
    edit(visit, [0.2] * 10)
    assert len(made) == 5


def test_the_matrix_of_a_sequence_is_worked_out_once_a_rerun_and_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run, others = untrained(ModelSpec(units=3)), untrained(ModelSpec(units=2))
    monkeypatch.setattr(st, "session_state", {})
    calls: list[object] = []
    work_out = introspection.sensitivity
    monkeypatch.setattr(
        introspection, "sensitivity", lambda *args, **how: (calls.append(args), work_out(*args, **how))[1]
    )
    first = sensitivity.matrix_of(run, VALUES)
    assert sensitivity.matrix_of(run, VALUES.copy()) is first
    assert len(calls) == 1
    for matrix in (sensitivity.matrix_of(run, VALUES[::-1].copy()), sensitivity.matrix_of(others, VALUES)):
        assert not np.array_equal(matrix, first)
    assert len(calls) == 3
