from dataclasses import replace

import numpy as np
import pytest

from bilstm_core.downsampling import Curve
from bilstm_core.service.job_record import (
    FORESIGHT_S,
    Job,
    JobState,
    Part,
    failure,
    parts_of,
    thin,
)
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.test_store import finished


def job(*specs: RunSpec) -> Job:
    return Job(id="j", specs=specs, resume=None, parts=parts_of(specs))


def message(steps_done: int, run: int = 0) -> list[dict]:
    return [{"run": run, "steps_done": steps_done, "steps": 250, "seen": [steps_done], "loss": [0.5], "count": [1]}]


def losses(updates: int) -> Curve:
    loss = np.random.default_rng(0).random(updates)
    return np.arange(1, updates + 1), loss, np.ones(updates, np.int64)


def test_a_window_of_a_thinned_curve_has_the_mean_of_all_its_updates() -> None:
    _, loss, _ = whole = losses(20_000)
    seen, means, counts = thin(*whole, training=TrainingSpec(epochs=20_000))
    assert 1_500 < len(seen) <= 2_000
    assert np.array_equal(np.cumsum(counts), seen)
    ends = np.cumsum(np.append(0, loss))[seen]
    assert np.allclose(means, np.diff(ends, prepend=0) / counts, atol=1e-9)


def test_thinning_as_points_arrive_equals_thinning_them_all_at_once() -> None:
    training, whole = TrainingSpec(epochs=20_000), losses(20_000)
    arriving = thin(*(part[:0] for part in whole), training=training)
    for start in range(0, 20_000, 777):
        news = (part[start : start + 777] for part in whole)
        arriving = thin(*(np.concatenate(pair) for pair in zip(arriving, news, strict=True)), training=training)
    for one, other in zip(arriving, thin(*whole, training=training), strict=True):
        assert np.allclose(one, other, atol=1e-12)


def test_a_short_curve_is_kept_whole() -> None:
    whole = losses(250)
    for one, other in zip(thin(*whole, training=TrainingSpec(epochs=250)), whole, strict=True):
        assert np.array_equal(one, other)


def test_specs_that_differ_only_in_seed_share_a_part() -> None:
    forward, both = ModelSpec(direction="forward"), ModelSpec()
    specs = [RunSpec(model=model, training=TrainingSpec(seed=seed)) for seed in (0, 1) for model in (forward, both)]
    assert [part.places for part in parts_of(specs)] == [(0, 2), (1, 3)]


def test_a_started_job_compiles_until_its_first_weight_update() -> None:
    one = job(RunSpec())
    assert not one.view().compiling
    one.start(0)
    assert one.view().state == "running"
    assert one.view().compiling
    one.report(0, message(25))
    assert not one.view().compiling
    assert one.view().steps_done == 25
    assert one.view().steps == 250


def test_a_second_part_of_the_same_network_does_not_compile_again_unless_its_worker_died() -> None:
    large = RunSpec(problem=ProblemSpec(timesteps=200), model=ModelSpec(units=256))
    two = job(large, replace(large, training=replace(large.training, seed=1)))
    assert len(two.parts) == 2
    two.start(0)
    assert two.view().compiling
    two.report(0, message(9))
    two.parts[0].over = True
    two.start(1)
    assert not two.view().compiling
    two.start(1)
    assert two.view().compiling


def test_a_part_that_starts_again_starts_its_curves_again() -> None:
    one = job(RunSpec())
    one.start(0)
    one.report(0, message(200))
    one.start(0)
    assert one.view().curves == {}
    assert one.view().steps_done == 0
    assert one.view().restarts == 1
    assert one.view().restarted


def test_what_was_lost_with_its_worker_is_not_at_work_until_it_is_begun_again() -> None:
    one = job(RunSpec())
    one.start(0)
    one.report(0, message(200))
    one.lose(0)
    view = one.view(ahead=3)
    assert (view.at_work, view.steps_done, view.curves, view.restarted) == (False, 0, {}, True)
    one.start(0)
    assert (one.view().at_work, one.view().restarts) == (True, 1)
    one.report(0, message(10))
    assert not one.view().restarted


