"""A table as sequences: rows grouped and put in order, features as numbers or categories, labels as classes or numbers.

All of it in whole columns at once, so that 100,000 rows take a fraction of a second. `Sequences` keeps which row of the
file each timestep comes from.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bilstm_core.datasets.bounds import (
    FEWEST_SEQUENCES,
    MAX_FEATURES,
    MAX_TIMESTEPS,
    DataError,
    counted,
    named,
    shown,
)
from bilstm_core.datasets.columns import Columns, check, families, held_out_values, label_columns, most_classes
from bilstm_core.datasets.reading import Table

Values = npt.NDArray[Any]
MOSTLY_DIFFERENT = 0.5  # of the rows, from which a text says nothing that comes again
FEWEST_TEXTS = 50  # different ones, below which no text is refused for that


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sequences:
    """Sequences, one after the other, a row for each timestep.

    features: by name, (rows,) float64 with nan where one is missing, or a pandas Categorical of texts
    label: (rows,) int64 of `classes`, -1 where there is none; or float64, nan where there is none
    classes: as they stand in the file; empty where labels are numbers
    lengths: (sequences,) timesteps of each
    names: (sequences,) what each is called in the file
    group: (sequences,) pieces of one sequence of the file have the same; they are never split
    row: (rows,) the number that each has in the file
    held_out: (sequences,) bool, where a column says it
    whole: one label a sequence: it is the same at all of its timesteps
    recording: all is one recording, cut into pieces
    notes: what was found, a sentence each
    """

    features: dict[str, Any]
    label: Values
    classes: tuple[str, ...]
    lengths: npt.NDArray[np.int64]
    names: Values
    group: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    held_out: npt.NDArray[np.bool_] | None
    whole: bool
    recording: bool
    notes: tuple[str, ...]


def sequences_of(table: Table, columns: Columns) -> Sequences:
    """The sequences of a table. Raises DataError, with a sentence that names rows and columns."""
    frame = table.frame
    check(frame, columns)
    row = np.arange(len(frame), dtype=np.int64) + table.first_row
    if columns.form == "wide":
        frame, row, columns = _long(frame, row, columns)
    code, names = _groups(frame, row, columns)
    order = _order(frame, row, columns, code, names)
    code, row, frame = code[order], row[order], frame.iloc[order]
    lengths = np.bincount(code, minlength=len(names)).astype(np.int64)
    group = np.arange(len(names))
    if columns.cut:
        lengths, group = _cut(lengths, columns.cut)
    _check_lengths(lengths, columns)
    notes: list[str] = []
    features = {name: _feature(frame[name], row, name, notes) for name in columns.features}
    if len(features) > MAX_FEATURES:
        raise DataError(f"There are {len(features):,} features, and at most {MAX_FEATURES} are taken. Choose fewer.")
    label, classes = _label(frame[columns.label], row, columns, notes)
    return Sequences(
        features=features,
        label=label,
        classes=classes,
        lengths=lengths,
        names=names[group],
        group=group,
        row=row,
        held_out=_held_out(frame[columns.split], lengths, columns.split) if columns.split else None,
        whole=_constant(label, lengths),
        recording=not columns.sequence,
        notes=tuple(notes),
    )


def _long(frame: pd.DataFrame, row: Values, columns: Columns) -> tuple[pd.DataFrame, Values, Columns]:
    """A wide table in long form. A sequence ends after the last timestep at which it has any value."""
    own = families(frame)
    by_feature = {name: own.get(name, [name]) for name in columns.features}
    steps = max(len(names) for names in by_feature.values())
    uneven = next((name for name, names in by_feature.items() if len(names) not in (1, steps)), None)
    if uneven is not None:
        raise DataError(f"{shown(uneven)} has {len(by_feature[uneven])} columns and another feature {steps}: all must"
                        " have as many.")  # fmt: skip
    labels = label_columns(frame, columns)
    if len(labels) not in (1, steps):
        raise DataError(f"There are {len(labels)} columns of labels and {steps} timesteps: there must be as many.")
    long = {}
    for name, names in {**by_feature, columns.label: labels}.items():
        parts = [frame[each] for each in (names if len(names) == steps else names * steps)]
        stacked = pd.concat(parts, ignore_index=True)  # timestep by timestep
        long[name] = stacked.to_numpy().reshape(steps, len(frame)).T.reshape(-1)
    result = pd.DataFrame(long)
    there = result[[name for name, names in by_feature.items() if len(names) == steps]].notna().any(axis=1).to_numpy()
    to_come = np.flip(np.logical_or.accumulate(np.flip(there.reshape(-1, steps), axis=1), axis=1), axis=1).reshape(-1)
    place = np.repeat(np.arange(len(frame)), steps)
    result["sequence"], taken = row[place], "sequence"
    while taken in long:
        taken += "_"
    result = result.rename(columns={"sequence": taken}) if taken != "sequence" else result
    if columns.split:
        result[columns.split] = frame[columns.split].to_numpy()[place]
    kept = Columns(
        sequence=taken, features=columns.features, label=columns.label, split=columns.split, answer=columns.answer,
        cut=columns.cut,
    )  # fmt: skip
    return result[to_come].reset_index(drop=True), row[place][to_come], kept


def _groups(frame: pd.DataFrame, row: Values, columns: Columns) -> tuple[npt.NDArray[np.int64], Values]:
    """The sequence that each row belongs to, by its place among their names."""
    if not columns.sequence:
        return np.zeros(len(frame), np.int64), np.array(["the recording"], dtype=object)
    code, names = pd.factorize(frame[columns.sequence])
    if (code < 0).any():
        raise DataError(f"{shown(columns.sequence)} says no sequence in {named(row[code < 0].tolist())}. Fill it in.")
    return code.astype(np.int64), np.asarray(names, dtype=object)


def _order(frame: pd.DataFrame, row: Values, columns: Columns, code: Values, names: Values) -> npt.NDArray[np.int64]:
    """Rows by sequence and, within it, by timestep. Raises DataError for a timestep that is missing or comes twice."""
    if not columns.timestep:
        return np.argsort(code, kind="stable")
    time = frame[columns.timestep]
    if time.isna().any():
        missing = named(row[time.isna().to_numpy()].tolist())
        raise DataError(
            f"{shown(columns.timestep)} is missing in {missing}. Fill it in, or leave the order of the rows."
        )
    ranks = pd.factorize(time, sort=True)[0]
    order = np.lexsort((ranks, code))
    double = np.flatnonzero((np.diff(code[order]) == 0) & (np.diff(ranks[order]) == 0))
    if len(double):
        first, second = order[double[0]], order[double[0] + 1]
        raise DataError(
            f"The sequence {shown(names[code[first]])} has the timestep {shown(time.iloc[first])} twice, in rows"
            f" {row[first]:,} and {row[second]:,}. Each may stand there once"
            + (f"; {counted(len(double), 'row')} must go." if len(double) > 1 else ".")
        )
    return order


def _cut(lengths: npt.NDArray[np.int64], size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The lengths of the pieces, and the sequence that each is of. A last piece may be shorter."""
    pieces = -(-lengths // size)
    group = np.repeat(np.arange(len(lengths)), pieces)
    last = np.cumsum(pieces) - 1
    cut = np.full(len(group), size, np.int64)
    cut[last] = lengths - (pieces - 1) * size
    return cut, group


def _check_lengths(lengths: npt.NDArray[np.int64], columns: Columns) -> None:
    if len(lengths) < FEWEST_SEQUENCES:
        least = f"at least {FEWEST_SEQUENCES} are needed, for whole sequences are held out"
        do = "Cut them into pieces" if lengths.max() >= FEWEST_SEQUENCES else "Bring more"
        raise DataError(f"There are only {counted(len(lengths), 'sequence')}, and {least}. {do}.")
    if lengths.max() > MAX_TIMESTEPS:
        raise DataError(
            f"The longest sequence has {lengths.max():,} timesteps, and at most {MAX_TIMESTEPS} are read. Have them cut"
            " into pieces."
        )
    if lengths.max() < 2:
        raise DataError(
            f"Every sequence has one timestep only, so there is nothing to read before or after it. Does"
            f" {shown(columns.sequence)} say which sequence a row belongs to?"
        )


def _feature(column: "pd.Series[Any]", row: Values, name: str, notes: list[str]) -> Any:
    """A feature's values: numbers, or texts that come again as categories."""
    missing = column.isna().to_numpy()
    if missing.any():
        notes.append(
            f"{shown(name)} has {counted(int(missing.sum()), 'missing value')}, in {named(row[missing].tolist())}."
        )
    if missing.all():
        raise DataError(f"The column {shown(name)} is empty. Choose other features.")
    if pd.api.types.is_datetime64_any_dtype(column):
        raise DataError(f"The column {shown(name)} holds dates, which are no feature. Choose it as timestep, or none.")
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(np.float64, na_value=np.nan)
        _check_finite(values, row, name)
        return values
    texts = column.astype("string").astype("category")
    different = len(texts.cat.categories)
    if different > max(FEWEST_TEXTS, MOSTLY_DIFFERENT * len(column)):
        example = texts.cat.categories[0]
        raise DataError(
            f"The column {shown(name)} holds text that is nearly never the same, such as {shown(example)}. A feature"
            " must be a number, or one of a few words: leave it out."
        )
    return texts.array


def _check_finite(values: Values, row: Values, name: str) -> None:
    infinite = np.isinf(values) | (np.abs(values) > 1e30)
    if infinite.any():
        raise DataError(
            f"{shown(name)} has values that are infinite or far too large, in {named(row[infinite].tolist())}. Correct"
            " them, or leave these cells empty."
        )


def _label(column: "pd.Series[Any]", row: Values, columns: Columns, notes: list[str]) -> tuple[Values, tuple[str, ...]]:
    missing = column.isna().to_numpy()
    if missing.any():
        notes.append(
            f"{counted(int(missing.sum()), 'label')} missing, in {named(row[missing].tolist())}: these timesteps are"
            " read, and not asked for."
        )
    if missing.all():
        raise DataError(f"The column {shown(columns.label)} is empty, so there is no label. Choose another.")
    if columns.answer == "numbers":
        if not pd.api.types.is_numeric_dtype(column):
            example = column.dropna().iloc[0]
            raise DataError(f"{shown(columns.label)} holds text, such as {shown(example)}: take labels for classes.")
        values = column.to_numpy(np.float64, na_value=np.nan)
        _check_finite(values, row, columns.label)
        if np.nanmax(values) == np.nanmin(values):
            raise DataError(f"Every label is {shown(float(np.nanmax(values)))}: there is nothing to tell apart.")
        return values, ()
    code, distinct = pd.factorize(column, sort=True)
    values = np.asarray(distinct, dtype=object)
    if len(values) == 1:
        raise DataError(f"Every label is {shown(values[0])}: there is nothing to tell apart. Choose another label.")
    most_classes(len(values), columns.label)
    return code.astype(np.int64), tuple(_class_name(value) for value in values)


def _class_name(value: Any) -> str:
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value) if whole else value)


def _constant(label: Values, lengths: npt.NDArray[np.int64]) -> bool:
    """Whether every sequence has one label throughout, and the labels differ between sequences."""
    starts = np.cumsum(lengths) - lengths
    first = np.repeat(label[starts], lengths)
    same = (label == first) | (np.isnan(label) & np.isnan(first))
    return bool(same.all())


def _held_out(column: "pd.Series[Any]", lengths: npt.NDArray[np.int64], name: str) -> npt.NDArray[np.bool_]:
    """Which sequences a column says are held out. Raises DataError if it splits one, or holds out all or none."""
    values = held_out_values(column)
    if not values:
        raise DataError(
            f"{shown(name)} says nowhere that a sequence is held out. Write test there for those that are, and train"
            " for the others."
        )
    row = column.isin(values).to_numpy()
    starts = np.cumsum(lengths) - lengths
    held_out: npt.NDArray[np.bool_] = row[starts]
    split = np.flatnonzero(np.repeat(held_out, lengths) != row)
    if len(split):
        raise DataError(f"{shown(name)} splits a sequence in two. Whole sequences are held out, never parts of one.")
    if held_out.all() or not held_out.any():
        raise DataError(f"{shown(name)} holds out all sequences or none. Some must be left to learn from.")
    return held_out
