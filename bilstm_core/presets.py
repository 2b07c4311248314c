"""The systems that readers know from tutorials, by name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, get_args

from bilstm_core.specs import Cell, ModelSpec, RunSpec, TrainingSpec

_LONG = TrainingSpec(epochs=1_000)
CELLS: tuple[Cell, ...] = get_args(Cell)

PRESETS: Mapping[str, RunSpec] = {
    "LSTM, 1,000 epochs": RunSpec(model=ModelSpec(direction="forward"), training=_LONG),
    "Bidirectional LSTM, 1,000 epochs": RunSpec(training=_LONG),
    "The book's lesson: 50 units, 50,000 sequences": RunSpec(
        model=ModelSpec(units=50),
        training=TrainingSpec(epochs=1, sequences_per_epoch=50_000, batch_size=10, fresh_data=False),
    ),
}
DEFAULT_PRESET = "LSTM, 1,000 epochs"

DIRECTIONS: Mapping[str, ModelSpec] = {
    "forward": ModelSpec(direction="forward"),
    "backward": ModelSpec(direction="backward"),
    "backward, tutorial's order": ModelSpec(direction="backward", backward_output="raw"),
    "bidirectional": ModelSpec(),
}

MERGE_MODES: Mapping[str, ModelSpec] = {
    "concat": ModelSpec(merge_mode="concat"),
    "sum": ModelSpec(merge_mode="sum"),
    "mul": ModelSpec(merge_mode="mul"),
    "ave": ModelSpec(merge_mode="ave"),
}


INSIDE: tuple[RunSpec, ...] = tuple(
    RunSpec(model=replace(model, cell=cell), training=_LONG)
    for cell in CELLS
    for model in dict.fromkeys([*DIRECTIONS.values(), *MERGE_MODES.values()])
)


class Step(NamedTuple):
    """One answer to try on "why does bidirectional learn faster than forward?".

    label: of its curve; press: what the button says; change: what the model is, as a noun phrase
    matched: has as many units as give it the parameters of bidirectional
    """

    label: str
    press: str
    change: str
    model: ModelSpec
    matched: bool = False


WHY_FIRST: Mapping[str, ModelSpec] = {"forward": ModelSpec(direction="forward"), "bidirectional": ModelSpec()}
WHY_STEPS: tuple[Step, ...] = (
    Step(
        "no future",
        "Take the future away",
        "bidirectional with its backward branch fed a constant",
        ModelSpec(second_branch="backward_constant"),
    ),
    Step(
        "forward, wider",
        "Give forward as many parameters",
        "forward with as many parameters",
        ModelSpec(direction="forward"),
        matched=True,
    ),
    Step(
        "second forward",
        "Give it a second forward branch",
        "forward with a second forward branch, fed a constant",
        ModelSpec(second_branch="forward_constant"),
    ),
    Step(
        "told t/T",
        "Tell forward the time, t/T",
        "forward told t/T",
        ModelSpec(direction="forward", position="fraction"),
    ),
    Step(
        "told one-hot",
        "Tell forward the time, one-hot",
        "forward told the timestep, one-hot",
        ModelSpec(direction="forward", position="one_hot"),
    ),
)
WHY_MORE = Step(
    "fed noise",
    "Feed the backward branch noise",
    "bidirectional with its backward branch fed noise",
    ModelSpec(second_branch="backward_noise"),
)
