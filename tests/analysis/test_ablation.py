import numpy as np
import pandas as pd
import pytest

from bilstm_core.analysis.ablation import (
    BIGGER,
    ELSE,
    FUTURE,
    Gain,
    Kind,
    conclusion,
    finding,
    gain,
    gains,
    long_lead,
    opening,
    verdict,
)
from bilstm_core.analysis.parameter_matching import Match
from bilstm_core.analysis.statistics import by_start, difference
from bilstm_core.analysis.telling import Told
from bilstm_core.presets import NO_FUTURE, WHY_MORE, WHY_STEPS, WIDER, Step

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


def kinds(table: pd.DataFrame, match: Match | None = None) -> dict[str, Kind]:
    return {label: reached.kind for label, reached in gains(table, WHY_STEPS, match).items()}


def of_kinds(**kinds: Kind) -> dict[str, Gain]:
    """Changes of these kinds, each with half of the gain; underscores of the labels stand for spaces."""
    pair = difference(by_start(scores(forward=0.5, other=0.4)), "forward", "other")
    return {label.replace("_", " "): Gain(kind, 0.5, pair) for label, kind in kinds.items()}


@pytest.mark.parametrize(
    ("loss", "kind", "words"),
    [
        (0.2, "enough", "Without the future, the whole gain is still there. So it is not the future."),
        (0.1, "enough", "Without the future, the whole gain is still there. So it is not the future."),
        (0.35, "part", "Without the future, only part of the gain is left (50%)."),
        (0.5, "nothing", "Without the future, the gain is gone. So it is the future."),
        (0.7, "nothing", "Without the future, the gain is gone. So it is the future."),
    ],
)
def test_what_follows_depends_on_what_came_out(loss: float, kind: str, words: str) -> None:
    table = scores(forward=0.5, bidirectional=0.2, no_future=loss)
    reached = gain(table, NO_FUTURE)
    assert reached is not None
    assert reached.kind == kind
    assert reached.share == pytest.approx((0.5 - loss) / 0.3)
    told = finding(table, WHY_STEPS[0])
    assert told.answer == words
    assert "95% interval" in told.counts


@pytest.mark.parametrize("step", [*WHY_STEPS, WHY_MORE])
@pytest.mark.parametrize(("loss", "kind"), [(0.2, "enough"), (0.35, "part"), (0.5, "nothing")])
def test_each_change_has_a_sentence_for_whatever_comes_out(step: Step, loss: float, kind: str) -> None:
    told = finding(scores(forward=0.5, bidirectional=0.2, **{step.label: loss}), step)
    follows = getattr(step, kind)
    assert told.answer == (follows if kind != "part" else f"{follows[:-1]} (50%).")


def test_what_was_measured_is_told_below_above_or_too_close() -> None:
    below = finding(scores(forward=0.5, bidirectional=0.2, no_future=0.35), WHY_STEPS[0]).counts
    assert below.startswith("Its loss is 0.150 below forward's, in all 10 runs: 50% of bidirectional's gain; 95% inter")
    above = finding(scores(forward=0.5, bidirectional=0.2, no_future=0.7), WHY_STEPS[0]).counts
    assert above.startswith("Its loss is 0.200 above forward's, in all 10 runs; 95% interval ")
    level = finding(scores(forward=0.5, bidirectional=0.2, no_future=0.5), WHY_STEPS[0]).counts
    assert level.startswith("Too close to forward's loss to call. The mean difference could be zero (95% interval -")


def test_without_a_gain_of_bidirectional_there_is_nothing_to_explain() -> None:
    table = scores(forward=0.5, bidirectional=0.5, no_future=0.2)
    assert gain(table, NO_FUTURE) is None
    assert finding(table, WHY_STEPS[0]).answer.endswith("too close to call, so there is nothing to explain.")
    assert kinds(table) == {}


def test_few_starts_settle_nothing() -> None:
    table = scores(3, forward=0.5, bidirectional=0.2, no_future=0.2)
    few = "Three runs are too few to tell the two apart (at least 6 needed)."
    assert opening(table) == Told(few, "So far, bidirectional's loss is 0.304 below forward's. Try 10.")
    assert finding(table, WHY_STEPS[0]) == opening(table)


def test_the_opening_names_the_lower_one_whichever_it_is() -> None:
    told = opening(scores(forward=0.5, bidirectional=0.2), 250)
    assert told.answer == "After 250 sequences, bidirectional's loss is 0.300 below forward's, in all 10 runs."
    assert told.counts.startswith("95% interval 0.2")
    assert told.counts.endswith(". Loss: mean of 10 runs, on fresh sequences.")
    assert opening(scores(forward=0.2, bidirectional=0.5)).answer.startswith("Forward's loss is 0.300 below bidirect")


def test_kinds_are_those_of_the_steps_present() -> None:
    table = scores(forward=0.5, bidirectional=0.2, no_future=0.2, told_one_hot=0.35)
    assert kinds(table) == {NO_FUTURE: "enough"}


