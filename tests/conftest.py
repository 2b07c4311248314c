"""Settings that TensorFlow reads when it is imported, and which tests share a process."""

import os
import tempfile
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import script_runner
from xdist.scheduler import LoadFileScheduling

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

_store = tempfile.TemporaryDirectory(prefix="bilstm-tests-", ignore_cleanup_errors=True)
# forced, for all child processes too: a developer's own store is neither read nor written
os.environ["BILSTM_STORE"] = _store.name
os.environ["XDG_CACHE_HOME"] = f"{_store.name}/cache"


class ByFile(LoadFileScheduling):
    """The tests of a file stay in one process, and so do the files of one of the browser's groups."""

    def _split_scope(self, nodeid: str) -> str:
        return _browser(nodeid) or super()._split_scope(nodeid)


@pytest.fixture(autouse=True)
def _no_keras_in_the_pages_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit has Keras clear its session after every run of a page, up to a second each, if Keras is imported.

    In the app's process it never is (test_pages.py holds that); in that of these tests it is, by others of them.
    """
    monkeypatch.setattr(script_runner, "_clean_problem_modules", lambda: None)


FIRST = ("test_replay", "test_train", "test_overview", "test_static")  # of the browser's files, by one process


def _browser(nodeid: str) -> str:
    """The group of a browser's test, whose files share an app; empty for other tests."""
    if "/browser/" not in nodeid:
        return ""
    return "first" if any(name in nodeid for name in FIRST) else "second"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's two groups first, one in each of two processes: the rest is many files, that fill what is left.

    An order that is asked for is made afterwards.
    """
    items.sort(key=lambda item: ("first", "second", "").index(_browser(item.nodeid)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)
