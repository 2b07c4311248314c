"""When a worker is taken for dead: by its heartbeats, with a clock that the test turns."""

import pytest

from bilstm_core.service.heartbeat import ABSENT_S, BLIND_S, HUNG_S, Sight, Watch


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> Watch:
    return Watch(clock)


def seconds_until_replaced(watch: Watch, clock: Clock, sight: Sight | None, step: float = 0.5) -> float:
    begin = clock.now
    while not watch.look(sight):
        clock.now += step
        assert clock.now - begin < 1_000
    return clock.now - begin


def test_one_whose_heartbeat_stands_still_is_replaced_though_it_has_nothing_to_do(watch: Watch, clock: Clock) -> None:
    watch.look(Sight(7, 1.0))
    clock.now += 0.5
    assert seconds_until_replaced(watch, clock, Sight(7, 1.0)) == pytest.approx(HUNG_S, abs=1)


def test_one_whose_heart_beats_is_never_replaced(watch: Watch, clock: Clock) -> None:
    for beat in range(1_000):
        assert not watch.look(Sight(7, float(beat)))
        clock.now += HUNG_S / 10 if beat % 10 else 0.5


def test_one_that_never_comes_up_is_started_again_and_has_its_whole_time_anew(watch: Watch, clock: Clock) -> None:
    assert seconds_until_replaced(watch, clock, None) == pytest.approx(ABSENT_S, abs=1)
    watch.begin()
    assert not watch.look(None)
    assert seconds_until_replaced(watch, clock, None) == pytest.approx(ABSENT_S, abs=1)


def test_one_that_is_gone_has_the_time_of_a_start_to_come_back(watch: Watch, clock: Clock) -> None:
    watch.look(Sight(7, 1.0))
    clock.now += 0.5
    assert seconds_until_replaced(watch, clock, None) == pytest.approx(ABSENT_S, abs=1)


def test_time_in_which_nobody_looked_is_not_counted_against_it(watch: Watch, clock: Clock) -> None:
    watch.look(Sight(7, 1.0))
    clock.now += 10 * HUNG_S
    assert not watch.look(Sight(7, 1.0))
    assert BLIND_S < HUNG_S
    clock.now += 0.5
    assert seconds_until_replaced(watch, clock, Sight(7, 1.0)) == pytest.approx(HUNG_S, abs=1)
