"""A map of two settings, as a plain script or a notebook: every network of it in Keras, one after the other.

Every network starts from the same weights, sees the same sequences and makes the same updates as in `train_many`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bilstm_core.export import networks, sequences
from bilstm_core.export.pieces import WITH_KERAS, Piece, Program
from bilstm_core.export.script import changes
from bilstm_core.palette import shares
from bilstm_core.specs import RunSpec
from bilstm_core.sweep_settings import NAMES, SweepSettings
from bilstm_core.sweeps import TESTED_ON

CONSTANTS = {  # of the script, by the setting that each is
    "units": "UNITS",
    "timesteps": "TIMESTEPS",
    "layers": "LAYERS",
    "batch_size": "BATCH_SIZE",
    "learning_rate": "LEARNING_RATE",
    "sequences": "SEQUENCES",
    "threshold": "THRESHOLD",
}
INDENT = " " * 12


def program(settings: SweepSettings, *, question: str, tested: int = TESTED_ON) -> Program:
    """What trains, evaluates and draws every network of a map.

    question: that it answers; tested: how many fresh sequences each is evaluated on
    Raises ValueError with a sentence for settings that make no map.
    """
    grid = settings.grid
    title = f"{question} {grid.base.problem.problem.question}"
    return Program("bilstm_map", title, WITH_KERAS, _pieces(settings, tested), _with_core(settings))


def _with_core(settings: SweepSettings) -> str:
    changed = changes(settings, SweepSettings())
    return (
        "from itertools import chain\n"
        "from bilstm_core.sweep_settings import SweepSettings\n"
        "from bilstm_core.training import train_many\n"
        f"grid = SweepSettings({changed}).grid\n"
        "runs = train_many(list(chain.from_iterable(grid.cells.values())), mixed=True)\n"
    )


def _pieces(settings: SweepSettings, tested: int) -> Sequence[Piece]:
    base, problem = settings.base, settings.base.problem
    return [
        Piece("", "import keras\nimport numpy as np\nimport plotly.graph_objects as go"),
        Piece("", _constants(settings)),
        Piece("", sequences.draw_sequences(problem.name)),
        Piece("", networks.training_sequences(problem, noise=False)),
        Piece("", networks.INITIAL_WEIGHTS),
        Piece("The network: one answer at each timestep.", _network(base)),
        Piece("Training, each sequence once.", _training(base)),
        Piece("How many sequences that it has never seen does it get right from end to end?", _right(base, tested)),
        Piece("Every square of the map, from each of its starts.", _map(settings)),
        Piece("", _figure(settings)),
    ]


def _constants(settings: SweepSettings) -> str:
    grid = settings.grid
    training = grid.base.training
    values: dict[str, Any] = {
        "UNITS": settings.units,
        "LAYERS": settings.layers,
        "SEQUENCES": training.sequences_per_epoch,
        "BATCH_SIZE": training.batch_size,
        "LEARNING_RATE": training.learning_rate,
    }
    lines = [*sequences.constants(grid.base.problem), *(f"{name} = {value!r}" for name, value in values.items())]
    varied = {CONSTANTS[axis.setting] for axis in (grid.x, grid.y)}
    kept = [line for line in lines if line.split(" = ")[0] not in varied]
    seeds = f"SEEDS = range({settings.seed}, {settings.seed + settings.starts})"
    return "\n".join([*kept, seeds, f"ACROSS = {list(grid.x.values)}", f"UP = {list(grid.y.values)}"])


def _network(base: RunSpec) -> str:
    lines, _ = networks.inputs(base.problem, noise=False)
    layer = networks.layers(replace(base.model, layers=1), values="outputs")
    cells = ", ".join(cell.replace("(1,", "(layer,") for cell in layer.cells)
    body = [
        *lines,
        "outputs, cells = inputs, {}",
        "for layer in range(1, LAYERS + 1):",
        *(f"    {line}" for line in (*layer.lines, f"cells |= {{{cells}}}")),
        *networks.head(base.problem),
        "set_initial_weights({**cells, (0, 0): head}, seed)",
        *networks.compiled(base.problem, base.training.learning_rate)
        .replace(f"Adam({base.training.learning_rate!r})", "Adam(LEARNING_RATE)")
        .split("\n"),
        "return model",
    ]
    return _function("new_model(seed)", body)


def _training(base: RunSpec) -> str:
    return _function(
        "train(model, seed)",
        [
            f"{sequences.names(base.problem)} = training_sequences(seed, SEQUENCES)",
            "for start in range(0, SEQUENCES, BATCH_SIZE):",
            "    batch = slice(start, start + BATCH_SIZE)",
            f"    model.train_on_batch({networks.weighted(base.problem, 'batch')})",
        ],
    )


def _right(base: RunSpec, tested: int) -> str:
    shares = networks.right(base.problem)
    return _function(
        "share_right(model)",
        [
            *networks.fresh(base.problem, tested, noise=False),
            "answers = model.predict(x, batch_size=1_000, verbose=0)",
            shares["right"],
            f"return {shares['whole']}",
        ],
    )


def _function(head: str, body: Sequence[str]) -> str:
    return "\n".join([f"def {head}:", *(f"    {line}" for line in body)])


def _map(settings: SweepSettings) -> str:
    up, across = CONSTANTS[settings.up], CONSTANTS[settings.across]
    return "\n".join(
        [
            "right = np.zeros((len(UP), len(ACROSS), len(SEEDS)))",
            f"for row, {up} in enumerate(UP):",
            f"    for column, {across} in enumerate(ACROSS):",
            "        for place, seed in enumerate(SEEDS):",
            f"{INDENT}model = new_model(seed)",
            f"{INDENT}train(model, seed)",
            f"{INDENT}right[row, column, place] = share_right(model)",
            f"        print({up}, {across}, right[row, column])",
        ]
    )


def _figure(settings: SweepSettings) -> str:
    goal = f'{{"start": {settings.goal:g}, "end": {settings.goal:g}, "coloring": "none"}}'
    return "\n".join(
        [
            "median = np.median(right, axis=2)",
            'places = {"x": [str(value) for value in ACROSS], "y": [str(value) for value in UP]}',
            "# lighter where more is right, with a step at the goal",
            "scale = [",
            *(f'    [{share:.6g}, "{color}"],' for share, color in shares(settings.goal)),
            "]",
            'colors = {"zmin": 0, "zmax": 1, "colorscale": scale}',
            "figure = go.Figure(go.Heatmap(z=median, **places, **colors))",
            f"goal = {goal}",
            'line = {"contours": goal, "line": {"color": "black", "width": 3}}',
            "figure.add_contour(z=median, **places, **line)",
            f'figure.update_xaxes(title="{NAMES[settings.across]}", type="category")',
            f'figure.update_yaxes(title="{NAMES[settings.up]}", type="category")',
            "figure.show()",
        ]
    )
