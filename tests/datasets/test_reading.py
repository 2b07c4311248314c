"""Whatever file comes: a table, or a sentence that says what is wrong and what to do."""

import gzip
import io
import struct
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from bilstm_core.datasets import bounds, parquet_child
from bilstm_core.datasets.bounds import DataError
from bilstm_core.datasets.columns import guess
from bilstm_core.datasets.preparing import prepare
from bilstm_core.datasets.reading import read_table
from bilstm_core.datasets.sequences import sequences_of
from tests.datasets.tables import csv, long_table

FRAME = long_table()


def as_parquet(frame: pd.DataFrame, **how: object) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, **how)
    return buffer.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(DataError) as caught:
        read_table(data)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    return sentence


@pytest.mark.parametrize(
    "write",
    [
        csv,
        as_parquet,
        lambda frame: csv(frame, sep=";"),
        lambda frame: csv(frame, sep="\t"),
        lambda frame: csv(frame, sep="|"),
        lambda frame: csv(frame, sep=";", decimal=","),
        lambda frame: csv(frame, lineterminator="\r\n"),
        lambda frame: b"\xef\xbb\xbf" + csv(frame),
        lambda frame: csv(frame).decode().encode("utf-16"),
    ],
    ids=["csv", "parquet", "semicolons", "tabs", "bars", "decimal commas", "Windows", "BOM", "UTF-16"],
)
def test_every_usual_kind_of_file_is_the_same_table(write: Callable[[pd.DataFrame], bytes]) -> None:
    table = read_table(write(FRAME))
    pd.testing.assert_frame_equal(table.frame, FRAME, check_dtype=False)


def test_latin_1_is_read_and_said() -> None:
    frame = FRAME.assign(label=FRAME["label"].replace("high", "größer"))
    table = read_table(csv(frame).decode().encode("latin-1"))
    assert table.notes == ("The file is not UTF-8, so it was read as Latin-1.",)
    assert set(table.frame["label"]) == {"größer", "low"}


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"])
@pytest.mark.parametrize("column", ["x", "label"])
def test_a_cell_that_says_nothing_is_missing(cell: str, column: str) -> None:
    lines = csv(FRAME).decode().splitlines()
    cells = lines[3].split(",")
    cells[list(FRAME.columns).index(column)] = cell
    frame = read_table("\n".join([*lines[:3], ",".join(cells), *lines[4:]]).encode()).frame
    assert frame[column].isna().tolist() == [row == 2 for row in range(len(FRAME))]


@pytest.mark.parametrize("mark", ["-", "?"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_a_dash_or_a_question_mark_is_a_word_among_words_and_missing_among_numbers(mark: str, decimal: str) -> None:
    frame = FRAME.astype({"x": object})
    frame.loc[[0, 5], "label"] = mark
    frame.loc[3, "x"] = mark
    table = read_table(csv(frame, sep=";").replace(b".", decimal.encode())).frame
    assert table["label"].tolist() == frame["label"].tolist()
    assert table["x"].isna().tolist() == [row == 3 for row in range(len(FRAME))]
    np.testing.assert_allclose(table["x"].drop(index=3), FRAME["x"].drop(index=3))


def test_a_minus_before_a_number_is_no_dash() -> None:
    assert read_table(csv(FRAME.assign(x=-FRAME["x"]))).frame["x"].max() < 0


def test_a_semicolon_in_the_place_of_a_comma_is_said() -> None:
    assert "semicolons" in read_table(csv(FRAME, sep=";")).notes[0]


def test_a_file_without_header_keeps_its_first_row() -> None:
    numbers = FRAME.assign(label=(FRAME["label"] == "high").astype(int))
    table = read_table(csv(numbers, header=False))
    assert len(table.frame) == len(FRAME)
    assert list(table.frame.columns) == ["column 1", "column 2", "column 3", "column 4"]
    assert table.first_row == 1
    assert "first row holds numbers" in table.notes[0]


@pytest.mark.parametrize(("row", "cells"), [("7,8", "2 cells"), ("7,8,9,10,11", "5 cells")])
def test_a_ragged_row_is_named(row: str, cells: str) -> None:
    lines = csv(FRAME).decode().splitlines()
    lines[4] = row
    sentence = refused("\n".join(lines).encode())
    assert sentence.startswith(f"Row 5 has {cells}, and 4 are expected")


def test_a_separator_that_is_none_is_said() -> None:
    assert "Separate the columns by commas" in refused(csv(FRAME, sep=" "))


@pytest.mark.parametrize("data", [b"", b" \n \n"])
def test_an_empty_file_is_said(data: bytes) -> None:
    assert refused(data).startswith("The file is empty.")


def test_a_header_alone_is_said() -> None:
    assert "no rows below it" in refused(b"sequence,t,x,label\n")


def test_two_columns_of_one_name_are_said() -> None:
    assert "Two columns are called “x”" in refused(b"x,x,label\n1,2,a\n3,4,b\n")


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\x00", gzip.compress(b"a,b\n1,2\n", mtime=0), b"PK\x03\x04\x00\x00"]
)
def test_what_is_no_table_is_said(data: bytes) -> None:
    assert refused(data).startswith("The file is neither CSV nor Parquet.")


def test_300_megabytes_are_refused_before_they_are_read() -> None:
    begin = time.perf_counter()
    sentence = refused(bytes(300_000_000))
    assert time.perf_counter() - begin < 0.5
    assert sentence.startswith("The file has 300 MB, and at most 50 MB are taken.")


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (pd.DataFrame({"t": np.arange(bounds.MAX_ROWS + 1), "x": 1}), "at most 200,000"),
        (pd.DataFrame({f"x{n}": [1, 2] for n in range(bounds.MAX_COLUMNS + 1)}), "at most 500"),
    ],
    ids=["rows", "columns"],
)
@pytest.mark.parametrize("write", [csv, as_parquet])
def test_past_a_limit_a_sentence_says_it(
    frame: pd.DataFrame, told: str, write: Callable[[pd.DataFrame], bytes]
) -> None:
    assert told in refused(write(frame)) or write is as_parquet


