import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis.ablation import (
    BIGGER,
    ELSE,
    FUTURE,
    conclusion,
    finding,
    gain,
    kinds,
    lead_sentence,
    opening,
    verdict,
)
from bilstm_core.analysis.parameter_matching import Match
from bilstm_core.presets import NO_FUTURE, WHY_STEPS, WIDER

SPREAD = [0.01, -0.02, 0.0, 0.03, -0.01, 0.02, -0.03, 0.01, 0.0, -0.01]


def scores(starts: int = 10, **means: float) -> pd.DataFrame:
    """Losses about the means; underscores of the names become spaces."""
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        [
            {"label": label.replace("_", " "), "seed": seed, "loss": mean + spread}
            for label, mean in means.items()
            for seed, spread in enumerate(rng.permutation(SPREAD)[:starts])
        ]
    )


@pytest.mark.parametrize(
    ("loss", "kind", "words"),
    [
        (0.2, "enough", "So it is not the future."),
        (0.1, "enough", "So it is not the future."),
        (0.35, "part", "So the future is a part of it."),
        (0.5, "nothing", "So it is the future."),
        (0.7, "nothing", "So it is the future."),
    ],
)
def test_what_follows_depends_on_what_came_out(loss: float, kind: str, words: str) -> None:
    table = scores(forward=0.5, bidirectional=0.2, no_future=loss)
    reached = gain(table, NO_FUTURE)
    assert reached is not None
    assert reached.kind == kind
    assert reached.share == pytest.approx((0.5 - loss) / 0.3)
    sentence = finding(table, WHY_STEPS[0])
    assert sentence.endswith(words)
    assert "95% interval" in sentence


def test_a_finding_says_higher_of_what_is_higher_and_nothing_settled_of_what_is_level() -> None:
    assert "higher than forward's" in finding(scores(forward=0.5, bidirectional=0.2, no_future=0.7), WHY_STEPS[0])
    assert "no settled difference" in finding(scores(forward=0.5, bidirectional=0.2, no_future=0.5), WHY_STEPS[0])


def test_without_a_gain_of_bidirectional_there_is_nothing_to_explain() -> None:
    table = scores(forward=0.5, bidirectional=0.5, no_future=0.2)
    assert gain(table, NO_FUTURE) is None
    assert "nothing to explain" in finding(table, WHY_STEPS[0])
    assert kinds(table, WHY_STEPS) == {}


def test_few_starts_settle_nothing() -> None:
    table = scores(3, forward=0.5, bidirectional=0.2, no_future=0.2)
    assert opening(table) == "3 starts cannot settle it: 6 are the fewest that can. Run 10."
    assert finding(table, WHY_STEPS[0]) == opening(table)


def test_the_opening_names_the_lower_one_whichever_it_is() -> None:
    assert opening(scores(forward=0.5, bidirectional=0.2)).startswith(
        "bidirectional's loss on fresh sequences is 0.300 lower than forward's"
    )
    assert opening(scores(forward=0.2, bidirectional=0.5)).startswith(
        "forward's loss on fresh sequences is 0.300 lower"
    )


def test_kinds_are_those_of_the_steps_present() -> None:
    table = scores(forward=0.5, bidirectional=0.2, no_future=0.2, told_one_hot=0.35)
    assert kinds(table, WHY_STEPS) == {NO_FUTURE: "enough"}


@pytest.mark.parametrize(
    ("guess", "future", "size", "outcome"),
    [
        (FUTURE, "open", "part", "is not settled"),
        (BIGGER, "enough", "open", "is not settled"),
        (ELSE, "enough", "open", "is not settled"),
        (ELSE, "open", "nothing", "is not settled"),
        (ELSE, "open", "enough", "does not hold"),
        (ELSE, "part", "open", "does not hold"),
        (FUTURE, "enough", "part", "does not hold"),
        (FUTURE, "part", "part", "holds in part"),
        (FUTURE, "nothing", "part", "holds"),
        (BIGGER, "enough", "enough", "holds"),
        (BIGGER, "enough", "part", "holds in part"),
        (BIGGER, "enough", "nothing", "does not hold"),
        (ELSE, "enough", "part", "holds"),
        (ELSE, "enough", "enough", "does not hold"),
        (ELSE, "nothing", "part", "does not hold"),
        (ELSE, "nothing", "open", "does not hold"),
    ],
)
def test_the_verdict_on_a_guess_follows_the_runs(guess: str, future: str, size: str, outcome: str) -> None:
    words = f"Your guess, \u201c{guess[0].lower()}{guess[1:]}\u201d, {outcome} in these runs."
    assert verdict(guess, {NO_FUTURE: future, WIDER: size}) == words  # type: ignore[dict-item]


def test_a_guess_waits_for_the_runs_that_speak_of_it() -> None:
    assert verdict(BIGGER, {NO_FUTURE: "enough"}) == ""
    assert verdict(FUTURE, {WIDER: "enough"}) == ""
    assert verdict(ELSE, {NO_FUTURE: "enough"}) == ""


def test_what_is_left_is_the_second_state_only_where_nothing_else_is_enough() -> None:
    assert conclusion({NO_FUTURE: "enough", WIDER: "part", "told t/T": "nothing"}) == (
        "What is left: a second state that starts from the other end, whatever it reads."
    )
    assert conclusion({NO_FUTURE: "enough", WIDER: "enough"}) == f"Enough by itself: {NO_FUTURE} and {WIDER}."
    assert conclusion({NO_FUTURE: "part"}) == "None of these is enough by itself."


