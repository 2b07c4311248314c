from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bilstm_core.evaluation import (
    Evaluation,
    evaluate,
    evaluation_sequences,
    label_losses,
    predictions,
    wilson_interval,
)
from bilstm_core.network.inference import probabilities
from bilstm_core.network.initial_weights import initial_weights
from bilstm_core.runs import Run, Snapshots, Timing
from bilstm_core.specs import ModelSpec, RunSpec

SPEC = RunSpec(model=ModelSpec(units=4))


def run_of(weights: dict[str, np.ndarray]) -> Run:
    none = np.zeros(0)
    return Run(
        spec=SPEC,
        steps_done=0,
        history=pd.DataFrame(),
        steps=pd.DataFrame(),
        snapshots=Snapshots(none, none, none),
        weights=weights,
        optimizer_state={},
        timing=Timing(0, 0, 1),
    )


@pytest.fixture(scope="module")
def run() -> Run:
    rng = np.random.default_rng(0)
    start = initial_weights(SPEC.problem, SPEC.model, 0)
    return run_of({name: value + rng.normal(0, 0.5, value.shape).astype(np.float32) for name, value in start.items()})


@pytest.fixture(scope="module")
def evaluation(run: Run) -> Evaluation:
    return evaluate(run, 2_000)


def test_metrics_agree_with_their_definitions(run: Run, evaluation: Evaluation) -> None:
    batch = evaluation_sequences(SPEC.problem, 2_000)
    chance = probabilities(SPEC.problem, SPEC.model, run.weights, batch.x).astype(np.float64)
    hits = (chance >= 0.5) == batch.y
    assert evaluation.loss == pytest.approx(-np.mean(np.log(np.where(batch.y, chance, 1 - chance))), abs=1e-5)
    assert evaluation.accuracy == hits.mean()
    assert evaluation.exact == hits.all(axis=(1, 2)).mean()
    assert evaluation.exact_count == hits.all(axis=(1, 2)).sum()
    assert evaluation.exact_interval[0] <= evaluation.exact <= evaluation.exact_interval[1]
    np.testing.assert_allclose(evaluation.per_timestep["accuracy"], hits.mean(axis=(0, 2)))
    assert evaluation.per_timestep["timestep"].tolist() == list(range(1, 11))
    assert evaluation.confusion["count"].sum() == 20_000
    wrong = evaluation.confusion.query("expected != predicted")["count"].sum()
    assert wrong == (~hits).sum()


def test_examples_are_the_first_100_sequences_and_agree_with_the_metrics(run: Run) -> None:
    evaluation = evaluate(run, 100)
    examples = evaluation.examples
    assert list(examples) == ["sequence", "timestep", "x", "expected", "probability", "predicted"]
    assert len(examples) == 1_000
    assert examples["sequence"].max() == 100
    assert (examples["expected"] == examples["predicted"]).mean() == pytest.approx(evaluation.accuracy)
    sums = examples.groupby("sequence")["x"].cumsum()
    assert ((sums >= 2.5) == examples["expected"]).mean() > 0.999
    assert ((examples["probability"] >= 0.5) == examples["predicted"]).all()


def test_the_sequences_are_the_same_for_every_run_and_another_for_another_seed(
    run: Run, evaluation: Evaluation
) -> None:
    assert evaluate(run, 2_000).examples.equals(evaluation.examples)
    other = evaluate(run_of(initial_weights(SPEC.problem, SPEC.model, 1)), 2_000)
    assert other.examples["x"].equals(evaluation.examples["x"])
    assert not evaluate(run, 2_000, seed=1).examples["x"].equals(evaluation.examples["x"])


def test_a_sure_and_wrong_model_has_a_finite_loss(run: Run) -> None:
    bias = {"head/bias": np.full(1, 500, np.float32)}
    evaluation = evaluate(replace(run, weights=run.weights | bias), 500)
    zeros = evaluation.confusion.query("expected == 0")["count"].sum() / 5_000
    assert evaluation.loss == pytest.approx(500 * zeros, rel=0.02)


def test_wilson_interval_of_a_worked_example() -> None:
    """81 of 263: 0.2553 to 0.3662 (Newcombe, 1998, table I)."""
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_wilson_interval_ends_at_nothing_and_at_everything_exactly() -> None:
    for n in range(1, 500):
        assert wilson_interval(0, n)[0] == 0
        assert wilson_interval(n, n)[1] == 1


def test_losses_and_predictions_of_the_other_heads() -> None:
    outputs = np.array([[[1.0, 2.0, 0.5]]])
    chances = np.exp(outputs[0, 0]) / np.exp(outputs[0, 0]).sum()
    np.testing.assert_allclose(label_losses("categorical", outputs, np.array([[2]])), [[-np.log(chances[2])]])
    predicted, probability = predictions("categorical", outputs)
    assert (predicted[0, 0], probability[0, 0]) == (1, pytest.approx(chances[1]))
    np.testing.assert_allclose(label_losses("regression", outputs[..., :1], np.array([[3.0]])), [[4.0]])


def test_evaluate_refuses_no_sequences(run: Run) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        evaluate(run, 0)
