"""What Problem shows, a sequence and its labels, as a plain script or a notebook."""

import textwrap

import numpy as np
import numpy.typing as npt

from bilstm_core.export import sequences
from bilstm_core.export.pieces import WIDTH, WITHOUT_KERAS, Piece, Program
from bilstm_core.export.script import changes
from bilstm_core.export.sequences import code_of
from bilstm_core.palette import EDGE, SHADE
from bilstm_core.random_streams import Stream
from bilstm_core.specs import ProblemSpec


def program(problem: ProblemSpec, seed: int, values: npt.NDArray[np.float32] | None = None) -> Program:
    """What draws a sequence of a problem with its labels.

    seed: of the sequence; values: those that stand there instead, (real timesteps,)
    Raises ValueError where a problem's values do not decide its labels and some are given.
    """
    declared = problem.problem
    if values is not None and declared.labels is None:
        raise ValueError(f"The values of {declared.title} do not decide its labels, so they can't be given.")
    imports = "import numpy as np\nfrom plotly.subplots import make_subplots"
    constants = "\n".join([*sequences.constants(problem), *([] if values is not None else [f"SEED = {seed}"])])
    return Program(
        "bilstm_sequence",
        declared.question,
        WITHOUT_KERAS,
        [
            Piece("", imports),
            Piece("", constants),
            *(_drawn(problem) if values is None else _given(problem, values)),
            Piece("", _figure(problem)),
        ],
        _with_core(problem, seed, values),
    )


def _drawn(problem: ProblemSpec) -> list[Piece]:
    line = f"{sequences.names(problem)} = draw_sequences(1, np.random.default_rng([SEED, {int(Stream.EXAMPLES)}]))"
    return [Piece("", sequences.draw_sequences(problem.name)), Piece("", f"{line}\n{_one(problem)}")]


def _given(problem: ProblemSpec, values: npt.NDArray[np.float32]) -> list[Piece]:
    lines = [_array(values), "x = values[None, :, None]  # (sequences, timesteps, features), as a network takes them"]
    if problem.problem.padded:
        lines.append("mask = np.ones(x.shape[:2], dtype=bool)")
    lines += code_of(problem.name).labeled.splitlines()
    return [Piece("The sequence, and its labels.", "\n".join([*lines, "labels = y[0, :, 0].astype(int)"]))]


def _array(values: npt.NDArray[np.float32]) -> str:
    numbers = ", ".join(np.format_float_positional(value, trim="0") for value in values)
    line = f"values = np.array([{numbers}], dtype=np.float32)"
    if len(line) <= WIDTH:
        return line
    rows = textwrap.fill(f"{numbers},", WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4)
    return f"values = np.array(\n    [\n{textwrap.indent(rows, ' ' * 4)}\n    ],\n    dtype=np.float32,\n)"


def _one(problem: ProblemSpec) -> str:
    return f"values, labels = {'x[mask][:, 0], y[mask][:, 0]' if problem.problem.padded else 'x[0, :, 0], y[0, :, 0]'}"


def _figure(problem: ProblemSpec) -> str:
    code, regression = code_of(problem.name), problem.problem.head == "regression"
    lines = ["steps = np.arange(len(values)) + 1"]
    bars = f'"marker_color": "{SHADE}"'
    if code.limits:
        lines.append(
            "sums = np.cumsum(values[::-1])[::-1]  # of this value and all after it"
            if code.from_end
            else "sums = np.cumsum(values)"
        )
        bars = f'"base": sums - values, {bars}'
    lines += [
        "figure = make_subplots(rows=2, row_heights=[0.7, 0.3])",
        f'bars = {{"x": steps, "y": values, {bars}}}',
        'figure.add_bar(**bars, name="value", row=1, col=1)',
    ]
    if code.limits:
        lines += [
            f"for limit in {code.limits}:",
            '    figure.add_hline(limit, line_dash="dash", row=1)',
        ]
    shape = "" if regression else ', "line_shape": "hvh"'
    lines += [
        f'line = {{"x": steps, "y": labels, "line_color": "{EDGE}"{shape}}}',
        'figure.add_scatter(**line, mode="lines+markers", name="label", row=2, col=1)',
        f'figure.update_yaxes(title="{"running sum" if code.limits else "value"}", row=1)',
        'figure.update_xaxes(title="timestep", row=2)',
        f'figure.update_yaxes(title="{"answer" if regression else "label"}", row=2)',
        "figure.show()",
    ]
    return "\n".join(lines)


def _with_core(problem: ProblemSpec, seed: int, values: npt.NDArray[np.float32] | None) -> str:
    if values is not None:
        arguments = "".join(f", {name}={value!r}" for name, value in problem.parameters().items())
        given = "x, mask = values[None, :, None], np.ones((1, len(values)), dtype=bool)"
        if problem.problem.padded:
            given = (
                f"mask = np.arange({problem.timesteps})[None] < len(values)\n"
                "x = np.where(mask, np.resize(values, mask.shape), -1)[..., None]"
            )
        return (
            "import numpy as np\n"
            "from bilstm_core.specs import ProblemSpec\n"
            f"{_array(values)}\n{given}\n"
            f'y = ProblemSpec(name="{problem.name}").problem.labels(x, mask{arguments})\n'
        )
    return (
        "from bilstm_core.random_streams import Stream, generator\n"
        "from bilstm_core.specs import ProblemSpec\n"
        f"spec = ProblemSpec({changes(problem, ProblemSpec())})\n"
        f"rng = generator({seed}, Stream.EXAMPLES)\n"
        "x, y, mask = spec.problem.sample(1, spec.timesteps, rng, **spec.parameters())\n"
    )
