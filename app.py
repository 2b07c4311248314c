"""The navigation, and the server that it is served by; nothing else.

Streamlit runs this file as a script, once for each page that is asked for. `streamlit run` finds the server in it; a
host that looks for none has the same pages.
"""

import streamlit as st


def main() -> None:
    from ui import shell
    from ui.chart.component import preload
    from ui.registry import PAGES

    st.set_page_config(page_title="BiLSTM Explorer", page_icon="ui/icon.svg", layout="wide")
    scripts = [st.Page(page.path, title=page.title, icon=page.icon, default=page is PAGES[0]) for page in PAGES]
    chosen = st.navigation(scripts, position="top")
    light = next(page.light for page in PAGES if page.title == chosen.title)
    preload(later_ms=1_000 if light else 0)
    shell.dress(light=light)
    chosen.run()
    shell.beside(chosen.title, [page.title for page in PAGES], light=light)


if __name__ == "__main__":
    main()
else:
    from ui import server

    app = st.App(__file__, routes=server.routes(), lifespan=server.lifespan, on_script_error=server.on_script_error)
