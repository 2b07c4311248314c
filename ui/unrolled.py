"""The Overview page's picture: the network unrolled, and what a chosen output has read."""

import streamlit as st

from bilstm_core import figures
from ui.chart import chart
from ui.controls import LABELS

TIMESTEPS = 5


def controls() -> tuple[str, str, str]:
    """Direction, merge mode (bidirectional only) and the order of a backward network's outputs."""
    one, two = st.columns([1, 1], vertical_alignment="bottom")
    with one:
        direction = st.segmented_control(
            LABELS["direction"],
            ["forward", "backward", "bidirectional"],
            default="bidirectional",
            required=True,
            key="Overview.direction",
            persist_state="session",
        )
    merge_mode, order = "concat", "aligned"
    with two:
        if direction == "bidirectional":
            merge_mode = st.segmented_control(
                LABELS["merge_mode"],
                ["concat", "sum", "mul", "ave"],
                default="concat",
                required=True,
                key="Overview.merge_mode",
                persist_state="session",
            )
        elif direction == "backward":
            raw = st.toggle("Tutorial's order (output reversed)", key="Overview.raw", persist_state="session")
            order = "raw" if raw else "aligned"
    return direction, merge_mode, order


def sentence(direction: str, order: str) -> str:
    """What every output has read, found by the reading grid's rule."""
    view = "backward_raw" if order == "raw" else direction
    steps = range(1, TIMESTEPS + 1)
    read = [[value for value in steps if figures.has_read(view, output, value, TIMESTEPS)] for output in steps]
    rules = {
        "the **whole sequence**": [list(steps)] * TIMESTEPS,
        "**its own value and those before it**, and nothing else": [list(range(1, t + 1)) for t in steps],
        "**its own value and those after it**, and nothing else": [list(range(t, TIMESTEPS + 1)) for t in steps],
    }
    rule = next((words for words, values in rules.items() if values == read), None)
    if rule is None:
        return "Output t has read **the last t values**: the outputs come in the order in which the network read."
    return f"Every output has read {rule}. Point at one to see which values reach it."


def picture(direction: str, merge_mode: str, order: str) -> None:
    """The unrolled network; pointing at an output lights the inputs that it has read."""
    view = "backward_raw" if order == "raw" else direction
    figure = figures.network(TIMESTEPS, view, merge_mode)
    alt = f"A {direction} network unrolled over {TIMESTEPS} timesteps, from inputs below to outputs above."
    chart(figure, key="overview-network", alt=alt)
    st.caption(
        "One box a timestep, always the same network. The dots in a box are its units: more units make the boxes "
        "richer, not the row longer."
    )
