"""What tells a run from all others."""

from dataclasses import replace

import numpy as np
import pytest

from bilstm_core.runs import Run, from_parts, to_parts
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
