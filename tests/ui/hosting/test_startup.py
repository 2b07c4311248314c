"""What does not fit is told in one line as the app starts; where all fits, nothing is."""

import logging
from importlib import metadata
from pathlib import Path

import pytest

from bilstm_core import limits
from ui.hosting import startup


def test_this_machine_fits() -> None:
    assert startup.python_complaints() == []
    assert startup.package_complaints() == []
    assert startup.memory_complaints(2_700_000_000) == []


def test_all_that_does_not_fit_stands_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(startup, "python_complaints", lambda: ["No Python."])
    monkeypatch.setattr(startup, "memory_complaints", lambda: ["No memory."])
    monkeypatch.setattr(limits, "problems", lambda: ("No limit.",))
    with caplog.at_level(logging.WARNING):
        startup.tell()
    assert [record.getMessage() for record in caplog.records] == [
        "BiLSTM Explorer, at its start: No Python. No memory. No limit."
    ]
    caplog.clear()
    monkeypatch.setattr(startup, "complaints", list)
    startup.tell()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("version", "fits"), [("3.10.9", False), ("3.11.0", True), ("3.13.5", True), ("3.14.0", False)]
)
def test_another_python_is_named(version: str, fits: bool) -> None:
    sentences = startup.python_complaints(version=version)
    assert [sentence.split(",")[0] for sentence in sentences] == ([] if fits else [f"This is Python {version}"])


def test_packages_of_other_versions_and_missing_ones_are_named_and_markers_count(tmp_path: Path) -> None:
    keras = metadata.version("keras")
    pins = [
        "keras==1.0",
        "no-such-package==2",
        "plotly==999 ; sys_platform == 'no'",
        f"numpy=={metadata.version('numpy')}",
    ]
    (tmp_path / "requirements.txt").write_text("\n".join(pins))
    assert startup.package_complaints(tmp_path) == [
        f"Packages differ from requirements.txt (keras is {keras}, not 1.0, no-such-package is missing):"
        " pip install -r requirements.txt mends that."
    ]
    (tmp_path / "requirements.txt").write_text("\n".join(f"no-such-package-{number}==1" for number in range(9)))
    assert ", and 5 more)" in startup.package_complaints(tmp_path)[0]


def test_too_little_memory_for_tensorflow_is_told_unless_others_train(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    assert startup.memory_complaints(690_000_000) == [
        "There are 690 MB of memory, and training needs about 1,429 MB: only recorded results can be shown."
    ]
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://elsewhere:8786")
    assert startup.memory_complaints(690_000_000) == []


def test_a_copy_without_these_files_is_not_complained_of(tmp_path: Path) -> None:
    assert startup.python_complaints(tmp_path, "2.7") == []
    assert startup.package_complaints(tmp_path) == []
