from dataclasses import replace

import numpy as np
import pytest

from bilstm_core.progress import CURVE_POINTS, Job, parts_of, thin
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec


def job(*specs: RunSpec) -> Job:
    return Job(id="j", specs=specs, resume=None, parts=parts_of(specs))


def message(steps_done: int, run: int = 0) -> list[dict]:
    return [{"run": run, "steps_done": steps_done, "steps": 250, "seen": [steps_done], "loss": [0.5]}]


def test_thin_keeps_the_lowest_and_highest_of_each_stretch() -> None:
    seen = np.arange(1, 50_001)
    loss = np.random.default_rng(0).random(50_000).astype(np.float32)
    kept_seen, kept_loss = thin(seen, loss, 50_000)
    assert len(kept_seen) == CURVE_POINTS
    assert np.array_equal(kept_loss.reshape(-1, 2).max(axis=1), loss.reshape(500, 100).max(axis=1))
    assert np.array_equal(kept_loss.reshape(-1, 2).min(axis=1), loss.reshape(500, 100).min(axis=1))
    assert np.array_equal(loss[kept_seen - 1], kept_loss)


def test_thinning_as_points_arrive_equals_thinning_them_all_at_once() -> None:
    seen = np.arange(1, 20_001)
    loss = np.random.default_rng(1).random(20_000).astype(np.float32)
    arriving = thin(seen[:0], loss[:0], 20_000)
    for start in range(0, 20_000, 777):
        part = slice(start, start + 777)
        arriving = thin(np.concatenate([arriving[0], seen[part]]), np.concatenate([arriving[1], loss[part]]), 20_000)
    whole = thin(seen, loss, 20_000)
    assert np.array_equal(arriving[0], whole[0])
    assert np.array_equal(arriving[1], whole[1])


def test_a_short_curve_is_kept_whole() -> None:
    seen, loss = thin(np.arange(1, 251), np.linspace(1, 0, 250, dtype=np.float32), 250)
    assert len(seen) == len(loss) == 250


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
    monkeypatch.setattr("bilstm_core.progress.time.monotonic", lambda: now)
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
    monkeypatch.setattr("bilstm_core.progress.time.monotonic", lambda: now)
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
