import hashlib
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bilstm_core import recorded_maps, training
from bilstm_core.choices import DIRECTIONS
from bilstm_core.downsampling import MAX_SNAPSHOTS
from bilstm_core.engine import seats
from bilstm_core.engine.programs import Program, compile_program
from bilstm_core.engine.training_data import TrainingData
from bilstm_core.evaluation import evaluate
from bilstm_core.models import build_model
from bilstm_core.network.inference import probabilities
from bilstm_core.record import recorded_specs, recorded_sweeps
from bilstm_core.runs import ENGINE_VERSION, Progress, Run, Timing, from_parts, probes, to_parts
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.store import RECORDED, read_recorded
from bilstm_core.training import train, train_many
from tests.engine.test_programs import MODELS

PROBLEM = ProblemSpec(timesteps=6)
LEARNERS = [*MODELS, ModelSpec(units=4, second_branch="backward_noise")]  # the same programs as test_programs
SMALL = RunSpec(
    problem=PROBLEM,
    model=ModelSpec(units=4),
    training=TrainingSpec(epochs=800, sequences_per_epoch=8, batch_size=3, learning_rate=1e-2),
)
GOLDEN = {  # by ENGINE_VERSION: losses of SMALL's epochs 1, 2, 3, 10 and 30
    1: [0.7243296, 0.6860227, 0.6861143, 0.5816814, 0.1934457],
    2: [0.7243296, 0.6860227, 0.6861143, 0.5816814, 0.1934457],
    3: [0.7243296, 0.6860227, 0.6861143, 0.5816814, 0.1934457],
}


def with_training(spec: RunSpec, **changes: object) -> RunSpec:
    return replace(spec, training=replace(spec.training, **changes))  # type: ignore[arg-type]


def assert_same(run: Run, other: Run) -> None:
    """Bitwise, timing apart."""
    document, arrays = to_parts(run)
    other_document, other_arrays = to_parts(other)
    assert document | {"timing": None} == other_document | {"timing": None}
    assert list(arrays) == list(other_arrays)
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, other_arrays[name], err_msg=name)
        assert values.dtype == other_arrays[name].dtype


@pytest.fixture(scope="module")
def whole() -> Run:
    return train(SMALL)


def test_numbers_are_those_of_this_engine_version(whole: Run) -> None:
    """If this fails on purpose, raise ENGINE_VERSION and add a row."""
    losses = whole.history["loss"].to_numpy()[[0, 1, 2, 9, 29]]
    np.testing.assert_allclose(losses, GOLDEN[ENGINE_VERSION], atol=1e-5)


def test_a_run_says_what_it_did(whole: Run) -> None:
    assert whole.finished
    assert whole.steps_done == 2_400
    assert list(whole.history) == ["epoch", "sequences_seen", "loss", "accuracy"]
    assert whole.history["epoch"].tolist() == list(range(1, 801))
    assert whole.history["sequences_seen"].iloc[-1] == 6_400
    assert [str(kind) for kind in whole.history.dtypes] == ["int64", "int64", "float64", "float64"]
    assert list(whole.steps) == ["step", "sequences_seen", "loss"]
    assert len(whole.steps) <= 2_000
    assert whole.snapshots.step[[0, -1]].tolist() == [0, 2_400]
    assert len(whole.snapshots.step) <= MAX_SNAPSHOTS
    assert whole.snapshots.probabilities.shape == (len(whole.snapshots.step), 32, 6, 1)
    assert whole.snapshots.probabilities.dtype == np.float16
    assert whole.timing.stacked == 1
    assert set(whole.versions) == {"tensorflow", "keras"}


