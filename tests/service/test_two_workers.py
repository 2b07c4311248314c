"""A cluster as docs/cluster.md has it started, each a process of its own, and what befalls it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bilstm_core.service.jobs import Jobs
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.service.cluster_processes import PRELOAD, Hall
from tests.service.test_jobs import seen, until

ROOT = Path(__file__).parents[2]
PATIENCE_S = 240.0
SWEEP = [
    RunSpec(problem=ProblemSpec(timesteps=timesteps), model=ModelSpec(units=units), training=TrainingSpec(epochs=1_000))
    for timesteps in range(3, 19, 2)
    for units in range(2, 18, 2)
]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    cluster = Hall(tmp_path)
    cluster.start_scheduler()
    yield cluster
    cluster.end()


@pytest.fixture
def jobs(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    hall.start_worker("first", *PRELOAD)
    hall.start_worker("second", *PRELOAD)
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", hall.address)
    service = Jobs()
    until(lambda: service.state == "ready" and service._cluster and service._cluster.slots() == 2, PATIENCE_S)
    yield service
    service.close()


def sweep(jobs: Jobs, seed: int) -> str:
    specs = [replace(spec, training=replace(spec.training, seed=seed)) for spec in SWEEP]
    return jobs.submit(specs, watcher="me", sequences=1_000, mixed=True)


def finished(jobs: Jobs, job: str) -> set[int]:
    return {place for place, run in enumerate(seen(jobs, job).runs) if run is not None}


@pytest.mark.long
def test_a_sweep_goes_on_without_a_killed_worker_and_with_a_new_scheduler_and_nothing_finished_is_lost(
    hall: Hall, jobs: Jobs
) -> None:
    job = sweep(jobs, 1)
    until(lambda: finished(jobs, job), PATIENCE_S)
    before = finished(jobs, job)
    hall.kill("second")
    until(lambda: seen(jobs, job).over, PATIENCE_S)
    assert seen(jobs, job).state == "done"
    assert before <= finished(jobs, job) == set(range(len(SWEEP)))

    job = sweep(jobs, 2)
    until(lambda: finished(jobs, job), PATIENCE_S)
    before = finished(jobs, job)
    hall.kill("scheduler")
    hall.kill("first")
    hall.start_scheduler()
    hall.start_worker("third", *PRELOAD)
    until(lambda: seen(jobs, job).over, PATIENCE_S)
    assert seen(jobs, job).state == "done"
    assert before <= finished(jobs, job) == set(range(len(SWEEP)))


@pytest.mark.long
def test_a_worker_that_does_not_say_what_it_runs_is_left_out_in_a_sentence_and_the_others_train(
    hall: Hall, jobs: Jobs
) -> None:
    hall.start_worker("stranger")
    until(lambda: "has a worker that can't be used" in jobs.notice, PATIENCE_S)
    assert "was not started with --preload bilstm_core.service.worker" in jobs.notice
    job = sweep(jobs, 3)
    until(lambda: seen(jobs, job).over, PATIENCE_S)
    assert seen(jobs, job).state == "done"


@pytest.mark.long
def test_a_command_has_its_runs_from_the_cluster_and_they_are_those_that_it_would_have_trained(
    hall: Hall, tmp_path: Path
) -> None:
    hall.start_worker("first", *PRELOAD)
    words = [
        sys.executable,
        "-m",
        "bilstm_core",
        "run",
        "--epochs",
        "60",
        "--units",
        "3",
        "--format",
        "json",
        "--store",
    ]

    def asked(store: str, **named: str) -> dict[str, Any]:
        answer = subprocess.run(
            [*words, str(tmp_path / store)],
            check=False,
            cwd=ROOT,
            env={**os.environ, **named},
            capture_output=True,
            timeout=PATIENCE_S,
        )
        assert answer.returncode == 0, answer.stderr.decode()
        return dict(json.loads(answer.stdout))

    there = asked("there", DASK_SCHEDULER_ADDRESS=hall.address)
    assert there["curve"] == asked("here")["curve"]