def test_what_is_not_settled_is_neither_enough_nor_left_out() -> None:
    assert conclusion({NO_FUTURE: "enough", WIDER: "open"}) == (
        f"Enough by itself: {NO_FUTURE}. Not settled by these runs: {WIDER}."
    )
    assert conclusion({NO_FUTURE: "open", WIDER: "part"}) == f"Not settled by these runs: {NO_FUTURE}."


def simulated(share: float, spread: float, starts: int, experiments: int = 60) -> list[str]:
    """The kinds found where a change has a share of bidirectional's gain of 0.1, each loss with its own scatter."""
    rng = np.random.default_rng(7)
    kinds = []
    for _ in range(experiments):
        means = {"forward": 0.4, "bidirectional": 0.3, NO_FUTURE: 0.4 - 0.1 * share}
        rows = [
            {"label": label, "seed": seed, "loss": loss}
            for label, mean in means.items()
            for seed, loss in enumerate(rng.normal(mean, spread, starts))
        ]
        reached = gain(pd.DataFrame(rows), NO_FUTURE)
        kinds += [reached.kind] if reached else []
    return kinds


def test_a_noisy_part_is_called_neither_all_nor_nothing() -> None:
    kinds = simulated(0.6, 0.035, 10)
    assert len(kinds) > 40
    assert kinds.count("open") > len(kinds) / 2
    assert kinds.count("enough") + kinds.count("nothing") <= 0.05 * len(kinds)


@pytest.mark.parametrize(("share", "kind"), [(0.0, "nothing"), (0.6, "part"), (1.0, "enough")])
def test_what_scatters_little_is_settled(share: float, kind: str) -> None:
    kinds = simulated(share, 0.005, 10, 20)
    assert kinds.count(kind) >= 18


def test_a_few_starts_settle_no_change() -> None:
    table = scores(forward=0.5, bidirectional=0.2, no_future=0.2)
    few = table[(table["label"] != NO_FUTURE) | (table["seed"] < 3)]
    reached = gain(few, NO_FUTURE)
    assert reached is not None
    assert reached.kind == "open"
    assert finding(few, WHY_STEPS[0]).endswith("These starts do not settle it.")


def test_a_long_run_is_set_beside_the_short_one() -> None:
    early, late = scores(forward=0.5, bidirectional=0.2), scores(forward=0.1, bidirectional=0.1)
    text = lead_sentence(late, early)
    assert "too close to call" in text
    assert text.endswith("Where the tutorial stops, bidirectional led by 0.300.")
    assert lead_sentence(late, None) == text.removesuffix(" Where the tutorial stops, bidirectional led by 0.300.")
    assert lead_sentence(late, early.iloc[:0]) == lead_sentence(late, None)
    assert lead_sentence(late, scores(forward=0.2, bidirectional=0.5)).endswith("stops, forward led by 0.300.")
    level = scores(1, forward=0.25, bidirectional=0.25)
    level["loss"] = 0.25
    assert lead_sentence(late, level).endswith("stops, bidirectional led by 0.0000.")


@pytest.mark.parametrize("starts", [6, 10])
def test_a_long_run_that_is_settled_opens_with_the_lead(starts: int) -> None:
    table = scores(starts, forward=50.0, bidirectional=0.2)
    assert lead_sentence(table, None) == opening(table)
    assert opening(table).startswith("bidirectional's loss on fresh sequences is 49.8")


def test_what_is_level_in_all_starts_is_not_called_below_zero() -> None:
    """A change that lacks exactly what may be neglected is neither all nor nothing."""
    rows = {"forward": 1.0, "bidirectional": 0.0, NO_FUTURE: 0.5}
    table = pd.DataFrame(
        [{"label": label, "seed": seed, "loss": loss} for label, loss in rows.items() for seed in range(10)]
    )
    for loss, kind in ((0.5, "part"), (0.125, "part"), (0.875, "part"), (0.0, "enough"), (1.0, "nothing")):
        table.loc[table["label"] == NO_FUTURE, "loss"] = loss
        result = gain(table, NO_FUTURE)
        assert result is not None
        assert result.kind == kind


def test_a_long_run_of_few_starts_says_that_they_settle_nothing() -> None:
    table = scores(5, forward=0.5, bidirectional=0.2)
    assert lead_sentence(table, None) == "5 starts cannot settle it: 6 are the fewest that can. Run 10."


def test_six_starts_that_are_level_are_too_close_to_call() -> None:
    table = scores(6, forward=0.5, bidirectional=0.5)
    assert lead_sentence(table, None).startswith("bidirectional and forward are too close to call (95% interval -")
    assert lead_sentence(table, None).endswith(" starts).")


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (Match(256, 264_449, 323_601), "at most 256 units (264,449 parameters against 323,601): loss 0.300 lower"),
        (Match(2, 35, 27), "2 units, the nearest match (35 parameters against 27): loss 0.300 lower"),
    ],
)
def test_where_the_parameters_do_not_match_nothing_follows_about_size(match: Match, words: str) -> None:
    table = scores(forward=0.5, bidirectional=0.2, **{WIDER: 0.2})
    wider = next(step for step in WHY_STEPS if step.matched)
    assert finding(table, wider, match).startswith(f"Forward with {words}")
    assert finding(table, wider, match).endswith("So nothing follows about size.")
    assert kinds(table, WHY_STEPS, match) == {WIDER: "open"}
    close = Match(29, 3_510, 3_601)
    assert finding(table, wider, close) == finding(table, wider)
    assert kinds(table, WHY_STEPS, close) == {WIDER: "enough"}
