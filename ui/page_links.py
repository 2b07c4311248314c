"""What each page has in its address: its settings, and what is chosen on it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bilstm_core import page_settings
from bilstm_core.analysis import both_ways
from bilstm_core.analysis.ablation import GUESSES
from bilstm_core.analysis.both_ways import BIDIRECTIONAL
from bilstm_core.choices import slug
from bilstm_core.comparison import EXPLAINED
from bilstm_core.datasets.bounds import MAX_ROWS
from bilstm_core.datasets.shipped import OWN, SHIPPED
from bilstm_core.page_settings import Offered
from bilstm_core.presets import DEFAULT_PRESET, MODELS_BY_DIRECTION, MODELS_BY_MERGE_MODE, PRESETS
from bilstm_core.problems import given
from bilstm_core.quoting import quoted
from bilstm_core.recorded_board import places
from bilstm_core.settings import FIELDS, plain
from bilstm_core.specs import WHOLE_NUMBERS
from ui import own_data, registry, state, tray_links, wording
from ui.address import Link, Words
from ui.cell.subject import LINES
from ui.inside import words as inside
from ui.links import choice, entry_link, looks, number, overview, some, switch
from ui.pasted import checked_number
from ui.train.words import TABS
from ui.your_data import words as your_data


def setting(page: str, offered: Offered[Any], name: str, *, entry: state.Entry[Any] | None = None) -> Link:
    """A setting, as this page offers it. entry: what holds it, if no widget of the setting's own name does"""
    declared, first = offered.field_named(name), getattr(offered.first, name)
    entry = entry or state.field(page, name, first)

    def spell(value: Any) -> str:
        value = plain(value)  # boxes for numbers hold floats
        return "" if value == first or declared.complaint(value) else declared.spell(value)

    return entry_link(declared.link, entry, first, spell, declared.parse, label=declared.label)


def _taking_data(page: str, offered: Offered[Any], name: str, link: Link) -> Link:
    """A setting of a page that takes sequences of Your data: while it is on them, others come first, or none other.

    link: the setting on a problem whose sequences are drawn
    """
    entry, declared = state.field(page, name, getattr(offered.first, name)), offered.field_named(name)
    declared = replace(declared, choices=()) if name == "epochs" else declared

    def first() -> Any:
        return own_data.first_on(page, own_data.on(page)).get(name) if own_data.on(page) else None

    def get() -> Words:
        if first() is None:
            return link.get()
        now = plain(entry.get())
        same = own_data.fixes(page, name) or now == first() or declared.complaint(now)
        return () if same else (declared.spell(now),)

    def put(words: Words) -> None:
        if first() is None:
            link.put(words)
        elif own_data.fixes(page, name):
            entry.set(first())
        else:
            entry.set(declared.parse(words[-1]))

    def drop() -> None:
        if first() is None:
            link.drop()
        else:
            entry.set(first())

    return replace(link, get=get, put=put, drop=drop)


def _taking_problem(page: str, link: Link) -> Link:
    """The problem of such a page. link: of a problem whose sequences are drawn"""
    entry = state.field(page, "name")

    def get() -> Words:
        told = own_data.of(own_data.on(page))
        return (told["data"],) if told else link.get()

    def put(words: Words) -> None:
        name = ""
        if words[-1] in (*SHIPPED, OWN):
            try:
                name = own_data.of_link(words[-1])
            except KeyError:
                raise ValueError(wording.DATA_ELSEWHERE) from None
        own_data.filled(page, name, own_data.at_first(page))
        if name:
            entry.set(name)
        else:
            link.put(words)

    def drop() -> None:
        own_data.filled(page, "")
        link.drop()

    return replace(link, get=get, put=put, drop=drop)


def _sequence(page: str) -> list[Link]:
    """Which fresh sequence is looked at, which of its timesteps, and its values where they were edited."""
    return [number("sequence", state.SEQUENCE(page), 1, 100), *_edited(page)]


def _edited(page: str) -> list[Link]:
    edit, most = state.EDIT(page), WHOLE_NUMBERS["timesteps"][1]

    def get() -> Words:
        now = edit.get()
        return (
            ("_".join(np.format_float_positional(np.float32(value), trim="-") for value in now["values"]),)
            if now
            else ()
        )

    def put(words: Words) -> None:
        texts = words[-1].split("_", most)
        if len(texts) > most:
            raise ValueError(f"has more than {most} values.")
        edit.set({"sequence": "", "values": [checked_number(text, place) for place, text in enumerate(texts, start=1)]})

    return [number("at", state.BLOCK(page), 1, most, 1), Link("values", get, put, edit.drop)]


