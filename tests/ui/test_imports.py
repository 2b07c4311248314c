"""What pages need is imported once, in a thread, and a light page does not wait for it."""

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from ui import imports


class Importer:
    """Stands for importlib: notes what is imported, once it is let to."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.started: list[str] = []
        self.free, self.missing = threading.Event(), ""

    def import_module(self, name: str) -> Any:
        self.free.wait(10)
        if name == self.missing:
            raise ImportError(name)
        self.names.append(name)
        return SimpleNamespace(jobs=lambda: self.started.append("jobs"))


@pytest.fixture
def importer(monkeypatch: pytest.MonkeyPatch) -> Importer:
    importer = Importer()
    monkeypatch.setattr(imports, "importlib", importer)
    monkeypatch.setattr(imports, "_begun", threading.Event())
    monkeypatch.setattr(imports, "_over", threading.Event())
    return importer


def test_what_pages_need_is_imported_once_however_often_it_is_asked_for(importer: Importer) -> None:
    for _ in range(3):
        imports.begin(0.0)
    assert not imports.over()
    importer.free.set()
    assert imports._over.wait(10)
    imports.begin(0.0)
    time.sleep(0.05)
    assert importer.names == [*imports.HEAVY, "ui.services"]
    assert importer.started == ["jobs"], "a first training waits less"


def test_a_page_that_comes_first_does_not_wait_for_the_servers_turn(importer: Importer) -> None:
    importer.free.set()
    imports.begin(1_000.0)
    time.sleep(0.05)
    assert (importer.names, imports.over()) == ([], False)
    imports.begin(0.0)
    assert imports._over.wait(10)


def test_what_cannot_be_imported_keeps_no_page_waiting(importer: Importer) -> None:
    importer.missing = imports.HEAVY[0]
    importer.free.set()
    imports.begin(0.0)
    assert imports._over.wait(10)
