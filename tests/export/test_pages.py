"""What Overview, Problem and the comparisons show as code, run and held to what the pages show."""

from dataclasses import replace

import numpy as np
import pytest

from bilstm_core.analysis import frames
from bilstm_core.comparison import DIRECTIONS, MERGE_MODES, Compared, each_once, specs_of, tried, why
from bilstm_core.evaluation import evaluate
from bilstm_core.export import comparison, example, reading
from bilstm_core.page_settings import ComparisonSettings, WhySettings
from bilstm_core.presets import WHY_STEPS
from bilstm_core.problems import PROBLEMS
from bilstm_core.problems.base import VIEWS, reads
from bilstm_core.random_streams import Stream, generator
from bilstm_core.specs import ProblemSpec
from bilstm_core.training import train_many
from tests.export.programs import code_cells, executed, uncompiled

TINY = ComparisonSettings(timesteps=3, units=2, epochs=2, starts=1, seed=5)
OF_WHY = WhySettings(timesteps=3, units=2, epochs=2, starts=1, stage=len(WHY_STEPS), noise=True)
TWO = {label: DIRECTIONS.models[label] for label in ("backward", "bidirectional")}
COMPARED: list[tuple[str, Compared, ComparisonSettings]] = [
    ("directions", DIRECTIONS, replace(TINY, starts=2)),
    ("merge_modes", MERGE_MODES, TINY),
    ("why", why(OF_WHY, tried(OF_WHY)), OF_WHY),
    *(
        ("directions", replace(DIRECTIONS, models=TWO), replace(TINY, name=name))
        for name in ("total_quarters", "cosine_from_sine", "variable_length")
    ),
]


@pytest.mark.parametrize(("page", "compared", "settings"), COMPARED, ids=lambda value: str(value)[:40])
def test_a_comparisons_script_reproduces_all_its_runs(
    page: str, compared: Compared, settings: ComparisonSettings
) -> None:
    program = comparison.program(
        compared, settings, question="Which?", page=page, best=dict.fromkeys(compared.models, 0.1), sequences=40
    )
    assert max(map(len, program.script().splitlines())) <= 100
    with uncompiled():
        left = executed(program.script())
        specs = specs_of(compared, settings)
        runs = dict(zip(each_once(specs), train_many(each_once(specs)), strict=True))
    by_label = {label: [runs[spec] for spec in group] for label, group in specs.items()}
    losses = frames.losses(by_label)
    for label, group in by_label.items():
        expected = losses[losses["label"] == label].pivot(index="seed", columns="updates", values="loss")
        np.testing.assert_allclose(left["losses"][label], expected, atol=1e-4)
        scores = np.mean(
            [[score.loss, score.accuracy, score.exact] for score in (evaluate(run, 40) for run in group)], axis=0
        )
        np.testing.assert_allclose(left["scores"][label], scores[: len(left["scores"][label])], atol=1e-3)
    curves = [trace for trace in left["figure"].data if trace.name]
    assert [trace.name for trace in curves] == list(compared.models)
    bands = [trace for trace in left["figure"].data if not trace.name]
    assert len(bands) == (len(curves) if settings.starts > 1 else 0)
    assert len(left["figure"].layout.shapes) == len(curves) + (settings.problem.problem.head != "regression")


def test_a_long_comparison_has_a_stream_of_sequences_and_an_axis_that_is_logarithmic() -> None:
    long = comparison.program(DIRECTIONS, replace(TINY, epochs=20_000), question="Which?", page="directions").script()
    compile(long, "long", "exec")
    assert "training_sequences(seed, EPOCHS)" in long
    assert 'type="log"' in long


@pytest.mark.parametrize("page", comparison.MADE_BY)
def test_the_few_lines_ask_the_core_for_the_same_runs(page: str) -> None:
    settings = OF_WHY if page == "why" else TINY
    compared = {"directions": DIRECTIONS, "merge_modes": MERGE_MODES, "why": why(OF_WHY, tried(OF_WHY))}[page]
    lines = comparison.program(compared, settings, question="Which?", page=page).with_core.replace(
        "train_many(each", "(each"
    )
    assert executed(lines)["runs"] == each_once(specs_of(compared, settings))


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_sequence_that_was_drawn_is_drawn_again(name: str) -> None:
    spec = ProblemSpec(name=name, timesteps=7, threshold=0.3).canonical()
    x, y, mask = spec.problem.sample(1, 7, generator(4, Stream.EXAMPLES), **spec.parameters())
    program = example.program(spec, 4)
    assert max(map(len, program.script().splitlines())) <= 100
    left, of_core = executed(program.script()), executed(program.with_core)
    np.testing.assert_array_equal(left["values"], x[0, mask[0], 0])
    np.testing.assert_array_equal(left["labels"], y[0, mask[0], 0])
    np.testing.assert_array_equal(of_core["y"], y)
    np.testing.assert_array_equal(left["figure"].data[0].y, left["values"])


@pytest.mark.parametrize("name", [name for name, problem in PROBLEMS.items() if problem.labels])
def test_a_sequence_that_was_edited_has_the_labels_that_follow(name: str) -> None:
    spec = ProblemSpec(name=name, timesteps=7, threshold=0.3).canonical()
    values = np.array([0.1, 0.9, 0.25, 0.999, 0.0, 0.3, 0.7], dtype=np.float32)[: 5 if spec.problem.padded else 7]
    program = example.program(spec, 4, values)
    left, of_core = executed(program.script()), executed(program.with_core)
    np.testing.assert_array_equal(left["values"], values)
    np.testing.assert_array_equal(left["labels"], of_core["y"][0, : len(values), 0])
    assert left["labels"].sum() > 0


def test_values_that_decide_no_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="do not decide"):
        example.program(ProblemSpec(name="cosine_from_sine"), 0, np.zeros(10, np.float32))


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "position"])
def test_keras_reads_what_the_overview_says(view: str) -> None:
    program = reading.program(view, "mul", timesteps=4)  # type: ignore[arg-type]
    with uncompiled():
        left = executed(program.script())
    np.testing.assert_array_equal(left["has_read"], reads(view, 4))  # type: ignore[arg-type]
    np.testing.assert_array_equal(executed(program.with_core)["has_read"], reads(view, 4))  # type: ignore[arg-type]
    assert code_cells(program.notebook())
