"""What is recorded of the data sets that come with the program is of these networks and this engine, or not used."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bilstm_core.analysis import recorded_answers
from bilstm_core.analysis.both_ways import MODELS, NETWORKS
from bilstm_core.analysis.held_out import Answers, labels_of, scores
from bilstm_core.datasets.preparing import Prepared, prepare
from bilstm_core.datasets.reading import read_table
from bilstm_core.datasets.recipe import STARTS, batch_size, specs_of
from bilstm_core.datasets.sequences import sequences_of
from bilstm_core.datasets.shipped import SHIPPED, read
from bilstm_core.page_settings import YOUR_DATA
from bilstm_core.specs import RunSpec
from tests.datasets.tables import long_table, ready

FIRST = YOUR_DATA.first


def shipped(name: str) -> Prepared:
    return prepare(sequences_of(read_table(read(name)), SHIPPED[name].columns))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_data_set_opens_with_answers_of_all_models(name: str) -> None:
    prepared = shipped(name)
    specs = specs_of(prepared.given, units=FIRST.units, epochs=FIRST.epochs)
    found = recorded_answers.read(name, specs)
    assert found is not None, "python -m bilstm_core record --missing"
    assert {answers.label for answers in found.answers} == {*MODELS[1:]}
    labels = labels_of(prepared.given)
    for answers in found.answers:
        assert answers.told.shape == (STARTS if answers.label in NETWORKS else 1, *labels.expected.shape)
        assert scores(answers, labels).min() > 0.5


@pytest.fixture
def specs() -> dict[str, list[RunSpec]]:
    return specs_of(ready(long_table()).given, units=3, epochs=2)


def test_answers_come_back_as_they_were_written(tmp_path: Path, specs: dict[str, list[RunSpec]]) -> None:
    told = np.arange(24).reshape(2, 3, 4) % 3
    recorded_answers.write("mine", specs, [Answers("forward", told)], tmp_path)
    found = recorded_answers.read("mine", specs, tmp_path)
    assert found is not None
    [answers] = found.answers
    assert answers.label == "forward"
    np.testing.assert_array_equal(answers.told, told)


def test_answers_of_others_or_of_another_engine_are_not_used(
    tmp_path: Path, specs: dict[str, list[RunSpec]], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded_answers.write("mine", specs, [Answers("forward", np.zeros((1, 2, 2)))], tmp_path)
    other = {
        label: [replace(spec, training=replace(spec.training, epochs=9)) for spec in own]
        for label, own in specs.items()
    }
    assert recorded_answers.read("mine", other, tmp_path) is None
    assert recorded_answers.read("nobody", specs, tmp_path) is None
    with monkeypatch.context() as later:
        later.setattr(recorded_answers, "ENGINE_VERSION", "another")
        assert recorded_answers.read("mine", specs, tmp_path) is None
    path = recorded_answers.path_of("mine", tmp_path)
    path.write_bytes(path.read_bytes()[:90])
    assert recorded_answers.read("mine", specs, tmp_path) is None
    np.savez(path, document=np.array(json.dumps([])))
    assert recorded_answers.read("mine", specs, tmp_path) is None


@pytest.mark.parametrize(("sequences", "size"), [(6, 1), (99, 1), (400, 8), (874, 16), (4_000, 16), (30_000, 100)])
def test_an_epoch_is_of_dozens_of_updates_or_as_many_as_there_are_sequences(sequences: int, size: int) -> None:
    assert batch_size(sequences) == size
