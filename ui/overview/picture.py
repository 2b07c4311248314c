"""The Overview page's picture: the network unrolled, and what a chosen output has read."""

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bilstm_core.choices import DIRECTIONS, MERGE_MODES
from ui import registry, state
from ui.overview import words
from ui.overview.network import network, reached_values

if TYPE_CHECKING:
    from bilstm_core.problems import View

PAGE = registry.OVERVIEW.name
TIMESTEPS = 5


def controls() -> "tuple[View, str, DeltaGenerator]":
    """The view of the chosen direction and order of outputs, and the merge mode (bidirectional only).

    Also returns the place beside them.
    """
    left, right, beside = st.columns([1, 1, 1.6], vertical_alignment="bottom")
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
            raw = st.toggle(words.ORDER, key=state.widget(PAGE, "raw"), persist_state="session")
            view = "backward_raw" if raw else "backward"
    return view, merge_mode, beside


def sentence(view: "View") -> str:
    """What every output has read, found in the picture's own wiring."""
    return words.answer(reached_values(TIMESTEPS, view))


def picture(view: "View", merge_mode: str) -> None:
    """The unrolled network; pointing at an output lights the inputs that it has read."""
    direction = view.split("_", maxsplit=1)[0]
    alt = words.alt(direction, TIMESTEPS, turned=view == "backward_raw")
    network(TIMESTEPS, view, merge_mode, key="overview-network", alt=alt, told=not state.COVERED.get())
    st.caption(words.PICTURE)
