import numpy as np
import pytest

from bilstm_core.editing import parse_values


def test_values_may_be_separated_in_any_usual_way() -> None:
    assert np.allclose(parse_values("0.1, 0.2;0.3\n .4", 4), [0.1, 0.2, 0.3, 0.4])
    assert np.allclose(parse_values("[[0.1], [0.2]]", 2), [0.1, 0.2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.1 two", "Value 2, 'two', is not a number"),
        ("0.1 1.0", "Value 2 must be at least 0 and less than 1, not 1"),
        ("0.1 0.999999999999", "Value 2 must be"),
        ("-0.1 0.5", "Value 1 must be"),
        ("nan 0.5", "Value 1 must be"),
        ("0.5", "needs 2 values, and this has 1"),
        ("", "this has 0"),
    ],
)
def test_other_values_are_refused_with_a_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_values(text, 2)
