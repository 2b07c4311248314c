"""What models say of the data sets that come with the program: recorded, so that their page opens with results.

A file a data set, of the answers alone: what is drawn and said of them follows from these.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bilstm_core import codec
from bilstm_core.analysis.held_out import Answers
from bilstm_core.datasets.shipped import FOLDER
from bilstm_core.runs import ENGINE_VERSION, installed_versions
from bilstm_core.specs import RunSpec

DAMAGED = (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)
DOCUMENT = "document"

Specs = Mapping[str, Sequence[RunSpec]]  # of each network, by label, its starts


class Recorded(NamedTuple):
    """Recorded answers, and when and with which versions the networks were trained."""

    answers: tuple[Answers, ...]
    day: date
    versions: dict[str, str]


def path_of(name: str, folder: Path = FOLDER) -> Path:
    """The file of a data set's answers."""
    return folder / f"{name}.answers.npz"


def write(name: str, specs: Specs, answers: Sequence[Answers], folder: Path = FOLDER) -> None:
    """Record what models say of a data set. specs: of those that are networks. Raises OSError."""
    document = {
        "asked": _asked(specs),
        "day": date.today().isoformat(),
        "versions": installed_versions(),
    }
    arrays: dict[str, Any] = {each.label: each.told.astype(np.int8) for each in answers}
    folder.mkdir(parents=True, exist_ok=True)
    arrays[DOCUMENT] = np.array(json.dumps(document))
    np.savez_compressed(path_of(name, folder), **arrays)


def read(name: str, specs: Specs, folder: Path = FOLDER) -> Recorded | None:
    """What is recorded of a data set, if it is of these specs and of this engine."""
    try:
        with np.load(io.BytesIO(path_of(name, folder).read_bytes()), allow_pickle=False) as file:
            document = json.loads(str(file[DOCUMENT]))
            if document["asked"] != _asked(specs):
                return None
            answers = tuple(Answers(label, file[label].astype(np.int64)) for label in file.files if label != DOCUMENT)
            return Recorded(answers, date.fromisoformat(document["day"]), dict(document["versions"]))
    except DAMAGED:
        return None


def _asked(specs: Specs) -> dict[str, Any]:
    """What answers follow from, JSON-ready."""
    plain = {label: [codec.encode(spec) for spec in own] for label, own in specs.items()}
    asked: dict[str, Any] = json.loads(json.dumps({"engine": ENGINE_VERSION, "networks": plain}))
    return asked
