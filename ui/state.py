"""Every entry of the session and every parameter of the address, each with its type and what it is at first.

Nobody else spells a key: others ask an entry here for its value, or for its key where a widget holds the value. In the
session go codec dicts, NumPy arrays and plain values, never our classes: a hot reload replaces those.
This module imports little, for the first page of a new server waits for it.
"""

import copy
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar, cast

import streamlit as st

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """A value of the session under a key. first: what it is while nothing is kept"""

    key: str
    first: T

    def get(self) -> T:
        """The value as it stands."""
        return cast(T, st.session_state.get(self.key, self.first))

    def set(self, value: T) -> None:
        """Keep a value; where a widget holds it only from a callback, or before the widget is drawn."""
        st.session_state[self.key] = value

    def ensure(self) -> T:
        """The value as it stands, kept from now on, so that it can be changed in place."""
        return cast(T, st.session_state.setdefault(self.key, copy.copy(self.first)))

    def take(self) -> T:
        """The value, which is kept no longer."""
        return cast(T, st.session_state.pop(self.key, self.first))

    def drop(self) -> None:
        """Keep the value no longer."""
        st.session_state.pop(self.key, None)

    def is_set(self) -> bool:
        """Whether a value is kept."""
        return self.key in st.session_state


@dataclass(frozen=True, slots=True)
class Each(Generic[T]):
    """An entry for each of something: a page, a place in the tray. pattern: its key, with braces for what it is of"""

    pattern: str
    first: T

    def __call__(self, *of: object) -> Entry[T]:
        return Entry(self.pattern.format(*of), self.first)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the page's address."""

    name: str

    def get(self) -> str | None:
        """The parameter as the address has it."""
        return st.query_params.get(self.name)

    def set(self, value: str) -> None:
        """Write the parameter into the address."""
        st.query_params[self.name] = value

    def drop(self) -> None:
        """Take the parameter out of the address."""
        del st.query_params[self.name]


class Written(TypedDict):
    """What was written into the address last, and of which page."""

    page: str
    words: dict[str, tuple[str, ...]]


class Complaints(TypedDict):
    """What was not allowed in an address, and of which page and address it is said; None before one is written."""

    sentences: list[str]
    of: list[Any] | None


class TrayEntry(TypedDict):
    """A run that is kept for comparison: its key, the name a person gave it, and whether it is drawn."""

    key: str
    name: str
    shown: bool


class Wanted(TypedDict):
    """A run that an address wants in the tray: its spec, as a codec dict, its name, and whether it is drawn."""

    spec: dict[str, Any]
    name: str
    shown: bool


class Failure(TypedDict):
    """What went wrong with a job, in a sentence.

    specs: as codec dicts, that a retry would train
    about, sequences, mixed: of the job that failed, as `live.start` takes them
    share: of what was too much, that would do, else 0
    left: nothing went wrong: the visitor has left it to others
    """

    message: str
    specs: list[dict[str, Any]]
    about: dict[str, Any]
    sequences: int
    mixed: bool
    share: float
    left: bool


class Edit(TypedDict):
    """A sequence as it was edited: its name and all its values."""

    sequence: str
    values: list[float]


class Refusal(TypedDict):
    """The key of a widget whose value was refused, and whether the page has said so."""

    name: str
    told: bool


class Brought(TypedDict):
    """The file that was brought back last: how many were before it and with it, and what came of it."""

    count: int
    sentence: str
    refused: bool


class RefusedFormula(TypedDict):
    """A text that is no formula, with the sentence about it, and the problem that its page has all the same."""

    name: str
    text: str
    sentence: str


class OwnData(TypedDict):
    """A file of sequences that somebody has brought.

    digest: a hash of its bytes; columns: which is what, as a plain dict; balanced: whether rare labels count more
    """

    name: str
    data: bytes
    digest: str
    columns: dict[str, Any]
    balanced: bool


class OwnNetworks(TypedDict):
    """Networks of Your data that another page looks into.

    title: of their sequences; classes: what their labels are called, none of numbers
    texts: of each held-out sequence its first column of text, in one line; none where there is no such column
    networks: the spec of each direction's first start, as a codec dict
    """

    title: str
    classes: list[str]
    texts: list[str]
    networks: dict[str, dict[str, Any]]


class OwnProblem(TypedDict):
    """Sequences of Your data that other pages may take as a problem.

    name: of the problem; data: of a set that comes with the program, or that it is the visitor's own; title: of the set
    classes, texts: as of OwnNetworks; whole: whether each sequence has one label
    """

    name: str
    data: str
    title: str
    classes: list[str]
    texts: list[str]
    whole: bool


class BeforeData(TypedDict):
    """What a page was set to before it took sequences of Your data. of: their problem; settings: by their fields"""

    of: str
    settings: dict[str, Any]


