"""The address bar holds what the page shows, and a page shows what its address asks for.

At the start of a run of the script the address is compared with what was written there last: if it differs, a link was
opened, or Back or Forward was pressed, and the page's state is filled from it, checked, before any widget is drawn. At
the end of the run the state is written into the address; that causes no further run. What a page has in its address
says `ui.page_links`. This module imports little, for the first page of a new server waits for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from bilstm_core.limits import limits
from ui import state

REFUSED = "Part of this link can't be used. The default stands in its place."

Words = tuple[str, ...]  # of a parameter, which can stand in an address several times


@dataclass(frozen=True, slots=True)
class Link:
    """A parameter of a page's address.

    get: what it says now, nothing where that is what the page has at first
    put: has the page's state say what these words say; ValueError with a sentence if they are not allowed
    drop: has the page's state say what it says at first
    key: of the widget that holds it, if one does
    label: what it is called on the page, with which what `put` says begins
    """

    name: str
    get: Callable[[], Words]
    put: Callable[[Words], None]
    drop: Callable[[], None]
    key: str = ""
    label: str = ""


_links: dict[str, Sequence[Link]] = {}  # of each page, what its address holds: the same for all sessions


def begin(page: str, links: Sequence[Link]) -> None:
    """Fill the page's state from its address, if that is another than was written last; before any widget is drawn.

    links: what the page has in its address, in order
    """
    _links[page] = links
    written = state.WRITTEN.get()
    given = _given(links)
    same_page = written["page"] == page
    if same_page and given == written["words"]:
        return
    ours = not given or (written["page"] and given == spelt(links))  # as the menu or a button asks for the page
    if not same_page and ours:
        state.WRITTEN.set({"page": page, "words": given})  # at once, for the next choice can end this run
        return
    if same_page and state.TOUCHED.get():  # a browser that is slow to take an address sends the one of before
        return
    complaints, most = [], limits().link_characters
    asked = given if _length(given) <= most else {}
    if asked != given:
        complaints.append(f"It is longer than {most:,} characters and was not read. Ask for a new link.")
    for link in links:
        words = asked.get(link.name)
        try:
            link.put(words) if words else link.drop()
        except ValueError as error:
            link.drop()
            complaints.append(f"{link.label} {error}" if link.label else f"{link.name}: {error}")
    state.COMPLAINTS.set({"sentences": complaints, "of": None})
    state.LINKED(page).set(state.OPENED_LINK)
    state.WRITTEN.set({"page": page, "words": given})  # at once, for Forward can end this run


def notice() -> None:
    """Say what of the address was not allowed."""
    sentences = state.COMPLAINTS.get()["sentences"]
    if sentences:
        lines = "".join(f"\n- {_plain(sentence)}" for sentence in sentences)
        st.warning(f"{REFUSED}\n{lines}", icon=":material/error:")


def end(page: str) -> None:
    """Write the page's state into its address; after the page, or a part of it that runs by itself, is drawn."""
    links = _links.get(page, ())
    words = spelt(links)
    state.WRITTEN.set({"page": page, "words": words})
    complaints = state.COMPLAINTS.get()
    if complaints["of"] not in (None, [page, words]):  # something was changed since
        state.COMPLAINTS.drop()
    elif complaints["sentences"]:
        state.COMPLAINTS.set({**complaints, "of": [page, words]})
    wanted = _with_others(words, links)
    if wanted != state.parameters():
        state.write_parameters(wanted)


def link(page: str) -> str:
    """The whole address of what the page shows, without the training that it waits for, and not embedded."""
    place, asked = str(st.context.url or "").split("?", maxsplit=1)[0], query(page)
    return f"{place}?{asked}" if asked else place


def query(page: str) -> str:
    """The parameters of `link`, as an address has them; "" if there are none."""
    asked = parameters(page)
    asked.pop(state.JOB_OF_ADDRESS.name, None)
    return urlencode(asked, doseq=True, safe=",")


def parameters(page: str) -> dict[str, list[str]]:
    """What the page's address is to hold: what its state says, and what is none of the page's, as it stands."""
    links = _links.get(page, ())
    return _with_others(spelt(links), links)


def _with_others(words: dict[str, Words], links: Sequence[Link]) -> dict[str, list[str]]:
    names = {link.name for link in links}
    others = {name: given for name, given in state.parameters().items() if name not in names}
    return {name: list(texts) for name, texts in words.items()} | others


def spelt(links: Sequence[Link]) -> dict[str, Words]:
    """What a page's state says, as its address has it."""
    return {link.name: words for link in links if (words := link.get())}


def _given(links: Sequence[Link]) -> dict[str, Words]:
    there = state.parameters()
    return {link.name: tuple(there[link.name]) for link in links if there.get(link.name)}


def _length(words: dict[str, Words]) -> int:
    """Characters of these parameters."""
    return sum(len(name) + len(word) for name, texts in words.items() for word in texts)


def _plain(text: str) -> str:
    """Text for Markdown, as it stands."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[:200])
    return escaped(shown)


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+-.!|~$:@&" else letter for letter in text)
