import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bilstm_core import codec
from bilstm_core.downsampling import curve_steps
from bilstm_core.runs import Progress, from_parts
from bilstm_core.service import source, worker
from bilstm_core.service.reporter import Reporter
from bilstm_core.service.worker import (
    LOADED,
    SourceMismatchError,
    prepare_job,
    summary_job,
    train_and_evaluate,
    train_job,
)
from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec

SPEC = RunSpec(training=TrainingSpec(epochs=40))


def test_importing_jobs_and_worker_imports_neither_tensorflow_nor_distributed() -> None:
    code = (
        "import sys, bilstm_core.service.jobs, bilstm_core.service.worker, bilstm_core.store;"
        "print([name for name in ('tensorflow', 'keras', 'distributed', 'dask') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_fingerprint_follows_the_source_and_not_the_place_or_line_endings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Path(source.__file__).parents[1]
    copy = tmp_path / "elsewhere"
    shutil.copytree(here, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(source, "__file__", str(copy / "service" / "source.py"))
    before = source.fingerprint()
    for path in copy.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert source.fingerprint() == before
    (copy / "problems" / "another.py").write_text("x = 1\n")
    assert source.fingerprint() != before


def test_a_job_of_another_source_is_refused() -> None:
    with pytest.raises(SourceMismatchError):
        train_job(("job", 0, "key"), [codec.encode(SPEC)], "0123")
    with pytest.raises(SourceMismatchError):
        summary_job(codec.encode(SPEC), "0123")
    with pytest.raises(SourceMismatchError):
        prepare_job(codec.encode(SPEC), 1, "0123")


def test_a_program_that_was_compiled_ahead_costs_a_training_nothing() -> None:
    spec = RunSpec(model=ModelSpec(units=13), training=TrainingSpec(epochs=3, batch_size=8))
    assert prepare_job(codec.encode(spec), 1, LOADED) > 0
    assert prepare_job(codec.encode(spec), 1, LOADED) == 0
    (parts,) = train_job(("job", 0, "key"), [codec.encode(spec)], LOADED)
    assert from_parts(*parts).timing.compile_s == 0


def test_a_job_gives_what_train_gives() -> None:
    from bilstm_core.training import train

    (parts,) = train_job(("job", 0, "key"), [codec.encode(SPEC)], LOADED)
    run, expected = from_parts(*parts), train(SPEC)
    assert run.finished
    assert run.history.equals(expected.history)
    assert all(np.array_equal(run.weights[name], expected.weights[name]) for name in expected.weights)


def test_what_is_stopped_or_is_to_give_way_is_not_evaluated_so_that_others_need_not_wait() -> None:
    flats = [codec.encode(SPEC)]
    runs, evaluations = train_and_evaluate(("job", 0, "evaluated"), flats, LOADED)
    assert [evaluation["n_sequences"] for evaluation in evaluations] == [10_000]
    unfinished = [({**document, "steps_done": 7}, arrays) for document, arrays in runs]
    worker.request_pause("pressed")
    worker.request_stop("over")
    for trained, task in ((unfinished, ("job", 0, "k")), (runs, ("job", 0, "pressed")), (runs, ("over", 0, "k"))):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(worker, "train_job", lambda *_, trained=trained: trained)
            assert train_and_evaluate(task, flats, LOADED) == (trained, [])


def test_a_job_of_several_seeds_gives_them_in_order() -> None:
    specs = [RunSpec(training=TrainingSpec(epochs=40, seed=seed)) for seed in (3, 1, 2)]
    runs = [
        from_parts(*parts) for parts in train_job(("job", 0, "key"), [codec.encode(spec) for spec in specs], LOADED)
    ]
    assert [run.spec for run in runs] == specs


def test_a_resumed_job_ends_where_the_whole_one_ends() -> None:
    longer = RunSpec(training=TrainingSpec(epochs=80))
    (first,) = train_job(("job", 0, "key"), [codec.encode(SPEC)], LOADED)
    (resumed,) = train_job(("job", 0, "key"), [codec.encode(longer)], LOADED, [first])
    (whole,) = train_job(("job", 0, "key"), [codec.encode(longer)], LOADED)
    assert all(np.array_equal(resumed[1][name], whole[1][name]) for name in whole[1])


def test_a_job_that_was_asked_to_stop_before_it_began_gives_nothing() -> None:
    worker.request_stop("early")
    assert train_job(("early", 0, "key"), [codec.encode(SPEC)], LOADED) == []


def test_a_job_that_is_asked_to_stop_gives_the_run_as_far_as_it_got(monkeypatch: pytest.MonkeyPatch) -> None:
    class StopsAtOnce(Reporter):
        def __call__(self, progress: Progress) -> None:
            worker.request_stop("midway")
            super().__call__(progress)

    monkeypatch.setattr(worker, "Reporter", StopsAtOnce)
    spec = RunSpec(model=ModelSpec(), training=TrainingSpec(epochs=20_000))
    (parts,) = train_job(("midway", 0, "key"), [codec.encode(spec)], LOADED)
    run = from_parts(*parts)
    assert 0 < run.steps_done < 20_000
    assert not run.finished


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_task_that_gives_way_goes_on_to_the_numbers_of_one_that_does_not(
    seeds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = [RunSpec(training=TrainingSpec(epochs=400, seed=seed)) for seed in range(seeds)]
    flats = [codec.encode(spec) for spec in specs]
    whole = train_job(("job", 0, "whole"), flats, LOADED)

    class GivesWay(Reporter):
        def __call__(self, progress: Progress) -> None:
            worker.request_pause(f"first of {seeds}")
            super().__call__(progress)

    monkeypatch.setattr(worker, "Reporter", GivesWay)
    part = train_job(("job", 0, f"first of {seeds}"), flats, LOADED)
    assert 0 < part[0][0]["steps_done"] < 400
    resumed = train_job(("job", 0, "second"), flats, LOADED, part)
    for parts, expected in zip(resumed, whole, strict=True):
        assert all(np.array_equal(parts[1][name], expected[1][name]) for name in expected[1])


def test_a_summary_is_what_keras_prints() -> None:
    text = summary_job(codec.encode(RunSpec()), LOADED)
    assert "Output Shape" in text
    assert "Total params" in text


def test_progress_is_sent_at_once_then_up_to_twenty_times_a_second_and_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 50.0
    monkeypatch.setattr("bilstm_core.service.worker.time.monotonic", lambda: now)
    sent: list[list[dict]] = []
    spec = RunSpec(training=TrainingSpec(epochs=1_000))
    with Reporter([spec], sent.append) as reporter:
        for step in range(1, 101):
            now += 0.01
            reporter(Progress(0, step, 1_000, np.array([step]), np.array([1 / step]), np.array([1]), np.array([0.5])))
    assert 15 <= len(sent) <= 21
    assert sent[0][0]["seen"] == [1]
    assert sent[-1][0]["steps_done"] == 100
    assert [seen for (message,) in sent for seen in message["seen"]] == list(range(1, 101))


def test_a_report_of_many_points_is_thinned_and_plain() -> None:
    sent: list[list[dict]] = []
    spec = RunSpec(training=TrainingSpec(epochs=20_000))
    with Reporter([spec], sent.append) as reporter:
        reporter._sent = float("inf")
        for start in range(0, 20_000, 100):
            seen = np.arange(start + 1, start + 101)
            reporter(Progress(0, start + 100, 20_000, seen, (seen % 7) / 2, np.ones(100, np.int64), (seen % 7) / 2))
    ((message,),) = sent
    assert {len(message[part]) for part in ("seen", "loss", "count", "last")} == {len(curve_steps(20_000))}
    assert {type(value) for value in message["seen"] + message["loss"]} == {int, float}
