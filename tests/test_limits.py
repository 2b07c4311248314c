"""Each limit is read from its variable, and whatever that says, the app has a value."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bilstm_core.limits import Limits

NUMBERS = [each for each in fields(Limits) if type(each.default) is int]
VARIABLES = [each.metadata["name"] for each in fields(Limits)]


@pytest.mark.parametrize("limit", NUMBERS, ids=lambda limit: limit.name)
def test_a_limit_is_what_its_variable_says_within_its_range(limit: object) -> None:
    name, least, most = (limit.metadata[key] for key in ("name", "least", "most"))  # type: ignore[attr-defined]
    for number in (least, most):
        limits, sentences = Limits.of({name: f" {number} "})
        assert (getattr(limits, limit.name), sentences) == (number, ())  # type: ignore[attr-defined]
    for text in (str(least - 1), str(most + 1), "many", "1.5", "-3", "1e3", "٣", "9" * 5_000):
        limits, (sentence,) = Limits.of({name: text})
        assert getattr(limits, limit.name) == limit.default  # type: ignore[attr-defined]
        assert sentence == (
            f"{name} must be a whole number from {least:,} to {most:,}, not {text[:40]!r}."
            f" Until then it is {limit.default:,}."  # type: ignore[attr-defined]
        )


def test_an_empty_variable_sets_nothing() -> None:
    assert Limits.of(dict.fromkeys(VARIABLES, " ")) == (Limits(), ())


def test_a_variable_that_is_misspelt_is_named() -> None:
    assert Limits.of({"BILSTM_PEPLE": "5", "BILSTM_STORE": "/x", "BILSTM_SCRATCH": "/y", "HOME": "/"})[1] == (
        "BILSTM_PEPLE is no setting of this app; docs/hosting.md lists them.",
    )


@pytest.mark.parametrize(
    "text", ["*", "'none'", "'self' https://moodle.example.org", "https://*.example.org:8443  http://a.b:*"]
)
def test_who_may_frame_is_a_list_of_addresses(text: str) -> None:
    assert Limits.of({"BILSTM_FRAME_ANCESTORS": text})[0].frame_ancestors == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["moodle.example.org", "https://a; script-src *", "https://a,https://b", "'none' *", "https://a/path", "x\ny"],
)
def test_what_would_be_another_directive_is_refused(text: str) -> None:
    limits, (sentence,) = Limits.of({"BILSTM_FRAME_ANCESTORS": text})
    assert limits.frame_ancestors == ""
    assert sentence.startswith("BILSTM_FRAME_ANCESTORS must be addresses such as")


def test_the_status_is_off_unless_it_is_asked_for() -> None:
    assert [Limits.of({"BILSTM_STATUS": text})[0].status for text in ("", "0", "1", "yes")] == [
        False,
        False,
        True,
        False,
    ]


@given(some.dictionaries(some.sampled_from(VARIABLES), some.text(max_size=30)))
def test_whatever_an_environment_says_there_are_limits_and_a_sentence_for_each_other_value(
    texts: dict[str, str],
) -> None:
    limits, sentences = Limits.of(texts)
    assert len(sentences) <= len(texts)
    for limit in NUMBERS:
        assert limit.metadata["least"] <= getattr(limits, limit.name) <= limit.metadata["most"]
