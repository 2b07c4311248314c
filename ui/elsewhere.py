"""What the app does beside the page that is looked at: notices of what is wrong, and trainings of other pages."""

import streamlit as st

from ui import registry, session, state, waits, wording
from ui.chart import plotly_script

ASK_S = 3.0  # where the server tells nothing of jobs


def notices() -> None:
    """One line for each thing that is wrong with this machine; nothing where everything fits."""
    service, store = session.jobs(), session.store()
    for line in (plotly_script.ensure(), service.problem, service.notice, store.notice):
        if line:
            st.warning(line, icon=":material/warning:")


def listen(looked_at: registry.Page) -> None:
    """Have the browser listen to what this page waits for, and to other pages' jobs: it says how far they are."""
    others = [page for page in registry.PAGES if page != looked_at and session.job(page.name)]
    if not state.DEAF.get():
        jobs = [job for page in others if (job := _followed(page))]
        waits.listen(session.watcher(), jobs)
        return
    waits.listen()
    if not others:
        return

    @st.fragment(run_every=ASK_S)
    def ask() -> None:
        for page in others:
            if job := _followed(page):
                st.caption(job["now"])

    ask()


def _followed(page: registry.Page) -> waits.Elsewhere | None:
    """The page's job, whose session counts as a watcher; None where it is not known any more."""
    job = session.job(page.name)
    view = session.jobs().view(job, session.watcher()) if job else None
    if view is None:
        return None
    failed, trained = wording.elsewhere_failed(page.title), wording.elsewhere_trained(page.title, "%")
    share = f"{view.steps_done / view.steps:.0%}"
    now = failed if view.state == "failed" else wording.elsewhere_trained(page.title, share)
    return {"job": view.id, "now": now, "trained": trained, "failed": failed}
