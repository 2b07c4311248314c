"""What the app does beside the page that is looked at: notices of what is wrong, and trainings of other pages."""

from collections.abc import Iterable

import streamlit as st

from ui import session
from ui.chart.component import ensure_plotly


def notices() -> None:
    """One line for each thing that is wrong with this machine; nothing where everything fits."""
    service, store = session.jobs(), session.store()
    for line in (ensure_plotly(), service.problem, service.notice, store.notice):
        if line:
            st.warning(line, icon=":material/warning:")


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
