"""Runs kept for comparison: which are drawn and how, their names, and what the axes show."""

from collections.abc import Collection, Mapping

import streamlit as st

from bilstm_core import codec, figures
from bilstm_core.limits import limits
from bilstm_core.runs import Run
from bilstm_core.specs import ProblemSpec, RunSpec
from ui import live, session, state, tray_links, wording
from ui.train import brought, words

SMOOTHING = (1, 10, 25, 100, 500)
SHOWN = 6
SEQUENCES, UPDATES = "sequences", "updates"
DASHES = ("solid", "dot", "dashdot", "longdash", "longdashdot", "8px,3px,2px,3px")


def runs(run: Run | None, problem: ProblemSpec) -> dict[str, Run]:
    """What the figure draws, by name: the kept runs that are switched on, and the run of the page.

    Of the kept runs only those whose loss is of the same kind as the problem's.
    """
    drawn: dict[str, Run] = {}
    for entry in [entry for entry in session.tray() if entry["shown"]][:SHOWN]:
        run_beside = session.recall(entry["key"])
        if run_beside and wording.classes(run_beside.spec.problem) == wording.classes(problem):
            drawn[entry["name"]] = run_beside
    if run and session.run_key(run) not in {session.run_key(each) for each in drawn.values()}:
        drawn[session.free_name(run.spec, run.sequences_seen) if session.tray() else run.spec.model.direction] = run
    return drawn


def in_figure(names: Collection[str]) -> dict[str, str]:
    """Each name as the figure has it, which has little room: without what all of them say.

    Names that would be the same then stay whole.
    """
    parts = {name: name.split(", ") for name in names}
    same = set[str]().union(*parts.values()).intersection(*parts.values())
    short = {name: ", ".join(part for part in own if part not in same) or own[0] for name, own in parts.items()}
    return short if len(set(short.values())) == len(short) else {name: name for name in names}


def settle(*, all_or_none: bool = True) -> list[RunSpec]:
    """Put into the tray what the page's address wants there, and return what of it is not trained yet.

    all_or_none: nothing comes into the tray before all of it is trained, so that it stands in the address's order
    """
    wanted = [(each, session.find(codec.decode(each["spec"]))) for each in state.TRAY_WANTED.get()]
    missing = [each for each, run in wanted if run is None]
    if missing and all_or_none:
        return [codec.decode(each["spec"]) for each in missing]
    for each, run in wanted:
        if run:
            session.add_to_tray(run, each["name"], shown=each["shown"])
    state.TRAY_WANTED.set(missing)
    return [codec.decode(each["spec"]) for each in missing]


def specs() -> list[RunSpec]:
    """Of the runs that are kept, and that a link can have."""
    asked = [session.asked_of(entry["key"]) for entry in session.tray()]
    return [spec for spec, trainable in asked if trainable]


def styles(drawn: Mapping[str, Run | RunSpec]) -> dict[str, figures.Style]:
    """Colour by direction; runs that share a colour differ by dash, and a kept run has its own, shown or not."""
    names = list(dict.fromkeys([entry["name"] for entry in session.tray()] + list(drawn)))
    specs_kept = {entry["name"]: session.spec_of(entry["key"]) for entry in session.tray()}
    taken: set[figures.Style] = set()
    chosen = {}
    for name in names:
        shown = drawn.get(name)
        spec = specs_kept.get(name) if shown is None else shown.spec if isinstance(shown, Run) else shown
        if spec is None:
            continue
        model = spec.model
        style = figures.style(model.direction, model.merge_mode, "raw" if model.backward_output == "raw" else "none")
        free = (style._replace(dash=dash) for dash in DASHES if style._replace(dash=dash) not in taken)
        style = style if style not in taken else next(free, style)
        taken.add(style)
        chosen[name] = style
    return {name: chosen[name] for name in drawn}


def _rename(position: int) -> None:
    name = tray_links.clean(state.TRAY_NAME(position).get())
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
    st.header(f"**{words.COMPARE}**", anchor=False)
    in_tray = any(entry["key"] == session.run_key(run) for entry in session.tray())
    st.button(
        words.KEEP,
        key=state.widget(page, "keep"),
        on_click=session.add_to_tray,
        args=(run,),
        disabled=in_tray or not session.tray_room() or live.active(page),
        icon=":material/add:",
        width="stretch",
        help=words.KEEP_HELP,
    )
    if not session.tray_room():
        st.caption(words.tray_full(limits().tray_runs))
    brought.uploader(page)
    for position, entry in enumerate(session.tray()):
        shown, name = state.TRAY_SHOWN(position), state.TRAY_NAME(position)
        shown.set(entry["shown"])
        name.set(entry["name"])
        label, more = st.columns([4, 1], vertical_alignment="center")
        label.checkbox(entry["name"], key=shown.key, on_change=_toggle, args=(position,), wrap=True)
        with more.popover("", icon=":material/more_vert:"):
            st.text_input("Name", key=name.key, on_change=_rename, args=(position,))
            st.button("Remove", key=state.widget("tray", "remove", position), on_click=_remove, args=(position,))
    if sum(entry["shown"] for entry in session.tray()) > SHOWN:
        st.caption(words.first_drawn(SHOWN))
    if any(_other_kind(entry["key"], run) for entry in session.tray()):
        st.caption(words.OTHER_KIND)
    st.select_slider(
        "Smoothing (sequences)",
        SMOOTHING,
        value=25,
        key=state.SMOOTHING(page).key,
        persist_state="session",
        help=words.SMOOTHING_HELP,
    )
    st.segmented_control(
        "Horizontal axis",
        [SEQUENCES, UPDATES],
        default=SEQUENCES,
        required=True,
        key=state.AXIS(page).key,
        persist_state="session",
    )
