"""All that the page Cell says of a unit, each sentence made of the numbers of its run."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from bilstm_core.figures.cell import exact, plain
from bilstm_core.network.stepping import UnitStep
from ui.lesson_texts import largest, moment

NETWORK = "The network that Train opens with: one forward LSTM, trained on 1,000 sequences."
ROUNDED = "Numbers are rounded only where they are shown."
SEQUENCE = "**The sequence.** Choose a block to step into it."
SEQUENCE_ALT = "The sequence's values, what the network answers, and what is expected."
WORKED_EXAMPLE = "The tutorial's worked example"
UNIT_HELP = "Those whose hidden state follows the label most closely, or goes against it, come first."
MISSING = "The recorded network is missing. Install the recorded results, or run `make record`."


def answer(steps: Sequence[UnitStep], flip: int | None, goal: float, number: int) -> str:
    """How the unit of this number (from 1) remembers, on this sequence.

    flip: the timestep at which the running sum reaches `goal`; None if it never does
    """
    step = steps[flip - 1] if flip else max(steps, key=lambda each: abs(each.change))
    where = (
        f"At timestep **{step.timestep}** the running sum passes {goal:g}, and unit {number}"
        if flip
        else f"At timestep **{step.timestep}** unit {number}"
    )
    return (
        f"It keeps and adds. {where} keeps **{step.gates['f']:.0%}** of its cell state and adds "
        f"**{plain(added(step))}**: from {plain(step.c_before)} to {plain(step.c)}."
    )


def most(steps: Sequence[UnitStep], flip: int | None) -> str:
    """Where the unit's cell state changes most. flip: the timestep at which the label flips; None if it never does"""
    changes = [step.change for step in steps]
    timestep = largest(changes)
    where = f", {moment(timestep, flip)}" if flip else ""
    told = f"The cell state changes most at timestep {timestep}{where}: by {changes[timestep - 1]:+.2f}."
    return told.replace("-", "−")


def follows(correlation: float) -> str:
    """How the unit's hidden state follows the label. correlation: of the two"""
    return f"The hidden state's correlation with the label is {correlation:+.2f}.".replace("-", "−")


def added(step: UnitStep) -> float:
    """What is added to the cell state."""
    return float(step.gates["i"] * step.gates["g"])


def at_work(step: UnitStep, line: str, units: int) -> str:
    """What the line of the equations does at this timestep, in words. units: of the layer"""
    gates = step.gates
    said: Mapping[str, Callable[[], str]] = {
        "z": lambda: (
            f"Four sums: each weighs the value {plain(step.x)} and the hidden states of all {units} units, and adds a "
            "bias."
        ),
        "i": lambda: f"The input gate lets in {gates['i']:.0%} of the candidate.",
        "f": lambda: f"The forget gate keeps {gates['f']:.0%} of the cell state and forgets the rest.",
        "g": lambda: f"The candidate, what could be added, is {plain(gates['g'])}.",
        "o": lambda: f"The output gate shows {gates['o']:.0%} of what the cell holds.",
        "c": lambda: (
            f"It keeps {exact(gates['f'] * step.c_before)} and adds {exact(added(step))}: the cell state goes "
            f"from {exact(step.c_before)} to {exact(step.c)}."
        ),
        "h": lambda: f"The hidden state is {plain(step.h)}: all that the output and the next timestep get to see.",
    }
    return said[line]()


def filled_in(step: UnitStep, line: str) -> list[str]:
    """The line of the equations with the unit's numbers in it; of the sums a row for each gate."""
    z, gates = step.z, step.gates
    if line == "z":
        return [
            f"z_{gate} = {bracketed(step.x)} × {bracketed(step.weight[gate])} + {bracketed(step.from_states[gate])} + "
            f"{bracketed(step.bias[gate])} = {exact(z[gate])}"
            for gate in z
        ]
    if line in ("i", "f", "o"):
        return [f"{line} = sigmoid({exact(z[line])}) = {exact(gates[line])}"]
    if line == "g":
        return [f"g = tanh({exact(z['g'])}) = {exact(gates['g'])}"]
    if line == "c":
        kept = f"{exact(gates['f'])} × {bracketed(step.c_before)}"
        return [f"c = {kept} + {exact(gates['i'])} × {bracketed(gates['g'])} = {exact(step.c)}"]
    return [f"h = {exact(gates['o'])} × tanh({exact(step.c)}) = {exact(step.h)}"]


def bracketed(number: float) -> str:
    """A number within a sum or product."""
    text = exact(number)
    return f"({text})" if text.startswith("−") else text


def described(step: UnitStep, line: str, units: int, timesteps: int) -> str:
    """The figure in words."""
    return f"A cell at timestep {step.timestep} of {timesteps}. {at_work(step, line, units)}"


def through(number: int) -> str:
    """The heading of the figure of a unit's gates and states. number: of the unit, from 1"""
    return f"**Unit {number} through the sequence.** Its gates and its two states."


def through_alt(number: int, gates: Iterable[str]) -> str:
    """What that figure shows. gates: their names"""
    return f"Gates and states of unit {number} by timestep: {', '.join(gates)}, cell, hidden."


def place(timestep: int, line: int, lines: int) -> str:
    """Where the stepping stands. line: from 1, of `lines`"""
    return f"Timestep {timestep}, line {line} of {lines}."
