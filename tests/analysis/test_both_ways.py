"""What held-out answers carry: worked out from models whose share of right labels is known."""

from collections.abc import Mapping

import numpy as np
import pytest

from bilstm_core.analysis.both_ways import MODELS, Verdict, models, networks, regressions, verdict
from bilstm_core.analysis.held_out import BASE_RATE, Answers, Labels

SEQUENCES, TIMESTEPS = 200, 20
EXPECTED = np.ones((SEQUENCES, TIMESTEPS), np.int64)
LABELS = Labels(expected=EXPECTED, mask=EXPECTED > 0, classes=2)


def answers(right: Mapping[str, float]) -> list[Answers]:
    """One draw for all: whoever is right on more labels is right on the others' too."""
    drawn = np.random.default_rng(0).random((1, SEQUENCES, TIMESTEPS))
    return [Answers(label, (drawn < share).astype(np.int64)) for label, share in right.items()]


def found(*, available: bool = True, **right: float) -> Verdict:
    names = dict(zip(("base", "past", "sides", "forward", "backward", "bidirectional"), MODELS, strict=True))
    at_first = dict.fromkeys(MODELS, 0.8) | {BASE_RATE: 0.2}
    told = verdict(
        answers(at_first | {names[name]: share for name, share in right.items()}), LABELS, available=available
    )
    assert told is not None
    return told


@pytest.mark.parametrize(
    ("right", "kind"),
    [
        ({"bidirectional": 0.9}, "both"),
        ({"bidirectional": 0.9, "backward": 0.9}, "future"),
        ({"bidirectional": 0.805}, "past"),
        ({"bidirectional": 0.7}, "past"),
        ({"base": 0.8}, "nothing"),
    ],
)
def test_what_helps_follows_from_who_is_right_more_often(right: dict[str, float], kind: str) -> None:
    assert found(**right).kind == kind


def test_a_lead_that_the_sequences_do_not_settle_is_left_open() -> None:
    """Of eight sequences bidirectional tells five, forward four, and only three are told by both."""
    labels = Labels(expected=EXPECTED[:8], mask=EXPECTED[:8] > 0, classes=2)
    right = {label: [1, 1, 1, 1, 0, 0, 0, 0] for label in MODELS} | {BASE_RATE: [0] * 8}
    right["bidirectional"] = [1, 0, 1, 1, 1, 1, 0, 0]
    models = [Answers(label, np.repeat(np.array(right[label])[None, :, None], 20, 2)) for label in MODELS]
    told = verdict(models, labels, available=True)
    assert told is not None
    assert told.kind == "open"


@pytest.mark.parametrize(("share", "stands"), [(0.7, "above"), (0.805, "level"), (0.9, "below")])
def test_the_best_network_is_held_to_the_regression_that_can_be_had(share: float, stands: str) -> None:
    both = found(sides=share, past=0.1)
    assert (both.regression, both.against_regression) == ("regression, both sides", stands)
    past = found(past=share, sides=0.1, bidirectional=0.95, available=False)
    assert (past.best, past.regression, past.against_regression) == ("forward", "regression, past", stands)


@pytest.mark.parametrize(
    ("late", "kind"), [(0.9, "waiting helps"), (0.705, "waiting brings nothing"), (0.6, "waiting brings nothing")]
)
def test_where_an_answer_can_wait_it_goes_by_the_forward_network_that_answers_late(late: float, kind: str) -> None:
    right = dict(zip(models(2), (0.2, 0.5, 0.8, 0.7, late, 0.1, 0.95), strict=True))
    told = verdict(answers(right), LABELS, available=False, ahead=2)
    assert told is not None
    assert {"both": "waiting helps", "future": "waiting helps", "past": "waiting brings nothing"}[told.kind] == kind
    assert (told.gain.first, told.gain.second) == ("forward 2 steps late", "forward")
    assert told.best == ("forward 2 steps late" if late > 0.7 else "forward")
    assert told.regression == "regression, 2 steps ahead"
    assert told.ahead == 2
    at_once = verdict(answers(right), LABELS, available=True, ahead=2)
    assert at_once is None, "the regression over both sides is not there"


def test_a_look_ahead_adds_a_network_and_widens_the_regression() -> None:
    assert (models(), networks()) == (MODELS, MODELS[3:])
    assert set(networks(1)) - set(networks()) == {"forward 1 step late"}
    assert regressions(5) == {"regression, past": 0, "regression, 5 steps ahead": 5}
    assert set(models(5)) == {"base rate", *networks(5), *regressions(5)}


def test_an_error_counts_the_other_way_round() -> None:
    labels = Labels(expected=np.zeros((30, 9)), mask=np.ones((30, 9), bool), classes=0)
    errors = dict(zip(MODELS, (1.0, 0.6, 0.5, 0.6, 0.6, 0.2), strict=True))
    told = verdict(
        [Answers(label, np.full((1, 30, 9), error)) for label, error in errors.items()], labels, available=True
    )
    assert told is not None
    assert (told.kind, told.best, told.against_regression) == ("both", "bidirectional", "above")
    assert told.gain.mean == pytest.approx(0.36 - 0.04)


def test_nothing_is_said_before_every_model_is_there() -> None:
    assert verdict(answers(dict.fromkeys(MODELS, 0.5))[:-1], LABELS, available=True) is None
