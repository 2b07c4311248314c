"""Maps that come with the program: what is known of each run of some sweeps, without the runs, in one small file.

A map that another engine has trained is as if it were not there.
"""

import functools
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core import recorded_board
from bilstm_core.runs import ENGINE_VERSION
from bilstm_core.specs import RunSpec
from bilstm_core.sweep_settings import SweepSettings
from bilstm_core.sweeps import Result

FILE = Path(__file__).resolve().parent / "recorded" / "maps.npz"
HEADER = "header"
UNREADABLE = (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMap:
    """What is known of every run of a sweep.

    sequences: fresh ones that each run was tested on; day: when that was, as "2026-11-27"
    exact, loss, train_s: of each run, (rows, columns, starts), as of `Result`; digest: its first 16 hex digits
    """

    settings: SweepSettings
    sequences: int
    day: str
    exact: npt.NDArray[np.float64]
    loss: npt.NDArray[np.float32]
    train_s: npt.NDArray[np.float32]
    digest: npt.NDArray[np.str_]

    def results(self) -> dict[RunSpec, Result]:
        """By the spec of each run."""
        return {
            spec: Result(*(float(table[place][start]) for table in (self.exact, self.loss, self.train_s)))
            for place, specs in self.settings.grid.cells.items()
            for start, spec in enumerate(specs)
        }


def write(maps: Iterable[RecordedMap], path: Path = FILE) -> None:
    """Write maps in place of those that were there. Raises OSError."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    headers = []
    for number, each in enumerate(maps):
        headers.append({"settings": asdict(each.settings), "sequences": each.sequences, "day": each.day})
        right = np.rint(each.exact * each.sequences).astype(np.int32)
        tables = {"right": right, "loss": each.loss, "train_s": each.train_s, "digest": each.digest.astype("S16")}
        arrays |= {f"{number}:{name}": table for name, table in tables.items()}
    header = json.dumps({"engine": ENGINE_VERSION, "maps": headers}).encode()
    arrays[HEADER] = np.frombuffer(header, np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]  # no name is that of an option


def read(path: Path = FILE) -> list[RecordedMap]:
    """The maps of a file; none of one that is damaged, or of another engine."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            header = json.loads(held[HEADER].tobytes())
            if header["engine"] != ENGINE_VERSION:
                return []
            return [_read(number, told, held) for number, told in enumerate(header["maps"])]
    except UNREADABLE:
        return []


def _read(number: int, told: Mapping[str, object], held: Mapping[str, npt.NDArray[np.generic]]) -> RecordedMap:
    """A map of a file. Raises one of UNREADABLE where it does not fit its own settings."""
    settings = SweepSettings(**told["settings"])  # type: ignore[arg-type]  # a mapping, or it raises
    sequences = int(str(told["sequences"]))
    tables = {name: np.asarray(held[f"{number}:{name}"]) for name in ("right", "loss", "train_s", "digest")}
    wanted = (*settings.grid.shape, settings.starts)
    if any(table.shape != wanted for table in tables.values()):
        raise ValueError("A table has another shape than its map.")
    return RecordedMap(
        settings=settings,
        sequences=sequences,
        day=str(told["day"]),
        exact=tables["right"] / sequences,
        loss=tables["loss"].astype(np.float32),
        train_s=tables["train_s"].astype(np.float32),
        digest=tables["digest"].astype("U16"),
    )


@functools.lru_cache(maxsize=1)
def recorded() -> list[RecordedMap]:
    """The maps that come with the program."""
    return read()


@functools.lru_cache(maxsize=1)
def recorded_results() -> Mapping[tuple[RunSpec, int], Result]:
    """What they, and the board of the smallest models, say of each run, by its spec and how many it was tested on."""
    board = recorded_board.recorded()
    of_maps = {(spec, each.sequences): result for each in recorded() for spec, result in each.results().items()}
    return {(spec, board.sequences): result for spec, result in board.results.items()} | of_maps
