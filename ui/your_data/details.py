"""Under the chart of Your data: what networks say of one held-out sequence, what they mix up, and where they err."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis import held_out
from bilstm_core.analysis.held_out import Answers
from bilstm_core.palette import INK
from ui import controls, registry, state
from ui.chart.component import cached_for_session, chart
from ui.your_data import parts, results, words
from ui.your_data.results import Results
from ui.your_data.subject import Subject
from ui.your_data.words import TABS

Values = npt.NDArray[Any]
PAGE = registry.YOUR_DATA.name
FEATURES = 3  # that stand beside the labels of a sequence
TABLE_HEIGHT = 420  # px
EXPECTED = "expected"


def tabs(subject: Subject, known: Results) -> None:
    """One sequence, the confusion matrix where there are classes, the score by timestep where it can differ.

    Only the open one is worked out, and none before every network is trained.
    """
    if not known.trained:
        st.caption(words.DETAILS_LEFT)
        return
    drawn: dict[str, Callable[[Subject, Results], None]] = {
        TABS[0]: _every_sequence if subject.whole and subject.classes else _one_sequence,
        **({TABS[1]: _confusion} if subject.classes else {}),
        **({} if subject.whole else {TABS[2]: _by_timestep}),
    }
    controls.tabs(PAGE, drawn, subject, known)


def _every_sequence(subject: Subject, known: Results) -> None:
    """Of sequences with one label each: a row a sequence."""
    labels, networks = subject.labels, known.networks
    place = labels.mask.argmax(axis=1)
    rows = np.arange(len(place))
    there = labels.mask.any(axis=1)
    names = subject.prepared.sequences.names[subject.prepared.given.held_out]
    expected = labels.expected[rows, place]
    table = pd.DataFrame({words.SEQUENCE: names.astype(str), EXPECTED: subject.in_words(expected)})
    for answers in networks:
        told = answers.told[0][rows, place]
        table[answers.label] = _marked(subject.in_words(told), told != expected)
    _table(table.iloc[np.flatnonzero(there)])
    st.caption(words.FIRST_START)


def _one_sequence(subject: Subject, known: Results) -> None:
    """A sequence that is chosen: a row a timestep, or of numbers a line a network."""
    networks = known.networks
    place = _chosen(subject, networks) - 1
    own, labels = subject.prepared.given, subject.labels
    of = np.flatnonzero(own.held_out)[place]
    first, steps = int(own.lengths[:of].sum()), int(own.lengths[of])
    mask, expected = labels.mask[place, :steps], labels.expected[place, :steps]
    told = {answers.label: answers.told[0][place, :steps] for answers in networks}
    if subject.classes:
        features = {
            name: pd.Series(values[first : first + steps]).astype("string").fillna(words.NO_LABEL).to_numpy()
            for name, values in [*subject.prepared.sequences.features.items()][:FEATURES]
        }
        _classes_told(subject, features, mask, expected, told)
    else:
        values = {label: subject.in_words(each) for label, each in {EXPECTED: expected, **told}.items()}
        _numbers_told(values, mask, place + 1)


def _chosen(subject: Subject, networks: Sequence[Answers]) -> int:
    """The number of the held-out sequence that is looked at, from 1, with what changes it."""
    number, count = state.SEQUENCE(PAGE), subject.held_out
    now = int(number.get() or 1)
    number.set(now if 1 <= now <= count else 1)  # else of other sequences
    left, onward, _ = st.columns([2, 1.4, 4], vertical_alignment="bottom")
    with left:
        st.number_input(words.which(count), 1, count, key=number.key)
    if subject.classes:
        mistaken = _mistaken(subject, networks)
        onward.button(
            words.NEXT_MISTAKE,
            key=state.widget(PAGE, "next_mistake"),
            on_click=_next,
            args=(mistaken,),
            disabled=not mistaken,
            help=words.mistakes_of(networks[-1].label, len(mistaken)),
            width="stretch",
        )
    return int(number.get() or 1)


def _classes_told(
    subject: Subject, features: dict[str, Values], mask: Values, expected: Values, told: dict[str, Values]
) -> None:
    shown: dict[str, Any] = {words.TIMESTEP: np.arange(1, len(mask) + 1)}
    answers = {label: _marked(subject.in_words(each), mask & (each != expected)) for label, each in told.items()}
    answers = {EXPECTED: np.where(mask, subject.in_words(expected), words.NO_LABEL).tolist(), **answers}
    beside = {name: values for name, values in features.items() if name not in {*shown, *answers}}
    first = dict([*beside.items()][:1])  # the others follow the answers, which a narrow screen has in sight
    _table(pd.DataFrame(shown | first | answers | beside))
    wrong = {label: int((mask & (each != expected)).sum()) for label, each in told.items()}
    st.caption(words.wrong_of(wrong, int(mask.sum())))


def _numbers_told(values: dict[str, Values], mask: Values, number: int) -> None:
    """values: of each line, in the unit of the label"""
    told = {label: each for label, each in values.items() if label != EXPECTED}
    shown = {EXPECTED: np.where(mask, values[EXPECTED], np.nan), **told}
    steps = np.arange(1, len(mask) + 1)
    table = pd.concat(
        [pd.DataFrame({"label": label, "timestep": steps, "value": each}) for label, each in shown.items()],
        ignore_index=True,
    )
    styles = {EXPECTED: figures.Style(INK), **{label: parts.style(label) for label in told}}
    chart(figures.numbers_told(table, styles), key=f"{PAGE}-one", alt=words.one_alt(number))
    errors = {label: float(np.square(each - values[EXPECTED])[mask].mean()) for label, each in told.items()}
    st.caption(words.errors_of(errors if mask.any() else {}))


def _marked(told: Values, wrong: Values) -> list[str]:
    return [f"{words.WRONG} {name}" if mark else str(name) for name, mark in zip(told, wrong, strict=True)]


def _table(table: pd.DataFrame) -> None:
    height = min(TABLE_HEIGHT, 38 + 35 * len(table))
    st.dataframe(table, hide_index=True, width="stretch", height=height)


def _mistaken(subject: Subject, networks: Sequence[Answers]) -> list[int]:
    """The numbers of the held-out sequences in which the last network errs."""
    labels = subject.labels
    wrong = (networks[-1].told[0] != labels.expected) & labels.mask
    return [int(place) + 1 for place in np.flatnonzero(wrong.any(axis=1))]


def _next(mistaken: list[int]) -> None:
    number = state.SEQUENCE(PAGE)
    now = int(number.get() or 1)
    number.set(next((each for each in mistaken if each > now), mistaken[0]))


def _confusion(subject: Subject, known: Results) -> None:
    networks = {answers.label: answers for answers in known.networks}
    which = state.field(PAGE, "confused")
    if which.get() not in networks:
        which.set([*networks][-1])
    st.segmented_control(words.NETWORK, [*networks], key=which.key, required=True, persist_state="session")
    answers = networks[which.get()]
    key = ("confusion", results.key(subject, known), answers.label)
    chart(
        cached_for_session(key, partial(_confusion_of, subject, answers)),
        key=f"{PAGE}-confusion",
        alt=words.confusion_alt(answers.label),
    )
    st.caption(words.confused(known.starts))


def _confusion_of(subject: Subject, answers: Answers) -> go.Figure:
    counts = held_out.confusion(answers, subject.labels)
    counts = counts.assign(**{name: subject.in_words(counts[name].to_numpy()) for name in (EXPECTED, "predicted")})
    classes = subject.prepared.classes
    height = 90 * len(classes) if len(classes) <= figures.NUMBERED else 24 * len(classes) + 68
    return figures.confusion(counts, height=max(320, height), order=classes)


def _by_timestep(subject: Subject, known: Results) -> None:
    drawn = known.networks
    key = ("by timestep", results.key(subject, known))
    table = held_out.by_timestep(drawn, subject.labels)
    name, draw = ("accuracy", figures.accuracy_by_timestep) if subject.classes else ("loss", figures.error_by_timestep)
    styles = {answers.label: parts.style(answers.label) for answers in drawn}
    chart(
        cached_for_session(key, lambda: draw(table.rename(columns={"score": name}), styles)),
        key=f"{PAGE}-by-timestep",
        alt=f"{TABS[2]}.",
    )
    counts = table[table["label"] == drawn[0].label].set_index("timestep")["labels"]
    st.caption(words.labels_at(int(counts.index[0]), int(counts.iloc[0]), int(counts.index[-1]), int(counts.iloc[-1])))
