"""The page Why, stage by stage: a guess, one change a press with the sentence that came of it, and the long run."""

import functools
from collections.abc import Sequence
from dataclasses import asdict, fields, replace

import streamlit as st

from bilstm_core.analysis.ablation import GUESSES
from bilstm_core.comparison import IN_THE_LONG_RUN, is_long, offered, tried, uneven, why
from bilstm_core.page_settings import TUTORIAL_EPOCHS, WHY, ComparisonSettings, WhySettings
from bilstm_core.presets import WHY_STEPS, Step
from bilstm_core.settings import FIELDS, STARTS
from ui import live, looks, registry, state
from ui.compare import guess, headline, launch, resolved
from ui.compare.comparison import AFFORDABLE_S, Comparison, affordable_starts
from ui.compare.resolved import Asked, ask, chosen_settings, resolve
from ui.settings import PageSettings
from ui.why import words
from ui.why.findings import PAGE, Pressed, answer, every_sentence, guessed, left, matched

LONG_EPOCHS = 4_000


class WhyPage(PageSettings[WhySettings]):
    """The settings of the page, as its widgets stand; to fill it is to show the runs of the settings."""

    def read(self) -> WhySettings:
        """The settings of the widgets, and how far the presses have come."""
        return _with_progress(chosen_settings(self.page))

    def fill(self, settings: WhySettings) -> None:
        """Show the runs of these settings, trained or not; only from a callback, or before the widgets are drawn."""
        launch.settings_of(_now(settings)).fill(settings.of_runs)
        _set_stage(settings.stage)
        _noise().set(settings.noise)


SETTINGS = WhyPage(page=PAGE, first=WHY.first, choices={"epochs": (TUTORIAL_EPOCHS, LONG_EPOCHS)})


def _set_stage(stage: int) -> None:
    state.field(PAGE, "stage").set(stage)


def _noise() -> state.Entry[bool]:
    return state.field(PAGE, "noise", FIELDS["noise"].default)


def _with_progress(settings: ComparisonSettings) -> WhySettings:
    stage = state.field(PAGE, "stage", FIELDS["stage"].default).get()
    return WhySettings(**asdict(settings), stage=stage, noise=_noise().get())


def shown_settings(page: str) -> WhySettings:
    """The settings of the runs that the page shows, and how far its presses have come."""
    return _with_progress(resolved.shown_settings(page))


def _words(step: Step, settings: ComparisonSettings) -> str:
    """What the button of a step says."""
    near = matched(settings)
    return step.press if near.close or not step.matched else words.give_forward(near.units)


def comparison(settings: ComparisonSettings, steps: Sequence[Step]) -> Comparison:
    """Forward, bidirectional and what has been tried; in the long run, those it follows. steps: tried so far"""
    return Comparison.of(
        why(settings, steps), page=PAGE, epochs=(), pills=False, probes=False, carried=("guess", "stage", "noise")
    )


def _now(settings: WhySettings) -> Comparison:
    """What is on the page under the settings that it shows."""
    return comparison(settings, tried(settings))


def _show() -> None:
    settings = shown_settings(PAGE)
    launch.start(_now(settings), settings.of_runs)


def _press() -> None:
    before = shown_settings(PAGE)
    settings = replace(before, stage=1 + WHY_STEPS.index(left(before)[0]))
    _set_stage(settings.stage)  # the job carries it
    if not launch.start(_now(settings), settings.of_runs):
        _set_stage(before.stage)


def _long_run_of(settings: WhySettings) -> tuple[Comparison, Asked]:
    """What the long run follows, and what it comes to with the fewest starts that it can have."""
    long = replace(settings, epochs=LONG_EPOCHS, starts=min(STARTS))
    followed = comparison(long, tried(settings))
    return followed, ask(followed, long.of_runs)


def _long_run() -> None:
    shown = shown_settings(PAGE)
    followed, asked = _long_run_of(shown)
    if asked.refused:
        return
    starts = affordable_starts(followed, replace(asked.settings, starts=shown.starts))
    if launch.start(followed, replace(asked.settings, starts=starts)):
        state.BEFORE(PAGE).set(shown.starts)
        _set_starts(starts)


