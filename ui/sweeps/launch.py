"""The controls of a map, and how it is trained: wave by wave, each chosen by what the ones before have shown."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from bilstm_core.datasets.recipe import EPOCHS
from bilstm_core.page_settings import EXTENSIONS, SWEEPS
from bilstm_core.service.job_view import JobView
from bilstm_core.settings import Field
from bilstm_core.specs import RunSpec
from bilstm_core.sweep_settings import SweepSettings
from ui import controls, live, looks, own_data, registry, results, session, state, waits
from ui.sweeps import data_words, words
from ui.sweeps.resolved import SETTINGS, Map, grid_of, resolve

PAGE = registry.SWEEPS.name
NEWS_S = 1.0  # between two drawings of a map that fills
WEIGHT, LEAST_WEIGHT_S = 0.2, 10.0  # of a map's estimate, in seconds of work, beside what was measured of it
ENDS = (("x_from", "x_to"), ("y_from", "y_to"))
BASE = ("name", "direction", "merge_mode", "cell", "timesteps", "units", "layers")
TRAINING = ("sequences_per_epoch", "batch_size", "learning_rate", "threshold", "seed")


def settle() -> None:
    """Set the page to the sequences that were chosen on it, or back; before its widgets are drawn."""
    own_data.settle(PAGE)
    if own_data.on(PAGE):
        beside = state.field(PAGE, "beside")
        beside.set("none" if beside.get() == "name" else beside.get())  # a map of another problem counts otherwise


def run() -> None:
    """Train what the map lacks, wave by wave; a callback."""
    if live.active(PAGE):
        return
    try:
        shown = resolve(SETTINGS.read())
    except ValueError:  # what is wrong stands beside the controls
        return
    _begin(shown)
    go_on()


def stop() -> None:
    """Train no further wave; a callback. What is trained stays."""
    state.SWEEP(PAGE).drop()
    live.stop(PAGE)


def go_on() -> None:
    """Train the next wave of a sweep that is under way, unless one is being trained; before the page's widgets.

    It is asked for in every run of the page: a run that a browser's next message ends may have begun none.
    """
    sweep = state.SWEEP(PAGE).get()
    if sweep is None or live.active(PAGE):
        return
    try:
        shown = resolve(SweepSettings(**sweep["settings"]))
    except ValueError:  # its sequences are in memory no longer
        state.SWEEP(PAGE).drop()
        return
    specs = shown.wave()
    if specs:
        about = {"page": PAGE, "settings": sweep["settings"], "whole": True}
        live.start(PAGE, specs, about=about, sequences=shown.sequences, mixed=True)
    if not live.active(PAGE):  # all is trained, or no more is allowed, as the page says
        state.SWEEP(PAGE).drop()


def _begin(shown: Map) -> None:
    state.SWEEP(PAGE).set({"settings": asdict(shown.settings), "began": time.time(), "seconds": shown.seconds})


def train_square(shown: Map, specs: Sequence[RunSpec]) -> None:
    """Train some runs of a square, and no others; a callback."""
    train_alone(shown.settings, specs, shown.sequences)


def train_alone(settings: SweepSettings, specs: Sequence[RunSpec], sequences: int) -> None:
    """Train some runs of a map, and no others; a callback. settings: of the map; sequences: that each is tested on"""
    about = {"page": PAGE, "settings": asdict(settings), "whole": False}
    live.start(PAGE, specs, about=about, sequences=sequences, mixed=True)


def done(view: JobView) -> None:
    """A wave is over; the sweep is, too, if it was stopped or has failed."""
    for trained in view.runs:
        if trained and trained.finished:
            results.judge(trained, view.sequences)
            if not trained.spec.problem.problem.kept:  # no store has it
                session.keep(trained, resumable=False)
    if view.state != "done":
        state.SWEEP(PAGE).drop()


def take_up(view: JobView) -> bool:
    """Show the map that a job was asked for, and go on with it; False, and nothing is set, if it is of another page."""
    if view.about.get("page") != PAGE:
        return False
    settings = SweepSettings(**view.about["settings"])
    if not own_data.found(PAGE, settings.name):
        return False
    SETTINGS.fill(settings)
    if view.about["whole"]:
        _begin(resolve(settings))
    return True


def resolved() -> Map | str:
    """The map of the settings as they stand, or why there can't be one."""
    try:
        return resolve(SETTINGS.read())
    except ValueError as error:
        return str(error)


def row(shown: Map | str) -> None:
    """What is varied, goal, starts, Train and Stop, in one row; beneath, what is not allowed."""
    up, across, goal, starts, go, halt = st.columns([1.25, 1.25, 0.9, 1.45, 1.0, 1.0], vertical_alignment="bottom")
    with up, controls.setting("up"):
        _choice("up", on_change=_forget_ends)
    with across, controls.setting("across"):
        _choice("across", on_change=_forget_ends)
    with goal, controls.setting("goal"):
        _choice("within" if own_data.on(PAGE) else "goal")
    with starts, controls.setting("starts"):
        declared, entry = _own("starts")
        st.segmented_control(
            declared.label,
            declared.choices,
            required=True,
            key=entry.key,
            persist_state="session",
            help=declared.help,
        )
    allowed = isinstance(shown, Map) and bool(shown.missing)
    with go:
        live.start_button("Train", PAGE, run, disabled=not allowed or live.active(PAGE))
    with halt:
        live.stop_button(PAGE, stop)
    controls.settings_switch()
    if isinstance(shown, str):
        looks.error(shown)


