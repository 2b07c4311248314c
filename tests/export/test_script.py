"""Every exported script is run, one setting varied at a time, and held to what training itself gives.

A script and a preset are run as they come; for the others few units and timesteps do, for only their shapes count.
"""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from bilstm_core import figures
from bilstm_core.analysis import frames
from bilstm_core.export.script import notebook, script, three_lines
from bilstm_core.export.sequences import SEQUENCES, draw_sequences
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.problems import PROBLEMS
from bilstm_core.problems.formula import named
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.store import read_recorded
from bilstm_core.training import train
from bilstm_core.wording import loss_name
from tests.export.programs import code_cells, executed, uncompiled
from tests.problems.test_formula import EACH

PROBLEM, TRAINING = ProblemSpec(timesteps=4, threshold=0.4), TrainingSpec(epochs=4)
MODELS = [
    *(ModelSpec(direction=direction) for direction in ("forward", "backward", "bidirectional")),
    ModelSpec(direction="backward", backward_output="raw", layers=2),
    *(ModelSpec(merge_mode=mode) for mode in ("sum", "mul", "ave")),
    *(ModelSpec(cell=cell) for cell in ("gru", "rnn")),
    ModelSpec(layers=2),
    *(ModelSpec(second_branch=s) for s in ("backward_constant", "backward_noise", "forward_constant")),
    ModelSpec(direction="forward", position="fraction"),
    ModelSpec(direction="forward", position="one_hot"),
]
FORWARD = MODELS[0]
FORMULAS = (  # one as readers write them, and one of many parts
    "x[t - 1] + x[t + 1] > 1",
    "count(near(2) > x[t]) >= 2 and not mean(all) < 0.5 or max(x[t], min(before)) > x[T] / 2 or t % 2 == 0",
)
TRAININGS = [
    replace(TRAINING, seed=7),
    TrainingSpec(epochs=2, sequences_per_epoch=7, batch_size=3),
    TrainingSpec(epochs=2, sequences_per_epoch=7, batch_size=3, fresh_data=False),
    replace(TRAINING, learning_rate=1e-2),
]


def small(spec: RunSpec) -> RunSpec:
    """The same with few units, timesteps and weight updates."""
    training = spec.training.canonical()
    few = replace(
        training,
        epochs=min(4, training.epochs),
        sequences_per_epoch=min(2 * training.batch_size, training.sequences_per_epoch),
    )
    return replace(
        spec, problem=replace(spec.problem, timesteps=4), model=replace(spec.model, units=3), training=few
    ).canonical()


VARIED = [
    *(RunSpec(problem=PROBLEM, model=model, training=TRAINING) for model in MODELS),
    *(RunSpec(problem=ProblemSpec(name=name), model=FORWARD, training=TRAINING) for name in PROBLEMS),
    *(RunSpec(problem=ProblemSpec(name=named(text)), model=FORWARD, training=TRAINING) for text in FORMULAS),
    *(RunSpec(problem=PROBLEM, model=FORWARD, training=training) for training in TRAININGS),
    *PRESETS.values(),
]  # fmt: skip
SPECS = list(dict.fromkeys(small(spec) for spec in VARIED))


def losses_of(run: Run, spec: RunSpec) -> pd.DataFrame:
    """The updates of the run that the spec asks for."""
    return frames.losses({spec.model.direction: [run]}).iloc[: spec.training.steps]


def assert_same_curve(figure: go.Figure, losses: pd.DataFrame, loss: str) -> None:
    label = losses["label"].iloc[0]
    drawn = figures.loss_curves(losses, {label: figures.style(label)}, loss=loss)
    for trace, expected in zip(figure.data[:2], drawn.data, strict=True):
        assert trace.name == expected.name
        np.testing.assert_array_equal(trace.x, expected.x)
        np.testing.assert_allclose(trace.y, expected.y, atol=1.6e-4)  # the page's are rounded to 1e-4
    assert figure.layout.xaxis.title.text == drawn.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text == drawn.layout.yaxis.title.text


