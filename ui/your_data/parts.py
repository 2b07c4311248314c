"""The parts of Your data: what is asked first, the chart, the training beside it, and the sequences themselves."""

from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core import codec, comparison, figures
from bilstm_core.analysis import both_ways
from bilstm_core.analysis.both_ways import BIDIRECTIONAL, FORWARD, NETWORKS, USE_THE_FUTURE, Verdict
from bilstm_core.analysis.telling import Told
from bilstm_core.datasets import recipe
from bilstm_core.datasets.preparing import found
from bilstm_core.datasets.shipped import OWN, SHIPPED
from bilstm_core.engine import cost
from bilstm_core.page_settings import ComparisonSettings, DataSettings
from bilstm_core.palette import NEUTRAL
from ui import address, controls, lesson_texts, live, looks, own_data, registry, session, state
from ui.chart.component import cached_for_session, chart
from ui.watch import Watch
from ui.your_data import file, results, words
from ui.your_data import subject as subjects
from ui.your_data.results import Results
from ui.your_data.subject import Subject

PAGE = registry.YOUR_DATA.name
COMPARED = {registry.DIRECTIONS.name: comparison.DIRECTIONS, registry.MERGE_MODES.name: comparison.MERGE_MODES}
SOON_S = 10.0  # of training that a press may ask for on the page that it opens


def style(label: str) -> figures.Style:
    """How a model is drawn; one that answers late as a variant of forward."""
    if label in NETWORKS:
        return figures.style(label)
    return figures.style(FORWARD, variant="late") if label.startswith(FORWARD) else figures.Style(NEUTRAL)


def open_page() -> None:
    """Take up what the address names, and have every setting at hand; before the page's widgets are drawn."""
    live.address(PAGE, results.restore)
    first = subjects.SETTINGS.first
    for name in ("data", "available", "ahead", "units", "epochs"):
        state.field(PAGE, name, getattr(first, name)).ensure()
    data = state.field(PAGE, "data")
    if data.get() == OWN and state.OWN_DATA.get() is None:
        data.set(first.data)


def first_questions() -> DeltaGenerator:
    """Whether the future is there when an answer is needed, and which sequences are read; the room for the buttons."""
    asked, chosen, brought, go = st.columns([2.35, 1.5, 1.05, 1.6], vertical_alignment="bottom")
    with asked:
        controls.widget(PAGE, "available")
    own = state.OWN_DATA.get()
    titles = {name: shipped.title for name, shipped in SHIPPED.items()} | ({OWN: own["name"]} if own else {})
    with chosen, controls.setting("data"):
        st.selectbox(
            words.SEQUENCES,
            [*titles],
            key=state.field(PAGE, "data").key,
            format_func=titles.__getitem__,
            persist_state="session",
        )
    with brought, controls.setting("file"):
        file.panel(PAGE)
    file.said(PAGE)
    _look_ahead()
    return go.container(key="go", gap=None)


def _look_ahead() -> None:
    """How long an answer can wait, where it can't wait for the end."""
    settings = subjects.SETTINGS.read()
    subject = subjects.shown(settings)
    if settings.available:
        return
    if subject.whole:
        st.caption(words.WHOLE_IS_READ)
        return
    left, _ = st.columns([2.6, 2.5])
    with left:
        controls.widget(PAGE, "ahead")
    try:
        recipe.check_ahead(subject.prepared.given, subject.ahead(subjects.SETTINGS.read()))
    except ValueError as error:
        looks.error(str(error))


def train_linked(subject: Subject, settings: DataSettings, known: Results) -> None:
    """Train what the page's address asks for, if the page has just been filled from there and not all is known."""
    if state.LINKED(PAGE).take() and not known.trained:
        results.train(subject, settings)


def start_and_stop(subject: Subject, settings: DataSettings, known: Results) -> None:
    """What begins and ends the training."""
    live.start_and_stop(
        words.AGAIN if known.trained else words.TRAIN,
        PAGE,
        partial(results.train, subject, settings),
        disabled=not known.wanted,
    )
    controls.settings_switch()
    live.prepare(PAGE, [] if known.trained else known.wanted)


def training(subject: Subject, settings: DataSettings, known: Results) -> None:
    """Units, epochs, what a press trains, and the way to what the networks react to."""
    specs = known.wanted
    left, right = st.columns(2)
    beneath = st.container()
    with left:
        controls.widget(PAGE, "units", beneath)
    with right:
        controls.widget(PAGE, "epochs", beneath)
    if specs:
        st.caption(words.cost(len(specs), specs[0].training.steps))
    _elsewhere(subject, settings, known)
    _inside(subject, known)
    st.caption(words.WHERE if not known.ahead else f"{words.WHERE} {words.AT_ONCE}")


def _inside(subject: Subject, known: Results) -> None:
    """Leads to Inside, with the networks of these sequences."""
    ready = known.trained and not live.active(PAGE)
    if st.button(
        words.INSIDE,
        key=state.widget(PAGE, "inside"),
        icon=":material/arrow_forward:",
        disabled=not ready,
        help=words.INSIDE_HELP,
        width="stretch",
    ):
        there = registry.INSIDE
        first = {label: codec.encode(known.specs[label][0]) for label in NETWORKS}
        state.OWN_NETWORKS.set(
            {
                "title": subject.title,
                "classes": [*subject.prepared.classes],
                "texts": own_data.texts(subject.prepared),
                "networks": first,
            }
        )
        state.field(there.name, "of_data").set(True)
        state.field(there.name, "direction").set(BIDIRECTIONAL)
        state.SEQUENCE(there.name).set(state.SEQUENCE(PAGE).get() or 1)
        state.LINKED(there.name).set(state.OPENED_LINK)  # what is not trained yet is, once the page is there
        st.switch_page(there.path)


