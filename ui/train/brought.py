"""Runs that come back from a file: it is checked before it is opened, and its runs join the tray."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from bilstm_core.files.archive import MAX_FILE
from bilstm_core.files.bundle import read_file
from bilstm_core.limits import limits
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from ui import address, looks, session, state
from ui.train import words

AT_ONCE = 6  # runs of a file that join the tray; of more, the first start of each model
MEGABYTES = min(limits().upload_mb, MAX_FILE // 10**6)


def uploader(page: str) -> None:
    """A button that takes a ZIP or `.keras` file, and below it what came of the last one."""
    brought = state.BROUGHT.get()
    opened = st.popover(
        words.BRING_BACK,
        icon=":material/upload_file:",
        key=state.widget(page, "bring"),
        on_change="rerun",
        width="stretch",
    )
    if opened.open:
        with opened:
            st.file_uploader(
                words.take_file(MEGABYTES),
                ["zip", "keras"],
                key=_entry(page, brought["count"]).key,
                max_upload_size=MEGABYTES,
                on_change=_take,
                args=(page,),
            )
            st.caption(words.CHECKED)
    if brought["refused"]:
        looks.error(address.escaped(brought["sentence"]))
    elif brought["sentence"]:
        st.markdown(f":material/check: {address.escaped(brought['sentence'])}")


def _entry(page: str, count: int) -> state.Entry[object]:
    """The uploader, another one after each file, so that it is empty again."""
    return state.Entry(state.widget(page, "file", count), None)


def _take(page: str) -> None:
    count = state.BROUGHT.get()["count"]
    file: object = _entry(page, count).get()
    if file is None:
        return
    try:
        sentence, refused = keep(read_file(_content(file))), False
    except ValueError as error:
        sentence, refused = words.refused(str(error)), True
    state.BROUGHT.set({"count": count + 1, "sentence": sentence, "refused": refused})


def _content(file: Any) -> bytes:
    """What was brought; ValueError, with a sentence, if it is more than is taken: a browser may send it anyway."""
    if file.size > MEGABYTES * 10**6:
        raise ValueError(words.too_large(file.size, MEGABYTES))
    return bytes(file.getvalue())


def keep(runs: Sequence[Run]) -> str:
    """Put a file's runs into the tray, or of many the first start of each model; says what was done.

    Raises ValueError, with a sentence, if there is no room for them.
    """
    chosen = list(runs)
    if len(chosen) > AT_ONCE:
        first: dict[RunSpec, Run] = {}
        for run in sorted(runs, key=lambda run: run.spec.training.seed):
            first.setdefault(replace(run.spec, training=replace(run.spec.training, seed=0)), run)
        chosen = list(first.values())
    known = {entry["key"] for entry in session.tray()}
    new = [run for run in chosen if session.run_key(run) not in known]
    if not new:
        return words.ALL_THERE
    room = session.tray_room()
    if len(new) > room:
        raise ValueError(words.no_room(len(new), room))
    for run in new:
        session.add_to_tray(run, f"{session.describe(run.spec, run.sequences_seen)}, from a file")
    return words.brought(len(new), len(runs), len(chosen))