def forged(data: bytes, number: int, told: int) -> bytes:
    """A Parquet file whose footer says `told` wherever it said `number`, in as many bytes."""
    length = struct.unpack("<I", data[-8:-4])[0]
    body, footer = data[: -8 - length], data[-8 - length : -8]
    said = varint(2 * number)  # signed numbers are in zigzag
    assert said in footer
    return body + footer.replace(said, varint(2 * told, len(said))) + data[-8:]


def varint(number: int, least: int = 1) -> bytes:
    groups = [number >> shift & 127 for shift in range(0, max(number.bit_length(), 7 * least), 7)]
    return bytes([*(group | 128 for group in groups[:-1]), groups[-1]])


def zeros() -> bytes:
    """A small Parquet file of 320 MB of zeros."""
    buffer = io.BytesIO()
    table = pa.table({"x": pa.array(np.zeros(40_000_000))})
    parquet.write_table(table, buffer, compression="zstd", use_dictionary=False, row_group_size=40_000_000)
    return buffer.getvalue()


def test_a_parquet_file_that_unpacks_to_very_much_is_refused_whatever_it_says_of_its_size() -> None:
    data = zeros()
    assert len(data) < 1_000_000
    assert refused(data) == parquet_child.LARGE
    unpacked = parquet.ParquetFile(io.BytesIO(data)).metadata.row_group(0).total_byte_size
    lying = forged(data, unpacked, 1_000)
    assert parquet.ParquetFile(io.BytesIO(lying)).metadata.row_group(0).total_byte_size == 1_000
    assert refused(lying) == "The file has 210,000 rows, and at most 200,000 are taken. Bring a part of its sequences."


@pytest.mark.parametrize("rows", [1, 100, 127, 133, 1_000])
@pytest.mark.parametrize("how", [{}, {"compression": "zstd"}, {"data_page_version": "2.0"}, {"use_dictionary": False}])
def test_a_parquet_file_that_lies_about_its_rows_is_refused(rows: int, how: dict[str, object]) -> None:
    frame = long_table(sequences=26)
    data = as_parquet(frame, **how)
    assert len(read_table(data).frame) == 130
    assert refused(forged(data, 130, rows)) == parquet_child.DAMAGED


def test_a_parquet_file_of_many_pages_and_groups_is_read_whole() -> None:
    frame = long_table(sequences=200)
    data = as_parquet(frame, row_group_size=300, data_page_size=64, write_batch_size=16)
    pd.testing.assert_frame_equal(read_table(data).frame, frame, check_dtype=False)


def test_a_parquet_file_whose_column_has_no_name_that_is_text_is_refused() -> None:
    data = as_parquet(FRAME.rename(columns={"x": "velocity"}))
    assert refused(data.replace(b"velocity", b"veloc\xf5ty")) == parquet_child.DAMAGED


@pytest.mark.parametrize("cut", [5, 200, -1])
def test_a_parquet_file_that_is_cut_short_is_refused(cut: int) -> None:
    assert refused(as_parquet(FRAME)[:cut]) == parquet_child.DAMAGED


def test_the_reader_beside_stands_to_the_limits_of_the_house() -> None:
    assert (parquet_child.MAX_ROWS, parquet_child.MAX_COLUMNS) == (bounds.MAX_ROWS, bounds.MAX_COLUMNS)


def test_100_000_rows_are_ready_in_two_seconds() -> None:
    frame = long_table(sequences=2_000, timesteps=50).assign(y=0.5, z=1.5)
    for data in (csv(frame), as_parquet(frame)):
        begin = time.perf_counter()
        table = read_table(data)
        prepared = prepare(sequences_of(table, guess(table.frame)))
        assert time.perf_counter() - begin < 2
        assert len(prepared.given.x) == 100_000
