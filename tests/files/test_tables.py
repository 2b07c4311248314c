import csv as csv_module
import io

import numpy as np
import pandas as pd
import pytest

from bilstm_core.files.tables import csv, parquet, safe_cell


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-1+1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        " =1",
        "＝1",
        '=HYPERLINK("http://x")',
        "-",
    ],
)
def test_a_text_that_a_spreadsheet_would_carry_out_is_defused(cell: str) -> None:
    assert str(safe_cell(cell)).startswith("'")


@pytest.mark.parametrize("cell", ["forward", "-1.5", "+2", "1e-3", "-1e+3", "−1", "a=b", "", 3, -2.5, None])
def test_numbers_and_harmless_texts_stay(cell: object) -> None:
    assert safe_cell(cell) == cell


def test_csv_has_every_digit_and_safe_cells_and_columns() -> None:
    frame = pd.DataFrame({"=name": ["=1", 'é, "x"\x07'], "loss": [-0.1 - 0.2, np.nan], "right": [True, False]})
    data = csv(frame)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv_module.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [
        ["'=name", "loss", "right"],
        ["'=1", repr(-0.1 - 0.2), "True"],
        ['é, "x"', "", "False"],
    ]
    assert list(pd.read_csv(io.BytesIO(data)).columns) == ["'=name", "loss", "right"]
    assert list(frame.columns) == ["=name", "loss", "right"]  # it is left as it was


def test_parquet_gives_the_table_back() -> None:
    frame = pd.DataFrame({"label": ["=a", "b"], "loss": np.array([0.1, np.nan], np.float32), "updates": [1, 2]})
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(parquet(frame))), frame)


def test_parquet_takes_columns_of_mixed_kinds_and_numbered_names() -> None:
    frame = pd.DataFrame({"needed": [12, "more than 1,000", None], 3: [1, 2, 3]}, dtype=object)
    back = pd.read_parquet(io.BytesIO(parquet(frame)))
    assert list(back.columns) == ["needed", "3"]
    assert back["needed"].tolist()[:2] == ["12", "more than 1,000"]


def test_tables_may_have_two_columns_of_one_name() -> None:
    frame = pd.DataFrame([["=1", "=2"]], columns=["a", "a"])
    assert b"'=1,'=2" in csv(frame)
