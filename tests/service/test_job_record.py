from dataclasses import replace

import numpy as np
import pytest

from bilstm_core.choices import CELLS, DIRECTIONS
from bilstm_core.engine import cost
from bilstm_core.engine.program_keys import programs_of
from bilstm_core.service import job_record
from bilstm_core.service.curve import thin
from bilstm_core.service.job_record import FORESIGHT_S, Job
from bilstm_core.service.job_view import JobState
from bilstm_core.service.parts import Part, parts_of, rounds_of
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.service.test_curve import losses
from tests.test_store import finished


def new_job(*specs: RunSpec) -> Job:
    return Job(id="j", specs=specs, resume=None, parts=parts_of(specs))


def message(steps_done: int, run: int = 0) -> list[dict]:
    points = {"seen": [steps_done], "loss": [0.5], "count": [1], "last": [0.25]}
    return [{"run": run, "steps_done": steps_done, "steps": 250, **points}]


def test_specs_that_differ_only_in_seed_share_a_part() -> None:
    forward, both = ModelSpec(direction="forward"), ModelSpec()
    specs = [RunSpec(model=model, training=TrainingSpec(seed=seed)) for seed in (0, 1) for model in (forward, both)]
    assert [part.places for part in parts_of(specs)] == [(0, 2), (1, 3)]


def comparison(epochs: int, starts: int) -> list[RunSpec]:
    models = [ModelSpec(direction=direction) for direction in DIRECTIONS]
    return [RunSpec(model=m, training=TrainingSpec(epochs=epochs, seed=s)) for m in models for s in range(starts)]


def test_what_is_watched_is_trained_in_rounds_of_every_model() -> None:
    specs = comparison(4_000, 10)
    (whole,) = rounds_of(specs)
    assert whole.places == tuple(range(30))
    assert whole.models == tuple(part.places for part in parts_of(specs))
    assert whole.seconds == pytest.approx(cost.seconds(specs))
    assert whole.programs == frozenset(programs_of(specs))
    longer = [replace(spec, model=replace(spec.model, units=150)) for spec in specs]
    assert len(parts_of(longer)) > 6
    assert len(rounds_of(longer)) > 1
    for part in rounds_of(longer):
        assert [len({specs[place].model for place in own}) for own in part.models] == [1, 1, 1]
    assert sorted(place for part in rounds_of(longer) for place in part.places) == list(range(30))


def test_what_is_over_in_a_moment_or_would_hand_over_very_much_is_trained_model_by_model() -> None:
    large = [
        replace(spec, model=replace(spec.model, units=256, layers=3, cell=cell))
        for spec in comparison(250, 1)
        for cell in CELLS
    ]
    assert sum(cost.stack_memory(spec, 1) for spec in large) > 0.4e9
    uneven = [*comparison(250, 1), *comparison(20_000, 1)]
    one = [RunSpec(training=TrainingSpec(epochs=20_000))]
    long = [
        replace(spec, problem=ProblemSpec(timesteps=50), model=replace(spec.model, units=150))
        for spec in comparison(20_000, 3)
    ]
    for specs in (comparison(100, 10), comparison(4_000, 50), uneven, one, large, long):
        assert [part.places for part in rounds_of(specs)] == [part.places for part in parts_of(specs)]


def test_a_round_compiles_until_each_of_its_models_has_made_a_weight_update() -> None:
    specs = comparison(4_000, 2)
    job = Job(id="j", specs=tuple(specs), resume=None, parts=rounds_of(specs))
    job.start(0)
    job.report(0, message(25, run=0) + message(25, run=3))
    assert job.view().compiling
    job.report(0, message(25, run=5))
    assert not job.view().compiling


def test_a_part_knows_how_long_its_own_training_takes() -> None:
    specs = [RunSpec(model=ModelSpec(units=units)) for units in (1, 200)]
    assert [part.seconds for part in parts_of(specs)] == [cost.seconds([spec]) for spec in specs]


def test_a_part_learns_since_the_first_report_of_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(job_record.time, "monotonic", lambda: now)
    job = new_job(RunSpec())
    job.start(0)
    assert job.parts[0].learning_since is None
    job.report(0, message(1))
    now = 107.0
    job.report(0, message(2))
    assert job.parts[0].learning_since == 100.0


def test_a_started_job_compiles_until_its_first_weight_update() -> None:
    job = new_job(RunSpec())
    assert not job.view().compiling
    job.start(0)
    assert job.view().state == "running"
    assert job.view().compiling
    job.report(0, message(25))
    assert not job.view().compiling
    assert job.view().steps_done == 25
    assert job.view().steps == 250


