import pandas as pd
import pytest

from bilstm_core.statistics import Duel, duels, ranking_sentence


def scores(**losses: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"label": label, "seed": seed, "loss": loss}
            for label, values in losses.items()
            for seed, loss in enumerate(values)
        ]
    )


def test_wins_are_counted_seed_by_seed() -> None:
    assert duels(scores(a=[1.0, 2.0, 3.0], b=[2.0, 1.0, 2.0])) == [Duel("b", "a", 2, 3)]


def test_ties_and_seeds_that_one_lacks_do_not_count() -> None:
    assert duels(scores(a=[1.0, 1.0, 1.0], b=[1.0, 2.0])) == [Duel("a", "b", 1, 1)]


@pytest.mark.parametrize(("wins", "starts", "p"), [(10, 10, 2 / 1024), (5, 10, 1.0), (8, 10, 2 * 56 / 1024)])
def test_the_sign_test_is_the_binomial_tail(wins: int, starts: int, p: float) -> None:
    assert Duel("a", "b", wins, starts).p_value == pytest.approx(p)


def test_ten_wins_of_ten_are_a_ranking() -> None:
    assert ranking_sentence(scores(slow=[2.0] * 10, fast=[1.0] * 10)) == ("fast beat slow in 10 of 10 starts.")


def test_six_of_ten_are_not() -> None:
    text = ranking_sentence(scores(a=[1.0] * 6 + [3.0] * 4, b=[2.0] * 10))
    assert text.startswith("No ranking yet")


def test_one_start_ranks_nothing() -> None:
    assert "cannot rank" in ranking_sentence(scores(a=[1.0], b=[2.0]))


def test_an_unsettled_pair_is_said_beside_a_settled_one() -> None:
    text = ranking_sentence(scores(a=[3.0] * 10, b=[1.0] * 10, c=[0.9] * 5 + [1.1] * 5))
    assert text == "b beat a in 10 of 10 starts; c beat a in 10 of 10 starts; b and c are too close to call (5 of 10)."


def test_wins_of_one_model_are_said_together() -> None:
    text = ranking_sentence(scores(a=[3.0] * 10, b=[2.0] * 10, c=[1.0] * 10))
    assert text.startswith("c beat a in 10 of 10 and b in 10 of 10 starts; ")
