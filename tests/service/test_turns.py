"""Whose turn it is, what gives way to it, and what the others are told of it."""

from dataclasses import replace

import pytest

from bilstm_core.choices import DIRECTIONS
from bilstm_core.engine.program_keys import ProgramKey
from bilstm_core.service.job_record import Job
from bilstm_core.service.pace import TASK_S
from bilstm_core.service.parts import parts_of, rounds_of
from bilstm_core.service.turns import (
    LATELY_S,
    OVERDUE_S,
    PART_S,
    REMEMBERED_S,
    SHORT_S,
    SHORT_TURN_S,
    Turn,
    Turns,
    Wait,
)
from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec
from tests.service.test_curve import losses

NOW = 1_000.0
LONG = TrainingSpec(epochs=20_000)  # of 120 units: several seconds


def job(name: str, parts: int = 1, training: TrainingSpec | None = None, watcher: str = "", seeds: int = 1) -> Job:
    """A job of so many models, asked for by one of its own name, at NOW."""
    every = [
        RunSpec(model=ModelSpec(units=(120 if training else 20) * units), training=training or TrainingSpec())
        for units in range(1, parts + 1)
    ]
    specs = tuple(every * seeds)
    return Job(id=name, specs=specs, resume=None, parts=parts_of(specs), watchers={watcher or name: NOW}, asked=NOW)


def names(turns: Turns, *jobs: Job, now: float = NOW) -> str:
    return " ".join(job.id for job in turns.order(jobs, now))


def test_a_job_has_its_next_part_given_and_what_is_over_or_stopping_none() -> None:
    first, second, third = job("a", 3), job("b"), job("c")
    first.parts[0].sent = True
    first.parts[1].over = True
    second.end("failed", "No.")
    third.stopping = True
    assert Turns().next([first, second, third], NOW) == Turn(first, 2)
    assert Turns().next([second, third], NOW) is None


def test_short_goes_before_long_and_of_two_short_ones_the_one_with_less_left() -> None:
    assert (
        names(Turns(), job("long", training=LONG), job("three", 3), job("one"), job("two", 2)) == "one two three long"
    )


def test_programs_that_the_worker_has_need_no_time() -> None:
    def compiled(program: ProgramKey) -> bool:
        return program.model.units == 50  # in which 40 are trained

    one, two = job("one"), job("two", 2)
    two.parts[0].over = True
    assert names(Turns(), two, one) == "one two"
    assert names(Turns(compiled=compiled), two, one) == "two one"


def test_nobody_has_a_second_turn_before_everybody_had_one() -> None:
    turns = Turns()
    served = job("served")
    served.end("done")
    turns.ended(served, NOW - 1)
    again, newcomer = job("again", watcher="served"), job("newcomer", 3)
    assert names(turns, again, newcomer) == "newcomer again"
    newcomer.end("done")
    turns.ended(newcomer, NOW)
    assert names(turns, job("new", 3, watcher="newcomer"), again) == "again new"
    last = job("last")
    last.end("done")
    turns.ended(last, NOW + REMEMBERED_S - 0.5)
    assert set(turns.had) == {"newcomer", "last"}
    turns.ended(last, NOW + REMEMBERED_S)
    assert set(turns.had) == {"last"}


def test_whoever_had_a_turn_as_the_clock_began_comes_after_whoever_had_none() -> None:
    turns = Turns(had={"served": 0.5})
    assert names(turns, job("again", watcher="served"), job("newcomer", 3)) == "newcomer again"


def test_a_job_that_two_wait_for_has_the_turn_of_the_one_who_had_none() -> None:
    turns = Turns(had={"served": NOW - 1})
    shared = job("shared", 3, watcher="served")
    shared.watchers["new"] = NOW
    assert names(turns, job("again", watcher="served"), shared) == "shared again"


def test_a_short_job_is_one_turn_however_many_parts_it_has_and_a_long_one_a_turn_each_time() -> None:
    turns = Turns()
    short, long = job("short", 3), job("long", training=LONG)
    turns.ended(short, NOW)
    assert turns.had == {}
    turns.ended(long, NOW)
    assert turns.had == {"long": NOW}
    assert long.had_turn == NOW


def test_nobody_waits_for_ever() -> None:
    long = job("long", training=LONG)
    late = NOW + OVERDUE_S + 1
    fresh = job("fresh")
    fresh.asked = late
    assert names(Turns(), fresh, long, now=NOW + OVERDUE_S) == "fresh long"
    assert names(Turns(), fresh, long, now=late) == "long fresh"
    long.had_turn = late - 1
    assert names(Turns(), fresh, long, now=late) == "fresh long"


