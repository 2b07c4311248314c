import pytest

from bilstm_core import figures
from bilstm_core.analysis import falls
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.presets import MODELS_BY_DIRECTION
from ui.compare.comparison import Comparison, affordable_starts

COMPARISON = Comparison(
    page="test", models=MODELS_BY_DIRECTION, styles={label: figures.style("forward") for label in MODELS_BY_DIRECTION}
)


def test_a_long_run_gets_fewer_starts_and_a_short_one_those_asked_for() -> None:
    short, long = (ComparisonSettings(starts=50, epochs=epochs) for epochs in (250, 20_000))
    assert affordable_starts(COMPARISON, short) == short.starts
    assert 1 <= affordable_starts(COMPARISON, long) < long.starts


def test_the_second_half_of_a_long_run_is_told_from_most_to_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(falls, "falls_of", lambda _: {"a": 0.1, "b": 0.3, "c": -0.02})
    assert falls.fall_sentence({}) == (
        "In the second half, the training loss fell by 30% (b) and 10% (a), and rose by 2% (c)."
    )
