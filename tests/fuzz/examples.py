"""How many examples are tried: few with the other tests, and with `make fuzz` as many as FUZZ_EXAMPLES says."""

import os
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, settings

FEW = 200
T = TypeVar("T")


def examples(few: int = FEW) -> int:
    """How many examples are tried. few: without `make fuzz`"""
    return int(os.environ.get("FUZZ_EXAMPLES", few))


def many(few: int = FEW) -> settings:
    """Hypothesis's settings for so many examples."""
    return settings(
        max_examples=examples(few), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


def value_or_sentence(make: Callable[[], T], begin: str = "") -> T | None:
    """What is made, or None where it is refused in a sentence. begin: what stands before the sentence on a page"""
    try:
        return make()
    except ValueError as error:
        sentence = begin + str(error)
    assert is_sentence(sentence), sentence
    return None


def is_sentence(text: str) -> bool:
    """Whether a person can be shown this: it has words, ends as a sentence, and is no page of its own."""
    return " " in text and text.rstrip().endswith((".", "?")) and len(text) < 1_000
