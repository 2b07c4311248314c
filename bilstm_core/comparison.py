"""What is compared: models by label, how each is drawn, and the specs of every model and start."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bilstm_core.analysis.ablation import BIDIRECTIONAL, FORWARD
from bilstm_core.analysis.parameter_matching import matched_units
from bilstm_core.datasets.recipe import training_of
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings, WhySettings
from bilstm_core.palette import NEUTRAL, Style, style
from bilstm_core.presets import (
    FRACTION,
    MODELS_BY_DIRECTION,
    MODELS_BY_MERGE_MODE,
    NO_FUTURE,
    ONE_HOT,
    WHY_FIRST,
    WHY_MORE,
    WHY_STEPS,
    WIDER,
    Step,
)
from bilstm_core.problems import given
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

STARTS_OF_A_RECIPE = 10
EXPLAINED = "mul"  # the merge mode that falls far behind, which its page draws at first
LAST = 5.0  # px: as wide are the dashes of the last one tried, so that the curve that it lies on is seen between them
IN_THE_LONG_RUN = (FORWARD, BIDIRECTIONAL, NO_FUTURE)  # what Why's long run follows
VARIANTS = {NO_FUTURE: "backward_constant", WIDER: "same_parameters", "second forward": "forward_constant"} | {
    FRACTION: "fraction",
    ONE_HOT: "one_hot",
    WHY_MORE.label: "backward_noise",
}

SpecsByLabel = Mapping[str, Sequence[RunSpec]]
RunsByLabel = Mapping[str, Sequence[Run]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Models by label, and how each is drawn.

    hidden_at_first: labels that are neither drawn nor ranked until they are asked for
    matched: labels that always have as many units as give them the reference's parameters
    expected: labels of which the well-known picture has one lowest, for the problem that it is of
    baseline: the label that the others are held against, start by start; empty where there is none
    reasons: by label, why it may be far behind: the rest of a sentence
    """

    models: Mapping[str, ModelSpec]
    styles: Mapping[str, Style]
    hidden_at_first: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    baseline: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)


DIRECTIONS = Compared(
    models=MODELS_BY_DIRECTION,
    styles={
        label: style(model.direction, variant="raw" if model.backward_output == "raw" else "none")
        for label, model in MODELS_BY_DIRECTION.items()
    },
    hidden_at_first=("backward, tutorial's order",),
    expected=("bidirectional",),
)
MERGE_MODES = Compared(
    models=MODELS_BY_MERGE_MODE,
    styles={label: style("bidirectional", model.merge_mode) for label, model in MODELS_BY_MERGE_MODE.items()},
    expected=("sum", "concat"),
    baseline="concat",
    reasons={EXPLAINED: "two small numbers multiplied are smaller still"},
)


def why(settings: ComparisonSettings, steps: Sequence[Step]) -> Compared:
    """Forward, bidirectional and what has been tried; in the long run, those it follows. steps: tried so far"""
    models = {**WHY_FIRST, **{step.label: step.model for step in steps}}
    if is_long(settings):
        models = {label: model for label, model in models.items() if label in IN_THE_LONG_RUN}
    last = steps[-1].label if steps else ""
    styles = {label: _style_of_why(label, model, last) for label, model in models.items()}
    return Compared(models=models, styles=styles, matched=(WIDER,), baseline="forward")


def _style_of_why(label: str, model: ModelSpec, last: str) -> Style:
    """Forward's variants are neutral but for the last one tried: five blue lines can't be told apart from afar."""
    both = model.direction == "bidirectional" and model.second_branch != "forward_constant"
    drawn = style("bidirectional" if both else "forward", variant=VARIANTS.get(label, "none"))
    if label == last:
        return drawn._replace(width=LAST)
    return drawn._replace(color=NEUTRAL, width=2.0) if not both and label != FORWARD else drawn


