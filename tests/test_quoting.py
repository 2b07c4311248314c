import pytest

from bilstm_core.quoting import MOST, quoted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1_000, "1,000"),
        ("1000", "'1000'"),
        (True, "True"),
        (float("nan"), "nan"),
        ("x" * 58, f"'{'x' * 58}'"),
        ("x" * 59, f"'{'x' * 59}…"),
        (10**MOST - 1, ("999," * 20)[:MOST] + "…"),
        (10**MOST, "a number of more than 60 digits"),
        pytest.param(-(10**5_000), "a number of more than 60 digits", id="huge"),
        ([10**5_000], "a list"),
    ],
)
def test_whatever_is_refused_is_quoted_short(value: object, shown: str) -> None:
    assert quoted(value) == shown
