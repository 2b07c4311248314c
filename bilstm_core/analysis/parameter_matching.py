"""A fair race: as many units as give two models about the same number of parameters."""

from dataclasses import replace
from typing import NamedTuple

from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.specs import WHOLE_NUMBERS, ModelSpec, ProblemSpec

CLOSE = 0.05  # of the wanted parameters: a match that misses by more is none


class Match(NamedTuple):
    """What comes nearest to a number of parameters: its units, its parameters, and those wanted."""

    units: int
    parameters: int
    wanted: int

    @property
    def close(self) -> bool:
        """Whether it may be called as many."""
        return abs(self.parameters - self.wanted) <= CLOSE * self.wanted

    @property
    def at_most(self) -> bool:
        """Whether it is fewer because there may be no more units."""
        return self.units == WHOLE_NUMBERS["units"][1] and self.parameters < self.wanted


def match(problem: ProblemSpec, model: ModelSpec, reference: ModelSpec) -> Match:
    """How near `model`, with its `matched_units`, comes to the parameters of `reference`."""
    units = matched_units(problem, model, reference)
    return Match(units, parameter_count(problem, replace(model, units=units)), parameter_count(problem, reference))


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
