"""How a page is looked at: by one reader, before a class (`?view=class`), or within another page (`?embed=true`).

A class sees the page's question, its figure and its controls, large. The answer is covered until Reveal; what else the
page has stands behind Details. Streamlit's own `embed` leaves its header away; of our pages figure and controls remain.
All of it is styles over the same page, so no control loses its value, and a link says the same with it and without.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from ui import address, lesson_texts, looks, registry, state
from ui.address import Link
from ui.looks import embedded

HINT = "Keys: **→** next page, **←** the one before, **R** reveal, **P** replay, **F** full screen"

_HERE = Path(__file__).parent
_KEYS = st.components.v2.component(
    "bilstm_explorer.keys", js=(_HERE / "keys.js").read_text(encoding="utf-8"), isolate_styles=False
)


@cache
def _style(name: str) -> str:
    return (_HERE / "view_styles" / f"{name}.css").read_text(encoding="utf-8")


def hidden_style(links: Sequence[Link], hidden: Sequence[str]) -> str:
    """Styles that take the controls of these names off the page, and the columns that hold nothing else.

    links: what the page has in its address; a name that it does not have takes nothing away
    """
    keys = [f".{_class_of(link.key)}" for link in links if link.name in hidden and link.key]
    if not keys:
        return ""
    gone = ", ".join(keys)
    column = '[data-testid="stColumn"]'
    others = f'[class*="st-key-"]:not({gone}, [class*="st-key-setting-"])'
    return f"{gone}, {column}:has({gone}):not(:has({others})) {{ display: none !important; }}"


def _class_of(key: str) -> str:
    """The class that Streamlit gives a widget of this key, as a selector has it."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())


def lesson_waits(page: str) -> bool:
    """Whether the lesson keeps the page's answer back, until there is a guess."""
    question = lesson_texts.QUESTIONS.get(page)
    return bool(state.LESSON.get() and question and question.options and not state.LESSON_GUESS(page).get())


def asked(page: str, links: Sequence[Link]) -> list[Any]:
    """What the page's answer is an answer to: the page, and all of its address that changes an answer."""
    words = address.spelt(links)
    return [page, *sorted([name, *texts] for name, texts in words.items() if name not in state.LOOKS)]


def answers(page: str) -> bool:
    """Whether the page says an answer by now: before, there is nothing to cover but the premise of its question."""
    question = lesson_texts.QUESTIONS.get(page)
    return not (question and question.answered_by and not state.field(page, question.answered_by).get())


def covered(page: str, links: Sequence[Link]) -> bool:
    """Whether the page's answer is covered."""
    return state.CLASS.get() and not embedded() and answers(page) and state.REVEALED.get() != asked(page, links)


def dress(page: str, links: Sequence[Link]) -> None:
    """The switch, the styles of the view, and before a class its buttons and keys; before the page is drawn.

    links: what the page has in its address
    """
    styles = [hidden_style(links, state.HIDDEN.get())]
    if state.CLASS.get():
        styles.append(_style("class"))
        if not embedded():
            alone = covered(page, links) or not state.DETAILS.get()  # what else the page has tells its answer
            styles.append(_style("bar") + _style("alone" if alone else "details"))
    guessing = not embedded() and lesson_waits(page)
    state.COVERED.set(covered(page, links) or guessing)
    if guessing:
        styles.append(_style("guessing"))
        if not lesson_texts.QUESTIONS[page].before_class:
            styles += [_style("covered_figure"), _style("guessing_figure")]
    state.ASKED.set("" if state.LESSON.get() else lesson_texts.to_a_class(page))
    if state.COVERED.get():
        styles.append(_style("covered"))
        question = lesson_texts.QUESTIONS.get(page)
        if state.CLASS.get() and question and not question.before_class:
            styles.append(_style("covered_figure"))
    if embedded():
        styles.append(_style("embedded"))
    if looks.figures():
        styles.append(_style("fitting"))
    st.html("\n".join(["<style>", *styles, "/* */</style>"]))
    with st.container():  # there or not, so that what follows keeps its place
        if not embedded():
            with st.container(key="view-switch"):
                st.toggle("Class mode", key=state.CLASS.key, persist_state="session")
    with st.container():
        if state.CLASS.get() and not embedded():
            _bar(page, links)


def _bar(page: str, links: Sequence[Link]) -> None:
    place = registry.place_of(page)
    with st.container(key="class-bar", horizontal=True, vertical_alignment="center", gap="small"):
        before = _leads_to("Previous page", "previous", place - 1)
        onward = _leads_to("Next page", "next", place + 1)
        is_covered = covered(page, links)
        st.button(
            "Reveal" if is_covered or not answers(page) else "Cover",
            key="class-reveal",
            type="primary" if is_covered else "secondary",
            on_click=state.REVEALED.set,
            args=(asked(page, links) if is_covered else None,),
            disabled=not answers(page),
        )
        st.toggle(
            "Details",
            key=state.DETAILS.key,
            persist_state="session",
            disabled=is_covered,
            help="What else the page has. It tells the answer, so it waits for Reveal." if is_covered else None,
        )
        st.caption(HINT)
        _KEYS(key="class-keys", data={})
    if before or onward:
        open_page(registry.PAGES[place - 1 if before else place + 1])


def _leads_to(label: str, name: str, place: int) -> bool:
    return st.button(label, key=f"class-{name}", disabled=not 0 <= place < len(registry.PAGES))


def open_page(page: registry.Page) -> None:
    """Go to another page, with what it shows in its address at once: Back then comes to a whole address."""
    from ui import page_links

    words = address.spelt(page_links.of(page.name))
    st.switch_page(page.path, query_params=[(name, text) for name, texts in words.items() for text in texts])


def lead_back(page: str) -> None:
    """Within another page: a small link to the same in the app itself; after the page is drawn.

    It is relative to the frame: what Streamlit knows as the app's address is there that of the page around it.
    """
    if embedded():
        with st.container(key="lead-back"):
            st.link_button(
                "Open in BiLSTM Explorer", f"?{address.query(page)}", type="tertiary", icon=":material/open_in_new:"
            )
