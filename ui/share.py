"""A link to what the page shows, to copy or to point a phone at."""

import io
from collections.abc import Sequence

import segno
import streamlit as st

from bilstm_core.specs import RunSpec
from ui import address, own_data, session, state, wording

MOST = 2_000  # characters of a link in a QR code that a phone reads off a projector


def code(link: str) -> bytes:
    """The link as a QR code, a PNG picture."""
    picture = io.BytesIO()
    segno.make(link, error="l", micro=False).save(picture, kind="png", scale=6, border=3)
    return picture.getvalue()


def waiting(specs: Sequence[RunSpec]) -> str:
    """What whoever opens a link to these runs waits for, where nobody has trained them before."""
    if any(not spec.problem.problem.kept and not own_data.is_shared(spec.problem.name) for spec in specs):
        return wording.DATA_STAYS
    to_train = []
    for spec in dict.fromkeys(specs):
        run = session.find(spec)
        if run is None or run.origin != "recorded":
            to_train.append(spec)
    return wording.shared(specs, to_train)


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
            st.caption(wording.LONG_LINK)
        st.caption(waiting(specs))
