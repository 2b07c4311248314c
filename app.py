"""The navigation; nothing else."""

import streamlit as st

from ui import shell
from ui.chart.component import preload
from ui.registry import PAGES


def main() -> None:
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