def test_a_worker_has_a_job_from_when_a_part_is_sent_until_that_is_over() -> None:
    one = job(RunSpec())
    assert not one.given
    one.parts[0].sent = True
    assert one.given
    one.end("stopped")
    assert not one.given


def test_a_job_is_at_work_while_a_part_is_and_only_then_is_nobody_ahead() -> None:
    one = job(RunSpec(), RunSpec(model=ModelSpec(direction="forward")))
    assert (one.view(ahead=2).at_work, one.view(ahead=2).ahead) == (False, 2)
    one.start(0)
    assert (one.view(ahead=2).at_work, one.view(ahead=2).ahead) == (True, 0)
    one.finish_part(0, [])
    between = one.view(ahead=2)
    assert (between.state, between.at_work, between.compiling, between.ahead) == ("running", False, False, 2)


def test_stop_ends_at_once_what_waits_or_compiles_and_leaves_what_has_learnt_to_hand_that_over() -> None:
    waiting = job(RunSpec())
    waiting.stop()
    assert waiting.view().state == "stopped"
    compiling = job(RunSpec())
    compiling.start(0)
    compiling.stop()
    assert compiling.view().state == "stopped"
    learning = job(RunSpec(), RunSpec(model=ModelSpec(direction="forward")))
    learning.start(0)
    learning.report(0, message(10))
    learning.stop()
    assert learning.view().state == "running"
    assert [part.over for part in learning.parts] == [False, True]
    learning.finish_part(0, [])
    assert learning.view().state == "stopped"


def test_what_remains_is_reckoned_anew_after_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    one = job(RunSpec())
    one.start(0)
    one.report(0, message(50))
    now = 160.0
    assert one.view().silent_s == 60.0
    one.start(0)
    assert one.view().silent_s == 0.0
    one.report(0, message(50))
    now = 161.0
    one.report(0, message(150))
    assert one.view().remaining_s == pytest.approx(1.0)


def test_what_remains_is_unknown_at_first_and_then_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    one = job(RunSpec())
    one.start(0)
    one.report(0, message(50))
    assert one.view().remaining_s is None
    now = 110.0
    one.report(0, message(150))
    assert one.view().remaining_s == pytest.approx(10.0)
    assert one.view().elapsed_s == pytest.approx(10.0)


def test_messages_name_runs_by_their_place_in_the_part() -> None:
    specs = [
        RunSpec(model=ModelSpec(direction="forward")),
        RunSpec(),
        RunSpec(training=TrainingSpec(seed=1)),
    ]
    one = job(*specs)
    one.start(1)
    one.report(1, message(10, run=1))
    assert list(one.view().curves) == [2]


PAIR = (RunSpec(), RunSpec(model=ModelSpec(direction="forward")))


@pytest.mark.parametrize(
    ("state", "over"), [("queued", False), ("running", False), ("done", True), ("stopped", True), ("failed", True)]
)
def test_a_job_is_over_once_it_is_done_or_stopped_or_failed(state: JobState, over: bool) -> None:
    one = job(RunSpec())
    one.start(0)
    one.state = state
    view = one.view(ahead=2)
    assert (one.over, view.over) == (over, over)
    assert (view.at_work, view.compiling, view.ahead) == (not over, not over, 0)
    assert view.remaining_s == (0.0 if over else None)


def test_a_part_waits_until_it_is_sent_and_is_at_work_until_it_is_over() -> None:
    states = [
        ({}, True, False),
        ({"sent": True}, False, False),
        ({"sent": True, "started": True}, False, True),
        ({"sent": True, "started": True, "over": True}, False, False),
        ({"over": True}, False, False),
    ]
    for known, waiting, at_work in states:
        part = Part(places=(0,), **known)
        assert (part.waiting, part.at_work) == (waiting, at_work)


