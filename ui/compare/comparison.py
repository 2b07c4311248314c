"""What a page compares: models by label, the settings of its runs, and the runs themselves."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from bilstm_core import figures
from bilstm_core.analysis.parameter_matching import matched_units
from bilstm_core.engine import cost
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec
from ui import controls, evaluations, session, state

STARTS = (1, 3, 10, 50)
TUTORIAL_EPOCHS = 250  # where the well-known comparisons stop
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


Settings = Mapping[str, Any]


def problem_of(settings: Settings) -> ProblemSpec:
    """The problem that all runs of a comparison have; ValueError with the core's sentence."""
    return ProblemSpec(name=settings["name"], timesteps=settings["timesteps"])


def reference(settings: Settings) -> ModelSpec:
    """The model whose number of parameters a fair race gives to all."""
    return ModelSpec(units=settings["units"])


def model_of(comparison: Comparison, label: str, settings: Settings) -> ModelSpec:
    """The model of a label, with the units that it has under these settings."""
    model = replace(comparison.models[label], units=settings["units"])
    if settings["fair"] or label in comparison.matched:
        model = replace(model, units=matched_units(problem_of(settings), model, reference(settings)))
    return model.canonical()


def specs_of(comparison: Comparison, settings: Settings) -> Mapping[str, Sequence[RunSpec]]:
    """The specs of every model and start; ValueError with the core's sentence for settings out of range."""
    models = tuple((label, model_of(comparison, label, settings)) for label in comparison.models)
    return _specs(
        models, problem_of(settings), settings["epochs"], range(settings["seed"], settings["seed"] + settings["starts"])
    )


@functools.lru_cache(maxsize=64)  # a page asks several times a rerun
def _specs(
    models: tuple[tuple[str, ModelSpec], ...], problem: ProblemSpec, epochs: int, seeds: range
) -> Mapping[str, Sequence[RunSpec]]:
    return {
        label: tuple(
            RunSpec(problem=problem, model=model, training=TrainingSpec(epochs=epochs, seed=seed)).canonical()
            for seed in seeds
        )
        for label, model in models
    }


def default_settings() -> dict[str, Any]:
    """The recorded comparison: ten starts of 250 epochs."""
    return {
        "name": ProblemSpec().name,
        "epochs": TUTORIAL_EPOCHS,
        "starts": 10,
        "timesteps": 10,
        "units": 20,
        "fair": False,
        "seed": 0,
    }


def shown_settings(page: str) -> dict[str, Any]:
    """The settings of the runs that the page shows."""
    return state.SETTINGS(page).get() or default_settings()


def chosen_settings(page: str) -> dict[str, Any]:
    """The settings of the widgets as they stand; the seed is that of the figure until another setting changes."""
    shown = shown_settings(page)
    settings = shown | {
        name: controls.plain(state.field(page, name, shown[name]).get()) for name in shown if name != "seed"
    }
    return settings if settings == shown else settings | {"seed": 0}


def runs_of(specs: Mapping[str, Sequence[RunSpec]]) -> dict[str, list[Run]]:
    """The runs that this session or the store has of these specs, by label."""
    return {label: [run for spec in group if (run := session.find(spec))] for label, group in specs.items()}


def current_runs(comparison: Comparison) -> dict[str, list[Run]]:
    """The runs of the settings that the page shows."""
    return runs_of(specs_of(comparison, shown_settings(comparison.page)))


def wanted(comparison: Comparison, settings: Settings, *, again: bool = False) -> list[RunSpec]:
    """The specs that are not trained yet, or all `again`, each once."""
    every = [spec for group in specs_of(comparison, settings).values() for spec in group]
    return [spec for spec in dict.fromkeys(every) if again or session.find(spec) is None]


def affordable_starts(comparison: Comparison, settings: Settings) -> int:
    """The most starts, no more than asked for, that are trained within AFFORDABLE_S."""
    most: int = settings["starts"]
    fitting = [
        starts
        for starts in STARTS
        if starts <= most
        and cost.seconds(wanted(comparison, {**settings, "starts": starts}, again=True)) <= AFFORDABLE_S
    ]
    return max(fitting, default=1)


def sequences(settings: Settings) -> int:
    """On how many fresh sequences every run of these settings is evaluated; the same for all models."""
    spec = RunSpec(problem=problem_of(settings), model=reference(settings))
    return evaluations.evaluation_size(spec, evaluations.AFFORDABLE_BESIDE / settings["starts"])


def evaluated(runs: Mapping[str, Sequence[Run]], settings: Settings, patience_s: float = 0.0) -> bool:
    """Whether the runs are evaluated; asks for it, and waits a moment."""
    return evaluations.scored([run for group in runs.values() for run in group], sequences(settings), patience_s)


def scores_key(runs: Mapping[str, Sequence[Run]], settings: Settings) -> str:
    """A key for whatever follows from the scores of these runs."""
    return repr([sequences(settings), [(label, [run.digest for run in group]) for label, group in runs.items()]])


def scores(runs: Mapping[str, Sequence[Run]], settings: Settings) -> pd.DataFrame:
    """One row a run: label, seed, loss (nats per label, on fresh sequences), accuracy, exact. Waits for `evaluated`."""
    each = sequences(settings)
    rows = [
        {"label": label, "seed": run.spec.training.seed, **evaluations.score(run, each)}
        for label, group in runs.items()
        for run in group
    ]
    return pd.DataFrame(rows, columns=["label", "seed", "loss", "accuracy", "exact"])
