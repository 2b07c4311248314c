"""The one list of the pages: what each is called, where it stands, and what it asks."""

from dataclasses import dataclass

from bilstm_core.questions import QUESTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the app.

    title: its name in the navigation, under which its entries of the session stand and its jobs are submitted
    path: its script, from the app's folder
    question: what it asks, its headline
    light: whether it needs neither Plotly nor the core
    """

    title: str
    path: str
    icon: str
    question: str
    light: bool = False


OVERVIEW = Page(
    title="Overview",
    path="pages/overview.py",
    icon=":material/explore:",
    question=QUESTIONS["overview"],
    light=True,
)
PROBLEM = Page(title="Problem", path="pages/problem.py", icon=":material/stairs:", question=QUESTIONS["problem"])
TRAIN = Page(
    title="Train",
    path="pages/train.py",
    icon=":material/play_circle:",
    question=QUESTIONS["train"],
)
DIRECTIONS = Page(
    title="Directions",
    path="pages/directions.py",
    icon=":material/swap_horiz:",
    question=QUESTIONS["directions"],
)
WHY = Page(title="Why", path="pages/why.py", icon=":material/psychology_alt:", question=QUESTIONS["why"])
PROBLEMS = Page(
    title="Problems",
    path="pages/problems.py",
    icon=":material/grid_on:",
    question=QUESTIONS["problems"],
)
MERGE_MODES = Page(
    title="Merge modes", path="pages/merge_modes.py", icon=":material/merge:", question=QUESTIONS["merge_modes"]
)
INSIDE = Page(title="Inside", path="pages/inside.py", icon=":material/biotech:", question=QUESTIONS["inside"])

PAGES = (OVERVIEW, PROBLEM, TRAIN, DIRECTIONS, WHY, PROBLEMS, MERGE_MODES, INSIDE)  # the first opens the app
