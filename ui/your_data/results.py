"""What models say of the held-out sequences: recorded, or trained in this visit; and the training."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from bilstm_core.analysis import both_ways, held_out, recorded_answers, window_regression
from bilstm_core.analysis.both_ways import NETWORKS, REGRESSIONS, Verdict
from bilstm_core.analysis.held_out import Answers, Labels
from bilstm_core.analysis.recorded_answers import Recorded
from bilstm_core.datasets import recipe
from bilstm_core.datasets.shipped import SHIPPED
from bilstm_core.page_settings import DataSettings
from bilstm_core.problems import given
from bilstm_core.runs import Run
from bilstm_core.service.job_view import JobView
from bilstm_core.specs import RunSpec
from ui import live, looks, registry, services, session, state, waits
from ui.your_data import subject as subjects
from ui.your_data import words
from ui.your_data.subject import Subject

PAGE = registry.YOUR_DATA.name
MOST_KEPT = 12  # trainings whose answers a session keeps


class Results(NamedTuple):
    """What is known of a subject, and what its settings ask for.

    answers: of the models that are there, in the order of both_ways.models
    recorded: where those come from, if from there
    ahead: timesteps that an answer waits for
    specs: the runs of each network, by its name; none for a bad setting
    """

    answers: tuple[Answers, ...]
    recorded: Recorded | None
    ahead: int
    specs: Mapping[str, Sequence[RunSpec]]

    @property
    def networks(self) -> list[Answers]:
        """Those of networks."""
        return [answers for answers in self.answers if answers.label in both_ways.networks(self.ahead)]

    @property
    def trained(self) -> bool:
        """Whether every network is there."""
        return len(self.networks) == len(both_ways.networks(self.ahead))

    @property
    def wanted(self) -> list[RunSpec]:
        """Every run that a press trains: of the networks that are not there, or of all."""
        there = {answers.label for answers in self.networks}
        missing = [label for label in self.specs if label not in there]
        return [spec for label in missing or self.specs for spec in self.specs[label]]

    @property
    def starts(self) -> int:
        """Of each network."""
        return max((len(answers.told) for answers in self.networks), default=0)


def results(subject: Subject, settings: DataSettings) -> Results:
    """What is known: what was trained in this visit before what is recorded."""
    own, kept, first = subject.prepared.given, state.TOLD.get(), subjects.SETTINGS.first
    ahead = subject.ahead(settings)
    told = {**kept.get(_of_regressions(subject), {}), **kept.get(_of(subject, settings), {})}
    recorded = _recorded(subject.name) if subject.name in SHIPPED else None
    as_recorded = (settings.units, settings.epochs) == (first.units, first.epochs)
    there = {answers.label: answers.told for answers in recorded.answers} if recorded else {}
    usable = {label: each for label, each in there.items() if as_recorded or label in REGRESSIONS}
    shown = recorded if {*NETWORKS} & (usable.keys() - told.keys()) else None
    told = usable | told
    base = held_out.base_rate(own, subject.labels)
    there_now = (Answers(label, told[label]) for label in both_ways.models(ahead) if label in told)
    try:
        specs = subject.specs(settings)
    except ValueError:  # the page says so beside the setting
        specs = {}
    return Results((base, *there_now), shown, ahead, specs)


@st.cache_resource(max_entries=len(SHIPPED), show_spinner=False)
def _recorded(name: str) -> Recorded | None:
    first = replace(subjects.SETTINGS.first, data=name)
    return recorded_answers.read(name, subjects.shown(first).specs(first))


def _of(subject: Subject, settings: DataSettings) -> str:
    return f"{subject.prepared.given.name} {settings.units} {settings.epochs} {subject.whole}"


def _of_regressions(subject: Subject) -> str:
    return f"{subject.prepared.given.name} {subject.whole}"


def _keep(of: str, told: dict[str, Any]) -> None:
    kept = {**state.TOLD.get()}
    kept[of] = {**kept.pop(of, {}), **told}
    while len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]
    state.TOLD.set(kept)


def standing(subject: Subject, found: Results) -> pd.DataFrame:
    """Each model's score with its interval, as of `held_out.standing`; worked out once."""
    return _standing(key(subject, found), found.answers, subject.labels)


def verdict(subject: Subject, found: Results, *, available: bool) -> Verdict | None:
    """What the answers carry; None until every model is there."""
    of = (*key(subject, found), available, found.ahead)
    return _verdict(of, found.answers, subject.labels, available, found.ahead)


