"""A problem is trained, evaluated and stored by being in the registry."""

from dataclasses import replace

import numpy as np
import pytest

from bilstm_core import codec
from bilstm_core.analysis import frames
from bilstm_core.engine.training_data import TrainingData
from bilstm_core.evaluation import evaluate, evaluation_sequences
from bilstm_core.models import build_model
from bilstm_core.network.inference import probabilities
from bilstm_core.network.initial_weights import flattened, initial_weights
from bilstm_core.problems import PROBLEMS
from bilstm_core.runs import Run, from_parts, probes, to_parts
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train

TRAINING = TrainingSpec(epochs=20, sequences_per_epoch=6, batch_size=4, learning_rate=1e-2)
SPECS = [
    RunSpec(problem=ProblemSpec(name=name, timesteps=5), model=ModelSpec(units=4), training=TRAINING)
    for name in PROBLEMS
]
OTHER_LOSSES = ["total_quarters", "cosine_from_sine", "variable_length"]  # than a mean over all binary labels


@pytest.fixture(scope="module", params=SPECS, ids=list(PROBLEMS))
def run(request: pytest.FixtureRequest) -> Run:
    return train(request.param)


def test_it_is_trained_and_learns(run: Run) -> None:
    declared = run.spec.problem.problem
    assert run.finished
    assert np.isfinite(run.history["loss"]).all()
    untrained = replace(run, weights=initial_weights(run.spec.problem, run.spec.model, run.spec.training.seed))
    assert evaluate(run, 1_000).loss < evaluate(untrained, 1_000).loss
    assert run.history["accuracy"].isna().all() == (declared.head == "regression")
    assert run.snapshots.probabilities.shape[1:] == (32, 5, declared.outputs)


def test_it_is_evaluated_over_real_timesteps(run: Run) -> None:
    evaluation = evaluate(run, 300)
    problem = run.spec.problem
    batch = evaluation_sequences(problem, 300)
    chances = probabilities(problem, run.spec.model, run.weights, batch.x).astype(float)
    y, mask = batch.y[..., 0], batch.mask
    assert len(evaluation.per_timestep) == 5
    assert np.average(evaluation.per_timestep["loss"], weights=mask.sum(axis=0)) == pytest.approx(evaluation.loss)
    assert len(evaluation.examples) == mask[:100].sum()
    if problem.problem.head == "regression":
        assert evaluation.loss == pytest.approx(np.square(chances[..., 0] - y)[mask].mean(), rel=1e-4)
        shares = [evaluation.accuracy, evaluation.exact, *evaluation.exact_interval]
        assert np.isnan([*shares, *evaluation.per_timestep["accuracy"]]).all()
        assert evaluation.confusion.empty
        return
    if problem.problem.head == "binary":
        chances = np.concatenate([1 - chances, chances], axis=-1)
    right = np.take_along_axis(chances, y[..., None], axis=-1)[..., 0]
    hits = chances.argmax(axis=-1) == y
    assert evaluation.loss == pytest.approx(-np.log(right[mask]).mean(), rel=1e-4)
    assert evaluation.accuracy == pytest.approx(hits[mask].mean())
    assert evaluation.exact == pytest.approx(np.mean([hit[real].all() for hit, real in zip(hits, mask, strict=True)]))
    counted = [hits[mask[:, t], t].mean() for t in range(5)]
    np.testing.assert_allclose(evaluation.per_timestep["accuracy"], counted)
    assert len(evaluation.confusion) == chances.shape[-1] ** 2
    assert evaluation.confusion["count"].sum() == mask.sum()
    on_diagonal = evaluation.confusion.query("expected == predicted")["count"].sum()
    assert on_diagonal == hits[mask].sum()


def test_it_survives_the_store_and_a_link(run: Run) -> None:
    assert codec.decode(codec.encode(run.spec)) == run.spec
    again = from_parts(*to_parts(run))
    assert again.spec == run.spec
    np.testing.assert_array_equal(again.snapshots.probabilities, run.snapshots.probabilities)


def test_its_probe_is_told_as_an_example_is(run: Run) -> None:
    frame = frames.probe_snapshots(run, 0)
    last = frame[frame["updates"] == run.steps_done]
    batch = probes(run.spec.problem)
    real = batch.mask[0]
    assert len(frame) == real.sum() * len(run.snapshots.step)
    np.testing.assert_array_equal(last["expected"], batch.y[0, real, 0])
    if run.spec.problem.problem.head == "regression":
        np.testing.assert_array_equal(last["predicted"], last["probability"])
    else:
        assert set(last["predicted"]) <= set(range(max(run.spec.problem.problem.outputs, 2)))
        assert last["probability"].between(0, 1).all()


@pytest.mark.parametrize(
    "name", [name if name == "variable_length" else pytest.param(name, marks=pytest.mark.long) for name in OTHER_LOSSES]
)
def test_training_equals_keras_with_the_mask_as_weights(name: str) -> None:
    (spec,) = (spec for spec in SPECS if spec.problem.name == name)
    spec = replace(spec, training=replace(spec.training, epochs=3))
    run = train(spec)
    network = build_model(spec.problem, spec.model, learning_rate=spec.training.learning_rate)
    expected = []
    for x, y, mask in zip(
        *TrainingData(spec.problem, spec.training, noise=False).batches(0, run.steps_done), strict=True
    ):
        rows = mask.any(axis=1)
        network.reset_metrics()
        told = network.train_on_batch(x[rows], y[rows][..., None], sample_weight=mask[rows])
        expected.append(float(np.ravel(told)[0]))
    np.testing.assert_allclose(run.steps["loss"], expected, atol=1e-5)
    np.testing.assert_allclose(flattened(run.weights), flattened(dict(enumerate(network.get_weights()))), atol=1e-5)


def test_keras_evaluates_padded_sequences_as_we_do() -> None:
    problem, model = ProblemSpec(name="variable_length", timesteps=5), ModelSpec(units=4)
    batch = evaluation_sequences(problem, 200)
    network = build_model(problem, model)
    loss, accuracy = network.evaluate(
        batch.x, batch.y, batch_size=200, sample_weight=batch.mask.astype(float), verbose=0
    )
    spec = RunSpec(problem=problem, model=model, training=replace(TRAINING, epochs=1))
    evaluation = evaluate(replace(train(spec), weights=initial_weights(problem, model, 0)), 200)
    assert loss == pytest.approx(evaluation.loss, abs=1e-6)
    assert accuracy == pytest.approx(evaluation.accuracy, abs=1e-6)
