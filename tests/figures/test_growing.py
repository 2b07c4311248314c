"""A curve that grows while its run is trained: at each moment it is the finished run's, so far."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis import frames
from bilstm_core.figures.smoothing import smooth_and_band
from bilstm_core.runs import Run
from bilstm_core.service.job_record import Job
from bilstm_core.service.parts import parts_of
from bilstm_core.service.reporter import Reporter
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train

MOMENTS = 5  # of each training that are looked at
TRAININGS = {
    "short": TrainingSpec(epochs=50),
    "an update an epoch": TrainingSpec(epochs=3_000),
    "the book's recipe": TrainingSpec(epochs=1, sequences_per_epoch=25_000, batch_size=10, fresh_data=False),
    "long epochs of fixed data": TrainingSpec(epochs=4, sequences_per_epoch=700, fresh_data=False),
    "short epochs with a last, smaller batch": TrainingSpec(epochs=900, sequences_per_epoch=5, batch_size=2),
}


def asked(training: TrainingSpec, problem: str = "cumulative_sum") -> RunSpec:
    model = ModelSpec(direction="forward", units=2)
    return RunSpec(problem=ProblemSpec(name=problem, timesteps=3), model=model, training=training).canonical()


def watched(spec: RunSpec, resume: Run | None = None) -> tuple[list[pd.DataFrame], Run]:
    """The growing curve after every message that the page would get, and the run."""
    job = Job(id="j", specs=(spec,), resume=resume, parts=parts_of([spec]))
    job.start(0)
    growing = []

    def send(message: list[dict[str, Any]]) -> None:
        job.report(0, message)
        view = job.view()
        growing.append(frames.growing_losses("forward", spec, view.curves[0], view.resume))

    with Reporter([spec], send) as reporter:
        reporter._sent = -np.inf
        run = train(spec, resume=resume, on_progress=reporter)
    return growing, run


def is_the_finished_one_so_far(growing: pd.DataFrame, finished: pd.DataFrame, *, whole: bool) -> None:
    known = len(growing) if whole else len(growing) - 1  # the last stands for what is known beyond
    for column in ("sequences_seen", "updates"):
        assert growing[column][:known].tolist() == finished[column][:known].tolist()
    for column in ("loss", "mean"):
        assert np.allclose(growing[column][:known], finished[column][:known], atol=1e-6)
    lines = [smooth_and_band(frame)["median"][:known] for frame in (growing, finished)]
    assert np.allclose(*lines, atol=1e-6)


@pytest.mark.parametrize("name", TRAININGS)
def test_each_point_shown_while_a_curve_grows_is_a_point_of_the_finished_one(name: str) -> None:
    growing, run = watched(asked(TRAININGS[name]))
    finished = frames.losses({"forward": [run]})
    for moment in growing[:: max(1, len(growing) // MOMENTS)]:
        is_the_finished_one_so_far(moment, finished, whole=False)
    is_the_finished_one_so_far(growing[-1], finished, whole=True)
    assert len(growing[-1]) == len(finished)


def test_sequences_of_different_lengths_count_alike_while_the_curve_grows_and_at_its_end() -> None:
    spec = asked(TrainingSpec(epochs=1_100, sequences_per_epoch=4, batch_size=2), "variable_length")
    growing, run = watched(spec)
    is_the_finished_one_so_far(growing[-1], frames.losses({"forward": [run]}), whole=True)


@pytest.mark.parametrize("training", [TRAININGS["an update an epoch"], TRAININGS["long epochs of fixed data"]])
@pytest.mark.parametrize("share", [0.2, 0.83])
def test_a_training_that_goes_on_keeps_its_earlier_part_in_sight(training: TrainingSpec, share: float) -> None:
    spec = asked(training)
    stop_at = round(share * training.steps)
    counted: list[int] = []
    earlier = train(
        spec,
        on_progress=lambda progress: counted.append(progress.steps_done),
        should_stop=lambda: bool(counted) and counted[-1] >= stop_at,
    )
    assert stop_at <= earlier.steps_done < training.steps
    growing, run = watched(spec, earlier)
    finished = frames.losses({"forward": [run]})
    assert growing[0]["sequences_seen"].min() == finished["sequences_seen"].min()
    for moment in growing[:: max(1, len(growing) // MOMENTS)]:
        is_the_finished_one_so_far(moment, finished, whole=False)
    is_the_finished_one_so_far(growing[-1], finished, whole=True)


@pytest.mark.parametrize(("before", "after"), [(200, 500), (1_500, 2_600), (2_500, 4_500)])
def test_a_training_of_more_epochs_grows_from_the_earlier_one(before: int, after: int) -> None:
    spec = asked(TrainingSpec(epochs=after))
    earlier = train(replace(spec, training=replace(spec.training, epochs=before)))
    growing, run = watched(spec, earlier)
    is_the_finished_one_so_far(growing[-1], frames.losses({"forward": [run]}), whole=True)
