"""The controls of a comparison: epochs, starts, timesteps, units and Run in a row, problem and fairness beside it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core.analysis.parameter_matching import CLOSE
from bilstm_core.engine import cost
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.service.job_record import JobView
from ui import controls, live, session, state
from ui.compare import guess
from ui.compare.comparison import (
    AFFORDABLE_S,
    STARTS,
    Comparison,
    Settings,
    affordable_starts,
    chosen_settings,
    model_of,
    problem_of,
    shown_settings,
    wanted,
)

WORTH_SAYING_S = 2.0


def run(comparison: Comparison, again: bool = False, new_seeds: bool = False) -> None:
    """Show the runs of the chosen settings, and train those that are not there; a callback."""
    page = comparison.page
    settings = chosen_settings(page)
    if new_seeds:
        settings["seed"] = session.new_seed(settings["seed"], settings["starts"])
    start(comparison, settings, again=again)


def start(comparison: Comparison, settings: Settings, *, again: bool = False) -> bool:
    """Show the runs of these settings, and train those that are not there, or all `again`.

    Returns whether they can be shown; settings out of range, or too much at once, change nothing, and neither does a
    click while a job of the page runs: of several quick ones the first counts.
    """
    page = comparison.page
    if live.active(page) or complaint(comparison, settings, again=again):
        return False
    unique = wanted(comparison, settings, again=again)
    state.FROM_STORE(page).set(not unique)
    state.SETTINGS(page).set(dict(settings))
    state.AGAIN(page).set(again)
    live.forget_failure(page)
    if unique:
        live.start(page, unique, about=_about(comparison, settings, again=again))
    return True


def _about(comparison: Comparison, settings: Settings, *, again: bool) -> dict[str, Any]:
    """What `take_up` needs."""
    carried = {name: state.field(comparison.page, name).get() for name in comparison.carried}
    return {"page": comparison.page, "settings": dict(settings), "again": again, "carried": carried}


def take_up(comparison: Comparison, view: JobView) -> bool:
    """Set the page to what a job was asked for; False, and nothing is set, if it is of another page."""
    page = comparison.page
    if view.about.get("page") != page:
        return False
    settings = view.about["settings"]
    entries = settings if comparison.epochs else {name: value for name, value in settings.items() if name != "epochs"}
    entries = {name: value for name, value in entries.items() if name != "seed"} | view.about["carried"]
    for name, value in entries.items():
        if value is not None:
            state.field(page, name).set(value)
    state.SETTINGS(page).set(dict(settings))
    state.AGAIN(page).set(view.about["again"])
    state.FROM_STORE(page).set(False)
    return True


def fit_starts(comparison: Comparison) -> None:
    """Lower the starts to what is trained within AFFORDABLE_S; a callback of what makes runs longer.

    Starts that were chosen so soon after that both come at once stay as they were chosen.
    """
    page = comparison.page
    settings = chosen_settings(page)
    if state.STARTS_BEFORE(page).get() not in (None, settings["starts"]):
        return
    settings["starts"] = state.WISHED(page).take() or settings["starts"]
    if not complaint(comparison, settings):
        starts = affordable_starts(comparison, settings)
        state.STARTS(page).set(starts)
        if starts < settings["starts"]:
            state.WISHED(page).set(settings["starts"])


def _forget_wish(page: str) -> None:
    state.WISHED(page).drop()


def row(comparison: Comparison) -> None:
    """Epochs, starts, timesteps, units, Run and Stop in one row, and what trains the same again at its end or below."""
    page = comparison.page
    widths = [2.2, 2.0, 1.25, 1.25, 1.2, 1.2, 1.25, 1.3] if comparison.epochs else [2.2, 1.3, 1.3, 1.3, 1.3]
    places = st.columns(widths, vertical_alignment="bottom")
    *settings_places, go, halt = places[: 6 if comparison.epochs else 5]
    if comparison.epochs:
        with settings_places[0], controls.setting("epochs"):
            st.segmented_control(
                "Epochs",
                comparison.epochs,
                default=comparison.epochs[0],
                required=True,
                key=state.field(page, "epochs").key,
                format_func="{:,}".format,
                persist_state="session",
                on_change=fit_starts,
                args=(comparison,),
                help="One fresh sequence each.",
            )
    starts, timesteps, units = settings_places[-3:]
    with starts, controls.setting("starts"):
        state.STARTS(page).ensure()
        st.segmented_control(
            "Starts",
            STARTS,
            required=True,
            key=state.STARTS(page).key,
            persist_state="session",
            on_change=_forget_wish,
            args=(page,),
            help="Each start has other initial weights and other data; all models of one start see the same data "
            "(paired seeds).",
        )
    with timesteps, controls.setting("timesteps"):
        controls.widget(page, "timesteps")
    with units, controls.setting("units"):
        controls.widget(page, "units")
    settings = chosen_settings(page)
    state.STARTS_BEFORE(page).set(settings["starts"])
    refused = complaint(comparison, settings)
    waiting = "" if refused else guess.waiting(comparison, settings)
    live.prepare(page, [] if refused or waiting else wanted(comparison, settings))
    with go:
        live.start_button("Run", page, run, comparison, disabled=bool(refused or waiting) or live.active(page))
    with halt:
        live.stop_button(page)
    _same_again(comparison, settings, places[6:] or st.columns([1.3, 1.3, 4.8]), refused=bool(refused))
    controls.settings_switch()
    if refused and not any(controls.complaint(name, settings[name]) for name in ("timesteps", "units")):
        st.markdown(f":material/error: {refused}")
    fewer = "" if refused else lowered(page, settings["starts"])
    if fewer:
        st.markdown(f":material/info: {fewer}")


def _same_again(comparison: Comparison, settings: Settings, places: Sequence[DeltaGenerator], *, refused: bool) -> None:
    """Two buttons that train what is shown anew; always there, so that nothing moves when they can be pressed."""
    page = comparison.page
    there = not refused and settings == shown_settings(page)
    too_much = complaint(comparison, settings, again=True) if there else ""
    for place, label, key, args in (
        (places[0], "Train live", "live", (comparison, True)),
        (places[1], "New seeds", "new_seed", (comparison, True, True)),
    ):
        with place, controls.setting(key):
            st.button(
                label,
                key=state.widget(page, key),
                on_click=run,
                args=args,
                disabled=not there or live.active(page) or bool(too_much),
                help=too_much or None,
                width="stretch",
            )


def complaint(comparison: Comparison, settings: Settings, *, again: bool = False) -> str:
    """Why no runs of these settings can be trained, in the core's sentence, or nothing.

    again: whether all would be trained, and not just those that are not there
    """
    try:
        cost.check(wanted(comparison, settings, again=again))
    except ValueError as error:
        return str(error)
    return ""


def lowered(page: str, starts: int) -> str:
    """What is said where choosing longer runs has lowered the starts."""
    wished = state.WISHED(page).get()
    if wished <= starts:
        return ""
    return f"Starts lowered from {wished} to {starts}, for the runs are long; choose more if you have the time."


def note(comparison: Comparison) -> str:
    """How the figure stands to the chosen settings, and what Run would do, while nothing is trained."""
    page = comparison.page
    settings = chosen_settings(page)
    if settings == shown_settings(page):
        stored = state.FROM_STORE(page).get()
        return "These settings are trained already; the results are shown." if stored else "Trained just now."
    if complaint(comparison, settings):
        return ""
    waiting = guess.waiting(comparison, settings)
    return f"The figure shows other settings. {waiting or f'Press Run for these{offer(comparison, settings)}.'}"


def offer(comparison: Comparison, settings: Settings) -> str:
    """What Run costs, where it is worth saying, as the rest of a sentence."""
    needed = cost.seconds(wanted(comparison, settings))
    if needed < WORTH_SAYING_S:
        return ""
    said = f": about {_rounded(needed)} of training"
    wished = state.WISHED(comparison.page).get()
    if wished > settings["starts"]:
        more = cost.seconds(wanted(comparison, {**settings, "starts": wished}))
        if more > AFFORDABLE_S:
            said += f". {wished} starts would take about {_rounded(more)}"
    return said


def _rounded(needed: float) -> str:
    return (
        f"{needed:.0f} s" if needed < 20 else f"{5 * round(needed / 5)} s" if needed < 120 else f"{needed / 60:.0f} min"
    )


def beside(comparison: Comparison) -> None:
    """The problem, and the switch between the same units and the same number of parameters, with what it means."""
    page = comparison.page
    controls.widget(page, "name")
    st.segmented_control(
        "The same for all models",
        [False, True],
        default=False,
        required=True,
        key=state.field(page, "fair").key,
        format_func=lambda fair: "number of parameters" if fair else "units",
        persist_state="session",
        help="Same units for all models, or for each as many units as bring it nearest to the parameters of "
        "bidirectional (concat) with the chosen units.",
    )
    settings = shown_settings(page)
    problem = problem_of(settings)
    models = {label: model_of(comparison, label, settings) for label in comparison.models}
    counts = {label: parameter_count(problem, model) for label, model in models.items()}
    fewest, most = min(counts, key=lambda one: counts[one]), max(counts, key=lambda one: counts[one])
    if settings["fair"] and counts[most] - counts[fewest] > CLOSE * counts[most]:
        st.caption(f"Not as many parameters each, but as near as units allow: {counts[fewest]:,} to {counts[most]:,}.")
    elif settings["fair"]:
        st.caption(f"About as many parameters each, as whole units allow: {counts[fewest]:,} to {counts[most]:,}.")
    elif counts[fewest] < counts[most]:
        st.caption(
            f"Not quite a fair race: {most} has {counts[most]:,} parameters, {fewest} {counts[fewest]:,}. "
            "The switch brings them as near as units allow."
        )
