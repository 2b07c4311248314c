"""Which column of a table is what: guessed, and checked as a person has set it.

Long form has a row for each timestep: sequence, timestep, features, label. Wide form has a row for each sequence, and a
family of numbered columns for each feature (x1, x2, ...), and for the labels either such a family or one column.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from bilstm_core.datasets.bounds import MAX_CLASSES, MAX_TIMESTEPS, DataError, shown

Form = Literal["long", "wide"]
Answer = Literal["classes", "numbers"]

FORMS: tuple[Form, ...] = ("long", "wide")
NUMBERED = re.compile(r"(?P<family>.*?)[ _\-.]?(?P<number>\d+)")
FEWEST_NUMBERED = 3  # columns of a family
PIECE = 50  # timesteps of a piece, where one long recording is cut
FEW_VALUES = 20  # whole numbers of a label that are taken for classes
SEQUENCE = ("sequence", "sequence_id", "seq", "seq_id", "series", "series_id", "sentence", "sentence_id", "id", "group",
            "subject", "session", "trial", "patient", "user", "machine", "unit", "run", "day", "hour")  # fmt: skip
TIMESTEP = ("timestep", "time_step", "step", "t", "time", "timestamp", "date", "datetime", "position", "pos", "index",
            "minute", "second", "cycle", "frame", "sno", "no")  # fmt: skip
LABEL = ("label", "labels", "target", "y", "class", "tag", "state", "output", "answer", "occupancy", "outcome")
SPLIT = ("split", "set", "part", "fold", "subset")
HELD_OUT = (
    "test",
    "held out",
    "held-out",
    "held_out",
    "heldout",
    "holdout",
    "validation",
    "valid",
    "val",
    "eval",
    "1",
    "true",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which column is what.

    sequence: which sequence a row belongs to; "" where all rows are one recording, which is cut. Long form only
    timestep: what orders the rows of a sequence; "" where they stand in order. Long form only
    features: columns, or in wide form families of columns
    label: a column, or in wide form a family of columns
    split: which sequences are held out; "" where these are drawn
    answer: what labels are
    cut: timesteps of the pieces that sequences are cut into; 0 where they are not
    """

    form: Form = "long"
    sequence: str = ""
    timestep: str = ""
    features: tuple[str, ...] = ()
    label: str = ""
    split: str = ""
    answer: Answer = "classes"
    cut: int = 0