def test_a_second_part_of_the_same_network_does_not_compile_again_unless_its_worker_died() -> None:
    large = RunSpec(problem=ProblemSpec(timesteps=200), model=ModelSpec(units=256))
    job = new_job(large, replace(large, training=replace(large.training, seed=1)))
    assert len(job.parts) == 2
    job.start(0)
    assert job.view().compiling
    job.report(0, message(9))
    job.parts[0].over = True
    job.start(1)
    assert not job.view().compiling
    job.start(1)
    assert job.view().compiling


def test_a_part_whose_programs_the_worker_has_does_not_compile() -> None:
    job = new_job(RunSpec())
    job.start(0, compiled=True)
    assert not job.view().compiling


def test_a_part_names_the_programs_that_train_it() -> None:
    model, longer = RunSpec(), RunSpec(problem=ProblemSpec(timesteps=12))
    job = new_job(model, longer)
    assert job.parts[0].programs == set(programs_of([model])) != job.parts[1].programs


def test_a_part_that_starts_again_starts_its_curves_again() -> None:
    job = new_job(RunSpec())
    job.start(0)
    job.report(0, message(200))
    job.start(0)
    assert job.view().curves == {}
    assert job.view().steps_done == 0
    assert job.view().restarts == 1
    assert job.view().restarted


def test_what_was_lost_with_its_worker_is_not_at_work_until_it_is_begun_again() -> None:
    job = new_job(RunSpec())
    job.start(0)
    job.report(0, message(200))
    job.lose(0)
    view = job.view()
    assert (view.at_work, view.steps_done, view.curves, view.restarted) == (False, 0, {}, True)
    job.start(0)
    assert (job.view().at_work, job.view().restarts) == (True, 1)
    job.report(0, message(10))
    assert not job.view().restarted


def test_a_worker_has_a_job_from_when_a_part_is_sent_until_that_is_over() -> None:
    job = new_job(RunSpec())
    assert not job.given
    job.parts[0].sent = True
    assert job.given
    job.end("stopped")
    assert not job.given


def test_a_job_is_at_work_while_a_part_is() -> None:
    job = new_job(RunSpec(), RunSpec(model=ModelSpec(direction="forward")))
    assert not job.view().at_work
    job.start(0)
    assert job.view().at_work
    job.finish_part(0, [])
    between = job.view()
    assert (between.state, between.at_work, between.compiling) == ("running", False, False)


def test_a_part_that_gives_way_waits_with_what_it_has_learnt_and_loses_no_more_than_its_next_turn() -> None:
    job = new_job(RunSpec(training=TrainingSpec(epochs=1_000)))
    job.start(0)
    job.report(0, message(200))
    assert job.share_left(job.parts[0]) == 0.8
    half = finished(job.specs[0])
    job.give_way(0, [half])
    view = job.view()
    assert (view.state, view.at_work, view.steps_done, job.given) == ("running", False, 200, False)
    assert (job.parts[0].sent, job.parts[0].started) == (False, False)
    job.parts[0].sent = True
    job.start(0)
    assert not job.view().compiling
    job.report(0, message(100))
    job.lose(0)
    assert job.view().steps_done == 200
    assert len(job.view().curves[0][0]) == len(view.curves[0][0])


def test_what_gave_way_and_is_stopped_hands_over_what_it_had_learnt() -> None:
    job = new_job(RunSpec(training=TrainingSpec(epochs=1_000)))
    job.start(0)
    job.report(0, message(200))
    half = finished(job.specs[0])
    job.give_way(0, [half])
    job.stop()
    assert (job.state, job.runs, job.parts[0].nbytes) == ("stopped", [half], 0)


def test_what_gave_way_and_is_stopped_before_all_of_it_is_compiled_hands_over_what_it_had_learnt_too() -> None:
    specs = comparison(20_000, 1)
    job = Job(id="j", specs=tuple(specs), resume=None, parts=rounds_of(specs))
    job.start(0)
    job.report(0, message(25))
    learnt = [finished(spec) for spec in specs]
    job.give_way(0, learnt)
    job.parts[0].sent = True
    job.start(0)
    job.stop()
    assert (job.state, job.runs) == ("stopped", learnt)


def test_stop_ends_at_once_what_waits_or_compiles_and_leaves_what_has_learnt_to_hand_that_over() -> None:
    waiting = new_job(RunSpec())
    waiting.stop()
    assert waiting.view().state == "stopped"
    compiling = new_job(RunSpec())
    compiling.start(0)
    compiling.stop()
    assert compiling.view().state == "stopped"
    learning = new_job(RunSpec(), RunSpec(model=ModelSpec(direction="forward")))
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
    job = new_job(RunSpec())
    job.start(0)
    job.report(0, message(50))
    now = 160.0
    assert job.view().silent_s == 60.0
    job.start(0)
    assert job.view().silent_s == 0.0
    job.report(0, message(50))
    now = 161.0
    job.report(0, message(150))
    assert job.view().remaining_s == pytest.approx(1.0)


