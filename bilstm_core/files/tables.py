"""Tables as CSV, for spreadsheets too, and as Parquet.

A spreadsheet takes a text that begins with = + - @, a tab or a line's end for a formula, and carries it out. Such texts
get an apostrophe before them, column names too; numbers stay numbers, and so does a text that is one.
"""

import io
import re
from typing import Any

import pandas as pd

from bilstm_core.extras import FOR_PARQUET
from bilstm_core.files.text import visible

FORMULA = re.compile(r"[ \u00a0\ufeff]*[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: a text that begins like one is set behind an apostrophe."""
    if not isinstance(value, str):
        return value
    harmless = not FORMULA.match(value) or NUMBER.fullmatch(value)
    return visible(value if harmless else f"'{value}")


def csv(frame: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8, without its index; numbers in full, a missing one as an empty cell.

    It begins with a byte order mark, by which Excel knows UTF-8; pandas and R's readr skip it, and Python's `csv` wants
    encoding="utf-8-sig".
    """
    safe = frame.copy()
    for place, kind in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            cells = frame.iloc[:, place].astype(object).map(safe_cell)
            safe.isetitem(place, cells.array)
    safe.columns = pd.Index([safe_cell(str(name)) for name in frame.columns])
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def parquet(frame: pd.DataFrame) -> bytes:
    """The table as Parquet, without its index: types and all digits are kept, and texts as they are.

    A column in which texts and numbers are mixed becomes one of texts. Raises ModuleNotFoundError, with a sentence,
    where pyarrow is not installed.
    """
    plain = frame.copy()
    plain.columns = pd.Index([str(name) for name in frame.columns])
    for place, kind in enumerate(plain.dtypes):
        column = plain.iloc[:, place]
        if pd.api.types.is_object_dtype(kind) and len({type(value) for value in column.dropna()}) > 1:
            plain.isetitem(place, column.map(str, na_action="ignore").array)
    buffer = io.BytesIO()
    try:
        plain.to_parquet(buffer, engine="pyarrow", index=False)
    except ImportError as error:
        raise ModuleNotFoundError(FOR_PARQUET, name="pyarrow") from error
    return buffer.getvalue()