def _short_run() -> None:
    shown = shown_settings(PAGE)
    epochs = shown.epochs if shown.problem.problem.fixed else TUTORIAL_EPOCHS
    short = replace(shown, epochs=epochs, starts=state.BEFORE(PAGE).get() or shown.starts)
    if launch.start(comparison(short, tried(shown)), short.of_runs):
        state.BEFORE(PAGE).drop()
        _set_starts(short.starts)


def _set_starts(starts: int) -> None:
    state.field(PAGE, "starts").set(starts)


def _start_again() -> None:
    for entry in (state.field(PAGE, "stage"), _noise(), state.GUESS(PAGE)):
        entry.drop()
    _short_run()


def press_row(shown: Pressed) -> None:
    """The guess, then one press a change, and at the end the long run."""
    settings, remaining, steps = shown.progress, left(shown.progress), offered(WHY_STEPS, shown.settings)
    if not guessed():
        guess.ask(PAGE, words.ASK_OF_DATA if shown.settings.problem.problem.fixed else words.ASK, GUESSES)
        return
    busy, refused = shown.busy, ""
    with st.container(horizontal=True, vertical_alignment="center"):
        if is_long(settings):
            st.button(words.BACK, key=state.widget(PAGE, "short"), on_click=_short_run, disabled=busy)
        elif remaining:
            st.button(
                _words(remaining[0], settings),
                key=state.widget(PAGE, "press"),
                type="primary",
                icon=":material/add:",
                on_click=_press,
                disabled=busy,
            )
            st.caption(words.place(len(steps) - len(remaining) + 1, len(steps)), width="content")
        elif shown.settings.problem.problem.fixed:  # there is no long run: in each epoch it has seen all
            st.caption(words.ALL_TRIED, width="content")
        else:
            refused = _long_run_of(settings)[1].refused
            st.button(
                words.long_run(LONG_EPOCHS),
                key=state.widget(PAGE, "long"),
                type="primary",
                icon=":material/timeline:",
                on_click=_long_run,
                disabled=busy or bool(refused),
                help=words.long_run_help(AFFORDABLE_S, IN_THE_LONG_RUN),
            )
        if not is_long(settings):
            st.toggle(
                FIELDS["noise"].label,
                key=_noise().key,
                persist_state="session",
                on_change=_show,
                disabled=busy,
                help=FIELDS["noise"].help,
            )
        if shown.chosen.settings != shown.settings and not shown.chosen.refused:  # Train itself is below a low screen
            st.button(
                words.TRAIN_THESE,
                key=state.widget(PAGE, "train_these"),
                on_click=launch.run,
                args=(shown.comparison,),
                disabled=busy,
            )
        st.button(
            words.START_AGAIN,
            key=state.widget(PAGE, "again_from_start"),
            type="tertiary",
            on_click=_start_again,
            disabled=busy,
        )
    if refused:
        looks.error(words.refused(refused))


def left_out(shown: Pressed) -> None:
    """What is not tried of sequences of different lengths, and why."""
    if uneven(shown.settings):
        st.caption(words.NO_FRACTION)


def _resolve() -> Pressed:
    settings = shown_settings(PAGE)
    shown = resolve(_now(settings))
    return Pressed(**{each.name: getattr(shown, each.name) for each in fields(shown)}, progress=settings)


def _ask_a_class(settings: WhySettings) -> None:
    """What a class is asked is of what is shown now: the button names what comes next."""
    steps = tried(settings)
    if state.CLASS.get() and steps:
        long = is_long(settings)
        state.ASKED.set(words.asks_of_long_run(settings.epochs) if long else words.asks_of(steps[-1].now))


def page() -> Pressed:
    """The question, its measured answer and the presses; what the page shows."""
    live.address(PAGE, functools.partial(launch.take_up, _now(shown_settings(PAGE))))
    launch.settle(_now(shown_settings(PAGE)))
    launch.open_linked(_now(shown_settings(PAGE)))
    st.title(registry.WHY.question)
    shown = _resolve()
    _ask_a_class(shown.progress)
    headline.headline(shown, registry.WHY.question, answer(shown), sentences=lambda: every_sentence(shown))
    with st.container(key="press"):
        press_row(shown)
    return shown
