"""What surrounds every page: styles, notices at start, and word of a training that goes on elsewhere."""

from collections.abc import Iterable

import streamlit as st

from ui import session
from ui.chart import ensure_plotly

STYLE = """
<style>
[data-testid="stMainBlockContainer"] { max-width: 1680px; padding-bottom: 3rem; }
h1 { padding-bottom: 0.1rem; }
.st-key-answer p { font-size: 1.25rem; line-height: 1.45; }
[data-testid="stCaptionContainer"] p { font-size: 0.9rem; }
*:has(> .st-key-preload) { position: absolute; visibility: hidden; }
.st-key-status { margin-bottom: -4.25rem; z-index: 1; }
.st-key-phone-settings, [data-testid="stStatusWidget"] button { display: none; }
@media (max-width: 640px) {
  .st-key-phone-settings { display: flex; }
  [data-testid="stButtonGroup"] > div { flex-wrap: wrap; row-gap: 0.25rem; }
  .st-key-controls:not(:has(.st-key-phone-settings input:checked)) :is(
    [class*="st-key-setting-"], [data-testid="stColumn"]:has([class*="st-key-setting-"])) { display: none; }
  h1 { font-size: 1.5rem !important; }
  .st-key-answer p { font-size: 1.1rem; }
  .st-key-headline { flex-wrap: wrap; row-gap: 0; }
  .st-key-headline > *:has(.st-key-answer) { flex-basis: 100%; }
  [data-testid="stColumn"]:has(.st-key-figure), *:has(> .st-key-figure) { order: 1; }
  [data-testid="stColumn"]:has(.st-key-controls), *:has(> .st-key-controls) { order: 2; }
  [data-testid="stColumn"]:has(.st-key-figure) ~ [data-testid="stColumn"]:not(:has(.st-key-controls)) { order: 3; }
  *:has(> .st-key-rest) { order: 4; }
  *:has(> .st-key-go) { order: -1; }
  .st-key-controls [data-testid="stColumn"]:has([data-testid="stBaseButton-primary"]) { order: -1; }
}
</style>
"""


def enter(script: str) -> None:
    """Make a page that was opened directly pass through app.py.

    Until st.navigation has been called once in a server's life, Streamlit takes the pages folder for its older kind of
    multipage app, and runs a page that a link leads to without app.py.
    """
    if "session.dressed" not in st.session_state:
        st.navigation([st.Page(lambda: None, title="-", default=True), st.Page(script)], position="hidden")
        st.rerun()


def dress() -> None:
    """The app's own styles, and one line for each thing that is wrong at start."""
    st.session_state["session.dressed"] = True
    session.renew()
    st.html(STYLE)
    for line in notices():
        st.warning(line, icon=":material/warning:")


def notices() -> list[str]:
    """What is wrong with this machine, a sentence each; empty where everything fits."""
    service, store = session.jobs(), session.store()
    return [line for line in (ensure_plotly(), service.problem, store.notice) if line]


def heartbeat(title: str, titles: Iterable[str]) -> None:
    """Keep the jobs of other pages alive while their visitor looks at this one, and say how far they are.

    title: of the page that is looked at; titles: of all, under which each page also submits its jobs
    """
    others = [page for page in titles if page != title and session.job(page)]
    if not others:
        return

    @st.fragment(run_every=3)
    def beat() -> None:
        for page in others:
            job = session.job(page)
            view = session.jobs().view(job, session.watcher()) if job else None
            if view and view.state == "failed":
                st.caption(f"{page}: the training failed. The reason stands there.")
            elif view:
                st.caption(f"{page}: {view.steps_done / view.steps:.0%} trained. The result waits there.")

    beat()
