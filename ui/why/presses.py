"""The page Why, stage by stage: a guess, one change a press with the sentence that came of it, and the long run."""

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

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
from bilstm_core.runs import Run
from bilstm_core.specs import ModelSpec
from ui import evaluations, live, registry, state
from ui.compare import guess, headline, launch
from ui.compare.comparison import (
    AFFORDABLE_S,
    STARTS,
    TUTORIAL_EPOCHS,
    Comparison,
    Settings,
    affordable_starts,
    current_runs,
    evaluated,
    problem_of,
    reference,
    runs_of,
    scores,
    scores_key,
    shown_settings,
    specs_of,
)

PAGE = registry.WHY.title
LONG_EPOCHS = 4_000
LONG = (FORWARD, BIDIRECTIONAL, NO_FUTURE)  # what the long run follows
VARIANTS = {NO_FUTURE: "backward_constant", WIDER: "same_parameters", "second forward": "forward_constant"} | {
    "told t/T": "fraction",
    "told one-hot": "one_hot",
    WHY_MORE.label: "backward_noise",
}

Runs = dict[str, list[Run]]


def guessed() -> str | None:
    """What a person thinks is the reason, once they said so."""
    return state.GUESS(PAGE).get()


def _stage() -> int:
    """How many of WHY_STEPS are behind."""
    return state.STAGE(PAGE).get()


def _is_long(settings: Settings | None = None) -> bool:
    return bool((settings or shown_settings(PAGE))["epochs"] > TUTORIAL_EPOCHS)


def _offered(steps: Sequence[Step]) -> list[Step]:
    """Those that change something: where all models have as many parameters already, giving them is no change."""
    return [step for step in steps if not (shown_settings(PAGE)["fair"] and step.matched)]


def tried() -> list[Step]:
    """The changes tried so far, in order."""
    more = [WHY_MORE] if state.NOISE(PAGE).get() else []
    return [*_offered(WHY_STEPS[: _stage()]), *more]


def left() -> list[Step]:
    """The changes not tried yet, in order."""
    return _offered(WHY_STEPS[_stage() :])


def _match() -> Match:
    """How near forward comes to bidirectional's parameters."""
    settings = shown_settings(PAGE)
    return match(problem_of(settings), WHY_FIRST[FORWARD], reference(settings))


@st.cache_resource(max_entries=50, show_spinner=False)
def _found(
    key: str,
    _by_run: pd.DataFrame,
    steps: Sequence[Step],
    match: Match,
) -> tuple[list[str], dict[str, Kind]]:
    said = [finding(_by_run, step, match if step.matched else None) for step in steps]
    return said, kinds(_by_run, steps, match)


def _findings(runs: Runs, steps: Sequence[Step]) -> tuple[list[str], dict[str, Kind]]:
    """What came of each change, in a sentence, and of what kind it is; waits for the runs to be evaluated."""
    settings = shown_settings(PAGE)
    return _found(scores_key(runs, settings), scores(runs, settings), steps, _match())


def _words(step: Step) -> str:
    """What the button of a step says."""
    near = _match()
    return step.press if near.close or not step.matched else f"Give forward {near.units} units"


def _style(label: str, model: ModelSpec) -> figures.Style:
    both = model.direction == "bidirectional" and model.second_branch != "forward_constant"
    return figures.style("bidirectional" if both else "forward", variant=VARIANTS.get(label, "none"))


def comparison(settings: Settings | None = None) -> Comparison:
    """What is on the page now: forward, bidirectional and what has been tried; in the long run, those it follows.

    settings: what would be on the page with these
    """
    models = {**WHY_FIRST, **{step.label: step.model for step in tried()}}
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


def _show() -> None:
    launch.start(comparison(), shown_settings(PAGE))


def _press() -> None:
    before, stage = _stage(), 1 + WHY_STEPS.index(left()[0])
    state.STAGE(PAGE).set(stage)  # the job carries it
    if not launch.start(comparison(), shown_settings(PAGE)):
        state.STAGE(PAGE).set(before)


def _long_settings() -> dict[str, Any]:
    """Those of the long run, with the fewest starts that it can have; they may be out of range."""
    return {**shown_settings(PAGE), "epochs": LONG_EPOCHS, "starts": min(STARTS)}


