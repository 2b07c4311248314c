"""The systems that readers know from tutorials, by name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from bilstm_core.choices import CELLS, DIRECTIONS, MERGE_MODES, Direction
from bilstm_core.problems import PROBLEMS
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

_LONG = TrainingSpec(epochs=1_000)

PRESETS: Mapping[str, RunSpec] = {
    "LSTM tutorial": RunSpec(model=ModelSpec(direction="forward"), training=_LONG),
    "BiLSTM tutorial": RunSpec(training=_LONG),
    "Book's lesson": RunSpec(
        model=ModelSpec(units=50),
        training=TrainingSpec(epochs=1, sequences_per_epoch=50_000, batch_size=10, fresh_data=False),
    ),
}
DEFAULT_PRESET = "LSTM tutorial"

MODELS_BY_DIRECTION: Mapping[str, ModelSpec] = {
    "forward": ModelSpec(direction="forward"),
    "backward": ModelSpec(direction="backward"),
    "backward, tutorial's order": ModelSpec(direction="backward", backward_output="raw"),
    "bidirectional": ModelSpec(),
}

MODELS_BY_MERGE_MODE: Mapping[str, ModelSpec] = {mode: ModelSpec(merge_mode=mode) for mode in MERGE_MODES}

INSIDE: tuple[RunSpec, ...] = tuple(
    RunSpec(model=replace(model, cell=cell), training=_LONG)
    for cell in CELLS
    for model in dict.fromkeys([*MODELS_BY_DIRECTION.values(), *MODELS_BY_MERGE_MODE.values()])
)


class Step(NamedTuple):
    """One answer to try on "why does bidirectional learn faster than forward?".

    label: of its curve; press: what the button says; change: what the model is; now: what is done, as a clause
    enough, part, nothing: what is said if it gains as much as bidirectional, some of it, or nothing
    matched: has as many units as give it the parameters of bidirectional
    """

    label: str
    press: str
    change: str
    now: str
    model: ModelSpec
    enough: str
    part: str
    nothing: str
    matched: bool = False


WHY_FIRST: Mapping[str, ModelSpec] = {"forward": ModelSpec(direction="forward"), "bidirectional": ModelSpec()}
NO_FUTURE, WIDER = "no future", "forward, wider"
FRACTION, ONE_HOT = "told t/T", "told one-hot"
WHY_STEPS: tuple[Step, ...] = (
    Step(
        NO_FUTURE,
        "Take the future away",
        "a backward branch fed a constant",
        "the backward branch is fed a constant",
        ModelSpec(second_branch="backward_constant"),
        "Without the future, the whole gain is still there. So it is not the future.",
        "Without the future, only part of the gain is left.",
        "Without the future, the gain is gone. So it is the future.",
    ),
    Step(
        WIDER,
        "Give forward as many parameters",
        "as many parameters",
        "forward has about as many parameters as bidirectional",
        ModelSpec(direction="forward"),
        "Size explains the whole gain.",
        "Size explains only part of the gain.",
        "Size explains none of the gain.",
        matched=True,
    ),
    Step(
        "second forward",
        "Give it a second forward branch fed a constant",
        "a second forward branch fed a constant",
        "forward has a second forward branch fed a constant",
        ModelSpec(second_branch="forward_constant"),
        "A second forward branch fed a constant explains the whole gain.",
        "A second forward branch fed a constant explains only part of the gain.",
        "A second forward branch fed a constant explains none of the gain.",
    ),
    Step(
        FRACTION,
        "Give forward a clock (t/T)",
        "the time as t/T",
        "forward is told the time as t/T",
        ModelSpec(direction="forward", position="fraction"),
        "Knowing the time, as t/T, explains the whole gain.",
        "Knowing the time, as t/T, explains only part of the gain.",
        "Knowing the time, as t/T, explains none of the gain.",
    ),
    Step(
        ONE_HOT,
        "Give forward a clock (one-hot)",
        "the timestep one-hot",
        "forward is told the timestep, one-hot",
        ModelSpec(direction="forward", position="one_hot"),
        "Knowing the timestep, one-hot, explains the whole gain.",
        "Knowing the timestep, one-hot, explains only part of the gain.",
        "Knowing the timestep, one-hot, explains none of the gain.",
    ),
)
WHY_MORE = Step(
    "fed noise",
    "Feed the backward branch noise",
    "a backward branch fed noise",
    "the backward branch is fed noise",
    ModelSpec(second_branch="backward_noise"),
    "Fed noise, the backward branch still brings the whole gain. So what it reads does not matter.",
    "Fed noise, the backward branch brings only part of the gain.",
    "Fed noise, the backward branch brings none of the gain. So what it reads matters.",
)

DECIDES: Mapping[str, str] = {
    "past decides": "cumulative_sum",
    "future decides": "reverse_cumulative_sum",
    "both decide": "share_of_total",
}
LONG_ENOUGH = TrainingSpec(epochs=20, sequences_per_epoch=5_000, batch_size=10, learning_rate=3e-3)


def trained_long_enough(problem: str, direction: Direction) -> RunSpec:
    """A problem of the registry with a model that reads one way or both, trained on 100,000 sequences."""
    return RunSpec(
        problem=ProblemSpec(name=problem), model=ModelSpec(direction=direction), training=LONG_ENOUGH
    ).canonical()


EVERY_PROBLEM: tuple[RunSpec, ...] = tuple(
    trained_long_enough(name, direction) for name in PROBLEMS for direction in DIRECTIONS
)
