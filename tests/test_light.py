"""The core alone: what `pip install .` gives, without TensorFlow, Streamlit and all that only a part of it needs."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from setuptools import find_packages

from bilstm_core import extras

ROOT = Path(__file__).resolve().parents[1]
LIGHT = """
import sys
from importlib.abc import MetaPathFinder


class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Absent())
"""


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w-]+", requirement)[0].lower() for requirement in requirements}


def absent() -> list[str]:
    """The modules of all packages that only an extra names."""
    declared = project()["project"]
    asked = set().union(*(names(extra) for extra in declared["optional-dependencies"].values()))
    asked -= names(declared["dependencies"]) | {declared["name"]}
    modules = {
        module: {package.lower().replace("_", "-") for package in packages}
        for module, packages in packages_distributions().items()
    }
    return [module for module, packages in modules.items() if packages <= asked]


def without_extras(source: str) -> subprocess.CompletedProcess[str]:
    program = LIGHT.format(absent=absent()) + source
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_core_alone_opens_recorded_runs_and_draws_them() -> None:
    assert {"tensorflow", "keras", "streamlit", "distributed", "psutil", "cachetools", "segno"} <= set(absent())
    done = without_extras(
        """
from bilstm_core import extras, figures
from bilstm_core.analysis import ablation, frames, statistics
from bilstm_core.evaluation import evaluate
from bilstm_core.export.script import script
from bilstm_core.files import bundle, model_file, report, tables
from bilstm_core.presets import DEFAULT_PRESET, PRESETS
from bilstm_core.store import Store

run = Store().get(PRESETS[DEFAULT_PRESET])
assert run.origin == "recorded"
figures.loss_curves(frames.losses({"LSTM": [run]}), {"LSTM": figures.style("forward")}).to_json()
assert 0 < evaluate(run, 100).accuracy <= 1
assert "import keras" in script(run.spec)
said = []
for needs in (lambda: __import__("bilstm_core.training"), run.model, lambda: tables.parquet(run.history)):
    try:
        needs()
    except ModuleNotFoundError as error:
        said.append(str(error))
assert said == [extras.TO_TRAIN, extras.TO_TRAIN, extras.FOR_PARQUET], said
"""
    )
    assert done.returncode == 0, done.stderr


def test_what_is_said_where_tensorflow_is_missing_names_an_extra_that_there_is() -> None:
    named = re.search(r"pip install '\.\[(\w+)\]'", extras.TO_TRAIN)[1]
    assert {"tensorflow", "keras"} <= names(project()["project"]["optional-dependencies"][named])


def test_an_installation_holds_the_core_and_nothing_else() -> None:
    found = find_packages(str(ROOT), include=project()["tool"]["setuptools"]["packages"]["find"]["include"])
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "bilstm_core").rglob("*.py")}
    assert set(found) == {".".join(folder.parts) for folder in folders}
    assert list((ROOT / "bilstm_core" / "recorded").glob("*.npz"))
    assert project()["tool"]["setuptools"]["package-data"] == {"bilstm_core": ["recorded/*", "shipped/*"]}
    assert list((ROOT / "bilstm_core" / "shipped").glob("*.csv.gz"))


@pytest.mark.parametrize(("lock", "extra"), [("requirements.txt", "app"), ("requirements-dev.txt", "dev")])
def test_a_lock_pins_all_that_its_extra_asks_for(lock: str, extra: str) -> None:
    declared = project()["project"]
    extras_ = declared["optional-dependencies"]
    asked = names(declared["dependencies"]) | names(extras_[extra]) | names(extras_["train"]) | names(extras_["app"])
    pinned = names((ROOT / lock).read_text(encoding="utf-8").splitlines())
    assert asked - {declared["name"]} <= pinned
