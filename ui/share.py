"""A link to what the page shows, to copy or to point a phone at."""

import io
from collections.abc import Sequence

import segno
import streamlit as st

from bilstm_core.engine import cost
from bilstm_core.specs import RunSpec
from ui import address, session, state

MOST = 2_000  # characters of a link in a QR code that a phone reads off a projector
AT_ONCE_S = 1.0


def code(link: str) -> bytes:
    """The link as a QR code, a PNG picture."""
    picture = io.BytesIO()
    segno.make(link, error="l", micro=False).save(picture, kind="png", scale=6, border=3)
    return picture.getvalue()


def waiting(specs: Sequence[RunSpec]) -> str:
    """What whoever opens a link to these runs waits for, where nobody has trained them before."""
    to_train = []
    for spec in dict.fromkeys(specs):
        run = session.find(spec)
        if run is None or run.origin != "recorded":
            to_train.append(spec)
    if not to_train:
        return "Whoever opens it sees it at once." + (" Its results come with the program." if specs else "")
    seconds = cost.seconds(to_train)
    runs = f"{len(to_train):,} trainings come" if len(to_train) > 1 else "1 training comes"
    how_long = "a second" if seconds < AT_ONCE_S else f"{seconds:.0f} s"
    return f"Here it opens at once. Where it was never opened, {runs} first, about {how_long} of training."


def popover(page: str, specs: Sequence[RunSpec] = ()) -> None:
    """A button that shows the link. specs: of the runs that whoever opens it will see"""
    opened = st.popover(
        "Share", type="tertiary", icon=":material/share:", key=state.widget(page, "share"), on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        shown = address.link(page)
        st.code(shown, language=None, wrap_lines=True)
        if len(shown) <= MOST:
            st.image(code(shown), width=260)
        else:
            st.caption("This link is too long for a code that a phone could read. Copy it.")
        st.caption(waiting(specs))
