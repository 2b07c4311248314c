"""What a link asks for: the page that it opens and the settings of that page's runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import click

from bilstm_core.choices import of_slugs, slugs
from bilstm_core.comparison import Compared
from bilstm_core.datasets.shipped import OWN, SHIPPED
from bilstm_core.limits import limits
from bilstm_core.page_settings import BY_PATH, CURVES
from bilstm_core.questions import TITLES
from bilstm_core.settings import FIELDS

LONGEST = limits().link_characters  # characters; a longer link is refused unread
COMMANDS: Mapping[str, Sequence[str]] = {  # the pages that each command takes a link to; the first is meant without one
    "run": ("train", "problems", "inside"),
    "compare": ("directions", "merge_modes", "why", "problems"),
}
WITH_CURVES = ("directions", "merge_modes")


def title(path: str) -> str:
    """What a page is called."""
    return TITLES.get(path, path.replace("_", " ").capitalize())


OF_DATA = (
    "The link's problem is of sequences of Your data, which commands do not take. Code on that page has a script that "
    "trains on them."
)


def read(text: str, kind: str) -> tuple[str, Any]:
    """The path of the page and its settings as the link has them; those that it leaves out are the page's defaults.

    text: an address as a browser has it, or its end: "directions?units=40", or "directions"
    kind: of COMMANDS
    What in a link is no setting of runs is left alone. Raises click.UsageError, with a sentence, for a page that the
    command does not take, and for a value that is not allowed.
    """
    if len(text) > LONGEST:
        raise click.UsageError(f"The link is longer than {LONGEST:,} characters.")
    try:
        parts = urlsplit(text)
        words = dict(parse_qsl(parts.query))  # of several, the last; empty ones are left out
    except ValueError:
        raise click.UsageError(f"{_shown(text)} is no link.") from None
    path = parts.path.rstrip("/").split("/")[-1].replace("-", "_")
    _check(text, path, kind)
    offered, values = BY_PATH[path], {}
    if words.get(FIELDS["name"].link) in (*SHIPPED, OWN):
        raise click.UsageError(OF_DATA)
    for declared in offered.fields:
        if declared.link in words:
            try:
                values[declared.name] = declared.parse(words[declared.link])
            except ValueError as error:
                raise click.UsageError(f"The link's {declared.link} {error}") from None
    return path, replace(offered.first, **values)


def curves(text: str, given: str | None, compared: Compared, path: str) -> list[str]:
    """The labels that are drawn and ranked; by default those that the page shows at first.

    text: as of `read`; given: what was given beside the link. Raises click.UsageError for a label that is not compared.
    """
    at_first = [label for label in compared.models if label not in compared.hidden_at_first]
    if path not in WITH_CURVES:
        if given is not None:
            raise click.UsageError(f"--{CURVES} is of Directions and Merge modes; {title(path)} shows all.")
        return at_first
    words = given or dict(parse_qsl(urlsplit(text).query)).get(CURVES)
    try:
        labels = of_slugs(words, compared.models) if words else at_first
        if not labels:
            raise ValueError(f"must name a model: {slugs(compared.models, compared.models)}.")
    except ValueError as error:
        where = f"Invalid value for '--{CURVES}':" if given else f"The link's {CURVES}"
        raise click.UsageError(f"{where} {error}") from None
    return [label for label in compared.models if label in labels]


def with_options(path: str, settings: Any, options: Mapping[str, Any]) -> Any:
    """The settings with those that were given beside the link. Raises click.UsageError."""
    own = [declared.name for declared in BY_PATH[path].fields]
    for name in options:
        if name not in own:
            names = ", ".join(f"--{FIELDS[each].link}" for each in own)
            raise click.UsageError(f"--{FIELDS[name].link} is no setting of {title(path)}, which has {names}.")
    return replace(settings, **options)


def address(text: str, path: str, settings: Any, shown: str = "") -> str:
    """The address of these settings on the host of a link; empty where the text names no host, or the page cannot.

    text: as of `read`; shown: the curves, where they are not those that the page shows at first
    """
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    words, first = {}, BY_PATH[path].first
    for declared in BY_PATH[path].fields:
        value = getattr(settings, declared.name)
        if declared.complaint(value):
            return ""
        if value != getattr(first, declared.name):
            words[declared.link] = declared.spell(value)
    if shown:
        words[CURVES] = shown
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(words), ""))


def spelt(path: str, settings: Any) -> dict[str, str]:
    """The settings by their names in links, each as a link has it."""
    return {each.link: each.spell(getattr(settings, each.name)) for each in BY_PATH[path].fields}


def _check(text: str, path: str, kind: str) -> None:
    if path in COMMANDS[kind]:
        return
    takes = f"A link to {_listed([title(each) for each in COMMANDS[kind]])} is wanted here"
    other = [command for command, paths in COMMANDS.items() if path in paths]
    if other:
        names = "run, evaluate or export" if other == ["run"] else other[0]
        raise click.UsageError(f"{takes}; one to {title(path)} is for {names}.")
    if path in BY_PATH or path in ("", "overview"):
        raise click.UsageError(f"{takes}; {title(path or 'overview')} trains nothing.")
    raise click.UsageError(f"{takes}, not {_shown(text)}.")


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _shown(text: str) -> str:
    """A text of others, in quotes and short."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
