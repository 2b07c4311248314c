"""Whether reading both ways helps on sequences that were brought, as far as the held-out ones tell it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from bilstm_core.analysis.held_out import BASE_RATE, Answers, Labels, Lead, lead, scores

PAST, SIDES = "regression, past", "regression, both sides"
FORWARD, BACKWARD, BIDIRECTIONAL = "forward", "backward", "bidirectional"
MODELS = (BASE_RATE, PAST, SIDES, FORWARD, BACKWARD, BIDIRECTIONAL)  # in the order in which they are drawn
NETWORKS = (FORWARD, BACKWARD, BIDIRECTIONAL)
USE_THE_FUTURE = (SIDES, BACKWARD, BIDIRECTIONAL)
REGRESSIONS = {PAST: False, SIDES: True}  # whether what follows is read
MARGIN = 0.02  # of the labels, or of the variance: a smaller lead helps nobody

Kind = Literal["nothing", "both", "future", "past", "open"]


class Verdict(NamedTuple):
    """What the answers carry.

    kind: nothing is better than the base rate; both ways help; the future alone does as well; the past is enough; or
    the held-out sequences leave it open
    gain: of bidirectional over forward
    best: the best network among those that are available; regression: the one that is compared with it
    beside: the lead of `best` over the regression
    margin: of a lead, below which it counts for nothing
    scores: of each model, by label, the mean over its starts
    """

    kind: Kind
    gain: Lead
    best: str
    regression: str
    beside: Lead
    margin: float
    scores: dict[str, float]

    @property
    def against_regression(self) -> Literal["above", "below", "level"]:
        """How the best network stands to the regression."""
        if self.beside.settled and abs(self.beside.mean) >= self.margin:
            return "above" if self.beside.mean > 0 else "below"
        return "level"


def verdict(models: Sequence[Answers], labels: Labels, *, available: bool) -> Verdict | None:
    """What the answers of all MODELS carry; None where one is missing.

    available: whether the whole sequence is there when a label is needed
    """
    if {answers.label for answers in models} < {*MODELS}:
        return None
    by_label = {answers.label: float(scores(answers, labels).mean()) for answers in models}
    sign = 1.0 if labels.classes else -1.0
    margin = MARGIN if labels.classes else MARGIN * by_label[BASE_RATE]
    can = [label for label in MODELS if available or label not in USE_THE_FUTURE]
    best = max((label for label in NETWORKS if label in can), key=lambda label: sign * by_label[label])
    top = max((label for label in can if label != BASE_RATE), key=lambda label: sign * by_label[label])
    regression = SIDES if available else PAST
    gain = lead(models, labels, BIDIRECTIONAL, FORWARD)
    above = lead(models, labels, top, BASE_RATE)
    return Verdict(
        kind=_kind(above, gain, lead(models, labels, BIDIRECTIONAL, BACKWARD), margin),
        gain=gain,
        best=best,
        regression=regression,
        beside=lead(models, labels, best, regression),
        margin=margin,
        scores=by_label,
    )


def _kind(above: Lead, gain: Lead, over_backward: Lead, margin: float) -> Kind:
    if not (above.settled and above.mean >= margin):
        return "nothing"
    if gain.settled and gain.mean >= margin:
        return "both" if over_backward.settled and over_backward.mean >= margin else "future"
    if gain.high < margin or (gain.settled and gain.mean < margin):
        return "past"
    return "open"
