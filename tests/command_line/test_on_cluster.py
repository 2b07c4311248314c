"""Commands whose trainings are done by a cluster: asked in jobs of an allowed size, and told of in sentences."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bilstm_core.command_line import on_cluster
from bilstm_core.engine import cost
from bilstm_core.limits import limits
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from tests.command_line.conftest import Command, table_of
from tests.test_store import finished

WORDS = ["run", "--epochs", "2", "--timesteps", "2", "--units", "1"]
SPEC = RunSpec(
    problem=ProblemSpec(timesteps=2), model=ModelSpec(direction="forward", units=1), training=TrainingSpec(epochs=2)
).canonical()


class Elsewhere:
    """Stands for the service: it has trained what is asked at the second look, or says why not."""

    def __init__(self, refused: str = "", failed: str = "", notice: str = "") -> None:
        self.refused, self.failed, self.notice = refused, failed, notice
        self.asked: list[tuple[Sequence[RunSpec], bool]] = []
        self.looks, self.closed = 0, False

    def submit(self, specs: Sequence[RunSpec], *, mixed: bool, **_: Any) -> str:
        if self.refused:
            raise ValueError(self.refused)
        self.asked.append((specs, mixed))
        self.looks = 0
        return "job"

    def view(self, job: str, watcher: str) -> Any:
        assert (job, watcher) == ("job", on_cluster.WATCHER)
        specs, _ = self.asked[-1]
        self.looks += 1
        done = self.looks > 1
        state = "failed" if self.failed else "done" if done else "running"
        return SimpleNamespace(
            state=state,
            message=self.failed,
            runs=[finished(spec) if done else None for spec in specs],
            steps_done=len(specs) * done,
            steps=len(specs),
            over=done,
        )

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Elsewhere]:
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://scheduler:8786")
    monkeypatch.setattr(on_cluster, "LOOK_S", 0.0)

    def put(**how: str) -> Elsewhere:
        service = Elsewhere(**how)
        monkeypatch.setattr(on_cluster, "Jobs", lambda: service)
        return service

    return put


def test_a_command_has_its_run_from_the_cluster_and_asks_for_none_that_is_stored(
    command: Command, elsewhere: Callable[..., Elsewhere]
) -> None:
    service = elsewhere()
    first = command(*WORDS)
    assert first.exit_code == 0
    assert service.asked == [([SPEC], False)]
    assert service.closed
    again = command(*WORDS)
    assert len(service.asked) == 1
    assert table_of(again).equals(table_of(first))


@pytest.mark.parametrize(
    "how", [{"failed": "Training failed: the weights are no numbers."}, {"refused": "This takes 3 hours of training."}]
)
def test_what_the_cluster_cannot_do_is_said_in_a_sentence(
    command: Command, elsewhere: Callable[..., Elsewhere], how: dict[str, str]
) -> None:
    service = elsewhere(**how)
    result = command(*WORDS)
    assert result.exit_code == 1
    assert next(iter(how.values())) in result.stderr
    assert service.closed


def test_why_a_cluster_does_not_train_is_said_once(command: Command, elsewhere: Callable[..., Elsewhere]) -> None:
    elsewhere(notice="The cluster has no worker.")
    result = command(*WORDS)
    assert result.exit_code == 0
    assert result.stderr.count("The cluster has no worker.") == 1


def test_what_is_more_than_one_job_may_have_is_asked_for_in_several(elsewhere: Callable[..., Elsewhere]) -> None:
    service = elsewhere()
    long = replace(
        SPEC, problem=ProblemSpec(timesteps=200), model=ModelSpec(units=100), training=TrainingSpec(epochs=8_000)
    )
    specs = [replace(long, training=replace(long.training, seed=seed)) for seed in range(60)]
    most = limits().max_job_s
    assert cost.seconds(specs) > most > cost.seconds(specs[:1])
    shares: list[float] = []
    runs = dict(on_cluster.train(specs, shares.append))
    assert sorted(runs) == list(range(60))
    assert len(service.asked) > 1
    assert [spec for asked, _ in service.asked for spec in asked] == specs
    assert all(cost.seconds(asked) <= most for asked, _ in service.asked)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert [runs[place].spec for place in range(60)] == specs


def test_a_sweep_is_asked_for_as_one(elsewhere: Callable[..., Elsewhere]) -> None:
    service = elsewhere()
    list(on_cluster.train([SPEC], [].append, mixed=True))
    assert service.asked == [([SPEC], True)]
