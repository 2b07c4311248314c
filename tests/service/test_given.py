"""What somebody brought goes to the worker with its job, is trained and asked about there, and is kept nowhere."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bilstm_core.analysis import held_out, window_regression
from bilstm_core.datasets import recipe
from bilstm_core.datasets.preparing import Prepared
from bilstm_core.evaluation import evaluate
from bilstm_core.problems import given
from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.store import Store
from bilstm_core.training import train
from tests.datasets.tables import long_table, ready

TRAINING = TrainingSpec(epochs=8, sequences_per_epoch=30, batch_size=8, fresh_data=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def jobs(folder: Path) -> Iterator[Jobs]:
    service = Jobs(keep=Store(folder).put)
    yield service
    service.close()


@pytest.fixture
def prepared() -> Prepared:
    return ready(long_table(sequences=40))


def until(done: object, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_job_trains_on_them_as_this_process_does(jobs: Jobs, prepared: Prepared, folder: Path) -> None:
    problem = ProblemSpec(name=given.hold(prepared.given), timesteps=5)
    directions = ("forward", "backward", "bidirectional")
    specs = [
        RunSpec(problem=problem, model=ModelSpec(direction=each, units=4), training=TRAINING) for each in directions
    ]
    job = jobs.submit(specs, watcher="me")
    until(lambda: jobs.view(job, "me").over)
    view = jobs.view(job, "me")
    assert view.state == "done", view.message
    here = train(specs[0])
    for name, weights in view.runs[0].weights.items():
        np.testing.assert_allclose(weights, here.weights[name], atol=1e-6)
    assert evaluate(view.runs[0]).n_sequences == 10
    time.sleep(0.5)  # what is kept is kept in a thread of its own
    assert not list(folder.rglob("*.npz"))


def test_a_worker_has_them_however_late_their_labels_are_asked_for(jobs: Jobs, prepared: Prepared) -> None:
    every = recipe.specs_of(prepared.given, units=4, epochs=2, ahead=2)
    specs = [every["forward 2 steps late"][0], every["forward"][0]]
    job = jobs.submit(specs, watcher="me")
    until(lambda: jobs.view(job, "me").over)
    view = jobs.view(job, "me")
    assert view.state == "done", view.message
    assert [recipe.label_of(run.spec) for run in view.runs] == ["forward 2 steps late", "forward"]
    labels = held_out.labels_of(prepared.given)
    for run in view.runs:
        told = held_out.network("one", [run], prepared.given, labels).told
        assert told.shape == (1, *labels.expected.shape)


def test_a_worker_answers_with_a_regression(jobs: Jobs, prepared: Prepared) -> None:
    request = jobs.ask_regression(given.hold(prepared.given), ahead=2, whole=False)
    until(lambda: jobs.answer(request) is not None)
    answer = jobs.answer(request)
    assert isinstance(answer, bytes), answer
    labels = held_out.labels_of(prepared.given)
    expected = window_regression.regression(prepared.given, labels)
    np.testing.assert_array_equal(window_regression.unpacked(answer).told, expected.told)


def test_a_job_for_sequences_that_are_gone_fails_with_a_sentence(jobs: Jobs) -> None:
    gone = "given_1_binary_1_" + "0" * 32
    job = jobs.submit(
        [RunSpec(problem=ProblemSpec(name=gone, timesteps=5), model=ModelSpec(units=4), training=TRAINING)],
        watcher="me",
    )
    until(lambda: jobs.view(job, "me").over)
    assert given.ABSENT.partition(":")[0] in jobs.view(job, "me").message
