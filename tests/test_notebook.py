"""What a notebook asks for in one line: lists of runs to figures, tables and sentences."""

from dataclasses import replace

import numpy as np
import pytest

from bilstm_core import notebook
from bilstm_core.choices import MERGE_MODES
from bilstm_core.evaluation import evaluate
from bilstm_core.figures import style
from bilstm_core.presets import DEFAULT_PRESET, MODELS_BY_DIRECTION, MODELS_BY_MERGE_MODE, PRESETS, trained_long_enough
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec
from bilstm_core.store import read_recorded

SEQUENCES = 200
NO_RUN = "give a run, a list of runs, or labels with a list of runs each"


def recorded(model: ModelSpec, seeds: int = 1) -> list[Run]:
    runs = [read_recorded(RunSpec(model=model, training=TrainingSpec(seed=seed)).canonical()) for seed in range(seeds)]
    assert all(runs)
    return runs


def directions(seeds: int = 1) -> list[Run]:
    return [run for model in MODELS_BY_DIRECTION.values() for run in recorded(model, seeds)]


def merge_modes(seeds: int) -> dict[str, list[Run]]:
    return {label: recorded(model, seeds) for label, model in MODELS_BY_MERGE_MODE.items()}


def names(figure) -> set[str]:
    return {trace.name for trace in figure.data}


def test_runs_that_differ_only_in_seed_are_starts_of_one_model() -> None:
    groups = notebook.by_label(directions(3))
    assert list(groups) == ["forward", "backward, aligned", "backward, tutorial's order", "bidirectional"]
    assert [run.spec.training.seed for run in groups["forward"]] == [0, 1, 2]


def test_a_model_is_called_after_no_more_than_tells_it_from_the_others() -> None:
    presets = [read_recorded(spec) for spec in PRESETS.values()]
    assert list(notebook.by_label(presets)) == [
        "forward, 20 units",
        "bidirectional, 20 units",
        "bidirectional, 50 units",
    ]
    assert list(notebook.by_label([run for runs in merge_modes(1).values() for run in runs])) == [*MERGE_MODES]
    assert list(notebook.by_label(presets[0])) == ["forward"]


def test_a_run_that_was_stopped_is_no_start_of_the_whole_ones() -> None:
    (run,) = recorded(ModelSpec())
    stopped = replace(run, steps_done=100, history=run.history[:100])
    assert list(notebook.by_label([run, stopped])) == ["bidirectional", "bidirectional, 100 sequences"]


def test_labels_may_be_given() -> None:
    one, two = recorded(ModelSpec(), 2)
    assert notebook.by_label({"a": one, "b": [one, two]}) == {"a": [one], "b": [one, two]}


@pytest.mark.parametrize("nothing", [[], {}, {"forward": []}])
def test_without_a_run_there_is_nothing_to_show(nothing: object) -> None:
    with pytest.raises(ValueError, match=NO_RUN):
        notebook.loss_curves(nothing)


def test_losses_of_different_kinds_are_not_laid_over_one_another() -> None:
    wave = read_recorded(trained_long_enough("cosine_from_sine", "forward"))
    with pytest.raises(ValueError, match="cannot be shown together"):
        notebook.loss_curves([wave, *recorded(ModelSpec())])
    for ask in (notebook.confusion, notebook.list_of_ten):
        with pytest.raises(ValueError, match="has numbers for answers"):
            ask(wave)
    assert names(notebook.by_timestep(wave, SEQUENCES)) == {"forward"}


def test_no_two_models_look_alike() -> None:
    presets = [read_recorded(spec) for spec in PRESETS.values()]
    looks = notebook.styles(notebook.by_label(presets))
    assert looks["bidirectional, 20 units"] == style("bidirectional")
    assert len(set(looks.values())) == 3
    told = notebook.styles({"second": recorded(ModelSpec(second_branch="forward_constant"))})
    assert told == {"second": style("forward", variant="forward_constant")}


def test_loss_curves_have_a_line_for_each_model_and_a_band_where_there_are_starts() -> None:
    figure = notebook.loss_curves(directions(2), best_possible=True)
    assert {"forward", "bidirectional", "backward, aligned"} <= names(figure)
    assert any(
        "best possible, forward and bidirectional 0.000" in (note.text or "") for note in figure.layout.annotations
    )
    assert "var(" not in figure.to_json()
    assert figure.layout.xaxis.type == "linear"
    assert notebook.loss_curves(read_recorded(PRESETS[list(PRESETS)[2]])).layout.xaxis.type == "log"


def test_scores_are_those_of_an_evaluation_and_the_same_for_every_line() -> None:
    runs = directions()
    table = notebook.scores(runs, SEQUENCES)
    expected = evaluate(runs[0], SEQUENCES)
    assert table.iloc[0].to_dict() == {
        "label": "forward", "seed": 0, "loss": expected.loss, "accuracy": expected.accuracy, "exact": expected.exact,
    }  # fmt: skip
    results = notebook.results(runs, SEQUENCES).set_index("label")
    np.testing.assert_allclose(results["loss"], table.set_index("label")["loss"])
    assert results.loc["forward", "best"] == pytest.approx(0, abs=1e-6)
    assert results.loc["backward, aligned", "best"] > 0.1


def test_pairs_are_differences_from_the_baseline_start_by_start() -> None:
    runs = merge_modes(6)
    figure = notebook.paired_differences(runs, "concat", SEQUENCES)
    table = notebook.scores(runs, SEQUENCES).pivot(index="seed", columns="label", values="loss")
    dots = next(trace for trace in figure.data if trace.name == "mul" and trace.mode == "markers")
    np.testing.assert_allclose(np.asarray(dots.x, float), (table["mul"] - table["concat"]).to_numpy(), atol=1e-6)
    with pytest.raises(ValueError, match=f"baseline must be one of {', '.join(MERGE_MODES)}, not 'left'"):
        notebook.paired_differences(runs, "left", SEQUENCES)
    with pytest.raises(ValueError, match="No other model has a start in common with 'concat'"):
        notebook.paired_differences({"concat": runs["concat"][0], "mul": runs["mul"][1]}, "concat", SEQUENCES)
    alone = {"concat": runs["concat"][0], "mul": runs["mul"][0]}
    assert notebook.ranking(alone, SEQUENCES).startswith("No ranking yet: one run is too few")


def test_one_run_shows_its_sequences() -> None:
    run = read_recorded(PRESETS[DEFAULT_PRESET])
    ten = notebook.list_of_ten(run)
    examples = evaluate(run).examples
    for row in ten.itertuples():
        rows = examples[examples["sequence"] == row.sequence]
        assert row.predicted.split() == [str(label) for label in rows["predicted"]]
        assert row.correct == (rows["predicted"] == rows["expected"]).all()
    assert "values" in names(notebook.timeline(run, 2))
    assert "cells" in names(notebook.wall(run))
    assert notebook.confusion(run, SEQUENCES).data
    with pytest.raises(ValueError, match="sequence must be a whole number from 1 to 100, not 101"):
        notebook.timeline(run, 101)