def _long_run() -> None:
    settings, asked = _long_settings(), shown_settings(PAGE)["starts"]
    followed = comparison(settings)
    if launch.complaint(followed, settings):
        return
    settings["starts"] = affordable_starts(followed, {**settings, "starts": asked})
    if launch.start(followed, settings):
        state.BEFORE(PAGE).set(asked)
        state.STARTS(PAGE).set(settings["starts"])


def _short_run() -> None:
    settings = {**shown_settings(PAGE), "epochs": TUTORIAL_EPOCHS}
    settings["starts"] = state.BEFORE(PAGE).get() or settings["starts"]
    if launch.start(comparison(settings), settings):
        state.BEFORE(PAGE).drop()
        state.STARTS(PAGE).set(settings["starts"])


def _start_again() -> None:
    for entry in (state.STAGE, state.NOISE, state.GUESS):
        entry(PAGE).drop()
    _short_run()


def answer(runs: Runs) -> str:
    """The measured sentence under the question: what came of the last press."""
    if not all(runs.values()):
        return "Training what was asked for." if live.active(PAGE) else "Press **Run** to find out."
    if not evaluated(runs, shown_settings(PAGE), evaluations.PATIENCE_S):
        return headline.EVALUATING
    by_run = scores(runs, shown_settings(PAGE))
    epochs = shown_settings(PAGE)["epochs"]
    if _is_long():
        return f"After {epochs:,} sequences each: {lead_sentence(by_run, _earlier())}"
    if not tried():
        wait = "" if guessed() else " Why? Guess first."
        return f"After {epochs:,} sequences each: {opening(by_run)}{wait}"
    return _findings(runs, tried())[0][-1]


def _earlier() -> pd.DataFrame | None:
    settings = {**shown_settings(PAGE), "epochs": TUTORIAL_EPOCHS}
    runs = runs_of(specs_of(replace(comparison(), models=WHY_FIRST), settings))
    return scores(runs, settings) if all(runs.values()) and evaluated(runs, settings) else None


def below(runs: Runs) -> str:
    """What came of the guess, and at the end what is left."""
    if _is_long():
        return f"And {guess.fall_sentence(runs)}" if all(runs.values()) else ""
    if not tried() or not all(runs.values()) or not evaluated(runs, shown_settings(PAGE)):
        return ""
    _, found = _findings(runs, tried())
    said = [verdict(guessed() or "", found) if guessed() else ""]
    if found and not left():
        said.append(conclusion(found))
    return " ".join(part for part in said if part)


def press_row() -> None:
    """The guess, then one press a change, and at the end the long run."""
    if not guessed():
        guess.ask(PAGE, "Why does bidirectional learn faster? Your guess:", GUESSES)
        return
    busy, said = live.active(PAGE), ""
    with st.container(horizontal=True, vertical_alignment="center"):
        if _is_long():
            st.button(
                "Back to where the tutorial stops", key=state.widget(PAGE, "short"), on_click=_short_run, disabled=busy
            )
        elif left():
            st.button(
                _words(left()[0]),
                key=state.widget(PAGE, "press"),
                type="primary",
                icon=":material/add:",
                on_click=_press,
                disabled=busy,
            )
            st.caption(f"{len(_offered(WHY_STEPS)) - len(left()) + 1} of {len(_offered(WHY_STEPS))}")
        else:
            said = launch.complaint(comparison(_long_settings()), _long_settings())
            st.button(
                f"The long run: {LONG_EPOCHS:,} sequences",
                key=state.widget(PAGE, "long"),
                type="primary",
                icon=":material/timeline:",
                on_click=_long_run,
                disabled=busy or bool(said),
                help=f"At most about {AFFORDABLE_S:.0f} s of training; follows {', '.join(LONG)}.",
            )
        if not _is_long():
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


def so_far(runs: Runs) -> None:
    """What came of every press."""
    present = {label: group for label, group in runs.items() if group}
    done = [step for step in tried() if step.label in present]
    if not done or not {FORWARD, BIDIRECTIONAL} <= set(present) or not evaluated(present, shown_settings(PAGE)):
        return
    st.markdown("**What came out so far**")
    said, _ = _findings(present, done)
    st.markdown("\n".join(f"- {one}" for one in said))


def page() -> tuple[Comparison, Runs]:
    """The question, its measured answer and the presses; what the page compares, and its runs."""
    live.address(PAGE, functools.partial(launch.take_up, comparison()))
    now = comparison()
    st.title(registry.WHY.question)
    runs = current_runs(now)
    headline.headline(now, runs, answer(runs), below(runs))
    with st.container(key="press"):
        press_row()
    return now, runs
