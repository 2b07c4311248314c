"""The settings of the pages as the session holds them: a page's record is read from its widgets, and fills them."""

from dataclasses import dataclass, fields, replace
from typing import Any

from bilstm_core.page_settings import Offered, Settings
from bilstm_core.settings import plain
from ui import state


def read(page: str, first: Settings) -> Settings:
    """The settings of a page as its widgets stand; those that no widget holds are as in `first`."""
    held = {each.name: state.field(page, each.name, getattr(first, each.name)).get() for each in fields(first)}
    return replace(first, **{name: plain(value) for name, value in held.items()})


def write(page: str, settings: Any) -> None:
    """Set the page's widgets; only from a callback, or before they are drawn."""
    for each in fields(settings):
        state.field(page, each.name).set(getattr(settings, each.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings(Offered[Settings]):
    """What can be set on a page."""

    page: str

    def read(self) -> Settings:
        """The settings as they stand."""
        return read(self.page, self.first)

    def fill(self, settings: Settings) -> None:
        """Set the page to these settings; only from a callback, or before its widgets are drawn."""
        write(self.page, settings)