def key(subject: Subject, found: Results) -> tuple[Any, ...]:
    """All that `standing` follows from."""
    told = tuple((answers.label, answers.told.shape, hash(answers.told.tobytes())) for answers in found.answers)
    return subject.prepared.given.name, subject.whole, told


@st.cache_resource(max_entries=8, show_spinner=False, scope="session")
def _standing(of: tuple[Any, ...], _answers: Sequence[Answers], _labels: Labels) -> pd.DataFrame:
    return held_out.standing(_answers, _labels)


@st.cache_resource(max_entries=8, show_spinner=False, scope="session")
def _verdict(
    of: tuple[Any, ...],
    _answers: Sequence[Answers],
    _labels: Labels,
    _available: bool,
    _ahead: int,
) -> Verdict | None:
    return both_ways.verdict(_answers, _labels, available=_available, ahead=_ahead)


def others_train(known: Results) -> bool:
    """Whether what is trained for this page is of other sequences or settings than those that it shows."""
    job = session.job(PAGE)
    view = session.jobs().view(job) if job else None
    if view is None or view.over:
        return False
    return {spec.canonical() for specs in known.specs.values() for spec in specs}.isdisjoint(view.specs)


def train(subject: Subject, settings: DataSettings) -> None:
    """Train what is wanted, and have the regressions fitted; a callback."""
    found = results(subject, settings)
    if live.active(PAGE) or not found.wanted:
        return
    about = {"data": subject.name, "units": settings.units, "epochs": settings.epochs, "whole": subject.whole}
    # of one sequence: the answers to all of them are worked out here, by each start
    live.start(PAGE, found.wanted, about=about, sequences=1)
    if live.active(PAGE):
        state.UPLOADED.set({**state.UPLOADED.get(), "sentence": "", "refused": False})
        known = {answers.label for answers in found.answers}
        name, asked = subject.prepared.given.name, {**state.FITTED.get()}
        regressions = both_ways.regressions(found.ahead)
        for label in regressions.keys() - known:
            request = session.jobs().ask_regression(name, ahead=regressions[label], whole=subject.whole)
            asked[request] = [_of_regressions(subject), label]
        state.FITTED.set(asked)


def take_regressions(subject: Subject) -> None:
    """Take in the regressions that have come, and wait for those that have not; before the results are shown."""
    asked, jobs = {**state.FITTED.get()}, session.jobs()
    for request, (of, label) in [*asked.items()]:
        answer = jobs.answer(request)
        if answer is None:
            waits.again_when(partial(_answered, request))
        elif isinstance(answer, bytes):
            del asked[request]
            _keep(of, {label: window_regression.unpacked(answer).told})
        elif of == _of_regressions(subject):
            looks.error(answer)
    state.FITTED.set(asked)


def _answered(request: str) -> bool:
    return services.jobs().answer(request) is not None


def take_in(view: JobView) -> None:
    """Have what the networks of a job say, of each as many starts as are finished."""
    runs = [run for run in view.runs if run and run.finished]
    about = view.about
    if not runs:
        return
    own = given.held(runs[0].spec.problem.name).delayed(0)
    labels = held_out.labels_of(own, whole=bool(about.get("whole")))
    starts: dict[str, list[Run]] = {}
    for run in runs:
        starts.setdefault(recipe.label_of(run.spec), []).append(run)
    told = {label: held_out.network(label, mine, own, labels).told for label, mine in starts.items()}
    for run in runs:
        session.keep(run, resumable=False)  # for Inside and Directions
    spec: RunSpec = runs[0].spec
    _keep(f"{own.name} {spec.model.units} {spec.training.epochs} {bool(about.get('whole'))}", told)


def restore(view: JobView) -> bool:
    """Show what a job was asked for that the address names; one of a file that is gone is told of."""
    name = view.about.get("data")
    if name not in SHIPPED:
        state.UPLOADED.set({**state.UPLOADED.get(), "sentence": words.GONE, "refused": True})
        return False
    current = subjects.SETTINGS.read()
    subjects.SETTINGS.fill(
        DataSettings(
            data=str(name),
            available=current.available,
            ahead=current.ahead,
            units=view.specs[0].model.units,
            epochs=view.specs[0].training.epochs,
        )
    )
    return True
