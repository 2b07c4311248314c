"""What a command writes: results alone on the standard output, or in a file, as they would be on the page."""

import html
import io
import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bilstm_core import recorded_board, recorded_maps
from bilstm_core.analysis.smallest_search import next_runs
from bilstm_core.analysis.statistics import differences
from bilstm_core.bayes import bayes_risk, view_of
from bilstm_core.command_line import record as record_module
from bilstm_core.command_line import trainings
from bilstm_core.command_line.output import Output
from bilstm_core.comparison import DIRECTIONS, each_once, specs_of, tried, why
from bilstm_core.evaluation import evaluate
from bilstm_core.export.script import notebook, script
from bilstm_core.files.bundle import read_file, write_bundle
from bilstm_core.page_settings import SWEEPS, ComparisonSettings, WhySettings
from bilstm_core.presets import DEFAULT_PRESET, MODELS_BY_DIRECTION, PRESETS, trained_long_enough
from bilstm_core.recorded_board import Place
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.store import Store, read_recorded
from tests.command_line.conftest import Command, table_of
from tests.files import samples
from tests.test_store import finished

ROOT = Path(__file__).resolve().parents[2]
Stored = Callable[[Iterable[RunSpec]], None]

SMALL = ComparisonSettings(epochs=2, starts=3, timesteps=2, units=1)
SMALL_WORDS = ["--epochs", "2", "--starts", "3", "--timesteps", "2", "--units", "1"]
TINY = RunSpec(
    problem=ProblemSpec(timesteps=2), model=ModelSpec(direction="forward", units=1), training=TrainingSpec(epochs=2)
).canonical()
TINY_WORDS = ["--epochs", "2", "--timesteps", "2", "--units", "1"]


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> list[RunSpec]:
    """What is trained, which is only made to look like it; in order."""
    asked: list[RunSpec] = []

    def train(specs: Sequence[RunSpec], advance: trainings.Advance) -> Iterator[tuple[RunSpec, Run]]:
        for number, spec in enumerate(specs, start=1):
            asked.append(spec)
            advance(number / len(specs))
            yield spec, finished(spec)

    def train_mixed(specs: Sequence[RunSpec], advance: trainings.Advance, on_run: Callable[[int, Run], None]) -> None:
        for place, (_, run) in enumerate(train(specs, advance)):
            on_run(place, run)

    monkeypatch.setattr(trainings, "train_in_parts", train)
    monkeypatch.setattr(trainings, "train_mixed", train_mixed)
    monkeypatch.setattr(record_module, "recorded_places", list)
    return asked


