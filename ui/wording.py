"""What pages say and draw by what a problem asks for: one of two labels, one of several, or a number."""

from typing import Any

import numpy as np

from bilstm_core.specs import ProblemSpec

TUTORIAL_SEQUENCES = 250  # where the well-known comparisons stop
SQUARED = "mean squared error"
HIGHEST_ERROR = 0.6  # of the axis of a regression; a guess of the mean of a wave loses a half


def classes(problem: ProblemSpec) -> int:
    """How many labels there are; 0 for a regression."""
    declared = problem.problem
    return 0 if declared.head == "regression" else max(declared.outputs, 2)


def outlined(problem: ProblemSpec) -> str:
    """What a value's outline in a reading grid says of it."""
    count = problem.problem.enough
    return f"tells of the answer, and any {count} neighbours give it" if count else "decides the label"


def loss_name(problem: ProblemSpec) -> str:
    """What the loss is, with its unit."""
    return "loss (nats per label)" if classes(problem) else f"loss ({SQUARED})"


def loss_axis(problem: ProblemSpec) -> dict[str, Any]:
    """What a loss curve needs to know of a problem: name, height, and the loss of a guess among the labels."""
    count = classes(problem)
    if count == 0:
        return {"loss": loss_name(problem), "y_max": HIGHEST_ERROR, "coin_toss": None}
    if count == 2:
        return {"loss": loss_name(problem)}
    guess = float(np.log(count))
    return {"loss": loss_name(problem), "y_max": round(1.08 * guess, 2), "coin_toss": guess}