class CameOut(TypedDict):
    """What a page has measured of what the lesson asks: the options that are right, and a sentence.

    settled: whether it makes the other options wrong
    """

    right: list[str]
    sentence: str
    settled: bool


class Sweep(TypedDict):
    """A sweep that is under way: its settings, when it began (s), and how long it was to take by estimate (s)."""

    settings: dict[str, Any]
    began: float
    seconds: float


class Found(TypedDict):
    """A model that the visitor's maps have found, as `analysis.smallest.Smallest`; its spec as a codec dict."""

    spec: dict[str, Any]
    parameters: int
    exacts: list[float]
    reached: int


class Question(TypedDict):
    """A question that Keras answers: which network or run it is of, and its id."""

    of: str
    id: str


# The address
JOB_OF_ADDRESS = Parameter("job")
WRITTEN: Entry[Written] = Entry("address.written", {"page": "", "words": {}})
COMPLAINTS: Entry[Complaints] = Entry("address.complaints", {"sentences": [], "of": None})
TOUCHED = Entry("wire.touched", False)  # this run was asked for by a control, and not by the browser's Back or Forward
LINKED = Each("{}.linked", "")  # OPENED: the page has been filled from its address; ASKED: what that shows is trained
OPENED_LINK, ASKED_FOR = "opened", "asked for"

# How the pages are looked at
SETTINGS_OPEN = Entry("phone-settings", False)  # what a phone hides of the controls is in sight
CLASS = Entry("view.class", False)  # before a class: large, with the answer covered
HIDDEN: Entry[list[str]] = Entry("view.hidden", [])  # the controls that are gone, by their names in links
DETAILS = Entry("view.details", False)  # what a class does not see at first is shown
COVERED = Entry("view.covered", False)  # the answer of the page that is drawn is not to be seen yet
ASKED = Entry("view.asked", "")  # what a class is asked to guess while the answer of the page that is drawn is covered
REVEALED: Entry[list[Any] | None] = Entry("view.revealed", None)  # the page and settings whose answer is not covered
# What changes no answer
LOOKS = frozenset(
    {"view", "hide", "lesson", "at", "line", "smoothing", "axis", "tab", "each", "drawn", "network", "grid"}
)

# The lesson
LESSON = Entry("lesson.on", False)
LESSON_GUESS: Each[str | None] = Each("lesson.guess.{}", None)
LESSON_RIGHT: Each[bool | None] = Each("lesson.right.{}", None)  # whether the guess was, once that is measured
CAME_OUT: Entry[CameOut | None] = Entry("lesson.came_out", None)  # of the page that is drawn

# The session as a whole
WATCHER = Entry("session.watcher", "")
LATEST: Entry[dict[str, str]] = Entry("session.latest", {})
HELD: Entry[dict[str, Any]] = Entry("session.held", {})
TRAY: Entry[list[TrayEntry]] = Entry("session.tray", [])
TRAY_WANTED: Entry[list[Wanted]] = Entry("session.tray_wanted", [])
DRESSED = Entry("session.dressed", False)
REFUSED: Entry[Refusal | None] = Entry("wire.refused", None)

# Formulas of one's own
FORMULAS: Entry[list[str]] = Entry("formulas.written", [])  # names of their problems, the last one first
FORMULA: Each[str] = Each("{}.formula", "")  # as it is typed
FORMULA_REFUSED: Each[RefusedFormula | None] = Each("{}.formula.refused", None)

# What one page hands another: a spec as a codec dict
HANDED_OVER: Each[dict[str, Any] | None] = Each("{}.wanted", None)

# A page and its job
JOB: Each[str | None] = Each("session.job.{}", None)
SHOWN: Each[str | None] = Each("session.shown.{}", None)  # the key of the run that the page shows
PRESSED = Each("live.pressed.{}", False)  # a job has just been asked for
FAILED: Each[Failure | None] = Each("live.failed.{}", None)
ADDRESSED = Each("live.addressed.{}", "")  # the job that the page has taken from the address, or put there
WAITS: Entry[list[str]] = Entry("waits.names", [])  # of what the page that is drawn waits for
DEAF = Entry("live.deaf", False)  # the server tells nothing of jobs: it runs app.py as a plain script
FROM_STORE = Each("{}.from_store", True)  # what the page shows was trained before it was asked for; set by a press

MODEL_FILE: Entry[Question | None] = Entry("files.model", None)  # the `.keras` file that was asked for last
BROUGHT: Entry[Brought] = Entry("tray.brought", {"count": 0, "sentence": "", "refused": False})

