"""What is recorded, to open every page; `bilstm record` trains and writes it."""

from dataclasses import replace

from bilstm_core.analysis.parameter_matching import matched_units
from bilstm_core.comparison import starts_of
from bilstm_core.page_settings import SWEEPS, ComparisonSettings
from bilstm_core.presets import (
    EVERY_PROBLEM,
    INSIDE,
    MODELS_BY_DIRECTION,
    MODELS_BY_MERGE_MODE,
    PRESETS,
    WHY_FIRST,
    WHY_MORE,
    WHY_STEPS,
)
from bilstm_core.recorded_board import Place, places
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from bilstm_core.sweep_settings import SweepSettings


def recorded_specs() -> list[RunSpec]:
    """Every spec that is recorded.

    Ten starts of each preset, what Inside offers, every problem read in every direction, and ten starts of each model
    compared.
    """
    recipes = [spec for preset in PRESETS.values() for spec in starts_of(preset)]
    return list(dict.fromkeys([*PRESETS.values(), *INSIDE, *EVERY_PROBLEM, *compared_specs(), *recipes]))


def compared_specs() -> list[RunSpec]:
    """Ten starts of each model that is compared with others: those of which the scores are recorded, too."""
    steps = [
        replace(step.model, units=matched_units(ProblemSpec(), step.model, WHY_FIRST["bidirectional"]))
        if step.matched
        else step.model
        for step in (*WHY_STEPS, WHY_MORE)
    ]
    models: list[ModelSpec] = list(
        dict.fromkeys([*MODELS_BY_DIRECTION.values(), *MODELS_BY_MERGE_MODE.values(), *steps])
    )
    starts = [
        RunSpec(model=model, training=TrainingSpec(seed=seed)).canonical()
        for model in models
        for seed in range(ComparisonSettings().starts)
    ]
    return list(dict.fromkeys(starts))


def recorded_sweeps() -> list[SweepSettings]:
    """Every map that is recorded: the one that its page opens with."""
    return [SWEEPS.first]


def recorded_places() -> list[Place]:
    """Every place of the board of the smallest models that is recorded: all that there are."""
    return places()


def replayed(spec: RunSpec) -> bool:
    """Whether a page replays this run from its record; Why and Problems show curves alone, and Inside none."""
    replays = [
        *MODELS_BY_DIRECTION.values(),
        *MODELS_BY_MERGE_MODE.values(),
        *(preset.model for preset in PRESETS.values()),
    ]
    looked_into = spec in (*INSIDE, *EVERY_PROBLEM) and spec not in PRESETS.values()
    return spec.training.seed == 0 and spec.model in replays and not looked_into
