"""What tells a run from all others."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bilstm_core.runs import Run, Snapshots, Timing, checkpoint_specs, from_parts, spec_reached, to_parts
from bilstm_core.specs import RunSpec, TrainingSpec
from tests.test_store import finished

RUN = finished()


def with_other_weights(run: Run) -> Run:
    """The same spec, trained to weights that differ in one last digit."""
    bias = np.nextafter(run.weights["head/bias"], np.float32(9))
    return replace(run, weights=run.weights | {"head/bias": bias})


def test_a_run_that_was_stored_and_read_again_has_the_digest_it_had() -> None:
    assert from_parts(*to_parts(RUN)).digest == RUN.digest
    assert replace(RUN, optimizer_state={}, versions={}).digest == RUN.digest


@pytest.mark.parametrize(
    "other",
    [
        with_other_weights(RUN),
        replace(RUN, steps_done=100),
        replace(RUN, spec=RunSpec(training=TrainingSpec(seed=1)).canonical()),
        replace(RUN, weights={name: array for name, array in RUN.weights.items() if name != "head/bias"}),
    ],
    ids=["weights", "steps", "spec", "names"],
)
def test_a_run_of_other_weights_or_length_or_spec_has_another_digest(other: Run) -> None:
    assert RUN.digest
    assert other.digest != RUN.digest


def test_specs_with_equal_canonical_forms_have_one_digest() -> None:
    spec = replace(RUN.spec, training=replace(RUN.spec.training, batch_size=8))
    assert spec != RUN.spec
    assert replace(RUN, spec=spec).digest == RUN.digest


def test_the_digest_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run = finished()
    first = run.digest
    monkeypatch.setattr("bilstm_core.runs.hashlib", None)
    assert run.digest == first


def test_a_run_takes_the_bytes_of_all_its_arrays() -> None:
    lean = replace(RUN, optimizer_state={})
    assert RUN.nbytes - lean.nbytes == sum(array.nbytes for array in RUN.optimizer_state.values())
    assert lean.nbytes > sum(array.nbytes for array in RUN.weights.values())


def run_of(spec: RunSpec, steps_done: int) -> Run:
    """A run of which only the spec, and how far it came, is known."""
    nothing = np.zeros(0, np.int64)
    return Run(
        spec=spec,
        steps_done=steps_done,
        history=pd.DataFrame(),
        steps=pd.DataFrame(),
        snapshots=Snapshots(nothing, nothing, nothing.astype(np.float16)),
        weights={},
        optimizer_state={},
        timing=Timing(0, 0, 1),
    )


def test_checkpoints_are_the_same_training_ended_earlier() -> None:
    training = TrainingSpec(epochs=1_000, sequences_per_epoch=3, seed=4)
    specs = checkpoint_specs(run_of(RunSpec(training=training), 3_000))
    assert [spec.training.epochs for spec in specs] == [1, 2, 5, 10, 22, 46, 100, 215, 464]
    assert {replace(spec.training, epochs=1_000) for spec in specs} == {training}


def test_a_stopped_run_has_checkpoints_up_to_where_it_came() -> None:
    specs = checkpoint_specs(run_of(RunSpec(training=TrainingSpec(epochs=1_000, sequences_per_epoch=3)), 3 * 8 + 1))
    assert [spec.training.epochs for spec in specs] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("epochs", "steps_done"), [(1, 1), (5, 0)])
def test_nothing_lies_between_untrained_and_one_epoch(epochs: int, steps_done: int) -> None:
    assert checkpoint_specs(run_of(RunSpec(training=TrainingSpec(epochs=epochs)), steps_done)) == []


def test_a_stopped_run_is_trained_as_far_as_it_came() -> None:
    run = finished(RunSpec(training=TrainingSpec(epochs=800)))
    assert spec_reached(run) == run.spec
    stopped = replace(run, steps_done=400, history=run.history.head(400))
    assert spec_reached(stopped).training.epochs == 400
    barely = replace(run, steps_done=0, history=run.history.head(0))
    assert spec_reached(barely).training.epochs == 1
