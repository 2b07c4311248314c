"""One Jobs serves all tests but those of its start and its end: a start costs seconds."""

import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import dask
import numpy as np
import psutil
import pytest

from bilstm_core.engine.program_keys import programs_of
from bilstm_core.evaluation import Evaluation, evaluate, evaluation_size
from bilstm_core.files.model_file import read_model_file
from bilstm_core.runs import Run
from bilstm_core.service import dispatcher, forgetting, heartbeat, recycling, turns, upkeep
from bilstm_core.service.job_view import JobView
from bilstm_core.service.jobs import Jobs
from bilstm_core.service.recycling import PRESSING_BYTES
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.files.samples import untrained

SHORT = RunSpec(model=ModelSpec(direction="forward"), training=TrainingSpec(epochs=60))
LONG = RunSpec(
    problem=ProblemSpec(timesteps=100), model=ModelSpec(direction="forward"), training=TrainingSpec(epochs=20_000)
)

NUMBERS = ("loss", "accuracy", "exact", "exact_count", "exact_interval", "n_sequences")


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < seconds, "waited too long"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def running() -> Iterator[list[Jobs]]:
    """The service that runs, one at most: the tests look for its processes among the children of this one."""
    services: list[Jobs] = []
    yield services
    for service in services:
        service.close()
        service.close()


@pytest.fixture
def starting(running: list[Jobs]) -> Jobs:
    """A service that has just been made; the one before is closed."""
    while running:
        running.pop().close()
    running.append(Jobs())
    return running[0]


@pytest.fixture
def jobs(running: list[Jobs], request: pytest.FixtureRequest) -> Jobs:
    """The tests' service, with its worker ready, or a new one if there is none that works."""
    if not running or running[0].state == "failed":
        request.getfixturevalue("starting")
    until(lambda: running[0].state == "ready")
    return running[0]


def seen(jobs: Jobs, job: str, watcher: str | None = "me") -> JobView:
    view = jobs.view(job, watcher)
    assert view is not None
    return view


def over(jobs: Jobs, job: str, seconds: float = 60.0) -> JobView:
    until(lambda: seen(jobs, job).over, seconds)
    return seen(jobs, job)


def worker_process() -> psutil.Process | None:
    """The process that trains: the nanny's child that is not Python's own; its command line is what it likes to be."""
    nannies = psutil.Process().children()
    alive = [child for nanny in nannies for child in nanny.children() if child.status() != psutil.STATUS_ZOMBIE]
    children = [child for child in alive if "resource_tracker" not in " ".join(child.cmdline())]
    return children[0] if children else None


def kill_worker() -> psutil.Process:
    until(worker_process)
    process = worker_process()
    assert process is not None
    process.kill()
    process.wait(10)
    return process