def test_a_new_job_has_a_place_for_each_run_and_has_not_begun() -> None:
    resumed = finished()
    one = Job(id="j", specs=PAIR, resume=resumed, parts=parts_of(PAIR), about={"page": "Train"})
    one.watchers = {"me": 0.0, "you": 0.0}
    view = one.view(ahead=4)
    assert (view.id, view.state, view.message, view.specs, view.runs) == ("j", "queued", "", PAIR, [None, None])
    assert (view.steps_done, view.steps, view.elapsed_s, view.remaining_s) == (0, 500, 0.0, None)
    assert (view.curves, view.at_work, view.restarted, view.restarts) == ({}, False, False, 0)
    assert (view.ahead, view.watchers, view.about) == (4, 2, {"page": "Train"})
    assert one.view().ahead == 0
    assert one.nbytes == 0


def test_a_job_that_is_done_counts_the_bytes_of_its_runs_and_curves_and_lets_go_of_what_it_went_on_from() -> None:
    both = Job(id="j", specs=PAIR, resume=finished(), parts=parts_of(PAIR))
    for number, spec in enumerate(PAIR):
        both.start(number)
        both.report(number, message(10))
        assert (both.view().state, both.nbytes) == ("running", 0)
        both.finish_part(number, [finished(spec)])
    view = both.view()
    assert (view.state, view.steps_done) == ("done", 500)
    assert [run is not None and run.spec for run in view.runs] == [spec.canonical() for spec in PAIR]
    assert both.resume is None
    assert both.nbytes == sum(finished(spec).nbytes for spec in PAIR) + 2 * (8 + 8 + 8)


def test_what_was_to_stop_and_is_lost_is_not_begun_again() -> None:
    one = job(*PAIR)
    one.start(0)
    one.report(0, message(10))
    one.stop()
    one.lose(0)
    assert (one.state, [part.over for part in one.parts]) == ("stopped", [True, True])
    assert (one.view().restarts, one.view().steps_done) == (1, 0)


def test_a_report_of_a_worker_that_is_lost_comes_too_late() -> None:
    one = job(RunSpec())
    one.report(0, message(10))
    assert one.view().curves == {}
    one.start(0)
    one.lose(0)
    one.report(0, message(10))
    assert (one.view().curves, one.view().steps_done, one.first) == ({}, 0, None)


def test_a_job_with_a_run_that_is_missing_or_unfinished_was_stopped() -> None:
    seeds = tuple(RunSpec(training=TrainingSpec(seed=seed)) for seed in (0, 1))
    one = job(*seeds)
    one.start(0)
    one.finish_part(0, [finished(seeds[0])])
    assert (one.view().state, one.view().runs[1], one.view().steps_done) == ("stopped", None, 250)
    short = job(RunSpec())
    short.start(0)
    short.finish_part(0, [replace(finished(), steps_done=100)])
    assert (short.view().state, short.view().steps_done) == ("stopped", 100)


def test_what_failed_says_why_and_its_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    one = job(RunSpec())
    one.heard = 90.0
    one.start(0)
    now = 130.0
    assert (one.view().elapsed_s, one.view().silent_s) == (30.0, 30.0)
    one.start(0)
    now = 140.0
    assert (one.view().elapsed_s, one.view().silent_s) == (40.0, 10.0)
    one.end("failed", "No memory.")
    now = 200.0
    view = one.view()
    assert (view.state, view.message, view.elapsed_s, view.restarted) == ("failed", "No memory.", 40.0, False)


def test_stopping_is_noted_and_ends_what_has_no_more_to_give() -> None:
    one = job(*PAIR)
    assert not one.stopping
    one.start(0)
    one.report(0, message(10))
    one.start(1)
    one.report(1, message(10))
    one.parts[0].over = True
    one.stop()
    assert one.stopping is True
    assert [part.over for part in one.parts] == [True, False]
    assert not one.over
    one.end("stopped")
    assert one.message == ""


