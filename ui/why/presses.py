"""The page Why, stage by stage: a guess, one change a press with the sentence that came of it, and the long run."""

import functools
from collections.abc import Hashable, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from bilstm_core import figures
from bilstm_core.analysis.ablation import (
    BIDIRECTIONAL,
    FORWARD,
    GUESSES,
    Kind,
    conclusion,
    finding,
    kinds,
    lead_sentence,
    opening,
    verdict,
)
from bilstm_core.analysis.parameter_matching import Match, match
from bilstm_core.presets import NO_FUTURE, WHY_FIRST, WHY_MORE, WHY_STEPS, WIDER, Step
from bilstm_core.specs import ModelSpec
from ui import live, registry, state
from ui.compare import guess, headline, launch
from ui.compare.comparison import (
    AFFORDABLE_S,
    TUTORIAL_EPOCHS,
    Comparison,
    ComparisonSettings,
    affordable_starts,
    runs_of,
    scores_of,
    specs_of,
)
from ui.compare.resolved import Asked, Shown, ask, resolve, shown_settings
from ui.settings import STARTS

PAGE = registry.WHY.title
LONG_EPOCHS = 4_000
LONG = (FORWARD, BIDIRECTIONAL, NO_FUTURE)  # what the long run follows
VARIANTS = {NO_FUTURE: "backward_constant", WIDER: "same_parameters", "second forward": "forward_constant"} | {
    "told t/T": "fraction",
    "told one-hot": "one_hot",
    WHY_MORE.label: "backward_noise",
}


def guessed() -> str | None:
    """What a person thinks is the reason, once they said so."""
    return state.GUESS(PAGE).get()


def _stage() -> int:
    """How many of WHY_STEPS are behind."""
    return state.STAGE(PAGE).get()


def _is_long(settings: ComparisonSettings) -> bool:
    return settings.epochs > TUTORIAL_EPOCHS


def _offered(steps: Sequence[Step], settings: ComparisonSettings) -> list[Step]:
    """Those that change something: where all models have as many parameters already, giving them is no change."""
    return [step for step in steps if not (settings.fair and step.matched)]


def tried(settings: ComparisonSettings) -> list[Step]:
    """The changes tried so far, in order."""
    more = [WHY_MORE] if state.NOISE(PAGE).get() else []
    return [*_offered(WHY_STEPS[: _stage()], settings), *more]


def left(settings: ComparisonSettings) -> list[Step]:
    """The changes not tried yet, in order."""
    return _offered(WHY_STEPS[_stage() :], settings)


def _match(settings: ComparisonSettings) -> Match:
    """How near forward comes to bidirectional's parameters."""
    return match(settings.problem, WHY_FIRST[FORWARD], settings.reference)


@st.cache_resource(max_entries=50, show_spinner=False)
def _found(
    key: Hashable,
    _by_run: pd.DataFrame,
    steps: Sequence[Step],
    match: Match,
) -> tuple[list[str], dict[str, Kind]]:
    said = [finding(_by_run, step, match if step.matched else None) for step in steps]
    return said, kinds(_by_run, steps, match)


def _findings(shown: Shown, scores: pd.DataFrame, steps: Sequence[Step]) -> tuple[list[str], dict[str, Kind]]:
    """What came of each change, in a sentence, and of what kind it is."""
    return _found(shown.key, scores, steps, _match(shown.settings))


def _words(step: Step, settings: ComparisonSettings) -> str:
    """What the button of a step says."""
    near = _match(settings)
    return step.press if near.close or not step.matched else f"Give forward {near.units} units"


def _style(label: str, model: ModelSpec) -> figures.Style:
    both = model.direction == "bidirectional" and model.second_branch != "forward_constant"
    return figures.style("bidirectional" if both else "forward", variant=VARIANTS.get(label, "none"))


def comparison(settings: ComparisonSettings, steps: Sequence[Step]) -> Comparison:
    """Forward, bidirectional and what has been tried; in the long run, those it follows. steps: tried so far"""
    models = {**WHY_FIRST, **{step.label: step.model for step in steps}}
    if _is_long(settings):
        models = {label: model for label, model in models.items() if label in LONG}
    return Comparison(
        page=PAGE,
        models=models,
        styles={label: _style(label, model) for label, model in models.items()},
        matched=(WIDER,),
        epochs=(),
        pills=False,
        probes=False,
        carried=("guess", "stage", "noise"),
    )


def _now(settings: ComparisonSettings) -> Comparison:
    """What is on the page under the settings that it shows."""
    return comparison(settings, tried(settings))


def _show() -> None:
    settings = shown_settings(PAGE)
    launch.start(_now(settings), settings)


def _press() -> None:
    settings = shown_settings(PAGE)
    before, stage = _stage(), 1 + WHY_STEPS.index(left(settings)[0])
    state.STAGE(PAGE).set(stage)  # the job carries it
    if not launch.start(_now(settings), settings):
        state.STAGE(PAGE).set(before)


def _long_run_of(settings: ComparisonSettings) -> tuple[Comparison, Asked]:
    """What the long run follows, and what it comes to with the fewest starts that it can have."""
    long = replace(settings, epochs=LONG_EPOCHS, starts=min(STARTS))
    followed = comparison(long, tried(settings))
    return followed, ask(followed, long)