def hang_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the worker in its tracks, and wait until it is replaced."""
    hung = worker_process()
    assert hung is not None
    hung.suspend()
    with monkeypatch.context() as patch:
        patch.setattr(heartbeat, "HUNG_S", 2.0)
        until(lambda: not hung.is_running())


def seeds(count: int, **training: int) -> list[RunSpec]:
    return [RunSpec(model=SHORT.model, training=TrainingSpec(seed=seed, **training)) for seed in range(count)]


def test_a_mixed_job_hands_out_its_runs_part_by_part_each_with_its_score(jobs: Jobs) -> None:
    """As a sweep asks for them; one after another they would need as many programs as there are models."""
    scored: dict[str, Evaluation] = {}
    kept: list[str] = []
    specs = [
        RunSpec(
            problem=ProblemSpec(timesteps=timesteps),
            model=ModelSpec(units=units),
            training=TrainingSpec(epochs=300, seed=seed),
        )
        for units, timesteps in ((3, 4), (8, 10), (15, 12))
        for seed in range(2)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_evaluated", lambda run, evaluation: scored.update({run.digest: evaluation}))
        patch.setattr(jobs, "_keep", lambda run: kept.append(run.digest))
        job = jobs.submit(specs, watcher="me", sequences=200, mixed=True)
        assert jobs.submit(specs, watcher="me", sequences=200, mixed=True) == job
        early: list[int] = []
        until(lambda: early.append(sum(run is not None for run in seen(jobs, job).runs)) or early[-1])
        assert early[-1] == 4, "the first two cells share a program and a part"
        assert seen(jobs, job).curves == {}
        view = over(jobs, job)
        assert view.state == "done"
        until(lambda: len(kept) == len(specs))
    runs = [run for run in view.runs if run is not None]
    assert [run.spec for run in runs] == [spec.canonical() for spec in specs]
    assert sorted(kept) == sorted(scored) == sorted(run.digest for run in runs)
    for run in runs:
        assert {name: getattr(scored[run.digest], name) for name in NUMBERS} == {
            name: getattr(evaluate(run, 200), name) for name in NUMBERS
        }


def test_a_mixed_job_that_is_stopped_keeps_what_is_finished(jobs: Jobs) -> None:
    specs = [
        RunSpec(
            problem=ProblemSpec(timesteps=timesteps), model=ModelSpec(units=3), training=TrainingSpec(epochs=epochs)
        )
        for timesteps, epochs in ((4, 300), (90, 20_000))
    ]
    job = jobs.submit(specs, watcher="me", sequences=200, mixed=True)
    until(lambda: seen(jobs, job).runs[0] is not None and seen(jobs, job).steps_done > 300)
    jobs.stop(job)
    view = over(jobs, job)
    assert view.state == "stopped"
    first, second = view.runs
    assert first is not None
    assert first.finished
    assert second is not None
    assert 0 < second.steps_done < 20_000


def test_a_mixed_job_goes_on_from_no_run(jobs: Jobs) -> None:
    with pytest.raises(ValueError, match="one only with resume"):
        jobs.submit([SHORT], watcher="me", mixed=True, resume=untrained(SHORT))


def test_no_call_waits_for_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()

    def unreachable(_: object) -> None:
        asked.wait(100)
        raise OSError("nobody there")

    monkeypatch.setattr(dispatcher, "Cluster", unreachable)
    service = Jobs()
    job, request = service.submit([SHORT], watcher="me"), service.ask_summary(SHORT)
    assert service.state == "starting"
    assert seen(service, job).state == "queued"
    assert service.answer(request) is None
    asked.set()
    assert over(service, job).message.endswith("nobody there.")
    service.close()


def test_a_job_is_named_by_what_nobody_can_guess_and_holds_what_its_page_said_about_it() -> None:
    service = Jobs(delay_s=100)
    about = {"page": "Train", "starts": 3}
    job, other = service.submit([SHORT], watcher="me", about=about), service.submit([LONG], watcher="me")
    assert service.submit([SHORT], watcher="you", about={"page": "Merge"}) == job
    assert seen(service, job).about == {"page": "Train", "starts": 3}
    assert seen(service, other).about == {}
    assert uuid.UUID(hex=job).version == uuid.UUID(hex=other).version == 4
    service.close()


def test_workers_of_a_cluster_that_others_run_may_start_and_break_as_often_as_they_like() -> None:
    service, other = Jobs(delay_s=100), SimpleNamespace(remote=True, close=lambda: None, address="tcp://there:1")
    other.workers = other.slots = lambda: 1
    other.left_out = lambda: ""
    service._cluster = other  # type: ignore[assignment]
    for event in ["warming"] * (upkeep.MAX_STARTS + 1) + ["broken"]:
        service._hear((0.0, {"event": event, "message": "no TensorFlow there"}))
    service._sweep(other)  # type: ignore[arg-type]
    assert (service.state, service.problem) == ("ready", "")
    service.close()


@pytest.mark.long
def test_a_worker_killed_while_warming_starts_again_and_the_waiting_job_is_done(starting: Jobs) -> None:
    jobs = starting
    assert jobs.state == "starting"
    job = jobs.submit([SHORT], watcher="me")
    assert seen(jobs, job).state == "queued"
    until(lambda: jobs.state == "warming")
    kill_worker()
    view = over(jobs, job)
    assert view.state == "done"
    assert view.runs[0] is not None
    assert view.runs[0].spec == SHORT
    assert view.steps_done == view.steps == 60
    until(lambda: jobs.state == "ready")
    assert jobs.problem == ""


def test_settings_that_have_stood_for_a_moment_are_trained_without_compiling(jobs: Jobs) -> None:
    spec = RunSpec(model=ModelSpec(units=9), training=TrainingSpec(epochs=50, seed=4))
    jobs.prepare([spec], watcher="me")
    until(lambda: jobs._preparation.has(programs_of([spec])))
    view = over(jobs, jobs.submit([spec], watcher="me"))
    (run,) = view.runs
    assert run is not None
    assert run.timing.compile_s == 0


@pytest.mark.usefixtures("jobs")
def test_every_listening_socket_is_on_the_loopback() -> None:
    own = psutil.Process()
    listening = [
        connection.laddr.ip
        for process in [own, *own.children(recursive=True)]
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 3
    assert set(listening) == {"127.0.0.1"}


def test_a_warm_job_shows_its_progress(jobs: Jobs) -> None:
    begin = time.monotonic()
    job = jobs.submit([SHORT], watcher="me")
    until(lambda: seen(jobs, job).curves)
    print(f"first progress after {time.monotonic() - begin:.3f} s")
    view = over(jobs, job)
    sequences, loss, *_ = view.curves[0]
    assert sequences[-1] == 60
    assert np.isfinite(loss).all()
    assert not view.compiling
    assert view.remaining_s == 0


def test_parts_arrive_one_by_one_and_in_their_places(jobs: Jobs) -> None:
    specs = [LONG, SHORT, *seeds(2, epochs=40)]
    job = jobs.submit([SHORT, *seeds(2, epochs=40), LONG], watcher="me")
    until(lambda: all(seen(jobs, job).runs[:3]))
    assert seen(jobs, job).runs[3] is None
    assert seen(jobs, job).state == "running"
    jobs.stop(job)
    view = over(jobs, job)
    assert view.state == "stopped"
    assert [run.spec for run in view.runs[:3] if run] == [SHORT, *specs[2:]]


def test_runs_come_with_the_evaluations_that_the_app_itself_would_make_to_the_last_bit(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: dict[str, Evaluation] = {}

    def take(run: Run, evaluation: Evaluation) -> None:
        assert not seen(jobs, job).over
        came[run.digest] = evaluation

    monkeypatch.setattr(jobs, "_evaluated", take)
    alone = [RunSpec(model=ModelSpec(units=33, direction="bidirectional"), training=SHORT.training)]
    for specs, sequences in ((alone, 0), (seeds(3, epochs=40), 2_345)):
        job = jobs.submit(specs, watcher="me", sequences=sequences)
        for run in over(jobs, job).runs:
            assert run is not None
            evaluation, expected = came.pop(run.digest), evaluate(run, sequences or evaluation_size(run.spec))
            assert evaluation.per_timestep.equals(expected.per_timestep)
            assert evaluation.confusion.equals(expected.confusion)
            assert evaluation.examples.equals(expected.examples) is (sequences == 0)
            assert [getattr(evaluation, name) for name in NUMBERS] == [getattr(expected, name) for name in NUMBERS]
    assert not came


def test_a_long_training_gives_way_and_ends_as_one_that_did_not(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SHORT_S", 0.2)
    monkeypatch.setattr(turns, "SHORT_TURN_S", 0.0)
    whole = over(jobs, jobs.submit(seeds(2, epochs=5_000), watcher="me")).runs
    long = jobs.submit(seeds(2, epochs=5_000), watcher="me")
    until(lambda: seen(jobs, long).steps_done)
    short = jobs.submit([SHORT], watcher="you")
    until(lambda: seen(jobs, short, "you").over)
    assert not seen(jobs, long).over
    runs = over(jobs, long).runs
    assert jobs._jobs[long].parts[0].turns > 1
    for run, expected in zip(runs, whole, strict=True):
        assert run is not None
        assert expected is not None
        assert run.finished
        assert all(np.array_equal(run.weights[name], expected.weights[name]) for name in expected.weights)
        assert run.history.equals(expected.history)


def test_a_stopped_job_ends_with_what_it_has_learnt_and_can_go_on(jobs: Jobs) -> None:
    job = jobs.submit([LONG], watcher="me")
    until(lambda: (seen(jobs, job).remaining_s or 0) > 0)
    assert 0 < seen(jobs, job).steps_done < 20_000
    begin = time.monotonic()
    assert jobs.stop(job)
    view = over(jobs, job)
    print(f"stopped after {time.monotonic() - begin:.3f} s")
    assert view.state == "stopped"
    (run,) = view.runs
    assert run is not None
    assert 0 < run.steps_done < 20_000, "it did not go on to its end"
    again = jobs.submit([LONG], resume=run, watcher="me")
    until(lambda: seen(jobs, again).steps_done > run.steps_done)
    jobs.leave(again, "me")


@pytest.mark.long
def test_a_comparison_of_the_largest_networks_stops_soon_and_leaves_its_worker_within_the_bound(jobs: Jobs) -> None:
    largest = RunSpec(problem=ProblemSpec(timesteps=200), model=ModelSpec(units=256, direction="forward"))
    specs = [replace(largest, training=replace(largest.training, seed=seed)) for seed in range(50)]
    job = jobs.submit(specs, watcher="me")
    until(lambda: seen(jobs, job).steps_done > 0)
    worker = worker_process()
    assert worker is not None
    held = worker.memory_info().rss
    assert held < PRESSING_BYTES
    begin = time.monotonic()
    jobs.stop(job)
    assert over(jobs, job).state == "stopped"
    took = time.monotonic() - begin
    print(f"stopped after {took:.2f} s, with {held / 1e6:.0f} MB")
    assert took < 5, "2 s on an idle machine; it was 14"


def test_jobs_for_equal_specs_are_joined_until_they_are_over(jobs: Jobs) -> None:
    first = jobs.submit([LONG], watcher="one")
    assert jobs.submit([LONG], watcher="two") == first
    assert seen(jobs, first, None).watchers == 2
    jobs.leave(first, "one")
    until(lambda: seen(jobs, first, "two").steps_done)
    jobs.leave(first, "two")
    assert seen(jobs, first, None).state == "stopped"
    other = jobs.submit([LONG], watcher="one")
    assert other != first
    until(lambda: seen(jobs, other).steps_done)
    assert seen(jobs, first, None).steps_done < 20_000
    jobs.leave(other, "one")
    jobs.leave(other, "me")


def test_stop_by_one_of_two_watchers_lets_the_other_go_on(jobs: Jobs) -> None:
    job = jobs.submit([LONG], watcher="one")
    jobs.watch(job, "two")
    assert not jobs.stop(job, "one")
    assert seen(jobs, job, None).watchers == 1
    assert jobs.stop(job, "two")
    until(lambda: seen(jobs, job, None).state == "stopped")


def test_a_watcher_that_falls_silent_counts_as_gone(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "QUIET_ALONE_S", 0.5)
    monkeypatch.setattr(forgetting, "ALONE_S", 0.5)
    job = jobs.submit([LONG], watcher="closed tab")
    until(lambda: seen(jobs, job, None).state == "stopped")
    assert seen(jobs, job, None).message.startswith("The training was stopped because no page")


def test_short_requests_do_not_queue_behind_a_training(jobs: Jobs) -> None:
    job = jobs.submit([LONG], watcher="me")
    until(lambda: seen(jobs, job).steps_done)
    begin = time.monotonic()
    request = jobs.ask_summary(SHORT)
    assert jobs.ask_summary(RunSpec(model=SHORT.model)) == request
    until(lambda: jobs.answer(request))
    print(f"summary after {time.monotonic() - begin:.3f} s")
    assert "Total params" in str(jobs.answer(request))
    assert seen(jobs, job).state == "running"
    jobs.leave(job, "me")
    assert "Ask again" in str(jobs.answer("unknown"))


def test_a_run_comes_back_as_the_file_that_keras_writes(jobs: Jobs) -> None:
    run = untrained()
    request = jobs.ask_model_file(run)
    until(lambda: jobs.answer(request))
    data = jobs.answer(request)
    assert isinstance(data, bytes)
    assert read_model_file(data).weights.keys() == run.weights.keys()
    assert jobs.ask_model_file(replace(run, optimizer_state={})) == request  # the same network


def test_a_second_app_can_use_the_same_cluster_and_starts_nothing(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one's cluster asks for a certificate; the second has it from Dask's own configuration."""
    until(lambda: jobs.state == "ready")
    assert jobs._cluster is not None
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", jobs._cluster.address)
    assert jobs._cluster.address.startswith("tls://")
    certificate, key = (str(path) for path in jobs._cluster._pair())
    tls = {"ca-file": certificate, "client.cert": certificate, "client.key": key}
    before = len(psutil.Process().children(recursive=True))
    with dask.config.set({f"distributed.comm.tls.{name}": value for name, value in tls.items()}):
        other = Jobs()
        until(lambda: other.state != "starting")
    try:
        job = other.submit([SHORT], watcher="me")
        assert over(other, job).state == "done"
        until(lambda: other.state == "ready")
        assert len(psutil.Process().children(recursive=True)) == before
    finally:
        other.close()
    assert over(jobs, jobs.submit([SHORT], watcher="me")).state == "done"


