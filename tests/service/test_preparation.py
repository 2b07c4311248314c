"""When the worker compiles a program before a training needs it, with a cluster that does what the test says."""

from dataclasses import replace

import pytest

from bilstm_core import codec
from bilstm_core.engine.program_keys import programs_of
from bilstm_core.service.preparation import FORGOTTEN_S, STOOD_S, UNUSED, UNUSED_S
from bilstm_core.service.recycling import IDLE_S, LIMIT_BYTES, PRESSING_BYTES, SPARE_BYTES
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.service.test_queue import ONE, THREE, TWO, House, house

__all__ = ["house"]  # a fixture


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    return clock


def network(units: int) -> RunSpec:
    return RunSpec(model=ModelSpec(units=units))


def of_length(timesteps: int) -> RunSpec:
    """A spec with a program of its own for each length; numbers of units share them."""
    return RunSpec(problem=ProblemSpec(timesteps=timesteps))


def compiling(house: House) -> list[RunSpec]:
    """What the worker is asked to compile ahead now, as a spec that uses it."""
    tasks = [house.cluster.futures[key] for key in house.turn() if key.startswith("prepare-")]
    return [codec.decode(task.arguments[0]) for task in tasks]


def compiled(house: House, seconds: float = 1.0) -> None:
    """The worker has compiled what it was asked to."""
    for key, task in house.cluster.futures.items():
        if key.startswith("prepare-") and task.status == "pending":
            task.end("finished", seconds)
    house.jobs._commands.get()(house.cluster)  # type: ignore[arg-type]


def compile_ahead(house: House, clock: Clock, specs: list[RunSpec], watcher: str = "me") -> list[RunSpec]:
    """All that is compiled ahead for a wish, one after the other."""
    house.jobs.prepare(specs, watcher=watcher)
    clock.passes(STOOD_S)
    every = []
    while now := compiling(house):
        every += now
        compiled(house)
    return every


def test_a_program_is_compiled_ahead_once_its_settings_have_stood_for_half_a_second(house: House, clock: Clock) -> None:
    house.jobs.prepare([ONE], watcher="me")
    clock.passes(0.49)
    assert compiling(house) == []
    clock.passes(0.01)
    assert compiling(house) == [ONE]
    assert STOOD_S == 0.5


def test_settings_that_change_stand_anew_and_those_told_again_do_not(house: House, clock: Clock) -> None:
    house.jobs.prepare([ONE], watcher="me")
    clock.passes(0.4)
    house.jobs.prepare([TWO], watcher="me")
    clock.passes(0.4)
    house.jobs.prepare([TWO], watcher="me")
    assert compiling(house) == []
    clock.passes(0.2)
    assert compiling(house) == [TWO]


