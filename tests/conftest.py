"""Settings that TensorFlow reads when it is imported, and which tests share a process."""

import functools
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
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


@pytest.hookimpl(tryfirst=True)  # an order that is asked for is made afterwards
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests first, which take longest, then those that run pages, then the rest.

    Once TensorFlow is in a process, Streamlit has Keras clear its session after every run of a page: up to a second.
    """
    items.sort(key=lambda item: 0 if "/browser/" in item.nodeid else 1 if _runs_pages(item.path) else 2)


@functools.cache
def _runs_pages(path: Path) -> bool:
    return "AppTest" in path.read_text(encoding="utf-8")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser:
    return OneBrowser(config, log)
