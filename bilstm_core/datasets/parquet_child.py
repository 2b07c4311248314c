"""Parquet, read in a process of its own: a file says itself how large it is, and may lie.

Run as a script it takes the file and writes the table as an Arrow stream. Whoever forges a file can have this process
crash, hang or grow, and no other. It imports nothing of this project, and the file never lies on a disk.
"""

import io
import os
import subprocess
import sys

import pandas as pd

TIMEOUT_S = 20.0
MEMORY = 1_500_000_000  # bytes of addresses
MAX_ROWS, MAX_COLUMNS = 200_000, 500  # as in bounds.py, and one row more is written, so that it is told there
MAX_BYTES = 200_000_000  # of the table in memory
TOO_LARGE = 3  # how the process ends
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

    frame: pd.DataFrame = pa.ipc.open_stream(done.stdout).read_pandas()
    return frame.reset_index(drop=True)


def _answer() -> None:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # another system; the time is limited all the same
    try:
        file = parquet.ParquetFile(io.BytesIO(sys.stdin.buffer.read()))
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
        with pa.ipc.new_stream(sys.stdout.buffer, file.schema_arrow) as stream:
            for batch in batches:
                stream.write_batch(batch)
    except MemoryError:
        sys.exit(TOO_LARGE)


if __name__ == "__main__":
    _answer()
