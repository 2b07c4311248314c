"""The one list of the pages: what each is called, where it stands, and what it asks."""

from dataclasses import dataclass


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
    question="What does reading both ways mean?",
    light=True,
)
PROBLEM = Page(title="Problem", path="pages/problem.py", icon=":material/stairs:", question="When does the label flip?")
TRAIN = Page(
    title="Train",
    path="pages/train.py",
    icon=":material/play_circle:",
    question="Can this model learn it, and where does it still err?",
)
DIRECTIONS = Page(
    title="Directions",
    path="pages/directions.py",
    icon=":material/swap_horiz:",
    question="Does direction matter, and for how long?",
)
WHY = Page(title="Why", path="pages/why.py", icon=":material/psychology_alt:", question="Why: is it the future?")
PROBLEMS = Page(
    title="Problems",
    path="pages/problems.py",
    icon=":material/grid_on:",
    question="When do you really need both?",
)
MERGE_MODES = Page(
    title="Merge modes", path="pages/merge_modes.py", icon=":material/merge:", question="Does the merge matter?"
)
INSIDE = Page(title="Inside", path="pages/inside.py", icon=":material/biotech:", question="What does each state carry?")

PAGES = (OVERVIEW, PROBLEM, TRAIN, DIRECTIONS, WHY, PROBLEMS, MERGE_MODES, INSIDE)  # the first opens the app