def test_an_epochs_loss_is_what_keras_reports_for_it() -> None:
    spec = with_training(SMALL, epochs=3)
    network = build_model(PROBLEM, SMALL.model, learning_rate=1e-2)
    batches = TrainingData(PROBLEM, spec.training, noise=False).batches(0, 9)
    expected = []
    for epoch in range(3):
        x, y = (part[3 * epoch : 3 * epoch + 3].reshape(9, 6, 1)[:8] for part in (batches.x, batches.y))
        heard = network.fit(x, y, batch_size=3, shuffle=False, verbose=0).history
        expected.append([heard["loss"][0], heard["accuracy"][0]])
    run = train(spec)
    np.testing.assert_allclose(run.history[["loss", "accuracy"]], np.array(expected), atol=1e-5)


def test_snapshots_are_the_models_answers_on_the_probes(whole: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    final = probabilities(PROBLEM, SMALL.model, whole.weights, probes(PROBLEM).x)
    np.testing.assert_array_equal(whole.snapshots.probabilities[-1], final.astype(np.float16))
    at = int(whole.snapshots.step[20])
    cut_into(monkeypatch, 1)
    part = train(SMALL, should_stop=_stop_when(at))
    assert part.steps_done == at
    np.testing.assert_array_equal(part.snapshots.probabilities[-1], whole.snapshots.probabilities[20])


def _stop_when(steps: int):  # type: ignore[no-untyped-def]
    """A should_stop for chunks of one step: it is asked before the compile, and before each step."""
    asked = iter(range(-1, 10**9))
    return lambda: next(asked) >= steps


def cut_into(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    monkeypatch.setattr(training, "FIRST_CHUNK", steps)
    monkeypatch.setattr(training, "CHUNK_SECONDS", (-1.0, 1e9))


@pytest.mark.parametrize("fresh", [True, False])
def test_train_250_resumed_to_500_equals_train_500(fresh: bool) -> None:
    spec = with_training(SMALL, epochs=500, fresh_data=fresh)
    half = train(with_training(spec, epochs=250))
    assert_same(train(spec, resume=half), train(spec))


def test_a_stopped_run_goes_on_where_it_stood(whole: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for_more = with_training(SMALL, epochs=2_000)
    cut_into(monkeypatch, 1)
    part = train(asked_for_more, should_stop=_stop_when(1_000))
    assert (part.steps_done, part.finished, len(part.history)) == (1_000, False, 333)
    document, arrays = to_parts(part)
    cut_into(monkeypatch, 300)
    assert_same(train(SMALL, resume=from_parts(document, arrays)), whole)


def test_numbers_do_not_depend_on_the_chunks(whole: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_into(monkeypatch, 7)
    assert_same(train(SMALL), whole)


def test_a_run_stopped_at_once_is_untrained_and_can_be_resumed() -> None:
    none = train(with_training(SMALL, epochs=5), should_stop=lambda: True)
    assert (none.steps_done, len(none.history), len(none.steps)) == (0, 0, 0)
    assert none.snapshots.step.tolist() == [0]
    assert_same(train(with_training(SMALL, epochs=5), resume=none), train(with_training(SMALL, epochs=5)))


def test_resume_refuses_what_it_cannot_go_on_from() -> None:
    run = train(with_training(SMALL, epochs=5))
    with pytest.raises(ValueError, match="only the number of epochs may differ"):
        train(with_training(SMALL, epochs=10, seed=1), resume=run)
    with pytest.raises(ValueError, match="has done 15 weight updates already"):
        train(with_training(SMALL, epochs=4), resume=run)
    with pytest.raises(ValueError, match="did not keep its optimizer state"):
        train(with_training(SMALL, epochs=10), resume=replace(run, optimizer_state={}))


def test_epochs_never_change_what_came_before() -> None:
    short, long = train(with_training(SMALL, epochs=20)), train(with_training(SMALL, epochs=40))
    assert short.history.equals(long.history.iloc[:20])


def test_the_same_call_gives_the_same_bits_in_another_process(whole: Run) -> None:
    code = "from tests.test_training import SMALL, digest, train; print(digest(train(SMALL)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(whole)


def digest(run: Run) -> str:
    """Of all arrays of a run."""
    return hashlib.sha256(b"".join(values.tobytes() for values in to_parts(run)[1].values())).hexdigest()


def test_stacked_seeds_equal_single_ones_and_keep_their_order() -> None:
    short = with_training(SMALL, epochs=40)
    specs = [with_training(short, seed=2), replace(short, model=ModelSpec(units=4, direction="forward"))]
    specs += [with_training(short, seed=0), with_training(short, seed=1)]
    heard: list[Progress] = []
    runs = train_many(specs, on_progress=heard.append)
    assert [run.spec for run in runs] == [spec.canonical() for spec in specs]
    assert [run.timing.stacked for run in runs] == [3, 1, 3, 3]
    assert {report.run for report in heard} == {0, 1, 2, 3}
    for run, spec in zip(runs, specs, strict=True):
        alone = train(spec)
        np.testing.assert_allclose(run.history["loss"], alone.history["loss"], atol=1e-6)
        for name, values in run.weights.items():
            np.testing.assert_allclose(values, alone.weights[name], atol=2e-6, err_msg=name)


def test_many_runs_that_are_stopped_again_and_again_equal_those_that_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three seeds in a program of four seats, one finished before the first stop, one that had not begun."""
    short = with_training(SMALL, epochs=40)
    specs = [
        replace(short, model=ModelSpec(units=4, direction="forward")),
        *(with_training(short, seed=i) for i in (2, 0, 1)),
    ]
    specs += [replace(short, model=ModelSpec(units=5, direction="backward"))]
    whole = train_many(specs)
    cut_into(monkeypatch, 7)
    runs: list[Run] | None = None
    stops = 0
    while runs is None or not all(run.finished for run in runs):
        parts = [to_parts(run) for run in runs] if runs else None
        asked = iter(range(-1, 10**9))
        handed = [from_parts(*part) for part in parts] if parts else None
        runs = train_many(specs, resume=handed, should_stop=lambda asked=asked: next(asked) >= 9)
        stops += 1
    assert stops > 4
    for run, expected in zip(runs, whole, strict=True):
        assert_same(run, expected)


def test_models_that_are_trained_abreast_are_about_as_far_at_each_moment_and_end_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = with_training(SMALL, epochs=40)
    models = [ModelSpec(units=4, direction="forward"), ModelSpec(units=4), ModelSpec(units=5, direction="backward")]
    specs = [with_training(replace(short, model=model), seed=seed) for model in models for seed in (0, 1)]
    cut_into(monkeypatch, 20)
    shares = [0.0] * len(specs)
    apart: list[float] = []

    def hear(progress: Progress) -> None:
        shares[progress.run] = progress.steps_done / progress.steps
        apart.append(max(shares) - min(shares))

    whole = train_many(specs, on_progress=hear)
    assert max(apart) == 1
    shares, apart = [0.0] * len(specs), []
    abreast = train_many(specs, on_progress=hear, abreast=True)
    assert max(apart) <= 2 * 20 / specs[0].training.steps
    for run, expected in zip(abreast, whole, strict=True):
        assert_same(run, expected)


def test_models_abreast_that_are_stopped_go_on_to_the_same_numbers() -> None:
    short = with_training(SMALL, epochs=40)
    specs = [replace(short, model=ModelSpec(units=4, direction=way)) for way in ("forward", "bidirectional")]
    asked = iter(range(10**9))
    part = train_many(specs, should_stop=lambda: next(asked) >= 7, abreast=True)
    assert all(0 < run.steps_done < run.spec.training.steps for run in part)
    handed = [from_parts(*to_parts(run)) for run in part]
    for run, expected in zip(train_many(specs, resume=handed, abreast=True), train_many(specs), strict=True):
        assert_same(run, expected)


def test_what_fails_among_models_abreast_leaves_no_thread_of_the_others() -> None:
    short = with_training(SMALL, epochs=40)
    specs = [replace(short, model=ModelSpec(units=4, direction=way)) for way in ("forward", "bidirectional")]

    def fail(progress: Progress) -> None:
        if progress.run == 1:
            raise OSError("nobody hears it")

    with pytest.raises(OSError, match="nobody hears it") as failed:
        train_many(specs, on_progress=fail, abreast=True)
    assert failed.tb is not None, "which holds what was under way"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("snapshots")]


def test_a_model_takes_its_own_time_alone_when_it_is_trained_abreast() -> None:
    specs = [with_training(replace(SMALL, model=ModelSpec(units=4, direction=way)), epochs=40) for way in DIRECTIONS]
    train_many(specs)  # compiled
    began = time.perf_counter()
    runs = train_many(specs, abreast=True)
    assert sum(run.timing.train_s for run in runs) <= time.perf_counter() - began


def mixture(model: ModelSpec, **training: object) -> list[RunSpec]:
    """Networks and sequences of different sizes, which begin and learn differently; none has its program's size."""
    sizes = ((3, 4, 0.3, 1e-2), (8, 9, 0.25, 3e-3), (1, 2, 0.5, 2e-2))
    return [
        with_training(
            RunSpec(
                problem=ProblemSpec(timesteps=timesteps, threshold=threshold),
                model=replace(model, units=units),
                training=TrainingSpec(epochs=30, sequences_per_epoch=5, batch_size=3),
            ),
            learning_rate=rate,
            seed=seed,
            **training,
        )
        for seed, (units, timesteps, threshold, rate) in enumerate(sizes)
    ]


MIXED = [  # one of one layer, and one of several with another cell and merge; the others are `long`
    pytest.param(model, marks=[pytest.mark.long] * (model not in (LEARNERS[0], LEARNERS[6])))
    for model in LEARNERS
    if model.position == "none"
]


@pytest.mark.parametrize("model", MIXED, ids=str)
def test_a_mixed_training_gives_each_what_it_learns_alone(model: ModelSpec) -> None:
    specs = mixture(model)
    runs = train_many(specs, mixed=True)
    assert {run.timing.stacked for run in runs} == {3}, "all in one program"
    for run, spec in zip(runs, specs, strict=True):
        alone = train(spec)
        assert run.finished
        assert run.spec == spec.canonical()
        assert len(run.snapshots.step) == 0
        np.testing.assert_allclose(run.history["loss"], alone.history["loss"], atol=2e-6)
        np.testing.assert_array_equal(run.history["accuracy"], alone.history["accuracy"])
        for name, values in run.weights.items():
            np.testing.assert_allclose(values, alone.weights[name], atol=5e-6, err_msg=name)


def test_a_mixed_training_that_is_stopped_again_and_again_equals_one_that_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    specs = [*mixture(ModelSpec()), *mixture(ModelSpec(direction="forward"))]
    whole = train_many(specs, mixed=True)
    cut_into(monkeypatch, 7)
    runs: list[Run] | None = None
    stops = 0
    while runs is None or not all(run.finished for run in runs):
        handed = [from_parts(*to_parts(run)) for run in runs] if runs else None
        asked = iter(range(-1, 10**9))
        runs = train_many(specs, mixed=True, resume=handed, should_stop=lambda asked=asked: next(asked) >= 4)
        stops += 1
    assert stops > 3
    for run, expected in zip(runs, whole, strict=True):
        assert_same(run, expected)


def test_each_run_is_handed_out_once_nothing_more_is_learnt_there() -> None:
    specs = [*mixture(ModelSpec()), *mixture(ModelSpec(direction="forward"))]
    heard: list[tuple[str, int]] = []
    runs = train_many(
        specs,
        mixed=True,
        on_progress=lambda progress: heard.append(("learns", progress.run)),
        on_run=lambda place, _: heard.append(("ended", place)),
    )
    assert [place for what, place in heard if what == "ended"] == list(range(6))
    assert heard.index(("ended", 2)) < heard.index(("learns", 3)), "before the next stack"
    assert all(run.finished for run in runs)


def test_runs_that_were_not_stopped_together_cannot_go_on_side_by_side() -> None:
    specs = [with_training(SMALL, epochs=10, seed=seed) for seed in (0, 1)]
    apart = [train(specs[0]), train(specs[1], should_stop=lambda: True)]
    with pytest.raises(ValueError, match="stopped together"):
        train_many(specs, resume=apart)


def test_a_run_of_a_stack_that_goes_on_has_taken_its_own_share_of_the_time() -> None:
    first = train(with_training(SMALL, epochs=5))
    first = replace(first, timing=Timing(train_s=4_000.0, compile_s=0.0, stacked=4))
    timing = train(with_training(SMALL, epochs=10), resume=first).timing
    assert timing.stacked == 1
    assert 1_000 < timing.train_s < 2_000


def test_a_stop_during_the_compile_is_heeded_before_the_first_weight_update(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()

    def slow(*shape: Any) -> tuple[Program, float]:
        asked.set()
        return compile_program(*shape)

    monkeypatch.setattr(seats, "compile_program", slow)
    assert train(SMALL, should_stop=asked.is_set).steps_done == 0


def test_a_first_chunk_is_short_however_much_a_weight_update_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two weight updates fit into a tenth of a second here, so progress and Stop come after two."""
    monkeypatch.setattr(seats, "step_seconds", lambda *_: 0.045)
    heard: list[Progress] = []
    train(SMALL, on_progress=heard.append, should_stop=lambda: bool(heard))
    assert heard[0].steps_done == 2


def test_train_many_of_nothing_is_nothing() -> None:
    assert train_many([]) == []


def test_train_many_stopped_returns_every_run() -> None:
    specs = [with_training(SMALL, seed=seed, epochs=10) for seed in (0, 1)]
    runs = train_many(specs, should_stop=lambda: True)
    assert [run.steps_done for run in runs] == [0, 0]


def test_progress_adds_up_to_the_run(whole: Run) -> None:
    heard: list[Progress] = []
    run = train(SMALL, on_progress=heard.append)
    assert_same(run, whole)
    assert [report.steps_done for report in heard] == sorted({report.steps_done for report in heard})
    assert heard[-1].steps_done == heard[-1].steps == 2_400
    assert heard[-1].sequences_seen[-1] == 6_400
    assert all(0 < len(report.loss) == len(report.sequences) == len(report.last) for report in heard)
    assert sum(report.sequences.sum() for report in heard) == 6_400
    assert sum(len(report.loss) - 1 for report in heard) <= 2_000
    assert heard[0].steps_done <= 25


@pytest.mark.parametrize("model", LEARNERS, ids=str)
def test_every_direction_merge_mode_and_cell_trains(model: ModelSpec) -> None:
    run = train(replace(with_training(SMALL, epochs=300), model=model))
    loss = run.history["loss"]
    assert loss[-20:].mean() < 0.7 * loss[:5].mean()


def test_the_books_recipe_reaches_98_percent() -> None:
    book = RunSpec(
        model=ModelSpec(units=50),
        training=TrainingSpec(epochs=1, sequences_per_epoch=50_000, batch_size=10, fresh_data=False),
    )
    run = train(book)
    assert run.history["loss"][0] == pytest.approx(0.0508, abs=0.01)
    assert run.history["accuracy"][0] == pytest.approx(0.9817, abs=0.005)
    assert evaluate(run).accuracy >= 0.98
    network = run.model()
    x = probes(book.problem).x
    np.testing.assert_allclose(network(x), probabilities(book.problem, book.model, run.weights, x), atol=1e-5)


def test_the_recorded_results_are_those_that_the_pages_open_with_and_no_others() -> None:
    specs = recorded_specs()
    assert [spec for spec in specs if read_recorded(spec) is None] == []
    assert len(set(RECORDED.glob("*.npz")) - {recorded_maps.FILE}) == len(specs)
    assert [each.settings for each in recorded_maps.read()] == recorded_sweeps()
