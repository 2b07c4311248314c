"""Whose turn it is, and how many come before."""

from bilstm_core.service.job_record import Job
from bilstm_core.service.parts import parts_of
from bilstm_core.service.turns import ahead, turns
from bilstm_core.specs import ModelSpec, RunSpec, TrainingSpec


def job(name: str, parts: int) -> Job:
    specs = tuple(RunSpec(model=ModelSpec(units=units)) for units in range(1, parts + 1))
    return Job(id=name, specs=specs, resume=None, parts=parts_of(specs))


def names(*jobs: Job) -> str:
    return " ".join(f"{turn.job.id}{turn.number}" for turn in turns(jobs))


def test_every_jobs_first_part_goes_before_any_jobs_second() -> None:
    assert names(job("a", 3), job("b", 1), job("c", 2)) == "a0 b0 c0 a1 c1 a2"


def test_what_was_given_out_or_is_over_has_no_turn() -> None:
    first, second, third = job("a", 3), job("b", 1), job("c", 1)
    first.parts[0].sent = True
    first.parts[1].over = True
    second.end("failed", "No.")
    third.stopping = True
    assert names(first, second, third) == "a2"


def test_seeds_of_one_model_are_one_turn() -> None:
    specs = tuple(RunSpec(training=TrainingSpec(seed=seed)) for seed in range(50))
    assert names(Job(id="a", specs=specs, resume=None, parts=parts_of(specs))) == "a0"


def test_ahead_counts_what_is_at_work_and_every_turn_before() -> None:
    first, second = job("a", 2), job("b", 2)
    jobs = [first, second]
    assert [ahead(each, jobs, at_work=1) for each in jobs] == [1, 2]
    first.parts[0].over = True  # b0 a1 b1
    assert [ahead(each, jobs, at_work=1) for each in jobs] == [2, 1]
    assert ahead(job("c", 1), jobs, at_work=1) == 0


def test_nobody_is_ahead_of_a_job_that_a_worker_has_a_part_of_though_it_has_not_begun() -> None:
    alone = job("a", 3)
    alone.parts[0].sent = True
    assert ahead(alone, [alone], at_work=1) == 0