def test_what_remains_is_unknown_at_first_and_then_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    job = new_job(RunSpec())
    job.start(0)
    job.report(0, message(50))
    assert job.view().remaining_s is None
    now = 110.0
    job.report(0, message(150))
    assert job.view().remaining_s == pytest.approx(10.0)
    assert job.view().elapsed_s == pytest.approx(10.0)


def test_what_remains_goes_by_the_pace_of_late_and_not_by_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks are short at first; and a program that was compiled says nothing of how long the others take."""
    now = 0.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    job = new_job(RunSpec(training=TrainingSpec(epochs=1_000)))
    job.start(0)
    for at, steps_done in ((0.0, 10), (10.0, 20), (20.0, 120), (30.0, 320)):
        now = at
        job.report(0, message(steps_done))
    assert job.view().remaining_s == pytest.approx((1_000 - 320) / (200 / 10))
    pair = new_job(RunSpec(model=ModelSpec(direction="forward")), RunSpec(model=ModelSpec(direction="backward")))
    pair.start(0)
    pair.report(0, message(250))
    pair.start(1)
    now = 9.0
    pair.report(1, message(1))  # the second program took 9 s to compile
    now = 9.5
    assert pair.view().remaining_s is None
    now = 11.0
    pair.report(1, message(26))
    assert pair.view().remaining_s == pytest.approx(2.0 * (500 - 276) / 25)


def test_messages_name_runs_by_their_place_in_the_part() -> None:
    specs = [
        RunSpec(model=ModelSpec(direction="forward")),
        RunSpec(),
        RunSpec(training=TrainingSpec(seed=1)),
    ]
    job = new_job(*specs)
    job.start(1)
    job.report(1, message(10, run=1))
    assert list(job.view().curves) == [2]


PAIR = (RunSpec(), RunSpec(model=ModelSpec(direction="forward")))


@pytest.mark.parametrize(
    ("state", "over"), [("queued", False), ("running", False), ("done", True), ("stopped", True), ("failed", True)]
)
def test_a_job_is_over_once_it_is_done_or_stopped_or_failed(state: JobState, over: bool) -> None:
    job = new_job(RunSpec())
    job.start(0)
    job.state = state
    view = job.view()
    assert (job.over, view.over) == (over, over)
    assert (view.at_work, view.compiling) == (not over, not over)
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
    job = Job(id="j", specs=PAIR, resume=resumed, parts=parts_of(PAIR), about={"page": "Train"})
    job.watchers = {"me": 0.0, "you": 0.0}
    view = job.view()
    assert (view.id, view.state, view.message, view.specs, view.runs) == ("j", "queued", "", PAIR, [None, None])
    assert (view.steps_done, view.steps, view.elapsed_s, view.remaining_s) == (0, 500, 0.0, None)
    assert (view.curves, view.at_work, view.restarted, view.restarts) == ({}, False, False, 0)
    assert (view.watchers, view.about) == (2, {"page": "Train"})
    assert job.nbytes == 0


def test_a_job_that_is_done_counts_the_bytes_of_its_runs_and_curves_and_lets_go_of_what_it_went_on_from() -> None:
    job = Job(id="j", specs=PAIR, resume=finished(), parts=parts_of(PAIR))
    for number, spec in enumerate(PAIR):
        job.start(number)
        job.report(number, message(10))
        assert (job.view().state, job.nbytes) == ("running", 0)
        job.parts[number].nbytes = 8
        job.finish_part(number, [finished(spec)])
        assert job.parts[number].nbytes == 0
    view = job.view()
    assert (view.state, view.steps_done) == ("done", 500)
    assert [run is not None and run.spec for run in view.runs] == [spec.canonical() for spec in PAIR]
    assert job.resume is None
    assert job.nbytes == sum(finished(spec).nbytes for spec in PAIR) + 2 * (8 + 8 + 8 + 8)


def test_what_was_to_stop_and_is_lost_is_not_begun_again() -> None:
    job = new_job(*PAIR)
    job.start(0)
    job.report(0, message(10))
    job.stop()
    job.lose(0)
    assert (job.state, [part.over for part in job.parts]) == ("stopped", [True, True])
    assert (job.view().restarts, job.view().steps_done) == (1, 0)


def test_a_report_of_a_worker_that_is_lost_comes_too_late() -> None:
    job = new_job(RunSpec())
    job.report(0, message(10))
    assert job.view().curves == {}
    job.start(0)
    job.lose(0)
    job.report(0, message(10))
    assert (job.view().curves, job.view().steps_done, list(job.marks)) == ({}, 0, [])


def test_a_job_with_a_run_that_is_missing_or_unfinished_was_stopped() -> None:
    seeds = tuple(RunSpec(training=TrainingSpec(seed=seed)) for seed in (0, 1))
    job = new_job(*seeds)
    job.start(0)
    job.finish_part(0, [finished(seeds[0])])
    assert (job.view().state, job.view().runs[1], job.view().steps_done) == ("stopped", None, 250)
    short = new_job(RunSpec())
    short.start(0)
    short.finish_part(0, [replace(finished(), steps_done=100)])
    assert (short.view().state, short.view().steps_done) == ("stopped", 100)


def test_what_failed_says_why_and_its_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    job = new_job(RunSpec())
    job.heard = 90.0
    job.start(0)
    now = 130.0
    assert (job.view().elapsed_s, job.view().silent_s) == (30.0, 30.0)
    job.start(0)
    now = 140.0
    assert (job.view().elapsed_s, job.view().silent_s) == (40.0, 10.0)
    job.end("failed", "No memory.")
    now = 200.0
    view = job.view()
    assert (view.state, view.message, view.elapsed_s, view.restarted) == ("failed", "No memory.", 40.0, False)


def test_stopping_is_noted_and_ends_what_has_no_more_to_give() -> None:
    job = new_job(*PAIR)
    assert not job.stopping
    job.start(0)
    job.report(0, message(10))
    job.start(1)
    job.report(1, message(10))
    job.parts[0].over = True
    job.stop()
    assert job.stopping is True
    assert [part.over for part in job.parts] == [True, False]
    assert not job.over
    job.end("stopped")
    assert job.message == ""


def test_what_a_lost_part_had_is_gone_and_what_another_has_stays() -> None:
    job = new_job(*PAIR)
    for number in (0, 1):
        job.start(number)
        job.report(number, message(10))
    job.lose(1)
    job.lose(1)
    view = job.view()
    assert (job.steps_done, list(view.curves), view.restarts) == ([10, 0], [0], 2)
    assert (view.at_work, view.restarted, view.compiling) == (True, True, False)
    assert job.parts[1].started is False
    assert not job.marks


def test_reports_are_put_together_in_the_curves_own_types() -> None:
    job = new_job(RunSpec())
    job.start(0)
    job.report(
        0, [{"run": 0, "steps_done": 2, "seen": [1, 2], "loss": [0.5, 0.25], "count": [1, 1], "last": [0.5, 0.25]}]
    )
    job.report(0, [{"run": 0, "steps_done": 3, "seen": [3], "loss": [0.125], "count": [1], "last": [0.125]}])
    seen, loss, count, last = job.view().curves[0]
    assert (seen.tolist(), loss.tolist(), count.tolist()) == ([1, 2, 3], [0.5, 0.25, 0.125], [1, 1, 1])
    assert last.tolist() == loss.tolist()
    assert [part.dtype for part in (seen, loss, count, last)] == [np.int64, np.float64, np.int64, np.float64]


def test_a_curve_that_grows_is_thinned_by_its_own_trainings_length() -> None:
    long = RunSpec(training=TrainingSpec(epochs=5_000))
    job = new_job(long)
    job.start(0)
    for first in range(1, 5_001, 1_000):
        seen = list(range(first, first + 1_000))
        points = {"seen": seen, "loss": [0.5] * 1_000, "count": [1] * 1_000, "last": [0.5] * 1_000}
        job.report(0, [{"run": 0, "steps_done": seen[-1], **points}])
    assert len(job.view().curves[0][0]) == len(thin(*losses(5_000), training=long.training)[0])


def test_what_remains_goes_by_work_and_not_by_weight_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    large = RunSpec(model=ModelSpec(units=200))
    job = new_job(PAIR[1], large)
    small_work, all_work = PAIR[1].work(), PAIR[1].work() + large.work()
    job.start(0)
    job.report(0, message(125))
    assert job._share() == pytest.approx(small_work / 2 / all_work)
    now = 101.0
    job.report(0, message(250))
    assert job.view().remaining_s == pytest.approx(large.work() / (small_work / 2))
    now = 100.0 + FORESIGHT_S + 1e-9
    assert job.view().remaining_s is not None


def test_without_progress_nothing_can_be_said_of_what_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    job = new_job(RunSpec())
    job.start(0)
    job.report(0, message(50))
    now = 110.0
    assert job.view().remaining_s is None
    assert job.view().silent_s == 10.0


def test_what_remains_is_told_from_the_very_moment_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("bilstm_core.service.job_record.time.monotonic", lambda: now)
    job = new_job(RunSpec())
    job.start(0)
    job.report(0, message(50))
    now = FORESIGHT_S
    job.report(0, message(150))
    assert job.view().remaining_s == pytest.approx(FORESIGHT_S)


def test_a_job_that_goes_on_from_a_run_shows_it() -> None:
    run = finished()
    assert Job(id="j", specs=(RunSpec(),), resume=run, parts=parts_of((RunSpec(),))).view().resume is run
