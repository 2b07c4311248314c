"""A visitor's own file: taken, its columns guessed and set by hand; what can't be taken leaves the page as it was."""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from bilstm_core.datasets.bounds import MAX_FILE, MAX_TIMESTEPS, DataError
from bilstm_core.datasets.columns import Columns, families, guess
from bilstm_core.datasets.preparing import found
from bilstm_core.datasets.shipped import OWN
from bilstm_core.limits import limits
from ui import address, state, uploads
from ui.uploads import Taking
from ui.your_data import subject as subjects
from ui.your_data import words

MEGABYTES = min(limits().upload_mb, MAX_FILE // 10**6)


def panel(page: str) -> None:
    """A button behind which a file is taken and its columns are set, with what came of it."""
    behind = uploads.button(page, words.YOUR_FILE)
    if not behind:
        return
    with behind:
        uploads.box(_taking(page), words.take_file(MEGABYTES))
        st.caption(words.STAY)
        uploads.said(state.UPLOADED)
        draft = state.DRAFT.get()
        if draft:
            _columns(page, draft, state.UPLOADED.get()["count"])


def said(page: str) -> None:
    """What came of the last file, while the button is closed."""
    if not state.Entry(state.widget(page, "bring"), False).get():
        uploads.said(state.UPLOADED)


def _taking(page: str) -> Taking:
    return Taking(
        page=page,
        kinds=("csv", "tsv", "txt", "parquet"),
        megabytes=MEGABYTES,
        came=state.UPLOADED,
        take=partial(_take, page),
        refused=words.refused,
        too_large=words.too_large,
    )


def _take(page: str, name: str, data: bytes) -> str:
    draft = _draft(name, data)
    state.DRAFT.set(draft)
    return _show(page, draft)


def _draft(name: str, data: bytes) -> state.OwnData:
    """The file with its columns guessed. Raises DataError, with a sentence."""
    draft: state.OwnData = {
        "name": " ".join(name.split())[:80],
        "data": data,
        "digest": hashlib.sha256(data).hexdigest(),
        "columns": subjects.plain(Columns()),
        "balanced": False,
    }
    draft["columns"] = subjects.plain(guess(subjects.table_of(draft).frame))
    return draft


def _show(page: str, draft: state.OwnData) -> str:
    """Show the sequences of a file as its columns are set, and say what they are. Raises DataError, with a sentence."""
    subject = subjects.of_file(draft)
    state.OWN_DATA.set(draft)
    state.field(page, "data").set(OWN)
    return words.taken(draft["name"], found(subject.prepared))


def _columns(page: str, draft: state.OwnData, count: int) -> None:
    """Which column is what, to be set by hand."""
    table, columns = subjects.table_of(draft), subjects.columns_of(draft)
    for note in table.notes:
        st.caption(address.escaped(note))
    with st.form(state.widget(page, "columns", count), border=False):
        _one(page, count, "form", columns.form, words.FORM_WORDS)
        names = [*map(str, table.frame.columns)]
        offered = [*dict.fromkeys([*names, *families(table.frame)])]
        left, right = st.columns(2)
        with left:
            _name(page, count, "sequence", names, columns.sequence)
            _name(page, count, "label", offered, columns.label)
            _name(page, count, "split", names, columns.split)
        with right:
            _name(page, count, "timestep", names, columns.timestep)
            _one(page, count, "answer", columns.answer, words.ANSWER_WORDS)
            st.number_input(
                words.COLUMN_LABELS["cut"],
                0,
                MAX_TIMESTEPS,
                columns.cut,
                key=_field(page, count, "cut").key,
                help=words.COLUMN_HELPS["cut"],
            )
        st.multiselect(
            words.COLUMN_LABELS["features"],
            offered,
            [name for name in columns.features if name in offered],
            key=_field(page, count, "features").key,
            help=words.COLUMN_HELPS["features"],
        )
        st.toggle(words.BALANCED, draft["balanced"], key=_field(page, count, "balanced").key, help=words.BALANCED_HELP)
        st.form_submit_button(words.USE, on_click=_use, args=(page, count), width="stretch")


def _field(page: str, count: int, name: str) -> state.Entry[Any]:
    return state.Entry(state.widget(page, "column", count, name), None)


def _name(page: str, count: int, name: str, offered: list[str], now: str) -> None:
    options = ["", *offered]
    st.selectbox(
        words.COLUMN_LABELS[name],
        options,
        options.index(now) if now in options else 0,
        key=_field(page, count, name).key,
        format_func=lambda option: option or words.NONE,
        help=words.COLUMN_HELPS[name],
    )


def _one(page: str, count: int, name: str, now: str, called: Mapping[str, str]) -> None:
    st.segmented_control(
        words.COLUMN_LABELS[name],
        [*called],
        default=now,
        required=True,
        key=_field(page, count, name).key,
        format_func=lambda option: called[option],
        help=words.COLUMN_HELPS[name],
    )


def _use(page: str, count: int) -> None:
    draft = state.DRAFT.get()
    if draft is None:
        return
    values = {name: _field(page, count, name).get() for name in words.COLUMN_LABELS}
    columns = {**draft["columns"], **values}
    columns |= {"features": tuple(values["features"] or ()), "cut": int(values["cut"] or 0)}
    if columns["form"] == "wide":
        columns |= {"sequence": "", "timestep": ""}
    draft = {**draft, "columns": columns, "balanced": bool(_field(page, count, "balanced").get())}
    state.DRAFT.set(draft)
    try:
        sentence, refused = _show(page, draft), False
    except DataError as error:
        sentence, refused = words.refused(str(error)), True
    state.UPLOADED.set({"count": count, "sentence": sentence, "refused": refused})
