"""What pages say and draw by what a problem asks for: one of two labels, one of several, or a number."""

from bilstm_core.specs import ProblemSpec
from bilstm_core.wording import SQUARED, classes, loss_axis, loss_name

__all__ = ["SQUARED", "classes", "loss_axis", "loss_name", "outlined"]


def outlined(problem: ProblemSpec) -> str:
    """What a value's outline in a reading grid says of it."""
    count = problem.problem.enough
    return f"tells of the answer, and any {count} neighbours give it" if count else "decides the label"