def test_the_service_looks_again_when_a_wish_has_stood_and_not_half_a_second_later(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bilstm_core.service.dispatcher.SWEEP_S", 0.5)
    assert house.jobs._patience() == 0.5
    house.jobs.prepare([ONE], watcher="me")
    clock.passes(0.4)
    assert house.jobs._patience() == pytest.approx(0.1)
    clock.passes(0.4)
    assert house.jobs._patience() == 0.5


@pytest.mark.parametrize("how", ["nothing to train", "a job", "a job left"])
def test_a_wish_is_withdrawn_by_nothing_to_train_by_a_job_and_by_leaving_one(
    house: House, clock: Clock, how: str
) -> None:
    job = house.begin([THREE])
    house.jobs.prepare([ONE], watcher="me")
    if how == "nothing to train":
        house.jobs.prepare([], watcher="me")
    elif how == "a job":
        house.jobs.stop(house.jobs.submit([TWO], watcher="me"))
    else:
        house.jobs.watch(job, "you")
        house.jobs.leave(job, "me")
    clock.passes(1)
    house.finish(f"{job}-0", THREE)
    assert compiling(house) == []


def test_nothing_is_compiled_ahead_while_anything_is_trained_or_waits(house: House, clock: Clock) -> None:
    first, second = house.jobs.submit([ONE], watcher="you"), house.jobs.submit([TWO], watcher="you")
    house.jobs.prepare([THREE], watcher="me")
    clock.passes(1)
    assert house.turn() == [f"{first}-0"]
    house.finish(f"{first}-0", ONE)
    assert house.turn() == [f"{second}-0"]
    house.finish(f"{second}-0", TWO)
    assert compiling(house) == [THREE]


def test_nothing_is_compiled_ahead_before_the_worker_is_ready_nor_on_others_workers(house: House, clock: Clock) -> None:
    house.hear("warming")
    house.jobs.prepare([ONE], watcher="me")
    clock.passes(1)
    assert compiling(house) == []
    house.hear("ready")
    house.cluster.remote = True
    assert compiling(house) == []
    house.cluster.remote = False
    assert compiling(house) == [ONE]


def test_a_training_asked_for_while_a_program_compiles_is_next_and_waits_for_no_other(
    house: House, clock: Clock
) -> None:
    house.jobs.prepare([TWO, THREE], watcher="you")
    clock.passes(1)
    assert compiling(house) == [TWO]
    job = house.jobs.submit([ONE], watcher="me")
    assert house.turn()[1:] == [f"{job}-0"]
    assert (house.view(job).ahead, house.view(job).state) == (0, "queued")
    compiled(house)
    assert house.turn() == [f"{job}-0"]
    house.finish(f"{job}-0", ONE)
    assert compiling(house) == [THREE]


def test_a_shape_is_compiled_ahead_once_whoever_wishes_for_it(house: House, clock: Clock) -> None:
    longer = replace(ONE, training=TrainingSpec(epochs=7, seed=3, learning_rate=0.5))
    assert compile_ahead(house, clock, [ONE]) == [ONE]
    assert compile_ahead(house, clock, [longer]) == []
    assert compile_ahead(house, clock, [ONE], watcher="you") == []


def test_a_shape_that_was_trained_is_not_compiled_ahead_and_one_stopped_before_it_began_is(
    house: House, clock: Clock
) -> None:
    for spec in (ONE, TWO):
        job = house.begin([spec])
        if spec == TWO:
            house.jobs.stop(job, "me")
        house.finish(f"{job}-0", *([spec] if spec == ONE else []))
        house.turn()
    assert compile_ahead(house, clock, [ONE, TWO]) == [TWO]


def test_a_new_worker_has_none_of_the_programs(house: House, clock: Clock) -> None:
    compile_ahead(house, clock, [ONE])
    house.hear("warming")
    house.hear("ready")
    assert compiling(house) == [ONE]


def test_a_wish_is_forgotten_whose_page_has_not_been_heard_of_for_long(house: House, clock: Clock) -> None:
    job = house.jobs.submit([THREE], watcher="you")
    house.jobs.prepare([ONE], watcher="gone")
    for _ in range(10):
        clock.passes(FORGOTTEN_S / 10)
        house.jobs.prepare([TWO], watcher="there")
        house.jobs.watch(job, "you")
        house.turn()
    house.finish(f"{job}-0", THREE)
    assert compiling(house) == [TWO]
    compiled(house)
    assert compiling(house) == []


def test_every_visitors_first_program_comes_before_anybodys_second_one_at_a_time(house: House, clock: Clock) -> None:
    house.jobs.prepare([ONE, TWO], watcher="me")
    clock.passes(0.1)
    house.jobs.prepare([THREE], watcher="you")
    clock.passes(1)
    order = []
    while now := compiling(house):
        order += now
        compiled(house)
    assert order == [ONE, THREE, TWO]


def test_thirty_visitors_who_move_sliders_have_few_programs_compiled_until_somebody_trains(
    house: House, clock: Clock
) -> None:
    made = []
    for step in range(90):
        made += compile_ahead(house, clock, [of_length(20 + step)], watcher=f"visitor {step % 30}")
    assert len(made) == UNUSED
    for visitor in range(30):
        house.jobs.prepare([], watcher=f"visitor {visitor}")
    assert compile_ahead(house, clock, [ONE]) == []
    job = house.begin([made[0]])
    house.finish(f"{job}-0", made[0])
    house.turn()
    assert compile_ahead(house, clock, [ONE, TWO]) == [ONE], "what is used makes room for one"
    clock.passes(UNUSED_S)
    assert compile_ahead(house, clock, [TWO]) == [TWO]


def test_a_program_that_the_worker_had_already_counts_for_nothing(house: House, clock: Clock) -> None:
    for timesteps in range(20, 21 + UNUSED):
        house.jobs.prepare([of_length(timesteps)], watcher="me")
        clock.passes(1)
        assert compiling(house) == [of_length(timesteps)]
        compiled(house, 0.0)
    assert not house.jobs._upkeep.trained


def test_a_grown_worker_compiles_nothing_ahead_and_is_renewed(house: House, clock: Clock) -> None:
    house.cluster.size = PRESSING_BYTES - SPARE_BYTES
    assert compile_ahead(house, clock, [ONE]) == [ONE]
    house.cluster.size += 1
    assert compile_ahead(house, clock, [TWO]) == []
    clock.passes(IDLE_S - 3 * STOOD_S)
    house.turn()
    assert house.cluster.starts == 0, "somebody may be about to need what was compiled"
    clock.passes(3 * STOOD_S)
    house.turn()
    assert house.cluster.starts == 1


def test_a_worker_is_not_renewed_while_it_compiles_ahead(house: House, clock: Clock) -> None:
    compile_ahead(house, clock, [ONE])
    clock.passes(10 * IDLE_S)
    house.jobs.prepare([TWO], watcher="me")
    clock.passes(1)
    assert compiling(house) == [TWO]
    house.cluster.size = LIMIT_BYTES + 1
    house.turn()
    assert house.cluster.starts == 0


def test_what_could_not_be_compiled_ahead_is_left_to_a_training(house: House, clock: Clock) -> None:
    house.jobs.prepare([ONE, TWO], watcher="me")
    clock.passes(1)
    assert compiling(house) == [ONE]
    next(iter(house.cluster.futures.values())).end("error", OSError("no"))
    assert compiling(house) == [TWO]
    compiled(house)
    assert compiling(house) == []


def test_what_a_worker_dies_of_is_not_compiled_ahead_again(house: House, clock: Clock) -> None:
    house.jobs.prepare([ONE, TWO], watcher="me")
    clock.passes(1)
    assert compiling(house) == [ONE]
    (task,) = house.cluster.futures.values()
    house.cluster.alive = False
    house.turn()
    assert task.status == "cancelled", "Dask would give it to the next worker"
    house.cluster.alive = True
    house.hear("ready")
    assert compiling(house) == [TWO]
    task.end("finished", 1.0)
    assert compiling(house) == [TWO], "a word of the dead worker changes nothing"


def test_a_worker_that_cannot_be_asked_to_compile_ahead_trains_all_the_same(
    house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = house.cluster.client.submit
    monkeypatch.setattr(house.cluster.client, "submit", lambda *_, **__: 1 / 0)
    house.jobs.prepare([ONE], watcher="me")
    clock.passes(1)
    assert compiling(house) == []
    monkeypatch.setattr(house.cluster.client, "submit", submit)
    job = house.jobs.submit([ONE], watcher="me")
    assert house.turn() == [f"{job}-0"]


def test_a_training_whose_program_was_compiled_ahead_is_not_said_to_compile(house: House, clock: Clock) -> None:
    compile_ahead(house, clock, [ONE])
    ready, new = house.begin([ONE]), house.jobs.submit([TWO], watcher="me")
    assert (house.view(ready).at_work, house.view(ready).compiling) == (True, False)
    house.finish(f"{ready}-0", ONE)
    house.turn()
    house.hear("started", new)
    assert house.view(new).compiling
    house.hear("started", new)  # its worker died
    house.hear("warming")
    assert house.view(new).compiling


@pytest.mark.parametrize("seeds", [1, 3, 40])
def test_the_programs_of_a_comparison_are_named_in_the_order_of_their_use(seeds: int) -> None:
    specs = [replace(network(units), training=TrainingSpec(seed=seed)) for units in (20, 8) for seed in range(seeds)]
    named = [(key.model.units, key.stack) for key in programs_of(specs)]
    width = {1: [1], 3: [4], 40: [32, 8]}[seeds]
    assert named == [(units, stack) for units in (20, 8) for stack in width]
