"""Sequences that Your data and other pages have: those that come with the program, and what each of them says."""

import numpy as np
import pandas as pd
import streamlit as st

from bilstm_core.datasets.preparing import Prepared, prepare
from bilstm_core.datasets.reading import Table, read_table
from bilstm_core.datasets.sequences import sequences_of
from bilstm_core.datasets.shipped import SHIPPED, read

BETWEEN, MISSING = " · ", "–"  # cells of a line; one that is empty


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
