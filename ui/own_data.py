"""Sequences of Your data as a problem of other pages: handed over, chosen there, and left again.

A page that is on them is set as they are trained on Your data, and cannot change what they fix: how many timesteps and
sequences there are. What it was set to before comes back with another problem. Only the visit that has opened them
finds them, but for the data sets that come with the program: any link can name those.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core import page_settings
from bilstm_core.datasets import recipe
from bilstm_core.datasets.preparing import Prepared, prepare
from bilstm_core.datasets.reading import Table, read_table
from bilstm_core.datasets.sequences import sequences_of
from bilstm_core.datasets.shipped import OWN, SHIPPED, read
from bilstm_core.problems import given
from bilstm_core.settings import FIELDS
from bilstm_core.specs import ProblemSpec
from ui import registry, state
from ui.state import OwnProblem

TAKEN: Mapping[str, Any] = {  # the settings of each page that takes such a problem, as at first
    registry.TRAIN.name: page_settings.TRAIN.first,
    registry.DIRECTIONS.name: page_settings.DIRECTIONS.first,
    registry.MERGE_MODES.name: page_settings.MERGE_MODES.first,
    registry.WHY.name: page_settings.WHY.first,
    registry.SWEEPS.name: page_settings.SWEEPS.first,
}
NO_WIDGET = {registry.WHY.name: ("epochs",)}  # what is set of the runs that a page shows alone
FURTHER: Mapping[str, Mapping[str, Any]] = {  # of what a page is set to that opens with such a problem
    registry.WHY.name: {"starts": 10, "stage": 0, "noise": False},  # with three starts, no change can be settled
    registry.SWEEPS.name: {
        "across": "sequences",
        "up": "units",
        "steps": 4,
        **dict.fromkeys(("x_from", "x_to", "y_from", "y_to")),
        "beside": "none",
    },
}
FIXED = ("timesteps", "sequences_per_epoch", "fresh_data")  # settings that the sequences decide
MOST = 4  # sets that a visit has on other pages
BETWEEN, MISSING = " · ", "–"  # cells of a line; one that is empty


# What there is


@st.cache_resource(max_entries=len(SHIPPED), show_spinner=False)
def shipped(data: str) -> tuple[Table, Prepared]:
    """A data set that comes with the program, ready to be trained on."""
    table = read_table(read(data))
    return table, prepare(sequences_of(table, SHIPPED[data].columns))


def texts(prepared: Prepared) -> list[str]:
    """Of each held-out sequence its first column of text, in one line; none where there is no such column."""
    columns = [values for values in prepared.sequences.features.values() if isinstance(values, pd.Categorical)]
    if not columns:
        return []
    own = prepared.given
    cells = pd.Series(columns[0]).astype("string").fillna(MISSING)
    ends = np.cumsum(own.lengths)
    return [
        BETWEEN.join(cells.iloc[end - length : end])
        for end, length in zip(ends[own.held_out], own.lengths[own.held_out], strict=True)
    ]


def offer(data: str, title: str, prepared: Prepared) -> str:
    """Let this visit's pages take sequences as a problem; its name. data: of a set of the program, or OWN"""
    name = given.hold(prepared.given)
    told: OwnProblem = {
        "name": name,
        "data": data,
        "title": title,
        "classes": [*prepared.classes],
        "texts": texts(prepared),
        "whole": prepared.sequences.whole,
    }
    others = [each for each in state.OWN_PROBLEMS.get() if each["title"] != title]
    state.OWN_PROBLEMS.set([told, *others][:MOST])
    return name


def offer_shipped(data: str) -> str:
    """As `offer`, of a set that comes with the program."""
    return offer(data, SHIPPED[data].title, shipped(data)[1])


def of(name: object) -> OwnProblem | None:
    """What this visit knows of the sequences of a problem; None of those of the program, and of another visit's."""
    return next((each for each in state.OWN_PROBLEMS.get() if each["name"] == name), None)


def words_in(text: str, timesteps: int) -> list[str]:
    """The word at each timestep of a text as of `texts`; none where not each has one."""
    told = text.split(BETWEEN)
    return told if len(told) == timesteps else []


def words_at(name: str, number: int, timesteps: int) -> list[str]:
    """As `words_in`, of a held-out sequence of so many timesteps. number: of the sequence, from 1"""
    told = of(name)
    return words_in(told["texts"][number - 1], timesteps) if told and number <= len(told["texts"]) else []


def found(page: str, name: str) -> bool:
    """Whether a page can be set to a problem; where its sequences are not at hand, the page says so."""
    lost = given.is_given(name) and not at_hand(name)
    if lost:
        state.DATA_GONE(page).set(True)
    return not lost


def names() -> list[str]:
    """The problems that this visit's pages may take."""
    return [each["name"] for each in state.OWN_PROBLEMS.get()]


def at_hand(name: str) -> bool:
    """Whether this visit has opened these sequences, or they come with the program, and they are in memory."""
    told = of(name)
    if told is None:
        return any(name == prepared.given.name and offer_shipped(data) for data, (_, prepared) in _every_shipped())
    try:
        given.held(name)
    except given.AbsentError:
        return told["data"] in SHIPPED and offer_shipped(told["data"]) == name
    return True