def _of_problem(page: str, offered: Offered[Any], name: str) -> Link:
    """A setting, on pages that take sequences of Your data and on others."""
    link = setting(page, offered, name)
    if page not in own_data.TAKEN:
        return link
    return _taking_problem(page, link) if name == "name" else _taking_data(page, offered, name, link)


def _of_shown(page: str, name: str) -> Link:
    """A setting of the runs that a comparison shows, which no widget holds."""
    settings, declared = state.SETTINGS(page), FIELDS[name]

    def first() -> Any:
        own = own_data.on(page)
        return (own_data.first_on(page, own) if own else {}).get(name, declared.default)

    def get() -> Words:
        value = settings.get().get(name, declared.default)
        others = given.is_given(settings.get().get("name")) != bool(own_data.on(page))  # those of a problem before
        return () if others or value == first() else (declared.spell(value),)

    def put(words: Words) -> None:
        settings.set({**settings.get(), name: declared.parse(words[-1])})

    def drop() -> None:
        settings.set({**settings.get(), name: first()})

    return Link(declared.link, get, put, drop, label=declared.label)


def _comparison(page: str, offered: Offered[Any]) -> list[Link]:
    """The settings of a comparison's runs; where the page itself decides the epochs, they are of what it shows."""
    of_shown = {"seed"} if "epochs" in offered.choices else {"seed", "epochs"}
    return [
        *(
            _of_shown(page, each.name) if each.name in of_shown else _of_problem(page, offered, each.name)
            for each in offered.fields
        ),
        switch("each", state.field(page, "singly", False)),
    ]


def _problem(page: str) -> list[Link]:
    return [*(setting(page, page_settings.PROBLEM, each.name) for each in page_settings.PROBLEM.fields), *_edited(page)]


def _train(page: str) -> list[Link]:
    return [
        *(_of_problem(page, page_settings.TRAIN, each.name) for each in page_settings.TRAIN.fields),
        *_sequence(page),
        number("smoothing", state.SMOOTHING(page), 1, 500, 25),
        choice("axis", state.AXIS(page), ("sequences", "updates"), "sequences"),
        _tab(page),
        tray_links.link(),
    ]


def _tab(page: str) -> Link:
    """The open tab of Train; the first one has another name for sequences that are held out."""
    entry = state.field(page, "tab")
    link = choice("tab", entry, TABS[:-1], TABS[0])
    return replace(link, get=lambda: () if entry.get() == TABS[-1] else link.get())


def _directions(page: str) -> list[Link]:
    labels = [*MODELS_BY_DIRECTION]
    at_first = [label for label in labels if label != "backward, tutorial's order"]
    return [
        *_comparison(page, page_settings.DIRECTIONS),
        some(page_settings.CURVES, state.VISIBLE(page), labels, at_first),
        choice("guess", state.GUESS(page), [*at_first, "none of them"]),
        switch("reversed", state.field(page, "raw", False)),
    ]


def _merge_modes(page: str) -> list[Link]:
    labels = [*MODELS_BY_MERGE_MODE]
    return [
        *_comparison(page, page_settings.MERGE_MODES),
        some(page_settings.CURVES, state.VISIBLE(page), labels, labels),
        choice("drawn", state.field("merge", "drawn"), labels, EXPLAINED),
    ]


def _why(page: str) -> list[Link]:
    return [
        *_comparison(page, page_settings.WHY),
        choice("guess", state.GUESS(page), GUESSES),
    ]


def _problems(page: str) -> list[Link]:
    problem, direction, seeds = state.field(page, "name"), state.field(page, "direction"), state.SEEDS(page)

    def row() -> str:
        return problem.get() or page_settings.PROBLEMS.first.name

    def get() -> Words:
        seed = seeds.get().get(row(), 0)
        return (str(seed),) if seed else ()

    return [
        setting(page, page_settings.PROBLEMS, "name", entry=problem),
        setting(page, page_settings.PROBLEMS, "direction", entry=direction),
        Link(
            "seed",
            get,
            lambda words: seeds.set({**seeds.get(), row(): FIELDS["seed"].parse(words[-1])}),
            lambda: seeds.set({name: seed for name, seed in seeds.get().items() if name != row()}),
            label=FIELDS["seed"].label,
        ),
        *_sequence(page),
    ]


