"""The navigation, and the server that it is served by; nothing else.

Streamlit runs this file as a script, once for each page that is asked for. `streamlit run` finds the server in it; a
host that looks for none has the same pages.
"""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from ui.address import Link


def main() -> None:
    from ui import imports

    imports.ready(light=True)
    from ui import address, lesson, shell, view
    from ui.chart.component import preload
    from ui.registry import PAGES

    st.set_page_config(page_icon="ui/icon.svg", layout="wide")  # before the pages' own icons, that another host has
    scripts = [st.Page(page.path, title=page.title, icon=page.icon, default=page is PAGES[0]) for page in PAGES]
    chosen = st.navigation(scripts, position="top")
    page = next(page for page in PAGES if page.title == chosen.title)
    st.set_page_config(page_title=f"{page.title} · BiLSTM Explorer")
    preload(later_ms=1_000 if page.light else 0)
    imports.ready(light=page.light)
    parameters = links_of(page.name, light=page.light)
    address.begin(page.name, parameters)
    shell.dress(light=page.light)
    view.dress(page.name, parameters)
    verdict = lesson.begin(page.name)
    chosen.run()
    lesson.end(page.name, verdict)
    address.end(page.name)
    view.lead_back(page.name)
    shell.beside(page, light=page.light)


def links_of(page: str, *, light: bool) -> "list[Link]":
    """What the page has in its address. light: it needs no more than the first page of a new server has imported"""
    if light:
        from ui import links

        return [*links.overview(page), *links.looks()]
    from ui import page_links

    return page_links.of(page)


if __name__ == "__main__":
    main()
else:
    from ui import server

    app = st.App(
        __file__,
        routes=server.routes(),
        middleware=server.middleware(),
        lifespan=server.lifespan,
        on_script_error=server.on_script_error,
    )