def _every_shipped() -> list[tuple[str, tuple[Table, Prepared]]]:
    return [(data, shipped(data)) for data in SHIPPED]


# A page that is on them


def first(name: str) -> dict[str, Any]:
    """What a page is set to that opens with these sequences: as they are trained on Your data.

    Nothing where they are not at hand: an address is read before a page can say so.
    """
    problem = ProblemSpec(name=name).problem
    if problem.fixed is None:
        return {}
    try:
        training = recipe.training_of(problem, epochs=recipe.EPOCHS)
    except given.AbsentError:
        return {}
    every = {each.name: getattr(training, each.name) for each in fields(training) if each.name != "seed"}
    return {"timesteps": problem.fixed().timesteps, "starts": recipe.STARTS, **every}


def first_on(page: str, name: str) -> dict[str, Any]:
    """What this page is set to that opens with these sequences; nothing where they are not at hand."""
    own = first(name)
    every = {**own, **FURTHER.get(page, {})} if own else {}
    return {setting: value for setting, value in every.items() if hasattr(TAKEN[page], setting)}


def on(page: str) -> str:
    """The problem of sequences that were brought which the page is on, or an empty name."""
    name = state.field(page, "name").get()
    return str(name) if page in TAKEN and given.is_given(name) else ""


def fixes(page: str, setting: str) -> bool:
    """Whether the sequences that the page is on decide a setting."""
    return setting in FIXED and bool(on(page))


def settle(page: str) -> None:
    """Set the page to the sequences that were chosen on it, or back; before its widgets are drawn, or in a callback.

    Sequences that are not at hand any more give way to the problem that pages open with.
    """
    before, lost = state.BEFORE_DATA(page).get(), bool(on(page)) and not at_hand(on(page))
    if lost:
        state.field(page, "name").set(FIELDS["name"].default)
    name = on(page)
    if name != (before["of"] if before else ""):
        earlier = before["settings"] if before else _settings(page)
        for setting, value in (first_on(page, name) if name else earlier).items():
            if setting not in NO_WIDGET.get(page, ()):
                state.field(page, setting).set(value)
        _remember(page, name, earlier)
    if lost or state.field(page, "name").get() not in (None, FIELDS["name"].default):
        state.DATA_GONE(page).set(lost)


def filled(page: str, name: object, earlier: Mapping[str, Any] | None = None) -> None:
    """The page is about to be set to a problem with all its settings. earlier: what it goes back to, if not as it is"""
    before = state.BEFORE_DATA(page).get()
    now = before["settings"] if before else _settings(page)
    _remember(page, str(name) if page in TAKEN and given.is_given(name) else "", now if earlier is None else earlier)


def _remember(page: str, name: str, earlier: Mapping[str, Any]) -> None:
    if name:
        state.DATA_GONE(page).set(False)
        state.BEFORE_DATA(page).set({"of": name, "settings": dict(earlier)})
    else:
        state.BEFORE_DATA(page).drop()


def at_first(page: str) -> dict[str, Any]:
    """What sequences may change of the page's settings, as the page opens."""
    changed = {"timesteps", "starts", "epochs", "sequences_per_epoch", "batch_size", "fresh_data", "learning_rate"}
    changed |= {*FURTHER.get(page, {})}
    return {each.name: getattr(TAKEN[page], each.name) for each in fields(TAKEN[page]) if each.name in changed}


def _settings(page: str) -> dict[str, Any]:
    """As `at_first`, as they stand."""
    if page not in TAKEN:
        return {}
    none = NO_WIDGET.get(page, ())
    return {name: state.field(page, name, value).get() for name, value in at_first(page).items() if name not in none}


def opened(page: str, name: str, **settings: Any) -> None:
    """Have a page open with sequences, and train what is not trained yet, if it trains without a press.

    settings: beside those of `first`, as far as the page has them
    """
    filled(page, name)
    own = {setting: value for setting, value in settings.items() if hasattr(TAKEN[page], setting)}
    every, none = {"name": name, **first_on(page, name), **own}, NO_WIDGET.get(page, ())
    for setting, value in every.items():
        if setting not in none:
            state.field(page, setting).set(value)
    if none:
        of_runs = page_settings.ComparisonSettings.__dataclass_fields__
        state.SETTINGS(page).set({setting: value for setting, value in every.items() if setting in of_runs})
    state.LINKED(page).set(state.OPENED_LINK)


def is_shared(name: str) -> bool:
    """Whether a link can name these sequences: they come with the program."""
    told = of(name)
    return told is not None and told["data"] in SHIPPED


def of_link(word: str) -> str:
    """The problem that a link's word names. Raises KeyError for another word, and for sequences of another visit."""
    if word in SHIPPED:
        return offer_shipped(word)
    if word == OWN:
        own = [each["name"] for each in state.OWN_PROBLEMS.get() if each["data"] == OWN]
        if own:
            return own[0]
    raise KeyError(word)
