"""Which runs of a sweep share a program, and what else changes nothing in each of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from bilstm_core.engine import cost, mixing
from bilstm_core.engine.graph import logits
from bilstm_core.engine.sharing import places, widened
from bilstm_core.network.initial_weights import flattened, initial_weights, parameter_count
from bilstm_core.problems import given
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.datasets.tables import long_table, ready
from tests.engine.test_programs import MODELS

SWEPT = [round(1 + 39 * place / 19) for place in range(20)], range(2, 41, 2)


def spec(units: int = 3, timesteps: int = 4, epochs: int = 1_000, **fields: Any) -> RunSpec:
    model = ModelSpec(units=units, **{name: value for name, value in fields.items() if name not in ("seed", "batch")})
    return RunSpec(
        problem=ProblemSpec(timesteps=timesteps),
        model=model,
        training=TrainingSpec(
            epochs=epochs,
            seed=fields.get("seed", 0),
            batch_size=fields.get("batch", 1),
            sequences_per_epoch=fields.get("batch", 1),
        ),
    )


def sweep() -> list[RunSpec]:
    return [spec(units, timesteps, seed=seed) for units in SWEPT[0] for timesteps in SWEPT[1] for seed in range(3)]


def ways_there(specs: Sequence[RunSpec]) -> list[mixing.Stack]:
    return [stack for part in mixing.parts(specs) for stack in part]


def test_a_sweep_of_400_cells_takes_a_dozen_programs_and_has_each_run_once() -> None:
    specs = sweep()
    stacks = ways_there(specs)
    assert len(mixing.programs_of(specs)) <= 12
    assert {stack.key for stack in stacks} == set(mixing.programs_of(specs))
    assert sorted(place for stack in stacks for place in stack.places) == list(range(len(specs)))
    for stack in stacks:
        shape = stack.shape
        assert len(stack.places) <= stack.width
        for place in stack.places:
            assert specs[place].model.units <= shape.model.units
            assert specs[place].problem.timesteps <= shape.problem.timesteps
    assert mixing.seconds(specs) < cost.seconds(specs), "padding costs less than it saves"


def test_a_part_is_trained_the_same_by_itself() -> None:
    """A worker has a part's specs alone: it must make the same stacks of them."""
    specs = sweep()
    for part in mixing.parts(specs):
        places = [place for stack in part for place in stack.places]
        again = ways_there([specs[place] for place in places])
        assert [(stack.shape, stack.width, len(stack.places)) for stack in again] == [
            (stack.shape, stack.width, len(stack.places)) for stack in part
        ]


def test_parts_are_short_and_come_in_the_order_in_which_they_are_asked_for() -> None:
    specs = sweep()[::-1]
    parts = mixing.parts(specs)
    assert all(sum(stack.seconds for stack in part) <= cost.PART_S for part in parts)
    assert [part[0].places[0] for part in parts] == sorted(part[0].places[0] for part in parts)
    assert parts[0][0].places[0] == 0
    assert mixing.seconds(specs) == pytest.approx(sum(stack.seconds for part in parts for stack in part))


def test_what_changes_no_shape_may_differ_in_a_stack_and_all_else_may_not() -> None:
    first = spec()
    alike = [
        spec(units=8, timesteps=10, seed=5),
        replace(first, problem=ProblemSpec(timesteps=3, threshold=0.5)),
        replace(first, problem=ProblemSpec(name="reverse_cumulative_sum")),
        replace(first, training=replace(first.training, learning_rate=0.1)),
    ]
    assert {mixing.shape_of(each) for each in alike} == {mixing.shape_of(first)}
    others = [
        spec(units=9),
        spec(timesteps=11),
        spec(epochs=2),
        spec(batch=2),
        spec(cell="gru"),
        spec(layers=2),
        spec(merge_mode="sum"),
        spec(direction="forward"),
        spec(position="fraction"),
        replace(first, problem=ProblemSpec(name="total_quarters")),
    ]
    assert len({mixing.shape_of(each) for each in (first, *others)}) == 1 + len(others)


