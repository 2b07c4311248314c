"""What was answered is kept in bounds, and a question that failed is asked again."""

import pytest

from bilstm_core.service import requests
from bilstm_core.service.requests import Requests


def test_the_oldest_files_give_way_and_texts_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "KEPT_BYTES", 10)
    asked = Requests()
    for name, answer in (("text", "Total params"), ("a", b"12345"), ("b", b"12345"), ("c", b"1")):
        assert asked.open(name)
        asked._end(name, answer, answered=True)
    assert [asked.answer(name) for name in ("text", "b", "c")] == ["Total params", b"12345", b"1"]
    assert asked.unanswered("a")
    assert asked.open("a")


def test_the_newest_file_stays_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "KEPT_BYTES", 10)
    asked = Requests()
    for name in ("a", "b"):
        asked.open(name)
        asked._end(name, b"x" * 20, answered=True)
    assert asked.answer("b") == b"x" * 20
    assert asked.unanswered("a")


def test_of_many_questions_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "KEPT_ANSWERS", 2)
    asked = Requests()
    for name in ("a", "b", "c"):
        asked.open(name)
    assert asked.unanswered("a")
    assert asked.answer("b") is None