# A page's sequence
SEQUENCE: Each[int | None] = Each("{}.sequence", None)  # the number of the fresh one, from 1
EDIT: Each[Edit | None] = Each("{}.edit", None)
EDIT_ERROR = Each("{}.edit.error", "")
EDIT_VERSION = Each("{}.edit.version", 0)
BLOCK = Each("{}.block", 1)  # the timestep that is edited, from 1
VALUE: Each[float] = Each("{}.value.{}.{}.{}", 0.0)  # page, sequence, timestep, version
TYPED: Each[str] = Each("{}.typed.{}.{}.{}", "")  # page, sequence, version, hash of the values

# The controls of a run
PRESET = Each("{}.preset", "")
PRESET_BOX = Each("{}.preset.{}", "")  # page, preset as drawn

# Train
OPENED = Each("{}.opened", False)
SMOOTHING = Each("{}.smoothing", 25)
AXIS = Each("{}.axis", "")
SUMMARY: Entry[Question | None] = Entry("Train.summary", None)
TRAY_NAME = Each("tray.name.{}", "")  # place in the tray
TRAY_SHOWN = Each("tray.shown.{}", True)

# A comparison
SETTINGS: Each[dict[str, Any]] = Each("{}.settings", {})  # of the runs that the page shows
AGAIN = Each("{}.again", False)  # all runs were asked for anew
STARTS_BEFORE: Each[int | None] = Each("{}.starts_before", None)
WISHED = Each("{}.wished", 0)  # starts that were lowered
VISIBLE: Each[list[str] | None] = Each("{}.visible", None)
GUESS: Each[str | None] = Each("{}.guess", None)

# Why
BEFORE: Each[int | None] = Each("{}.before", None)  # starts before the long run

# A sweep
SQUARE: Each[list[float] | None] = Each("{}.square", None)  # that is open: its values across and up
SWEEP: Each[Sweep | None] = Each("{}.sweep", None)  # that is being trained, wave by wave
PLACE: Each[list[Any] | None] = Each("{}.place", None)  # of the board, that is open: problem, direction, timesteps
SMALLEST: Each[list[Found]] = Each("{}.smallest", [])  # that this visitor's maps have found, and are not recorded

# Problem, Problems and Inside
ALLOWED: Each[dict[str, Any]] = Each("{}.allowed", {})
SEEDS: Each[dict[str, int]] = Each("{}.seeds", {})
BRANCH: Each[str | None] = Each("{}.branch", None)  # what is chosen on Inside; None: what the page finds
LAYER: Each[int | None] = Each("{}.layer", None)
UNIT: Each[int | None] = Each("{}.unit", None)  # all from 1
STANDS_AT: Each[int | None] = Each("{}.stands_at", None)  # the timestep that Cell steps through, from 1
LINE: Each[str | None] = Each("{}.line", None)  # the line of the equations that is at work there
MERGED_AT: Each[int | None] = Each("{}.merged.at", None)
MERGED_UNIT: Each[int | None] = Each("{}.merged.unit", None)
MATRIX: Entry[tuple[list[Any], Any] | None] = Entry("reaction.matrix", None)

# Your data
OWN_DATA: Entry[OwnData | None] = Entry("Your data.own", None)  # the file that is shown
DRAFT: Entry[OwnData | None] = Entry("Your data.draft", None)  # the file whose columns are being set
UPLOADED: Entry[Brought] = Entry("Your data.uploaded", {"count": 0, "sentence": "", "refused": False})
TOLD: Entry[dict[str, dict[str, Any]]] = Entry("Your data.told", {})  # answers of models, by what was trained, by label
OWN_NETWORKS: Entry[OwnNetworks | None] = Entry("Your data.networks", None)  # that Inside may look into
OWN_PROBLEMS: Entry[list[OwnProblem]] = Entry("Your data.problems", [])  # that other pages may take, the last first
BEFORE_DATA: Each[BeforeData | None] = Each("{}.before_data", None)
DATA_GONE = Each("{}.data_gone", False)  # what the page was on is in memory no longer
FITTED: Entry[dict[str, list[str]]] = Entry("Your data.fitted", {})  # what each regression is of, by id


def parameters() -> dict[str, list[str]]:
    """All parameters of the address, each with all that it is given."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def write_parameters(wanted: dict[str, list[str]]) -> None:
    """Have the address hold these parameters and no others, but Streamlit's own; causes no run of the script."""
    st.query_params.from_dict(wanted)


def field(page: str, name: str, first: Any = None) -> Entry[Any]:
    """A setting of a page, by the name of its field."""
    return Entry(widget(page, name), first)


def widget(page: str, *name: object) -> str:
    """The key of a page's widget whose value nobody else asks for."""
    return ".".join(map(str, (page, *name)))


def event(key: str, name: str) -> Any:
    """What the component of this key has reported under this name, as the browser sent it.

    None of one that is on the page no longer: it may still report what it has waited for while another page is drawn.
    """
    return getattr(st.session_state.get(key), name, None)