def at_work(job: Job, since: float) -> Turn:
    job.parts[0].sent = job.parts[0].started = True
    job.parts[0].learning_since = since
    return Turn(job, 0)


@pytest.mark.parametrize(
    ("waiting", "learns_for", "gives_way"),
    [
        (job("short"), SHORT_TURN_S + 0.01, True),
        (job("short"), SHORT_TURN_S, False),
        (job("other long", training=LONG), PART_S + 0.01, True),
        (job("other long", training=LONG), PART_S, False),
    ],
)
def test_a_long_training_gives_way_to_whoever_waits_once_it_has_had_its_time(
    waiting: Job, learns_for: float, gives_way: bool
) -> None:
    turn = at_work(job("long", training=LONG), NOW)
    assert Turns().relieved([turn], [turn.job, waiting], NOW + learns_for) == [turn] * gives_way


def test_what_is_short_or_ends_or_compiles_or_is_alone_gives_way_to_nobody() -> None:
    waiting, late = job("waiting"), NOW + 60
    short = at_work(job("short"), NOW)
    assert not Turns().relieved([short], [short.job, waiting], late)
    long = at_work(job("long", 2, training=LONG), NOW)
    assert not Turns().relieved([long], [long.job], late), "its own next part is no other"
    assert Turns().relieved([long], [long.job, waiting], late)
    long.job.stopping = True
    assert not Turns().relieved([long], [long.job, waiting], late)
    long.job.stopping, long.job.parts[0].learning_since = False, None
    assert not Turns().relieved([long], [long.job, waiting], late)


def test_what_stays_at_work_keeps_nothing_beside_it_from_giving_way() -> None:
    waiting, late = job("waiting"), NOW + 60
    short, compiling = at_work(job("short"), NOW), at_work(job("compiling", training=LONG), NOW)
    compiling.job.parts[0].learning_since = None
    long, alone = at_work(job("long", training=LONG), NOW), at_work(job("alone"), NOW)
    alone.job.watchers.clear()
    turns = [short, compiling, alone, long]
    assert Turns().relieved(turns, [*(turn.job for turn in turns), waiting], late) == [alone, long]


def test_a_job_is_long_beyond_what_others_should_wait_for_as_long_as_things_take_here() -> None:
    turns, limit = Turns(), job("limit")
    limit.parts[0].seconds = SHORT_S
    assert not turns.long(limit)
    turns.pace.factor = 1.01
    assert turns.long(limit)
    limit.steps_done[0] = limit.specs[0].training.steps // 2
    assert not turns.long(limit), "half of it is done"


def test_what_is_left_of_a_job_takes_its_training_here_its_compiles_and_the_sending() -> None:
    turns, half = Turns(), job("half", 2)
    turns.pace.factor, turns.pace.compile_s = 3.0, 7.0
    for part in half.parts:
        part.seconds = 4.0
    half.steps_done[0] = half.specs[0].training.steps // 2
    assert turns.seconds_left(half) == pytest.approx(2 * TASK_S + 3.0 * (2.0 + 4.0) + 2 * 7.0)


def test_a_round_has_programs_to_compile_until_each_of_its_models_has_begun() -> None:
    models = [ModelSpec(direction=direction) for direction in DIRECTIONS]
    specs = tuple(RunSpec(model=model, training=LONG) for model in models)
    race = Job(id="race", specs=specs, resume=None, parts=rounds_of(specs), watchers={"me": NOW}, asked=NOW)
    assert len(race.parts) == 1
    turns, seconds = Turns(), {}
    for compile_s in (0.0, 1.0):
        turns.pace.compile_s = compile_s
        for begun in range(len(models)):
            race.steps_done = [1] * begun + [0] * (len(models) - begun)
            race.curves = [losses(steps) for steps in race.steps_done]
            seconds[begun, compile_s] = turns.seconds_left(race)
        race.curves, race.steps_done = [losses(1) for _ in models], [1] * len(models)
        seconds["all", compile_s] = turns.seconds_left(race)
    assert all(seconds[begun, 1.0] > seconds[begun, 0.0] for begun in range(len(models)))
    assert seconds["all", 1.0] == seconds["all", 0.0]