def elsewhere(settings: ComparisonSettings) -> dict[tuple[int, float], SpecsByLabel]:
    """What Why's conclusion rests on, in other settings, by timesteps and learning rate.

    Two other learning rates, and another T; everything else as the settings have it, as far as the tutorial trains.
    """
    steps = [step for step in WHY_STEPS if step.label in (NO_FUTURE, FRACTION, ONE_HOT)]
    compared = Compared(models={**WHY_FIRST, **{step.label: step.model for step in steps}}, styles={})
    usual, timesteps = TrainingSpec().learning_rate, settings.timesteps
    places = [(timesteps, usual / 2), (timesteps, 3 * usual), (20 if timesteps != 20 else 10, usual)]
    return {
        (t, rate): {
            label: [replace(spec, training=replace(spec.training, learning_rate=rate)).canonical() for spec in group]
            for label, group in specs_of(compared, replace(settings, timesteps=t, epochs=TUTORIAL_EPOCHS)).items()
        }
        for t, rate in places
    }


def is_long(settings: ComparisonSettings) -> bool:
    """Whether a comparison goes on after the tutorial's has stopped, which is of drawn sequences, one an epoch."""
    return settings.epochs > TUTORIAL_EPOCHS and settings.problem.problem.fixed is None


def offered(steps: Sequence[Step], settings: ComparisonSettings) -> list[Step]:
    """Those that change something: where all models have as many parameters already, giving them is no change.

    In sequences of different lengths t/T is no share of a sequence, for T is that of the longest: it is left out.
    """
    left_out = FRACTION if uneven(settings) else ""
    return [step for step in steps if not (settings.fair and step.matched) and step.label != left_out]


def uneven(settings: ComparisonSettings) -> bool:
    """Whether the sequences are of different lengths, which only those are that somebody brought."""
    fixed = settings.problem.problem.fixed
    try:
        return fixed is not None and fixed().marked
    except given.AbsentError:  # then nothing is trained on them, either
        return False


def tried(settings: WhySettings) -> list[Step]:
    """The changes that Why has tried so far, in order."""
    more = [WHY_MORE] if settings.noise else []
    return [*offered(WHY_STEPS[: settings.stage], settings), *more]


def model_of(compared: Compared, label: str, settings: ComparisonSettings) -> ModelSpec:
    """The model of a label, with the units that it has under these settings."""
    model = replace(compared.models[label], units=settings.units)
    if settings.fair or label in compared.matched:
        model = replace(model, units=matched_units(settings.problem, model, settings.reference))
    return model.canonical()


def specs_of(compared: Compared, settings: ComparisonSettings) -> SpecsByLabel:
    """The specs of every model and start; ValueError with the core's sentence for settings out of range."""
    models = tuple((label, model_of(compared, label, settings)) for label in compared.models)
    return _specs(models, settings.problem, settings.epochs, range(settings.seed, settings.seed + settings.starts))


@functools.lru_cache(maxsize=64)
def _specs(models: tuple[tuple[str, ModelSpec], ...], problem: ProblemSpec, epochs: int, seeds: range) -> SpecsByLabel:
    return {
        label: tuple(
            RunSpec(
                problem=problem, model=model, training=training_of(problem.problem, epochs=epochs, seed=seed)
            ).canonical()
            for seed in seeds
        )
        for label, model in models
    }


def starts_of(spec: RunSpec, starts: int = STARTS_OF_A_RECIPE) -> list[RunSpec]:
    """The same recipe from so many seeds: the spec's own, and the first others."""
    own = spec.training.seed
    others = [seed for seed in range(starts) if seed != own][: starts - 1]
    return [replace(spec, training=replace(spec.training, seed=seed)).canonical() for seed in sorted([own, *others])]


def each_once(specs: SpecsByLabel) -> list[RunSpec]:
    """All specs, each once: two models may come to the same."""
    return list(dict.fromkeys(spec for group in specs.values() for spec in group))
