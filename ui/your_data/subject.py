"""The sequences that the page is about: a data set that comes with the program, or a file that was brought."""

from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from bilstm_core.analysis.held_out import Labels, labels_of
from bilstm_core.datasets import recipe
from bilstm_core.datasets.columns import Columns
from bilstm_core.datasets.preparing import Prepared, prepare
from bilstm_core.datasets.reading import Table, read_table
from bilstm_core.datasets.sequences import sequences_of
from bilstm_core.datasets.shipped import OWN, SHIPPED, Shipped
from bilstm_core.page_settings import YOUR_DATA, DataSettings
from bilstm_core.specs import RunSpec
from ui import own_data, registry, state
from ui.settings import PageSettings

SETTINGS: PageSettings[DataSettings] = PageSettings(page=registry.YOUR_DATA.name, first=YOUR_DATA.first)
PREVIEWED = 40  # rows


class Subject(NamedTuple):
    """Sequences, and what is told of them.

    name: of a data set that comes with the program, or OWN; title: as a reader knows it
    shipped: where it comes from; None of a file that was brought
    balanced: whether rare labels count more in the training
    """

    name: str
    title: str
    table: Table
    columns: Columns
    prepared: Prepared
    shipped: Shipped | None
    balanced: bool = False

    @property
    def whole(self) -> bool:
        """Whether each sequence has one label."""
        return self.prepared.sequences.whole

    @property
    def classes(self) -> bool:
        """Whether labels are classes, not numbers."""
        return bool(self.prepared.classes)

    @property
    def labels(self) -> Labels:
        """The labels of the held-out sequences."""
        prepared = self.prepared
        return labels_of(prepared.given, mean=prepared.mean, spread=prepared.spread, whole=self.whole)

    @property
    def held_out(self) -> int:
        """How many sequences are held out."""
        return int(self.prepared.given.held_out.sum())

    def in_words(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Labels as the file has them."""
        if self.classes:
            return np.asarray(self.prepared.classes, dtype=object)[values.astype(np.int64)]
        return values.astype(np.float64) * self.prepared.spread + self.prepared.mean

    def specs(self, settings: DataSettings) -> dict[str, list[RunSpec]]:
        """What is trained on them; SettingError for settings that are not allowed."""
        return recipe.specs_of(
            self.prepared.given, units=settings.units, epochs=settings.epochs, ahead=self.ahead(settings)
        )

    def available(self, settings: DataSettings) -> bool:
        """Whether an answer is given once all is read: where it can wait, or a sequence has one answer."""
        return settings.available or self.whole

    def ahead(self, settings: DataSettings) -> int:
        """Timesteps that an answer waits for, where it can't wait for the end."""
        return 0 if self.available(settings) else int(settings.ahead)


def shown(settings: DataSettings) -> Subject:
    """The sequences that the settings ask for; where a file is gone, those that the page opens with."""
    own = state.OWN_DATA.get()
    if settings.data == OWN and own:
        return of_file(own)
    return _shipped(settings.data if settings.data in SHIPPED else YOUR_DATA.first.data)


def of_file(own: state.OwnData) -> Subject:
    """The sequences of a file. Raises DataError, with a sentence."""
    columns = columns_of(own)
    table = table_of(own)
    prepared = _prepared((own["digest"], repr(columns), own["balanced"]), table, columns, own["balanced"])
    return Subject(OWN, own["name"], table, columns, prepared, None, own["balanced"])


def table_of(own: state.OwnData) -> Table:
    """The table in a file. Raises DataError, with a sentence."""
    return _table(own["digest"], own["data"])


def columns_of(own: state.OwnData) -> Columns:
    """Which column of a file is what."""
    return Columns(**{**own["columns"], "features": tuple(own["columns"]["features"])})


def plain(columns: Columns) -> dict[str, Any]:
    """Columns as the session keeps them."""
    return asdict(columns)


@st.cache_resource(max_entries=2, show_spinner=False, scope="session")
def _table(digest: str, _data: bytes) -> Table:
    return read_table(_data)


@st.cache_resource(max_entries=2, show_spinner=False, scope="session")
def _prepared(key: tuple[str, str, bool], _table: Table, _columns: Columns, _balanced: bool) -> Prepared:
    return prepare(sequences_of(_table, _columns), balanced=_balanced)


@st.cache_resource(max_entries=len(SHIPPED), show_spinner=False)
def _shipped(name: str) -> Subject:
    declared, (table, prepared) = SHIPPED[name], own_data.shipped(name)
    return Subject(name, declared.title, table, declared.columns, prepared, declared)


def text_features(subject: Subject) -> list[str]:
    """The columns of text among the features."""
    return [name for name, values in subject.prepared.sequences.features.items() if isinstance(values, pd.Categorical)]


def preview(subject: Subject) -> pd.DataFrame:
    """The first rows, with the columns that are used."""
    frame, columns = subject.table.frame, subject.columns
    used = [columns.sequence, columns.timestep, *columns.features, columns.label]
    names = [name for name in used if name in frame.columns]
    whole = columns.form == "wide" or not names
    return frame.head(PREVIEWED) if whole else frame[names].head(PREVIEWED)
