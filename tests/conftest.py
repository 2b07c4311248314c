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


class OneBrowser(LoadFileScheduling):
    """The tests of a file stay in one process, and all that drive the browser in one: they share an app."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if "/browser/" in nodeid else super()._split_scope(nodeid)


@pytest.fixture(autouse=True)
def _no_keras_in_the_pages_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit has Keras clear its session after every run of a page, up to a second each, if Keras is imported.

    In the app's process it never is (test_pages.py holds that); in that of these tests it is, by others of them.
    """
    monkeypatch.setattr(script_runner, "_clean_problem_modules", lambda: None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests first, which take longest; an order that is asked for is made afterwards."""
    items.sort(key=lambda item: "/browser/" not in item.nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser:
    return OneBrowser(config, log)
