"""How each problem's sequences are drawn, as a tutorial writes it; a test holds each to the problem's `sample`."""

import textwrap
from collections.abc import Mapping
from typing import NamedTuple

from bilstm_core.export import formulas
from bilstm_core.export.pieces import WIDTH
from bilstm_core.problems import formula
from bilstm_core.specs import ProblemSpec

_UNIFORM = "x = rng.random((n, TIMESTEPS, 1), dtype=np.float32)"
_RUNNING = "sums = np.cumsum(x, axis=1, dtype=np.float64)"


class Sequences(NamedTuple):
    """The code of a problem's sequences.

    docstring: what n of them are
    drawn: the lines that draw x, and of sequences that end early their mask
    labeled: the lines that make y of them
    limits: what the running sum must reach for the label to turn, a list; empty where a running sum says nothing
    from_end: whether that sum runs from the last timestep to the first
    """

    docstring: str
    labeled: str
    drawn: str = _UNIFORM
    returned: str = "x, y.astype(int)"
    limits: str = ""
    from_end: bool = False


SEQUENCES: Mapping[str, Sequences] = {
    "cumulative_sum": Sequences(
        "n sequences of uniform values; a label is 1 once the running sum has reached the limit.",
        f"{_RUNNING}\ny = sums >= THRESHOLD * TIMESTEPS",
        limits="[THRESHOLD * TIMESTEPS]",
    ),
    "reverse_cumulative_sum": Sequences(
        "n sequences of uniform values; a label is 1 while what is still to come reaches the limit.",
        "to_come = np.cumsum(x[:, ::-1], axis=1, dtype=np.float64)[:, ::-1]  # this value included\n"
        "y = to_come >= THRESHOLD * TIMESTEPS",
        limits="[THRESHOLD * TIMESTEPS]",
        from_end=True,
    ),
    "share_of_total": Sequences(
        "n sequences of uniform values; a label is 1 once the running sum is half of the total.",
        f"{_RUNNING}\ny = 2 * sums >= sums[:, -1:]",
        limits="[values.sum() / 2]",
    ),
    "centered_window": Sequences(
        "n sequences of uniform values; a label is 1 where a value and its neighbors average 1/2.",
        "steps = np.arange(TIMESTEPS)\n"
        "near = np.abs(steps[:, None] - steps) <= 2  # two neighbors on each side\n"
        "y = near @ x.astype(np.float64) >= near.sum(axis=1, keepdims=True) / 2",
    ),
    "total_quarters": Sequences(
        "n sequences of uniform values; a label is the quarter of the total that the sum is in.",
        f"{_RUNNING}\ny = sum(4 * sums >= quarters * sums[:, -1:] for quarters in (1, 2, 3))",
        limits="[quarters * values.sum() / 4 for quarters in (1, 2, 3)]",
    ),
    "cosine_from_sine": Sequences(
        "n waves of unknown frequency and phase; the answer is the value a quarter period ahead.",
        "y = np.cos(angle).astype(np.float32)",
        drawn="phase = rng.uniform(0, 2 * np.pi, (n, 1, 1))\n"
        "frequency = rng.uniform(np.pi / 10, np.pi / 4, (n, 1, 1))  # radians a timestep\n"
        "angle = phase + frequency * np.arange(1, TIMESTEPS + 1)[:, None]\n"
        "x = np.sin(angle).astype(np.float32)",
        returned="x, y",
    ),
    "variable_length": Sequences(
        "n sequences that end early, padded with -1; mask says which timesteps are real.",
        "sums = np.cumsum(np.where(mask[..., None], x, 0), axis=1, dtype=np.float64)\n"
        "y = (sums >= THRESHOLD * TIMESTEPS) & mask[..., None]",
        drawn="lengths = rng.integers((TIMESTEPS + 1) // 2, TIMESTEPS + 1, n)\n"
        "mask = np.arange(TIMESTEPS) < lengths[:, None]\n"
        f"{_UNIFORM}\nx[~mask] = -1",
        returned="x, y.astype(int), mask",
        limits="[THRESHOLD * TIMESTEPS]",
    ),
}


def code_of(name: str) -> Sequences:
    """The code of the sequences of the problem of this name."""
    if not formula.is_formula(name):
        return SEQUENCES[name]
    text = formula.text_of(name)
    told = textwrap.fill(f"n sequences of uniform values; a label is 1 where {text}.", WIDTH - 8)
    return Sequences(told, formulas.labeled(text))


def draw_sequences(name: str) -> str:
    """The function `draw_sequences(n, rng)` of a problem."""
    code = code_of(name)
    lines = f'"""{code.docstring}"""\n{code.drawn}\n{code.labeled}\nreturn {code.returned}'
    return "def draw_sequences(n, rng):\n" + textwrap.indent(lines, "    ")


def constants(problem: ProblemSpec) -> list[str]:
    """The lines that say of what length the sequences are, and of what threshold."""
    lines = [f"TIMESTEPS = {problem.timesteps}"]
    if "threshold" in problem.problem.parameters:
        lines.append(f"THRESHOLD = {problem.threshold!r}  # share of the timesteps that a sum must reach")
    return lines


def names(problem: ProblemSpec) -> str:
    """What a drawing of sequences gives."""
    return "x, y, mask" if problem.problem.padded else "x, y"
