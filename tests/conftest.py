"""Settings that TensorFlow reads when it is imported, and which tests share a process."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests are spread over processes, those of a file stay together, and all that drive the one browser."""
    browser = Path(__file__).parent / "browser"
    for item in items:
        group = browser.name if browser in item.path.parents else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))
