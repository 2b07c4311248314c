"""A fair race: as many units as give two models about the same number of parameters."""

from dataclasses import replace

from bilstm_core.initial_weights import parameter_count
from bilstm_core.specs import WHOLE_NUMBERS, ModelSpec, ProblemSpec


def matched_units(problem: ProblemSpec, model: ModelSpec, reference: ModelSpec) -> int:
    """The units with which `model` comes nearest to the parameters of `reference`; the fewer where two come as near.

    problem: sets the width of the input. The units are within what a ModelSpec allows.
    """
    wanted = parameter_count(problem, reference)
    low, high = WHOLE_NUMBERS["units"]
    while low < high:  # the count grows with the units
        middle = (low + high) // 2
        if parameter_count(problem, replace(model, units=middle)) < wanted:
            low = middle + 1
        else:
            high = middle
    return min(
        (units for units in (low - 1, low) if units >= WHOLE_NUMBERS["units"][0]),
        key=lambda units: abs(parameter_count(problem, replace(model, units=units)) - wanted),
    )
