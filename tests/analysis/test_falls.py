"""For how long a curve is the lowest."""

import pandas as pd

from bilstm_core.analysis.falls import lead_sentence, led


def curves(**medians: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"label": label, "sequences_seen": 10 * (place + 1), "median": value}
            for label, values in medians.items()
            for place, value in enumerate(values)
        ]
    )


def test_a_lead_is_the_longest_stretch_in_which_a_curve_is_the_lowest() -> None:
    both = {"a": [9.0, 9, 9, 9, 9, 9, 9], "b": [8.0, 9, 8, 8, 8, 9, 8]}
    assert led(curves(**both), "b") == (30, 50)
    assert led(curves(**both, c=[7.0, 7, 8.5, 8.5, 7, 7, 7]), "b") == (30, 40)
    assert led(curves(**both), "a") is None


def test_one_curve_alone_and_one_that_is_not_there_lead_nothing() -> None:
    assert led(curves(a=[1.0, 2.0]), "a") is None
    assert led(curves(a=[1.0], b=[2.0]), "c") is None
    assert lead_sentence(curves(a=[1.0, 2.0]), "a") == ""


def test_a_lead_that_lasts_is_told_by_its_beginning_and_one_that_ends_by_both_its_ends() -> None:
    rising = [1.0 + place for place in range(200)]
    table = curves(both=[300.0] * 12 + rising[12:], other=[250.0] * 200)
    assert lead_sentence(table, "both", wins=True) == "It has led since about sequence 130."
    assert lead_sentence(curves(both=rising, other=[150.0] * 200), "both") == (
        "Both led from about sequence 10 to 1,500."
    )


def test_of_one_that_does_not_win_nothing_is_said_of_its_lead_by_now() -> None:
    """Beside "too close to call", "has led since" contradicted it."""
    table = curves(low=[1.0, 1, 1], high=[2.0, 2, 2])
    assert lead_sentence(table, "low") == "Low led from about sequence 10."
    assert lead_sentence(table, "low", level=("high", "low")) == (
        "Low led from about sequence 10; by 30 it and high can't be told apart."
    )
