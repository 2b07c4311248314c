"""A visitor's own file: taken, its columns guessed and set by hand; what can't be taken leaves the page as it was."""

import hashlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from bilstm_core.datasets.bounds import MAX_FILE, MAX_TIMESTEPS, DataError
from bilstm_core.datasets.columns import Columns, families, guess
from bilstm_core.datasets.preparing import found
from bilstm_core.datasets.shipped import OWN
from bilstm_core.limits import limits
from ui import address, looks, state
from ui.your_data import subject as subjects
from ui.your_data import words

MEGABYTES = min(limits().upload_mb, MAX_FILE // 10**6)


def panel(page: str) -> None:
    """A button behind which a file is taken and its columns are set, with what came of it."""
    uploaded = state.UPLOADED.get()
    opened = st.popover(
        words.YOUR_FILE,
        icon=":material/upload_file:",
        key=state.widget(page, "bring"),
        on_change="rerun",
        width="stretch",
    )
    if not opened.open:
        return
    with opened:
        st.file_uploader(
            words.take_file(MEGABYTES),
            ["csv", "tsv", "txt", "parquet"],
            key=_entry(page, uploaded["count"]).key,
            max_upload_size=MEGABYTES,
            on_change=_take,
            args=(page,),
        )
        st.caption(words.STAY)
        _said(uploaded)
        draft = state.DRAFT.get()
        if draft:
            _columns(page, draft, uploaded["count"])


def said(page: str) -> None:
    """What came of the last file, while the button is closed."""
    if not state.Entry(state.widget(page, "bring"), False).get():
        _said(state.UPLOADED.get())


def _said(uploaded: state.Brought) -> None:
    if uploaded["refused"]:
        looks.error(address.escaped(uploaded["sentence"]))
    elif uploaded["sentence"]:
        st.markdown(f":material/check: {address.escaped(uploaded['sentence'])}")


def _entry(page: str, count: int) -> state.Entry[object]:
    """The uploader, another one after each file, so that it is empty again."""
    return state.Entry(state.widget(page, "file", count), None)


def _take(page: str) -> None:
    uploaded = state.UPLOADED.get()
    file: Any = _entry(page, uploaded["count"]).get()
    if file is None:
        return
    count = uploaded["count"] + 1
    try:
        draft = _draft(file)
    except DataError as error:
        state.UPLOADED.set({"count": count, "sentence": words.refused(str(error)), "refused": True})
        return
    state.DRAFT.set(draft)
    _show(page, draft, count)


def _draft(file: Any) -> state.OwnData:
    """The file with its columns guessed. Raises DataError, with a sentence."""
    if file.size > MEGABYTES * 10**6:  # a browser may send it anyway
        raise DataError(words.too_large(file.size, MEGABYTES))
    data = bytes(file.getvalue())
    draft: state.OwnData = {
        "name": " ".join(str(file.name).split())[:80],
        "data": data,
        "digest": hashlib.sha256(data).hexdigest(),
        "columns": subjects.plain(Columns()),
        "balanced": False,
    }
    draft["columns"] = subjects.plain(guess(subjects.table_of(draft).frame))
    return draft


def _show(page: str, draft: state.OwnData, count: int) -> None:
    """Show the sequences of a file, if they can be made of it as its columns are set."""
    try:
        subject = subjects.of_file(draft)
    except DataError as error:
        state.UPLOADED.set({"count": count, "sentence": words.refused(str(error)), "refused": True})
        return
    state.OWN_DATA.set(draft)
    state.field(page, "data").set(OWN)
    sentence = words.taken(draft["name"], found(subject.prepared))
    state.UPLOADED.set({"count": count, "sentence": sentence, "refused": False})


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
    _show(page, draft, count)