def test_a_job_that_cannot_be_done_fails_with_a_sentence(jobs: Jobs) -> None:
    run = over(jobs, jobs.submit([SHORT], watcher="me")).runs[0]
    assert run is not None
    job = jobs.submit([RunSpec()], resume=run, watcher="me")
    view = over(jobs, job)
    assert view.state == "failed"
    assert "same experiment" in view.message
    with pytest.raises(ValueError, match="one only with resume"):
        jobs.submit([SHORT, LONG], resume=run, watcher="me")
    with pytest.raises(ValueError, match="one or more"):
        jobs.submit([], watcher="me")


def test_a_worker_of_another_source_is_told_in_a_sentence(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "source", "0123")
    view = over(jobs, jobs.submit([SHORT], watcher="me"))
    assert view.state == "failed"
    assert "Reload the page" in view.message
    request = jobs.ask_summary(LONG)
    until(lambda: jobs.answer(request))
    assert str(jobs.answer(request)).endswith("Ask again.")
    assert jobs.unanswered(request)
    monkeypatch.undo()
    assert jobs.ask_summary(LONG) == request
    until(lambda: "Total params" in str(jobs.answer(request)))
    assert not jobs.unanswered(request)


def test_an_unknown_job_is_nothing(jobs: Jobs) -> None:
    assert jobs.view("unknown", "me") is None
    assert not jobs.stop("unknown")
    jobs.watch("unknown", "me")
    jobs.leave("unknown", "me")