def test_backward_is_forward_turned_round_and_a_told_position_keeps_its_timesteps() -> None:
    assert mixing.shape_of(spec(direction="backward", backward_output="raw")) == mixing.shape_of(
        spec(direction="forward")
    )
    told = mixing.shape_of(spec(timesteps=7, direction="backward", position="one_hot"))
    assert (told.problem.timesteps, told.model.direction) == (7, "backward")


def test_sequences_that_somebody_brought_share_a_program_as_long_as_they_are() -> None:
    brought = ready(long_table(sequences=12)).given
    problem = ProblemSpec(name=given.hold(brought), timesteps=brought.timesteps)
    shape = mixing.shape_of(replace(spec(units=9), problem=problem))
    assert (shape.problem, shape.model.units) == (problem, 20)
    assert mixing.shape_of(replace(spec(units=12, seed=3), problem=problem)) == shape


def test_what_is_near_the_most_that_is_allowed_keeps_its_size() -> None:
    largest = spec(units=129, timesteps=141, epochs=2, batch=120)
    shape = mixing.shape_of(largest)
    assert (shape.model.units, shape.problem.timesteps) == (129, 141)


def test_a_few_short_runs_take_the_same_program_as_many_and_long_ones_a_narrower() -> None:
    many = mixing.stack_of(mixing.shape_of(spec(units=20, timesteps=20)), 100)[1]
    assert mixing.stack_of(mixing.shape_of(spec(units=20, timesteps=20)), 1) == (1, many)
    count, width = mixing.stack_of(mixing.shape_of(spec(units=20, timesteps=20, epochs=20_000)), 1)
    assert count <= width < many


def test_more_runs_than_can_be_held_are_refused_in_a_sentence() -> None:
    mixing.check_memory(sweep())
    with pytest.raises(
        cost.TooMuchError, match=r"^9,600 runs are more than .* Choose fewer cells, starts or epochs\.$"
    ):
        mixing.check_memory(sweep() * 8)


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model.position == "none" and model.backward_output == "aligned"], ids=str
)
def test_what_follows_a_sequence_changes_no_answer_and_gets_no_gradient(model: ModelSpec) -> None:
    """The larger network on a longer sequence: the same answers, gradients of zero wherever the small one has nothing.

    Units of zeros say zero at every timestep, or their weights would have gradients.
    """
    short, long = ProblemSpec(timesteps=5), ProblemSpec(timesteps=8)
    model, wide = replace(model, units=3), replace(model, units=7)
    flat = flattened(initial_weights(short, model, 0))
    flat = flat + np.random.default_rng(0).normal(0, 0.3, flat.shape).astype(np.float32)  # no bias is zero
    where = places(short, model, wide)
    (among_zeros,) = widened([flat], where, parameter_count(short, wide))
    rng = np.random.default_rng(1)
    x = rng.random((1, 4, 8, 1), dtype=np.float32)
    judged = rng.normal(size=(1, 4, 5, 1)).astype(np.float32)

    def answered(problem: ProblemSpec, network: ModelSpec, weights: Any, lengths: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            variable = tf.constant(weights[None])
            tape.watch(variable)
            said = logits(problem, network, variable, x[:, :, : problem.timesteps], lengths)[:, :, :5]
            total = tf.reduce_sum(said * judged)
        return said.numpy(), tape.gradient(total, variable).numpy()[0]

    said, gradient = answered(short, model, flat, None)
    said_wide, gradient_wide = answered(long, wide, among_zeros, tf.constant([5]))
    np.testing.assert_allclose(said_wide, said, atol=1e-5)
    np.testing.assert_allclose(gradient_wide[where], gradient, atol=1e-4)
    nothing = np.ones(len(gradient_wide), bool)
    nothing[where] = False
    np.testing.assert_array_equal(gradient_wide[nothing], 0.0)