def _long_run() -> None:
    shown = shown_settings(PAGE)
    followed, asked = _long_run_of(shown)
    if asked.refused:
        return
    starts = affordable_starts(followed, replace(asked.settings, starts=shown.starts))
    if launch.start(followed, replace(asked.settings, starts=starts)):
        state.BEFORE(PAGE).set(shown.starts)
        state.STARTS(PAGE).set(starts)


def _short_run() -> None:
    shown = shown_settings(PAGE)
    short = replace(shown, epochs=TUTORIAL_EPOCHS, starts=state.BEFORE(PAGE).get() or shown.starts)
    if launch.start(comparison(short, tried(shown)), short):
        state.BEFORE(PAGE).drop()
        state.STARTS(PAGE).set(short.starts)


def _start_again() -> None:
    for entry in (state.STAGE, state.NOISE, state.GUESS):
        entry(PAGE).drop()
    _short_run()


def answer(shown: Shown) -> str:
    """The measured sentence under the question: what came of the last press."""
    if not all(shown.runs.values()):
        return "Training what was asked for." if shown.busy else "Press **Run** to find out."
    if shown.scores is None:
        return headline.EVALUATING
    settings, steps = shown.settings, tried(shown.settings)
    if _is_long(settings):
        return f"After {settings.epochs:,} sequences each: {lead_sentence(shown.scores, _earlier(shown))}"
    if not steps:
        wait = "" if guessed() else " Why? Guess first."
        return f"After {settings.epochs:,} sequences each: {opening(shown.scores)}{wait}"
    return _findings(shown, shown.scores, steps)[0][-1]


def _earlier(shown: Shown) -> pd.DataFrame | None:
    settings = replace(shown.settings, epochs=TUTORIAL_EPOCHS)
    runs = runs_of(specs_of(replace(shown.comparison, models=WHY_FIRST), settings))
    return scores_of(runs, settings) if all(runs.values()) else None


def below(shown: Shown) -> str:
    """What came of the guess, and at the end what is left."""
    steps = tried(shown.settings)
    if _is_long(shown.settings):
        return f"And {guess.fall_sentence(shown.runs)}" if all(shown.runs.values()) else ""
    if not steps or not all(shown.runs.values()) or shown.scores is None:
        return ""
    _, found = _findings(shown, shown.scores, steps)
    said = [verdict(guessed() or "", found) if guessed() else ""]
    if found and not left(shown.settings):
        said.append(conclusion(found))
    return " ".join(part for part in said if part)


def press_row(shown: Shown) -> None:
    """The guess, then one press a change, and at the end the long run."""
    settings, remaining, steps = shown.settings, left(shown.settings), _offered(WHY_STEPS, shown.settings)
    if not guessed():
        guess.ask(PAGE, "Why does bidirectional learn faster? Your guess:", GUESSES)
        return
    busy, said = shown.busy, ""
    with st.container(horizontal=True, vertical_alignment="center"):
        if _is_long(settings):
            st.button(
                "Back to where the tutorial stops", key=state.widget(PAGE, "short"), on_click=_short_run, disabled=busy
            )
        elif remaining:
            st.button(
                _words(remaining[0], settings),
                key=state.widget(PAGE, "press"),
                type="primary",
                icon=":material/add:",
                on_click=_press,
                disabled=busy,
            )
            st.caption(f"{len(steps) - len(remaining) + 1} of {len(steps)}", width="content")
        else:
            said = _long_run_of(settings)[1].refused
            st.button(
                f"The long run: {LONG_EPOCHS:,} sequences",
                key=state.widget(PAGE, "long"),
                type="primary",
                icon=":material/timeline:",
                on_click=_long_run,
                disabled=busy or bool(said),
                help=f"At most about {AFFORDABLE_S:.0f} s of training; follows {', '.join(LONG)}.",
            )
        with st.container(key="verdict"):  # in this row, where it pushes no curve down
            st.caption(below(shown))
        if not _is_long(settings):
            st.toggle(
                "Noise, too",
                key=state.NOISE(PAGE).key,
                persist_state="session",
                on_change=_show,
                disabled=busy,
                help=WHY_MORE.press,
            )
        st.button(
            "Start again",
            key=state.widget(PAGE, "again_from_start"),
            type="tertiary",
            on_click=_start_again,
            disabled=busy,
        )
    if said:
        st.markdown(f":material/error: The long run: {said}")


def so_far(shown: Shown) -> None:
    """What came of every press."""
    done = [step for step in tried(shown.settings) if step.label in shown.present]
    if not done or not {FORWARD, BIDIRECTIONAL} <= set(shown.present) or shown.scores is None:
        return
    st.markdown("**What came out so far**")
    said, _ = _findings(shown, shown.scores, done)
    st.markdown("\n".join(f"- {one}" for one in said))


def page() -> Shown:
    """The question, its measured answer and the presses; what the page shows."""
    live.address(PAGE, functools.partial(launch.take_up, _now(shown_settings(PAGE))))
    st.title(registry.WHY.question)
    shown = resolve(_now(shown_settings(PAGE)))
    headline.headline(shown, answer(shown))
    with st.container(key="press"):
        press_row(shown)
    return shown