def _elsewhere(subject: Subject, settings: DataSettings, known: Results) -> None:
    """Leads to the pages that take these sequences as a problem."""
    for there, label, help_text in (
        (registry.TRAIN, words.TRAIN_THERE, words.TRAIN_THERE_HELP),
        (registry.DIRECTIONS, words.DIRECTIONS, words.DIRECTIONS_HELP),
        (registry.WHY, words.WHY, words.WHY_HELP),
        (registry.MERGE_MODES, words.MERGE_MODES, words.MERGE_MODES_HELP),
        (registry.SWEEPS, words.SWEEPS, words.SWEEPS_HELP if subject.classes else words.NO_SWEEPS),
    ):
        if st.button(
            label,
            key=state.widget(PAGE, "to", there.name),
            icon=":material/arrow_forward:",
            help=help_text,
            disabled=not known.specs or (there is registry.SWEEPS and not subject.classes),
            width="stretch",
        ):
            name = own_data.offer(subject.name, subject.title, subject.prepared)
            units, epochs, timesteps = settings.units, settings.epochs, subject.prepared.given.timesteps
            more: dict[str, Any] = {"direction": BIDIRECTIONAL}
            if there.name in COMPARED:
                compared = ComparisonSettings(name=name, timesteps=timesteps, units=units, epochs=epochs)
                more = {"starts": starts_there(there.name, compared)}
            own_data.opened(there.name, name, units=units, epochs=epochs, **more)
            state.SEQUENCE(there.name).drop()
            st.switch_page(there.path)


def starts_there(page: str, settings: ComparisonSettings) -> int:
    """With how many starts a page that compares begins on brought sequences.

    As many as the settings ask for, if that is little to train; else as many as are trained here, which rank nothing.
    """
    asked = comparison.each_once(comparison.specs_of(COMPARED[page], settings))
    left = [spec for spec in asked if session.find(spec) is None]
    return settings.starts if cost.seconds(left) <= SOON_S else recipe.STARTS


def answer(subject: Subject, settings: DataSettings, known: Results, found_: Verdict | None) -> Told:
    """The measured answer, or what it waits for."""
    others = results.others_train(known)
    if live.active(PAGE) and not others:
        return words.TRAINING
    if found_ is None and others:
        return words.OTHERS_TRAIN
    if found_ is None:
        return words.REGRESSION_LEFT if known.trained else words.PRESS_TRAIN
    return words.answer(
        found_,
        available=subject.available(settings),
        classes=subject.classes,
        whole=subject.whole,
        starts=known.starts,
        sequences=subject.held_out,
    )


def chart_of(subject: Subject, settings: DataSettings, known: Results) -> go.Figure:
    """How every model stands."""
    return figures.standing(
        results.standing(subject, known),
        {label: style(label) for label in both_ways.models(known.ahead)},
        shares=subject.classes,
        title=words.axis(classes=subject.classes, whole=subject.whole),
        unavailable=() if subject.available(settings) else USE_THE_FUTURE,
    )


def figure(subject: Subject, settings: DataSettings, known: Results) -> None:
    """How every model stands, and how far the training is."""

    def draw(watch: Watch | None) -> None:
        again = known.trained and not results.others_train(known)  # the points are of the training before
        # a line of its own, whether there is a training or not
        with st.container(key="training"), st.container(key="again" if again else "first"):
            live.progress(PAGE, watch)
        key = ("standing", results.key(subject, known), subject.available(settings))
        chart(
            cached_for_session(key, partial(chart_of, subject, settings, known)),
            key=f"{PAGE}-standing",
            alt=words.CHART_ALT,
        )

    live.panel(PAGE, draw, results.take_in)
    if results.others_train(known):
        st.caption(words.OF_OTHERS)


def origin(subject: Subject, known: Results) -> None:
    """Which sequences the answers are of, and where they come from."""
    title = f"{address.escaped(subject.title)}. "
    if known.recorded:
        late = [answers.label for answers in known.networks if answers.label not in NETWORKS]
        st.caption(title + words.origin(known.recorded.day, known.recorded.versions, known.starts, *late))
    elif known.trained:
        st.caption(title + words.trained_here(known.starts))


def sequences(subject: Subject) -> None:
    """What the sequences are, where they come from, and the first of them."""
    prepared = subject.prepared
    st.markdown(words.PREVIEW)
    st.caption(address.escaped(f"{found(prepared)}."))
    texts = words.text_columns(subjects.text_features(subject))
    if texts:
        st.caption(address.escaped(texts))
    st.dataframe(subjects.preview(subject), hide_index=True, width="stretch", height=210)
    if subject.shipped:
        told = subject.shipped
        st.caption(words.shipped(told.source, told.license, told.address, told.changed))
    else:
        for note in prepared.sequences.notes:
            st.caption(address.escaped(note))
        st.caption(words.STAY)


def better(known: Results, subject: Subject) -> lesson_texts.Answer | None:
    """Whether both ways help, for the lesson; None until every model is there."""
    found_ = None if known.ahead else results.verdict(subject, known, available=True)
    if found_ is None:
        return None
    told = {label: words.score(found_.scores[label], classes=subject.classes) for label in NETWORKS}
    return lesson_texts.both_ways(found_.kind, told)
