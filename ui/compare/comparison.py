"""What a page compares: models by label, the settings of its runs, and the runs themselves."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from bilstm_core import figures
from bilstm_core.analysis.parameter_matching import matched_units
from bilstm_core.engine import cost
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from ui import evaluations, session, wording
from ui.settings import STARTS, field_of

TUTORIAL_EPOCHS = wording.TUTORIAL_SEQUENCES  # of one sequence each
AFFORDABLE_S = 20.0  # of training that a page proposes by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a page compares: models by label, and how each is drawn.

    matched: labels that always have as many units as give them the reference's parameters
    expected: labels of which the well-known picture has one lowest, for the problem that it is of
    epochs: what a person can choose; empty where the page itself decides
    guess_from: epochs from which a run waits behind a guess; 0 for never
    pills: whether curves can be hidden; probes: whether a probe sequence of each model is drawn below its curve
    carried: entries of the page's state that a reload during a training finds again, beside the settings
    """

    page: str
    models: Mapping[str, ModelSpec]
    styles: Mapping[str, figures.Style]
    hidden_at_first: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    epochs: tuple[int, ...] = (TUTORIAL_EPOCHS, 1_000, 4_000)
    guess_from: int = 0
    pills: bool = True
    probes: bool = True
    carried: tuple[str, ...] = ("guess",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonSettings:
    """What all runs of a comparison have in common, at first that of the recorded one: ten starts of 250 epochs.

    Whatever the widgets hold fits in; it is checked where specs are made of it.
    fair: whether all models have about as many parameters, not as many units
    seed: of the first start
    """

    name: str = field_of("name")
    epochs: int = field_of("epochs")
    starts: int = field_of("starts")
    timesteps: int = field_of("timesteps")
    units: int = field_of("units")
    fair: bool = field_of("fair")
    seed: int = field_of("seed")

    @property
    def problem(self) -> ProblemSpec:
        """The problem that all runs have; ValueError with the core's sentence."""
        return ProblemSpec(name=self.name, timesteps=self.timesteps)

    @property
    def reference(self) -> ModelSpec:
        """The model whose number of parameters a fair race gives to all; ValueError with the core's sentence."""
        return ModelSpec(units=self.units)

    @property
    def sequences(self) -> int:
        """On how many fresh sequences every run is evaluated; the same for all models."""
        spec = RunSpec(problem=self.problem, model=self.reference)
        return evaluations.evaluation_size(spec, evaluations.AFFORDABLE_BESIDE / self.starts)


SpecsByLabel = Mapping[str, Sequence[RunSpec]]
RunsByLabel = Mapping[str, Sequence[Run]]


def model_of(comparison: Comparison, label: str, settings: ComparisonSettings) -> ModelSpec:
    """The model of a label, with the units that it has under these settings."""
    model = replace(comparison.models[label], units=settings.units)
    if settings.fair or label in comparison.matched:
        model = replace(model, units=matched_units(settings.problem, model, settings.reference))
    return model.canonical()


def specs_of(comparison: Comparison, settings: ComparisonSettings) -> SpecsByLabel:
    """The specs of every model and start; ValueError with the core's sentence for settings out of range."""
    models = tuple((label, model_of(comparison, label, settings)) for label in comparison.models)
    return _specs(models, settings.problem, settings.epochs, range(settings.seed, settings.seed + settings.starts))


@functools.lru_cache(maxsize=64)
def _specs(models: tuple[tuple[str, ModelSpec], ...], problem: ProblemSpec, epochs: int, seeds: range) -> SpecsByLabel:
    return {
        label: tuple(
            RunSpec(problem=problem, model=model, training=TrainingSpec(epochs=epochs, seed=seed)).canonical()
            for seed in seeds
        )
        for label, model in models
    }


def each_once(specs: SpecsByLabel) -> list[RunSpec]:
    """All specs, each once: two models may come to the same."""
    return list(dict.fromkeys(spec for group in specs.values() for spec in group))


def runs_of(specs: SpecsByLabel) -> dict[str, list[Run]]:
    """The runs that this session or the store has of these specs, by label."""
    return {label: [run for spec in group if (run := session.find(spec))] for label, group in specs.items()}


def affordable_starts(comparison: Comparison, settings: ComparisonSettings) -> int:
    """The most starts, no more than asked for, that are trained within AFFORDABLE_S."""
    fitting = [
        starts
        for starts in STARTS
        if starts <= settings.starts
        and cost.seconds(each_once(specs_of(comparison, replace(settings, starts=starts)))) <= AFFORDABLE_S
    ]
    return max(fitting, default=1)


def scores_of(runs: RunsByLabel, settings: ComparisonSettings, patience_s: float = 0.0) -> pd.DataFrame | None:
    """One row a run: label, seed, loss (nats per label, on fresh sequences), accuracy, exact.

    None while not all runs are evaluated; asks for it, and waits a moment.
    """
    if not evaluations.scored([run for group in runs.values() for run in group], settings.sequences, patience_s):
        return None
    rows = [
        {"label": label, "seed": run.spec.training.seed, **evaluations.score(run, settings.sequences)}
        for label, group in runs.items()
        for run in group
    ]
    return pd.DataFrame(rows, columns=["label", "seed", "loss", "accuracy", "exact"])
