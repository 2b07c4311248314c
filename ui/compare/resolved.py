"""What a comparison page shows and what its controls ask for: worked out once a rerun, and handed down."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property

import pandas as pd

from bilstm_core.comparison import RunsByLabel, SpecsByLabel, each_once, specs_of
from bilstm_core.datasets.recipe import EPOCHS
from bilstm_core.engine import cost
from bilstm_core.page_settings import TUTORIAL_EPOCHS, ComparisonSettings
from bilstm_core.problems import given
from bilstm_core.specs import RunSpec
from ui import evaluations, live, session, state
from ui.compare.comparison import Comparison, runs_of, scores_of
from ui.settings import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What training under some settings comes to.

    specs: those that would be trained, each once; none where it is refused
    refused: why they can't be trained, in the core's sentence, or empty
    share: of the work, that would not be refused for being too much; 0 where that is not why
    """

    settings: ComparisonSettings
    specs: Sequence[RunSpec] = ()
    refused: str = ""
    share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the page shows, as it stands at the start of a rerun.

    specs, runs: of every model, by label; of those not trained yet there are no runs
    visible: the labels that are switched on
    scores: a row a run, as `scores_of` makes them; None while not all runs are evaluated
    chosen: what Train would train
    busy: whether the page waits for a job
    """

    comparison: Comparison
    settings: ComparisonSettings
    specs: SpecsByLabel
    runs: RunsByLabel
    visible: Sequence[str]
    scores: pd.DataFrame | None
    chosen: Asked
    busy: bool

    @property
    def all_settings(self) -> ComparisonSettings:
        """The settings of the runs, with whatever else the page was set to."""
        return self.settings

    @property
    def page(self) -> str:
        """The page that shows it."""
        return self.comparison.page

    @cached_property
    def present(self) -> RunsByLabel:
        """The runs of those models that have any."""
        return {label: group for label, group in self.runs.items() if group}

    def scores_of(self, labels: Sequence[str]) -> pd.DataFrame | None:
        """The scores of these labels alone."""
        return None if self.scores is None else self.scores[self.scores["label"].isin(labels)].reset_index(drop=True)

    @cached_property
    def key(self) -> Hashable:
        """What everything that follows from the scores follows from."""
        digests = tuple((label, *(run.digest for run in group)) for label, group in self.present.items())
        return self.settings.sequences, digests


def shown_settings(page: str) -> ComparisonSettings:
    """The settings of the runs that the page shows."""
    return ComparisonSettings(**state.SETTINGS(page).get())


def show_settings(page: str, settings: ComparisonSettings) -> None:
    """Let the page show the runs of these settings."""
    state.SETTINGS(page).set(asdict(settings))


def chosen_settings(page: str) -> ComparisonSettings:
    """The settings of the widgets as they stand; the seed is that of the figure until another setting changes.

    Where no widget has the epochs, they are as usual once the problem is another of whose sequences there are as many
    as there are, or one of which they are drawn.
    """
    shown = shown_settings(page)
    settings = read(page, shown)
    if given.is_given(settings.name) != given.is_given(shown.name) and state.field(page, "epochs").get() is None:
        settings = replace(settings, epochs=EPOCHS if given.is_given(settings.name) else TUTORIAL_EPOCHS)
    return settings if settings == shown else replace(settings, seed=0)


def ask(
    comparison: Comparison,
    settings: ComparisonSettings,
    *,
    again: bool = False,
    trained: Mapping[RunSpec, bool] | None = None,
) -> Asked:
    """What training comes to: of what is not trained yet, or of all `again`.

    trained: of specs that were looked up already, whether there is a run
    """
    known = trained or {}
    try:
        every = each_once(specs_of(comparison, settings))
        specs = [
            spec for spec in every if again or not (known[spec] if spec in known else session.find(spec) is not None)
        ]
        cost.check(specs)
    except ValueError as error:
        return Asked(settings=settings, refused=str(error), share=cost.allowed_share(error))
    return Asked(settings=settings, specs=specs)


def switched_on(comparison: Comparison) -> list[str]:
    """The labels that are drawn and ranked."""
    at_first = [label for label in comparison.models if label not in comparison.hidden_at_first]
    chosen = state.VISIBLE(comparison.page).get()
    return [label for label in comparison.models if label in (at_first if chosen is None else chosen)]


def resolve(comparison: Comparison) -> Shown:
    """What the page shows now; once a rerun, after what its address names is taken up."""
    page = comparison.page
    settings, busy, visible = shown_settings(page), live.active(page), switched_on(comparison)
    specs = specs_of(comparison, settings)
    runs = runs_of(specs)
    trained = {run.spec for group in runs.values() for run in group}
    complete = not busy and all(len(runs[label]) == len(specs[label]) for label in visible)
    return Shown(
        comparison=comparison,
        settings=settings,
        specs=specs,
        runs=runs,
        visible=visible,
        scores=scores_of(runs, settings, evaluations.PATIENCE_S if complete else 0.0),
        chosen=ask(comparison, chosen_settings(page), trained={spec: spec in trained for spec in each_once(specs)}),
        busy=busy,
    )