def test_a_worker_killed_in_mid_training_is_replaced_and_the_job_done(jobs: Jobs) -> None:
    spec = RunSpec(model=SHORT.model, training=TrainingSpec(epochs=20_000, seed=5))
    job = jobs.submit([spec], watcher="me")
    until(lambda: seen(jobs, job).steps_done)
    killed = kill_worker()
    begin = time.monotonic()
    until(lambda: seen(jobs, job).steps_done == 0)
    assert seen(jobs, job).curves == {}
    view = over(jobs, job)
    print(f"done {time.monotonic() - begin:.1f} s after the worker was killed")
    assert view.state == "done"
    assert worker_process() != killed


@pytest.mark.long
def test_a_worker_that_says_nothing_any_more_is_replaced_and_the_job_done(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = RunSpec(model=SHORT.model, training=TrainingSpec(epochs=20_000, seed=6))
    job = jobs.submit([spec], watcher="me")
    until(lambda: seen(jobs, job).steps_done)
    hang_worker(monkeypatch)
    view = over(jobs, job)
    assert view.state == "done"
    assert view.restarts == 1


@pytest.mark.long
def test_an_idle_worker_that_hangs_is_replaced_before_anybody_asks_for_anything(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(lambda: jobs.state == "ready")
    hang_worker(monkeypatch)
    assert over(jobs, jobs.submit([SHORT], watcher="me")).state == "done"


@pytest.mark.long
def test_a_worker_that_dies_again_and_again_fails_the_job_and_the_next_one_works(jobs: Jobs) -> None:
    job = jobs.submit([LONG], watcher="me")
    deaths = 0
    while not seen(jobs, job).over:
        process = worker_process()
        if process is not None and holds_task(jobs, process):
            process.kill()
            process.wait(10)
            deaths += 1
        time.sleep(0.02)
    view = seen(jobs, job)
    assert deaths == 3
    assert view.state == "failed"
    assert "Press Retry" in view.message
    assert over(jobs, jobs.submit([SHORT], watcher="me")).state == "done"


def holds_task(jobs: Jobs, process: psutil.Process) -> bool:
    """Whether the scheduler has given this worker process something to do."""
    assert jobs._cluster is not None
    workers = list(jobs._cluster._local.scheduler.workers.values())
    ports = {connection.laddr.port for connection in process.net_connections(kind="tcp")}
    return any(worker.processing and int(worker.address.rsplit(":", 1)[1]) in ports for worker in workers)


@pytest.mark.long
def test_the_looked_after_worker_is_started_again_when_its_keeper_dies(jobs: Jobs) -> None:
    (keeper,) = psutil.Process().children()
    family = keeper.children(recursive=True)
    os.kill(keeper.pid, 9)
    psutil.wait_procs(family, timeout=10)
    assert not any(process.is_running() for process in family)
    assert over(jobs, jobs.submit([SHORT], watcher="me")).state == "done"


def test_a_worker_that_never_gets_ready_is_given_up(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "MAX_STARTS", 1)
    until(lambda: jobs.state == "ready")
    kill_worker()
    until(lambda: jobs.state == "warming")
    kill_worker()
    until(lambda: jobs.state == "failed")
    assert jobs.problem.startswith("The training process stopped again and again before it was ready")
    until(lambda: psutil.Process().children() == [])
    view = over(jobs, jobs.submit([SHORT], watcher="me"))
    assert (view.state, view.message) == ("failed", jobs.problem)
    assert jobs.answer(jobs.ask_summary(RunSpec(model=ModelSpec(units=3)))) == jobs.problem


def test_closing_ends_every_process(starting: Jobs, running: list[Jobs]) -> None:
    service = running.pop()
    assert service is starting
    until(lambda: service.state == "warming")
    begin = time.monotonic()
    service.close()
    print(f"closed in {time.monotonic() - begin:.1f} s")
    assert psutil.Process().children(recursive=True) == []
    view = over(service, service.submit([SHORT], watcher="me"))
    assert view.state == "failed"
    assert "Reload the page" in view.message


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc alone gives memory back in pieces")
def test_the_app_gives_back_memory_that_it_has_freed_in_pieces(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recycling, "TRIM_S", 1e9)
    pieces = [bytearray(20_000) for _ in range(10_000)]
    held = psutil.Process().memory_info().rss
    pieces = pieces[::100]  # what is kept stands between what is freed
    assert jobs.state == "ready"
    time.sleep(2 * dispatcher.SWEEP_S)
    assert psutil.Process().memory_info().rss > held - 50_000_000, "nothing is given back by itself"
    monkeypatch.setattr(recycling, "TRIM_S", 0.0)
    until(lambda: psutil.Process().memory_info().rss < held - 100_000_000)
    assert pieces
