"""How much of a visitor's own data is taken, and the sentences in which data are refused."""

from typing import Any

import pandas as pd

MAX_FILE = 50_000_000  # bytes
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_FEATURES = 256
MAX_CLASSES = 50
MAX_TIMESTEPS = 200
MAX_CATEGORIES = 64  # values of a text column that become features
FEWEST_SEQUENCES = 8
LONGEST = 40  # characters of a person's text in a sentence


class DataError(ValueError):
    """Data that can't be taken: a sentence that says what is wrong and what to do."""


def shown(value: Any) -> str:
    """A cell or a column's name as a sentence quotes it: short, on one line."""
    number = isinstance(value, float) and value.is_integer()
    text = " ".join(str(int(value) if number else value).split())
    return f"\u201c{text if len(text) <= LONGEST else text[:LONGEST] + '…'}\u201d"


def counted(number: int, thing: str) -> str:
    """A number of things."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def named(rows: "list[int] | pd.Index[Any]", most: int = 5) -> str:
    """Rows of the file, the first few of them."""
    listed = [f"{int(row):,}" for row in list(rows)[:most]]
    further = f" and {len(rows) - len(listed):,} more" if len(rows) > len(listed) else ""
    return f"row{'' if len(rows) == 1 else 's'} {', '.join(listed)}{further}"


def check_size(size: int) -> None:
    """Raise DataError if a file of so many bytes is empty, or larger than is taken."""
    if size == 0:
        raise DataError("The file is empty. Choose one with a row for each timestep, or one for each sequence.")
    if size > MAX_FILE:
        raise DataError(
            f"The file has {size / 1e6:,.0f} MB, and at most {MAX_FILE / 1e6:,.0f} MB are taken. Bring a part of its"
            " sequences."
        )


def check_shape(rows: int, columns: int) -> None:
    """Raise DataError if a table has no rows, or more of anything than is taken."""
    if rows == 0:
        raise DataError("The file has a header and no rows below it. There must be data to learn from.")
    if rows > MAX_ROWS:
        raise DataError(
            f"The file has {rows:,} rows, and at most {MAX_ROWS:,} are taken. Bring a part of its sequences."
        )
    if columns > MAX_COLUMNS:
        raise DataError(
            f"The file has {columns:,} columns, and at most {MAX_COLUMNS} are taken. Leave out those that say little."
        )
