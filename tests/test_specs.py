import math
from typing import Any

import numpy as np
import pytest

from bilstm_core.presets import PRESETS
from bilstm_core.specs import MAX_STEP_MEMORY, ModelSpec, ProblemSpec, RunSpec, TrainingSpec


@pytest.mark.parametrize(
    ("kind", "field", "value", "allowed"),
    [
        (ProblemSpec, "timesteps", 0, "1 to 200"),
        (ProblemSpec, "timesteps", 201, "1 to 200"),
        (ProblemSpec, "timesteps", 10.0, "whole number"),
        (ProblemSpec, "timesteps", True, "whole number"),
        (ProblemSpec, "timesteps", "10", "whole number"),
        (ProblemSpec, "timesteps", None, "whole number"),
        (ProblemSpec, "threshold", 0, "between 0 and 1"),
        (ProblemSpec, "threshold", 1.0, "between 0 and 1"),
        (ProblemSpec, "threshold", math.nan, "number"),
        (ProblemSpec, "threshold", "0.5", "number"),
        (ProblemSpec, "name", "sums", "cumulative_sum"),
        (ProblemSpec, "name", ["cumulative_sum"], "cumulative_sum"),
        (ModelSpec, "units", 257, "1 to 256"),
        (ModelSpec, "layers", 4, "1 to 3"),
        (ModelSpec, "direction", "sideways", "forward, backward, bidirectional"),
        (ModelSpec, "cell", "LSTM", "lstm, gru, rnn"),
        (ModelSpec, "merge_mode", None, "concat, sum, mul, ave"),
        (ModelSpec, "backward_output", "reversed", "aligned, raw"),
        (TrainingSpec, "epochs", 20_001, "1 to 20,000"),
        (TrainingSpec, "epochs", 0, "1 to 20,000"),
        (TrainingSpec, "sequences_per_epoch", 100_001, "1 to 100,000"),
        (TrainingSpec, "batch_size", 0, "1 to 1,000"),
        (TrainingSpec, "learning_rate", math.inf, "number"),
        (TrainingSpec, "learning_rate", 0, "1e-06 to 1.0"),
        (TrainingSpec, "fresh_data", 1, "True or False"),
        (TrainingSpec, "seed", -1, "0 to"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(kind: type, field: str, value: Any, allowed: str) -> None:
    with pytest.raises(ValueError, match=field) as caught:
        kind(**{field: value})
    message = str(caught.value)
    assert (f"{value:,}" if type(value) is int else repr(value)) in message
    assert allowed in message
    assert message.endswith(".")


def test_total_work_is_capped_with_a_sentence_that_says_what_to_lower() -> None:
    with pytest.raises(ValueError, match=r"epochs times sequences_per_epoch .* Lower the epochs"):
        RunSpec(training=TrainingSpec(epochs=20_000, sequences_per_epoch=100_000))


@pytest.mark.parametrize(
    ("timesteps", "model"),
    [
        (200, ModelSpec(units=256)),
        (200, ModelSpec(units=256, layers=3, direction="forward", cell="gru")),
        (200, ModelSpec(units=8, position="one_hot")),
    ],
)
def test_a_batch_is_as_large_as_a_workers_memory_allows(timesteps: int, model: ModelSpec) -> None:
    def asked(batch: int) -> RunSpec:
        training = TrainingSpec(epochs=1, sequences_per_epoch=1_000, batch_size=batch)
        return RunSpec(problem=ProblemSpec(timesteps=timesteps), model=model, training=training)

    with pytest.raises(ValueError, match="batch_size must be at most") as caught:
        asked(1_000)
    message = str(caught.value)
    assert "not 1,000" in message
    assert message.endswith("Lower the batch size, the units, the layers or the timesteps.")
    most = int(message.removeprefix("batch_size must be at most ").split(" ", maxsplit=1)[0])
    assert asked(most).step_memory() <= MAX_STEP_MEMORY
    with pytest.raises(ValueError, match="batch_size"):
        asked(most + 1)


def test_a_batch_that_no_epoch_fills_is_not_refused() -> None:
    largest = ModelSpec(units=256, layers=3, position="one_hot")
    training = TrainingSpec(epochs=1, sequences_per_epoch=1, batch_size=1_000)
    RunSpec(problem=ProblemSpec(timesteps=200), model=largest, training=training)


def test_the_longest_plain_run_is_allowed() -> None:
    assert RunSpec(training=TrainingSpec(epochs=20_000)).training.steps == 20_000


def test_numpy_whole_numbers_become_plain_ones() -> None:
    assert type(ProblemSpec(timesteps=np.int64(5)).timesteps) is int


def test_a_spec_in_the_wrong_place_is_refused() -> None:
    with pytest.raises(ValueError, match="model must be a ModelSpec"):
        RunSpec(model=ProblemSpec())  # type: ignore[arg-type]


def test_canonical_resets_what_does_not_apply_and_never_refuses() -> None:
    forward = ModelSpec(direction="forward", merge_mode="mul", backward_output="raw", second_branch="backward_noise")
    assert forward.canonical() == ModelSpec(direction="forward")
    raw = ModelSpec(direction="backward", backward_output="raw")
    assert raw.canonical() == raw
    stacked = ModelSpec(layers=2, second_branch="backward_constant", merge_mode="ave")
    assert stacked.canonical() == ModelSpec(layers=2, merge_mode="ave")
    assert TrainingSpec(sequences_per_epoch=3, batch_size=10).canonical().batch_size == 3


@pytest.mark.parametrize("spec", PRESETS.values(), ids=PRESETS.keys())
def test_presets_are_canonical(spec: RunSpec) -> None:
    assert spec.canonical() == spec


def test_a_smaller_last_batch_is_one_more_update() -> None:
    assert TrainingSpec(epochs=2, sequences_per_epoch=25, batch_size=10).steps == 6
