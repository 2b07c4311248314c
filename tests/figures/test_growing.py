"""A curve that grows while its run is trained: at the end it is the finished run's."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis import frames
from bilstm_core.figures.smoothing import smooth_and_band
from bilstm_core.runs import Run
from bilstm_core.service.job_record import Job
from bilstm_core.service.parts import parts_of
from bilstm_core.service.worker import Reporter
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.training import train


def spec(epochs: int) -> RunSpec:
    model = ModelSpec(direction="forward", units=2)
    return RunSpec(problem=ProblemSpec(timesteps=3), model=model, training=TrainingSpec(epochs=epochs)).canonical()


def watched(asked: RunSpec, resume: Run | None = None) -> tuple[pd.DataFrame, Run]:
    """The growing curve at the end of a training, through every message that the page would get, and the run."""
    job = Job(id="j", specs=(asked,), resume=resume, parts=parts_of([asked]))
    job.start(0)

    def send(message: list[dict[str, Any]]) -> None:
        job.report(0, message)

    with Reporter([asked], send) as reporter:
        run = train(asked, resume=resume, on_progress=reporter)
    view = job.view()
    return frames.growing_losses("forward", asked, view.curves[0], view.resume), run


def same(growing: pd.DataFrame, run: Run) -> None:
    finished = frames.losses({"forward": [run]})
    for column in ("sequences_seen", "updates"):
        assert growing[column].tolist() == finished[column].tolist()
    assert np.allclose(growing["mean"], finished["mean"], atol=1e-6)
    lines = [smooth_and_band(frame)["median"] for frame in (growing, finished)]
    assert np.allclose(*lines, atol=1e-6)


@pytest.mark.parametrize("epochs", [250, 2_000, 9_000])
def test_the_growing_curve_ends_as_the_finished_one(epochs: int) -> None:
    same(*watched(spec(epochs)))


@pytest.mark.parametrize(("before", "after"), [(200, 500), (1_500, 6_000), (3_000, 9_000)])
def test_a_training_that_goes_on_keeps_its_earlier_part_in_the_growing_curve(before: int, after: int) -> None:
    earlier = train(spec(before))
    growing, run = watched(spec(after), earlier)
    assert growing["sequences_seen"].min() == 1
    assert run.steps_done == after
    finished = frames.losses({"forward": [run]})
    rows = growing.set_index("sequences_seen")["mean"].reindex(finished["sequences_seen"])
    lines = [smooth_and_band(frame).set_index("sequences_seen")["median"] for frame in (growing, finished)]
    assert rows.notna().all()
    shared = lines[0].reindex(lines[1].index)
    far = np.abs(shared.index.to_numpy() - before) > 50  # where the earlier part ends, one row more divides a window
    assert np.allclose(shared[far], lines[1][far], atol=1e-6)
