"""The runs of the tray in an address: a word for each, with the names that its settings have in links.

A word is `direction.forward~units.40~name.My run`: settings that are as at first are left out, but the direction. Only
finished runs can be trained again elsewhere, to the same weights: one that was stopped is in no address.
"""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from bilstm_core import codec
from bilstm_core.limits import limits
from bilstm_core.settings import FIELDS, RunSettings, settings_of_run
from bilstm_core.specs import RunSpec
from ui import session, state
from ui.address import Link, Words
from ui.state import Wanted

MOST = limits().tray_runs  # runs in the tray, and in an address
LONGEST = 60  # characters of a name
MARKUP = re.compile(r"[<>$`*_\[\]\\]")
NAME, HIDDEN = "~name.", "hidden.yes"
_DECLARED = {FIELDS[each.name].link: FIELDS[each.name] for each in fields(RunSettings)}


def clean(name: str) -> str:
    """A name that a person gave a run, without what would be taken for markup."""
    return MARKUP.sub("", "".join(letter for letter in name if letter.isprintable())).strip()[:LONGEST]


def word(spec: RunSpec, name: str, *, shown: bool = True) -> str:
    """A run of the tray as an address has it."""
    settings = settings_of_run(spec)
    parts = [
        f"{declared.link}.{declared.spell(value)}"
        for declared in _DECLARED.values()
        if (value := getattr(settings, declared.name)) != declared.default or declared.name == "direction"
    ]
    named = "" if name == session.describe(spec) else f"{NAME}{name}"
    return "~".join([*parts, *([] if shown else [HIDDEN])]) + named


def parse(text: str) -> Wanted:
    """The run that a word asks for; ValueError, with a sentence, if it is none."""
    settings_text, _, name = text.partition(NAME)
    settings, shown = RunSettings(), True
    for part in settings_text.split("~"):
        link, _, value = part.partition(".")
        if part == HIDDEN:
            shown = False
        elif link in _DECLARED:
            settings = replace(settings, **{_DECLARED[link].name: _parsed(link, value)})
        else:
            raise ValueError(f"has no setting {link[:40]!r}.")
    spec = settings.spec
    return {"spec": codec.encode(spec), "name": clean(name) or session.describe(spec), "shown": shown}


def _parsed(link: str, value: str) -> Any:
    declared = _DECLARED[link]
    try:
        return declared.parse(value)
    except ValueError as error:
        raise ValueError(f"{declared.label} {error}") from None


def link() -> Link:
    """The tray's runs in an address, each as a parameter `run`."""

    def get() -> Words:
        entries = [
            (session.spec_of(entry["key"]), _can_be_asked_for(entry["key"]), entry["name"], entry["shown"])
            for entry in state.TRAY.get()
        ]
        wanted = [(codec.decode(each["spec"]), each["name"], each["shown"]) for each in state.TRAY_WANTED.get()]
        finished = [(spec, name, shown) for spec, whole, name, shown in entries if whole]
        return tuple(word(spec, name, shown=shown) for spec, name, shown in [*finished, *wanted])

    def put(words: Words) -> None:
        if len(words) > MOST:
            raise ValueError(f"stands {len(words)} times; a link has at most {MOST} runs.")
        _want([parse(text) for text in words])

    return Link("run", get, put, lambda: _want([]))


def _can_be_asked_for(key: str) -> bool:
    """Whether an address can have the run of a key: training what it asks for gives it, wherever that is done."""
    spec, trainable = session.asked_of(key)
    return trainable and spec.problem.problem.kept


def _want(runs: Sequence[Wanted]) -> None:
    """Have the tray hold these runs, once they are there, and those that no address can have."""
    stopped = [entry for entry in state.TRAY.get() if not _can_be_asked_for(entry["key"])]
    if stopped or state.TRAY.is_set():
        state.TRAY.set(stopped)
    names: set[str] = set()
    for run in runs:
        name, number = run["name"], 2
        while run["name"] in names:
            run["name"], number = f"{name} ({number})", number + 1
        names.add(run["name"])
    by_spec = {repr(run["spec"]): run for run in reversed(runs)}
    if runs or state.TRAY_WANTED.is_set():
        state.TRAY_WANTED.set(list(reversed(by_spec.values())))
