"""Finished runs on disk, found again by their spec: the user's own, and under them the recorded results.

A file is an npz of three arrays of bytes: a JSON document, every array of the run end to end, and a checksum. Nothing
in it is ever unpickled. What can't be read, or doesn't fit its spec, is as if it were not there.
"""

import contextlib
import hashlib
import json
import math
import os
import re
import sys
import tempfile
import threading
import time
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bilstm_core import codec
from bilstm_core.downsampling import MAX_STEP_POINTS
from bilstm_core.network.initial_weights import shapes
from bilstm_core.runs import (
    ENGINE_VERSION,
    N_PROBES,
    Arrays,
    Origin,
    Run,
    Snapshots,
    from_parts,
    installed_versions,
    to_parts,
)
from bilstm_core.specs import RunSpec

RECORDED = Path(__file__).resolve().parent / "recorded"
DATE = "recorded_on.txt"  # beside the recorded results
SIZE_LIMIT = 500_000_000  # bytes of a user's store; the oldest files go first
UNSEEN = 0.05  # of SIZE_LIMIT, which a store writes before it looks through its folder again
FORMAT = 1
KINDS = ("<f2", "<f4", "<f8", "<i8", "<i4", "|b1")
ABANDONED_S = 3_600.0  # a temporary file of this age has no writer any more
DAMAGED = (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)
UNREADABLE = (OSError, *DAMAGED)
OWN = re.compile(r"[0-9a-f]{40}\.npz")  # the files that a store may remove
OWN_PART = re.compile(r"\.[0-9a-f]{40}\.[0-9a-f]{8}\.tmp")

Bytes = npt.NDArray[np.uint8]


class OtherSpecError(ValueError):
    """A whole file, of another experiment than the one asked for."""


class Store:
    """Runs by spec. Never raises: where the disk fails, nothing is kept, and `notice` says so.

    root: the folder of the user's own runs, written to; by default that of BILSTM_STORE, or a cache folder
    recorded: the folder of the recorded results, only read; by default those that come with the program
    """

    def __init__(self, root: Path | None = None, recorded: Path | None = None) -> None:
        chosen = os.environ.get("BILSTM_STORE")
        self._root = root or (Path(chosen) if chosen else user_cache_dir() / "runs")
        self._recorded = recorded or RECORDED
        self._notice = ""
        self._lock = threading.Lock()  # held while the folder is looked through; pages and the job service may both put
        self._seen: float = math.inf  # bytes that were in the folder when it was last looked through
        self._unseen = 0  # bytes written since
        self._engine = json.dumps([ENGINE_VERSION, FORMAT, installed_versions()], sort_keys=True)

    @property
    def notice(self) -> str:
        """A sentence if runs can't be kept or found again on this machine, else empty."""
        return self._notice

    def get(self, spec: RunSpec) -> Run | None:
        """The finished run of a spec; the user's own before the recorded one.

        Its origin says which. A recorded run has no optimizer state, and snapshots only where they were kept.
        """
        run = self._own(spec)
        return run if run is not None else read_recorded(spec, self._recorded)

    def put(self, run: Run) -> None:
        """Keep a finished run. One that is unfinished, or whose weights are not finite, is not kept.

        The folder is looked through at first, and then whenever so much has been written that it must be: of several
        processes that write to it, each may take it past its limit by UNSEEN.
        """
        if not run.finished or not _fits(run, run.spec):
            return
        target = self._path(run.spec)
        try:
            self._make_room(_write(target, run, compressed=False))
            self._notice = ""
        except OSError as error:
            self._notice = (
                f"Finished runs cannot be kept in {self._root} ({error.strerror or error}). Set BILSTM_STORE to a"
                " folder that can be written to."
            )

    def recorded_on(self) -> date | None:
        """The day of the recorded results."""
        try:
            return date.fromisoformat((self._recorded / DATE).read_text(encoding="utf-8").strip())
        except (OSError, ValueError):
            return None

    def stored_on(self, spec: RunSpec) -> date | None:
        """The day on which the user's own run was written, if there is one; its file is not read."""
        with contextlib.suppress(OSError):
            return date.fromtimestamp(self._path(spec).stat().st_mtime)
        return None

    def _path(self, spec: RunSpec) -> Path:
        return self._root / f"{_name(spec, self._engine)}.npz"

    def _own(self, spec: RunSpec) -> Run | None:
        path = self._path(spec)
        try:
            return _read(path, spec, "trained")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._notice = f"Finished runs cannot be read in {self._root} ({error.strerror or error})."
            return None
        except OtherSpecError:
            return None
        except DAMAGED:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None

    def _make_room(self, written: int) -> None:
        with self._lock:
            self._unseen += written
            if self._seen + self._unseen > SIZE_LIMIT or self._unseen > UNSEEN * SIZE_LIMIT:
                self._seen, self._unseen = self._evict(), 0

    def _evict(self) -> int:
        """Remove what writers left behind and, past the limit, the oldest files; returns the bytes of those that stay.

        A little more than must be is removed, so that a full store is not looked through at every put.
        """
        files = []
        with os.scandir(self._root) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if OWN.fullmatch(entry.name):
                        stat = entry.stat()
                        files.append((stat.st_mtime_ns, stat.st_size, entry.path))
                    elif OWN_PART.fullmatch(entry.name) and time.time() - entry.stat().st_mtime > ABANDONED_S:
                        Path(entry.path).unlink()
        total = sum(size for _, size, _ in files)
        if total > SIZE_LIMIT:
            for _, size, path in sorted(files)[:-1]:
                if total <= (1 - UNSEEN) * SIZE_LIMIT:
                    break
                with contextlib.suppress(OSError):
                    Path(path).unlink(missing_ok=True)  # another process may have been faster
                    total -= size
        return total


