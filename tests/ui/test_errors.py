"""What is wrong is said beside the control that it is about, as an error, in the words of the page."""

import pytest
from streamlit.testing.v1 import AppTest

from bilstm_core.engine import cost
from bilstm_core.settings import FIELDS, plain


def train_controls() -> None:
    from ui import controls

    controls.train_controls("Train")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("timesteps", 201, "Timesteps must be a whole number from 1 to 200, not 201."),
        ("units", 1.5, "Units must be a whole number from 1 to 256, not 1.5."),
        ("threshold", 1.0, "Threshold (share of timesteps) must be above 0 and below 1, not 1."),
        ("sequences_per_epoch", 0, "Sequences per epoch must be a whole number from 1 to 100,000, not 0."),
        ("learning_rate", 2.0, "Learning rate must be a number from 0.000001 to 1, not 2."),
        ("seed", -1, "Seed (start) must be a whole number from 0 to 2,147,483,647, not -1."),
    ],
)
def test_a_value_that_is_not_allowed_is_an_error_with_the_settings_label(name: str, value: float, said: str) -> None:
    assert FIELDS[name].complaint(plain(float(value))) == said
    page = AppTest.from_function(train_controls, default_timeout=60)
    page.session_state[f"Train.{name}"] = value
    page.run()
    assert not page.exception
    assert said in [each.value for each in page.error]
    assert {each.icon for each in page.error} == {":material/error:"}


def test_a_float_is_taken_as_people_write_it() -> None:
    assert plain(0.1 + 0.2) == 0.3
    assert plain(7.0) == 7
    assert isinstance(plain(7.0), int)
    assert plain("x") == "x"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 second"),
        (60, "1 minute"),
        (61, "61 seconds"),
        (120, "2 minutes"),
        (900, "15 minutes"),
        (7_300, "2 hours"),
    ],
)
def test_a_time_is_told_as_people_say_it(seconds: float, said: str) -> None:
    assert cost.lasting(seconds) == said
