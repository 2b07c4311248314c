import math
from typing import Any

import numpy as np
import pytest

from bilstm_core.presets import PRESETS
from bilstm_core.specs import LEARNING_RATES, MAX_STEP_MEMORY, MAX_WORK, ModelSpec, ProblemSpec, RunSpec, TrainingSpec


@pytest.mark.parametrize(
    ("kind", "field", "value", "allowed"),
    [
        (ProblemSpec, "timesteps", 0, "1 to 200"),
        (ProblemSpec, "timesteps", 201, "1 to 200"),
        (ProblemSpec, "timesteps", 10.0, "whole number"),
        (ProblemSpec, "timesteps", True, "whole number"),
        (ProblemSpec, "timesteps", "10", "whole number"),
        (ProblemSpec, "timesteps", None, "whole number"),
        (ProblemSpec, "threshold", 0, "above 0 and below 1"),
        (ProblemSpec, "threshold", 1.0, "above 0 and below 1"),
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
        (TrainingSpec, "learning_rate", 0, "0.000001 to 1"),
        (TrainingSpec, "fresh_data", 1, "True or False"),
        (TrainingSpec, "seed", -1, "0 to"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(kind: type, field: str, value: Any, allowed: str) -> None:
    with pytest.raises(ValueError, match=f"^{field} must be ") as caught:
        kind(**{field: value})
    message = str(caught.value)
    assert allowed in message
    assert message.endswith(f", not {value:,}." if type(value) is int else f", not {value!r}.")


def test_total_work_is_capped_with_a_sentence_that_says_what_to_lower() -> None:
    with pytest.raises(ValueError, match="too many") as caught:
        RunSpec(training=TrainingSpec(epochs=20_000, sequences_per_epoch=100_000))
    assert str(caught.value) == (
        "2,000,000,000 sequences are too many for this network and this number of timesteps. They take 401.6 times the"
        " work that is allowed. Lower epochs, units or timesteps."
    )


def test_a_little_too_much_work_is_not_said_to_be_as_much_as_is_allowed() -> None:
    tiny = ModelSpec(direction="forward", cell="rnn", units=1)
    longest = TrainingSpec(epochs=1_000, sequences_per_epoch=100_000)
    with pytest.raises(ValueError, match=r"They take a little more work than is allowed\."):
        RunSpec(problem=ProblemSpec(timesteps=1), model=tiny, training=longest)


def run(timesteps: int = 10, epochs: int = 2, each: int = 3, batch: int = 2, **model: Any) -> RunSpec:
    training = TrainingSpec(epochs=epochs, sequences_per_epoch=each, batch_size=batch)
    return RunSpec(problem=ProblemSpec(timesteps=timesteps), model=ModelSpec(**model), training=training)


@pytest.mark.parametrize(
    ("spec", "weights"),
    [
        (run(direction="forward", units=7), 4 * 7 * (1 + 7)),
        (run(direction="forward", units=7, cell="gru"), 3 * 7 * (1 + 7)),
        (run(direction="forward", units=7, cell="rnn"), 7 * (1 + 7)),
        (run(direction="forward", units=7, position="fraction"), 4 * 7 * (2 + 7)),
        (run(direction="forward", units=7, position="one_hot"), 4 * 7 * (11 + 7)),
        (run(units=7), 2 * 4 * 7 * (1 + 7)),
        # a further layer reads the outputs of all branches of the one below, and its own state
        (run(direction="forward", units=7, layers=2), 4 * 7 * (1 + 7) + 4 * 7 * (7 + 7)),
        (run(units=7, layers=3), 2 * 4 * 7 * (1 + 7) + 2 * 2 * 4 * 7 * (14 + 7)),
    ],
)
def test_work_is_three_times_the_multiply_adds_and_a_fixed_cost_of_each_timestep(spec: RunSpec, weights: int) -> None:
    """Forwards once, backwards twice; 4 weight updates and 6 sequences of 10 timesteps."""
    assert spec.work() == 10 * (4 * 1e4 + 3 * 6 * weights)
    assert spec.training.sequences == 6


@pytest.mark.parametrize(
    ("spec", "bytes_a_row"),
    [
        (run(direction="forward", units=7), 140 * 7 + 10),
        (run(units=7), 2 * (140 * 7 + 10)),
        (run(units=7, layers=3), 2 * (140 * 3 * 7 + 10)),
        (run(direction="forward", units=7, position="fraction"), 140 * 7 + 10 * 2),
        (run(direction="forward", units=7, position="one_hot"), 140 * 7 + 10 * 11),
    ],
)
def test_a_weight_update_keeps_so_many_bytes_a_timestep_of_each_sequence(spec: RunSpec, bytes_a_row: int) -> None:
    assert spec.step_memory() == 2 * 10 * bytes_a_row


def test_as_much_work_as_is_allowed_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bilstm_core.specs.MAX_WORK", run().work())
    run()
    with pytest.raises(ValueError, match="too many"):
        run(epochs=3)
    monkeypatch.setattr("bilstm_core.specs.MAX_WORK", MAX_WORK)
    monkeypatch.setattr("bilstm_core.specs.MAX_STEP_MEMORY", run().step_memory())
    run()
    with pytest.raises(ValueError, match="A batch of"):
        run(batch=3)


def test_a_batch_that_is_too_large_is_told_what_it_would_take() -> None:
    with pytest.raises(ValueError, match="A batch of") as caught:
        run(timesteps=200, each=1_000, batch=1_000, units=256)
    assert str(caught.value) == (
        "A batch of 1,000 sequences is too large for this network and this number of timesteps; the most is 55. One"
        " weight update would take 14.3 GB of memory, and 0.8 GB is allowed. Lower batch size, units, layers or"
        " timesteps."
    )


@pytest.mark.parametrize("rate", LEARNING_RATES)
def test_the_ends_of_the_learning_rates_are_allowed(rate: float) -> None:
    assert TrainingSpec(learning_rate=rate).learning_rate == rate


def test_a_problem_has_its_own_parameters_and_the_others_at_their_defaults() -> None:
    sums, share = ProblemSpec(threshold=0.4), ProblemSpec(name="share_of_total", threshold=0.4)
    assert sums.parameters() == {"threshold": 0.4}
    assert sums.canonical() == sums
    assert share.parameters() == {}
    assert share.canonical() == ProblemSpec(name="share_of_total", timesteps=share.timesteps)
    twenty = ProblemSpec(name="share_of_total", timesteps=20, threshold=0.4)
    assert twenty.canonical() == ProblemSpec(name="share_of_total", timesteps=20)


def test_a_second_branch_is_a_matter_of_one_bidirectional_layer() -> None:
    told = ModelSpec(second_branch="backward_constant")
    assert told.canonical() == told


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

    with pytest.raises(ValueError, match="A batch of 1,000 sequences is too large") as caught:
        asked(1_000)
    message = str(caught.value)
    assert message.endswith("Lower batch size, units, layers or timesteps.")
    most = int(message.partition("the most is ")[2].partition(".")[0].replace(",", ""))
    assert asked(most).step_memory() <= MAX_STEP_MEMORY
    with pytest.raises(ValueError, match="A batch of"):
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
    with pytest.raises(ValueError, match=r"^model must be a ModelSpec, not ProblemSpec\("):
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


def test_updates_are_counted_with_each_epochs_last_smaller_batch() -> None:
    training = TrainingSpec(epochs=2, sequences_per_epoch=5, batch_size=2)
    updates = training.updates_after(np.arange(1, 11))
    assert updates.tolist() == [1, 1, 2, 2, 3, 4, 4, 5, 5, 6]
