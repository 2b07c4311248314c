"""Plain Keras loads a `.keras` file in a process that knows nothing of this program; it comes back as its run."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pytest

from bilstm_core.choices import MERGE_MODES
from bilstm_core.files import h5_arrays
from bilstm_core.files.bundle import read_file
from bilstm_core.files.model_file import read_model_file, write_model_file
from bilstm_core.network.inference import probabilities
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec
from tests.files.samples import SPEC, members, untrained, zipped

BASE = ModelSpec(units=2)
MODELS = [  # one setting varied at a time, and what of two layers the order of backward's outputs changes
    *(replace(BASE, cell=cell) for cell in ("lstm", "gru", "rnn")),
    *(replace(BASE, merge_mode=merge_mode) for merge_mode in MERGE_MODES if merge_mode != BASE.merge_mode),
    replace(BASE, layers=2),
    replace(BASE, direction="forward"),
    *(replace(BASE, direction="backward", layers=2, backward_output=order) for order in ("aligned", "raw")),
    *(replace(BASE, second_branch="backward_constant", merge_mode=merge_mode) for merge_mode in MERGE_MODES),
    replace(BASE, second_branch="forward_constant", position="fraction", cell="gru"),
    replace(BASE, direction="backward", position="one_hot"),
]
SPECS = [replace(SPEC, model=model) for model in MODELS] + [
    RunSpec(problem=ProblemSpec(name=name, timesteps=4), model=replace(BASE, cell="rnn"), training=SPEC.training)
    for name in ("total_quarters", "cosine_from_sine", "variable_length")
]

LOAD = """
import sys
from pathlib import Path
import numpy as np
import keras
sys.stdin.read()  # all are written
folder = Path(sys.argv[1])
for path in sorted(folder.glob("*.keras")):
    np.save(path.with_suffix(".out.npy"), keras.models.load_model(path)(np.load(path.with_suffix(".npy"))).numpy())
assert not any(name.startswith("bilstm") for name in sys.modules)
"""


@pytest.fixture(scope="module")
def saved() -> bytes:
    return write_model_file(untrained())


def in_this_process(data: bytes, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, npt.NDArray[np.float32]]:
    with h5py.File(io.BytesIO(data), "r") as file:
        return {place: file[place][()] for place in shapes}


@pytest.mark.parametrize("specs", [SPECS[4::4], pytest.param(SPECS, marks=pytest.mark.long)], ids=["some", "every"])
def test_plain_keras_loads_a_model_with_the_probabilities_of_the_page(
    specs: list[RunSpec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(h5_arrays, "read", in_this_process)  # a process for each would take most of the time
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-P", "-c", LOAD, str(tmp_path)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=subprocess.PIPE) as plain:  # imports meanwhile
        expected = {}
        for number, spec in enumerate(specs):
            run = untrained(spec)
            problem = run.spec.problem
            x = problem.problem.sample(2, problem.timesteps, np.random.default_rng(1), **problem.parameters()).x
            data = write_model_file(run)
            back = read_model_file(data)
            assert replace(back, origin="trained").digest == run.digest
            (tmp_path / f"{number:02}.keras").write_bytes(data)
            np.save(tmp_path / f"{number:02}.npy", x)
            expected[f"{number:02}"] = probabilities(problem, run.spec.model, run.weights, x)
        plain.communicate(timeout=100)
    assert plain.returncode == 0
    assert len(expected) == len(specs)
    for name, chances in expected.items():
        np.testing.assert_allclose(np.load(tmp_path / f"{name}.out.npy"), chances, atol=1e-6, rtol=0, err_msg=name)


def test_a_branch_fed_noise_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="the noise is drawn anew at every call"):
        write_model_file(untrained(replace(SPEC, model=ModelSpec(units=3, second_branch="backward_noise"))))


def refused(data: bytes) -> str:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        read_file(data)
    return str(caught.value)


def with_config(data: bytes, change: Any) -> bytes:
    contents = members(data)
    config = json.loads(contents["config.json"])
    change(config["config"]["layers"])
    return zipped(contents | {"config.json": json.dumps(config).encode()})


def test_a_lambda_layer_is_named_wherever_it_stands(saved: bytes) -> None:
    def above(layers: list[Any]) -> None:
        layers.append({"module": "keras.layers", "class_name": "Lambda", "config": {}, "name": "x"})

    def within(layers: list[Any]) -> None:
        layers[-1]["config"]["layer"]["class_name"] = "Lambda"

    for change in (above, within):
        assert "a Lambda layer" in refused(with_config(saved, change))
    bare = members(with_config(saved, above))
    del bare["bilstm_explorer.npz"]
    assert "a Lambda layer" in refused(zipped(bare))


def test_another_network_than_that_of_the_spec_is_refused(saved: bytes) -> None:
    def merge(layers: list[Any]) -> None:
        layers[1]["config"]["merge_mode"] = "sum"

    def activation(layers: list[Any]) -> None:
        layers[1]["config"]["layer"]["config"]["activation"] = "relu"

    def other(layers: list[Any]) -> None:
        layers[1]["class_name"] = "LSTM"

    def module(layers: list[Any]) -> None:
        layers[1]["module"] = "os"

    for change in (merge, activation, other, module):
        refused(with_config(saved, change))
    assert "another network" in refused(with_config(saved, merge))
    mixed = members(saved) | {"config.json": members(write_model_file(untrained(SPECS[0])))["config.json"]}
    assert "another network" in refused(zipped(mixed))


def test_other_weights_damaged_weights_and_no_record_are_refused(saved: bytes) -> None:
    run = untrained()
    other = replace(run, weights=run.weights | {"head/bias": np.array([3.0], np.float32)})
    weights = members(write_model_file(other))["model.weights.h5"]
    contents = members(saved)
    assert "other weights" in refused(zipped(contents | {"model.weights.h5": weights}))
    for damaged in (b"", b"\x89HDF", weights[: len(weights) // 3]):
        assert "cannot be read" in refused(zipped(contents | {"model.weights.h5": damaged}))
    assert "assets/x" in refused(zipped(contents | {"assets/x": b""}))
    del contents["bilstm_explorer.npz"]
    assert "trained on" in refused(zipped(contents))