def assert_same_answers(figure: go.Figure, run: Run) -> None:
    """What the model says of the page's probe sequence in the end, and what is expected."""
    answers = frames.probe_snapshots(run, 0)
    answers = answers[answers["updates"] == run.steps_done]
    (predicted,) = (trace for trace in figure.data if trace.name == "predicted")
    np.testing.assert_array_equal(predicted.x, answers["timestep"])
    np.testing.assert_allclose(predicted.y, answers["probability"], atol=2e-3)  # kept with three digits
    right = answers["predicted"] == answers["expected"]
    if run.spec.problem.problem.head != "regression":
        np.testing.assert_array_equal(np.array(predicted.marker.color) != figures.WRONG, right)
    for expected in (trace for trace in figure.data if trace.name == "expected"):
        heights = expected.y if expected.type != "bar" else 2 * np.array(expected.base, dtype=float)
        np.testing.assert_allclose(heights, answers["expected"], atol=1e-4)


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_the_exported_script_reproduces_the_run_and_its_figure(spec: RunSpec) -> None:
    code = script(spec, sequences=50)
    assert max(map(len, code.splitlines())) <= 100
    with uncompiled():
        left, run = executed(code), train(spec)
    losses = losses_of(run, spec)
    np.testing.assert_allclose(left["losses"], losses["loss"], atol=1e-4)
    assert_same_curve(left["figure"], losses, loss_name(spec.problem))
    if spec.model.second_branch != "backward_noise":  # of which the page draws other noise
        assert_same_answers(left["figure"], run)


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_the_notebook_has_the_scripts_code_in_its_cells(spec: RunSpec) -> None:
    lines = [line for cell in code_cells(notebook(spec)) for line in cell.splitlines() if line]
    written = [line for line in script(spec).split('"""\n', 1)[1].splitlines() if line and not line.startswith("#")]
    assert lines == written


def test_a_notebook_runs_cell_after_cell() -> None:
    spec, names = SPECS[0], dict[str, Any]()
    with uncompiled():
        for cell in code_cells(notebook(spec, sequences=50)):
            exec(cell.replace("figure.show()", "figure"), names)
        np.testing.assert_allclose(names["losses"], losses_of(train(spec), spec)["loss"], atol=1e-4)


@pytest.mark.parametrize("name", [*PROBLEMS, *map(named, EACH)])
def test_a_scripts_sequences_are_those_of_its_problem(name: str) -> None:
    for timesteps in (1, 4, 9):
        names: dict[str, Any] = {"np": np, "TIMESTEPS": timesteps, "THRESHOLD": 0.3}
        exec(draw_sequences(name), names)
        problem = ProblemSpec(name=name, timesteps=timesteps, threshold=0.3)
        expected = problem.problem.sample(200, timesteps, np.random.default_rng(1), **problem.parameters())
        drawn = names["draw_sequences"](200, np.random.default_rng(1))
        for values, wanted in zip(drawn, expected, strict=False):
            np.testing.assert_array_equal(values, wanted)


def test_every_problem_can_be_drawn() -> None:
    assert set(SEQUENCES) == set(PROBLEMS)


def test_the_three_lines_train_the_same_run() -> None:
    spec = small(RunSpec(problem=PROBLEM, model=MODELS[4], training=TRAININGS[0]))
    assert len(three_lines(spec).splitlines()) == 3
    with uncompiled():
        assert executed(three_lines(spec))["run"].spec == spec


def test_a_preset_is_run_as_a_file_and_gives_the_losses_of_its_recorded_run(tmp_path: Path) -> None:
    """In a process of its own, in a folder without our source, as a reader runs it; of its epochs the first twenty."""
    spec, steps = PRESETS[DEFAULT_PRESET], 20
    short = replace(spec, training=replace(spec.training, epochs=steps))
    (tmp_path / "run.py").write_text(script(short, sequences=50).replace("figure.show()", "print(losses)"))
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "run.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    recorded = read_recorded(spec.canonical())
    assert recorded
    np.testing.assert_allclose(json.loads(done.stdout.splitlines()[-1]), losses_of(recorded, short)["loss"], atol=1e-4)


def test_ruff_has_no_complaint_about_any_script(tmp_path: Path) -> None:
    for number, spec in enumerate(SPECS):
        (tmp_path / f"run_{number}.py").write_text(script(spec))
    ruff = [Path(sys.executable).with_name("ruff"), "check", "--isolated", "--select", "E,F,I,W", "--line-length"]
    done = subprocess.run([*ruff, "100", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