def _cell(page: str) -> list[Link]:
    return [
        number("sequence", state.SEQUENCE(page), 1, 100),
        number("unit", state.UNIT(page), 1, PRESETS[DEFAULT_PRESET].model.units),
        number("at", state.STANDS_AT(page), 1, PRESETS[DEFAULT_PRESET].problem.timesteps),
        choice("line", state.LINE(page), LINES),
    ]


def _inside(page: str) -> list[Link]:
    *others, own = (setting(page, page_settings.INSIDE, each.name) for each in page_settings.INSIDE.fields)

    def put(words: Words) -> None:
        if words[-1] == "yes" and state.OWN_NETWORKS.get() is None:
            raise ValueError(your_data.NETWORKS_ELSEWHERE)
        own.put(words)

    return [
        *others,
        replace(own, put=put),
        *_sequence(page),
        choice("grid", state.field(page, "grid"), inside.GRIDS, inside.GRIDS[0]),
        choice("tab", state.field(page, "tab"), inside.TABS, inside.TABS[0]),
        choice("branch", state.BRANCH(page), ("forward", "backward")),
        number("layer", state.LAYER(page), 1, WHOLE_NUMBERS["layers"][1]),
        number("unit", state.UNIT(page), 1, WHOLE_NUMBERS["units"][1]),
        number("merged-at", state.MERGED_AT(page), 1, WHOLE_NUMBERS["timesteps"][1]),
        number("merged-unit", state.MERGED_UNIT(page), 1, WHOLE_NUMBERS["units"][1]),
    ]


def _sweeps(page: str) -> list[Link]:
    square, end = state.SQUARE(page), page_settings.SWEEPS.field_named("x_from")

    def put(words: Words) -> None:
        texts = words[-1].split("_")
        if len(texts) != 2:
            raise ValueError("must be two numbers with _ between, as in 10_7.")
        square.set([end.parse(text) for text in texts])

    fields = sorted(page_settings.SWEEPS.fields, key=lambda each: each.name != "name")  # on which others depend
    return [
        *(_of_problem(page, page_settings.SWEEPS, each.name) for each in fields),
        Link(
            "square",
            lambda: ("_".join(f"{value:.6g}" for value in chosen),) if (chosen := square.get()) else (),
            put,
            square.drop,
        ),
        entry_link("board", state.PLACE(page), None, lambda chosen: slug(str(chosen)), _place),
        *_sequence(page),
    ]


def _place(text: str) -> list[Any]:
    """A place of the board of the smallest models, as a link has it."""
    by_slug = {slug(str(list(place))): list(place) for place in places()}
    if text not in by_slug:
        raise ValueError(f"must be a place of the board, such as {next(iter(by_slug))}, not {quoted(text)}.")
    return by_slug[text]


def _your_data(page: str) -> list[Link]:
    data, *others = (setting(page, page_settings.YOUR_DATA, each.name) for each in page_settings.YOUR_DATA.fields)

    def put(words: Words) -> None:
        if words[-1] == OWN and state.OWN_DATA.get() is None:
            raise ValueError(your_data.ELSEWHERE)
        data.put(words)

    waits = page_settings.YOUR_DATA.field_named("ahead").choices
    networks = list(dict.fromkeys(name for steps in waits for name in both_ways.networks(steps)))
    return [
        replace(data, put=put),
        *others,
        choice("tab", state.field(page, "tab"), your_data.TABS, your_data.TABS[0]),
        choice("network", state.field(page, "confused"), networks, BIDIRECTIONAL),
        number("sequence", state.SEQUENCE(page), 1, MAX_ROWS, 1),
    ]


TABLE: Mapping[str, Callable[[str], list[Link]]] = {
    registry.OVERVIEW.name: overview,
    registry.PROBLEM.name: _problem,
    registry.TRAIN.name: _train,
    registry.DIRECTIONS.name: _directions,
    registry.WHY.name: _why,
    registry.PROBLEMS.name: _problems,
    registry.MERGE_MODES.name: _merge_modes,
    registry.CELL.name: _cell,
    registry.INSIDE.name: _inside,
    registry.SWEEPS.name: _sweeps,
    registry.YOUR_DATA.name: _your_data,
}


def of(page: str) -> list[Link]:
    """All that the page of this title has in its address, in order."""
    return [*TABLE[page](page), *looks()]


def names() -> set[str]:
    """What controls can be called in an address, those of all pages."""
    return {link.name for page, links in TABLE.items() for link in links(page) if link.key}
