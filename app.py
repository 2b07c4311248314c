"""Page registry and navigation; nothing else."""

import streamlit as st

from ui import shell
from ui.chart.component import preload


def main() -> None:
    st.set_page_config(page_title="BiLSTM Explorer", page_icon="ui/icon.svg", layout="wide")
    pages = [
        st.Page("pages/overview.py", title="Overview", icon=":material/explore:", default=True),
        st.Page("pages/problem.py", title="Problem", icon=":material/stairs:"),
        st.Page("pages/train.py", title="Train", icon=":material/play_circle:"),
        st.Page("pages/directions.py", title="Directions", icon=":material/swap_horiz:"),
        st.Page("pages/why.py", title="Why", icon=":material/psychology_alt:"),
        st.Page("pages/problems.py", title="Problems", icon=":material/grid_on:"),
        st.Page("pages/merge_modes.py", title="Merge modes", icon=":material/merge:"),
        st.Page("pages/inside.py", title="Inside", icon=":material/biotech:"),
    ]
    page = st.navigation(pages, position="top")
    light = page.url_path == ""  # the Overview needs neither Plotly nor the core
    preload(later_ms=1_000 if light else 0)
    shell.dress(light=light)
    page.run()
    shell.beside(page.title, [one.title for one in pages], light=light)


if __name__ == "__main__":
    main()
