"""What pages need is imported once, in a thread, and a light page does not wait for it."""

import json
import subprocess
import sys
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
        return SimpleNamespace(jobs=lambda: self.started.append("jobs"), tell=lambda: self.started.append("tell"))


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
    assert importer.names == [*imports.HEAVY, "ui.services", "ui.hosting.startup"]
    assert importer.started == ["jobs", "tell"], "a first training waits less"


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


def test_sessions_that_come_at_once_import_one_after_the_other(importer: Importer) -> None:
    sessions = [threading.Thread(target=imports.ready, kwargs={"light": False}) for _ in range(3)]
    for session in sessions:
        session.start()
    importer.free.set()
    for session in sessions:
        session.join(10)
    assert importer.names == [*imports.LIGHT, *imports.HEAVY] * 3, "never two at a time"


def test_a_page_is_run_though_something_cannot_be_imported(importer: Importer) -> None:
    importer.missing = imports.HEAVY[0]
    importer.free.set()
    imports.ready(light=False)
    assert importer.names == [*imports.LIGHT]


@pytest.mark.long
def test_pages_import_nothing_that_was_not_imported_in_one_thread() -> None:
    asked = """
import ast, importlib, json, sys
from importlib.util import find_spec
from pathlib import Path
from ui import imports
for name in (*imports.LIGHT, *imports.HEAVY):
    importlib.import_module(name)
names = set()
for page in Path("pages").glob("*.py"):
    for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
ours = {name for name in names if name.startswith(("ui", "bilstm_core"))}
modules = {name for name in ours if name in sys.modules or Path(*name.split(".")).with_suffix(".py").exists()}
print(json.dumps([len(modules), sorted(modules - set(sys.modules))]))
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=120)
    count, missing = json.loads(done.stdout.splitlines()[-1])
    assert count > 30
    assert missing == []
