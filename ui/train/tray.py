"""Runs kept for comparison: which are drawn and how, their names, and what the axes show."""

import re
from collections.abc import Mapping

import streamlit as st

from bilstm_core import figures
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec, RunSpec
from ui import live, session, state, wording

SMOOTHING = (1, 10, 25, 100, 500)
SHOWN = 6
SEQUENCES, UPDATES = "sequences", "updates"
DASHES = ("solid", "dot", "dashdot", "longdash", "longdashdot", "8px,3px,2px,3px")
MARKUP = re.compile(r"[<>$`*_\[\]\\]")


def runs(run: Run | None, problem: ProblemSpec) -> dict[str, Run]:
    """What the figure draws, by name: the kept runs that are switched on, and the run of the page.

    Of the kept runs only those whose loss is of the same kind as the problem's.
    """
    drawn: dict[str, Run] = {}
    for entry in [entry for entry in session.tray() if entry["shown"]][:SHOWN]:
        kept = session.recall(entry["key"])
        if kept and wording.classes(kept.spec.problem) == wording.classes(problem):
            drawn[entry["name"]] = kept
    if run and session.run_key(run) not in {session.run_key(kept) for kept in drawn.values()}:
        drawn[session.free_name(run.spec, run.sequences_seen) if session.tray() else run.spec.model.direction] = run
    return drawn


def styles(drawn: Mapping[str, Run | RunSpec]) -> dict[str, figures.Style]:
    """Colour by direction; runs that share a colour differ by dash, and a kept run has its own, shown or not."""
    names = list(dict.fromkeys([entry["name"] for entry in session.tray()] + list(drawn)))
    kept = {entry["name"]: session.spec_of(entry["key"]) for entry in session.tray()}
    taken: set[figures.Style] = set()
    found = {}
    for name in names:
        one = drawn.get(name)
        spec = kept.get(name) if one is None else one.spec if isinstance(one, Run) else one
        if spec is None:
            continue
        model = spec.model
        style = figures.style(model.direction, model.merge_mode, "raw" if model.backward_output == "raw" else "none")
        free = (style._replace(dash=dash) for dash in DASHES if style._replace(dash=dash) not in taken)
        style = style if style not in taken else next(free, style)
        taken.add(style)
        found[name] = style
    return {name: found[name] for name in drawn}


def _rename(position: int) -> None:
    name = state.TRAY_NAME(position).get()
    name = MARKUP.sub("", name).strip()
    entries = session.tray()
    if name and name not in {entry["name"] for place, entry in enumerate(entries) if place != position}:
        entries[position]["name"] = name


def _toggle(position: int) -> None:
    session.tray()[position]["shown"] = state.TRAY_SHOWN(position).get()


def _remove(position: int) -> None:
    session.remove_from_tray(position)


def _other_kind(key: str, run: Run) -> bool:
    return wording.classes(session.spec_of(key).problem) != wording.classes(run.spec.problem)


def panel(page: str, run: Run) -> None:
    """Runs kept for comparison: add, show, hide, rename, remove; at most six are drawn."""
    st.subheader("Compare")
    kept = any(entry["key"] == session.run_key(run) for entry in session.tray())
    st.button(
        "Keep this run",
        key=state.widget(page, "keep"),
        on_click=session.add_to_tray,
        args=(run,),
        disabled=kept or live.active(page),
        icon=":material/add:",
        width="stretch",
        help="Keeps its curve in the figure while you train others.",
    )
    for position, entry in enumerate(session.tray()):
        shown, name = state.TRAY_SHOWN(position), state.TRAY_NAME(position)
        shown.set(entry["shown"])
        name.set(entry["name"])
        one, two = st.columns([4, 1], vertical_alignment="center")
        one.checkbox(entry["name"], key=shown.key, on_change=_toggle, args=(position,), wrap=True)
        with two.popover("", icon=":material/more_vert:"):
            st.text_input("Name", key=name.key, on_change=_rename, args=(position,))
            st.button("Remove", key=state.widget("tray", "remove", position), on_click=_remove, args=(position,))
    if sum(entry["shown"] for entry in session.tray()) > SHOWN:
        st.caption(f"Only the first {SHOWN} of those shown are drawn.")
    if any(_other_kind(entry["key"], run) for entry in session.tray()):
        st.caption("Runs with another number of labels are not drawn here: their losses cannot be compared.")
    st.select_slider(
        "Smoothing (sequences)",
        SMOOTHING,
        value=25,
        key=state.SMOOTHING(page).key,
        persist_state="session",
        help="Each point of a curve is the mean loss of this many sequences before it.",
    )
    st.segmented_control(
        "Horizontal axis",
        [SEQUENCES, UPDATES],
        default=SEQUENCES,
        required=True,
        key=state.AXIS(page).key,
        persist_state="session",
    )