def _own(name: str) -> tuple[Field, state.Entry[Any]]:
    """A setting as this page declares it, and what holds it, with what it is at first."""
    entry = state.field(PAGE, name, getattr(SWEEPS.first, name))
    entry.ensure()
    return SWEEPS.field_named(name), entry


_FIXED = ("timesteps", "threshold")  # which no sequences that somebody brought can be made with
_LEFT_OUT = {"across": _FIXED, "up": _FIXED, "beside": ("name",)}


def _choice(name: str, on_change: Any = None) -> None:
    declared, entry = _own(name)
    left_out = _LEFT_OUT.get(name, ()) if own_data.on(PAGE) else ()
    st.selectbox(
        declared.label,
        [choice for choice in declared.choices if choice not in left_out or choice == entry.get()],
        key=entry.key,
        format_func=declared.word,
        persist_state="session",
        help=declared.help,
        on_change=on_change,
    )


def _forget_ends() -> None:
    """Another setting is varied: it has ends of its own."""
    for name in (name for pair in ENDS for name in pair):
        state.field(PAGE, name).set(None)


def beside(shown: Map | str) -> None:
    """A map by its name, what all squares have in common, and from where to where the others go."""
    settings = SETTINGS.read()
    controls.preset_box(PAGE, EXTENSIONS, settings, _fill_preset, help_text=words.EXTENSIONS)
    st.header(words.EVERY_SQUARE, anchor=False)
    varied = {"sequences_per_epoch" if name == "sequences" else name for name in (settings.up, settings.across)}
    _of_run("name")
    controls.data_note(PAGE)
    if own_data.on(PAGE):
        st.caption(data_words.rounds(EPOCHS, "sequences" in (settings.up, settings.across)))
    _of_run("direction")
    _choice("beside")
    with st.expander("More settings", key=state.widget(PAGE, "more")):
        for name in (*BASE[2:], *TRAINING):
            fits = (name != "merge_mode" or settings.direction == "bidirectional") and (
                name != "threshold" or controls.has_threshold(settings.name)
            )
            if fits and name not in varied:
                _of_run(name)
    with st.expander(words.ENDS, key=state.widget(PAGE, "ends")):
        _choice("steps")
        for pair, values in zip(ENDS, _values(shown), strict=True):
            for place, (column, name) in enumerate(zip(st.columns(2), pair, strict=True)):
                declared, entry = _own(name)
                with column:
                    st.number_input(
                        declared.label,
                        key=entry.key,
                        value=None,
                        step=None,
                        format="%.6g",
                        placeholder=values[-place] if values else "",
                        help=declared.help,
                        persist_state="session",
                    )


def _fill_preset(settings: SweepSettings) -> None:
    SETTINGS.fill(settings)
    state.SQUARE(PAGE).drop()


def _values(shown: Map | str) -> tuple[list[str], list[str]]:
    """The values of both axes, as text; none where there can't be a map."""
    if isinstance(shown, str):
        return [], []
    across, up = (list(map(words.written, axis.values)) for axis in (shown.grid.x, shown.grid.y))
    return across, up


def _of_run(name: str) -> None:
    declared, _ = _own(name)
    controls.widget(PAGE, name, declared=declared)


def under_way(shown: Map) -> str:
    """How far the map that is being trained is; "" where none is."""
    sweep = state.SWEEP(PAGE).get()
    if not (live.active(PAGE) and sweep):
        return ""
    try:
        trained = grid_of(SweepSettings(**sweep["settings"])).cells
    except ValueError:  # its sequences are in memory no longer
        return words.OTHER_SWEEP
    if all(trained != each.grid.cells for each in (shown, *shown.beside.values())):
        return words.OTHER_SWEEP
    return words.under_way(*shown.all_measured, _left(shown, sweep))


def note(shown: Map) -> str:
    """What Train would do, and what that costs; or that nothing is left to do."""
    if shown.missing:
        measured, squares = shown.all_measured
        told = words.cost(len(shown.missing), squares - measured, squares, rounded(shown.seconds))
        return f"{words.READING} {told}" if shown.awaits else told
    if shown.awaits:
        return words.READING
    return words.ALL_COMPLETE if shown.beside else words.COMPLETE


def _left(shown: Map, sweep: state.Sweep) -> str:
    """How long the rest takes: by estimate at first, and more and more by how long what is done took."""
    if not shown.missing:
        return ""
    took, done = time.time() - sweep["began"], sweep["seconds"] - shown.seconds
    weight = max(LEAST_WEIGHT_S, WEIGHT * sweep["seconds"])
    return rounded(shown.seconds * (took + weight) / (max(0.0, done) + weight))


def rounded(needed: float) -> str:
    """A time in words, as exactly as it is known."""
    if needed < 20:
        return f"{max(1.0, needed):.0f} s"
    return f"{5 * round(needed / 5)} s" if needed < 120 else f"{needed / 60:.0f} min"


def again_with_news(shown: Map) -> None:
    """Run the page again once more is measured, while anything is being measured."""
    if live.active(PAGE) or shown.awaits:
        since = time.monotonic()
        waits.again_when(lambda: time.monotonic() - since > NEWS_S and results.news() != shown.news)
