"""Whether a worker that others run trains what this app would: by the same source, Python and packages.

A worker tells its scheduler of itself as it joins (`worker.dask_setup`), and the app reads that before it gives it
anything.
"""

import contextlib
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

from bilstm_core.runs import installed_versions

PAPERS = "bilstm_explorer"  # under which a worker tells of itself
LABELS = {"tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy", "distributed": "Distributed"}
NAMED = 3  # workers that are named; of more, their number


def papers(source: str) -> dict[str, str]:
    """What has to be the same where an app and its workers run. source: the fingerprint of what this process runs"""
    versions = installed_versions()
    for package in ("numpy", "distributed"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    python = ".".join(platform.python_version_tuple()[:2])
    return {"source": source, "Python": python} | {label: versions.get(name, "") for name, label in LABELS.items()}


def objection(own: Mapping[str, str], worker: Mapping[str, Any]) -> str:
    """Why a worker can't be used, as what follows its address in a sentence; empty if it can.

    own: the app's papers, in which what it has not installed is empty; worker: as the scheduler tells of it
    """
    theirs = worker.get(PAPERS)
    if not isinstance(theirs, Mapping):
        return "was not started with --preload bilstm_core.service.worker"
    if theirs.get("source") != own["source"]:
        return "runs another version of this program's source"
    others = [
        f"{label} {theirs.get(label) or 'not at all'}, not {version}"
        for label, version in own.items()
        if label != "source" and version and theirs.get(label) != version
    ]
    return f"has {', and '.join(others)}" if others else ""


def left_out(address: str, objections: Sequence[tuple[str, str]]) -> str:
    """Which workers of a cluster are not used: a sentence, or empty. objections: of each, its address and why"""
    if not objections:
        return ""
    listed = "; ".join(f"{worker} {why}" for worker, why in objections[:NAMED])
    more = f"; and {len(objections) - NAMED} more" if len(objections) > NAMED else ""
    one = len(objections) == 1
    mend = (
        "Give it what the app has, and start it again." if one else "Give them what the app has, and start them again."
    )
    workers = "a worker" if one else f"{len(objections)} workers"
    return f"The training cluster at {address} has {workers} that can't be used: {listed}{more}. {mend}"
