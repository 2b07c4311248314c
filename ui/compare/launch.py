"""The controls of a comparison: epochs, starts, timesteps, units and Train in a row, problem and fairness beside it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core.analysis.parameter_matching import CLOSE
from bilstm_core.comparison import model_of
from bilstm_core.engine import cost
from bilstm_core.network.initial_weights import parameter_count
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.service.job_view import JobView
from bilstm_core.settings import FIELDS
from ui import address, controls, live, looks, own_data, session, state, wording
from ui.compare import guess, less, words
from ui.compare.comparison import AFFORDABLE_S, Comparison, affordable_starts, epochs_of
from ui.compare.resolved import Asked, Shown, ask, chosen_settings, show_settings, shown_settings
from ui.settings import PageSettings, read

WORTH_SAYING_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPage(PageSettings[ComparisonSettings]):
    """The settings of a page that compares, as its widgets stand; to fill it is to show the runs of the settings.

    own_epochs: whether the page itself decides the epochs, and has no widget for them
    """

    own_epochs: bool = False

    def read(self) -> ComparisonSettings:
        """The settings of the widgets as they stand; the seed is that of the figure until another setting changes."""
        return chosen_settings(self.page)

    def fill(self, settings: ComparisonSettings) -> None:
        """Show the runs of these settings, trained or not; only from a callback, or before the widgets are drawn."""
        own_data.filled(self.page, settings.name)
        for name, value in asdict(settings).items():
            if name != "seed" and not (name == "epochs" and self.own_epochs):
                state.field(self.page, name).set(value)
        show_settings(self.page, settings)


def settings_of(comparison: Comparison) -> ComparisonPage:
    """What can be set on the page of a comparison."""
    choices = {"epochs": comparison.epochs} if comparison.epochs else {}
    return ComparisonPage(
        page=comparison.page,
        first=ComparisonSettings(),
        choices=choices,
        own_epochs=not comparison.epochs,
    )


def run(comparison: Comparison, again: bool = False, new_seeds: bool = False) -> None:
    """Show the runs of the chosen settings, and train those that are not there; a callback."""
    page = comparison.page
    settings = chosen_settings(page)
    if new_seeds:
        settings = replace(settings, seed=session.new_seed(settings.seed, settings.starts))
    start(comparison, settings, again=again)


def start(comparison: Comparison, settings: ComparisonSettings, *, again: bool = False) -> bool:
    """Show the runs of these settings, and train those that are not there, or all `again`.

    Returns whether they can be shown; settings out of range, or too much at once, change nothing, and neither does a
    click while a job of the page runs: of several quick ones the first counts.
    """
    page = comparison.page
    asked = ask(comparison, settings, again=again)
    if live.active(page) or asked.refused:
        return False
    state.FROM_STORE(page).set(not asked.specs)
    show_settings(page, settings)
    state.AGAIN(page).set(again)
    live.forget_failure(page)
    if asked.specs:
        told = about(comparison, settings, again=again)
        live.start(page, asked.specs, about=told, sequences=settings.sequences)
    return True


def open_linked(comparison: Comparison) -> None:
    """Show what the page's address asks for, if it has just been filled from there, and train what is not trained yet.

    What waits behind a guess waits.
    """
    page = comparison.page
    if state.LINKED(page).take() == state.OPENED_LINK and not live.active(page):
        settings = read(page, shown_settings(page))
        if not guess.waiting(comparison, settings) and start(comparison, settings) and not live.active(page):
            state.FROM_STORE(page).drop()  # nobody has asked for a training


def settle(comparison: Comparison) -> None:
    """Set the page to the sequences that were chosen on it, and show others where those of its runs are gone."""
    page = comparison.page
    own_data.settle(page)
    if not own_data.found(page, shown_settings(page).name):
        show_settings(page, ComparisonSettings())


def about(comparison: Comparison, settings: ComparisonSettings, *, again: bool) -> dict[str, Any]:
    """What `take_up` needs."""
    carried = {name: state.field(comparison.page, name).get() for name in comparison.carried}
    return {"page": comparison.page, "settings": asdict(settings), "again": again, "carried": carried}


def take_up(comparison: Comparison, view: JobView) -> bool:
    """Set the page to what a job was asked for; False, and nothing is set, if it is of another page."""
    page = comparison.page
    if view.about.get("page") != page:
        return False
    if not own_data.found(page, view.about["settings"]["name"]):
        return False
    settings_of(comparison).fill(ComparisonSettings(**view.about["settings"]))
    for name, value in view.about["carried"].items():
        if value is not None:
            state.field(page, name).set(value)
    state.AGAIN(page).set(view.about["again"])
    state.FROM_STORE(page).set(False)
    return True


def fit_starts(comparison: Comparison) -> None:
    """Lower the starts to what is trained within AFFORDABLE_S; a callback of what makes runs longer.

    Starts that were chosen so soon after that both come at once stay as they were chosen.
    """
    page = comparison.page
    settings = chosen_settings(page)
    if state.STARTS_BEFORE(page).get() not in (None, settings.starts):
        return
    settings = replace(settings, starts=state.WISHED(page).take() or settings.starts)
    if not ask(comparison, settings).refused:
        starts = affordable_starts(comparison, settings)
        state.field(page, "starts").set(starts)
        if starts < settings.starts:
            state.WISHED(page).set(settings.starts)


def _forget_wish(page: str) -> None:
    state.WISHED(page).drop()


def row(shown: Shown) -> None:
    """Epochs, starts, timesteps, units, Train and Stop in one row; at its end or below, what trains the same again."""
    page, comparison, chosen = shown.page, shown.comparison, shown.chosen
    widths = [2.2, 2.0, 1.25, 1.25, 1.2, 1.2, 1.25, 1.3] if comparison.epochs else [2.2, 1.3, 1.3, 1.3, 1.3]
    places = st.columns(widths, vertical_alignment="bottom")
    *settings_places, go, halt = places[: 6 if comparison.epochs else 5]
    beneath = st.container()
    if comparison.epochs:
        with settings_places[0], controls.setting("epochs"):
            st.segmented_control(
                "Epochs",
                offered := epochs_of(comparison, chosen.settings),
                default=offered[0],
                required=True,
                key=state.field(page, "epochs").key,
                format_func="{:,}".format,
                persist_state="session",
                on_change=fit_starts,
                args=(comparison,),
                help=words.ALL_SEQUENCES_EACH if own_data.on(page) else words.ONE_SEQUENCE_EACH,
            )
    starts, timesteps, units = settings_places[-3:]
    with starts, controls.setting("starts"):
        entry = state.field(page, "starts", FIELDS["starts"].default)
        entry.ensure()
        st.segmented_control(
            FIELDS["starts"].label,
            FIELDS["starts"].choices,
            required=True,
            key=entry.key,
            persist_state="session",
            on_change=_forget_wish,
            args=(page,),
            help=FIELDS["starts"].help,
        )
    with timesteps, controls.setting("timesteps"):
        controls.widget(page, "timesteps", beneath)
    with units, controls.setting("units"):
        controls.widget(page, "units", beneath)
    state.STARTS_BEFORE(page).set(chosen.settings.starts)
    waiting = "" if chosen.refused else guess.waiting(comparison, chosen.settings)
    live.prepare(page, [] if chosen.refused or waiting else chosen.specs)
    with go:
        live.start_button("Train", page, run, comparison, disabled=bool(chosen.refused or waiting) or shown.busy)
    with halt:
        live.stop_button(page)
    _same_again(shown, places[6:] or st.columns([1.3, 1.3, 4.8]))
    controls.settings_switch()
    if chosen.refused and not any(
        FIELDS[name].complaint(getattr(chosen.settings, name)) for name in ("timesteps", "units")
    ):
        looks.error(chosen.refused)
        fitting = less.fitting(comparison, chosen.settings, chosen.share)
        if fitting:
            label = f"Choose {less.told(fitting, chosen.settings)}"
            st.button(label, key=state.widget(page, "choose_less"), on_click=less.choose, args=(comparison, fitting))
    fewer = "" if chosen.refused else lowered(page, chosen.settings.starts)
    if fewer:
        st.markdown(f":material/info: {fewer}")


def _same_again(shown: Shown, places: Sequence[DeltaGenerator]) -> None:
    """Two buttons that train what is shown anew; always there, so that nothing moves when they can be pressed."""
    page, comparison = shown.page, shown.comparison
    there = not shown.chosen.refused and shown.chosen.settings == shown.settings
    too_much = ask(comparison, shown.settings, again=True).refused if there else ""
    for place, label, key, args in (
        (places[0], words.AGAIN, "live", (comparison, True)),
        (places[1], words.NEW_SEEDS, "new_seed", (comparison, True, True)),
    ):
        with place, controls.setting(key):
            st.button(
                label,
                key=state.widget(page, key),
                on_click=run,
                args=args,
                disabled=not there or shown.busy or bool(too_much),
                help=too_much or None,
                width="stretch",
            )


def lowered(page: str, starts: int) -> str:
    """What is said where choosing longer runs has lowered the starts."""
    wished = state.WISHED(page).get()
    return words.lowered(wished, starts) if wished > starts else ""


def note(shown: Shown) -> str:
    """How the figure stands to the chosen settings, and what Train would do, while nothing is trained."""
    if shown.chosen.settings == shown.settings:
        own = own_data.of(shown.settings.name)
        named = f"{address.escaped(wording.own_problem(own['title']))}. " if own else ""
        if not state.FROM_STORE(shown.page).is_set():  # nobody has asked for anything yet
            return named
        already = state.FROM_STORE(shown.page).get()
        if state.COVERED.get() and state.CLASS.get():
            return named + (words.ALREADY_COVERED if already else words.NOW_COVERED)
        return named + (words.TRAINED_ALREADY if already else words.TRAINED_NOW)
    if shown.chosen.refused:
        return ""
    waiting = guess.waiting(shown.comparison, shown.chosen.settings)
    return words.other_settings(waiting or offer(shown.comparison, shown.chosen))


def offer(comparison: Comparison, asked: Asked) -> str:
    """To press Train, and what that costs, where it is worth saying."""
    needed = cost.seconds(asked.specs)
    if needed < WORTH_SAYING_S:
        return words.press_train()
    wished, wish = state.WISHED(comparison.page).get(), ""
    if wished > asked.settings.starts:
        more = cost.seconds(ask(comparison, replace(asked.settings, starts=wished)).specs)
        wish = words.wish(wished, words.rounded(more)) if more > AFFORDABLE_S else ""
    return words.press_train(words.rounded(needed), wish)


def beside(shown: Shown) -> None:
    """The problem, and the switch between the same units and the same number of parameters, with what it means."""
    page, comparison, settings = shown.page, shown.comparison, shown.settings
    controls.widget(page, "name")
    controls.data_note(page)
    fair = FIELDS["fair"]
    st.segmented_control(
        fair.label,
        fair.choices,
        default=fair.default,
        required=True,
        key=state.field(page, "fair").key,
        format_func=fair.word,
        persist_state="session",
        help=fair.help,
    )
    problem = settings.problem
    models = {label: model_of(comparison, label, settings) for label in comparison.models}
    counts = {label: parameter_count(problem, model) for label, model in models.items()}
    fewest, most = min(counts, key=lambda label: counts[label]), max(counts, key=lambda label: counts[label])
    close = counts[most] - counts[fewest] <= CLOSE * counts[most]
    told = words.parameters((fewest, counts[fewest]), (most, counts[most]), fair=settings.fair, close=close)
    if told:
        st.caption(told)
