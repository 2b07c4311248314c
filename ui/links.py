"""Parameters of an address by their kind, and those of the Overview; of what other pages have, `page_links` says.

This module imports little, for the first page of a new server waits for it.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from bilstm_core.choices import DIRECTIONS, MERGE_MODES, of_slugs, slug, slugs
from bilstm_core.quoting import quoted
from ui import state
from ui.address import Link, Words


def entry_link(
    name: str,
    entry: state.Entry[Any],
    first: Any,
    spell: Callable[[Any], str],
    parse: Callable[[str], Any],
    *,
    label: str = "",
) -> Link:
    """A parameter that holds one entry of the session, which is `first` at first."""

    def get() -> Words:
        value = entry.get()
        if value is None or value == first:
            return ()
        text = spell(value)
        return (text,) if text else ()

    return Link(name, get, lambda words: entry.set(parse(words[-1])), lambda: entry.set(first), entry.key, label)


def switch(name: str, entry: state.Entry[bool]) -> Link:
    """Something that is off at first."""
    return entry_link(name, entry, False, lambda on: "yes" if on else "", _yes_or_no)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(f"must be yes or no, not {quoted(text)}.")
    return text == "yes"


def choice(name: str, entry: state.Entry[Any], options: Sequence[Any], first: Any = None) -> Link:
    """One of some options, by its slug."""
    by_slug = {slug(str(option)): option for option in options}

    def parse(text: str) -> Any:
        if text not in by_slug:
            raise ValueError(f"must be one of {', '.join(by_slug)}, not {quoted(text)}.")
        return by_slug[text]

    return entry_link(name, entry, first, lambda option: slug(str(option)), parse)


def some(name: str, entry: state.Entry[Any], options: Sequence[str], first: Sequence[str]) -> Link:
    """Some of the options, by their slugs, with dots between; "none" for none."""

    def spell(chosen: Sequence[str]) -> str:
        return "" if set(chosen) == set(first) else slugs(chosen, options)

    def parse(text: str) -> list[str]:
        return of_slugs(text, options)

    link = entry_link(name, entry, None, spell, parse)
    return Link(name, link.get, link.put, lambda: entry.set(list(first)), entry.key)


def number(name: str, entry: state.Entry[Any], low: int, high: int, first: int | None = None) -> Link:
    """A whole number."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low:,} to {high:,}, not {quoted(text)}.")
        return int(text)

    return entry_link(name, entry, first, str, parse)


def overview(page: str) -> list[Link]:
    """The Overview's."""
    return [
        choice("direction", state.field(page, "direction"), DIRECTIONS, "bidirectional"),
        choice("merge", state.field(page, "merge_mode"), MERGE_MODES, "concat"),
        switch("reversed", state.field(page, "raw", False)),
    ]


def looks() -> list[Link]:
    """How every page is looked at: before a class, and without the controls that are hidden."""

    def view(text: str) -> bool:
        if text != "class":
            raise ValueError(f"must be class, not {quoted(text)}.")
        return True

    return [
        entry_link("view", state.CLASS, False, lambda on: "class" if on else "", view),
        entry_link("hide", state.HIDDEN, [], ",".join, _hidden),
        switch("lesson", state.LESSON),
    ]


def _hidden(text: str) -> list[str]:
    from ui import page_links  # only a link that hides something waits for it

    known = page_links.names()
    names = [name.strip() for name in text.split(",") if name.strip()]
    strange = [name for name in names if name not in known]
    if strange:
        raise ValueError(
            f"must be names of controls with commas between, such as units,merge. {quoted(strange[0])} is no such name."
        )
    return list(dict.fromkeys(names))
