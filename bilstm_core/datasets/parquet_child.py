"""Parquet, read in a process of its own: a file says itself how large it is, and may lie.

Run as a script it takes the file and writes the table as an Arrow stream. Whoever forges a file can have this process
crash, hang or grow, and no other. It imports nothing of this project, and the file never lies on a disk.

A file whose footer tells of fewer rows than its pages have is read without a fault, and its last rows are lost. So the
headers of the pages are counted, too. That is a best effort: only their plain form is known here, and what can't be
parsed is taken as the footer has it. Then rows may be missing, and nothing says so; no more is taken than is allowed.
"""

import io
import os
import subprocess
import sys
from typing import Any

import pandas as pd

TIMEOUT_S = 20.0
MEMORY = 1_500_000_000  # bytes of addresses
MAX_ROWS, MAX_COLUMNS = 200_000, 500  # as in bounds.py, and one row more is written, so that it is told there
MAX_BYTES = 200_000_000  # of the table in memory
TOO_LARGE = 3  # how the process ends
STRUCT, BINARY, BOOLEANS, INTEGERS = 12, 8, (1, 2), (4, 5, 6)  # types of fields in Thrift's compact protocol
TYPE, COMPRESSED_SIZE, COUNT = 1, 3, 1  # of a page's header, and of the part that says how many values it has
DATA_PAGES = {0: 5, 3: 8}  # by the type of a page, the field of that part
DAMAGED = "The Parquet file can't be read: it is damaged, or not what it says it is. Write it again, or save it as CSV."
LARGE = (
    f"The Parquet file unpacks to more than {MAX_BYTES / 1e6:,.0f} MB, which is the most that is taken. Bring a part of"
    " its sequences."
)


def read(data: bytes) -> pd.DataFrame:
    """The table in a file. Raises DataError, with a sentence."""
    from bilstm_core.datasets.bounds import DataError

    try:
        done = subprocess.run(
            [sys.executable, "-P", __file__],
            input=data,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env=os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"},
        )
    except (subprocess.SubprocessError, OSError):
        raise DataError(DAMAGED) from None
    if done.returncode == TOO_LARGE:
        raise DataError(LARGE)
    if done.returncode:
        raise DataError(DAMAGED)
    import pyarrow as pa

    try:
        frame: pd.DataFrame = pa.ipc.open_stream(done.stdout).read_pandas()
    except (pa.ArrowException, ValueError, TypeError, LookupError, AttributeError):  # of names, or what pandas noted
        raise DataError(DAMAGED) from None
    return frame.reset_index(drop=True)


def _fields(data: bytes, at: int) -> tuple[dict[int, Any], int]:
    """A struct in Thrift's compact protocol, as the header of a page is: its fields by number, and where it ends.

    Raises ValueError for a field of another type than pages have, and IndexError where the file ends before it.
    """

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte, at = data[at], at + 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    found: dict[int, Any] = {}
    field = 0
    while data[at]:
        kind, step = data[at] & 15, data[at] >> 4
        at += 1
        field = field + step if step else _signed(number())
        if kind == STRUCT:
            found[field], at = _fields(data, at)
        elif kind in BOOLEANS:
            found[field] = kind
        elif kind in INTEGERS:
            found[field] = _signed(number())
        elif kind == BINARY:
            length = number()
            at += length
        else:
            raise ValueError("a page's header has no such field")
    return found, at + 1


def _signed(number: int) -> int:
    """A number that is written in zigzag."""
    return number >> 1 ^ -(number & 1)


def _values_in(data: bytes, column: Any) -> int:
    """How many values the pages of a column chunk have, whatever the footer says.

    Raises LookupError, ValueError or TypeError where they can't be parsed.
    """
    first = column.dictionary_page_offset or column.data_page_offset
    at, end, count = first, first + column.total_compressed_size, 0
    while at < end:
        page, at = _fields(data, at)
        count += page[DATA_PAGES[page[TYPE]]][COUNT] if page[TYPE] in DATA_PAGES else 0
        at += max(0, page[COMPRESSED_SIZE])
    return count


def _has_more(data: bytes, said: Any) -> bool:
    """Whether a column has more values than the file says; a column whose pages can't be parsed counts as honest."""
    for number in range(said.num_row_groups):
        group = said.row_group(number)
        for place in range(group.num_columns):
            try:
                more = _values_in(data, group.column(place)) > group.column(place).num_values
            except (ValueError, LookupError, TypeError):
                continue
            if more:
                return True
    return False


def _answer() -> None:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # another system; the time is limited all the same
    try:
        data = sys.stdin.buffer.read()
        file = parquet.ParquetFile(io.BytesIO(data))
        said = file.metadata
        unpacked = sum(said.row_group(number).total_byte_size for number in range(said.num_row_groups))
        if said.num_columns > MAX_COLUMNS or unpacked > MAX_BYTES:
            sys.exit(TOO_LARGE)
        batches, rows, size = [], 0, 0
        for batch in file.iter_batches(batch_size=10_000):
            rows, size = rows + batch.num_rows, size + batch.nbytes
            if size > MAX_BYTES:
                sys.exit(TOO_LARGE)
            batches.append(batch)
            if rows > MAX_ROWS:
                break
        if rows <= MAX_ROWS and rows != said.num_rows:
            sys.exit("it says another number of rows")
        if rows <= MAX_ROWS and _has_more(data, said):
            sys.exit("it has more rows than it says")
        with pa.ipc.new_stream(sys.stdout.buffer, file.schema_arrow) as stream:
            for batch in batches:
                stream.write_batch(batch)
    except MemoryError:
        sys.exit(TOO_LARGE)


if __name__ == "__main__":
    _answer()