@pytest.mark.parametrize(
    ("guess", "future", "size", "outcome"),
    [
        (FUTURE, "open", "part", "These runs don't settle it."),
        (BIGGER, "enough", "open", "These runs don't settle it."),
        (ELSE, "enough", "open", "These runs don't settle it."),
        (ELSE, "open", "nothing", "These runs don't settle it."),
        (ELSE, "open", "enough", "These runs say no."),
        (ELSE, "part", "open", "These runs say no."),
        (FUTURE, "enough", "part", "These runs say no."),
        (FUTURE, "part", "part", "These runs say: in part."),
        (FUTURE, "nothing", "part", "These runs say yes."),
        (BIGGER, "enough", "enough", "These runs say yes."),
        (BIGGER, "enough", "part", "These runs say: in part."),
        (BIGGER, "enough", "nothing", "These runs say no."),
        (ELSE, "enough", "part", "These runs say yes."),
        (ELSE, "enough", "enough", "These runs say no."),
        (ELSE, "nothing", "part", "These runs say no."),
        (ELSE, "nothing", "open", "These runs say no."),
    ],
)
def test_the_verdict_on_a_guess_follows_the_runs(guess: str, future: Kind, size: Kind, outcome: str) -> None:
    gained = {NO_FUTURE: of_kinds(a=future)["a"], WIDER: of_kinds(a=size)["a"]}
    assert verdict(guess, gained) == f"You guessed \u201c{guess}\u201d. {outcome}"


def test_a_guess_waits_for_the_runs_that_speak_of_it() -> None:
    assert verdict(BIGGER, of_kinds(no_future="enough")) == ""
    assert verdict(FUTURE, {WIDER: of_kinds(a="enough")["a"]}) == ""
    assert verdict(ELSE, of_kinds(no_future="enough")) == ""


def test_the_conclusion_says_what_is_enough_and_what_each_of_the_others_brings() -> None:
    gained = of_kinds(
        **{"no_future": "enough", "told_one-hot": "part", "told_t/T": "nothing", "second_forward": "open"}
    )
    assert conclusion(gained) == Told(
        "Enough by itself: a backward branch fed a constant. Fed a constant, a branch can only count down the"
        " timesteps.",
        "Part of the gain: the timestep one-hot (50%). None of it: the time as t/T. Not settled: a second forward"
        " branch fed a constant.",
    )


def test_a_conclusion_without_the_future_says_nothing_of_counting_down() -> None:
    assert conclusion({WIDER: of_kinds(a="enough")["a"]}) == Told("Enough by itself: as many parameters.")
    assert conclusion(of_kinds(no_future="part")) == Told(
        "None of these is enough by itself.", "Part of the gain: a backward branch fed a constant (50%)."
    )


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
    assert finding(few, WHY_STEPS[0]).answer == (
        "These runs don't settle how much of the gain a backward branch fed a constant brings."
    )


def test_a_long_run_is_set_beside_the_short_one() -> None:
    early, late = scores(forward=0.5, bidirectional=0.2), scores(forward=0.1, bidirectional=0.1)
    told = long_lead(late, early, 4_000, 250)
    assert told.answer == (
        "After 4,000 sequences, forward and bidirectional are too close to call."
        " After 250 sequences, bidirectional led by 0.300."
    )
    assert told.counts.startswith("The mean difference could be zero")
    alone = "After 4,000 sequences, forward and bidirectional are too close to call."
    assert long_lead(late, None, 4_000).answer == alone
    assert long_lead(late, early.iloc[:0], 4_000).answer == alone
    assert long_lead(late, scores(forward=0.2, bidirectional=0.5)).answer.endswith(" Forward led by 0.300.")
    level = scores(1, forward=0.25, bidirectional=0.25)
    level["loss"] = 0.25
    assert long_lead(late, level).answer.endswith(" Bidirectional led by 0.0000.")


@pytest.mark.parametrize("starts", [6, 10])
def test_a_long_run_that_is_settled_opens_with_the_lead(starts: int) -> None:
    table = scores(starts, forward=50.0, bidirectional=0.2)
    assert long_lead(table, None) == opening(table)
    assert opening(table).answer.startswith("Bidirectional's loss is 49.8")


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
    assert long_lead(table, None).answer.startswith("Five runs are too few to tell the two apart")


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (Match(256, 264_449, 323_601), "With at most 256 units it has 264,449 parameters, not 323,601."),
        (Match(2, 35, 27), "With 2 units, the nearest match, it has 35 parameters, not 27."),
    ],
)
def test_where_the_parameters_do_not_match_nothing_follows_about_size(match: Match, words: str) -> None:
    table = scores(forward=0.5, bidirectional=0.2, **{WIDER: 0.2})
    wider = next(step for step in WHY_STEPS if step.matched)
    assert finding(table, wider, match).answer == f"{words} So this says nothing about size."
    assert kinds(table, match) == {WIDER: "open"}
    close = Match(29, 3_510, 3_601)
    assert finding(table, wider, close) == finding(table, wider)
    assert kinds(table, close) == {WIDER: "enough"}
    other = next(step for step in WHY_STEPS if not step.matched)
    others = scores(forward=0.5, bidirectional=0.2, **{other.label: 0.2})
    assert finding(others, other, match) == finding(others, other)
