"""What surrounds every page and must be there before it: styles, and caches that fit the source.

It imports little, for the first page of a new server waits for it.
"""

from pathlib import Path

import streamlit as st

from ui import address, imports, registry, renewal, state, waits, wire

AFTER_S = 1.0  # the first page of a new server, in which its browser draws it
STYLE = "<style>\n" + Path(__file__).with_name("page.css").read_text(encoding="utf-8") + "</style>"


def enter(script: str) -> None:
    """Make a page that was opened directly pass through app.py, on a host that runs app.py as a plain script.

    There Streamlit takes the pages folder for its older kind of multipage app, until st.navigation has been called once
    in a server's life, and runs a page that a link leads to without app.py.
    """
    if not state.DRESSED.get():
        st.navigation([st.Page(lambda: None, title="-", default=True), st.Page(script)], position="hidden")
        st.rerun()


def dress(*, light: bool) -> None:
    """The app's own styles and notices, after what an older source has cached is forgotten.

    light: the page itself needs neither pandas nor the job service; see `beside`
    """
    state.DRESSED.set(True)
    wire.install()
    waits.begin()
    renewal.renew()
    st.html(STYLE)
    with st.container():  # there or not, so that what follows keeps its place
        wire.notice()
        address.notice()
        if imports.over() or not light:
            from ui import elsewhere

            elsewhere.notices()


def beside(page: registry.Page, *, light: bool) -> None:
    """What goes on beside the page: other pages' trainings, below it.

    For them, and for the notices, pandas and the job service are imported, which takes a second. A light page of a new
    server is shown before, and has them once they are there.
    page: that is looked at
    """
    early = light and not imports.over()
    imports.begin(AFTER_S)
    if early:
        waits.again_when(imports.over)
        waits.listen()
    else:
        from ui import elsewhere

        elsewhere.listen(page)