def write_recorded(
    runs: Iterable[Run], path: Path = RECORDED, *, keep_snapshots: Callable[[Run], bool] = lambda _: False
) -> None:
    """Write finished runs as recorded results, a small file each, without optimizer state, and the date.

    keep_snapshots: which runs keep their snapshots
    Raises OSError, and ValueError for a run that is unfinished or whose weights are not finite.
    """
    for run in runs:
        if not run.finished or not _fits(run, run.spec):
            raise ValueError(f"only finished runs with finite weights can be recorded, not {codec.encode(run.spec)}.")
        document, arrays = to_parts(run)
        small = {name: array for name, array in arrays.items() if not name.startswith("optimizer_state:")}
        if not keep_snapshots(run):
            nothing = {name: value[:0] for name, value in run.snapshots._asdict().items()}
            small |= {f"snapshots:{name}": value for name, value in nothing.items()}
        _write(path / f"{_name(run.spec)}.npz", from_parts(document, small), compressed=True)
    (path / DATE).write_text(f"{date.today().isoformat()}\n", encoding="utf-8")


def read_recorded(spec: RunSpec, path: Path = RECORDED) -> Run | None:
    """The recorded run of a spec, if there is one. Only its own file is read."""
    try:
        return _read(path / f"{_name(spec)}.npz", spec, "recorded")
    except UNREADABLE:
        return None


def user_cache_dir() -> Path:
    """This program's folder for what can be made again."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()
    else:
        home = Path(os.path.expanduser("~"))  # noqa: PTH111 -- Path.home() raises where there is no home
        default = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
        base = os.environ.get("XDG_CACHE_HOME") or str(default)
    return Path(base) / "bilstm-explorer"


def _name(spec: RunSpec, engine: str = "") -> str:
    canonical = json.dumps(codec.encode(spec), sort_keys=True)
    return hashlib.sha256(f"{canonical}\n{engine}".encode()).hexdigest()[:40]


def _write(target: Path, run: Run, *, compressed: bool) -> int:
    """Write a run's file, whole or not at all; returns its bytes."""
    document, arrays = to_parts(run)
    index, pieces = [], []
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        index.append([name, plain.dtype.str, list(array.shape)])
        pieces.append(plain.tobytes())
    text = json.dumps({"run": document, "arrays": index}, sort_keys=True).encode()
    data = b"".join(pieces)
    members = {"document": text, "data": data, "checksum": hashlib.sha256(text + data).digest()}
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.stem}.{uuid.uuid4().hex[:8]}.tmp")
    save: Callable[..., None] = np.savez_compressed if compressed else np.savez
    try:
        with temporary.open("wb") as file:
            save(file, **{name: np.frombuffer(member, np.uint8) for name, member in members.items()})
            size = file.tell()
        temporary.replace(target)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return size


def _read(path: Path, spec: RunSpec, origin: Origin) -> Run:
    """The run in a file, of the origin that its folder stands for.

    Raises one of UNREADABLE if there is none, or it isn't whole, or not the spec's.
    """
    with path.open("rb") as file, np.load(file, allow_pickle=False) as members:
        text, data, checksum = (members[name].tobytes() for name in ("document", "data", "checksum"))
    if hashlib.sha256(text + data).digest() != checksum:
        raise ValueError("the checksum does not fit")
    content = json.loads(text)
    arrays: Arrays = {}
    place = 0
    for name, kind, shape in content["arrays"]:
        if kind not in KINDS or any(size < 0 for size in shape):
            raise ValueError(f"{name} is not an array of numbers")
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(data, kind, count, place).reshape(shape).copy()
        place += count * np.dtype(kind).itemsize
    run = from_parts(content["run"] | {"origin": origin}, arrays)
    if codec.encode(run.spec) != codec.encode(spec):
        raise OtherSpecError("the run is of another spec")
    if not run.finished or not _fits(run, spec):
        raise ValueError("the run does not fit its spec")
    return run


def _fits(run: Run, spec: RunSpec) -> bool:
    """Whether a finished run is one of this spec, with every array of the shape it must have."""
    spec = spec.canonical()
    problem, training = spec.problem, spec.training
    stored_shapes = {name: array.shape for name, array in run.weights.items()}
    return (
        codec.encode(run.spec) == codec.encode(spec)  # after a hot reload equal specs are of different classes
        and run.steps_done == training.steps
        and stored_shapes == shapes(problem, spec.model)
        and list(run.history.columns) == ["epoch", "sequences_seen", "loss", "accuracy"]
        and len(run.history) == training.epochs
        and list(run.steps.columns) == ["step", "sequences_seen", "loss"]
        and 0 < len(run.steps) <= MAX_STEP_POINTS
        and _snapshots_fit(run.snapshots, (N_PROBES, problem.timesteps, problem.problem.outputs))
        and all(_finite(array) for part in (run.weights, run.optimizer_state) for array in part.values())
    )


def _snapshots_fit(snapshots: Snapshots, shape: tuple[int, ...]) -> bool:
    count = len(snapshots.step)
    return snapshots.sequences_seen.shape == (count,) and snapshots.probabilities.shape == (count, *shape)


def _finite(array: npt.NDArray[Any]) -> bool:
    return bool(np.isfinite(array).all())
