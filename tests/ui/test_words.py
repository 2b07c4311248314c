"""The sentences of Train, Directions, Merge modes and Why, from every branch."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from bilstm_core.analysis.telling import Told
from bilstm_core.evaluation import wilson_interval
from ui.compare import words as compare
from ui.train import words as train
from ui.why import words as why


def measured(count: int = 2_104, of: int = 10_000, by_timestep: tuple[float, ...] = (0.95, 0.87, 0.9)) -> Any:
    return SimpleNamespace(
        exact=count / of,
        exact_count=count,
        n_sequences=of,
        exact_interval=wilson_interval(count, of),
        accuracy=0.9123,
        per_timestep=pd.DataFrame({"timestep": range(1, len(by_timestep) + 1), "accuracy": by_timestep}),
    )


def test_train_says_what_one_network_gets_right_and_what_the_interval_is_of() -> None:
    assert train.labels_right(1_000, measured(), None) == Told(
        "After 1,000 training sequences, this network gets every label right in **21%** of new sequences. It errs"
        " most at timestep **2**.",
        "This one network, on 10,000 fresh sequences: 2,104 wholly right, 95% interval 20.3% to 21.8%; 91.2% of single"
        " labels.",
    )
    assert train.labels_right(1, measured(), None).answer.startswith("After 1 training sequence, ")
    for nowhere_worst in ((0.9,), (0.9, 0.9), (0.9, 0.905), (1.0, 1.0)):
        assert "errs most" not in train.labels_right(1, measured(by_timestep=nowhere_worst), None).answer


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ([0.2104, 0.43, 0.5], (": the lowest of ten starts, whose median is 43%.", "The highest of the ten: 50%.")),
        ([0.2104, 0.1, 0.15], (": the highest of ten starts, whose median is 15%.", "The lowest of the ten: 10%.")),
        (
            [0.2104, 0.1, 0.3],
            ("; ten starts: median 21%.", "The ten: 10% to 30%; 1 is lower than this one, 1 higher."),
        ),
    ],
)
def test_train_leads_with_the_network_that_is_shown_and_says_where_it_stands_among_ten_starts(
    every: list[float], said: tuple[str, str]
) -> None:
    """The page opens with the least lucky of ten: two numbers of equal weight were two answers to one question."""
    told, counts = train.labels_right(1_000, measured(), None, every)
    first, then = said
    start = "After 1,000 training sequences, this network gets every label right in **21%** of new sequences"
    assert told == f"{start}{first} It errs most at timestep **2**."
    assert counts.endswith(f" of single labels. {then}")
    assert "median" not in counts, "nothing is said twice"
    alone = train.labels_right(1_000, measured(), None)
    assert train.labels_right(1_000, measured(), None, [0.2104] * 3) == alone, "where all give the same"


@pytest.mark.parametrize(
    ("best", "said"),
    [
        (1.0, " Best possible: 100.0%."),
        (0.215, " That is within chance of the best possible, 21.5%."),
        (0.205, " Best possible, label by label: 20.5%. A sample of sequences can land above that by chance."),
        (
            0.1,
            " Best possible, label by label: 10.0%. Labels that fit together can get more whole sequences right than"
            " the likelier label at each timestep.",
        ),
    ],
)
def test_a_share_is_told_beside_the_best_possible_and_why_it_can_lie_above(best: float, said: str) -> None:
    told = train.labels_right(9, measured(), best)
    place = told.answer if best < measured().exact else told.counts  # at once, where the two numbers seem at odds
    assert place.endswith(f".{said}")
    assert said not in (told.counts if place is told.answer else told.answer)


def test_train_says_an_error_where_there_are_no_labels_and_what_to_do_where_nothing_is_left() -> None:
    assert train.squared_error(2, 0.12345, "mean squared error", 400) == Told(
        "After 2 training sequences, this network's mean squared error is **0.1235**.", "On 400 fresh sequences."
    )
    assert train.diverged(2, "Train again.") == Told(
        "After 2 training sequences, nothing can be measured. **Train again.**"
    )
    assert train.meanwhile() == "Training. Numbers and sequences are still those of the run before."
    assert train.meanwhile(["forward"]).endswith(" are still those of the run before: **forward**.")
    of_all = train.meanwhile(["forward", "20 units", "1 epoch"])
    assert of_all.endswith(": **forward, 20 units, 1 epoch**.")
    assert train.other_settings(["forward", "20 units", "1 epoch", "seed 3", "2 layers"]) == (
        "Figure and numbers are of other settings: forward, 20 units, 1 epoch, and 2 more. Press Train."
    )


@pytest.mark.parametrize(
    ("values", "own", "said"),
    [
        ([0.21, 0.3, 0.5], 0.21, "Ten starts of this recipe: 21% to 50%, median 30%; this one is the lowest."),
        ([0.21, 0.3, 0.5], 0.5, "Ten starts of this recipe: 21% to 50%, median 30%; this one is the highest."),
        (
            [0.2, 0.3, 0.5, 0.6],
            0.3,
            "Ten starts of this recipe: 20% to 60%, median 40%; 1 is lower than this one, 2 higher.",
        ),
        (
            [0.2, 0.3, 0.4, 0.5],
            0.4,
            "Ten starts of this recipe: 20% to 50%, median 35%; 2 are lower than this one, 1 higher.",
        ),
        ([1.0, 1.0], 1.0, "Ten starts of this recipe all give 100%."),
    ],
)
def test_a_network_stands_among_the_starts_of_its_recipe(values: list[float], own: float, said: str) -> None:
    assert train.standing(values, own, 10_000) == said


def test_of_a_regression_the_error_is_compared() -> None:
    assert train.standing_of_errors([0.5, 0.25], 0.25) == (
        "Ten starts of this recipe: 0.2500 to 0.5000, median 0.3750; this one is the lowest."
    )


def test_numbers_stand_in_lines() -> None:
    assert train.facts((0.9, 0.1), 1_781, 0.12, 9, 1.5) == (
        "Single labels right: **90.0%**  \nLoss, fresh sequences: **0.100** nats/label  \nParameters: **1,781**  \n"
        "Trained in **0.1 s**, beside 9 others, compiled in 1.5 s"
    )
    assert train.facts(None, 2, 0.036, 0, 0.0).endswith("Trained in **0.04 s**")
    assert train.facts(None, 2, 0.001, 0, 0.0).endswith("Trained in **less than 0.01 s**")
    assert train.facts(None, 2, 1.0, 0, 0.0) == "Parameters: **2**  \nTrained in **1.0 s**"
    assert train.interval(0.2104, (0.2026, 0.2185)) == "This one network: 20.3% to 21.9% (95%)"
    assert train.ten_right(8) == "8 of 10 sequences wholly right."
    assert "400" in train.of_numbers(400)


def test_the_tray_and_its_files_are_told() -> None:
    assert train.brought(1, 1, 1) == "In the tray now: the run of the file."
    assert train.brought(3, 3, 3) == "In the tray now: the 3 runs of the file."
    assert train.brought(2, 9, 2) == "Of the file's 9 runs the first start of each model is in the tray: 2."
    assert train.too_large(3_000_000, 2) == "It has 3.0 MB; at most 2 MB are taken."
    assert "room for 1" in train.no_room(2, 1)
    assert "12" in train.tray_full(12)
    assert "6" in train.first_drawn(6)
    assert "20 MB" in train.take_file(20)
    assert train.refused("No.") == "This file can't be brought back. No."


def test_a_comparison_says_what_its_curves_are_of() -> None:
    assert compare.curves(1).startswith("Curves: the loss in training, of one run.")
    assert compare.curves(10).startswith("Curves: the loss in training, median and 10 to 90% band of 10 runs.")
    assert compare.stands_still([]) == ""
    assert compare.stands_still(["a", "b"]).endswith("the answers of a and b.")


def test_a_comparison_says_what_run_costs() -> None:
    assert compare.press_train() == "Press Train for these."
    assert compare.press_train("9 s") == "Press Train for these: about 9 s of training."
    assert compare.press_train("9 s", compare.wish(50, "2 min")) == (
        "Press Train for these: about 9 s of training. 50 starts would take about 2 min."
    )
    assert [compare.rounded(seconds) for seconds in (3.4, 33, 240)] == ["3 s", "35 s", "4 min"]
    assert compare.lowered(50, 10) == "Longer runs, so fewer starts: 10, not 50. Choose more if you have the time."
    assert compare.other_settings("Press.") == "The figure shows other settings. Press."


@pytest.mark.parametrize(
    ("fewest", "most", "fair", "close", "said"),
    [
        (5, 5, False, True, ""),
        (5, 9, False, False, "Not quite a fair race: b has 9 parameters, a 5."),
        (5, 5, True, True, "About the same number of parameters: 5 to 5."),
        (5, 9, True, False, "As near as whole units allow: 5 to 9."),
    ],
)
def test_a_race_is_called_as_even_as_it_is(fewest: int, most: int, fair: bool, close: bool, said: str) -> None:
    assert compare.parameters(("a", fewest), ("b", most), fair=fair, close=close).startswith(said)
    assert bool(compare.parameters(("a", fewest), ("b", most), fair=fair, close=close)) == bool(said)


def test_a_comparisons_tables_and_figures_are_explained() -> None:
    assert compare.starts_needed(None, 1_000) == "over 1,000"
    assert compare.starts_needed(40, 1_000) == "40"
    assert compare.differences_legend(few=True).endswith("none below 6 runs.")
    assert compare.differences_legend(few=False).endswith("its 95% interval.")
    assert compare.reading("decides", 20).endswith("The first 20 timesteps are drawn.")
    assert compare.reading("decides").endswith("not the network.")
    assert "400" in compare.loss_help("loss", 400)
    assert "400" in compare.above_help(400)
    assert "400" in compare.mean_help(400)
    for name in ("differences", "differences_alt", "merge_alt"):
        assert "mul" in getattr(compare, name)("mul")


def test_why_says_what_follows_and_what_it_was_measured_at() -> None:
    assert why.answer(Told("So.", "Ten."), ["You guessed.", ""]) == Told("So. You guessed.", "Ten.")
    assert why.only_here(Told("So.", "None."), 10).counts == "None. Measured at T=10 and with one learning rate only."
    assert why.so_far([Told("So.", "Ten."), Told("No.")], 250).splitlines() == [
        "**What came out so far**, after 250 sequences",
        "",
        "- **So.** Ten.",
        "- **No.** ",
    ]
    assert why.give_forward(29) == "Give forward 29 units"
    assert why.place(1, 5) == "1 of 5"
    assert why.long_run(4_000) == "The long run: 4,000 sequences"
    assert why.long_run_help(20, ["a", "b"]) == "At most about 20 s of training; follows a, b."
    assert why.refused("No.") == "The long run: No."
    assert why.setting(20, 0.003) == "T=20, learning rate 0.003"
    assert why.difference("-0.100", "-0.120", "-0.080") == "-0.100 (-0.120 to -0.080)"
    assert why.difference("-0.100", "nan", "nan") == "-0.100"
