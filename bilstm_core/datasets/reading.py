"""A visitor's file as a table: CSV of any usual kind, or Parquet. Nothing is written to a disk."""

import csv
import io
import re
import statistics
from typing import Any, NamedTuple

import pandas as pd

from bilstm_core.datasets import parquet_child
from bilstm_core.datasets.bounds import MAX_ROWS, DataError, check_shape, check_size, counted, shown
from bilstm_core.extras import FOR_PARQUET

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LOOKED_AT = 40  # lines, for separator and header
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+|\d{1,3}(,\d+))([eE][+-]?\d+)?\s*|\s*[+-]?(inf|nan)\s*", re.IGNORECASE)
WITH_COMMA = re.compile(r"[+-]?\d+,\d+")
PARQUET = b"PAR1"
NO_TABLE = "The file is neither CSV nor Parquet. Save the table as CSV, with a row for each timestep."


class Table(NamedTuple):
    """A table, and what was made of the file, a sentence each.

    first_row: the number that the first row of data has in the file
    """

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    first_row: int = 2


def read_table(data: bytes) -> Table:
    """The table in a file. Raises DataError, with a sentence, for what can't be taken."""
    check_size(len(data))
    if data.startswith(PARQUET):
        frame = parquet_child.read(data)
        check_shape(*frame.shape)
        return Table(_renamed(frame, list(map(str, frame.columns))), first_row=1)
    text, notes = _decoded(data)
    return _csv(text, notes)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text, and what was made of its encoding."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(name), []
            except UnicodeDecodeError:
                raise DataError(f"The file says that it is {name[:6].upper()}, and is not. Save it as UTF-8.") from None
    if b"\x00" in data:
        raise DataError(NO_TABLE)
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), ["The file is not UTF-8, so it was read as Latin-1."]


def _csv(text: str, notes: list[str]) -> Table:
    if not text.strip():
        check_size(0)
    lines = text.count("\n")
    if lines > MAX_ROWS + 1 and '"' not in text:
        check_shape(lines, 1)
    separator = _separator(text)
    if separator != ",":
        notes.append(f"The columns are separated by {SEPARATORS[separator]}.")
    head = _head(text, separator)
    names, first = head[0], 2
    if all(NUMBER.fullmatch(cell) for cell in names if cell.strip()):
        notes.append("The first row holds numbers, so it is data: the columns are called column 1, column 2 and so on.")
        names, first = [""] * len(names), 1
    commas = separator != "," and any(WITH_COMMA.fullmatch(cell.strip()) for row in head[2 - first :] for cell in row)
    if commas:
        notes.append("Decimals are written with a comma.")
    frame = _parsed(text, separator, len(names), header=first == 2, decimal="," if commas else ".")
    check_shape(*frame.shape)
    return Table(_renamed(frame, names), tuple(notes), first)


def _head(text: str, separator: str) -> list[list[str]]:
    """The cells of the first lines that are not blank."""
    beginning = io.StringIO(text[:200_000], newline="")
    rows = []
    try:
        for row in csv.reader(beginning, delimiter=separator):
            if row:
                rows.append(row)
            if len(rows) == LOOKED_AT:
                break
    except csv.Error:
        raise DataError(NO_TABLE) from None
    return rows


def _separator(text: str) -> str:
    """What separates the columns: what cuts the first lines into the same number of cells, and most of them."""
    best, most = "", 1.0
    for separator in SEPARATORS:
        counts = [len(row) for row in _head(text, separator)]
        usual = statistics.mode(counts)
        cells = usual * counts.count(usual) / len(counts)
        if usual > 1 and cells > most:
            best, most = separator, cells
    if not best:
        cut = [[len(row) for row in _head(text, separator)] for separator in SEPARATORS]
        uneven = next((counts[:3] for counts in cut if max(counts) > 1), [])
        if uneven:
            raise DataError(
                f"The first rows have {', '.join(map(str, uneven[:-1]))} and {uneven[-1]} cells. Every row needs as"
                " many as there are columns."
            )
        first = text.strip().splitlines()[0]
        raise DataError(
            f"Each row has one cell only: the first is {shown(first)}. Separate the columns by commas, semicolons or"
            " tabs."
        )
    return best


def _parsed(text: str, separator: str, columns: int, *, header: bool, decimal: str) -> pd.DataFrame:
    """The rows below the header. Raises DataError for rows that have more or fewer cells."""
    try:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(FOR_PARQUET, name="pyarrow") from error
    ragged: list[Any] = []

    def note(row: Any) -> str:
        ragged.append(row)
        return "skip"

    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # else rows have no numbers
                column_names=[f"{place}" for place in range(columns)],
                skip_rows=0,
                skip_rows_after_names=int(header),
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values='"' in text, invalid_row_handler=note
            ),
            convert_options=arrow_csv.ConvertOptions(
                decimal_point=decimal, strings_can_be_null=True, null_values=list(MISSING)
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(f"The file can't be read as CSV: {shown(str(error).splitlines()[0])}.") from None
    if ragged:
        raise DataError(_told(ragged, columns, table.num_rows))
    frame: pd.DataFrame = table.to_pandas()
    return frame.apply(_without_placeholders, decimal=decimal)


MISSING = ("", "NA", "N/A", "n/a", "nan", "NaN", "NAN", "null", "NULL", "None", "#N/A")
PLACEHOLDERS = ("-", "?")  # that stand for a missing value among numbers, and are words among words


def _without_placeholders(column: "pd.Series[Any]", decimal: str) -> "pd.Series[Any]":
    """A column of numbers that was taken for text because of PLACEHOLDERS in it, as numbers; any other as it is."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return column
    texts = column.astype("string").str.strip()
    marks = texts.isin(PLACEHOLDERS)
    told = texts[~marks].dropna()
    if not marks.any() or told.empty:
        return column
    numbers = pd.to_numeric(told.str.replace(decimal, ".", regex=False), errors="coerce")
    return numbers.astype(float).reindex(column.index) if numbers.notna().all() else column


def _told(ragged: list[Any], columns: int, fitting: int) -> str:
    first = ragged[0]
    where = f"Row {first.number:,} has" if first.number else "A row has"
    others = f" {counted(len(ragged) - 1, 'other row')} do not fit either." if len(ragged) > 1 else ""
    hint = " Is a comma part of a text? Then put the text in quotes." if first.actual_columns > columns else ""
    return (
        f"{where} {counted(first.actual_columns, 'cell')}, and {columns} are expected: {shown(first.text)}.{others}"
        f"{hint} Nothing was read; {counted(fitting, 'row')} would fit."
    )


def _renamed(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """With these names, stripped; a missing one is made of the column's place. Raises DataError for a double one."""
    told = [" ".join(name.replace("\ufeff", "").split()) or f"column {place}" for place, name in enumerate(names, 1)]
    double = next((name for name in told if told.count(name) > 1), None)
    if double is not None:
        raise DataError(f"Two columns are called {shown(double)}. Give each column a name of its own.")
    frame.columns = pd.Index(told)
    return frame
