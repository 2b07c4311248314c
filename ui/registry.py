"""The one list of the pages: what each is called, where it stands, and what it asks."""

from dataclasses import dataclass
from pathlib import Path

from bilstm_core.questions import QUESTIONS, TITLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the app.

    path: its script, from the app's folder
    light: whether it needs neither Plotly nor the core
    """

    path: str
    icon: str
    light: bool = False

    @property
    def title(self) -> str:
        """What the navigation calls it."""
        return TITLES[Path(self.path).stem]

    @property
    def question(self) -> str:
        """What it asks, its headline."""
        return QUESTIONS[Path(self.path).stem]

    @property
    def name(self) -> str:
        """Under which its entries of the session stand and its jobs are submitted, whatever it is called."""
        return Path(self.path).stem.replace("_", " ").capitalize()


OVERVIEW = Page(path="pages/overview.py", icon=":material/explore:", light=True)
PROBLEM = Page(path="pages/problem.py", icon=":material/stairs:")
TRAIN = Page(path="pages/train.py", icon=":material/play_circle:")
DIRECTIONS = Page(path="pages/directions.py", icon=":material/swap_horiz:")
WHY = Page(path="pages/why.py", icon=":material/psychology_alt:")
PROBLEMS = Page(path="pages/problems.py", icon=":material/grid_on:")
MERGE_MODES = Page(path="pages/merge_modes.py", icon=":material/merge:")
CELL = Page(path="pages/cell.py", icon=":material/memory:")
INSIDE = Page(path="pages/inside.py", icon=":material/biotech:")
SWEEPS = Page(path="pages/sweeps.py", icon=":material/grid_4x4:")
YOUR_DATA = Page(path="pages/your_data.py", icon=":material/upload_file:")

PAGES = (  # the first opens the app
    OVERVIEW, PROBLEM, TRAIN, DIRECTIONS, WHY, PROBLEMS, MERGE_MODES, CELL, INSIDE, SWEEPS, YOUR_DATA,
)  # fmt: skip


def place_of(name: str) -> int:
    """Where the page of this name stands among PAGES, from 0."""
    return [page.name for page in PAGES].index(name)
