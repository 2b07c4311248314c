"""Sequences that somebody brought are a problem like the others, and stay in memory."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from bilstm_core import codec
from bilstm_core.analysis import held_out
from bilstm_core.datasets import recipe
from bilstm_core.datasets.preparing import Prepared
from bilstm_core.engine.training_data import TrainingData
from bilstm_core.evaluation import evaluate, evaluation_sequences
from bilstm_core.files import imported
from bilstm_core.problems import given
from bilstm_core.runs import from_parts, probes, to_parts
from bilstm_core.service.worker import LOADED, train_and_evaluate
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, SettingError, TrainingSpec
from bilstm_core.store import Store
from bilstm_core.training import train, train_many
from tests.datasets.tables import long_table, ready

SEQUENCES = 60
HELD_OUT = 15


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return ready(long_table(sequences=SEQUENCES))


def spec_of(prepared: Prepared, **how: object) -> RunSpec:
    settings = {"epochs": 60, "sequences_per_epoch": SEQUENCES - HELD_OUT, "batch_size": 8, "fresh_data": False}
    return RunSpec(
        problem=ProblemSpec(name=given.hold(prepared.given), timesteps=5),
        model=ModelSpec(direction=how.pop("direction", "forward"), units=8),
        training=TrainingSpec(**{**settings, "learning_rate": 2e-2, **how}),
    )


def test_the_name_says_all_that_a_network_depends_on(prepared: Prepared) -> None:
    spec = spec_of(prepared)
    given.forget(spec.problem.name)
    declared = codec.decode(codec.encode(spec)).problem.problem
    assert (declared.features, declared.head, declared.outputs) == (1, "binary", 1)
    with pytest.raises(given.AbsentError, match="bring the file again"):
        evaluation_sequences(spec.problem, 10)


@pytest.mark.parametrize(
    "name", ["given", "given_1_binary_1_xyz", "given_0_binary_1_" + "0" * 32, "given_1_other_1_" + "0" * 32]
)
def test_another_name_is_no_problem(name: str) -> None:
    with pytest.raises(SettingError, match="must be one of"):
        ProblemSpec(name=name)


def test_training_and_evaluation_share_no_sequence(prepared: Prepared) -> None:
    spec = spec_of(prepared)
    batches = TrainingData(spec.problem, spec.training, noise=False).batches(0, spec.training.steps_per_epoch)
    seen = {
        tuple(row)
        for row, mask in zip(batches.x.reshape(-1, 5), batches.mask.reshape(-1, 5), strict=True)
        if mask.any()
    }
    asked = {tuple(row) for row in evaluation_sequences(spec.problem, 10_000).x.reshape(-1, 5)}
    assert (len(seen), len(asked)) == (SEQUENCES - HELD_OUT, HELD_OUT)
    assert not seen & asked
    assert {tuple(row) for row in probes(spec.problem).x.reshape(-1, 5)} == asked


def test_fresh_data_go_through_the_sequences_again_and_again(prepared: Prepared) -> None:
    spec = spec_of(prepared, fresh_data=True, epochs=3, batch_size=SEQUENCES - HELD_OUT)
    first, second, _ = TrainingData(spec.problem, spec.training, noise=False).batches(0, 3).x
    np.testing.assert_array_equal(first, second)


def test_a_network_learns_what_its_direction_can_tell(prepared: Prepared) -> None:
    forward, backward = (evaluate(train(spec_of(prepared, direction=name))) for name in ("forward", "backward"))
    assert forward.n_sequences == HELD_OUT
    assert forward.accuracy > 0.9
    assert backward.accuracy < 0.85


def test_labels_that_come_late_stand_at_a_later_timestep_and_nothing_else_changes(prepared: Prepared) -> None:
    own = prepared.given
    late = own.delayed(2)
    now, later = own.padded(True, 5), late.padded(True, 7)
    np.testing.assert_array_equal(later.x[:, :5, :1], now.x)
    np.testing.assert_array_equal(later.x[0], np.pad(np.insert(now.x[0], 1, 1, axis=1), ((0, 2), (0, 0))))
    np.testing.assert_array_equal(later.y[:, 2:], now.y)
    np.testing.assert_array_equal(later.weight, np.pad(now.weight, ((0, 0), (2, 0))))
    assert late.x is own.x
    assert (late.timesteps, own.timesteps) == (7, 5)


def test_what_one_visitor_pads_while_another_brings_sequences_stops_neither(prepared: Prepared) -> None:
    own, switched = given.from_parts(given.to_parts(prepared.given)), sys.getswitchinterval()

    def pad() -> None:
        for timesteps in range(5, 200):
            own.padded(False, timesteps)
            own.delayed(timesteps % 7 + 1).padded(False, timesteps + 7)

    given.hold(ready(long_table(seed=1)).given)  # of several the bytes are counted
    thread = threading.Thread(target=pad)
    sys.setswitchinterval(1e-6)
    try:
        thread.start()
        while thread.is_alive():
            given.hold(own)
    finally:
        sys.setswitchinterval(switched)
        thread.join()
    assert given.held(own.name) is own


def test_of_all_look_aheads_that_were_tried_the_last_alone_takes_memory(prepared: Prepared) -> None:
    own = given.from_parts(given.to_parts(prepared.given))
    before = own.nbytes
    own.delayed(9).padded(False, 14)
    once = own.nbytes - before
    for late in range(1, 9):
        own.delayed(late).padded(False, 14)
    assert own.nbytes - before == once > 0
    assert own.delayed(8) is own.delayed(8)


def test_whoever_holds_sequences_has_them_however_late_they_are_asked_for(prepared: Prepared) -> None:
    own = prepared.given
    before = own.nbytes
    name = given.hold(own)
    late = own.delayed(3)
    assert late.name != name
    assert (given.late_of(late.name), given.late_of(name)) == (3, 0)
    assert given.held(late.name) is late
    late.padded(False, 8)
    assert own.nbytes > before, "what is padded counts, too"
    given.forget(late.name)
    with pytest.raises(given.AbsentError):
        given.held(name)
    with given.lent(given.to_parts(late)):
        assert given.held(late.name).name == late.name
        assert given.held(name).name == name


def test_a_forward_network_that_answers_late_tells_what_follows_and_is_asked_about_its_own_timesteps() -> None:
    frame = long_table(sequences=120, timesteps=6)
    following = np.roll(frame["x"].to_numpy().reshape(-1, 6), -1, axis=1)
    following[:, -1] = 0
    prepared = ready(frame.assign(label=(following > 0.5).astype(int).ravel()))
    labels = held_out.labels_of(prepared.given)
    specs = recipe.specs_of(prepared.given, units=8, epochs=60, ahead=1)
    right = {
        label: held_out.by_timestep([held_out.network(label, train_many(own[:1]), prepared.given, labels)], labels)
        for label, own in specs.items()
        if label.startswith("forward")
    }
    assert right["forward"]["score"].mean() < 0.75
    assert right["forward 1 step late"]["score"].min() > 0.85
    assert [recipe.label_of(own[0]) for own in specs.values()] == [*specs]


@pytest.mark.parametrize(
    ("timesteps", "steps", "told"),
    [(5, 5, "is the whole of sequences of at most 5 timesteps"), (199, 3, "together they may have 200")],
)
def test_a_look_ahead_that_sequences_have_no_room_for_is_told(timesteps: int, steps: int, told: str) -> None:
    own = ready(long_table(timesteps=timesteps)).given
    with pytest.raises(SettingError, match=told):
        recipe.specs_of(own, units=2, epochs=1, ahead=steps)
    recipe.check_ahead(own, 1)


def test_a_look_ahead_that_would_take_too_much_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    own = ready(long_table()).given
    recipe.check_ahead(own, 1)
    monkeypatch.setattr(recipe, "MOST_NUMBERS", 70)
    with pytest.raises(SettingError, match="is too much for so many sequences"):
        recipe.check_ahead(own, 1)


def test_class_weights_move_what_is_told() -> None:
    frame = long_table(sequences=SEQUENCES)
    rare = frame.assign(label=np.where(np.random.default_rng(0).random(len(frame)) < 0.15, "rare", "usual"))
    shares = [
        (evaluate(train(spec_of(ready(rare, balanced=balanced), epochs=5))).examples["predicted"] == 0).mean()
        for balanced in (False, True)
    ]
    assert shares[0] < 0.05
    assert shares[1] > 0.2


@pytest.mark.parametrize("kind", ["classes", "numbers", "uneven"])
def test_every_kind_of_label_and_length_is_trained_like_any_problem(kind: str) -> None:
    frame = long_table(sequences=SEQUENCES)
    if kind == "classes":
        frame["label"] = np.floor(frame["x"] * 3).astype(int)
    elif kind == "numbers":
        frame["label"] = frame["x"] * 7 + 0.5
    else:
        frame = frame.drop(index=frame.index[::7])
    prepared = ready(frame)
    spec = spec_of(prepared, epochs=30, direction="bidirectional")
    runs = train_many([spec, RunSpec(problem=spec.problem, model=spec.model, training=TrainingSpec(seed=1))])
    evaluation = evaluate(runs[0])
    assert evaluation.per_timestep["loss"].notna().all()
    rows = prepared.given.padded(True, 5)
    assert len(evaluation.examples) == (rows.weight > 0).sum()
    if kind != "numbers":
        assert evaluation.accuracy > 0.6
    again = from_parts(*to_parts(runs[0]))
    assert again.spec == spec.canonical()


def test_a_run_of_them_is_never_written_to_a_disk(prepared: Prepared, tmp_path: Path) -> None:
    run = train(spec_of(prepared, epochs=1))
    store = Store(tmp_path)
    store.put(run)
    assert not list(tmp_path.rglob("*"))
    assert store.get(run.spec) is None


def test_a_run_of_them_is_in_no_file_and_one_that_says_so_is_refused(prepared: Prepared) -> None:
    run = train(spec_of(prepared, epochs=1))
    with pytest.raises(ValueError, match="trained on sequences that somebody brought, which are in no file"):
        imported.written(run)
    with pytest.raises(ValueError, match=r"cannot be shown: it was trained on sequences that somebody brought"):
        imported.checked(*to_parts(run), run.digest)


def test_a_worker_gets_them_with_its_job_and_lets_go_of_them(prepared: Prepared) -> None:
    spec = spec_of(prepared, epochs=2)
    brought = given.to_parts(prepared.given)
    given.forget(spec.problem.name)
    runs, evaluations = train_and_evaluate(("job", 0, "key"), [codec.encode(spec)], LOADED, brought=brought)
    assert (len(runs), evaluations[0]["n_sequences"]) == (1, HELD_OUT)
    with pytest.raises(given.AbsentError):
        given.held(spec.problem.name)


def test_those_used_longest_ago_are_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [ready(long_table(seed=seed)).given for seed in range(3)]
    monkeypatch.setattr(given, "MOST_BYTES", int(2.5 * every[0].nbytes))
    first, second = given.hold(every[0]), given.hold(every[1])
    given.held(first)
    given.hold(every[2])
    assert given.held(first) is every[0]
    with pytest.raises(given.AbsentError):
        given.held(second)
