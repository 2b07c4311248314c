"""What of the machine, the packages and the settings does not fit, told once in the log as the app starts."""

import logging
import os
import platform
import tomllib
from importlib import metadata
from pathlib import Path

from bilstm_core import limits, machine
from bilstm_core.service.cluster import MEMORY_NEEDED, MEMORY_SHARE

ROOT = Path(__file__).parents[2]
NAMED = 4  # packages of other versions that are named; of more, their number

log = logging.getLogger("bilstm_explorer")


def tell() -> None:
    """Say in one line of the log what does not fit; nothing where all does."""
    sentences = complaints()
    if sentences:
        log.warning("BiLSTM Explorer, at its start: %s", " ".join(sentences))


def complaints() -> list[str]:
    """A sentence for each thing that does not fit."""
    return [*python_complaints(), *package_complaints(), *memory_complaints(), *limits.problems()]


def python_complaints(root: Path = ROOT, version: str = "") -> list[str]:
    """Whether this is another Python than pyproject.toml asks for."""
    from packaging.specifiers import SpecifierSet

    version = version or platform.python_version()
    try:
        wanted = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    except (OSError, KeyError, ValueError):
        return []
    if SpecifierSet(wanted).contains(version, prereleases=True):
        return []
    return [f"This is Python {version}, and the app needs {wanted}. Start it with another Python."]


def package_complaints(root: Path = ROOT) -> list[str]:
    """Which packages are missing, or of another version than requirements.txt pins."""
    from packaging.requirements import Requirement

    try:
        lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    others = []
    for requirement in (Requirement(line) for line in lines if line and not line.startswith("#")):
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            installed = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            others.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            others.append(f"{requirement.name} is {installed}, not {str(requirement.specifier).lstrip('=')}")
    if not others:
        return []
    more = f", and {len(others) - NAMED} more" if len(others) > NAMED else ""
    listed = ", ".join(others[:NAMED])
    return [f"Packages differ from requirements.txt ({listed}{more}): pip install -r requirements.txt mends that."]


def memory_complaints(memory: int | None = None) -> list[str]:
    """Whether there is less memory than a worker of the app's own needs."""
    if os.environ.get("DASK_SCHEDULER_ADDRESS"):
        return []
    there, needed = machine.memory_bytes() if memory is None else memory, MEMORY_NEEDED / MEMORY_SHARE
    if there >= needed:
        return []
    return [
        f"There are {there / 1e6:,.0f} MB of memory, and training needs about {needed / 1e6:,.0f} MB: only recorded"
        " results can be shown."
    ]
