"""One unit of an LSTM, followed through a sequence by the equations: every number that goes into its states.

The equations themselves are those of equations.py; here stands only what one unit's row of them is made of.
"""

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bilstm_core.network.equations import Matrices, lstm_step

Array = npt.NDArray[Any]

GATES = {"i": "input", "f": "forget", "g": "candidate", "o": "output"}  # in the order of the matrices' columns


class UnitStep(NamedTuple):
    """What a unit computes at one timestep, by the names of `lstm_step`.

    timestep: from 1; x: the value that is read
    h_before, c_before: the unit's states after the timestep before, 0 at first
    weight, from_states, bias: by gate, what a sum is made of: the value's weight, what all hidden states before add by
        their weights, and the bias
    z: by gate, the sum: weight * x + from_states + bias
    gates: by gate, what becomes of its sum; c, h: the unit's states now
    """

    timestep: int
    x: float
    h_before: float
    c_before: float
    weight: Mapping[str, float]
    from_states: Mapping[str, float]
    bias: Mapping[str, float]
    z: Mapping[str, float]
    gates: Mapping[str, float]
    c: float
    h: float

    @property
    def change(self) -> float:
        """Of the cell state."""
        return self.c - self.c_before


def unit_steps(x: Array, matrices: Matrices, unit: int) -> list[UnitStep]:
    """What a unit (from 0) of an LSTM layer does at each timestep of x, (timesteps,), one feature."""
    kernel, recurrent_kernel, bias = matrices
    units = recurrent_kernel.shape[0]
    h = c = np.zeros((1, units), kernel.dtype)
    steps: list[UnitStep] = []
    for timestep, value in enumerate(x, start=1):
        columns = {gate: place * units + unit for place, gate in enumerate(GATES)}
        weight, offset = ({gate: float(row[at]) for gate, at in columns.items()} for row in (kernel[0], bias))
        states = (h @ recurrent_kernel)[0]
        from_states = {gate: float(states[at]) for gate, at in columns.items()}
        h_before, c_before = float(h[0, unit]), float(c[0, unit])
        h, named = lstm_step(np.full((1, 1), value, kernel.dtype), h, c, matrices)
        c = named["cell"]
        z = {gate: weight[gate] * float(value) + from_states[gate] + offset[gate] for gate in GATES}
        gates = {gate: float(named[name][0, unit]) for gate, name in GATES.items()}
        states_now = float(c[0, unit]), float(h[0, unit])
        steps.append(
            UnitStep(timestep, float(value), h_before, c_before, weight, from_states, offset, z, gates, *states_now)
        )
    return steps


def lines() -> dict[str, str]:
    """The lines of `lstm_step` that compute something, as they stand there, by what they compute: "z", "i", ... "h"."""
    source = inspect.getsource(lstm_step).split('"""')[-1]
    written = [line.strip() for line in source.splitlines()]
    return {line[0]: line for line in written if " = " in line and not line.endswith(" = matrices")}
