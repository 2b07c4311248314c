"""Runs that come back from a file: it is checked before it is opened, and its runs join the tray."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from bilstm_core.files.archive import MAX_FILE
from bilstm_core.files.bundle import read_file
from bilstm_core.limits import limits
from bilstm_core.runs import Run
from bilstm_core.specs import RunSpec
from ui import session, state, uploads
from ui.train import words
from ui.uploads import Taking

AT_ONCE = 6  # runs of a file that join the tray; of more, the first start of each model
MEGABYTES = min(limits().upload_mb, MAX_FILE // 10**6)


def uploader(page: str) -> None:
    """A button that takes a ZIP or `.keras` file, and below it what came of the last one."""
    behind = uploads.button(page, words.BRING_BACK)
    if behind:
        with behind:
            uploads.box(_taking(page), words.take_file(MEGABYTES))
            st.caption(words.CHECKED)
    uploads.said(state.BROUGHT)


def _taking(page: str) -> Taking:
    return Taking(
        page=page,
        kinds=("zip", "keras"),
        megabytes=MEGABYTES,
        came=state.BROUGHT,
        take=lambda _, data: keep(read_file(data)),
        refused=words.refused,
        too_large=words.too_large,
    )


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
