"""The Overview page's picture: the network unrolled, and what a chosen output has read."""

from typing import TYPE_CHECKING

import streamlit as st

from bilstm_core.choices import DIRECTIONS, MERGE_MODES
from ui import registry, state
from ui.overview.network import network, reached_values

if TYPE_CHECKING:
    from bilstm_core.problems import View

PAGE = registry.OVERVIEW.name
TIMESTEPS = 5


def controls() -> "tuple[View, str]":
    """The view of the chosen direction and order of outputs, and the merge mode (bidirectional only)."""
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    with left:
        direction = st.segmented_control(
            "Direction",
            DIRECTIONS,
            default="bidirectional",
            required=True,
            key=state.widget(PAGE, "direction"),
            persist_state="session",
        )
    view: View = direction
    merge_mode = "concat"
    with right:
        if direction == "bidirectional":
            merge_mode = st.segmented_control(
                "Merge mode",
                MERGE_MODES,
                default="concat",
                required=True,
                key=state.widget(PAGE, "merge_mode"),
                persist_state="session",
            )
        elif direction == "backward":
            raw = st.toggle(
                "Tutorial's order (output reversed)", key=state.widget(PAGE, "raw"), persist_state="session"
            )
            view = "backward_raw" if raw else "backward"
    return view, merge_mode


def sentence(view: "View") -> str:
    """What every output has read, found in the picture's own wiring."""
    steps = list(range(1, TIMESTEPS + 1))
    rules = {
        "the **whole sequence**": [steps for _ in steps],
        "**its own value and those before it**, and nothing else": [steps[:t] for t in steps],
        "**its own value and those after it**, and nothing else": [steps[t - 1 :] for t in steps],
    }
    rule = next((words for words, values in rules.items() if values == reached_values(TIMESTEPS, view)), None)
    if rule is None:
        return "Output t has read **the last t values**: the outputs come in the order in which the network read."
    return f"Every output has read {rule}. Point at one to see which values reach it."


def picture(view: "View", merge_mode: str) -> None:
    """The unrolled network; pointing at an output lights the inputs that it has read."""
    direction = view.split("_", maxsplit=1)[0]
    order = ", its outputs reversed" if view == "backward_raw" else ""
    alt = f"A {direction} network unrolled over {TIMESTEPS} timesteps, from inputs below to outputs above{order}."
    network(TIMESTEPS, view, merge_mode, key="overview-network", alt=alt)
    st.caption(
        "One box a timestep, always the same network. The dots in a box are its units: more units make the boxes "
        "richer, not the row longer."
    )