def test_what_a_lost_part_had_is_gone_and_what_another_has_stays() -> None:
    one = job(*PAIR)
    for number in (0, 1):
        one.start(number)
        one.report(number, message(10))
    one.lose(1)
    one.lose(1)
    view = one.view()
    assert (one.steps_done, list(view.curves), view.restarts) == ([10, 0], [0], 2)
    assert (view.at_work, view.restarted, view.compiling) == (True, True, False)
    assert one.parts[1].started is False
    assert one.first is None


def test_reports_are_put_together_in_the_curves_own_types() -> None:
    one = job(RunSpec())
    one.start(0)
    one.report(0, [{"run": 0, "steps_done": 2, "seen": [1, 2], "loss": [0.5, 0.25], "count": [1, 1]}])
    one.report(0, [{"run": 0, "steps_done": 3, "seen": [3], "loss": [0.125], "count": [1]}])
    seen, loss, count = one.view().curves[0]
    assert (seen.tolist(), loss.tolist(), count.tolist()) == ([1, 2, 3], [0.5, 0.25, 0.125], [1, 1, 1])
    assert (seen.dtype, loss.dtype, count.dtype) == (np.int64, np.float64, np.int64)


def test_a_curve_that_grows_is_thinned_by_its_own_trainings_length() -> None:
    long = RunSpec(training=TrainingSpec(epochs=5_000))
    one = job(long)
    one.start(0)
    for first in range(1, 5_001, 1_000):
        seen = list(range(first, first + 1_000))
        one.report(0, [{"run": 0, "steps_done": seen[-1], "seen": seen, "loss": [0.5] * 1_000, "count": [1] * 1_000}])
    assert len(one.view().curves[0][0]) == len(thin(*losses(5_000), training=long.training)[0])


def test_what_remains_goes_by_work_and_not_by_weight_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    large = RunSpec(model=ModelSpec(units=200))
    one = job(PAIR[1], large)
    small_work, all_work = PAIR[1].work(), PAIR[1].work() + large.work()
    one.start(0)
    one.report(0, message(125))
    assert one._share() == pytest.approx(small_work / 2 / all_work)
    now = 101.0
    one.report(0, message(250))
    assert one.view().remaining_s == pytest.approx(large.work() / (small_work / 2))
    now = 100.0 + FORESIGHT_S + 1e-9
    assert one.view().remaining_s is not None


def test_without_progress_nothing_can_be_said_of_what_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    one = job(RunSpec())
    one.start(0)
    one.report(0, message(50))
    now = 110.0
    assert one.view().remaining_s is None
    assert one.view().silent_s == 10.0


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            type("KilledWorker", (Exception,), {})("x"),
            "The training worker died or hung again and again during this training, most likely for lack of memory."
            " Press Retry, or ask for fewer units, timesteps or sequences.",
        ),
        (
            type("SourceMismatchError", (Exception,), {})("x"),
            "The program has been updated since this page was opened. Reload the page and press Retry.",
        ),
        (None, "The request was lost on its way to the training worker. Press Retry."),
        (ValueError("It went wrong."), "The training failed: It went wrong. Press Retry, or change a setting."),
        (ValueError("disk full"), "The training failed: disk full. Press Retry, or change a setting."),
        (MemoryError(), "The training failed: MemoryError. Press Retry, or change a setting."),
    ],
)
def test_a_training_that_failed_is_told_of_in_sentences(error: BaseException | None, words: str) -> None:
    assert failure(error) == words


def test_what_remains_is_told_from_the_very_moment_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    one = job(RunSpec())
    one.start(0)
    one.report(0, message(50))
    now = FORESIGHT_S
    one.report(0, message(150))
    assert one.view().remaining_s == pytest.approx(FORESIGHT_S)


def test_a_job_that_goes_on_from_a_run_shows_it() -> None:
    run = finished()
    assert Job(id="j", specs=(RunSpec(),), resume=run, parts=parts_of((RunSpec(),))).view().resume is run
