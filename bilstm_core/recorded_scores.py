"""How good the recorded runs that pages compare are on fresh sequences, so that the first visitor need not wait for it.

By a run's digest: other weights have another. A test holds them to `evaluate`.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bilstm_core.evaluation import Evaluation
from bilstm_core.page_settings import ComparisonSettings
from bilstm_core.recorded_board import UNREADABLE

FILE = Path(__file__).resolve().parent / "recorded" / "scores.json"
SEQUENCES = ComparisonSettings().sequences  # that they are tested on


class RecordedScore(NamedTuple):
    """Loss (nats per label), accuracy and exact (shares) on fresh sequences, and accuracy by timestep."""

    loss: float
    accuracy: float
    exact: float
    by_timestep: tuple[float, ...]


def write(evaluations: Mapping[str, Evaluation], path: Path = FILE) -> None:
    """Record evaluations on SEQUENCES, by the run's digest, a line each. Raises OSError."""
    lines = [
        f"{json.dumps(digest)}: "
        + json.dumps([told.loss, told.accuracy, told.exact, told.per_timestep["accuracy"].tolist()])
        for digest, told in sorted(evaluations.items())
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def read(path: Path = FILE) -> dict[str, RecordedScore]:
    """The recorded scores on SEQUENCES, by the run's digest; none where the file is missing or damaged."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(digest): RecordedScore(float(loss), float(accuracy), float(exact), tuple(map(float, by_timestep)))
            for digest, (loss, accuracy, exact, by_timestep) in held.items()
        }
    except UNREADABLE:
        return {}


@functools.cache
def recorded() -> Mapping[str, RecordedScore]:
    """Those that come with the program."""
    return read()