def test_a_run_is_trained_once_as_train_does_and_its_curve_is_all_that_the_standard_output_has(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilstm_core.training import train

    first = command("run", *TINY_WORDS)
    run = train(TINY)
    np.testing.assert_allclose(table_of(first).to_numpy(), run.history.to_numpy())
    assert first.stderr.startswith("Training 1 run\nEvaluating 1 run on 10,000 fresh sequences\nTrained: loss ")
    kept = Store(tmp_path / "store").get(TINY)
    assert kept is not None
    assert kept.digest == run.digest
    assert table_of(command("run", *TINY_WORDS, "--retrain")).equals(table_of(first))
    monkeypatch.setattr(trainings, "train_in_parts", lambda *_: pytest.fail("it was trained before"))
    assert table_of(command("run", *TINY_WORDS)).equals(table_of(first))
    assert command("export", *TINY_WORDS, "--out", "model.keras").exit_code == 0
    scores = table_of(command("evaluate", "model.keras", "--on", 50))
    assert scores["loss"].tolist() == [pytest.approx(evaluate(run, 50).loss)]


def test_without_settings_it_is_what_train_opens_with_and_a_recorded_run_is_not_trained(
    command: Command, untrained: list[RunSpec]
) -> None:
    document = json.loads(command("run", "--format", "json").stdout)
    recorded = read_recorded(PRESETS[DEFAULT_PRESET])
    assert recorded is not None
    assert (document["digest"], document["origin"]) == (recorded.digest, "recorded")
    assert [point["loss"] for point in document["curve"]] == recorded.history["loss"].tolist()
    assert untrained == []


def test_a_link_asks_for_the_same_run_as_options_and_options_beside_it_win(
    command: Command, untrained: list[RunSpec]
) -> None:
    command("run", "http://host/app/train?units=1&timesteps=2&epochs=2&merge=sum&direction=bidirectional&at=1&tab=x")
    command("run", *TINY_WORDS, "--merge", "sum", "--direction", "bidirectional", "--retrain")
    assert untrained == [replace(TINY, model=ModelSpec(units=1, merge_mode="sum"))] * 2
    command("run", "train?units=9&timesteps=2&epochs=2", "--units", 1)
    assert untrained[2:] == [TINY]


def test_links_to_a_cell_and_to_inside_are_of_one_run(command: Command, untrained: list[RunSpec]) -> None:
    command("run", "problems?problem=total_quarters&direction=backward&seed=4", "--units", 1)
    cell = trained_long_enough("total_quarters", "backward")
    assert untrained == [replace(cell, model=replace(cell.model, units=1), training=replace(cell.training, seed=4))]
    command("run", "inside?direction=backward&order=raw&cell=gru&epochs=250&tab=the-merge")
    assert untrained[1:] == [RunSpec(model=ModelSpec(direction="backward", backward_output="raw", cell="gru"))]


def test_a_comparison_has_the_numbers_of_its_runs_beside_the_best_possible(command: Command, stored: Stored) -> None:
    specs = specs_of(DIRECTIONS, SMALL)
    stored(each_once(specs))
    result = command("compare", *SMALL_WORDS)
    table = table_of(result).set_index("label")
    assert list(table.index) == list(MODELS_BY_DIRECTION)
    losses = {label: [evaluate(finished(spec)).loss for spec in group] for label, group in specs.items()}
    for label, group in losses.items():
        spec = specs[label][0]
        best = bayes_risk(spec.problem, view_of(spec.model)).loss
        assert table.loc[label, "loss"] == pytest.approx(np.mean(group))
        assert table.loc[label, "best"] == pytest.approx(best)
        assert table.loc[label, "excess"] == pytest.approx(np.mean(group) - best)
    assert "No ranking yet: three runs are too few" in result.stderr
    document = json.loads(command("compare", "directions", *SMALL_WORDS, "--format", "json").stdout)
    assert pd.DataFrame(document["models"]).set_index("label")["loss"].tolist() == table["loss"].tolist()
    assert [start["loss"] for start in document["starts"]] == pytest.approx([*itertools.chain(*losses.values())])
    assert {start["digest"] for start in document["starts"]} == {finished(spec).digest for spec in each_once(specs)}
    assert document["settings"] | {"epochs": "2", "starts": "3", "fair": "no"} == document["settings"]


def test_pairs_are_those_of_the_page_and_starts_and_curves_have_a_row_for_each(
    command: Command, stored: Stored
) -> None:
    specs = specs_of(DIRECTIONS, SMALL)
    stored(each_once(specs))
    starts = table_of(command("compare", *SMALL_WORDS, "--table", "starts"))
    assert len(starts) == 4 * 3
    pairs = table_of(command("compare", *SMALL_WORDS, "--table", "pairs"))
    expected = differences(starts)
    assert pairs[["lower", "than", "wins"]].values.tolist() == [
        [pair.first, pair.second, pair.wins] for pair in expected
    ]
    np.testing.assert_allclose(pairs["mean"], [pair.mean for pair in expected])
    curves = table_of(command("compare", *SMALL_WORDS, "--table", "curves"))
    assert curves.groupby(["label", "seed"]).size().tolist() == [2] * 12


def test_why_compares_what_its_link_has_tried_and_says_what_came_of_each(
    command: Command, untrained: list[RunSpec]
) -> None:
    settings = WhySettings(epochs=2, starts=1, timesteps=2, units=1, stage=2, noise=True)
    result = command("compare", "http://host/why?stage=2&noise=yes", "--epochs", 2, "--starts", 1, *SMALL_WORDS[4:])
    compared = why(settings, tried(settings))
    assert table_of(result)["label"].tolist() == list(compared.models)
    assert untrained == each_once(specs_of(compared, settings))
    assert "One run is too few to tell the two apart" in result.stderr


def test_problems_are_nine_cells_and_the_chosen_row_with_its_seed(command: Command, untrained: list[RunSpec]) -> None:
    table = table_of(command("compare", "problems?problem=cosine_from_sine&direction=forward&seed=4"))
    assert len(table) == 12
    assert table.groupby("problem", sort=False)["direction"].nunique().tolist() == [3] * 4
    assert [(spec.problem.name, spec.training.seed) for spec in untrained] == [("cosine_from_sine", 4)] * 3
    row = table.iloc[9]
    assert (row["problem"], row["direction"], row["seed"]) == ("cosine_from_sine", "forward", 4)
    assert table.iloc[8]["exact"] > 0.85


@pytest.mark.usefixtures("untrained")
def test_a_long_comparison_says_how_much_its_losses_still_fell_as_the_page_does(command: Command) -> None:
    words = ["--starts", "1", *SMALL_WORDS[4:]]
    assert "In the second half" not in command("compare", *words, "--epochs", 250).stderr
    for page in ("directions", "why?stage=1"):
        told = command("compare", page, *words, "--epochs", 4_000).stderr.splitlines()
        assert told[-1].startswith("In the second half, the training loss "), told


@pytest.mark.usefixtures("untrained")
def test_the_report_of_problems_has_the_curve_of_the_cell_that_is_open(command: Command) -> None:
    command("compare", "problems?problem=cosine_from_sine&direction=forward&seed=4", "--out", "cells.html")
    assert "<h2>Loss: " in (page := Path("cells.html").read_text()), page[:3_000]


def test_a_number_that_is_none_is_null_in_json_and_an_empty_cell_in_csv(command: Command, stored: Stored) -> None:
    stored([replace(TINY, problem=ProblemSpec(name="cosine_from_sine", timesteps=2))])
    words = ["evaluate", *TINY_WORDS, "--problem", "cosine_from_sine", "--on", 20]
    result = command(*words, "--format", "json")
    assert json.loads(result.stdout)["runs"][0]["evaluation"]["accuracy"] is None
    assert "(mean squared error), on 20 fresh sequences." in result.stderr
    assert np.isnan(table_of(command(*words))["accuracy"].item())


def test_cells_that_a_spreadsheet_would_carry_out_are_defused(tmp_path: Path, capsysbinary: Any) -> None:
    table = pd.DataFrame({"label": ["=1+1", "@a", "-x", "plain"], "loss": [-0.5, 1.0, 2.0, 3.0]})
    Output("csv", None).write_table(table)
    text = capsysbinary.readouterr().out.decode()
    assert text.splitlines() == ["label,loss", "'=1+1,-0.5", "'@a,1.0", "'-x,2.0", "plain,3.0"]
    Output("csv", tmp_path / "table.csv").write_table(table)
    assert (tmp_path / "table.csv").read_bytes().startswith(b"\xef\xbb\xbflabel,loss\r\n")
    assert (tmp_path / "table.csv").read_text("utf-8-sig").splitlines() == text.splitlines()


def test_a_report_says_what_the_command_says_with_its_link_and_what_was_trained(
    command: Command, stored: Stored
) -> None:
    stored(each_once(specs_of(DIRECTIONS, replace(SMALL, epochs=250))))
    result = command("compare", "http://host/app/directions?units=1&timesteps=2&starts=3", "--out", "report.html")
    assert (result.exit_code, result.stdout) == (0, "")
    page = Path("report.html").read_text()
    sentence = next(
        line
        for line in result.stderr.splitlines()
        if line.startswith("No ranking yet: three runs are too few (at least")
    )
    assert f"<li>{html.escape(sentence)}</li>" in page
    assert "http://host/app/directions?starts=3&amp;timesteps=2&amp;units=1" in page
    assert "Does direction matter, and for how long?" in page
    assert "seeds 0 to 2" in page


def test_a_link_s_curves_are_those_that_are_ranked_and_drawn_and_all_are_compared(
    command: Command, stored: Stored
) -> None:
    stored(each_once(specs_of(DIRECTIONS, replace(SMALL, epochs=250))))
    query = "starts=3&timesteps=2&units=1&curves=forward.backward-tutorial-s-order"
    document = json.loads(command("compare", f"http://host/directions?{query}", "--format", "json").stdout)
    assert document["curves"] == ["forward", "backward, tutorial's order"]
    assert document["link"] == f"http://host/directions?{query}"
    assert len(document["models"]) == 4
    alone = command("compare", f"directions?{query}", "--curves", "forward")
    assert alone.stderr.endswith("One model alone can't be ranked.\n")


def test_the_report_of_a_run_has_its_script_and_the_address_of_train(command: Command, stored: Stored) -> None:
    stored([TINY])
    command("run", "http://host/app/train?units=1&timesteps=2&epochs=2", "--format", "report", "--out", "run.html")
    page = Path("run.html").read_text()
    assert "http://host/app/train?timesteps=2&amp;units=1&amp;epochs=2" in page
    assert "TIMESTEPS = 2" in page
    command("evaluate", *TINY_WORDS, "--on", 40, "--out", "scores.html")
    assert ", on 40 fresh sequences.</li>" in Path("scores.html").read_text()


def test_the_report_of_the_cells_names_the_seed_of_the_chosen_row(command: Command, untrained: list[RunSpec]) -> None:
    result = command("compare", "problems", "--seed", 4, "--format", "report")
    assert "seeds 0, 4" in result.stdout
    assert [(spec.problem.name, spec.training.seed) for spec in untrained] == [("share_of_total", 4)] * 3
    assert "**" not in result.stderr


def test_a_comparison_as_zip_brings_all_its_runs_back(command: Command, stored: Stored) -> None:
    every = each_once(specs_of(DIRECTIONS, SMALL))
    stored(every)
    assert command("compare", *SMALL_WORDS, "--out", "runs.zip").exit_code == 0
    assert [run.spec for run in read_file(Path("runs.zip").read_bytes())] == every


def test_the_ending_of_the_file_says_what_is_written_and_the_standard_output_stays_empty(
    command: Command, stored: Stored
) -> None:
    stored([TINY])
    for name in ("run.json", "run.csv"):
        result = command("run", *TINY_WORDS, "--out", name)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.endswith(f"Written to {name}.\n")
    assert json.loads(Path("run.json").read_text())["settings"]["units"] == "1"
    assert len(pd.read_csv("run.csv")) == 2


def test_a_zip_is_evaluated_run_by_run(command: Command) -> None:
    runs = samples.seeds(2)
    Path("runs.zip").write_bytes(write_bundle(samples.findings(), runs))
    table = table_of(command("evaluate", "runs.zip", "--on", 30))
    assert table["seed"].tolist() == [0, 1]
    assert table["loss"].tolist() == pytest.approx([evaluate(run, 30).loss for run in runs])
    steps = table_of(command("evaluate", "runs.zip", "--on", 30, "--table", "timesteps"))
    assert steps["run"].tolist() == [1] * 4 + [2] * 4
    for words, what in (
        ("export --format zip", "one is exported at a time."),
        ("evaluate --format report", "a report is"),
    ):
        name, *more = words.split()
        refused = command(name, "runs.zip", *more)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert f"runs.zip has 2 runs; {what}" in refused.stderr


def test_a_script_and_a_notebook_need_no_training(command: Command, untrained: list[RunSpec]) -> None:
    assert command("export", *TINY_WORDS).stdout == script(TINY, best=0.0)
    command("export", "train?units=1&timesteps=2&epochs=2", "--out", "run.ipynb")
    assert Path("run.ipynb").read_text() == notebook(TINY, best=0.0)
    assert untrained == []


def test_an_exported_zip_brings_its_run_back(command: Command, stored: Stored) -> None:
    stored([TINY])
    assert command("export", *TINY_WORDS, "--out", "run.zip").exit_code == 0
    (run,) = read_file(Path("run.zip").read_bytes())
    assert run.spec == TINY
    assert command("export", "run.zip").stdout == script(TINY, best=0.0)


def test_an_interrupted_command_ends_with_130_and_keeps_what_was_finished(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def train(specs: Sequence[RunSpec], _: trainings.Advance) -> Iterator[tuple[RunSpec, Run]]:
        yield specs[0], finished(specs[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(trainings, "train_in_parts", train)
    result = command("compare", *SMALL_WORDS)
    assert (result.exit_code, result.stdout) == (130, "")
    assert "Interrupted. What was finished is kept." in result.stderr
    specs = each_once(specs_of(DIRECTIONS, SMALL))
    assert [spec for spec in specs if Store(tmp_path / "store").get(spec)] == specs[:1]


def test_a_training_that_fails_is_a_sentence_and_exit_code_1(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilstm_core import training

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of something\nand a trace")

    monkeypatch.setattr(training, "train_many", fail)
    result = command("run", *TINY_WORDS)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("Error: The training failed (RuntimeError: out of something).\n")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(5, "Input/output error", "runs"), "runs: Input/output error."),
        (ValueError("This run cannot be saved."), "This run cannot be saved."),
        (ModuleNotFoundError("Training needs more: pip install it"), "Training needs more: pip install it."),
        (MemoryError(), "There is not enough memory. Ask for fewer units or timesteps."),
    ],
)
def test_whatever_fails_is_a_sentence_and_exit_code_1(
    command: Command, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(trainings, "runs_of", fail)
    result = command("run", *TINY_WORDS)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"Error: {sentence}\n"


def test_a_run_that_diverged_is_told_and_its_numbers_are_null(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(TINY)
    weights = {name: np.full_like(array, np.nan) for name, array in run.weights.items()}
    monkeypatch.setattr(trainings, "train_in_parts", lambda *_: iter([(TINY, replace(run, weights=weights))]))
    result = command("run", *TINY_WORDS, "--format", "json")
    assert json.loads(result.stdout)["evaluation"]["loss"] is None
    assert "The training diverged" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full, as Linux has it")
def test_results_that_cannot_be_written_are_a_sentence_and_exit_code_1(command: Command, stored: Stored) -> None:
    stored([TINY])
    result = command("run", *TINY_WORDS, "--out", "/dev/full", "--format", "csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: /dev/full cannot be written (No space left on device)." in result.stderr


@pytest.mark.usefixtures("untrained")
def test_a_store_that_cannot_be_written_is_told_and_the_results_are_there(command: Command) -> None:
    Path("taken").write_text("")
    result = command("run", *TINY_WORDS, "--store", "taken/runs")
    assert len(table_of(result)) == 2
    assert "Finished runs cannot be kept in taken/runs" in result.stderr


def test_a_progress_bar_tells_how_much_of_all_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    from bilstm_core import training
    from bilstm_core.runs import Progress

    def train_many(specs: Sequence[RunSpec], *, on_progress: Callable[[Progress], None]) -> list[Run]:
        for place, spec in enumerate(specs):
            for done in (1, spec.training.steps):
                on_progress(Progress(place, done, spec.training.steps, *[np.zeros(0)] * 4))
        return [finished(spec) for spec in specs]

    monkeypatch.setattr(training, "train_many", train_many)
    shares: list[float] = []
    specs = [TINY, replace(TINY, training=replace(TINY.training, seed=1)), replace(TINY, model=ModelSpec(units=1))]
    runs = dict(trainings.train_in_parts(specs, shares.append))
    assert list(runs) == specs
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert shares[0] == pytest.approx(specs[0].work() / 2 / sum(spec.work() for spec in specs))


def test_what_is_recorded_is_trained_and_only_what_is_missing_where_that_is_asked(
    command: Command, untrained: list[RunSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = [TINY, replace(TINY, model=ModelSpec(units=1)).canonical()]
    monkeypatch.setattr(record_module, "recorded_specs", lambda: specs[:1])
    monkeypatch.setattr(record_module, "recorded_sweeps", list)
    monkeypatch.setattr(record_module, "SHIPPED", {})
    assert command("record", "--folder", "recorded").exit_code == 0
    monkeypatch.setattr(record_module, "recorded_specs", lambda: specs)
    assert command("record", "--folder", "recorded", "--missing").exit_code == 0
    assert untrained == specs
    assert all(read_recorded(spec, Path("recorded")) is not None for spec in specs)
    assert "All are there" in command("record", "--folder", "recorded", "--missing").stderr
    assert untrained == specs


def test_a_map_is_recorded_with_all_its_runs_and_kept_where_it_is_there(
    command: Command, untrained: list[RunSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(SWEEPS.first, across="layers", x_to=2.0, y_to=2.0, timesteps=2, starts=1, sequences_per_epoch=10)
    monkeypatch.setattr(record_module, "recorded_specs", list)
    monkeypatch.setattr(record_module, "SHIPPED", {})
    monkeypatch.setattr(record_module, "recorded_sweeps", lambda: [few])
    assert "Recorded 1 map" in command("record", "--folder", "recorded").stderr
    assert len(untrained) == 4
    more = replace(few, direction="forward")
    monkeypatch.setattr(record_module, "recorded_sweeps", lambda: [few, more])
    assert "Recorded 1 map" in command("record", "--folder", "recorded", "--missing").stderr
    assert len(untrained) == 8
    first, second = recorded_maps.read(Path("recorded") / "maps.npz")
    assert (first.settings, second.settings) == (few, more)
    assert set(first.results()) == set(untrained[:4])
    assert first.sequences == 10_000
    assert "All are there" in command("record", "--folder", "recorded", "--missing").stderr


def test_the_smallest_models_are_searched_for_to_the_end_and_gone_on_with(
    command: Command, untrained: list[RunSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("recorded") / "board.json"
    places = [Place("cumulative_sum", direction, 2) for direction in ("forward", "backward")]
    monkeypatch.setattr(record_module, "recorded_places", lambda: places[:1])
    monkeypatch.setattr(record_module, "next_runs", lambda place, results: next_runs(place, results)[:6])
    told = command("record", "--board", "--folder", "recorded").stderr
    trained = len(untrained)
    assert f"Recorded the smallest models, of {trained} runs" in told
    board = recorded_board.read(path)
    assert set(board.results) == set(untrained)
    assert all(next_runs(place, board.results) == [] for place in places[:1])
    assert all(spec.model.direction == "forward" for spec in untrained), "no other model can"
    assert [*Path("recorded").iterdir()] == [path], "nothing else is recorded"
    monkeypatch.setattr(record_module, "recorded_places", lambda: places)
    assert "All are there" in command("record", "--board", "--missing", "--folder", "recorded").stderr
    assert len(untrained) == trained
    assert recorded_board.read(path).best[places[1]] == pytest.approx(places[1].best, abs=1e-6)


@pytest.fixture
def searched(command: Command, untrained: list[RunSpec], monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A board of one place that was searched to the end, in ./recorded."""
    place = Place("cumulative_sum", "forward", 2)
    monkeypatch.setattr(record_module, "recorded_places", lambda: [place])
    assert command("record", "--board", "--folder", "recorded").exit_code == 0
    assert untrained
    return (Path("recorded") / "board.json").read_bytes()


def test_a_board_that_is_searched_for_anew_takes_the_place_of_the_old_one_once_it_has_ended(
    command: Command, untrained: list[RunSpec], searched: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, trained = Path("recorded") / "board.json", list(untrained)

    def interrupted(specs: Sequence[RunSpec], *_: object) -> None:
        if len(untrained) > len(trained):
            raise KeyboardInterrupt
        done(specs, *_)

    done = trainings.train_mixed
    monkeypatch.setattr(trainings, "train_mixed", interrupted)
    assert command("record", "--board", "--folder", "recorded").exit_code == 130
    first = len(untrained) - len(trained)
    assert first > 0
    assert path.read_bytes() == searched, "the old one is there as long as the new one is not whole"
    monkeypatch.setattr(trainings, "train_mixed", done)
    assert command("record", "--board", "--missing", "--folder", "recorded").exit_code == 0
    assert untrained[len(trained) :] == trained, "it went on, and trained nothing twice"
    assert [*Path("recorded").iterdir()] == [path]
    assert path.read_bytes() == searched


def test_a_board_that_is_damaged_is_left_as_it_is(command: Command, untrained: list[RunSpec], searched: bytes) -> None:
    path, trained = Path("recorded") / "board.json", len(untrained)
    path.write_bytes(searched[:-20])
    result = command("record", "--board", "--missing", "--folder", "recorded")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: recorded/board.json is damaged, and was left as it is. Put back what was there, or record all anew, "
        "without --missing.\n"
    )
    assert path.read_bytes() == searched[:-20]
    assert len(untrained) == trained


def test_a_board_is_not_gone_on_with_under_other_versions(
    command: Command, searched: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("recorded") / "board.json"
    other = replace(recorded_board.read(path), versions={"keras": "3.0.0", "tensorflow": "2.16.1"})
    recorded_board.write(other, path)
    assert "All are there" in command("record", "--board", "--missing", "--folder", "recorded").stderr
    monkeypatch.setattr(record_module, "recorded_places", lambda: [*other.best, Place("cumulative_sum", "forward", 3)])
    result = command("record", "--board", "--missing", "--folder", "recorded")
    assert result.exit_code == 1
    assert "The board was trained with keras 3.0.0, tensorflow 2.16.1, and here is keras " in result.stderr
    assert result.stderr.endswith("Install these, or record all anew, without --missing.\n")
    assert recorded_board.read(path).results == other.results
    assert searched


def test_the_process_writes_results_to_one_stream_and_words_to_the_other() -> None:
    words = [sys.executable, "-m", "bilstm_core", "evaluate", "--on", "40"]
    process = subprocess.run(words, capture_output=True, check=False, timeout=100, cwd=ROOT)
    assert process.returncode == 0, process.stderr
    table = pd.read_csv(io.BytesIO(process.stdout))
    recorded = read_recorded(PRESETS[DEFAULT_PRESET])
    assert recorded is not None
    assert table["loss"].tolist() == [pytest.approx(evaluate(recorded, 40).loss)]
    lines = process.stderr.decode().splitlines()
    assert lines[0] == "Evaluating 1 run on 40 fresh sequences"
    assert lines[1].startswith("Recorded: loss ")
    assert len(lines) == 2
