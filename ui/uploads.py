"""A file that a visitor gives: a button behind which it is taken, what is too large, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import address, looks, state


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How a page takes a file.

    kinds: what its name may end in
    came: what came of the last file, and how many there were
    take: of name and content what is said of it; ValueError, with a sentence, for one that can't be taken
    refused: that it was not, and why; too_large: that it has so many bytes, where so many MB are taken
    """

    page: str
    kinds: Sequence[str]
    megabytes: int
    came: state.Entry[state.Brought]
    take: Callable[[str, bytes], str]
    refused: Callable[[str], str]
    too_large: Callable[[int, int], str]


def button(page: str, label: str) -> DeltaGenerator | None:
    """The button; what stands behind it, while that is open."""
    opened = st.popover(
        label, icon=":material/upload_file:", key=state.widget(page, "bring"), on_change="rerun", width="stretch"
    )
    return opened if opened.open else None


def box(taking: Taking, label: str) -> None:
    """Where a file is put."""
    st.file_uploader(
        label,
        taking.kinds,
        key=_entry(taking).key,
        max_upload_size=taking.megabytes,
        on_change=_take,
        args=(taking,),
    )


def said(came: state.Entry[state.Brought]) -> None:
    """What came of the last file."""
    brought = came.get()
    if brought["refused"]:
        looks.error(address.escaped(brought["sentence"]))
    elif brought["sentence"]:
        st.markdown(f":material/check: {address.escaped(brought['sentence'])}")


def _entry(taking: Taking) -> state.Entry[Any]:
    """The box's file; another box after each file, so that it is empty again."""
    return state.Entry(state.widget(taking.page, "file", taking.came.get()["count"]), None)


def _take(taking: Taking) -> None:
    file = _entry(taking).get()
    if file is None:
        return
    count = taking.came.get()["count"] + 1
    try:
        sentence, refused = taking.take(str(file.name), content(file, taking)), False
    except ValueError as error:
        sentence, refused = taking.refused(str(error)), True
    taking.came.set({"count": count, "sentence": sentence, "refused": refused})


def content(file: Any, taking: Taking) -> bytes:
    """A file's bytes; ValueError, with a sentence, if they are more than are taken: a browser may send it anyway."""
    if file.size > taking.megabytes * 10**6:
        raise ValueError(taking.too_large(file.size, taking.megabytes))
    return bytes(file.getvalue())