def test_what_waits_knows_how_many_come_before_and_about_how_long_they_take() -> None:
    turns = Turns()
    turns.pace.compile_s = 3.0
    working, first, second = at_work(job("working"), NOW), job("first"), job("second", 2)
    every = [working.job, first, second]
    assert turns.wait(working.job, [working], every, NOW).jobs == 0
    assert turns.wait(first, [working], every, NOW).jobs == 1
    wait = turns.wait(second, [working], every, NOW)
    assert wait.jobs == 2
    assert 6 < wait.seconds < 7
    assert wait.short == 0


def test_a_long_job_keeps_others_waiting_for_one_turn_and_is_told_what_would_be_short() -> None:
    turns = Turns()
    other, long = job("other", training=LONG), job("long", training=LONG)
    wait = turns.wait(long, [at_work(other, NOW)], [other, long], NOW)
    assert wait.jobs == 1
    assert wait.seconds == PART_S + turns.pace.task_s
    assert 0 < wait.short < 20_000
    shorter = job("shorter", training=TrainingSpec(epochs=wait.short))
    assert not turns.long(shorter)


def test_a_turn_at_work_is_told_shorter_as_it_goes_on_and_ends_sooner_for_a_short_job() -> None:
    turns = Turns(compiled=lambda _: True)
    other, long, short = job("other", training=LONG), job("long", training=LONG), job("short")
    turn = at_work(other, NOW)

    def told(waiting: Job, now: float) -> float:
        return Turns(compiled=lambda _: True).wait(waiting, [turn], [other, waiting], now).seconds

    task_s = turns.pace.task_s
    assert [told(short, NOW + spent) - task_s for spent in (0.0, 0.4, 2.0)] == pytest.approx([SHORT_TURN_S, 0.1, 0.0])
    assert [told(long, NOW + spent) - task_s for spent in (0.0, 1.5, 9.0)] == pytest.approx([PART_S, 0.5, 0.0])
    other.parts[0].learning_since = None
    assert told(short, NOW) == pytest.approx(SHORT_TURN_S + task_s), "it has yet to begin"


def test_a_short_job_keeps_others_waiting_for_all_of_it_compiles_too() -> None:
    turns = Turns()
    short, waiting = job("short", 3), job("waiting")
    seconds = turns.wait(waiting, [at_work(short, NOW)], [short, waiting], NOW).seconds
    assert seconds == turns.seconds_left(short) > PART_S + turns.pace.compile_s


def test_every_job_that_comes_before_counts_at_work_or_waiting() -> None:
    working = [at_work(job(name), NOW) for name in ("first", "second")]
    waiting = [job(name) for name in ("third", "fourth")]
    last = job("last", 2)
    wait = Turns().wait(last, working, [*(turn.job for turn in working), *waiting, last], NOW)
    assert wait.jobs == 4


def test_a_job_that_a_worker_has_a_part_of_waits_for_nobody() -> None:
    given, before = job("given", 2), job("before")
    given.parts[0].sent = True
    assert Turns().wait(given, [], [before, given], NOW) == Wait()


@pytest.mark.parametrize(
    ("seconds", "sequences", "short"),
    [(16.0, 1, 2_500), (15.0, 1, 2_600), (15.0, 3, 8_000), (600.0, 1, 66), (7_000.0, 1, 5), (80_000.0, 1, 0)],
)
def test_what_would_be_short_is_told_to_two_digits(seconds: float, sequences: int, short: int) -> None:
    long = job("long", training=replace(LONG, sequences_per_epoch=sequences))
    long.parts[0].seconds = seconds
    assert Turns().wait(long, [at_work(job("other"), NOW)], [long], NOW).short == short


def test_seeds_of_one_model_are_one_part() -> None:
    assert len(job("many", seeds=30).parts) == 1


def test_an_order_is_kept_for_a_moment() -> None:
    turns, waiting, before = Turns(), job("waiting", 2), job("before")

    def ahead(now: float, *jobs: Job) -> int:
        return turns.wait(waiting, [], jobs, now).jobs

    assert ahead(0.0, waiting) == 0
    assert ahead(0.0, before, waiting) == 0
    assert ahead(LATELY_S / 2, before, waiting) == 0
    assert ahead(LATELY_S, before, waiting) == 1
    assert ahead(LATELY_S / 2, waiting) == 0, "a clock that was set back"
    assert ahead(NOW, waiting) == 0
    assert ahead(NOW + LATELY_S / 2, before, waiting) == 0
