"""Where a page is looked at: at a reader's screen, before a class, or within another page."""

import streamlit as st

from ui import state


def embedded() -> bool:
    """Whether the page is shown within another one."""
    return bool(st.context.is_embedded)


def figures() -> str:
    """How figures are drawn: "class", "embedded", or "" for a reader at a screen."""
    return "class" if state.CLASS.get() else "embedded" if embedded() else ""