def families(frame: pd.DataFrame) -> dict[str, list[str]]:
    """The families of numbered columns, by what stands before the number, each in the order of the numbers."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name in map(str, frame.columns):
        told = NUMBERED.fullmatch(name)
        if told:
            found.setdefault(told["family"], []).append((int(told["number"][:9]), name))
    return {family: [name for _, name in sorted(own)] for family, own in found.items() if len(own) >= FEWEST_NUMBERED}


def guess(frame: pd.DataFrame) -> Columns:
    """Which column is what, as far as names and values tell it."""
    names = list(map(str, frame.columns))
    sequence = _by_name(names, SEQUENCE)
    own = families(frame)
    long_enough = {family: columns for family, columns in own.items() if family.lower() != "column"}
    if not _repeats(frame, sequence) and long_enough:
        return _wide(frame, names, long_enough)
    if not _repeats(frame, sequence):
        sequence = next((name for name in names if _in_blocks(frame[name])), "")
    timestep = _by_name([name for name in names if name != sequence], TIMESTEP)
    split = _split(frame, [name for name in names if name not in (sequence, timestep)])
    left = [name for name in names if name not in (sequence, timestep, split)]
    label = _by_name(left, LABEL) or (left[-1] if left else "")
    features = tuple(name for name in left if name != label)
    columns = Columns(
        sequence=sequence,
        timestep=timestep,
        features=features,
        label=label,
        split=split,
        cut=0 if sequence else PIECE,
    )
    return replace(columns, answer=guess_answer(frame, columns))


def guess_answer(frame: pd.DataFrame, columns: Columns) -> Answer:
    """Whether labels are classes or numbers: texts, and few whole numbers, are classes."""
    own = label_columns(frame, columns)
    values = pd.concat([frame[name] for name in own], ignore_index=True).dropna() if own else pd.Series(dtype=float)
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return "classes"
    distinct = values.unique()
    few = len(distinct) <= FEW_VALUES and bool((distinct % 1 == 0).all())
    return "classes" if few else "numbers"


def label_columns(frame: pd.DataFrame, columns: Columns) -> list[str]:
    """The columns that labels stand in."""
    if columns.form == "wide" and columns.label in families(frame):
        return families(frame)[columns.label]
    return [columns.label] if columns.label in frame.columns else []


def check(frame: pd.DataFrame, columns: Columns) -> None:
    """Raise DataError, with a sentence, if columns are missing, chosen twice, or no choice at all."""
    wide = columns.form == "wide"
    known = set(map(str, frame.columns)) | (set(families(frame)) if wide else set())
    chosen = [*columns.features, columns.label, columns.split, *(() if wide else (columns.sequence, columns.timestep))]
    chosen = [name for name in chosen if name]
    missing = next((name for name in chosen if name not in known), None)
    if missing is not None:
        raise DataError(f"There is no column {shown(missing)} in this file. Choose among those that it has.")
    if not columns.label:
        raise DataError("Choose the column that the label stands in: it is what is to be told.")
    if not columns.features:
        raise DataError("Choose at least one feature: it is what the label is told from.")
    double = next((name for name in chosen if chosen.count(name) > 1), None)
    if double is not None:
        raise DataError(f"The column {shown(double)} is chosen twice. Each can be one thing only.")
    if columns.cut and not 2 <= columns.cut <= MAX_TIMESTEPS:
        raise DataError(f"Pieces have 2 to {MAX_TIMESTEPS} timesteps, not {columns.cut:,}. Choose another length.")
    if not wide and not columns.sequence and not columns.cut:
        raise DataError(
            "No column says which sequence a row belongs to. Choose one, or have the recording cut into pieces."
        )


def _wide(frame: pd.DataFrame, names: list[str], own: dict[str, list[str]]) -> Columns:
    grouped = {name for columns in own.values() for name in columns}
    single = [name for name in names if name not in grouped]
    split = _split(frame, single)
    label = _by_name(list(own), LABEL) if len(own) > 1 else ""
    if not label:
        left = [name for name in single if name not in (split, _by_name(single, SEQUENCE))]
        label = _by_name(left, LABEL) or (left[-1] if left else "")
    label = label or list(own)[-1]
    columns = Columns(
        form="wide", features=tuple(family for family in own if family != label), label=label, split=split
    )
    return replace(columns, answer=guess_answer(frame, columns))


def _by_name(names: Sequence[str], wanted: Sequence[str]) -> str:
    plain = {name.lower().strip().replace(" ", "_"): name for name in reversed(names)}
    return next((plain[word] for word in wanted if word in plain), "")


def _repeats(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column could say the sequence: most of its values come several times."""
    return bool(name) and 2 * frame[name].nunique() <= len(frame)


def _in_blocks(column: "pd.Series[Any]") -> bool:
    """Whether equal values stand together, in blocks of several, and no value comes in two blocks."""
    if pd.api.types.is_float_dtype(column) and not (column.dropna() % 1 == 0).all():
        return False
    blocks = int((column != column.shift()).sum())
    return 2 < blocks == column.nunique(dropna=False) and 2 * blocks <= len(column)


def _split(frame: pd.DataFrame, names: Sequence[str]) -> str:
    """A column that says which sequences are held out, by its name and its two or three values."""
    name = _by_name(names, SPLIT)
    if not name or not 2 <= frame[name].nunique() <= 3:
        return ""
    return name if held_out_values(frame[name]) else ""


def held_out_values(column: "pd.Series[Any]") -> list[Any]:
    """Which values of a split column say that a sequence is held out."""
    values = list(column.dropna().unique())
    return [value for value in values if str(value).strip().lower() in HELD_OUT]


def most_classes(count: int, label: str) -> None:
    """Raise DataError if there are too many classes, or too few to tell apart."""
    if count > MAX_CLASSES:
        raise DataError(
            f"{shown(label)} has {count:,} different values, and at most {MAX_CLASSES} classes are told apart. Join the"
            " rare ones, or take the label for a number."
        )
