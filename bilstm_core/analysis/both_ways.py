"""Whether reading both ways helps on sequences that were brought, as far as the held-out ones tell it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from bilstm_core.analysis.held_out import BASE_RATE, Answers, Labels, Lead, lead, scores
from bilstm_core.analysis.window_regression import NEIGHBORS
from bilstm_core.datasets.bounds import counted
from bilstm_core.datasets.recipe import late

PAST, SIDES = "regression, past", "regression, both sides"
FORWARD, BACKWARD, BIDIRECTIONAL = "forward", "backward", "bidirectional"
MODELS = (BASE_RATE, PAST, SIDES, FORWARD, BACKWARD, BIDIRECTIONAL)  # in the order in which they are drawn
NETWORKS = (FORWARD, BACKWARD, BIDIRECTIONAL)
USE_THE_FUTURE = (SIDES, BACKWARD, BIDIRECTIONAL)
REGRESSIONS = {PAST: 0, SIDES: NEIGHBORS}  # timesteps of what follows that are read
MARGIN = 0.02  # of the labels, or of the variance: a smaller lead helps nobody

Kind = Literal["nothing", "both", "future", "past", "open"]


def window(ahead: int) -> str:
    """What a regression is called that reads so many timesteps ahead."""
    return f"regression, {counted(ahead, 'step')} ahead"


def models(ahead: int = 0) -> tuple[str, ...]:
    """All models in the order in which they are drawn. ahead: timesteps that an answer can wait for; 0 where none

    Where it can wait, a regression over what is there by then takes the place of the one over both sides.
    """
    if not ahead:
        return MODELS
    return BASE_RATE, PAST, window(ahead), FORWARD, late(ahead), BACKWARD, BIDIRECTIONAL


def networks(ahead: int = 0) -> tuple[str, ...]:
    """The networks among them."""
    return (FORWARD, late(ahead), BACKWARD, BIDIRECTIONAL) if ahead else NETWORKS


def regressions(ahead: int = 0) -> dict[str, int]:
    """The regressions among them, and how many timesteps of what follows each reads."""
    return {PAST: 0, window(ahead): ahead} if ahead else REGRESSIONS


class Verdict(NamedTuple):
    """What the answers carry.

    kind: nothing is better than the base rate; both ways help; the future alone does as well; the past is enough; or
    the held-out sequences leave it open
    gain: of bidirectional over forward; where an answer can wait, of the forward network that answers late
    best: the best network among those that are available; regression: the one that is compared with it
    beside: the lead of `best` over the regression
    margin: of a lead, below which it counts for nothing
    scores: of each model, by label, the mean over its starts
    ahead: timesteps that an answer can wait for
    """

    kind: Kind
    gain: Lead
    best: str
    regression: str
    beside: Lead
    margin: float
    scores: dict[str, float]
    ahead: int = 0

    @property
    def against_regression(self) -> Literal["above", "below", "level"]:
        """How the best network stands to the regression."""
        if self.beside.settled and abs(self.beside.mean) >= self.margin:
            return "above" if self.beside.mean > 0 else "below"
        return "level"


def verdict(every: Sequence[Answers], labels: Labels, *, available: bool, ahead: int = 0) -> Verdict | None:
    """What the answers of all `models` carry; None where one is missing.

    available: whether the whole sequence is there when a label is needed; ahead: else, timesteps that can be waited for
    """
    ahead = 0 if available else ahead
    wanted = models(ahead)
    if not {answers.label for answers in every} >= {*wanted}:
        return None
    by_label = {answers.label: float(scores(answers, labels).mean()) for answers in every}
    sign = 1.0 if labels.classes else -1.0
    margin = MARGIN if labels.classes else MARGIN * by_label[BASE_RATE]
    can = [label for label in wanted if available or label not in USE_THE_FUTURE]
    best = max((label for label in networks(ahead) if label in can), key=lambda label: sign * by_label[label])
    top = max((label for label in can if label != BASE_RATE), key=lambda label: sign * by_label[label])
    *_, regression = (label for label in regressions(ahead) if label in can)
    gain = lead(every, labels, late(ahead) if ahead else BIDIRECTIONAL, FORWARD)
    above = lead(every, labels, top, BASE_RATE)
    return Verdict(
        kind=_kind(above, gain, lead(every, labels, BIDIRECTIONAL, BACKWARD), margin),
        gain=gain,
        best=best,
        regression=regression,
        beside=lead(every, labels, best, regression),
        margin=margin,
        scores=by_label,
        ahead=ahead,
    )


def _kind(above: Lead, gain: Lead, over_backward: Lead, margin: float) -> Kind:
    if not (above.settled and above.mean >= margin):
        return "nothing"
    if gain.settled and gain.mean >= margin:
        return "both" if over_backward.settled and over_backward.mean >= margin else "future"
    if gain.high < margin or (gain.settled and gain.mean < margin):
        return "past"
    return "open"
